package org.tandemopc.relay.da.back;

import org.tandemopc.core.pair.ServerCondition;

/** How much a member's clock was ahead of ours when it told its time last. Any thread. */
public final class MemberClock {
    private volatile long aheadNanos;

    /** The member has told its time, or that it has none, which changes nothing. */
    void told(ServerCondition condition) {
        if (condition.clockSkewNanos() != Long.MIN_VALUE) {
            aheadNanos = condition.clockSkewNanos();
        }
    }

    /** Negative: behind. 0: the same, or nothing is known. */
    public long aheadNanos() {
        return aheadNanos;
    }
}
