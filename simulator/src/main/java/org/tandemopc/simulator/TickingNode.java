package org.tandemopc.simulator;

import java.util.Arrays;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.jspecify.annotations.Nullable;

/** A counter or watchdog: no node object of the SDK, so that 100,000 of them cost little. Guarded by the namespace. */
final class TickingNode {
    private static final DataItem[] NOBODY = {};

    final String id;
    final NodeId nodeId;
    final boolean watchdog;
    boolean bad;

    @Nullable
    DataValue frozen;

    private DataItem[] items = NOBODY;

    TickingNode(String id, NodeId nodeId, boolean watchdog) {
        this.id = id;
        this.nodeId = nodeId;
        this.watchdog = watchdog;
    }

    /** What the node shows at a tick. */
    DataValue at(TickValues tick) {
        if (bad) {
            return tick.bad();
        }
        if (frozen != null) {
            return frozen;
        }
        return watchdog ? tick.watchdog() : tick.counter();
    }

    void add(DataItem item) {
        items = Arrays.copyOf(items, items.length + 1);
        items[items.length - 1] = item;
    }

    void remove(DataItem item) {
        items = Arrays.stream(items).filter(other -> !other.equals(item)).toArray(DataItem[]::new);
    }

    boolean isWatched() {
        return items.length > 0;
    }

    void push(DataValue value) {
        for (DataItem item : items) {
            if (item.isSamplingEnabled()) {
                item.setValue(value);
            }
        }
    }
}
