package org.tandemopc.core.monitor;

import java.util.List;

/**
 * The monitor items of one member at one moment, for people.
 *
 * @param inError how many items are in error
 * @param failureCount how many make the member fail; 0 when nothing is monitored
 * @param items in the order of the configuration
 */
public record MonitorSnapshot(MonitorResult result, int inError, int failureCount, List<Item> items) {
    public static final MonitorSnapshot NONE = new MonitorSnapshot(MonitorResult.UNTESTED, 0, 0, List.of());

    /** Not known yet. */
    public static final long UNKNOWN = -1;

    public MonitorSnapshot {
        items = List.copyOf(items);
    }

    /**
     * One item.
     *
     * @param item as configured
     * @param why in words, when in error or when there is something to know; else empty
     * @param rateMs how often the server tells changes at most, as it revised it; or {@link #UNKNOWN}
     * @param slowestMs the longest time between two values of those seen last, outages not counted; or {@link #UNKNOWN}
     * @param proposedTimeMs a fitting {@code time} of a noChange trigger for it (MON-15); or {@link #UNKNOWN}
     */
    public record Item(String item, boolean isInError, String why, long rateMs, long slowestMs, long proposedTimeMs) {}
}
