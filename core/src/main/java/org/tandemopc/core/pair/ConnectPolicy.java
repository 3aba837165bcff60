package org.tandemopc.core.pair;

import java.util.List;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.PairState.Phase;

/**
 * Which members are to be connected, and when the next attempt is due.
 *
 * <p>Warm and hot keep all members connected. Cold connects one at a time: the active one while it serves; otherwise the
 * members in turn, A, B, A, B, with a growing pause after each round (MODE-C3).
 *
 * <p>The pause is there for the member that fails: who comes and goes is not asked in a loop (S15, S16). It is not there for the
 * one that is to serve next, of which nothing is known but that it is needed: clients wait, and for no longer than requests are
 * held. So a switch asks the others at once, as warm and hot mode do, whatever the pause has grown to, and only comes back
 * to the lost one after it. Where all come and go, none is asked twice within the first pause.
 */
final class ConnectPolicy {
    static final long BACKOFF_FIRST_NANOS = 500_000_000L;

    /** With a quarter of jitter on top, 30 s. */
    static final long BACKOFF_MAX_NANOS = 24_000_000_000L;

    private ConnectPolicy() {}

    /** The members that shall be connected in this state; in cold mode at most one. */
    static List<Integer> wanted(PairState state) {
        if (state.phase() instanceof Phase.Disabled) {
            return List.of();
        }
        if (!state.isCold()) {
            return everyMember(state);
        }
        if (state.kept() != Route.NONE) {
            return List.of(state.kept());
        }
        return List.of(coldTurn(state));
    }

    /** How long to wait before the next attempt to connect the member; 0 = now. */
    static long delayNanos(PairState state, int member, long nowNanos) {
        MemberHealth health = state.member(member);
        if (!state.isCold()) {
            return health.attempts() == 0 ? 0 : backoffNanos(state, member, health.attempts() - 1);
        }
        int round = state.candidates().size();
        int attempts = state.watch().coldAttempts();
        if (attempts < round || health.attempts() == 0) {
            return 0;
        }
        return attempts % round == 0
                ? backoffNanos(state, member, attempts / round - 1)
                : Math.max(0, health.linkSinceNanos() + BACKOFF_FIRST_NANOS - nowNanos);
    }

    /**
     * Cold: the attempts that count when a member is lost that had not been connected for long. It has had its turn of the
     * round, the others have theirs without a pause, and the next pause is longer than the one before.
     */
    static int attemptsAtLoss(PairState state) {
        int round = state.candidates().size();
        int before = state.watch().coldAttempts();
        return (before + round - 2) / round * round + 1;
    }

    /**
     * 0.5 s doubling to 30 s, spread by up to a quarter. The spread comes from the pair, the member, the epoch and the
     * count alone, so that a run can be replayed, and pairs that lost one machine together do not return together (S16).
     */
    static long backoffNanos(PairState state, int member, int doublings) {
        long base = Math.min(BACKOFF_MAX_NANOS, BACKOFF_FIRST_NANOS << Math.min(doublings, 6));
        long seed = state.settings().name().hashCode() * 31L + member;
        long hash = mixed(mixed(seed) + state.epoch() * 1_000_003L + doublings);
        return base + Math.floorMod(hash, base / 4);
    }

    /** Cold: the member that is being connected, or else the next in turn. */
    private static int coldTurn(PairState state) {
        for (int i = 0; i < state.members().size(); i++) {
            if (state.member(i).link() != Link.CLOSED) {
                return i;
            }
        }
        List<Integer> candidates = state.candidates();
        int last = candidates.indexOf(state.watch().coldLast());
        return candidates.get((last + 1) % candidates.size());
    }

    /** Cold: the member whose turn comes right before that of {@code member}. */
    static int before(PairState state, int member) {
        List<Integer> candidates = state.candidates();
        int index = candidates.indexOf(member);
        return candidates.get(Math.floorMod(index - 1, candidates.size()));
    }

    private static List<Integer> everyMember(PairState state) {
        return java.util.stream.IntStream.range(0, state.members().size())
                .boxed()
                .toList();
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
