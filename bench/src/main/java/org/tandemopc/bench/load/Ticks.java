package org.tandemopc.bench.load;

import java.util.Arrays;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;

/**
 * Counts the values of counters that show the number of the tick: each is one more than the one before, so a hole is a
 * loss. Keeps no value, for there are many. Thread-safe.
 */
final class Ticks {
    private final long[] newest;
    private final long[] heardNanos;
    private long values;
    private long lost;
    private long doubled;
    private long notGood;

    /** What came since {@link #begin}. */
    record Counts(long values, long lost, long doubled, long notGood) {}

    Ticks(int items) {
        newest = new long[items];
        Arrays.fill(newest, -1);
        heardNanos = new long[items];
    }

    synchronized void value(int item, DataValue value) {
        if (!value.statusCode().isGood() || !(value.value().value() instanceof Number number)) {
            notGood++;
            return;
        }
        long tick = number.longValue();
        long before = newest[item];
        values++;
        if (before >= 0 && tick <= before) {
            doubled++;
            return;
        }
        if (before >= 0) {
            lost += tick - before - 1;
        }
        newest[item] = tick;
        heardNanos[item] = System.nanoTime();
    }

    /** Counting begins anew; what is known of each item stays. */
    synchronized void begin() {
        values = 0;
        lost = 0;
        doubled = 0;
        notGood = 0;
    }

    synchronized Counts counts() {
        return new Counts(values, lost, doubled, notGood);
    }

    /** The newest tick of the item that is furthest behind; -1 while one has none. */
    synchronized long reached() {
        return Arrays.stream(newest).min().orElse(-1);
    }

    /** When the last of the items got its newest tick, monotonic. */
    synchronized long lastHeardNanos() {
        return Arrays.stream(heardNanos).max().orElse(0);
    }
}
