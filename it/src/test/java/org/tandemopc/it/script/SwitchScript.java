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
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DeadbandType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ContentFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFieldList;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.EventNotificationList;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.SimpleAttributeOperand;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;
import org.tandemopc.it.client.StreamClient;

/**
 * What a client sets up before a switch and uses after it: items of every kind with their filters, parts, times, queues,
 * modes and triggers, registered nodes, a message to be asked for again. A server that did not go away answers the same. As
 * all members hold the same values with the same times, the switch itself is no news.
 */
public final class SwitchScript {
    private static final int PUBLISHES_MAX = 20;
    private static final DateTime WRITTEN_AT = new DateTime(Instant.parse("2026-02-02T02:02:02Z"));
    private static final String MARKER = "static/Double";
    private static final String NARROW = "static/Int32";
    private static final String WIDE = "static/UInt32";
    private static final String FLOAT = "static/Float";
    private static final String LIST = "static/Int32Array";

    private static final long MARKER_HANDLE = 1000;
    private static final long PLAIN = 1;
    private static final long BAND = 2;
    private static final long STAMPED = 3;
    private static final long PART = 4;
    private static final long TRIGGERED = 5;
    private static final long TIMELESS = 6;
    private static final long DISABLED = 7;
    private static final long KEEPING = 8;
    private static final long SHORT = 9;
    private static final long NAME = 10;
    private static final long OWN = 11;
    private static final long EVENTS = 12;
    /** Those that begin with a value. */
    private static final Set<Long> FIRST =
            Set.of(MARKER_HANDLE, PLAIN, BAND, STAMPED, PART, TIMELESS, KEEPING, SHORT, NAME, OWN);

    private final OpcUaClient client;
    private final Answers before = new Answers();
    private final Answers after = new Answers();
    private final Map<Long, UInteger> items = new TreeMap<>();

    private UInteger subscription = uint(0);
    private ByteString point = ByteString.NULL_VALUE;
    private NodeId registered = NodeId.NULL_VALUE;
    private UInteger number = uint(0);
    private String message = "";
    private double marker = 8;

    private SwitchScript(OpcUaClient client) {
        this.client = client;
    }

    /** What happens between setting up and using. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    /** The answers by request. */
    public record Told(Map<String, String> before, Map<String, String> after) {}

    /** Runs the sequence in one session. */
    public static Told run(ServiceScript.Sessions sessions, Meanwhile meanwhile) throws Exception {
        try (StreamClient opened = sessions.open()) {
            SwitchScript script = new SwitchScript(opened.milo());
            script.setUp();
            meanwhile.run();
            script.use();
            return new Told(script.before.texts(), script.after.texts());
        }
    }

    /** Gives a server the values that the sequence starts with. */
    public static void settle(ServiceScript.Sessions sessions) throws UaException {
        try (StreamClient opened = sessions.open()) {
            SwitchScript script = new SwitchScript(opened.milo());
            script.write(MARKER, Variant.ofDouble(8), null);
            script.write(NARROW, Variant.ofInt32(5), null);
            script.write(WIDE, Variant.ofUInt32(uint(6)), null);
            script.write(FLOAT, Variant.ofFloat(7), null);
            script.write(LIST, Variant.of(new Integer[] {9, 9, 3}), null);
        }
    }

    // ---- before

