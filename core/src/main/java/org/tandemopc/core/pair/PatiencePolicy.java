package org.tandemopc.core.pair;

import org.tandemopc.core.pair.PairState.Phase;

/**
 * Whether a member whose status answer is late is kept and asked again.
 *
 * <p>One who does not answer but is heard talking to others is not dead, only busy; and the last colleague left is not
 * hung up on for being slow once. Leaving costs little where another member is ready, so there a member that is silent
 * altogether is left at its first missed answer (GAP-3, S7); it costs values where the other one is not ready yet, and
 * everything where there is none. Patience ends in
 * any case: a server that delivers values and never says how it is cannot be trusted for long, and clients of a dead
 * one must hear of it (S12). A closed connection is a loss at once, here as everywhere.
 *
 * <p>Times count from the first answer that did not come, one timeout after its question. Asked at each missed answer;
 * a member kept is asked again at once, so this is every timeout.
 */
final class PatiencePolicy {
    /** A member that is heard is kept for so many timeouts more. */
    static final int HEARD_TIMEOUTS = 4;

    /** The last usable member is kept for so many timeouts more when it is silent. */
    static final int LAST_TIMEOUTS = 2;

    /**
     * A silent member is kept for so many timeouts more while the other one is connected and not ready yet: what the one was
     * about to say could not be taken from the other, and reads and writes that wait so long cost less than values.
     */
    static final int UNREADY_TIMEOUTS = 2;

    /** The last usable member is kept at least so long: a short timeout is chosen for the sake of leaving early. */
    static final long LAST_MIN_NANOS = 2_000_000_000L;

    private PatiencePolicy() {}

    /** @param silentNanos for how long nothing has come from the member over any link */
    static boolean keeps(PairState state, int member, long silentNanos, long nowNanos) {
        boolean isHeard = silentNanos < heardWindowNanos(state.settings());
        if (isHeard && isBeingSetUp(state, member) && !hasOther(state, member)) {
            return true; // until the deadline of the switch
        }
        return nowNanos - state.member(member).overdueSinceNanos() < patienceNanos(state, member, isHeard);
    }

    private static long patienceNanos(PairState state, int member, boolean isHeard) {
        long timeoutNanos = state.settings().pingTimeout().toNanos();
        if (hasOther(state, member)) {
            int timeouts = isHeard ? HEARD_TIMEOUTS : hasReady(state, member) ? 0 : UNREADY_TIMEOUTS;
            return timeouts * timeoutNanos;
        }
        return Math.max(LAST_MIN_NANOS, (isHeard ? HEARD_TIMEOUTS : LAST_TIMEOUTS) * timeoutNanos);
    }

    /**
     * Within this a member was heard lately. Not longer than the interval, so that one that stops in the middle of a
     * question is lost within interval and timeout as well.
     */
    private static long heardWindowNanos(PairSettings settings) {
        return Math.min(
                settings.pingTimeout().toNanos(), settings.pingInterval().toNanos());
    }

    /**
     * Whether there is another member to go to: one that is usable and owes nothing itself. Cold mode knows nothing of
     * the other one and serves from the next by trying it; not while it is setting up this one, because the other one
     * has just failed and trying it again may cost a connect timeout.
     */
    private static boolean hasOther(PairState state, int member) {
        return state.candidates().stream()
                .filter(i -> i != member)
                .anyMatch(i -> state.isCold()
                        ? !isBeingSetUp(state, member)
                        : state.verdict(i).isUsable() && !state.member(i).isOverdue());
    }

    /** Whether one of those could be switched to with no more of a gap than there is; in cold mode there is always one. */
    private static boolean hasReady(PairState state, int member) {
        return state.isCold()
                || isBeingSetUp(state, member)
                || state.candidates().stream().anyMatch(i -> i != member && state.isReady(i));
    }

    private static boolean isBeingSetUp(PairState state, int member) {
        return state.phase() instanceof Phase.Switching p && p.to() == member;
    }
}
