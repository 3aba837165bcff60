package org.tandemopc.core.pair;

/**
 * Names a timer. A timer that fires for an epoch or attempt that is over is ignored, so cancelling is never needed.
 *
 * @param epoch the epoch it was started in
 * @param member the member it concerns, or {@link Route#NONE}
 * @param sequence distinguishes timers of one kind; a later one of the same kind and member replaces an earlier one
 */
public record Timer(Kind kind, long epoch, int member, long sequence) {
    public enum Kind {
        RECONNECT,
        SWITCH_DEADLINE,
        FAILBACK,
        SERVICE_LEVEL_HOLD,
        DAMPING,
        GRACE,
        START_DEADLINE
    }
}
