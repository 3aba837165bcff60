package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DeadbandType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/**
 * The services on subscriptions and monitored items, and what is notified. Nothing rests on time: whoever wants to know
 * what came writes to a node that is always watched, and collects until that is notified.
 */
final class SubscriptionScript {
    private static final int PUBLISHES_MAX = 100;
    private static final UInteger UNKNOWN = uint(4_000_000_000L);
    private static final DateTime WRITTEN_AT = new DateTime(Instant.parse("2026-02-02T02:02:02Z"));
    private static final String MARKER = "static/Double";
    private static final long MARKER_HANDLE = 0;
    private static final String NARROW = "static/Int32";
    private static final String WIDE = "static/UInt32";
    private static final String FLOAT = "static/Float";
    private static final String LIST = "static/Int32Array";
    /** Of an item that is Tandem's own. */
    private static final long OWN_HANDLE = 85;
    /** Of a part of a node that is Tandem's own, which is the member's. */
    private static final long PART_HANDLE = 79;

    private final OpcUaClient client;
    private final OpcUaClient other;
    private final Answers answers;
    private final List<SubscriptionAcknowledgement> acknowledgements = new ArrayList<>();
    private UInteger subscription = uint(0);
    private double marker;
    private long sequence;
    private String newest = "";
    /** Values in the largest message of those that were collected last. */
    private int largest;

    private SubscriptionScript(OpcUaClient client, OpcUaClient other, Answers answers) {
        this.client = client;
        this.other = other;
        this.answers = answers;
    }

    static void run(OpcUaClient client, OpcUaClient other, Answers answers) throws UaException {
        SubscriptionScript script = new SubscriptionScript(client, other, answers);
        script.create();
        script.queues();
        script.modes();
        script.triggers();
        script.filters();
        script.wishes();
        script.smallMessages();
        script.counter();
        script.messages();
        script.transferAndDelete();
    }

    // ---- steps

    private void create() throws UaException {
        var created = client.createSubscription(100, uint(3000), uint(20), uint(0), true, ubyte(3));
        subscription = created.getSubscriptionId();
        answers.keep(
                "subscribe",
                created.getRevisedPublishingInterval() + " " + created.getRevisedLifetimeCount() + " "
                        + created.getRevisedMaxKeepAliveCount());
        write(MARKER, Variant.ofDouble(0));
        write(NARROW, Variant.ofInt32(0));
        write(WIDE, Variant.ofUInt32(uint(0)));
        write(FLOAT, Variant.ofFloat(0));
        UInteger item = item(MARKER, MARKER_HANDLE, 1, true, null);
        // Of the marker, because a server may tell the value again.
        answers.step("modify the rate of an item", () -> modify(item, MARKER_HANDLE, 1, 250));
        answers.step("modify it back", () -> modify(item, MARKER_HANDLE, 1, 0));
    }

    private void queues() throws UaException {
        UInteger narrow = item(NARROW, 1, 1, true, null);
        UInteger wide = item(WIDE, 2, 3, true, null);
        UInteger keeping = item(WIDE, 3, 3, false, null);
        UInteger shortest = item(WIDE, 4, 0, false, null);
        UInteger single = item(WIDE, 5, 1, false, null);
        collect("first values");
        write(NARROW, Variant.ofInt32(7));
        collect("a change");

        answers.step(
                "publishing off",
                () -> client.setPublishingMode(false, List.of(subscription, UNKNOWN))
                        .getResults());
        for (int value = 1; value <= 5; value++) {
            write(NARROW, Variant.ofInt32(value));
            write(WIDE, Variant.ofUInt32(uint(value)));
        }
        answers.step(
                "publishing on",
                () -> client.setPublishingMode(true, List.of(subscription)).getResults());
        collect("what the queues kept");

        answers.step("modify an item", () -> modify(wide, 20, 4, 0));
        answers.step("modify another item", () -> modify(narrow, 10, 2, 0));
        answers.step("modify an unknown item", () -> modify(UNKNOWN, 1, 1, 0));
        collect("after items were modified");
        write(WIDE, Variant.ofUInt32(uint(9)));
        write(NARROW, Variant.ofInt32(9));
        collect("a change under the new handles");
        delete("delete items", narrow, wide, keeping, keeping, shortest, single, UNKNOWN);
        write(WIDE, Variant.ofUInt32(uint(10)));
        collect("after items were deleted");
        answers.step("modify the subscription", () -> {
            var revised = client.modifySubscription(subscription, 200, uint(600), uint(10), uint(5), ubyte(1));
            return revised.getRevisedPublishingInterval() + " " + revised.getRevisedLifetimeCount() + " "
                    + revised.getRevisedMaxKeepAliveCount();
        });
        answers.step(
                "modify an unknown subscription",
                () -> client.modifySubscription(UNKNOWN, 200, uint(600), uint(10), uint(5), ubyte(1)));
        collect("after the subscription was modified");
    }

