package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFieldList;
import org.eclipse.milo.opcua.stack.core.types.structured.EventNotificationList;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ServiceFault;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.UaWire;

/** Subscriptions and monitored items of one session at a {@link FakeMember}; what is public is for tests to look at. */
@NullUnmarked
final class FakeSubscriptions {
    private static final long OVERFLOW = 0x480;

    private final FakeMember server;
    final Map<Long, Subscription> all = new LinkedHashMap<>();
    private final Deque<Waiting> requests = new ArrayDeque<>();
    private boolean ended;

    /** The next response waits until the one after it has gone. */
    boolean swapNext;
    /** The next data message goes nowhere; it can be asked for again. */
    boolean loseNext;
    /** Nothing is kept for Republish. */
    boolean forgetful;
    /** Accepts subscriptions and says nothing. */
    boolean mute;

    private @Nullable Runnable swapped;

    @SuppressWarnings("ArrayRecordComponent")
    private record Waiting(PublishRequest request, StatusCode[] results, Consumer<UaResponseMessageType> answer) {}

    static final class Subscription {
        final long id;
        double publishingMs;
        long keepAliveCount;
        long lifetimeCount;
        long maxNotifications;
        int priority;
        boolean publishing;
        final Map<Long, Item> items = new LinkedHashMap<>();
        final Map<Long, NotificationMessage> sent = new TreeMap<>();
        long nextNumber = 1;
        private long idle;
        private boolean first = true;
        private boolean due;
        private boolean deleted;
        private final Deque<UaStructuredType> statuses = new ArrayDeque<>();

        Subscription(long id) {
            this.id = id;
        }

        Item item(NodeId node) {
            return items.values().stream()
                    .filter(i -> i.node.equals(node))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no item on " + node));
        }
    }

    static final class Item {
        final long id;
        final NodeId node;
        long clientHandle;
        double samplingMs;
        long queueSize;
        boolean discardOldest;

        @Nullable
        ExtensionObject filter;

        MonitoringMode mode;
        /** Of events, and not of values. */
        final boolean tellsEvents;

        final Deque<DataValue> queue = new ArrayDeque<>();
        final Deque<String> events = new ArrayDeque<>();
        final Set<Long> triggers = new LinkedHashSet<>();
        private boolean triggered;

        Item(long id, NodeId node, MonitoringMode mode, boolean tellsEvents) {
            this.id = id;
            this.node = node;
            this.mode = mode;
            this.tellsEvents = tellsEvents;
        }
    }

    FakeSubscriptions(FakeMemberSession session) {
        this.server = session.server;
    }

