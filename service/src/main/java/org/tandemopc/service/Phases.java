package org.tandemopc.service;

import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.Route;

/** Reads a phase for people. */
final class Phases {
    private Phases() {}

    /** The member that serves clients, or {@link Route#NONE}. */
    static int activeOf(PairState state) {
        return switch (state.phase()) {
            case PairState.Phase.Disabled _, PairState.Phase.Starting _, PairState.Phase.Stranded _ -> Route.NONE;
            case PairState.Phase.Serving p -> p.active();
            case PairState.Phase.Switching p -> p.from();
        };
    }

    static String nameOf(PairState state) {
        return switch (state.phase()) {
            case PairState.Phase.Disabled _ -> "disabled";
            case PairState.Phase.Starting _ -> "starting";
            case PairState.Phase.Serving _ -> "serving";
            case PairState.Phase.Switching _ -> "switching";
            case PairState.Phase.Stranded _ -> "stranded";
        };
    }
}
