package org.tandemopc.core.pair;

import java.util.HashSet;
import java.util.Set;
import org.tandemopc.core.pair.MemberHealth.Link;
import org.tandemopc.core.pair.PairState.Phase;

/**
 * What must hold for every step, checked by the machine itself. A breach is a defect of this package, never of a server;
 * the owner of the pair records it and keeps the last route.
 */
final class Invariants {
    private Invariants() {}

    static void check(PairState before, Step step) {
        PairState after = step.state();
        require(after.epoch() >= before.epoch(), "M1: the epoch fell", before, step);
        Set<Long> moved = new HashSet<>();
        if (before.phase() instanceof Phase.Switching p && p.isRehoming()) {
            moved.add(before.epoch());
        }
        for (PairEffect effect : step.effects()) {
            if (effect instanceof PairEffect.RehomeRelays move) {
                require(moved.add(move.epoch()), "M1: two members in one epoch", before, step);
                require(after.member(move.member()).isOpen(), "M3: promoted while not connected", before, step);
                require(isBestKnown(after, move.member()), "M3: an unusable member was promoted", before, step);
            }
        }
        long connected =
                after.members().stream().filter(m -> m.link() != Link.CLOSED).count();
        require(!after.isCold() || connected <= 1, "M7: cold mode connects two members", before, step);
    }

    private static boolean isBestKnown(PairState state, int member) {
        return state.verdict(member).isUsable()
                || state.candidates().stream().noneMatch(i -> state.verdict(i).isUsable());
    }

    private static void require(boolean holds, String what, PairState before, Step step) {
        if (!holds) {
            throw new IllegalStateException("%s; before %s; step %s".formatted(what, before, step));
        }
    }
}