    private void modes() throws UaException {
        UInteger item = item(NARROW, 30, 3, true, null);
        collect("before the modes");
        mode(MonitoringMode.Disabled, item);
        write(NARROW, Variant.ofInt32(20));
        write(NARROW, Variant.ofInt32(21));
        collect("of a disabled item");
        mode(MonitoringMode.Reporting, item);
        collect("of an enabled item");
        mode(MonitoringMode.Sampling, item);
        write(NARROW, Variant.ofInt32(22));
        write(NARROW, Variant.ofInt32(23));
        collect("of a sampling item");
        answers.step(
                "mode Reporting again",
                () -> client.setMonitoringMode(subscription, MonitoringMode.Reporting, List.of(item, UNKNOWN))
                        .getResults());
        collect("what was sampled");
        answers.step(
                "mode in an unknown subscription",
                () -> client.setMonitoringMode(UNKNOWN, MonitoringMode.Reporting, List.of(item))
                        .getResults());
        delete("delete after the modes", item);
    }

    private void triggers() throws UaException {
        UInteger trigger = item(NARROW, 40, 1, true, null);
        UInteger triggered = item(WIDE, 41, 2, true, null);
        collect("before the triggers");
        mode("sampling until triggered", MonitoringMode.Sampling, triggered);
        triggering("link", trigger, List.of(triggered, UNKNOWN), List.of());
        write(WIDE, Variant.ofUInt32(uint(50)));
        collect("not triggered");
        write(NARROW, Variant.ofInt32(50));
        collect("triggered");
        triggering("unlink", trigger, List.of(), List.of(triggered, UNKNOWN));
        write(WIDE, Variant.ofUInt32(uint(51)));
        write(NARROW, Variant.ofInt32(51));
        collect("no longer triggered");
        triggering("link nothing", trigger, List.of(), List.of());
        triggering("link to an unknown item", UNKNOWN, List.of(triggered), List.of());
        delete("delete after the triggers", trigger, triggered);
    }

    private void filters() throws UaException {
        UInteger band = item(FLOAT, 50, 5, true, filter(DataChangeTrigger.StatusValue, DeadbandType.Absolute, 10));
        UInteger stamps =
                item(NARROW, 51, 5, true, filter(DataChangeTrigger.StatusValueTimestamp, DeadbandType.None, 0));
        collect("before the filters");
        for (float value : new float[] {5, 20, 25, 31}) {
            write(FLOAT, Variant.ofFloat(value));
        }
        collect("beyond the dead band");
        write(NARROW, Variant.ofInt32(51), WRITTEN_AT);
        write(NARROW, Variant.ofInt32(51), new DateTime(WRITTEN_AT.getUtcTime() + 10_000_000));
        collect("the same with another time");
        item(FLOAT, 52, 5, true, filter(DataChangeTrigger.StatusValue, DeadbandType.Percent, 10));
        item(FLOAT, 53, 5, true, filter(DataChangeTrigger.StatusValue, DeadbandType.Absolute, -1));
        item("static/String", 54, 5, true, filter(DataChangeTrigger.StatusValue, DeadbandType.Absolute, 1));
        collect("after filters that were refused");
        delete("delete after the filters", band, stamps);
    }

    /** Items of a part, of nothing, of Tandem's own, with other times, silent at first; several in one request. */
    private void wishes() throws UaException {
        NodeId narrow = new NodeId(2, NARROW);
        List<UInteger> items = new ArrayList<>();
        items.addAll(create("items with a source time", TimestampsToReturn.Source, wish(80, narrow)));
        items.addAll(create("items with a server time", TimestampsToReturn.Server, wish(81, narrow)));
        items.addAll(create(
                "several items",
                TimestampsToReturn.Neither,
                wish(82, narrow),
                wish(83, new NodeId(2, LIST), AttributeId.Value, "1:2", MonitoringMode.Reporting, 0),
                wish(84, new NodeId(2, "nowhere")),
                wish(
                        OWN_HANDLE,
                        NodeIds.Server_ServerStatus_State,
                        AttributeId.Value,
                        null,
                        MonitoringMode.Reporting,
                        1000),
                wish(
                        PART_HANDLE,
                        NodeIds.Server_NamespaceArray,
                        AttributeId.Value,
                        "0",
                        MonitoringMode.Reporting,
                        1000),
                wish(86, narrow, AttributeId.Value, null, MonitoringMode.Disabled, 0),
                wish(87, narrow, AttributeId.DisplayName, null, MonitoringMode.Reporting, 0),
                wish(88, narrow, AttributeId.Executable, null, MonitoringMode.Reporting, 0)));
        collect("values with those times", client, OWN_HANDLE, PART_HANDLE);
        write(NARROW, Variant.ofInt32(80));
        answers.step("write the watched part", () -> writeList("1:2", 80, 81));
        collect("changes with those times");
        answers.step("write another part", () -> writeList(null, 82, 80, 81));
        collect("no change in the watched part");
        delete("delete after the wishes", items.toArray(UInteger[]::new));
    }

