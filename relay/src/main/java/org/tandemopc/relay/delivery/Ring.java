package org.tandemopc.relay.delivery;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of a standby that wait for a switch, in the order in which they came. */
final class Ring {
    static final class Entry {
        final ValueBatch batch;
        final long receivedNanos;
        /** All entries before this index are covered by the watermarks. */
        int coveredTo;

        Entry(ValueBatch batch, long receivedNanos) {
            this.batch = batch;
            this.receivedNanos = receivedNanos;
        }
    }

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long bytes;

    void add(ValueBatch batch, long nowNanos) {
        entries.addLast(new Entry(batch, nowNanos));
        bytes += batch.bytes();
    }

    @Nullable
    Entry first() {
        return entries.peekFirst();
    }

    @Nullable
    Entry poll() {
        Entry first = entries.pollFirst();
        if (first != null) {
            bytes -= first.batch.bytes();
        }
        return first;
    }

    Iterable<Entry> entries() {
        return entries;
    }

    /** Lets go of what these items said; of the others everything stays in its order. */
    void remove(Set<Integer> items) {
        for (int left = entries.size(); left > 0; left--) {
            Entry entry = entries.removeFirst();
            bytes -= entry.batch.bytes();
            Entry rest = without(entry, items);
            if (rest != null) {
                entries.addLast(rest);
                bytes += rest.batch.bytes();
            }
        }
    }

    private static @Nullable Entry without(Entry entry, Set<Integer> items) {
        BitSet keep = new BitSet();
        for (int i = 0; i < entry.batch.size(); i++) {
            keep.set(i, !items.contains(entry.batch.item(i)));
        }
        if (keep.cardinality() == entry.batch.size()) {
            return entry;
        }
        if (keep.isEmpty()) {
            return null;
        }
        Entry rest = new Entry(entry.batch.select(keep, new BitSet(), new BitSet()), entry.receivedNanos);
        rest.coveredTo = keep.get(0, entry.coveredTo).cardinality();
        return rest;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return entries.size();
    }

    void clear() {
        entries.clear();
        bytes = 0;
    }
}