    private void setUp() throws UaException {
        registered = Objects.requireNonNull(
                client.registerNodes(List.of(node(NARROW))).getRegisteredNodeIds())[0];
        BrowseResult page = browse();
        point = page.getContinuationPoint();
        before.keep("a page", told(page));
        subscription = client.createSubscription(100, uint(3000), uint(20), uint(0), true, ubyte(0))
                .getSubscriptionId();
        item(MARKER_HANDLE, node(MARKER), 1, true);
        item(PLAIN, node(NARROW), 5, true);
        item(
                BAND,
                value(node(FLOAT), null),
                MonitoringMode.Reporting,
                TimestampsToReturn.Both,
                5,
                true,
                new DataChangeFilter(DataChangeTrigger.StatusValue, uint(DeadbandType.Absolute.getValue()), 10.0));
        item(
                STAMPED,
                value(node(NARROW), null),
                MonitoringMode.Reporting,
                TimestampsToReturn.Source,
                5,
                true,
                new DataChangeFilter(DataChangeTrigger.StatusValueTimestamp, uint(DeadbandType.None.getValue()), 0.0));
        item(PART, value(node(LIST), "1:2"), MonitoringMode.Reporting, TimestampsToReturn.Both, 5, true, null);
        item(TRIGGERED, value(node(WIDE), null), MonitoringMode.Sampling, TimestampsToReturn.Both, 2, true, null);
        item(TIMELESS, value(node(NARROW), null), MonitoringMode.Reporting, TimestampsToReturn.Neither, 5, true, null);
        item(DISABLED, value(node(NARROW), null), MonitoringMode.Disabled, TimestampsToReturn.Both, 5, true, null);
        item(KEEPING, node(WIDE), 3, true);
        item(SHORT, node(WIDE), 1, false);
        item(
                NAME,
                new ReadValueId(node(NARROW), AttributeId.BrowseName.uid(), null, QualifiedName.NULL_VALUE),
                MonitoringMode.Reporting,
                TimestampsToReturn.Neither,
                1,
                true,
                null);
        item(
                OWN,
                value(NodeIds.Server_ServerStatus_State, null),
                MonitoringMode.Reporting,
                TimestampsToReturn.Neither,
                1,
                true,
                null);
        item(
                EVENTS,
                new ReadValueId(NodeIds.Server, AttributeId.EventNotifier.uid(), null, QualifiedName.NULL_VALUE),
                MonitoringMode.Reporting,
                TimestampsToReturn.Neither,
                20,
                true,
                selecting("SourceName", "Message"));
        before.step("first values", () -> collected(FIRST, null));
        before.step(
                "link",
                () -> client.setTriggering(subscription, id(PLAIN), List.of(id(TRIGGERED)), List.of())
                        .getAddResults());
        before.step("raise before", () -> raise("before"));
        before.step("an event", () -> collected(Set.of(EVENTS), null));
    }

    private BrowseResult browse() throws UaException {
        return Objects.requireNonNull(client.browse(
                        new ViewDescription(NodeId.NULL_VALUE, DateTime.NULL_VALUE, uint(0)),
                        uint(3),
                        List.of(new BrowseDescription(
                                NodeIds.Server, BrowseDirection.Forward, NodeIds.References, true, uint(0), uint(63))))
                .getResults())[0];
    }

    private static String told(BrowseResult page) {
        return Answers.text(page.getStatusCode()) + " "
                + (page.getReferences() == null ? 0 : page.getReferences().length);
    }

    // ---- after

    private void use() throws UaException {
        after.step(
                "read what was registered",
                () -> client.readValues(0, TimestampsToReturn.Source, List.of(registered))
                        .get(0)
                        .withServerTime(null));
        after.step(
                "the next page",
                () -> told(
                        Objects.requireNonNull(
                                client.browseNext(false, List.of(point)).getResults())[0]));
        after.step("republish what came before", () -> {
            NotificationMessage again = client.republish(subscription, number).getNotificationMessage();
            return again.getSequenceNumber().equals(number) + " " + text(again).equals(message);
        });
        collect("no news");
        write(NARROW, Variant.ofInt32(1), null);
        collect("a change, which triggers");
        write(NARROW, Variant.ofInt32(1), new DateTime(WRITTEN_AT.getUtcTime() + 10_000_000));
        collect("the same at another time");
        write(FLOAT, Variant.ofFloat(10), null);
        write(FLOAT, Variant.ofFloat(20), null);
        collect("beyond the dead band");
        after.step("write the watched part", () -> writeList("1:2", 1, 2));
        collect("a part");
        after.step("write another part", () -> writeList("0:0", 7));
        collect("another part");
        after.step(
                "enable",
                () -> client.setMonitoringMode(subscription, MonitoringMode.Reporting, List.of(id(DISABLED)))
                        .getResults());
        collect("an enabled item");
        after.step(
                "publishing off",
                () -> client.setPublishingMode(false, List.of(subscription)).getResults());
        for (int value = 1; value <= 5; value++) {
            write(WIDE, Variant.ofUInt32(uint(value)), null);
        }
        after.step(
                "publishing on",
                () -> client.setPublishingMode(true, List.of(subscription)).getResults());
        collect("what the queues kept");
        after.step(
                "unlink",
                () -> client.setTriggering(subscription, id(PLAIN), List.of(), List.of(id(TRIGGERED)))
                        .getRemoveResults());
        write(WIDE, Variant.ofUInt32(uint(6)), null);
        write(NARROW, Variant.ofInt32(2), null);
        collect("no longer triggered");
        after.step("raise after", () -> raise("after"));
        write(MARKER, Variant.ofDouble(++marker), null);
        after.step("an event after", () -> collected(Set.of(EVENTS), marker));
        after.step("the items", this::handles);
        after.step(
                "acknowledge what came before",
                () -> client.publish(List.of(new SubscriptionAcknowledgement(subscription, number)))
                        .getResults());
        after.step(
                "delete the items",
                () -> client.deleteMonitoredItems(subscription, List.copyOf(items.values()))
                        .getResults());
        after.step(
                "unregister",
                () -> client.unregisterNodes(List.of(registered))
                        .getResponseHeader()
                        .getServiceResult());
        after.step(
                "delete the subscription",
                () -> client.deleteSubscriptions(List.of(subscription)).getResults());
    }

