package org.tandemopc.core.pair;

import java.util.List;

/** What {@link PairMachine#next} decided. */
public record Step(PairState state, List<PairEffect> effects) {}
