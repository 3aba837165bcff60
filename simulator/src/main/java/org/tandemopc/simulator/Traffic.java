package org.tandemopc.simulator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;

/** Counts requests since the start. */
final class Traffic {
    private static final int TIMES_MAX = 1_000;
    private static final Set<NodeId> STATUS_NODES =
            Set.of(NodeIds.Server_ServerStatus, NodeIds.Server_ServerStatus_State, NodeIds.Server_ServiceLevel);

    final AtomicLong reads = new AtomicLong();
    final AtomicLong writes = new AtomicLong();
    final AtomicLong calls = new AtomicLong();
    final AtomicLong browses = new AtomicLong();
    final AtomicLong publishes = new AtomicLong();
    final AtomicLong statusReads = new AtomicLong();
    private final ArrayDeque<Long> statusTimes = new ArrayDeque<>();

    void read(ReadRequest request) {
        reads.incrementAndGet();
        if (asksForStatus(request)) {
            statusReads.incrementAndGet();
            remember(System.currentTimeMillis());
        }
    }

    private static boolean asksForStatus(ReadRequest request) {
        ReadValueId[] nodes = request.getNodesToRead();
        if (nodes == null) {
            return false;
        }
        for (ReadValueId node : nodes) {
            if (STATUS_NODES.contains(node.getNodeId())) {
                return true;
            }
        }
        return false;
    }

    private synchronized void remember(long epochMs) {
        statusTimes.addLast(epochMs);
        if (statusTimes.size() > TIMES_MAX) {
            statusTimes.removeFirst();
        }
    }

    /** When status or ServiceLevel was read, in ms since the epoch; the last 1,000. */
    synchronized List<Long> statusTimes() {
        return List.copyOf(statusTimes);
    }
}
