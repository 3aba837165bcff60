package org.tandemopc.relay.delivery;

import java.util.ArrayDeque;
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
