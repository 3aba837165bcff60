package org.tandemopc.core.pair;

/** All that the machine knows of one pair. An immutable value; see {@link PairMachine}. */
public record PairState(PairSettings settings, Phase phase, long epoch) {
    /** What we are doing. */
    public sealed interface Phase {
        record Disabled() implements Phase {}

        record Starting() implements Phase {}

        record Serving(int active) implements Phase {}

        record Switching(int from, int to, LossCause cause, long deadlineNanos) implements Phase {}

        record Stranded(int last, LossCause cause) implements Phase {}
    }
}
