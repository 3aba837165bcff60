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
        /** The next attempt to open a member's link. */
        RECONNECT,
        /** A switch must have ended. */
        SWITCH_DEADLINE,
        /** The preferred member has been usable for long enough. */
        FAILBACK,
        /** Another member has been in a better sub-range of ServiceLevel for long enough. */
        SERVICE_LEVEL_HOLD,
        /** A member that lags behind what clients ask for has been waited for long enough. */
        LAG,
        /** The return to a flapping member is no longer delayed. */
        DAMPING,
        /** The preferred member has had its time to connect. */
        START_DEADLINE,
        /** A switch ordered by a person has waited long enough for its target to be ready. */
        ORDER_DEADLINE,
        /** Cold mode serves from a member that calls itself unusable: look for a better one again. */
        COLD_RETRY
    }
}