    private static MonitoredItemCreateRequest wish(long handle, NodeId node) {
        return wish(handle, node, AttributeId.Value, null, MonitoringMode.Reporting, 0);
    }

    private static MonitoredItemCreateRequest wish(
            long handle,
            NodeId node,
            AttributeId attribute,
            @Nullable String range,
            MonitoringMode mode,
            double samplingMs) {
        return new MonitoredItemCreateRequest(
                new ReadValueId(node, attribute.uid(), range, QualifiedName.NULL_VALUE),
                mode,
                new MonitoringParameters(uint(handle), samplingMs, null, uint(5), true));
    }

    /** @return the ids of those that were created */
    private List<UInteger> create(String name, TimestampsToReturn timestamps, MonitoredItemCreateRequest... wanted) {
        List<UInteger> created = new ArrayList<>();
        answers.step(name, () -> {
            List<String> texts = new ArrayList<>();
            for (MonitoredItemCreateResult each :
                    Objects.requireNonNull(client.createMonitoredItems(subscription, timestamps, List.of(wanted))
                            .getResults())) {
                if (each.getStatusCode().isGood()) {
                    created.add(each.getMonitoredItemId());
                }
                texts.add(Answers.text(each.getStatusCode()) + " " + each.getRevisedSamplingInterval() + " "
                        + each.getRevisedQueueSize());
            }
            return texts;
        });
        return created;
    }

    private Object writeList(@Nullable String range, Integer... values) throws UaException {
        WriteValue what = new WriteValue(
                new NodeId(2, LIST),
                AttributeId.Value.uid(),
                range,
                new DataValue(Variant.of(values), StatusCode.GOOD, WRITTEN_AT, null));
        return Answers.text(client.write(List.of(what)).getResults());
    }

    /** More than fits waits; nothing is lost, and no message is larger than the client wants. */
    private void smallMessages() throws UaException {
        UInteger one = item(NARROW, 90, 5, true, null);
        UInteger other = item(WIDE, 91, 5, true, null);
        collect("before the small messages");
        answers.step("two values in a message", () -> atMost(2));
        var off = client.setPublishingMode(false, List.of(subscription));
        for (int value = 90; value < 93; value++) {
            write(NARROW, Variant.ofInt32(value));
            write(WIDE, Variant.ofUInt32(uint(value)));
        }
        var on = client.setPublishingMode(true, List.of(subscription));
        answers.keep("publishing off and on", List.of(Answers.text(off.getResults()), Answers.text(on.getResults())));
        collect("in small messages");
        answers.keep("largest message", largest);
        answers.step("any number of values in a message", () -> atMost(0));
        delete("delete after the small messages", one, other);
    }

    private Object atMost(long notifications) throws UaException {
        return client.modifySubscription(subscription, 100, uint(600), uint(10), uint(notifications), ubyte(1))
                .getRevisedPublishingInterval();
    }

    /** Values that nobody writes: a source time each, none left out. */
    private void counter() throws UaException {
        UInteger item = item("counter/0", 60, 50, true, null);
        List<MonitoredItemNotification> seen = new ArrayList<>();
        for (int i = 0; i < PUBLISHES_MAX && seen.size() < 8; i++) {
            for (MonitoredItemNotification each : notifications(publish(client))) {
                if (each.getClientHandle().longValue() == 60) {
                    seen.add(each);
                }
            }
        }
        long first = tick(seen.get(0));
        List<String> relative = new ArrayList<>();
        for (MonitoredItemNotification each : seen.subList(0, 8)) {
            DateTime at = Objects.requireNonNull(each.getValue().sourceTime());
            relative.add("+" + (tick(each) - first) + " "
                    + Answers.text(each.getValue().statusCode())
                    + " at its time " + (tick(each) * 100 == at.getJavaTime()));
        }
        answers.keep("eight ticks", relative);
        delete("delete the counter", item);
    }

    private static long tick(MonitoredItemNotification notification) {
        return (Long) Objects.requireNonNull(notification.getValue().value().value());
    }

