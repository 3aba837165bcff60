package org.tandemopc.core.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The last intervals between two values of an item, to tell the rate at which the server really delivers it (MON-15). A
 * watchdog may change every 100 ms and be polled every 3 s.
 *
 * @param newestNanos oldest first, at most {@link #KEPT}
 */
record Intervals(List<Long> newestNanos) {
    static final int KEPT = 32;

    /** Fewer say nothing of what is usual. */
    static final int NEEDED = 4;

    /** An interval so many times longer than the median is an outage, not a rate. */
    static final int OUTAGE_FACTOR = 10;

    static final Intervals NONE = new Intervals(List.of());

    Intervals {
        newestNanos = List.copyOf(newestNanos);
    }

    Intervals with(long nanos) {
        int from = Math.max(0, newestNanos.size() + 1 - KEPT);
        List<Long> next = new ArrayList<>(newestNanos.subList(from, newestNanos.size()));
        next.add(nanos);
        return new Intervals(next);
    }

    /** The longest one that is no outage; empty while too few were seen. */
    OptionalLong slowestNanos() {
        if (newestNanos.size() < NEEDED) {
            return OptionalLong.empty();
        }
        List<Long> sorted = newestNanos.stream().sorted().toList();
        long most = Math.max(1, sorted.get(sorted.size() / 2)) * OUTAGE_FACTOR;
        return sorted.stream().mapToLong(Long::longValue).filter(n -> n <= most).max();
    }
}
