package org.tandemopc.simulator.da;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the time to all groups, every few milliseconds and whenever there is something to send, on a thread of its own. */
final class DaClockwork implements AutoCloseable {
    private static final long EVERY_MS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(DaClockwork.class);

    private final LongSupplier clockMs;
    private final LongConsumer onTick;
    private final Thread thread;
    private volatile boolean isClosed;

    /** @param onTick given the time in ms since the epoch */
    DaClockwork(LongSupplier clockMs, LongConsumer onTick) {
        this.clockMs = clockMs;
        this.onTick = onTick;
        this.thread = new Thread(this::run, "da-clockwork");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!isClosed) {
            long now = clockMs.getAsLong();
            try {
                onTick.accept(now);
            } catch (RuntimeException e) {
                LOG.error("tick at {} failed", now, e);
            }
            // on the multiples of it, so that updates are due when somebody looks
            LockSupport.parkUntil((Math.floorDiv(System.currentTimeMillis(), EVERY_MS) + 1) * EVERY_MS);
        }
    }

    /** Does not wait for the next moment. */
    void hurry() {
        LockSupport.unpark(thread);
    }

    @Override
    public void close() {
        isClosed = true;
        hurry();
    }
}