    private void messages() throws UaException {
        collect("before messages are asked for again");
        String published = newest;
        UInteger last = uint(sequence);
        acknowledgements.clear();
        answers.step("republish", () -> {
            NotificationMessage again = client.republish(subscription, last).getNotificationMessage();
            return again.getSequenceNumber().equals(last) + " " + text(again).equals(published);
        });
        acknowledgements.add(new SubscriptionAcknowledgement(subscription, last));
        acknowledgements.add(new SubscriptionAcknowledgement(subscription, last));
        acknowledgements.add(new SubscriptionAcknowledgement(subscription, UNKNOWN));
        acknowledgements.add(new SubscriptionAcknowledgement(UNKNOWN, last));
        write(MARKER, Variant.ofDouble(++marker));
        answers.keep("acknowledge", publish(client).getResults());
        answers.step("republish what was acknowledged", () -> client.republish(subscription, last));
        answers.step("republish of an unknown subscription", () -> client.republish(UNKNOWN, last));
    }

    private void transferAndDelete() throws UaException {
        UInteger item = item(NARROW, 70, 2, true, null);
        collect("before the transfer");
        acknowledgements.clear();
        answers.step("transfer", () -> {
            var results = Objects.requireNonNull(other.transferSubscriptions(List.of(subscription, UNKNOWN), true)
                    .getResults());
            return Answers.text(new Object[] {results[0].getStatusCode(), results[1].getStatusCode()});
        });
        write(MARKER, Variant.ofDouble(++marker));
        answers.step("who had it is told", () -> text(client.publish(List.of()).getNotificationMessage()));
        answers.step(
                "nor has it the items",
                () -> client.deleteMonitoredItems(subscription, List.of(item)).getResults());
        collect("after the transfer", other);
        answers.step(
                "delete the item there",
                () -> other.deleteMonitoredItems(subscription, List.of(item)).getResults());
        answers.step(
                "delete the subscription there",
                () -> other.deleteSubscriptions(List.of(subscription, UNKNOWN)).getResults());
        answers.step("publish without a subscription", () -> other.publish(List.of()));
        answers.step(
                "delete the subscription here",
                () -> client.deleteSubscriptions(List.of(subscription)).getResults());
    }

    // ---- requests

    private void write(String id, Variant value) throws UaException {
        write(id, value, WRITTEN_AT);
    }

    private void write(String id, Variant value, DateTime at) throws UaException {
        WriteValue what = new WriteValue(
                new NodeId(2, id), AttributeId.Value.uid(), null, new DataValue(value, StatusCode.GOOD, at, null));
        StatusCode result = Objects.requireNonNull(client.write(List.of(what)).getResults())[0];
        if (!result.isGood()) {
            throw new UaException(result);
        }
    }

    /** @return the item's id, or an unknown one if it was refused */
    private UInteger item(String id, long handle, int queue, boolean discardOldest, @Nullable DataChangeFilter filter)
            throws UaException {
        MonitoredItemCreateRequest wanted = new MonitoredItemCreateRequest(
                new ReadValueId(new NodeId(2, id), AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE),
                MonitoringMode.Reporting,
                new MonitoringParameters(
                        uint(handle),
                        0.0,
                        filter == null ? null : ExtensionObject.encode(client.getStaticEncodingContext(), filter),
                        uint(queue),
                        discardOldest));
        MonitoredItemCreateResult result = Objects.requireNonNull(
                client.createMonitoredItems(subscription, TimestampsToReturn.Both, List.of(wanted))
                        .getResults())[0];
        answers.keep(
                "item " + handle,
                Answers.text(result.getStatusCode()) + " " + result.getRevisedSamplingInterval() + " "
                        + result.getRevisedQueueSize());
        return result.getStatusCode().isGood() ? result.getMonitoredItemId() : UNKNOWN;
    }

    private static DataChangeFilter filter(DataChangeTrigger trigger, DeadbandType type, double width) {
        return new DataChangeFilter(trigger, uint(type.getValue()), width);
    }

    private String modify(UInteger item, long handle, int queue, double samplingMs) throws UaException {
        MonitoredItemModifyRequest wanted = new MonitoredItemModifyRequest(
                item, new MonitoringParameters(uint(handle), samplingMs, null, uint(queue), true));
        MonitoredItemModifyResult result = Objects.requireNonNull(
                client.modifyMonitoredItems(subscription, TimestampsToReturn.Both, List.of(wanted))
                        .getResults())[0];
        return Answers.text(result.getStatusCode()) + " " + result.getRevisedSamplingInterval() + " "
                + result.getRevisedQueueSize();
    }