    // ---- requests

    private static NodeId node(String id) {
        return new NodeId(2, id);
    }

    private static ReadValueId value(NodeId node, @Nullable String range) {
        return new ReadValueId(node, AttributeId.Value.uid(), range, QualifiedName.NULL_VALUE);
    }

    private UInteger id(long handle) {
        return Objects.requireNonNull(items.get(handle), () -> "item " + handle);
    }

    private void item(long handle, NodeId node, int queue, boolean discardOldest) {
        item(handle, value(node, null), MonitoringMode.Reporting, TimestampsToReturn.Both, queue, discardOldest, null);
    }

    private void item(
            long handle,
            ReadValueId what,
            MonitoringMode mode,
            TimestampsToReturn timestamps,
            int queue,
            boolean discardOldest,
            @Nullable UaStructuredType filter) {
        ExtensionObject encoded =
                filter == null ? null : ExtensionObject.encode(client.getStaticEncodingContext(), filter);
        MonitoredItemCreateRequest wanted = new MonitoredItemCreateRequest(
                what, mode, new MonitoringParameters(uint(handle), 0.0, encoded, uint(queue), discardOldest));
        before.step("item " + handle, () -> {
            MonitoredItemCreateResult result =
                    Objects.requireNonNull(client.createMonitoredItems(subscription, timestamps, List.of(wanted))
                            .getResults())[0];
            items.put(handle, result.getMonitoredItemId());
            return Answers.text(result.getStatusCode()) + " " + result.getRevisedQueueSize();
        });
    }

    private static EventFilter selecting(String... fields) {
        return new EventFilter(
                Stream.of(fields)
                        .map(name -> new SimpleAttributeOperand(
                                NodeIds.BaseEventType,
                                new QualifiedName[] {new QualifiedName(0, name)},
                                AttributeId.Value.uid(),
                                null))
                        .toArray(SimpleAttributeOperand[]::new),
                new ContentFilter(null));
    }

    private void write(String id, Variant value, @Nullable DateTime at) throws UaException {
        StatusCode result = Objects.requireNonNull(client.write(List.of(new WriteValue(
                        node(id),
                        AttributeId.Value.uid(),
                        null,
                        new DataValue(value, StatusCode.GOOD, at == null ? WRITTEN_AT : at, null))))
                .getResults())[0];
        if (!result.isGood()) {
            throw new UaException(result);
        }
    }

    private Object writeList(String range, Integer... values) throws UaException {
        return Objects.requireNonNull(client.write(List.of(new WriteValue(
                        node(LIST),
                        AttributeId.Value.uid(),
                        range,
                        new DataValue(Variant.of(values), StatusCode.GOOD, WRITTEN_AT, null))))
                .getResults())[0];
    }

