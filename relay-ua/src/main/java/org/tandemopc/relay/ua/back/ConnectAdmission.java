package org.tandemopc.relay.ua.back;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Spaces the client links' connects to one member: in no window of one second more than the permitted number, in order
 * of asking (S16). A place further away than the asker can wait is refused, which bounds the queue. Any thread.
 */
public final class ConnectAdmission {
    /** Connects a second and member that architecture 9 names. */
    public static final int PER_SECOND_DEFAULT = 20;

    /** Returned by {@link #reserve} when the wait would be too long. */
    static final long REFUSED = -1;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The latest granted times, a ring: the entry at {@code next} is the oldest. */
    private final long[] granted;

    private int next;
    private int count;

    public ConnectAdmission(int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond " + perSecond);
        }
        granted = new long[perSecond];
        Arrays.fill(granted, 0);
    }

    /** Takes the next place; returns the nanoseconds until it, or {@link #REFUSED} and takes none. */
    synchronized long reserve(long nowNanos, long maxWaitNanos) {
        long wait = count < granted.length ? 0 : Math.max(0, granted[next] + WINDOW_NANOS - nowNanos);
        if (wait > maxWaitNanos) {
            return REFUSED;
        }
        granted[next] = nowNanos + wait;
        next = (next + 1) % granted.length;
        count = Math.min(count + 1, granted.length);
        return wait;
    }
}
