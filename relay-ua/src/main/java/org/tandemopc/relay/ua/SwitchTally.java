package org.tandemopc.relay.ua;

/**
 * What became of one session's requests and items in a switch, for the record of the switch (I12). A switch begins
 * before anybody decides it: requests are lost with the connection, or time out at a member that hangs. So what ended
 * badly within the time of detection before the hold belongs to the switch too. Owned by the session's loop.
 */
final class SwitchTally {
    private long detectionNanos;
    private long lastNanos;
    private boolean holding;
    private int unknown;
    private int notSent;
    private int doubtful;

    /** @param detectionNanos how long a member may be in trouble before a switch begins */
    SwitchTally(long detectionNanos) {
        this.detectionNanos = detectionNanos;
    }

    void detection(long nanos) {
        detectionNanos = nanos;
    }

    void unknown(long nowNanos) {
        begin(nowNanos);
        unknown++;
    }

    void notSent(long nowNanos) {
        begin(nowNanos);
        notSent++;
    }

    /** One that is told after the report belongs to the switch that was reported, and not to the next. */
    void doubtful(int items) {
        doubtful += holding ? items : 0;
    }

    void hold(long nowNanos) {
        begin(nowNanos);
        holding = true;
    }

    /** The switch was reported, or is over: what comes now belongs to another one. */
    void reported() {
        holding = false;
        unknown = 0;
        notSent = 0;
        doubtful = 0;
    }

    private void begin(long nowNanos) {
        if (!holding && nowNanos - lastNanos > detectionNanos) {
            reported();
        }
        lastNanos = nowNanos;
    }

    int unknown() {
        return unknown;
    }

    int notSent() {
        return notSent;
    }

    int doubtful() {
        return doubtful;
    }
}
