package org.tandemopc.simulation;

import java.util.PriorityQueue;

/** The queue of everything that will happen, in order of time, then of arrival. Nothing else moves the clock. */
final class VirtualTime {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    private static final class Due implements Comparable<Due> {
        final long at;
        final long sequence;
        final Runnable what;

        Due(long at, long sequence, Runnable what) {
            this.at = at;
            this.sequence = sequence;
            this.what = what;
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>(256);
    private long now;
    private long sequence;
    private long steps;

    VirtualTime(long startNanos) {
        now = startNanos;
    }

    long now() {
        return now;
    }

    /** How much has happened. */
    long steps() {
        return steps;
    }

    void at(long nanos, Runnable what) {
        queue.add(new Due(Math.max(nanos, now), sequence++, what));
    }

    void after(long nanos, Runnable what) {
        at(now + nanos, what);
    }

    /** Runs all that is due up to and including this time. */
    void runUntil(long nanos) {
        while (!queue.isEmpty() && queue.peek().at <= nanos) {
            Due due = queue.remove();
            now = due.at;
            steps++;
            due.what.run();
        }
        now = nanos;
    }
}
