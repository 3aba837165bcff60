package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Calls something again and again: the clock of pings. Tests have one of their own. */
@FunctionalInterface
public interface Ticker {
    /**
     * Calls, first after the period, until the handle is closed. The next period begins when a call returns.
     *
     * @param tick must not throw
     * @return what ends it; closing does not wait for a call that is under way
     */
    Ticking every(Duration period, Runnable tick);

    /** What ticks. */
    @FunctionalInterface
    interface Ticking extends AutoCloseable {
        @Override
        void close();
    }

    /** A virtual thread that sleeps between. */
    static Ticker system() {
        return (period, tick) -> {
            Thread thread = Thread.ofVirtual().name("dcom-client-pings").start(() -> {
                long next = System.nanoTime() + period.toNanos();
                while (!Thread.currentThread().isInterrupted()) {
                    long left = next - System.nanoTime();
                    if (left > 0) {
                        LockSupport.parkNanos(left);
                    } else {
                        tick.run();
                        next = System.nanoTime() + period.toNanos();
                    }
                }
            });
            return thread::interrupt;
        };
    }
}
