package org.tandemopc.service;

import org.tandemopc.core.pair.PairState;

/** Reads a phase for people. */
final class Phases {
    private Phases() {}

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
