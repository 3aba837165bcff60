package org.tandemopc.service;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Records of several pairs in one list. Within a pair the order is that of the numbers whatever its clock was set to, for
 * they say what came after what; times only say how the pairs go together. Pure; any thread.
 */
public final class RecordOrder {
    private RecordOrder() {}

    private record Placed<T>(Instant at, T record) {}

    /**
     * @param logs of one pair each, in the order of the numbers
     * @param time of a record
     */
    public static <T> List<T> merged(List<List<T>> logs, Function<T, Instant> time) {
        List<Placed<T>> all = new ArrayList<>();
        logs.forEach(log -> all.addAll(placed(log, time)));
        // Stable: what is placed at one time keeps the order of its log.
        all.sort(Comparator.comparing(Placed::at));
        return all.stream().map(Placed::record).toList();
    }

    /** None is placed after one that came after it: a clock that was set back was wrong before, not now. */
    private static <T> List<Placed<T>> placed(List<T> log, Function<T, Instant> time) {
        List<Placed<T>> placed = new ArrayList<>();
        Instant next = Instant.MAX;
        for (T record : log.reversed()) {
            Instant at = time.apply(record);
            next = at.isBefore(next) ? at : next;
            placed.add(new Placed<>(next, record));
        }
        return placed.reversed();
    }
}
