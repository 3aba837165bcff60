package org.tandemopc.core.pair;

/**
 * When the pair returns to a preferred member by itself (GEN-6): never in cold mode (MODE-C7), and only when nothing is
 * lost by it. The active member still serves, so there is time.
 */
final class FailbackPolicy {
    private FailbackPolicy() {}

    /** The preferred member to return to now, or {@link Route#NONE}. */
    static int choose(PairState state, int active, long nowNanos) {
        int target = wanted(state, active);
        return target != Route.NONE
                        && nowNanos >= dwellEndNanos(state, target)
                        && state.member(target).mayTakeOver(nowNanos)
                        && !DampingPolicy.isSuppressed(state.member(target).damping(), nowNanos)
                ? target
                : Route.NONE;
    }

    /** The preferred member that only time keeps from being returned to, or {@link Route#NONE}. */
    static int wanted(PairState state, int active) {
        boolean isOff = state.isCold()
                || !state.settings().failback()
                || state.wishes().pin() != null
                || state.wishes().holdsFailback();
        if (isOff) {
            return Route.NONE;
        }
        for (int i = 0; i < active; i++) {
            boolean isActiveBetter =
                    state.verdict(active).grade().isBetterThan(state.verdict(i).grade());
            if (state.isReady(i) && isTested(state, state.member(i)) && !isActiveBetter) {
                return i;
            }
        }
        return Route.NONE;
    }

    /** GAP-9, S14: a connection says nothing of the devices behind it; there is time to wait for what the items say. */
    private static boolean isTested(PairState state, MemberHealth health) {
        return !state.settings().isMonitored() || health.monitorTest() == MemberHealth.MonitorTest.PASSED;
    }

    static long dwellEndNanos(PairState state, int target) {
        return state.member(target).usableSinceNanos()
                + state.settings().failbackDwell().toNanos();
    }
}
