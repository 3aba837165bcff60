package org.tandemopc.bench.failover;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.sdk.client.SessionActivityListener;
import org.eclipse.milo.opcua.sdk.client.UaSession;
import org.eclipse.milo.opcua.sdk.client.subscriptions.MonitoredItemServiceOperationResult;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaMonitoredItem;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.tandemopc.bench.MiloClients;

/** A Milo client with one subscription of the counters: the part that all applications have in common. */
final class MiloLink implements AutoCloseable {
    private static final int QUEUE_SIZE = 1000;
    private static final int CLOSE_SECONDS_MAX = 3;
    private static final NodeId READ_NODE = new NodeId(2, "counter/0");

    /** What an application does when something happens to its link; on threads of Milo. */
    interface Owner {
        void sessionLost(MiloLink link);

        /** The subscription is gone on the server, and must be made anew if it is wanted. */
        void subscriptionLost(MiloLink link);
    }

    private final String name;
    private final OpcUaClient client;
    private final Recorder recorder;
    private final Owner owner;
    private final OpcUaSubscription subscription;
    private final double publishingMs;
    private volatile boolean abandoned;

    /**
     * Asks for the endpoints; nothing else is connected yet.
     *
     * @param name for events
     */
    MiloLink(
            String name, String url, Consumer<OpcUaClientConfigBuilder> more, Recorder recorder, Feed feed, Owner owner)
            throws UaException {
        this.name = name;
        this.recorder = recorder;
        this.owner = owner;
        client = MiloClients.plain(url, more);
        publishingMs = feed.periodMs();
        subscription = new OpcUaSubscription(client, publishingMs);
        subscription.setSubscriptionListener(new Subscriptions());
        for (int i = 0; i < feed.items(); i++) {
            subscription.addMonitoredItem(item(i));
        }
    }

    private OpcUaMonitoredItem item(int index) {
        OpcUaMonitoredItem item = OpcUaMonitoredItem.newDataItem(new NodeId(2, "counter/" + index));
        item.setSamplingInterval(0.0);
        item.setQueueSize(uint(QUEUE_SIZE));
        item.setDataValueListener((each, value) -> {
            if (!abandoned) {
                recorder.value(index, value);
            }
        });
        return item;
    }

    void connect() throws UaException {
        client.connect();
        client.addSessionActivityListener(new Sessions());
    }

    /** Makes the subscription and its items on the server, for the first time or again. */
    void subscribe() throws UaException {
        subscription.create();
        double granted = subscription.getRevisedPublishingInterval().orElse(Double.NaN);
        if (granted > publishingMs) {
            throw new AssertionError(name + " publishes every " + granted + " ms only");
        }
        createItems();
    }

    /** As {@link #subscribe}, but values wait on the server. */
    void subscribeSilently() throws UaException {
        subscription.create();
        subscription.setPublishingMode(false);
        createItems();
    }

    private void createItems() throws UaException {
        for (MonitoredItemServiceOperationResult result : subscription.createMonitoredItems()) {
            StatusCode status = result.operationResult().orElse(result.serviceResult());
            if (!status.isGood()) {
                throw new UaException(status);
            }
        }
    }

    void publish() throws UaException {
        subscription.setPublishingMode(true);
    }

    /** One read of one value, as an operator's screen does. */
    boolean read() {
        try {
            return client.readValues(0, TimestampsToReturn.Both, List.of(READ_NODE))
                    .getFirst()
                    .statusCode()
                    .isGood();
        } catch (UaException e) {
            return false;
        }
    }

    /** Lets go of a link whose server is lost: nothing of it reaches the application any more. Returns at once. */
    void abandon() {
        abandoned = true;
        Future<OpcUaClient> unused = client.disconnectAsync();
    }

    @Override
    public void close() {
        abandoned = true;
        try {
            OpcUaClient unused = client.disconnectAsync().get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // A server that is dead or hangs cannot say goodbye; it is started anew after each repetition.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void event(String what) {
        event(what, false);
    }

    private void event(String what, boolean isSessionLost) {
        if (!abandoned) {
            recorder.event(name + ": " + what, isSessionLost);
        }
    }

    private final class Sessions implements SessionActivityListener {
        private volatile boolean lost;

        @Override
        public void onSessionActive(UaSession session) {
            // The first activation, which may be reported late, is no event.
            if (lost) {
                event("session active again");
            }
        }

        @Override
        public void onSessionInactive(UaSession session) {
            lost = true;
            event("session inactive", true);
            if (!abandoned) {
                owner.sessionLost(MiloLink.this);
            }
        }
    }

    private final class Subscriptions implements OpcUaSubscription.SubscriptionListener {
        @Override
        public void onNotificationDataLost(OpcUaSubscription lossy) {
            event("notification data lost");
        }

        @Override
        public void onStatusChanged(OpcUaSubscription changed, StatusCode status) {
            event("subscription status " + status);
            gone();
        }

        @Override
        public void onTransferFailed(OpcUaSubscription lost, StatusCode status) {
            event("subscription transfer failed " + status);
            gone();
        }

        private void gone() {
            if (!abandoned) {
                owner.subscriptionLost(MiloLink.this);
            }
        }
    }
}
