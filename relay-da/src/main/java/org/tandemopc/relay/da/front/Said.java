package org.tandemopc.relay.da.front;

import org.tandemopc.opcda.OpcItemChange;

/**
 * What a member said of an item, and when it came. Immutable.
 *
 * @param change under Tandem's handle of the item
 * @param atNanos of our own clock
 */
record Said(int member, OpcItemChange change, long atNanos) {
    int item() {
        return change.clientHandle();
    }

    /** 0: no time. */
    long ticks() {
        return change.timestamp().ticks();
    }

    /** Value and quality, whatever the times. */
    boolean isSame(Said other) {
        return change.value().equals(other.change.value()) && hasQualityOf(other);
    }

    boolean hasQualityOf(Said other) {
        return change.quality().equals(other.change.quality());
    }

    /** The very change, as time, value and quality say. Without a time nothing is. */
    boolean isExactly(Said other) {
        return ticks() != 0 && ticks() == other.ticks() && isSame(other);
    }
}
