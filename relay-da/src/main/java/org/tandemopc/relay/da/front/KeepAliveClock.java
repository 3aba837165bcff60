package org.tandemopc.relay.da.front;

/**
 * When a group's client is to be told that there is nothing to tell (DA 3.0 4.4.4.1): so long after the last callback. Pure; one
 * thread at a time; time comes in, in nanoseconds of one scale.
 */
final class KeepAliveClock {
    /** The fastest that a client can have: more often it would be load, and tell nothing. */
    static final long PERIOD_MIN_MS = 100;

    private static final long NANOS_IN_MS = 1_000_000;

    private long periodMs;
    private long lastNanos;

    /** What becomes of a time that a client asks for. @param requestedMs 0: none; to 4,294,967,295 */
    static long revised(long requestedMs) {
        return requestedMs == 0 ? 0 : Math.max(PERIOD_MIN_MS, requestedMs);
    }

    /** Counts from now on. @param revisedMs as {@link #revised} gives it */
    void set(long revisedMs, long nowNanos) {
        periodMs = revisedMs;
        lastNanos = nowNanos;
    }

    /** 0: none. */
    long periodMs() {
        return periodMs;
    }

    /** The client gets a callback, of whatever kind. */
    void told(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** Until one is due; 0: now; without a period for ever. */
    long untilDueNanos(long nowNanos) {
        return periodMs == 0 ? Long.MAX_VALUE : Math.max(0, periodMs * NANOS_IN_MS - (nowNanos - lastNanos));
    }
}
