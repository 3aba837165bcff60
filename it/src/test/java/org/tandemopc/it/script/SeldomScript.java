package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/**
 * What few clients ask for: views, masks, encodings, parts of what is no array, lists of nothing, subscriptions of zeros and
 * of nonsense, diagnostics, and what is somebody else's.
 */
final class SeldomScript {
    private static final UInteger UNKNOWN = uint(4_000_000_000L);
    private static final NodeId NOWHERE = new NodeId(2, "nowhere");
    private static final NodeId SIMULATOR = new NodeId(2, "methods");
    private static final UInteger ALL_CLASSES = uint(0);
    private static final UInteger ALL_FIELDS = uint(63);
    /** NodeClass Variable, as a mask (Part 3, 8.29). */
    private static final UInteger VARIABLES = uint(2);
    /** BrowseName, as a mask (Part 4, 5.9.2). */
    private static final UInteger BROWSE_NAMES = uint(8);
    /** Part 4, 7.33, table 173. */
    private static final UInteger EVERY_DIAGNOSTIC = uint(0x3FF);

    private final OpcUaClient client;
    private final OpcUaClient other;
    private final Answers answers;
    private long handle;

    private SeldomScript(OpcUaClient client, OpcUaClient other, Answers answers) {
        this.client = client;
        this.other = other;
        this.answers = answers;
    }

    static void run(OpcUaClient client, OpcUaClient other, Answers answers) throws UaException {
        SeldomScript script = new SeldomScript(client, other, answers);
        script.views();
        script.encodings();
        script.parts();
        script.writes();
        script.diagnostics();
        script.intervals();
        script.items();
        script.nothing();
        script.somebodyElses();
    }

    // ---- view

    private void views() {
        browse("in an unknown view", NOWHERE, references(NodeIds.ObjectsFolder));
        browse("in what is no view", NodeIds.ViewsFolder, references(NodeIds.ObjectsFolder));
        browse(
                "variables",
                NodeId.NULL_VALUE,
                browsing(NodeIds.Server, BrowseDirection.Forward, NodeIds.References, VARIABLES, ALL_FIELDS));
        browse(
                "for names",
                NodeId.NULL_VALUE,
                browsing(SIMULATOR, BrowseDirection.Forward, NodeIds.References, ALL_CLASSES, BROWSE_NAMES));
        browse(
                "back",
                NodeId.NULL_VALUE,
                browsing(SIMULATOR, BrowseDirection.Inverse, NodeIds.References, ALL_CLASSES, ALL_FIELDS));
        browse(
                "in no direction",
                NodeId.NULL_VALUE,
                browsing(SIMULATOR, BrowseDirection.Invalid, NodeIds.References, ALL_CLASSES, ALL_FIELDS));
        browse(
                "what is no reference",
                NodeId.NULL_VALUE,
                browsing(SIMULATOR, BrowseDirection.Forward, NodeIds.String, ALL_CLASSES, ALL_FIELDS));
        browse(
                "all references",
                NodeId.NULL_VALUE,
                browsing(SIMULATOR, BrowseDirection.Forward, NodeId.NULL_VALUE, ALL_CLASSES, ALL_FIELDS));
    }

    private static BrowseDescription references(NodeId from) {
        return browsing(from, BrowseDirection.Forward, NodeIds.References, ALL_CLASSES, ALL_FIELDS);
    }

    private static BrowseDescription browsing(
            NodeId from, BrowseDirection direction, NodeId references, UInteger classes, UInteger fields) {
        return new BrowseDescription(from, direction, references, true, classes, fields);
    }

    private void browse(String name, NodeId view, BrowseDescription what) {
        answers.step(
                "browse " + name,
                () -> Stream.of(Objects.requireNonNull(client.browse(
                                        new ViewDescription(view, DateTime.NULL_VALUE, uint(0)),
                                        uint(0),
                                        List.of(what, references(NOWHERE)))
                                .getResults()))
                        .map(SeldomScript::told)
                        .toList());
    }