    private void mode(MonitoringMode mode, UInteger item) {
        mode("mode " + mode, mode, item);
    }

    private void mode(String name, MonitoringMode mode, UInteger item) {
        answers.step(
                name,
                () -> client.setMonitoringMode(subscription, mode, List.of(item))
                        .getResults());
    }

    private void triggering(String name, UInteger trigger, List<UInteger> add, List<UInteger> remove) {
        answers.step(name, () -> {
            var response = client.setTriggering(subscription, trigger, add, remove);
            return Answers.text(response.getAddResults()) + " " + Answers.text(response.getRemoveResults());
        });
    }

    private void delete(String name, UInteger... items) {
        answers.step(
                name,
                () -> client.deleteMonitoredItems(subscription, List.of(items)).getResults());
    }

    // ---- notifications

    private PublishResponse publish(OpcUaClient from) throws UaException {
        PublishResponse response = from.publish(List.copyOf(acknowledgements));
        acknowledgements.clear();
        return response;
    }

    private void collect(String name) throws UaException {
        collect(name, client);
    }

    /**
     * Everything up to a value that is written now, by handle: between items there is no order.
     *
     * @param awaited handles of items whose values nobody writes: one of each comes first
     */
    private void collect(String name, OpcUaClient from, Long... awaited) throws UaException {
        write(MARKER, Variant.ofDouble(++marker));
        answers.step(name, () -> collected(from, Set.of(awaited)));
    }

    private String collected(OpcUaClient from, Set<Long> awaited) throws UaException {
        Map<Long, List<String>> byHandle = new TreeMap<>();
        largest = 0;
        boolean gapless = true;
        boolean written = false;
        boolean complete = false;
        for (int i = 0; i < PUBLISHES_MAX && !complete; i++) {
            PublishResponse response = publish(from);
            List<MonitoredItemNotification> notifications = notifications(response);
            if (notifications.isEmpty()) {
                continue;
            }
            largest = Math.max(largest, notifications.size());
            NotificationMessage message = response.getNotificationMessage();
            gapless &= sequence == 0 || message.getSequenceNumber().longValue() == sequence + 1;
            sequence = message.getSequenceNumber().longValue();
            newest = text(message);
            acknowledgements.add(
                    new SubscriptionAcknowledgement(response.getSubscriptionId(), message.getSequenceNumber()));
            for (MonitoredItemNotification each : notifications) {
                if (each.getClientHandle().longValue() == MARKER_HANDLE) {
                    written |= Double.valueOf(marker)
                            .equals(each.getValue().value().value());
                } else {
                    byHandle.computeIfAbsent(each.getClientHandle().longValue(), key -> new ArrayList<>())
                            .add(text(each.getValue()));
                }
            }
            complete = written && byHandle.keySet().containsAll(awaited) && !response.getMoreNotifications();
        }
        return complete + " gapless " + gapless + " " + byHandle;
    }

    private List<MonitoredItemNotification> notifications(PublishResponse response) {
        List<MonitoredItemNotification> all = new ArrayList<>();
        for (UaStructuredType each : bodies(response.getNotificationMessage())) {
            if (each instanceof DataChangeNotification changes && changes.getMonitoredItems() != null) {
                all.addAll(List.of(changes.getMonitoredItems()));
            }
        }
        return all;
    }

    private List<UaStructuredType> bodies(NotificationMessage message) {
        List<UaStructuredType> bodies = new ArrayList<>();
        ExtensionObject[] data = message.getNotificationData();
        for (ExtensionObject each : data == null ? new ExtensionObject[0] : data) {
            bodies.add(each.decode(client.getStaticEncodingContext()));
        }
        return bodies;
    }

    private String text(NotificationMessage message) {
        List<String> parts = new ArrayList<>();
        for (UaStructuredType body : bodies(message)) {
            switch (body) {
                case DataChangeNotification changes -> {
                    for (MonitoredItemNotification each : Objects.requireNonNull(changes.getMonitoredItems())) {
                        parts.add(each.getClientHandle() + "=" + text(each.getValue()));
                    }
                }
                case StatusChangeNotification change -> parts.add("status " + Answers.text(change.getStatus()));
                default -> parts.add(body.getClass().getSimpleName());
            }
        }
        return parts.toString();
    }

    private static String text(DataValue value) {
        String at = value.sourceTime() == null
                ? "without a time"
                : WRITTEN_AT.equals(value.sourceTime()) ? "when written" : "at another time";
        return Answers.text(value.value().value()) + " " + Answers.text(value.statusCode()) + " " + at
                + (value.serverTime() == null ? "" : ", with a server time");
    }
}
