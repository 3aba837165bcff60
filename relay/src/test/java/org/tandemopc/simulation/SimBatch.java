package org.tandemopc.simulation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.tandemopc.relay.delivery.ValueBatch;

/** The model's batch of values. Bits of {@code marks} are the Overflow bits as the engine left them. */
final class SimBatch implements ValueBatch {
    static final int BYTES_EACH = 40;

    private final List<Sample> samples;
    private final BitSet marks;

    SimBatch(List<Sample> samples) {
        this(List.copyOf(samples), new BitSet());
        for (int i = 0; i < samples.size(); i++) {
            if (samples.get(i).overflow) {
                marks.set(i);
            }
        }
    }

    private SimBatch(List<Sample> samples, BitSet marks) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a batch is never empty");
        }
        this.samples = samples;
        this.marks = marks;
    }

    Sample sample(int index) {
        return samples.get(index);
    }

    List<Sample> samples() {
        return samples;
    }

    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public int item(int index) {
        return samples.get(index).item;
    }

    @Override
    public long sourceTime(int index) {
        return samples.get(index).sourceTime;
    }

    @Override
    public long fingerprint(int index) {
        Sample s = samples.get(index);
        long h = s.value * 0x9E3779B97F4A7C15L + s.status;
        return h ^ (h >>> 32);
    }

    @Override
    public boolean overflow(int index) {
        return marks.get(index);
    }

    @Override
    public int bytes() {
        return samples.size() * BYTES_EACH;
    }

    @Override
    public SimBatch select(BitSet keep, BitSet markOverflow, BitSet clearOverflow) {
        List<Sample> kept = new ArrayList<>(keep.cardinality());
        BitSet left = new BitSet();
        for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
            if (markOverflow.get(i) || (marks.get(i) && !clearOverflow.get(i))) {
                left.set(kept.size());
            }
            kept.add(samples.get(i));
        }
        return new SimBatch(List.copyOf(kept), left);
    }

    @Override
    public SimBatch append(List<ValueBatch> others) {
        List<Sample> all = new ArrayList<>(samples);
        BitSet bits = (BitSet) marks.clone();
        for (ValueBatch other : others) {
            SimBatch o = (SimBatch) other;
            for (int i = o.marks.nextSetBit(0); i >= 0; i = o.marks.nextSetBit(i + 1)) {
                bits.set(all.size() + i);
            }
            all.addAll(o.samples);
        }
        return new SimBatch(List.copyOf(all), bits);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < samples.size(); i++) {
            text.append(i == 0 ? "" : " ").append(samples.get(i)).append(marks.get(i) ? "*" : "");
        }
        return text.append(']').toString();
    }
}
