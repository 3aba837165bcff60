package org.tandemopc.service;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes diagnostics to disk. A platform thread, because a disk that hangs would hold a carrier of
 * the virtual threads that decide. Writes and forces each second, at once for urgent lines.
 */
final class DiskWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWriter.class);
    private static final long CLOSE_MS_MAX = 2000;

    private final List<SegmentLog> logs = new CopyOnWriteArrayList<>();
    private final Semaphore wanted = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closing;
    /** Waiting was in vain once: the disk is given up, so that a stop of many pairs takes no longer. */
    private volatile boolean hangs;

    DiskWriter() {
        thread = Thread.ofPlatform().daemon().name("tandem-disk").start(this::run);
    }

    SegmentLog open(Path folder, SegmentLog.Limits limits, Consumer<String> onTrouble) {
        SegmentLog log = new SegmentLog(folder, limits, onTrouble, this::wake);
        logs.add(log);
        return log;
    }

    /** Writes what waits in these logs and closes their files; does not wait long for a disk that hangs. */
    void close(List<SegmentLog> ended) {
        ended.forEach(SegmentLog::end);
        try {
            for (SegmentLog log : ended) {
                hangs = hangs || !log.awaitClosed(CLOSE_MS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        if (wanted.availablePermits() == 0) {
            wanted.release();
        }
    }

    private void run() {
        while (!closing) {
            try {
                boolean urgent = wanted.tryAcquire(1, TimeUnit.SECONDS);
                wanted.drainPermits();
                drain(!urgent);
            } catch (InterruptedException e) {
                break;
            }
        }
        for (SegmentLog log : logs) {
            log.close();
        }
    }

    private void drain(boolean force) {
        for (SegmentLog log : logs) {
            try {
                log.drain(force);
                if (log.isEnded()) {
                    logs.remove(log);
                    log.close();
                }
            } catch (RuntimeException e) {
                LOG.error("Writing to {} failed by a defect of Tandem; the other logs are written.", log.folder(), e);
            }
        }
    }

    /** Writes what waits, but does not wait for a disk that hangs. */
    @Override
    public void close() {
        closing = true;
        wake();
        try {
            thread.join(CLOSE_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
