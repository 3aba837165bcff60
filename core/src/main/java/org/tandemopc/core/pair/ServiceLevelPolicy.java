package org.tandemopc.core.pair;

import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.PairState.Better;

/**
 * When a fallen ServiceLevel alone moves the pair: only into a strictly better sub-range (OPC UA Part 4, 6.6.2.4.2), and
 * only once that has lasted (S11). Within a sub-range numbers of different servers do not compare.
 */
final class ServiceLevelPolicy {
    static final long HOLD_NANOS = 10_000_000_000L;

    private ServiceLevelPolicy() {}

    /** The member that is better than the active one now, with the time since when it is. */
    static @Nullable Better better(PairState state, int active, long nowNanos) {
        Better before = state.watch().better();
        int best = SearchPolicy.bestUsable(state, nowNanos);
        if (best == Route.NONE
                || !state.verdict(active).isUsable()
                || !state.verdict(best)
                        .grade()
                        .isBetterThan(state.verdict(active).grade())) {
            return null;
        }
        return before != null && before.member() == best ? before : new Better(best, nowNanos);
    }

    static boolean isHeldLongEnough(Better better, long nowNanos) {
        return nowNanos >= better.sinceNanos() + HOLD_NANOS;
    }

    static String evidence(PairState state) {
        Better better = state.watch().better();
        int active = state.active();
        if (better == null || active == Route.NONE) {
            return "";
        }
        return "%s against %s for %d s"
                .formatted(
                        state.verdict(active).evidence(),
                        state.verdict(better.member()).evidence(),
                        HOLD_NANOS / 1_000_000_000L);
    }
}
