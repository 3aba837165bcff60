package org.tandemopc.relay.delivery;

/**
 * One item's unbroken stream at one member: from the creation of the item there until its subscription is lost. What it
 * reaches back to decides whether a switch to this member is continuous.
 */
final class Run {
    boolean open;
    /** Created with publishing off and a long queue: its first values come as one burst. */
    boolean parked;

    long startedNanos;
    boolean hasFirst;
    long firstTime;
    long lastTime;
    long lastFingerprint;
    /** The members were seen to report the same (time, value, status) for this item: their times can be compared. */
    boolean matched;
    /** A value that the client has not seen had to leave the ring. */
    boolean evicted;
    /** The member's queue overflowed somewhere in what waits in the ring or came in the burst. */
    boolean overflowed;

    void start(boolean asParked, long nowNanos) {
        open = true;
        parked = asParked;
        startedNanos = nowNanos;
        hasFirst = false;
        matched = false;
        evicted = false;
        overflowed = false;
    }

    void observe(long time, long fingerprint) {
        if (!hasFirst) {
            hasFirst = true;
            firstTime = time;
        }
        lastTime = time;
        lastFingerprint = fingerprint;
    }
}
