package org.tandemopc.relay.delivery;

import java.util.BitSet;
import java.util.List;

/**
 * Values that were reported together, in the order in which they came: opaque to the engine but for what a bridge must
 * know. Immutable; cheap to hold. Entries of one item stand in the order of its samples.
 */
public interface ValueBatch {
    /** Number of entries, at least 1. */
    int size();

    /** The item's id: Tandem's own, the same at both members, unique in the session. */
    int item(int index);

    /** Source time in the protocol's own ticks (UA: 100 ns since 1601); 0 where the server gave none. */
    long sourceTime(int index);

    /** 64-bit hash of value and status (without the Overflow bits): equal for equal bytes. */
    long fingerprint(int index);

    /** Whether the server marked this entry as following a queue overflow. */
    boolean overflow(int index);

    /** Memory this batch holds, for bounds. */
    int bytes();

    /**
     * A batch of the kept entries only, in order. {@code keep} is never empty.
     *
     * @param markOverflow entries that get the Overflow mark (I4)
     * @param clearOverflow entries that lose it
     */
    ValueBatch select(BitSet keep, BitSet markOverflow, BitSet clearOverflow);

    /** This batch followed by others of the same kind, as one. */
    ValueBatch append(List<ValueBatch> others);
}
