package org.tandemopc.relay.da.back;

/**
 * How fast the clients' links of a pair may connect to one member: a server that comes back is not overrun by all of them at once
 * (S16). The control link does not ask. Any thread.
 */
public final class ConnectPace {
    public static final int PER_SECOND = 20;

    private static final long EVERY_NANOS = 1_000_000_000L / PER_SECOND;

    private boolean hasBegun;
    private long nextNanos;

    /**
     * Takes the next place.
     *
     * @param nowNanos monotonic
     * @return how long to wait until it is there, in ns
     */
    public synchronized long take(long nowNanos) {
        if (!hasBegun || nowNanos - nextNanos > 0) {
            hasBegun = true;
            nextNanos = nowNanos;
        }
        long wait = nextNanos - nowNanos;
        nextNanos += EVERY_NANOS;
        return wait;
    }
}
