package org.tandemopc.core.pair;

import java.util.List;

/** Decides for one pair: a pure function of state and event. */
public final class PairMachine {
    private PairMachine() {}

    public static PairState initial(PairSettings settings) {
        return new PairState(settings, new PairState.Phase.Disabled(), 0);
    }

    public static Step next(PairState state, PairEvent event) {
        return new Step(state, List.of());
    }
}
