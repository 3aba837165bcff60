package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DeadbandType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.FilterOperator;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ContentFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.ContentFilterElement;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFieldList;
import org.eclipse.milo.opcua.stack.core.types.structured.EventFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.EventNotificationList;
import org.eclipse.milo.opcua.stack.core.types.structured.LiteralOperand;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.SimpleAttributeOperand;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/**
 * Events, and the methods of the Server object that name a subscription. As in {@link SubscriptionScript} nothing rests on
 * time: as there is an order only within an item, it is known too which event comes last.
 */
final class EventScript {
    private static final int PUBLISHES_MAX = 20;
    private static final UInteger UNKNOWN = uint(4_000_000_000L);
    private static final NodeId MARKER = new NodeId(2, "static/Double");
    private static final long MARKER_HANDLE = 0;
    private static final long EVENTS_HANDLE = 1;
    private static final long SERIOUS_HANDLE = 7;
    /** Of items that make no sense, which some servers take nevertheless. */
    private static final Set<Long> ODD_HANDLES = Set.of(3L, 4L, 5L, 6L, 9L, 10L, 11L, 12L);

    private static final UInteger QUEUE = uint(20);

    private static final List<String> FIELDS = List.of("EventType", "SourceName", "Message", "Severity");
    private static final List<String> FEWER_FIELDS = List.of("Severity", "Message");
    /** Of all events that are raised. */
    private static final int SEVERITY = 700;

    private final OpcUaClient client;
    private final Answers answers;
    private final List<UInteger> items = new ArrayList<>();
    private final List<UInteger> odd = new ArrayList<>();
    /** Handles of the items that are told of each event. */
    private final Set<Long> listening = new TreeSet<>();

    private UInteger subscription = uint(0);
    private UInteger eventItem = UNKNOWN;
    /** Other values than {@link SubscriptionScript} writes. */
    private double marker = 1000;

    private boolean raises;
    /** The newest message with an event, and its number; 0: there was none. */
    private String newest = "";

    private UInteger newestNumber = uint(0);

    private EventScript(OpcUaClient client, Answers answers) {
        this.client = client;
        this.answers = answers;
    }

    static void run(OpcUaClient client, Answers answers) throws UaException {
        EventScript script = new EventScript(client, answers);
        script.create();
        script.events();
        script.again();
        script.otherFields();
        script.methodsOfTheServer();
        script.end();
    }

    private void create() throws UaException {
        subscription = client.createSubscription(100, uint(3000), uint(20), uint(0), true, ubyte(0))
                .getSubscriptionId();
        write();
        item("marker of events", MARKER, AttributeId.Value, MARKER_HANDLE, null);
        item("events", NodeIds.Server, AttributeId.EventNotifier, EVENTS_HANDLE, selecting(FIELDS));
        item("events without a filter", NodeIds.Server, AttributeId.EventNotifier, 3, null);
        item(
                "events with a dead band",
                NodeIds.Server,
                AttributeId.EventNotifier,
                4,
                new DataChangeFilter(DataChangeTrigger.StatusValue, uint(DeadbandType.Absolute.getValue()), 1.0));
        item("values with a filter for events", MARKER, AttributeId.Value, 5, selecting(FIELDS));
        item("events of a variable", MARKER, AttributeId.EventNotifier, 6, selecting(FIELDS));
        item(
                "serious events",
                NodeIds.Server,
                AttributeId.EventNotifier,
                SERIOUS_HANDLE,
                selecting(FIELDS, moreSeriousThan(SEVERITY - 1)));
        item(
                "more serious events",
                NodeIds.Server,
                AttributeId.EventNotifier,
                8,
                selecting(FIELDS, moreSeriousThan(SEVERITY)));
        item(
                "events of an unknown field",
                NodeIds.Server,
                AttributeId.EventNotifier,
                9,
                selecting(List.of("Nonsense")));
        // 0 is the server's own length, 1 the least and the greatest number the greatest that it has (Part 4, 7.21).
        item("events in a queue of the server's length", 10, uint(0));
        item("events in the shortest queue", 11, uint(1));
        item("events in the longest queue", 12, UInteger.MAX);
        // A server that takes an item without a filter may stumble over it when there is an event.
        answers.step(
                "delete the odd items",
                () -> client.deleteMonitoredItems(subscription, odd).getResults());
        collect("before any event", null);
    }

    /** Not every server has something to raise: the others say so. */
    private void events() throws UaException {
        answers.step("raise one", () -> raise("one"));
        answers.step("raise two", () -> raise("two"));
        collect("two events", raises ? "two" : null);
    }

    /** Nothing is acknowledged here: the message is kept. */
    private void again() {
        String published = newest;
        answers.step("republish events", () -> {
            Map<Long, List<String>> again = new TreeMap<>();
            take(client.republish(subscription, newestNumber).getNotificationMessage(), again);
            return again.toString().equals(published);
        });
    }