    private static String told(BrowseResult result) {
        ReferenceDescription[] references = result.getReferences();
        return Answers.text(result.getStatusCode()) + " "
                + List.of(references == null ? new ReferenceDescription[0] : references);
    }

    // ---- attributes

    private void encodings() {
        for (String encoding : List.of("Default Binary", "Default XML", "Default JSON", "Default Nonsense")) {
            read("a structure as " + encoding, value(simulated("structure/point"), null, encoding));
            read("a number as " + encoding, value(simulated("static/Int32"), null, encoding));
        }
        read("the state as nonsense", value(NodeIds.Server_ServerStatus_State, null, "Default Nonsense"));
        read(
                "names with an encoding",
                new ReadValueId(
                        simulated("static/Int32"),
                        AttributeId.DisplayName.uid(),
                        null,
                        new QualifiedName(0, "Default Binary")));
    }

    private void parts() {
        read("a part of a matrix", value(simulated("static/Int32Matrix"), "0:1,1", null));
        read("too many dimensions", value(simulated("static/Int32Array"), "0:1,1", null));
        read("a part of a text", value(simulated("static/String"), "0:1", null));
        read("a part of bytes", value(simulated("static/ByteString"), "1:2", null));
        read("a part of a number", value(simulated("static/Int32"), "0", null));
        read("a part of the state", value(NodeIds.Server_ServerStatus_State, "0", null));
        read("the state backwards", value(NodeIds.Server_ServerStatus_State, "1:0", null));
        read(
                "a part of a name",
                new ReadValueId(
                        simulated("static/Int32"), AttributeId.DisplayName.uid(), "0", QualifiedName.NULL_VALUE));
    }

    private void writes() {
        write("the state", NodeIds.Server_ServerStatus_State, AttributeId.Value, Variant.ofInt32(1));
        write("the service level", NodeIds.Server_ServiceLevel, AttributeId.Value, Variant.ofByte(ubyte(1)));
        write("a name", simulated("static/Int32"), AttributeId.BrowseName, Variant.ofString("a"));
        write("an attribute 99", simulated("static/Int32"), null, Variant.ofInt32(1));
    }

    private static NodeId simulated(String id) {
        return new NodeId(2, id);
    }

    private static ReadValueId value(NodeId node, @Nullable String range, @Nullable String encoding) {
        return new ReadValueId(
                node,
                AttributeId.Value.uid(),
                range,
                encoding == null ? QualifiedName.NULL_VALUE : new QualifiedName(0, encoding));
    }

    private void read(String name, ReadValueId what) {
        answers.step("read " + name, () -> {
            DataValue value = readOne(what);
            return value.withServerTime(null).withSourceTime(null) + (value.serverTime() == null ? "" : " with a time");
        });
    }

    private DataValue readOne(ReadValueId what) throws UaException {
        return Objects.requireNonNull(
                client.read(1e9, TimestampsToReturn.Server, List.of(what)).getResults())[0];
    }

    private void write(String name, NodeId node, @Nullable AttributeId attribute, Variant value) {
        WriteValue what =
                new WriteValue(node, attribute == null ? uint(99) : attribute.uid(), null, DataValue.valueOnly(value));
        answers.step("write " + name, () -> client.write(List.of(what)).getResults());
    }

    /** Whoever asks for diagnostics gets the member's. */
    private void diagnostics() {
        answers.step("read with diagnostics", () -> {
            RequestHeader plain = client.newRequestHeader(client.getSession().getAuthenticationToken());
            RequestHeader asking = new RequestHeader(
                    plain.getAuthenticationToken(),
                    plain.getTimestamp(),
                    plain.getRequestHandle(),
                    EVERY_DIAGNOSTIC,
                    "an audit entry",
                    plain.getTimeoutHint(),
                    plain.getAdditionalHeader());
            ReadResponse response = (ReadResponse) client.sendRequest(new ReadRequest(
                    asking, 0.0, TimestampsToReturn.Neither, new ReadValueId[] {
                        value(NOWHERE, null, null), value(simulated("static/Int32"), null, null)
                    }));
            return Stream.of(Objects.requireNonNull(response.getResults()))
                            .map(each -> Answers.text(each.statusCode()))
                            .toList()
                    + " "
                    + Answers.text(response.getDiagnosticInfos()) + " "
                    + Answers.text(response.getResponseHeader().getStringTable()) + " "
                    + response.getResponseHeader().getRequestHandle().equals(plain.getRequestHandle());
        });
    }

