package org.tandemopc.core.pair;

import org.tandemopc.core.pair.PairState.Better;
import org.tandemopc.core.pair.PairState.Phase;

/** Asks to be woken when a decision that only waits for time is due. */
final class Alarms {
    private Alarms() {}

    static void set(Turn turn) {
        if (!(turn.state().phase() instanceof Phase.Serving serving)) {
            return;
        }
        int wanted = FailbackPolicy.wanted(turn.state(), serving.active());
        if (wanted != Route.NONE) {
            at(turn, Timer.Kind.FAILBACK, wanted, FailbackPolicy.dwellEndNanos(turn.state(), wanted));
        }
        Better better = turn.state().watch().better();
        if (better != null) {
            long dueNanos = better.sinceNanos() + ServiceLevelPolicy.HOLD_NANOS;
            at(turn, Timer.Kind.SERVICE_LEVEL_HOLD, better.member(), dueNanos);
        }
        at(turn, Timer.Kind.COLD_RETRY, Route.NONE, turn.state().watch().coldRetryNanos());
        for (int i = 0; i < turn.state().members().size(); i++) {
            if (i != serving.active()) {
                at(turn, Timer.Kind.LAG, i, turn.member(i).lagEndNanos());
            }
            Damping damping = turn.member(i).damping();
            if (!damping.isFrozen() && DampingPolicy.isSuppressed(damping, turn.now())) {
                at(turn, Timer.Kind.DAMPING, i, DampingPolicy.reuseNanos(damping));
            }
        }
    }

    /** One that is too early is left: it fires, finds nothing to do and is set anew. */
    private static void at(Turn turn, Timer.Kind kind, int member, long dueNanos) {
        boolean isEarlier = dueNanos < turn.state().timers().dueNanos(kind, member);
        if (dueNanos > turn.now() && isEarlier) {
            turn.startTimer(kind, member, dueNanos);
        }
    }
}
