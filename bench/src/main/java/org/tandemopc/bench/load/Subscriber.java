package org.tandemopc.bench.load;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.SessionActivityListener;
import org.eclipse.milo.opcua.sdk.client.UaSession;
import org.eclipse.milo.opcua.sdk.client.subscriptions.MonitoredItemServiceOperationResult;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.tandemopc.bench.MiloClients;

/** A Milo client with one subscription of counters; their values go to {@link Ticks}. */
final class Subscriber implements AutoCloseable {
    private static final int QUEUE_SIZE = 100;
    private static final int ITEMS_PER_CALL = 1_000;

    private final OpcUaClient client;
    private final OpcUaSubscription subscription;
    private final AtomicInteger lost = new AtomicInteger();

    /** Connects to the address at once; the items are the first ones of the ticks. */
    Subscriber(String url, double publishingMs, int items, Ticks ticks) throws UaException {
        this(MiloClients.plain(url, config -> {}), publishingMs, items, ticks, 0);
    }

    /**
     * Connects at once.
     *
     * @param client not connected yet
     * @param items counters 0 and on
     * @param first of the ticks: that of counter 0
     */
    Subscriber(OpcUaClient client, double publishingMs, int items, Ticks ticks, int first) throws UaException {
        this.client = client;
        client.connect();
        client.addSessionActivityListener(new SessionActivityListener() {
            @Override
            public void onSessionInactive(UaSession session) {
                lost.incrementAndGet();
            }
        });
        subscription = new OpcUaSubscription(client, publishingMs);
        subscription.setMaxMonitoredItemsPerCall(uint(ITEMS_PER_CALL));
        for (int i = 0; i < items; i++) {
            subscription.addMonitoredItem(item(i, ticks, first + i));
        }
    }

    private static OpcUaMonitoredItem item(int counter, Ticks ticks, int index) {
        OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, "counter/" + counter));
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

    /** How often the client was told that its session is gone. */
    int sessionsLost() {
        return lost.get();
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
