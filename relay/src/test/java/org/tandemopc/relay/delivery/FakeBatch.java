package org.tandemopc.relay.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Values that a test wrote by hand.
 *
 * @param states how many different states the values stand for, as of a switch that goes to and fro; 0 = each its own
 */
record FakeBatch(List<Entry> entries, int states) implements ValueBatch {
    static final int ENTRY_BYTES = 100;

    FakeBatch(List<Entry> entries) {
        this(entries, 0);
    }

    /**
     * @param time source time in ticks
     * @param good false: Tandem's or a server's Bad
     */
    record Entry(int item, long time, long value, boolean good, boolean overflow) {
        Entry at(long otherTime) {
            return new Entry(item, otherTime, value, good, overflow);
        }

        Entry overflowed() {
            return new Entry(item, time, value, good, true);
        }

        /** {@code item=value@time}, with ! for the Overflow mark. */
        @Override
        public String toString() {
            return item + "=" + (good ? value : "Bad") + "@" + time + (overflow ? "!" : "");
        }
    }

    /** A counter's value: the value is its own source time. */
    static Entry v(int item, long time) {
        return new Entry(item, time, time, true, false);
    }

    static Entry v(int item, long time, long value) {
        return new Entry(item, time, value, true, false);
    }

    static Entry bad(int item) {
        return new Entry(item, 0, 0, false, false);
    }

    static FakeBatch of(Entry... entries) {
        return new FakeBatch(Arrays.asList(entries));
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public int item(int index) {
        return entries.get(index).item;
    }

    @Override
    public long sourceTime(int index) {
        return entries.get(index).time;
    }

    @Override
    public long fingerprint(int index) {
        Entry entry = entries.get(index);
        long state = states == 0 ? entry.value : entry.value % states;
        return entry.good ? state * 0x9E37_79B9_7F4A_7C15L : -1;
    }

    @Override
    public boolean overflow(int index) {
        return entries.get(index).overflow;
    }

    @Override
    public int bytes() {
        return ENTRY_BYTES * entries.size();
    }

    @Override
    public ValueBatch select(BitSet keep, BitSet markOverflow, BitSet clearOverflow) {
        if (keep.isEmpty()) {
            throw new IllegalArgumentException("nothing kept");
        }
        List<Entry> kept = new ArrayList<>();
        for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
            Entry e = entries.get(i);
            boolean overflow = (e.overflow && !clearOverflow.get(i)) || markOverflow.get(i);
            kept.add(new Entry(e.item, e.time, e.value, e.good, overflow));
        }
        return new FakeBatch(kept, states);
    }

    @Override
    public ValueBatch append(List<ValueBatch> others) {
        List<Entry> all = new ArrayList<>(entries);
        others.forEach(other -> all.addAll(((FakeBatch) other).entries));
        return new FakeBatch(all, states);
    }
}