    private void otherFields() throws UaException {
        answers.step("modify events", () -> {
            MonitoredItemModifyRequest wanted = new MonitoredItemModifyRequest(
                    eventItem,
                    new MonitoringParameters(uint(EVENTS_HANDLE), 0.0, encoded(selecting(FEWER_FIELDS)), QUEUE, true));
            MonitoredItemModifyResult result = Objects.requireNonNull(
                    client.modifyMonitoredItems(subscription, TimestampsToReturn.Both, List.of(wanted))
                            .getResults())[0];
            return Answers.text(result.getStatusCode()) + " " + result.getRevisedQueueSize() + " "
                    + decoded(result.getFilterResult());
        });
        answers.step("raise three", () -> raise("three"));
        collect("an event of fewer fields", raises ? "three" : null);
    }

    private String raise(String text) throws UaException {
        String said = call(new NodeId(2, "methods"), new NodeId(2, "methods/raise"), Variant.ofString(text));
        raises = said.startsWith("Good");
        return said;
    }

    private void methodsOfTheServer() throws UaException {
        Variant id = Variant.ofUInt32(subscription);
        refresh("refresh conditions", NodeIds.ConditionType_ConditionRefresh, id);
        refresh(
                "refresh conditions of an item",
                NodeIds.ConditionType_ConditionRefresh2,
                id,
                Variant.ofUInt32(eventItem));
        answers.step("items of the subscription", () -> {
            CallMethodResult result = send(NodeIds.Server, NodeIds.Server_GetMonitoredItems, id);
            Variant[] outputs = result.getOutputArguments();
            return Answers.text(result.getStatusCode())
                    + (outputs == null || outputs.length == 0
                            ? ""
                            : " the ids " + ids(outputs[0]) + " handles " + Answers.text(sorted(outputs[1])));
        });
        answers.step("values again", () -> {
            String said = call(NodeIds.Server, NodeIds.Server_ResendData, id);
            return said.startsWith("Good") ? said + " " + nextValues() : said;
        });
        answers.step(
                "a state of the server",
                () -> call(
                        NodeIds.Server,
                        NodeIds.Server_RequestServerStateChange,
                        Variant.ofInt32(0),
                        Variant.ofDateTime(DateTime.NULL_VALUE),
                        Variant.ofUInt32(uint(0)),
                        Variant.ofLocalizedText(LocalizedText.NULL_VALUE),
                        Variant.ofBoolean(false)));
        answers.step(
                "durable",
                () -> call(NodeIds.Server, NodeIds.Server_SetSubscriptionDurable, id, Variant.ofUInt32(uint(1))));
        answers.step(
                "durable, an unknown one",
                () -> call(
                        NodeIds.Server,
                        NodeIds.Server_SetSubscriptionDurable,
                        Variant.ofUInt32(UNKNOWN),
                        Variant.ofUInt32(uint(1))));
    }

    private void refresh(String name, NodeId method, Variant... inputs) throws UaException {
        String said = call(NodeIds.ConditionType, method, inputs);
        answers.keep(name, said);
        if (raises) {
            var unused = raise("after " + name);
            collect("events after " + name, "after " + name);
        } else {
            collect("events after " + name, said.startsWith("Good") ? "RefreshEnd" : null);
        }
    }

    private void end() {
        answers.step(
                "delete the subscription of events",
                () -> client.deleteSubscriptions(List.of(subscription)).getResults());
    }

    // ---- requests

    private static EventFilter selecting(List<String> fields, ContentFilterElement... where) {
        return new EventFilter(
                fields.stream().map(EventScript::field).toArray(SimpleAttributeOperand[]::new),
                new ContentFilter(where.length == 0 ? null : where));
    }

    private static SimpleAttributeOperand field(String name) {
        return new SimpleAttributeOperand(
                NodeIds.BaseEventType, new QualifiedName[] {new QualifiedName(0, name)}, AttributeId.Value.uid(), null);
    }

    private ContentFilterElement moreSeriousThan(int severity) {
        return new ContentFilterElement(FilterOperator.GreaterThan, new ExtensionObject[] {
            encoded(field("Severity")), encoded(new LiteralOperand(Variant.ofUInt16(ushort(severity))))
        });
    }

    private ExtensionObject encoded(UaStructuredType structure) {
        return ExtensionObject.encode(client.getStaticEncodingContext(), structure);
    }

    private String decoded(@Nullable ExtensionObject structure) {
        return structure == null || structure.isNull()
                ? ""
                : structure.decode(client.getStaticEncodingContext()).toString();
    }

    private void item(String name, long handle, UInteger queue) {
        item(name, NodeIds.Server, AttributeId.EventNotifier, handle, selecting(FIELDS), queue);
    }

    private void item(String name, NodeId node, AttributeId attribute, long handle, @Nullable UaStructuredType filter) {
        item(name, node, attribute, handle, filter, QUEUE);
    }

