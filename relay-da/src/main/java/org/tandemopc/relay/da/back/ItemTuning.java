package org.tandemopc.relay.da.back;

import java.util.Optional;

/**
 * What DA 3.0 lets a client set for a single item of a group (DA 3.0 4.4.9, 4.4.10). Immutable.
 *
 * @param percentDeadband 0 to 100; empty: that of the group
 * @param samplingMs 0 to 4,294,967,295; empty: the rate of the group
 * @param isBuffered whether all samples between two updates are told; empty: nobody has said
 */
public record ItemTuning(Optional<Float> percentDeadband, Optional<Long> samplingMs, Optional<Boolean> isBuffered) {
    /** As the group is. */
    public static final ItemTuning NONE = new ItemTuning(Optional.empty(), Optional.empty(), Optional.empty());

    public ItemTuning withDeadband(Optional<Float> percent) {
        return new ItemTuning(percent, samplingMs, isBuffered);
    }

    public ItemTuning withSampling(Optional<Long> rateMs) {
        return new ItemTuning(percentDeadband, rateMs, isBuffered);
    }

    public ItemTuning withBuffered(boolean buffered) {
        return new ItemTuning(percentDeadband, samplingMs, Optional.of(buffered));
    }
}