    private CallMethodResult call(NodeId object, NodeId method, Variant input) throws UaException {
        return Objects.requireNonNull(client.call(List.of(new CallMethodRequest(object, method, new Variant[] {input})))
                .getResults())[0];
    }

    private Object raise(String text) throws UaException {
        return call(node("methods"), node("methods/raise"), Variant.ofString(text))
                .getStatusCode();
    }

    /** The ids are those of before. */
    private Object handles() throws UaException {
        Variant[] outputs = Objects.requireNonNull(
                call(NodeIds.Server, NodeIds.Server_GetMonitoredItems, Variant.ofUInt32(subscription))
                        .getOutputArguments());
        return sorted(outputs[0]).equals(new TreeSet<>(items.values())) + " " + sorted(outputs[1]);
    }

    private static Set<UInteger> sorted(Variant array) {
        return new TreeSet<>(List.of((UInteger[]) Objects.requireNonNull(array.value())));
    }

    // ---- notifications

    /** Everything up to a value that is written now, by handle: between items there is no order. */
    private void collect(String name) throws UaException {
        write(MARKER, Variant.ofDouble(++marker), null);
        after.step(name, () -> collected(Set.of(), marker));
    }

    /**
     * @param awaited handles of items of each of which something comes
     * @param written a value of the marker that comes, too
     */
    private String collected(Set<Long> awaited, @Nullable Double written) throws UaException {
        Map<Long, List<String>> byHandle = new TreeMap<>();
        boolean complete = false;
        for (int i = 0; i < PUBLISHES_MAX && !complete; i++) {
            PublishResponse response = client.publish(List.of());
            take(response.getNotificationMessage(), byHandle);
            complete = !response.getMoreNotifications()
                    && byHandle.keySet().containsAll(awaited)
                    && (written == null
                            || byHandle.getOrDefault(MARKER_HANDLE, List.of()).stream()
                                    .anyMatch(each -> each.startsWith(written + " ")));
        }
        return complete + " " + byHandle;
    }

    private void take(NotificationMessage told, Map<Long, List<String>> byHandle) {
        boolean any = false;
        ExtensionObject[] data = told.getNotificationData();
        for (ExtensionObject each : data == null ? new ExtensionObject[0] : data) {
            switch (each.decode(client.getStaticEncodingContext())) {
                case DataChangeNotification changes -> {
                    for (MonitoredItemNotification one : Objects.requireNonNull(changes.getMonitoredItems())) {
                        any = true;
                        add(byHandle, one.getClientHandle(), text(one.getValue()));
                    }
                }
                case EventNotificationList events -> {
                    for (EventFieldList one : Objects.requireNonNull(events.getEvents())) {
                        any = true;
                        add(byHandle, one.getClientHandle(), Answers.text(one.getEventFields()));
                    }
                }
                case UaStructuredType another -> add(byHandle, uint(0), another.toString());
            }
        }
        if (any && message.isEmpty()) {
            message = text(told);
            number = told.getSequenceNumber();
        }
    }

    private static void add(Map<Long, List<String>> byHandle, UInteger handle, String text) {
        byHandle.computeIfAbsent(handle.longValue(), key -> new ArrayList<>()).add(text);
    }

    private String text(NotificationMessage told) {
        Map<Long, List<String>> byHandle = new TreeMap<>();
        ExtensionObject[] data = told.getNotificationData();
        for (ExtensionObject each : data == null ? new ExtensionObject[0] : data) {
            if (each.decode(client.getStaticEncodingContext()) instanceof DataChangeNotification changes) {
                for (MonitoredItemNotification one : Objects.requireNonNull(changes.getMonitoredItems())) {
                    add(byHandle, one.getClientHandle(), text(one.getValue()));
                }
            }
        }
        return byHandle.toString();
    }

    private static String text(DataValue value) {
        DateTime source = value.sourceTime();
        String at = source == null ? "without a time" : WRITTEN_AT.equals(source) ? "when written" : "at another time";
        return Answers.text(value.value().value()) + " " + Answers.text(value.statusCode()) + " " + at
                + (value.serverTime() == null ? "" : ", with a server time");
    }
}