    // ---- subscriptions

    /** What it is revised to; how long the subscription would live is Tandem's own to say. */
    private void intervals() throws UaException {
        for (double wanted : new double[] {0, -1, 3, 73.5}) {
            answers.step("subscribe every " + wanted + " ms", () -> {
                var made = client.createSubscription(wanted, uint(0), uint(0), uint(0), true, ubyte(255));
                var unused = client.deleteSubscriptions(List.of(made.getSubscriptionId()));
                return made.getRevisedPublishingInterval();
            });
        }
        UInteger subscription = subscribe(client);
        answers.step(
                "subscribe every 0 ms from now on",
                () -> client.modifySubscription(subscription, 0, uint(0), uint(0), uint(0), ubyte(0))
                        .getRevisedPublishingInterval());
        answers.step("republish an unknown number", () -> client.republish(subscription, UNKNOWN));
        answers.step("republish number 0", () -> client.republish(subscription, uint(0)));
        var unused = client.deleteSubscriptions(List.of(subscription, subscription));
    }

    private static UInteger subscribe(OpcUaClient from) throws UaException {
        return from.createSubscription(1000, uint(3000), uint(20), uint(0), false, ubyte(0))
                .getSubscriptionId();
    }

    private void items() throws UaException {
        UInteger subscription = subscribe(client);
        item("of what nobody may read", subscription, value(simulated("access/writeOnly"), null, null), 0, 1);
        item("of what this user may not read", subscription, value(simulated("access/userDenied"), null, null), 0, 1);
        item("of nonsense", subscription, value(simulated("structure/point"), null, "Default Nonsense"), 0, 1);
        item("as XML", subscription, value(simulated("structure/point"), null, "Default XML"), 0, 1);
        item(
                "of the state as nonsense",
                subscription,
                value(NodeIds.Server_ServerStatus_State, null, "Nonsense"),
                500,
                1);
        item("of a part that is none", subscription, value(simulated("static/Int32Array"), "b", null), 0, 1);
        item("of a part that is not there", subscription, value(simulated("static/Int32Array"), "70:71", null), 0, 1);
        item("of no length", subscription, value(simulated("static/Int32"), null, null), 0, 0);
        item("of Tandem's own and no length", subscription, value(NodeIds.Server_ServiceLevel, null, null), 500, 0);
        answers.step(
                "delete the seldom ones",
                () -> client.deleteSubscriptions(List.of(subscription)).getResults());
    }

    private void item(String name, UInteger subscription, ReadValueId what, double samplingMs, int queue) {
        MonitoredItemCreateRequest wanted = new MonitoredItemCreateRequest(
                what,
                MonitoringMode.Reporting,
                new MonitoringParameters(uint(++handle), samplingMs, null, uint(queue), false));
        answers.step("item " + name, () -> {
            MonitoredItemCreateResult result = Objects.requireNonNull(
                    client.createMonitoredItems(subscription, TimestampsToReturn.Neither, List.of(wanted))
                            .getResults())[0];
            return Answers.text(result.getStatusCode()) + " " + result.getRevisedSamplingInterval() + " "
                    + result.getRevisedQueueSize();
        });
    }

