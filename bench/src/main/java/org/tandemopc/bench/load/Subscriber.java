package org.tandemopc.bench.load;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.subscriptions.MonitoredItemServiceOperationResult;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.tandemopc.bench.MiloClients;

/** A Milo client with one subscription of many counters; their values go to {@link Ticks}. */
final class Subscriber implements AutoCloseable {
    private static final int QUEUE_SIZE = 100;
    private static final int ITEMS_PER_CALL = 1_000;

    private final OpcUaClient client;
    private final OpcUaSubscription subscription;

    /** @param url connects at once */
    Subscriber(String url, double publishingMs, int items, Ticks ticks) throws UaException {
        client = MiloClients.plain(url, config -> {});
        client.connect();
        subscription = new OpcUaSubscription(client, publishingMs);
        subscription.setMaxMonitoredItemsPerCall(uint(ITEMS_PER_CALL));
        for (int i = 0; i < items; i++) {
            subscription.addMonitoredItem(item(i, ticks));
        }
    }

    private static OpcUaMonitoredItem item(int index, Ticks ticks) {
        OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, "counter/" + index));
        item.setSamplingInterval(0.0);
        item.setQueueSize(uint(QUEUE_SIZE));
        item.setDataValueListener((each, value) -> ticks.value(index, value));
        return item;
    }

    /** Makes the subscription and its items. @return nanoseconds that the items took */
    long subscribe() throws UaException {
        subscription.create();
        long start = System.nanoTime();
        for (MonitoredItemServiceOperationResult result : subscription.createMonitoredItems()) {
            StatusCode status = result.operationResult().orElse(result.serviceResult());
            if (!status.isGood()) {
                throw new UaException(status);
            }
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        try {
            OpcUaClient unused = client.disconnect();
        } catch (UaException e) {
            // A server that was killed cannot say goodbye.
            return;
        }
    }
}
