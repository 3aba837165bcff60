package org.tandemopc.app.demo;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.SessionActivityListener;
import org.eclipse.milo.opcua.sdk.client.UaSession;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;

/** An ordinary OPC UA client that knows nothing of redundancy: subscribes to the counters, reads one now and then. */
final class UaDemoClient implements DemoClient {
    private static final String NAMESPACE = "urn:tandemopc:simulator";

    private final OpcUaClient client;
    private final Tally tally;
    private final List<NodeId> nodes;
    private final Thread reader;
    private final CountDownLatch closing = new CountDownLatch(1);

    private UaDemoClient(OpcUaClient client, Tally tally, List<NodeId> nodes) {
        this.client = client;
        this.tally = tally;
        this.nodes = nodes;
        this.reader = Thread.ofVirtual().name("demo-reads").unstarted(this::read);
    }

    /** Connects and subscribes; values count from now on. */
    static UaDemoClient connect(String url, Tally tally) throws UaException {
        OpcUaClient client = OpcUaClient.create(url);
        client.connect();
        UShort namespace = client.readNamespaceTable().getIndex(NAMESPACE);
        if (namespace == null) {
            throw new UaException(StatusCodes.Bad_NodeIdUnknown, "the server has no namespace " + NAMESPACE);
        }
        List<NodeId> nodes = new ArrayList<>();
        for (int i = 0; i < COUNTERS; i++) {
            nodes.add(new NodeId(namespace, "counter/" + i));
        }
        UaDemoClient demo = new UaDemoClient(client, tally, nodes);
        demo.subscribe();
        demo.reader.start();
        return demo;
    }

    private void subscribe() throws UaException {
        client.addSessionActivityListener(new SessionActivityListener() {
            @Override
            public void onSessionInactive(UaSession session) {
                error("the session was lost");
            }
        });
        OpcUaSubscription subscription = new OpcUaSubscription(client, PERIOD_MS);
        subscription.setSubscriptionListener(new OpcUaSubscription.SubscriptionListener() {
            @Override
            public void onNotificationDataLost(OpcUaSubscription s) {
                error("a notification was lost");
            }

            @Override
            public void onStatusChanged(OpcUaSubscription s, StatusCode status) {
                error("the subscription reported " + status);
            }
        });
        subscription.create();
        for (int i = 0; i < nodes.size(); i++) {
            int counter = i;
            OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(nodes.get(i));
            item.setSamplingInterval(0.0);
            item.setQueueSize(uint(20));
            item.setDataValueListener((_, value) -> arrived(counter, value));
            subscription.addMonitoredItem(item);
        }
        subscription.createMonitoredItems();
    }

    private void arrived(int counter, DataValue value) {
        StatusCode status = value.statusCode();
        if (!status.isGood()) {
            error("a value came with " + status);
        } else if (value.value().value() instanceof Number number) {
            tally.value(counter, number.longValue(), System.nanoTime());
        } else {
            error("a value came without a number");
        }
    }

    /** One read at a time, as an operator's screen would do. */
    private void read() {
        try {
            do {
                readOnce();
            } while (!closing.await(READ_EVERY_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOnce() {
        try {
            DataValue value = client.readValues(0, TimestampsToReturn.Both, nodes.subList(0, 1))
                    .getFirst();
            if (!value.statusCode().isGood()) {
                error("a read answered " + value.statusCode());
            }
        } catch (UaException e) {
            error("a read failed with " + e.getStatusCode());
        }
    }

    private void error(String what) {
        if (closing.getCount() > 0) {
            tally.error(what);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            client.disconnect();
        } catch (UaException e) {
            tally.error("closing failed with " + e.getStatusCode());
        }
    }
}
