package org.tandemopc.relay.da.back;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tandemopc.core.monitor.MonitorItem;

/** Which monitor items share a group at a member: those of one update rate, as OPC DA has rates of groups only. Pure. */
final class MonitorPlan {
    /** Servers have groups by the dozen; beyond, items join the next faster rate. */
    static final int GROUPS_MAX = 16;

    private MonitorPlan() {}

    /**
     * One group.
     *
     * @param rateMs as asked for, 50 to 3,600,000
     * @param items by their places in the whole list
     */
    record Share(long rateMs, List<Integer> items) {
        Share {
            items = List.copyOf(items);
        }
    }

    /** The fastest first. No item is updated more slowly than was asked for. */
    static List<Share> of(List<MonitorItem> items) {
        NavigableSet<Long> rates = rates(items);
        Map<Long, List<Integer>> shares = new TreeMap<>();
        for (int i = 0; i < items.size(); i++) {
            long asked = items.get(i).updateRate().toMillis();
            Long rate = rates.floor(asked);
            shares.computeIfAbsent(rate == null ? asked : rate, key -> new ArrayList<>())
                    .add(i);
        }
        return shares.entrySet().stream()
                .map(share -> new Share(share.getKey(), share.getValue()))
                .toList();
    }

    /** All of them, or where there are too many, some that lie evenly among them; the fastest always. */
    private static NavigableSet<Long> rates(List<MonitorItem> items) {
        NavigableSet<Long> all = new TreeSet<>();
        items.forEach(item -> all.add(item.updateRate().toMillis()));
        if (all.size() <= GROUPS_MAX) {
            return all;
        }
        List<Long> sorted = List.copyOf(all);
        NavigableSet<Long> some = new TreeSet<>();
        for (int i = 0; i < GROUPS_MAX; i++) {
            some.add(sorted.get(i * sorted.size() / GROUPS_MAX));
        }
        return some;
    }
}
