package org.tandemopc.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, never for time. */
public final class Await {
    private static final long LEAST_PAUSE_NANOS = 2_000_000;
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;

    /** What is waited for long is looked at seldom: a question to a process takes of the machine what its answer needs. */
    private static final int PART_OF_WAIT = 20;

    private Await() {}

    /**
     * Returns when the condition holds; fails with {@code what} when it does not within {@code atMost}. The condition is asked again
     * after 2 ms at first, later after a twentieth of what was waited, after 20 ms at most.
     */
    public static void until(String what, Duration atMost, BooleanSupplier condition) {
        long start = System.nanoTime();
        long end = start + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost.toMillis() + " ms: " + what);
            }
            long waited = System.nanoTime() - start;
            LockSupport.parkNanos(Math.clamp(waited / PART_OF_WAIT, LEAST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
        }
    }
}