    private void nothing() throws UaException {
        UInteger subscription = subscribe(client);
        answers.step(
                "create no items", () -> client.createMonitoredItems(subscription, TimestampsToReturn.Both, List.of()));
        answers.step(
                "modify no items", () -> client.modifyMonitoredItems(subscription, TimestampsToReturn.Both, List.of()));
        answers.step("delete no items", () -> client.deleteMonitoredItems(subscription, List.of()));
        answers.step(
                "set the mode of no items",
                () -> client.setMonitoringMode(subscription, MonitoringMode.Sampling, List.of()));
        answers.step("publish nothing", () -> client.setPublishingMode(true, List.of()));
        answers.step("delete no subscriptions", () -> client.deleteSubscriptions(List.of()));
        answers.step("transfer no subscriptions", () -> client.transferSubscriptions(List.of(), true));
        answers.step(
                "browse nothing",
                () -> client.browse(
                        new ViewDescription(NodeId.NULL_VALUE, DateTime.NULL_VALUE, uint(0)), uint(0), List.of()));
        answers.step("call nothing", () -> client.call(List.of()));
        var unused = client.deleteSubscriptions(List.of(subscription));
    }

    private void somebodyElses() throws UaException {
        UInteger subscription = subscribe(other);
        answers.step(
                "modify somebody else's",
                () -> client.modifySubscription(subscription, 1000, uint(0), uint(0), uint(0), ubyte(0)));
        answers.step(
                "publish somebody else's",
                () -> client.setPublishingMode(true, List.of(subscription)).getResults());
        answers.step("republish somebody else's", () -> client.republish(subscription, uint(1)));
        answers.step(
                "delete items of somebody else's",
                () -> client.deleteMonitoredItems(subscription, List.of(uint(1)))
                        .getResults());
        answers.step(
                "create items in somebody else's",
                () -> client.createMonitoredItems(
                        subscription,
                        TimestampsToReturn.Both,
                        List.of(new MonitoredItemCreateRequest(
                                value(simulated("static/Int32"), null, null),
                                MonitoringMode.Reporting,
                                new MonitoringParameters(uint(1), 0.0, null, uint(1), true)))));
        answers.step(
                "items of somebody else's",
                () -> send(NodeIds.Server, NodeIds.Server_GetMonitoredItems, subscription)
                        .getStatusCode());
        answers.step(
                "values of somebody else's again",
                () -> send(NodeIds.Server, NodeIds.Server_ResendData, subscription)
                        .getStatusCode());
        answers.step("items of no subscription", () -> call(NodeIds.Server, NodeIds.Server_GetMonitoredItems));
        answers.step(
                "items of two subscriptions",
                () -> call(NodeIds.Server, NodeIds.Server_GetMonitoredItems, subscription, subscription));
        answers.step("items of a text", () -> call(NodeIds.Server, NodeIds.Server_GetMonitoredItems, "a subscription"));
        answers.step("items of what is no server", () -> call(SIMULATOR, NodeIds.Server_GetMonitoredItems, UNKNOWN));
        answers.step("items of nowhere", () -> call(NOWHERE, NodeIds.Server_GetMonitoredItems, UNKNOWN));
        answers.step("values again of no subscription", () -> call(NodeIds.Server, NodeIds.Server_ResendData));
        answers.step("values again of a text", () -> call(NodeIds.Server, NodeIds.Server_ResendData, "a subscription"));
        answers.step(
                "delete somebody else's",
                () -> client.deleteSubscriptions(List.of(subscription)).getResults());
        answers.step(
                "delete it there",
                () -> other.deleteSubscriptions(List.of(subscription)).getResults());
    }

    private CallMethodResult send(NodeId object, NodeId method, Object... inputs) throws UaException {
        CallMethodRequest wanted = new CallMethodRequest(
                object, method, Arrays.stream(inputs).map(Variant::of).toArray(Variant[]::new));
        return Objects.requireNonNull(client.call(List.of(wanted)).getResults())[0];
    }

    private String call(NodeId object, NodeId method, Object... inputs) throws UaException {
        CallMethodResult result = send(object, method, inputs);
        return Answers.text(result.getStatusCode()) + " " + Answers.text(result.getInputArgumentResults()) + " "
                + Answers.text(result.getOutputArguments());
    }
}
