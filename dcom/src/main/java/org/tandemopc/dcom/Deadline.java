package org.tandemopc.dcom;

import java.time.Duration;

/** The moment after which nobody waits any more; made once, at the start of what it bounds, and handed down. */
public final class Deadline {
    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    /** @throws ArithmeticException more than 292 years */
    public static Deadline after(Duration span) {
        return new Deadline(System.nanoTime() + span.toNanos());
    }

    /** Of the two, the one that ends first. */
    public Deadline orBefore(Deadline other) {
        return endNanos - other.endNanos <= 0 ? this : other;
    }

    /** 0 when it is over, never less. */
    public long remainingNanos() {
        return Math.max(0, endNanos - System.nanoTime());
    }

    /** At least 1, as timeouts of sockets take 0 for none; at most what an int holds. */
    public int remainingMillis() {
        long millis = Math.max(1, remainingNanos() / 1_000_000);
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }

    public boolean isOver() {
        return remainingNanos() == 0;
    }

    /** On the scale of {@link System#nanoTime}. */
    public long endNanos() {
        return endNanos;
    }
}
