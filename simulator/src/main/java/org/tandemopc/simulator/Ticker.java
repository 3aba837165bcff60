package org.tandemopc.simulator;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts ticks of the wall clock: tick n begins at n * period ms since the epoch, in every process of the machine. Each
 * tick is announced exactly once and in order; a ticker that woke late announces all it missed, so that a hole at a
 * client is a loss on the way to it.
 */
final class Ticker implements AutoCloseable {
    /** After a longer stop the rest is skipped: nobody can queue that much. */
    private static final long CATCH_UP_MAX = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

    private final long periodMs;
    private final LongConsumer onTick;
    private final Thread thread;
    private volatile boolean closed;

    Ticker(long periodMs, long lastTick, LongConsumer onTick) {
        this.periodMs = periodMs;
        this.onTick = onTick;
        thread = new Thread(() -> run(lastTick), "ticker");
        thread.setDaemon(true);
        thread.start();
    }

    static long tickNow(long periodMs) {
        return System.currentTimeMillis() / periodMs;
    }

    private void run(long lastTick) {
        long last = lastTick;
        while (!closed) {
            long now = tickNow(periodMs);
            if (now <= last) {
                LockSupport.parkUntil((last + 1) * periodMs);
                continue;
            }
            if (now - last > CATCH_UP_MAX) {
                LOG.error("{} ticks late: {} of them are skipped", now - last, now - last - CATCH_UP_MAX);
                last = now - CATCH_UP_MAX;
            }
            while (last < now && !closed) {
                last++;
                announce(last);
            }
        }
    }

    private void announce(long tick) {
        try {
            onTick.accept(tick);
        } catch (RuntimeException e) {
            LOG.error("tick {} failed", tick, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
