package org.tandemopc.bench.failover;

import java.util.List;

/**
 * Everything that an application got in one repetition.
 *
 * @param notGood values with a status other than Good, or without a number
 */
record Recording(List<Arrival> arrivals, List<Event> events, List<Reading> reads, long notGood) {
    Recording {
        arrivals = List.copyOf(arrivals);
        events = List.copyOf(events);
        reads = List.copyOf(reads);
    }

    /**
     * A change of a session or subscription that the application was told.
     *
     * @param nanos when, monotonic
     * @param isSessionLost whether the session was lost, rightly or in a false alarm
     */
    record Event(long nanos, String what, boolean isSessionLost) {}

    /** One read in the foreground; times are monotonic nanoseconds. */
    record Reading(long startNanos, long endNanos, boolean isGood) {}
}
