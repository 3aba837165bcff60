package org.tandemopc.relay.ua.back;

import java.util.function.LongSupplier;

/**
 * When a member was last heard: bytes of it came in over any link. A late answer of a member that is heard is no sign of
 * its death. Written by many event loops, read by any thread; a lost race is a moment's error.
 */
final class LastHeard {
    private final LongSupplier nanoClock;
    private volatile long atNanos;
    private volatile boolean ever;

    LastHeard(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    void now() {
        atNanos = nanoClock.getAsLong();
        ever = true;
    }

    /** For how long it has been silent; {@link Long#MAX_VALUE} if it was never heard. */
    long silentNanos() {
        return ever ? Math.max(0, nanoClock.getAsLong() - atNanos) : Long.MAX_VALUE;
    }
}
