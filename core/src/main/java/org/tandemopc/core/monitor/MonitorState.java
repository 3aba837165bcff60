package org.tandemopc.core.monitor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The monitor items of one member at one moment. Immutable; made by {@link MonitorMachine} only.
 *
 * @param isConnected the control link is open
 * @param items in the order of the configuration
 */
public record MonitorState(
        MonitorSubject subject,
        Monitoring monitoring,
        boolean isConnected,
        List<ItemState> items,
        MonitorResult result) {
    public MonitorState {
        items = List.copyOf(items);
    }

    static MonitorState initial(MonitorSubject subject, Monitoring monitoring) {
        return new MonitorState(subject, monitoring, false, unknown(monitoring), MonitorResult.UNTESTED);
    }

    static List<ItemState> unknown(Monitoring monitoring) {
        return Collections.nCopies(monitoring.items().size(), ItemState.UNKNOWN);
    }

    /** How many items are in error. */
    int errors() {
        return (int) items.stream().filter(ItemState::isInError).count();
    }

    boolean isAnyPending() {
        return items.stream().anyMatch(i -> i.status() == ItemState.Status.PENDING);
    }

    /** For people; any thread. */
    public MonitorSnapshot snapshot() {
        List<MonitorSnapshot.Item> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            all.add(items.get(i).snapshot(monitoring.items().get(i)));
        }
        return new MonitorSnapshot(result, errors(), monitoring.failureCount(), all);
    }
}
