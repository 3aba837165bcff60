package org.tandemopc.core.pair;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.core.pair.MemberHealth.SearchMark;

/**
 * Looks for the member to promote while none serves: at the start, after a loss, while stranded. A member that is
 * connected and calls itself unusable is better than none (the panic rule of S11 read the other way round), but only
 * once every other one has had its turn.
 */
final class SearchPolicy {
    sealed interface Finding {
        /** Promote this member. */
        record Take(int member) implements Finding {}

        /** Cold mode: put this unusable member back and try the others first. */
        record Reject(int member) implements Finding {}

        /** Each member has failed. */
        record AllFailed() implements Finding {}

        /** The answer of an attempt is missing. */
        record Wait() implements Finding {}
    }

    private SearchPolicy() {}

    /**
     * @param awaited a member that another usable one must wait for while it has not answered, or {@link Route#NONE}
     * @param isPatient false: do not wait for any answer, take what there is
     */
    static Finding find(PairState state, int awaited, boolean isPatient, long nowNanos) {
        int usable = bestUsable(state, nowNanos);
        if (usable != Route.NONE) {
            boolean mustWait = awaited != Route.NONE && usable != awaited && isUnanswered(state.member(awaited));
            return mustWait ? new Finding.Wait() : new Finding.Take(usable);
        }
        List<Integer> candidates = state.candidates();
        boolean isAnyUnanswered = candidates.stream().anyMatch(i -> isUnanswered(state.member(i)));
        for (int i : lastServingFirst(state)) {
            if (!state.member(i).isOpen() || state.member(i).doubt() != null) {
                continue;
            }
            if (!isAnyUnanswered || !isPatient) {
                return new Finding.Take(i);
            }
            return state.isCold() ? new Finding.Reject(i) : new Finding.Wait();
        }
        boolean haveAllFailed =
                candidates.stream().allMatch(i -> state.member(i).mark() == SearchMark.FAILED);
        return haveAllFailed ? new Finding.AllFailed() : new Finding.Wait();
    }

    /** S11: while none is usable, nothing is won by moving. */
    private static List<Integer> lastServingFirst(PairState state) {
        List<Integer> order = new ArrayList<>(state.candidates());
        int from = state.active();
        if (order.remove(Integer.valueOf(from))) {
            order.addFirst(from);
        }
        return order;
    }

    /** The best usable candidate, or {@link Route#NONE}; among equals one that owes no answer, then
     * one that does not flap, then the preferred one. */
    static int bestUsable(PairState state, long nowNanos) {
        int best = Route.NONE;
        for (int i : state.candidates()) {
            if (state.verdict(i).isUsable() && (best == Route.NONE || isBetter(state, i, best, nowNanos))) {
                best = i;
            }
        }
        return best;
    }

    private static boolean isBetter(PairState state, int member, int other, long nowNanos) {
        boolean isOverdue = state.member(member).isOverdue();
        if (isOverdue != state.member(other).isOverdue()) {
            return !isOverdue;
        }
        boolean isSuppressed = DampingPolicy.isSuppressed(state.member(member).damping(), nowNanos);
        boolean isOtherSuppressed =
                DampingPolicy.isSuppressed(state.member(other).damping(), nowNanos);
        if (isSuppressed != isOtherSuppressed) {
            return isOtherSuppressed;
        }
        return state.verdict(member).grade().isBetterThan(state.verdict(other).grade());
    }

    private static boolean isUnanswered(MemberHealth health) {
        return (!health.isOpen() || health.doubt() != null) && health.mark() == SearchMark.UNTRIED;
    }
}
