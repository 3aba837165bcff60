package org.tandemopc.bench.da;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.OpcItemChange;

/**
 * A sink that remembers which ticks of which counters have come: counters show the number of the tick, and their client handles are their
 * numbers. Thread-safe.
 */
final class DaTicks implements IOPCDataCallback {
    /** Ticks that are remembered of a counter, from some before the first that comes on; others are an error. */
    private static final int TICKS_MAX = 100_000;

    /** A counter whose first value comes late may show an older tick than the first of all. */
    private static final int TICKS_BEFORE = 64;

    private static final long NONE = Long.MIN_VALUE;

    /** When the first counter got something newer than it had; monotonic. */
    record Arrival(long nanos, long tick) {}

    private final BitSet[] seen;
    private final long[] newest;
    private final List<Arrival> arrivals = new ArrayList<>();
    private long base = NONE;
    private long values;
    private long doubled;
    private long notGood;

    DaTicks(int items) {
        seen = new BitSet[items];
        Arrays.setAll(seen, i -> new BitSet());
        newest = new long[items];
        Arrays.fill(newest, -1);
    }

    @Override
    public Result<Nothing> onDataChange(DataChange change) {
        values(System.nanoTime(), change.items());
        return Result.ok(Nothing.NOTHING);
    }

    synchronized void values(long nowNanos, List<OpcItemChange> items) {
        for (OpcItemChange item : items) {
            if (item.quality().isGood() && item.value() instanceof Variant.R8(double tick)) {
                value(nowNanos, item.clientHandle(), (long) tick);
            } else {
                notGood++;
            }
        }
    }

    private void value(long nowNanos, int item, long tick) {
        values++;
        if (base == NONE) {
            base = tick - TICKS_BEFORE;
        }
        int index = Math.toIntExact(tick - base);
        if (index < 0 || index >= TICKS_MAX) {
            throw new IllegalStateException("tick " + tick + " is too far from the first");
        }
        boolean isNew = tick > newest[item];
        if (!isNew) {
            doubled++;
        }
        seen[item].set(index);
        newest[item] = Math.max(newest[item], tick);
        if (item == 0 && isNew) {
            arrivals.add(new Arrival(nowNanos, tick));
        }
    }

    /** The newest tick of the counter that is furthest behind; -1 while one has none. */
    synchronized long reached() {
        return Arrays.stream(newest).min().orElse(-1);
    }

    synchronized long values() {
        return values;
    }

    /** Values that came again, or after a newer one of their counter. */
    synchronized long doubled() {
        return doubled;
    }

    synchronized long notGood() {
        return notGood;
    }

    synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    private boolean has(int item, long tick) {
        long index = tick - base;
        return base != NONE && index >= 0 && index < TICKS_MAX && seen[item].get((int) index);
    }

    /** Whether the first counter has shown this tick. */
    synchronized boolean has(long tick) {
        return has(0, tick);
    }

    /** Which ticks a client had to get. */
    @FunctionalInterface
    interface Shown {
        boolean has(long tick);
    }

    /**
     * Values that never came, of all counters.
     *
     * @param from the first tick that is asked for
     * @param to the last
     */
    synchronized long lost(Shown shown, long from, long to) {
        long lost = 0;
        for (long tick = from; tick <= to; tick++) {
            if (shown.has(tick)) {
                for (int item = 0; item < seen.length; item++) {
                    lost += has(item, tick) ? 0 : 1;
                }
            }
        }
        return lost;
    }

    @Override
    public Result<Nothing> onReadComplete(DataChange change) {
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Nothing> onWriteComplete(WriteComplete call) {
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
        return Result.ok(Nothing.NOTHING);
    }
}
