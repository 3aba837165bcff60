package org.tandemopc.core.monitor;

import java.util.List;

/**
 * The monitor items of a pair, the same on each member.
 *
 * @param failureCount a member fails the test when this many of its items are in error (MON-4); 1 to the number of
 *     items, 0 only while there is none (GAP-8)
 */
public record Monitoring(int failureCount, List<MonitorItem> items) {
    public static final int ITEMS_MAX = 1_000;
    public static final Monitoring NONE = new Monitoring(0, List.of());

    public Monitoring {
        items = List.copyOf(items);
        if (items.isEmpty() ? failureCount != 0 : failureCount < 1 || failureCount > items.size()) {
            throw new IllegalArgumentException(failureCount + " of " + items.size() + " items");
        }
    }
}
