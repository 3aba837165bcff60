package org.tandemopc.app.demo;

import java.util.Arrays;

/**
 * Counts what a client missed and got twice. The counters of the simulated servers are the number of their tick, in
 * step on both servers, so each value names its forerunner: a hole is a lost value, a number not above the last one a
 * doubled (or old) value. Thread-safe; times are monotonic nanoseconds.
 */
final class Tally {
    /**
     * @param latest the highest value of any counter, -1 before the first
     * @param gapNanos the longest time without any value since the last {@link #mark}
     */
    record Figures(long received, long lost, long doubled, long errors, long latest, long gapNanos, String lastError) {}

    private final long[] last;
    private long received;
    private long lost;
    private long doubled;
    private long errors;
    private long latest = -1;
    private long arrivedNanos;
    private long gapNanos;
    private String lastError = "";

    Tally(int counters) {
        last = new long[counters];
        Arrays.fill(last, -1);
    }

    synchronized void value(int counter, long value, long nowNanos) {
        received++;
        if (last[counter] >= 0) {
            if (value <= last[counter]) {
                doubled++;
            } else {
                lost += value - last[counter] - 1;
            }
        }
        last[counter] = Math.max(last[counter], value);
        latest = Math.max(latest, value);
        if (arrivedNanos != 0) {
            gapNanos = Math.max(gapNanos, nowNanos - arrivedNanos);
        }
        arrivedNanos = nowNanos;
    }

    /** Something that a client with one healthy server would not have seen. */
    synchronized void error(String what) {
        errors++;
        lastError = what;
    }

    /** Measures the longest gap from here on; the one that is open now counts. */
    synchronized void mark() {
        gapNanos = 0;
    }

    /** The lowest of the newest values of all counters: all of them have come so far; -1 before the first of each. */
    synchronized long reached() {
        long lowest = Long.MAX_VALUE;
        for (long value : last) {
            lowest = Math.min(lowest, value);
        }
        return lowest;
    }

    synchronized Figures figures() {
        return new Figures(received, lost, doubled, errors, latest, gapNanos, lastError);
    }
}