    Subscription only() {
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " subscriptions");
        }
        return all.values().iterator().next();
    }

    int waiting() {
        return requests.size();
    }

    void end() {
        ended = true;
    }

    // ---- sampling

    void changed(NodeId node, DataValue value) {
        for (Subscription subscription : all.values()) {
            for (Item item : subscription.items.values()) {
                if (item.node.equals(node) && item.mode != MonitoringMode.Disabled && !item.tellsEvents) {
                    sample(item, value);
                    if (item.mode == MonitoringMode.Reporting) {
                        item.triggers.forEach(id -> {
                            Item linked = subscription.items.get(id);
                            if (linked != null) {
                                linked.triggered = true;
                            }
                        });
                    }
                }
            }
        }
    }

    /** An event of one field. */
    void raised(NodeId node, String text) {
        for (Subscription subscription : all.values()) {
            for (Item item : subscription.items.values()) {
                if (item.tellsEvents && item.node.equals(node) && item.mode != MonitoringMode.Disabled) {
                    item.events.addLast(text);
                }
            }
        }
    }

    private static void sample(Item item, DataValue value) {
        if (item.queue.size() < item.queueSize) {
            item.queue.addLast(value);
        } else if (item.queueSize == 1) {
            item.queue.clear();
            item.queue.addLast(value);
        } else if (item.discardOldest) {
            item.queue.removeFirst();
            item.queue.addLast(value);
            item.queue.addFirst(overflown(item.queue.removeFirst()));
        } else {
            item.queue.removeLast();
            item.queue.addLast(overflown(value));
        }
    }

    private static DataValue overflown(DataValue value) {
        return new DataValue(
                value.getValue(),
                new StatusCode(value.getStatusCode().value() | OVERFLOW),
                value.getSourceTime(),
                value.getServerTime());
    }

    // ---- publishing

    void publish(PublishRequest request, Consumer<UaResponseMessageType> answer, LongConsumer refuse) {
        StatusCode[] results = acknowledge(request);
        if (all.isEmpty()) {
            refuse.accept(StatusCodes.Bad_NoSubscription);
        } else if (requests.size() >= server.publishRequestsMax) {
            refuse.accept(StatusCodes.Bad_TooManyPublishRequests);
        } else {
            requests.addLast(new Waiting(request, results, answer));
            serve();
        }
    }

    private StatusCode[] acknowledge(PublishRequest request) {
        SubscriptionAcknowledgement[] acks = request.getSubscriptionAcknowledgements();
        if (acks == null) {
            return new StatusCode[0];
        }
        return Arrays.stream(acks)
                .map(ack -> {
                    Subscription of = all.get(ack.getSubscriptionId().longValue());
                    if (of == null || of.sent.remove(ack.getSequenceNumber().longValue()) == null) {
                        server.staleAcknowledgements.add(ack.getSubscriptionId() + ":" + ack.getSequenceNumber());
                        return new StatusCode(StatusCodes.Bad_SequenceNumberUnknown);
                    }
                    return StatusCode.GOOD;
                })
                .toArray(StatusCode[]::new);
    }

    private void interval(Subscription of) {
        if (ended || of.deleted) {
            return;
        }
        var unused = server.time
                .loop()
                .schedule(() -> interval(of), Math.round(of.publishingMs * 1_000), TimeUnit.MICROSECONDS);
        if (server.silent || mute) {
            return;
        }
        of.idle++;
        if (hasData(of) || of.first || of.idle >= of.keepAliveCount) {
            of.due = true;
        }
        serve();
    }

    private static boolean hasData(Subscription of) {
        return !of.statuses.isEmpty()
                || (of.publishing && of.items.values().stream().anyMatch(FakeSubscriptions::hasData));
    }

    private static boolean hasData(Item item) {
        return (!item.queue.isEmpty() || !item.events.isEmpty())
                && (item.mode == MonitoringMode.Reporting || item.triggered);
    }

    private void serve() {
        for (Subscription of : List.copyOf(all.values())) {
            while (of.due && !requests.isEmpty() && !server.silent) {
                send(of, requests.removeFirst());
                of.due = hasData(of);
            }
        }
    }

    private void send(Subscription of, Waiting to) {
        List<ExtensionObject> content = new ArrayList<>();
        if (!of.statuses.isEmpty()) {
            content.add(encode(of.statuses.removeFirst()));
        } else if (of.publishing) {
            List<MonitoredItemNotification> values = take(of);
            if (!values.isEmpty()) {
                content.add(encode(new DataChangeNotification(
                        values.toArray(new MonitoredItemNotification[0]), new DiagnosticInfo[0])));
            }
            List<EventFieldList> events = takeEvents(of);
            if (!events.isEmpty()) {
                content.add(encode(new EventNotificationList(events.toArray(new EventFieldList[0]))));
            }
        }
        of.first = false;
        of.idle = 0;
        NotificationMessage message =
                new NotificationMessage(uint(of.nextNumber), DateTime.now(), content.toArray(new ExtensionObject[0]));
        if (!content.isEmpty()) {
            of.sent.put(of.nextNumber, message);
            of.nextNumber = of.nextNumber == 0xFFFF_FFFFL ? 1 : of.nextNumber + 1;
            if (loseNext) {
                loseNext = false;
                requests.addFirst(to);
                return;
            }
        }
        UaResponseMessageType response = new PublishResponse(
                FakeMemberSession.good(to.request()),
                uint(of.id),
                of.sent.keySet().stream().map(n -> uint(n)).toArray(UInteger[]::new),
                hasData(of),
                message,
                to.results(),
                new DiagnosticInfo[0]);
        deliver(() -> to.answer().accept(response));
    }

    private void deliver(Runnable response) {
        if (swapNext) {
            swapNext = false;
            swapped = response;
            return;
        }
        Runnable before = swapped;
        swapped = null;
        var unused = server.time
                .loop()
                .schedule(
                        () -> {
                            response.run();
                            if (before != null) {
                                before.run();
                            }
                        },
                        server.answerMs + server.lateMs,
                        TimeUnit.MILLISECONDS);
    }

    private static List<MonitoredItemNotification> take(Subscription of) {
        long room = of.maxNotifications > 0 ? of.maxNotifications : Long.MAX_VALUE;
        List<MonitoredItemNotification> values = new ArrayList<>();
        for (Item item : of.items.values()) {
            if (!hasData(item)) {
                continue;
            }
            while (room > 0 && !item.queue.isEmpty()) {
                values.add(new MonitoredItemNotification(uint(item.clientHandle), item.queue.removeFirst()));
                room--;
            }
            if (item.queue.isEmpty()) {
                item.triggered = false;
            }
        }
        return values;
    }

    private static List<EventFieldList> takeEvents(Subscription of) {
        List<EventFieldList> events = new ArrayList<>();
        for (Item item : of.items.values()) {
            while (item.mode == MonitoringMode.Reporting && !item.events.isEmpty()) {
                events.add(new EventFieldList(
                        uint(item.clientHandle), new Variant[] {Variant.ofString(item.events.removeFirst())}));
            }
        }
        return events;
    }

    private static ExtensionObject encode(UaStructuredType notification) {
        return ExtensionObject.encode(UaWire.plainContext(), notification);
    }

    /** Ends the subscription with a StatusChangeNotification. */
    void statusChange(StatusCode status) {
        Subscription of = only();
        of.statuses.add(new StatusChangeNotification(status, DiagnosticInfo.NULL_VALUE));
        of.due = true;
        serve();
        of.deleted = true;
        all.remove(of.id);
    }

    /** The server loses all subscriptions without a word. */
    void forgetAll() {
        all.values().forEach(s -> s.deleted = true);
        all.clear();
        requests.clear();
    }

    // ---- services

    @Nullable
    UaResponseMessageType answer(UaRequestMessageType request) {
        return switch (request) {
            case CreateSubscriptionRequest r -> create(r);
            case ModifySubscriptionRequest r -> modify(r);
            case DeleteSubscriptionsRequest r ->
                new DeleteSubscriptionsResponse(
                        FakeMemberSession.good(r),
                        statuses(r.getSubscriptionIds(), this::delete),
                        new DiagnosticInfo[0]);
            case SetPublishingModeRequest r ->
                new SetPublishingModeResponse(
                        FakeMemberSession.good(r),
                        statuses(r.getSubscriptionIds(), id -> setPublishing(id, r.getPublishingEnabled())),
                        new DiagnosticInfo[0]);
            case CreateMonitoredItemsRequest r -> of(r, r.getSubscriptionId(), s -> createItems(r, s));
            case ModifyMonitoredItemsRequest r -> of(r, r.getSubscriptionId(), s -> modifyItems(r, s));
            case DeleteMonitoredItemsRequest r ->
                of(
                        r,
                        r.getSubscriptionId(),
                        s -> new DeleteMonitoredItemsResponse(
                                FakeMemberSession.good(r),
                                statuses(
                                        r.getMonitoredItemIds(),
                                        id -> known(
                                                s.items.remove(id) != null, StatusCodes.Bad_MonitoredItemIdInvalid)),
                                new DiagnosticInfo[0]));
            case SetMonitoringModeRequest r ->
                of(
                        r,
                        r.getSubscriptionId(),
                        s -> new SetMonitoringModeResponse(
                                FakeMemberSession.good(r),
                                statuses(r.getMonitoredItemIds(), id -> setMode(s, id, r.getMonitoringMode())),
                                new DiagnosticInfo[0]));
            case SetTriggeringRequest r -> of(r, r.getSubscriptionId(), s -> setTriggering(r, s));
            case RepublishRequest r -> of(r, r.getSubscriptionId(), s -> republish(r, s));
            default -> null;
        };
    }

    private UaResponseMessageType of(
            UaRequestMessageType request, UInteger id, Function<Subscription, UaResponseMessageType> then) {
        Subscription known = all.get(id.longValue());
        return known == null ? refusal(request, StatusCodes.Bad_SubscriptionIdInvalid) : then.apply(known);
    }

    private static UaResponseMessageType refusal(UaRequestMessageType request, long code) {
        return new ServiceFault(Answers.header(request.getRequestHeader(), new StatusCode(code)));
    }

    private static StatusCode[] statuses(UInteger[] ids, Function<Long, StatusCode> each) {
        return Arrays.stream(ids).map(id -> each.apply(id.longValue())).toArray(StatusCode[]::new);
    }

    private static StatusCode known(boolean isKnown, long otherwise) {
        return isKnown ? StatusCode.GOOD : new StatusCode(otherwise);
    }

    private UaResponseMessageType create(CreateSubscriptionRequest r) {
        Subscription made = new Subscription(server.nextId());
        made.publishingMs = Math.max(server.publishingMsMin, r.getRequestedPublishingInterval());
        made.keepAliveCount = r.getRequestedMaxKeepAliveCount().longValue();
        made.lifetimeCount = r.getRequestedLifetimeCount().longValue();
        made.maxNotifications = r.getMaxNotificationsPerPublish().longValue();
        made.priority = r.getPriority().intValue();
        made.publishing = r.getPublishingEnabled();
        all.put(made.id, made);
        var unused = server.time
                .loop()
                .schedule(() -> interval(made), Math.round(made.publishingMs * 1_000), TimeUnit.MICROSECONDS);
        return new CreateSubscriptionResponse(
                FakeMemberSession.good(r),
                uint(made.id),
                told(made.publishingMs),
                uint(made.lifetimeCount),
                uint(made.keepAliveCount));
    }

    private UaResponseMessageType modify(ModifySubscriptionRequest r) {
        return of(r, r.getSubscriptionId(), s -> {
            s.publishingMs = Math.max(server.publishingMsMin, r.getRequestedPublishingInterval());
            s.keepAliveCount = r.getRequestedMaxKeepAliveCount().longValue();
            s.lifetimeCount = r.getRequestedLifetimeCount().longValue();
            s.maxNotifications = r.getMaxNotificationsPerPublish().longValue();
            s.priority = r.getPriority().intValue();
            return new ModifySubscriptionResponse(
                    FakeMemberSession.good(r), told(s.publishingMs), uint(s.lifetimeCount), uint(s.keepAliveCount));
        });
    }

    private double told(double revisedMs) {
        return server.saysRate != null ? server.saysRate : revisedMs;
    }

    private StatusCode delete(long id) {
        Subscription gone = all.remove(id);
        if (gone != null) {
            gone.deleted = true;
        }
        return known(gone != null, StatusCodes.Bad_SubscriptionIdInvalid);
    }

    private StatusCode setPublishing(long id, boolean on) {
        Subscription of = all.get(id);
        if (of != null) {
            of.publishing = on;
        }
        return known(of != null, StatusCodes.Bad_SubscriptionIdInvalid);
    }

    private UaResponseMessageType createItems(CreateMonitoredItemsRequest r, Subscription of) {
        MonitoredItemCreateResult[] results = new MonitoredItemCreateResult[r.getItemsToCreate().length];
        for (int i = 0; i < results.length; i++) {
            MonitoredItemCreateRequest wanted = r.getItemsToCreate()[i];
            NodeId node = wanted.getItemToMonitor().getNodeId();
            StatusCode refusal = server.refused.get(node);
            DataValue value = server.nodes.get(node);
            if (refusal != null || value == null) {
                results[i] = new MonitoredItemCreateResult(
                        refusal != null ? refusal : new StatusCode(StatusCodes.Bad_NodeIdUnknown),
                        uint(0),
                        0.0,
                        uint(0),
                        null);
                continue;
            }
            boolean tellsEvents = AttributeId.EventNotifier.uid()
                    .equals(wanted.getItemToMonitor().getAttributeId());
            Item item = new Item(server.nextId(), node, wanted.getMonitoringMode(), tellsEvents);
            set(item, wanted.getRequestedParameters());
            of.items.put(item.id, item);
            if (item.mode != MonitoringMode.Disabled && !tellsEvents) {
                sample(item, value);
            }
            results[i] = new MonitoredItemCreateResult(
                    StatusCode.GOOD, uint(item.id), told(item.samplingMs), uint(item.queueSize), null);
        }
        return new CreateMonitoredItemsResponse(FakeMemberSession.good(r), results, new DiagnosticInfo[0]);
    }

    private void set(Item item, MonitoringParameters p) {
        item.clientHandle = p.getClientHandle().longValue();
        item.samplingMs = Math.max(server.samplingMsMin, p.getSamplingInterval());
        long queue = p.getQueueSize().longValue();
        item.queueSize = queue == 0 ? server.queueOfZero : Math.clamp(queue, 1, server.queueMax);
        item.discardOldest = p.getDiscardOldest();
        item.filter = p.getFilter();
        while (item.queue.size() > item.queueSize) {
            item.queue.removeFirst();
            item.queue.addFirst(overflown(item.queue.removeFirst()));
        }
    }

    private UaResponseMessageType modifyItems(ModifyMonitoredItemsRequest r, Subscription of) {
        MonitoredItemModifyResult[] results = new MonitoredItemModifyResult[r.getItemsToModify().length];
        for (int i = 0; i < results.length; i++) {
            MonitoredItemModifyRequest wanted = r.getItemsToModify()[i];
            Item item = of.items.get(wanted.getMonitoredItemId().longValue());
            if (item == null) {
                results[i] = new MonitoredItemModifyResult(
                        new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid), 0.0, uint(0), null);
                continue;
            }
            set(item, wanted.getRequestedParameters());
            results[i] =
                    new MonitoredItemModifyResult(StatusCode.GOOD, told(item.samplingMs), uint(item.queueSize), null);
        }
        return new ModifyMonitoredItemsResponse(FakeMemberSession.good(r), results, new DiagnosticInfo[0]);
    }

    private StatusCode setMode(Subscription of, long id, MonitoringMode mode) {
        Item item = of.items.get(id);
        if (item == null) {
            return new StatusCode(StatusCodes.Bad_MonitoredItemIdInvalid);
        }
        StatusCode refusal = server.nextFault.remove(MonitoringMode.class);
        if (refusal != null) {
            return refusal;
        }
        DataValue now = server.nodes.get(item.node);
        if (item.mode == MonitoringMode.Disabled
                && mode != MonitoringMode.Disabled
                && now != null
                && !item.tellsEvents) {
            sample(item, now);
        }
        if (mode == MonitoringMode.Disabled) {
            item.queue.clear();
            item.events.clear();
        }
        item.mode = mode;
        return StatusCode.GOOD;
    }

    private UaResponseMessageType setTriggering(SetTriggeringRequest r, Subscription of) {
        Item triggering = of.items.get(r.getTriggeringItemId().longValue());
        if (triggering == null) {
            return refusal(r, StatusCodes.Bad_MonitoredItemIdInvalid);
        }
        StatusCode[] removed = statuses(
                r.getLinksToRemove(),
                id -> known(triggering.triggers.remove(id), StatusCodes.Bad_MonitoredItemIdInvalid));
        StatusCode[] added = statuses(r.getLinksToAdd(), id -> {
            boolean exists = of.items.containsKey(id);
            if (exists) {
                triggering.triggers.add(id);
            }
            return known(exists, StatusCodes.Bad_MonitoredItemIdInvalid);
        });
        return new SetTriggeringResponse(
                FakeMemberSession.good(r), added, new DiagnosticInfo[0], removed, new DiagnosticInfo[0]);
    }

    private UaResponseMessageType republish(RepublishRequest r, Subscription of) {
        NotificationMessage kept = of.sent.get(r.getRetransmitSequenceNumber().longValue());
        return kept == null || forgetful
                ? refusal(r, StatusCodes.Bad_MessageNotAvailable)
                : new RepublishResponse(FakeMemberSession.good(r), kept);
    }
}
