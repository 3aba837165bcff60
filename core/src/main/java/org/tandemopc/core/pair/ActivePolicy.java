package org.tandemopc.core.pair;

import org.tandemopc.core.pair.PairState.Better;
import org.tandemopc.core.pair.PairState.Order;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.pair.PairState.Pin;

/**
 * Whether the pair leaves its active member though the connection to it stands. Asked after every event; the first rule
 * that applies wins: unusable, pinned elsewhere, ordered, failback, ServiceLevel.
 */
final class ActivePolicy {
    sealed interface Choice {
        record Stay() implements Choice {}

        /** Move to a member that is connected. */
        record Go(int to, LossCause cause, String evidence, String orderedBy) implements Choice {}

        /**
         * Cold mode: leave the active member and look for another one.
         *
         * @param wanted the member that a person ordered, or {@link Route#NONE}
         */
        record Seek(LossCause cause, String evidence, String orderedBy, int wanted) implements Choice {}
    }

    private static final Choice STAY = new Choice.Stay();

    private ActivePolicy() {}

    static Choice choose(PairState state, int active, long nowNanos) {
        Verdict verdict = state.verdict(active);
        if (!verdict.isUsable()) {
            Choice choice = leaveUnusable(state, active, verdict, nowNanos);
            if (!(choice instanceof Choice.Stay)) {
                return choice;
            }
        }
        String passThroughBy = state.wishes().passThroughBy();
        if (passThroughBy != null) {
            return active == 0
                    ? STAY
                    : new Choice.Seek(
                            LossCause.ORDERED, "redundancy was disabled by " + passThroughBy, passThroughBy, 0);
        }
        Pin pin = state.wishes().pin();
        Order order = state.wishes().order();
        if (order != null) {
            return followOrder(state, order, nowNanos);
        }
        if (pin != null) {
            return followPin(state, pin, active, nowNanos);
        }
        if (!verdict.isUsable()) {
            return STAY;
        }
        int preferred = FailbackPolicy.choose(state, active, nowNanos);
        if (preferred != Route.NONE) {
            return new Choice.Go(preferred, LossCause.FAILBACK, "preferred machine is available", "");
        }
        return followServiceLevel(state, nowNanos);
    }

    /** Both bad: stay (S11, ML2). */
    private static Choice leaveUnusable(PairState state, int active, Verdict verdict, long nowNanos) {
        if (state.isCold()) {
            boolean isRetryDue = nowNanos >= state.watch().coldRetryNanos();
            boolean hasOther = state.candidates().stream().anyMatch(i -> i != active);
            return isRetryDue && hasOther ? new Choice.Seek(verdict.cause(), verdict.evidence(), "", Route.NONE) : STAY;
        }
        int best = SearchPolicy.bestUsable(state, nowNanos);
        return best == Route.NONE || isNoBetter(state, best, verdict)
                ? STAY
                : new Choice.Go(best, verdict.cause(), verdict.evidence(), "");
    }

    /** MON-22: both failed their tests and this one has only been connected anew; until it passes, nothing is won. */
    private static boolean isNoBetter(PairState state, int candidate, Verdict active) {
        return state.settings().isMonitored()
                && active.cause() == LossCause.MONITOR_TEST
                && state.member(candidate).isTestOwed();
    }

    /**
     * MON-22 in cold mode, where a member is tested only while it serves: each other one was left for its test, or none
     * could be had and the pair returns to the one that it left for that. If the new one fails its test as well before it
     * ever passes, nothing is won by going on at once.
     *
     * @param ended the switch that has just ended
     */
    static boolean isNoneBetter(PairState state, Phase.Switching ended) {
        int active = ended.to();
        boolean isBackAgain = active == ended.from() && state.member(active).isTestOwed();
        boolean haveOthersFailed = state.candidates().stream()
                .filter(i -> i != active)
                .allMatch(i -> state.member(i).isTestOwed());
        return state.isTestAwaited(active) && (isBackAgain || haveOthersFailed);
    }

    private static Choice followOrder(PairState state, Order order, long nowNanos) {
        String evidence = "ordered by " + order.by();
        if (state.isCold()) {
            return new Choice.Seek(LossCause.ORDERED, evidence, order.by(), order.target());
        }
        boolean isReady = state.member(order.target()).mayTakeOver(nowNanos) || nowNanos >= order.deadlineNanos();
        return isReady ? new Choice.Go(order.target(), LossCause.ORDERED, evidence, order.by()) : STAY;
    }

    private static Choice followPin(PairState state, Pin pin, int active, long nowNanos) {
        boolean canGo = pin.member() != active
                && state.verdict(pin.member()).isUsable()
                && state.member(pin.member()).mayTakeOver(nowNanos)
                && !state.member(pin.member()).isOverdue();
        return canGo ? new Choice.Go(pin.member(), LossCause.ORDERED, "pinned by " + pin.by(), pin.by()) : STAY;
    }

    private static Choice followServiceLevel(PairState state, long nowNanos) {
        Better better = state.watch().better();
        if (better == null || !ServiceLevelPolicy.isHeldLongEnough(better, nowNanos)) {
            return STAY;
        }
        MemberHealth target = state.member(better.member());
        boolean mayGo = target.mayTakeOver(nowNanos)
                && !target.isOverdue()
                && !DampingPolicy.isSuppressed(target.damping(), nowNanos);
        return mayGo
                ? new Choice.Go(better.member(), LossCause.SERVICE_LEVEL, ServiceLevelPolicy.evidence(state), "")
                : STAY;
    }
}
