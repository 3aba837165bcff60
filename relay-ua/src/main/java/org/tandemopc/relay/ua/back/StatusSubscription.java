package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.ServerCondition;

/**
 * The control link's subscription to State, ServiceLevel and SecondsTillShutdown. A convenience beside the pings: where
 * the server refuses it, nothing fails. On the link's event loop.
 */
final class StatusSubscription implements ControlPublisher.Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(StatusSubscription.class);

    private static final int STATE = 1;
    private static final int SERVICE_LEVEL = 2;
    private static final int SECONDS_TILL_SHUTDOWN = 3;

    private static final int CHANGES_MAX = 32;
    private static final int KEEP_ALIVE_COUNT = 20;
    private static final int LIFETIME_COUNT = 400;
    private static final long CALL_MS = 5_000;
    private static final long AGAIN_MS = 5_000;

    private final UaControlLink link;
    private final MemberSession session;
    private final ControlConnection connection;
    private final ControlPublisher publisher;

    StatusSubscription(
            UaControlLink link, MemberSession session, ControlConnection connection, ControlPublisher publisher) {
        this.link = link;
        this.session = session;
        this.connection = connection;
        this.publisher = publisher;
    }

    void start() {
        if (!session.isOpen()) {
            return;
        }
        double interval = link.settings().publishingIntervalMs();
        CreateSubscriptionRequest request = new CreateSubscriptionRequest(
                session.header(CALL_MS),
                interval,
                uint(LIFETIME_COUNT),
                uint(KEEP_ALIVE_COUNT),
                uint(0),
                true,
                ubyte(0));
        var unused = session.send(request, CALL_MS)
                .whenComplete((response, failure) -> link.guarded(session, () -> {
                    if (response instanceof CreateSubscriptionResponse created) {
                        created(created);
                    } else {
                        refused("CreateSubscription", failure);
                    }
                }));
    }

    private void created(CreateSubscriptionResponse created) {
        CreateMonitoredItemsRequest request = new CreateMonitoredItemsRequest(
                session.header(CALL_MS),
                created.getSubscriptionId(),
                TimestampsToReturn.Neither,
                new MonitoredItemCreateRequest[] {
                    item(ServerStatus.STATE, STATE),
                    item(ServerStatus.SERVICE_LEVEL, SERVICE_LEVEL),
                    item(ServerStatus.SECONDS_TILL_SHUTDOWN, SECONDS_TILL_SHUTDOWN)
                });
        var unused = session.send(request, CALL_MS)
                .whenComplete((response, failure) -> link.guarded(session, () -> {
                    if (!(response instanceof CreateMonitoredItemsResponse items) || !isAnyGood(items.getResults())) {
                        publisher.remove(created.getSubscriptionId());
                        refused("CreateMonitoredItems", failure);
                    }
                }));
        // Not only when the items are there: a Publish that waits for another subscription may bring the first values.
        double intervalMs = Revised.publishingMs(
                created.getRevisedPublishingInterval(), link.settings().publishingIntervalMs());
        double keepAliveMs = Revised.keepAliveMs(intervalMs, created.getRevisedMaxKeepAliveCount());
        publisher.add(created.getSubscriptionId(), intervalMs, keepAliveMs, this);
    }

    private MonitoredItemCreateRequest item(NodeId node, int handle) {
        return new MonitoredItemCreateRequest(
                ServerStatus.valueOf(node),
                MonitoringMode.Reporting,
                new MonitoringParameters(uint(handle), link.settings().publishingIntervalMs(), null, uint(1), true));
    }

    private static boolean isAnyGood(MonitoredItemCreateResult @Nullable [] results) {
        return results != null
                && Arrays.stream(results).anyMatch(r -> r.getStatusCode().isGood());
    }

    private void refused(String service, @Nullable Throwable failure) {
        LOG.atDebug()
                .addKeyValue("member", session.member())
                .log("{} for the status was refused, only pings tell: {}", service, String.valueOf(failure));
        noteShutdown(failure);
    }

    @Override
    public int changesMax() {
        return CHANGES_MAX;
    }

    @Override
    public void lost(@Nullable UaServiceFaultException fault) {
        if (fault == null) {
            var unused =
                    link.loop().schedule(() -> link.guarded(session, this::start), AGAIN_MS, TimeUnit.MILLISECONDS);
        } else {
            noteShutdown(fault);
        }
    }

    private void noteShutdown(@Nullable Throwable failure) {
        if (failure instanceof UaServiceFaultException fault
                && ControlConnection.isShutdown(fault.getStatusCode().getValue())) {
            connection.refusedByShutdown(fault.getStatusCode().getValue());
        }
    }

    @Override
    public void take(UaStructuredType body) {
        if (body instanceof DataChangeNotification change && change.getMonitoredItems() != null) {
            take(change.getMonitoredItems());
        }
    }

    private void take(MonitoredItemNotification[] items) {
        ServerCondition.State state = null;
        Integer level = null;
        String detail = "state Shutdown";
        for (MonitoredItemNotification item : items) {
            DataValue value = item.getValue();
            switch (item.getClientHandle().intValue()) {
                case STATE -> state = ServerStatus.isUsable(value) ? ServerStatus.state(value) : null;
                case SERVICE_LEVEL -> level = ServerStatus.serviceLevel(value);
                case SECONDS_TILL_SHUTDOWN -> {
                    if (ServerStatus.isUsable(value) && value.getValue().getValue() instanceof Number seconds) {
                        detail = "state Shutdown, in " + seconds + " s";
                    }
                }
                default -> {}
            }
        }
        connection.changed(state, level, detail);
    }
}
