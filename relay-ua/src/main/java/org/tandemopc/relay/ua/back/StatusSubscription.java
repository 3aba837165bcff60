package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
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
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.ServerCondition;

/**
 * The control link's subscription to State, ServiceLevel and SecondsTillShutdown. A convenience beside the pings: where
 * the server refuses it, nothing fails. On the link's event loop.
 */
final class StatusSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(StatusSubscription.class);

    private static final int STATE = 1;
    private static final int SERVICE_LEVEL = 2;
    private static final int SECONDS_TILL_SHUTDOWN = 3;

    private static final int PUBLISH_OPEN = 2;
    private static final int KEEP_ALIVE_COUNT = 20;
    private static final int LIFETIME_COUNT = 400;
    private static final long CALL_MS = 5_000;
    private static final long AGAIN_MS = 5_000;

    /** A server that answers every Publish at once must not keep the loop busy: answers a second before a pause. */
    private static final int ANSWERS_PER_SECOND_MAX = 50;

    private final UaControlLink link;
    private final MemberSession session;
    private final ControlConnection connection;
    private final List<SubscriptionAcknowledgement> toAcknowledge = new ArrayList<>();

    private @Nullable UInteger subscriptionId;
    private int publishOpenMax = PUBLISH_OPEN;
    private int publishOpen;
    private long publishMs;
    private long secondStartNanos;
    private int answersThisSecond;

    StatusSubscription(UaControlLink link, MemberSession session, ControlConnection connection) {
        this.link = link;
        this.session = session;
        this.connection = connection;
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
        var unused = session.send(request, CALL_MS).whenComplete((response, failure) -> {
            if (response instanceof CreateSubscriptionResponse created) {
                created(created);
            } else {
                refused("CreateSubscription", failure);
            }
        });
    }

    private void created(CreateSubscriptionResponse created) {
        subscriptionId = created.getSubscriptionId();
        double keepAliveMs = created.getRevisedPublishingInterval()
                * created.getRevisedMaxKeepAliveCount().doubleValue();
        publishMs = (long) Math.clamp(keepAliveMs * 3, 10_000, 600_000);
        CreateMonitoredItemsRequest request = new CreateMonitoredItemsRequest(
                session.header(CALL_MS),
                created.getSubscriptionId(),
                TimestampsToReturn.Neither,
                new MonitoredItemCreateRequest[] {
                    item(ServerStatus.STATE, STATE),
                    item(ServerStatus.SERVICE_LEVEL, SERVICE_LEVEL),
                    item(ServerStatus.SECONDS_TILL_SHUTDOWN, SECONDS_TILL_SHUTDOWN)
                });
        var unused = session.send(request, CALL_MS).whenComplete((response, failure) -> {
            if (response instanceof CreateMonitoredItemsResponse items && isAnyGood(items.getResults())) {
                publish();
            } else {
                refused("CreateMonitoredItems", failure);
            }
        });
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

    private void publish() {
        while (session.isOpen() && subscriptionId != null && publishOpen < publishOpenMax) {
            publishOpen++;
            SubscriptionAcknowledgement[] acks = toAcknowledge.toArray(SubscriptionAcknowledgement[]::new);
            toAcknowledge.clear();
            var unused = session.send(new PublishRequest(session.header(publishMs), acks), publishMs)
                    .whenComplete(this::published);
        }
    }

    private void published(@Nullable UaResponseMessageType response, @Nullable Throwable failure) {
        publishOpen--;
        if (response instanceof PublishResponse answer) {
            take(answer);
            again();
        } else if (failure instanceof UaServiceFaultException fault) {
            faulted(fault);
        } else if (failure instanceof LinkException && session.isOpen()) {
            publish(); // this one got lost; pings judge the server
        }
    }

    private void again() {
        long now = System.nanoTime();
        if (now - secondStartNanos > TimeUnit.SECONDS.toNanos(1)) {
            secondStartNanos = now;
            answersThisSecond = 0;
        }
        answersThisSecond++;
        if (answersThisSecond > ANSWERS_PER_SECOND_MAX) {
            var unused = link.loop().schedule(this::publish, 1, TimeUnit.SECONDS);
        } else {
            publish();
        }
    }

    private void faulted(UaServiceFaultException fault) {
        long status = fault.getStatusCode().getValue();
        if (status == StatusCodes.Bad_TooManyPublishRequests && publishOpenMax > 1) {
            publishOpenMax = 1;
        } else if (status == StatusCodes.Bad_NoSubscription || status == StatusCodes.Bad_SubscriptionIdInvalid) {
            makeAgain();
        } else {
            subscriptionId = null;
            noteShutdown(fault);
        }
    }

    private void makeAgain() {
        if (subscriptionId != null) {
            subscriptionId = null;
            toAcknowledge.clear();
            var unused = link.loop().schedule(this::start, AGAIN_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void noteShutdown(@Nullable Throwable failure) {
        if (failure instanceof UaServiceFaultException fault
                && ControlConnection.isShutdown(fault.getStatusCode().getValue())) {
            connection.refusedByShutdown(fault.getStatusCode().getValue());
        }
    }

    private void take(PublishResponse answer) {
        NotificationMessage message = answer.getNotificationMessage();
        ExtensionObject[] data = message.getNotificationData();
        if (data == null || data.length == 0 || !answer.getSubscriptionId().equals(subscriptionId)) {
            return;
        }
        toAcknowledge.add(new SubscriptionAcknowledgement(answer.getSubscriptionId(), message.getSequenceNumber()));
        for (ExtensionObject body : data) {
            try {
                take(body.decode(link.encoding()));
            } catch (UaSerializationException e) {
                LOG.atDebug().addKeyValue("member", session.member()).log("unreadable notification: {}", e.toString());
            }
        }
    }

    private void take(UaStructuredType body) {
        if (body instanceof DataChangeNotification change && change.getMonitoredItems() != null) {
            take(change.getMonitoredItems());
        } else if (body instanceof StatusChangeNotification) {
            makeAgain();
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
