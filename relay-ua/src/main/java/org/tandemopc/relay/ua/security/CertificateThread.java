package org.tandemopc.relay.ua.security;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that looks at certificate files and writes them. A disk that hangs holds up this thread and nobody else:
 * channels are opened with what was read last (decision 7). Takes {@value #WAITING_MAX} tasks that wait, then refuses more.
 */
public final class CertificateThread implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateThread.class);
    private static final int WAITING_MAX = 64;

    private final AtomicInteger waiting = new AtomicInteger();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("ua-certificates").factory());

    /** Runs now and then again and again, whatever happens; the first failure of a row is said. */
    public void repeat(long period, TimeUnit unit, Runnable task) {
        AtomicBoolean failing = new AtomicBoolean();
        var unused = thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                        failing.set(false);
                    } catch (RuntimeException e) {
                        if (!failing.getAndSet(true)) {
                            LOG.warn("certificates cannot be looked at, what was read last counts: {}", e.toString());
                        }
                    }
                },
                0,
                period,
                unit);
    }

    /** @throws RejectedExecutionException too many wait already */
    @Override
    public void execute(Runnable task) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            throw new RejectedExecutionException("the disk does not keep up");
        }
        try {
            thread.execute(() -> {
                waiting.decrementAndGet();
                task.run();
            });
        } catch (RejectedExecutionException closed) {
            waiting.decrementAndGet();
            throw closed;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
