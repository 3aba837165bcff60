package org.tandemopc.relay.delivery;

/**
 * One item's unbroken stream at one member: from the creation of the item there until its subscription is lost. What it
 * reaches back to decides whether a switch to this member is continuous.
 */
final class Run {
    final int member;
    boolean open;
    /** Created with publishing off and a long queue: its first values come as one burst. */
    boolean parked;
    /** The member's queue is longer than the client's: of what comes the client gets what its own would have kept. */
    boolean longQueue;

    long startedNanos;
    boolean hasFirst;
    long firstTime;
    long lastTime;
    long lastFingerprint;
    /** Number of the state that the client was given with the run's last word; -1 if that was not given to it. */
    int lastState = -1;
    /** Source time of the newest watermark that the run is known to have said itself. */
    long metTime;
    /**
     * This member was seen to report the same (time, value, status) for this item as another: their times can be
     * compared.
     */
    boolean matched;
    /** A value that the client has not seen had to leave the ring: the newest of them, and when it had come. */
    boolean evicted;

    long evictedTime;
    long evictedNanos;
    /** The member's queue overflowed, and what was lost may be newer than the watermark. */
    boolean overflowed;
    /** What the message under way tells of as lost, by its Overflow bits, lies before what the client has. */
    boolean lossIsCovered;
    /** Something came from the member since it became the active; of a parked run that is its burst. */
    boolean burst;

    /** The message under way is the one with which a parked run's burst begins. */
    boolean burstBeginsHere;

    long burstTime;
    /** The burst began at or before the watermark: what the parked queue lost before it, the client has. */
    boolean burstReachesBack;

    Run(int member) {
        this.member = member;
    }

    void start(boolean asParked, long nowNanos) {
        open = true;
        parked = asParked;
        startedNanos = nowNanos;
        hasFirst = false;
        lastState = -1;
        metTime = 0;
        matched = false;
        evicted = false;
        overflowed = false;
        beforeBurst();
    }

    void beforeBurst() {
        burst = false;
        burstBeginsHere = false;
        burstReachesBack = false;
    }

    void burstBegins(long time, long watermark) {
        burst = true;
        burstBeginsHere = parked;
        burstTime = time;
        burstReachesBack = time != 0 && watermark != 0 && time <= watermark;
    }

    void met(long watermarkTime) {
        metTime = watermarkTime;
    }

    void evict(long time, long receivedNanos) {
        evictedTime = evicted ? Math.max(evictedTime, time) : time;
        evictedNanos = receivedNanos;
        evicted = true;
    }

    void observe(long time, long fingerprint) {
        if (!hasFirst) {
            hasFirst = true;
            firstTime = time;
        }
        lastTime = time;
        lastFingerprint = fingerprint;
        lastState = -1;
    }
}