    private void item(
            String name,
            NodeId node,
            AttributeId attribute,
            long handle,
            @Nullable UaStructuredType filter,
            UInteger queue) {
        answers.step(name, () -> {
            ExtensionObject encoded = filter == null ? null : encoded(filter);
            MonitoredItemCreateRequest wanted = new MonitoredItemCreateRequest(
                    new ReadValueId(node, attribute.uid(), null, QualifiedName.NULL_VALUE),
                    MonitoringMode.Reporting,
                    new MonitoringParameters(uint(handle), 0.0, encoded, queue, true));
            MonitoredItemCreateResult result = Objects.requireNonNull(
                    client.createMonitoredItems(subscription, TimestampsToReturn.Both, List.of(wanted))
                            .getResults())[0];
            if (result.getStatusCode().isGood()) {
                (ODD_HANDLES.contains(handle) ? odd : items).add(result.getMonitoredItemId());
                eventItem = handle == EVENTS_HANDLE ? result.getMonitoredItemId() : eventItem;
                if (handle == EVENTS_HANDLE || handle == SERIOUS_HANDLE) {
                    listening.add(handle);
                }
            }
            return Answers.text(result.getStatusCode()) + " " + result.getRevisedSamplingInterval() + " "
                    + result.getRevisedQueueSize() + " " + decoded(result.getFilterResult());
        });
    }

    private void write() throws UaException {
        var unused = client.write(List.of(new WriteValue(
                MARKER, AttributeId.Value.uid(), null, DataValue.valueOnly(Variant.ofDouble(++marker)))));
    }

    private CallMethodResult send(NodeId object, NodeId method, Variant... inputs) throws UaException {
        return Objects.requireNonNull(client.call(List.of(new CallMethodRequest(object, method, inputs)))
                .getResults())[0];
    }

    private String call(NodeId object, NodeId method, Variant... inputs) throws UaException {
        CallMethodResult result = send(object, method, inputs);
        return Answers.text(result.getStatusCode()) + " " + Answers.text(result.getInputArgumentResults()) + " "
                + Answers.text(result.getOutputArguments());
    }

    private boolean ids(Variant given) {
        return Arrays.equals(sorted(given), items.stream().sorted().toArray());
    }

    private static Object[] sorted(Variant array) {
        return array.value() instanceof UInteger[] numbers
                ? Stream.of(numbers).sorted().toArray()
                : new Object[] {array};
    }

    // ---- notifications

    /**
     * Everything up to a value that is written now, by handle.
     *
     * @param lastEvent what the last event says, if there is any
     */
    private void collect(String name, @Nullable String lastEvent) throws UaException {
        write();
        answers.step(name, () -> collected(lastEvent));
    }

    private String collected(@Nullable String lastEvent) throws UaException {
        Map<Long, List<String>> byHandle = new TreeMap<>();
        boolean written = false;
        boolean complete = false;
        for (int i = 0; i < PUBLISHES_MAX && !complete; i++) {
            PublishResponse response = client.publish(List.of());
            written |= take(response.getNotificationMessage(), byHandle);
            complete = written && !response.getMoreNotifications() && (lastEvent == null || says(byHandle, lastEvent));
        }
        return complete + " " + byHandle;
    }

    private boolean says(Map<Long, List<String>> byHandle, String message) {
        return listening.stream()
                .allMatch(handle -> byHandle.getOrDefault(handle, List.of()).stream()
                        .anyMatch(event -> event.contains("text=" + message)));
    }

    /** What comes without anybody's writing. */
    private Map<Long, List<String>> nextValues() throws UaException {
        Map<Long, List<String>> byHandle = new TreeMap<>();
        for (int i = 0; i < PUBLISHES_MAX && byHandle.isEmpty(); i++) {
            take(client.publish(List.of()).getNotificationMessage(), byHandle);
        }
        return byHandle;
    }

    /** @return whether the value that was written last is there */
    private boolean take(NotificationMessage message, Map<Long, List<String>> byHandle) {
        Map<Long, List<String>> here = new TreeMap<>();
        boolean complete = false;
        ExtensionObject[] data = message.getNotificationData();
        for (ExtensionObject each : data == null ? new ExtensionObject[0] : data) {
            complete |= take(each.decode(client.getStaticEncodingContext()), here);
        }
        if (here.containsKey(EVENTS_HANDLE)) {
            newest = here.toString();
            newestNumber = message.getSequenceNumber();
        }
        here.forEach((handle, texts) ->
                byHandle.computeIfAbsent(handle, key -> new ArrayList<>()).addAll(texts));
        return complete;
    }

    private boolean take(UaStructuredType notification, Map<Long, List<String>> byHandle) {
        boolean complete = false;
        if (notification instanceof DataChangeNotification changes) {
            for (MonitoredItemNotification each : Objects.requireNonNull(changes.getMonitoredItems())) {
                Object value = each.getValue().value().value();
                complete |= Double.valueOf(marker).equals(value);
                add(byHandle, each.getClientHandle(), String.valueOf(value));
            }
        } else if (notification instanceof EventNotificationList events) {
            for (EventFieldList each : Objects.requireNonNull(events.getEvents())) {
                add(byHandle, each.getClientHandle(), Answers.text(each.getEventFields()));
            }
        } else {
            add(byHandle, uint(0), notification.getClass().getSimpleName());
        }
        return complete;
    }

    private static void add(Map<Long, List<String>> byHandle, UInteger handle, String text) {
        byHandle.computeIfAbsent(handle.longValue(), key -> new ArrayList<>()).add(text);
    }
}
