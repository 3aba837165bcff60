package org.tandemopc.service;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private final Queue<SegmentLog> retired = new ConcurrentLinkedQueue<>();
    private final Semaphore wanted = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closing;

    DiskWriter() {
        thread = Thread.ofPlatform().daemon().name("tandem-disk").start(this::run);
    }

    SegmentLog open(Path folder, SegmentLog.Limits limits, Consumer<String> onTrouble) {
        SegmentLog log = new SegmentLog(folder, limits, onTrouble, this::wake);
        logs.add(log);
        return log;
    }

    /** The log gets no more lines: what waits is written, then its file is closed. Returns at once. */
    void retire(SegmentLog log) {
        retired.add(log);
        wake();
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
            } catch (RuntimeException e) {
                LOG.error("A line of {} could not be made; the others are written.", log.folder(), e);
            }
        }
        for (SegmentLog log = retired.poll(); log != null; log = retired.poll()) {
            log.close();
            logs.remove(log);
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
