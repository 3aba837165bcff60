package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePath;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePath;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePathElement;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;
import org.tandemopc.it.client.StreamClient;

/**
 * A fixed sequence of requests, right and wrong ones, and the answers as text: the same through Tandem as directly.
 * Times of the present and identifiers that a server makes up are left out.
 */
public final class ServiceScript {
    private static final int NODES_MAX = 500;
    private static final List<String> STATICS = List.of(
            "Boolean",
            "SByte",
            "Byte",
            "Int16",
            "UInt16",
            "Int32",
            "UInt32",
            "Int64",
            "UInt64",
            "Float",
            "Double",
            "String",
            "DateTime",
            "Guid",
            "ByteString",
            "XmlElement",
            "NodeId",
            "ExpandedNodeId",
            "StatusCode",
            "QualifiedName",
            "LocalizedText",
            "DataValue",
            "Variant");

    /** The same in each run, so that a run does not change what the next one reads. */
    private static final DateTime WRITTEN_AT = new DateTime(Instant.parse("2026-02-02T02:02:02Z"));

    private final OpcUaClient client;
    private final Answers answers;

    private ServiceScript(OpcUaClient client, Answers answers) {
        this.client = client;
        this.answers = answers;
    }

    /** Makes sessions of the same client, all to the same server. */
    public interface Sessions {
        StreamClient open() throws UaException;
    }

    /** Runs the sequence, and the others of this package; the answers by request. */
    public static Map<String, String> run(Sessions sessions) throws UaException {
        Answers answers = new Answers();
        try (StreamClient one = sessions.open();
                StreamClient other = sessions.open()) {
            run(one.milo(), answers);
            BatchScript.run(one.milo(), answers);
            SubscriptionScript.run(one.milo(), other.milo(), answers);
            EventScript.run(one.milo(), answers);
            SeldomScript.run(one.milo(), other.milo(), answers);
            ServerScript.run(one.milo(), answers);
        }
        return answers.texts();
    }

    private static void run(OpcUaClient client, Answers answers) throws UaException {
        ServiceScript script = new ServiceScript(client, answers);
        script.settle();
        script.browseEverything();
        script.browseWithContinuationPoint();
        script.readValues();
        script.readWrongly();
        script.write();
        script.call();
        script.translate();
        script.monitor();
    }

    private void step(String name, Answers.Request request) {
        answers.step(name, request);
    }

    private static NodeId node(String id) {
        return new NodeId(2, id);
    }

    // ---- view

    private void browseEverything() throws UaException {
        Deque<NodeId> open = new ArrayDeque<>(List.of(NodeIds.ObjectsFolder, NodeIds.Structure, NodeIds.Enumeration));
        Set<NodeId> seen = new HashSet<>(open);
        while (!open.isEmpty() && seen.size() < NODES_MAX) {
            NodeId next = open.remove();
            BrowseResult result = client.browse(everythingOf(next, BrowseDirection.Both));
            answers.keep("browse " + next.toParseableString(), result.getReferences());
            for (ReferenceDescription each : Objects.requireNonNull(result.getReferences())) {
                NodeId target =
                        each.getNodeId().toNodeId(client.getNamespaceTable()).orElseThrow();
                if (each.getIsForward() && target.getNamespaceIndex().intValue() == 2 && seen.add(target)) {
                    open.add(target);
                }
            }
        }
        step(
                "browse unknown",
                () -> client.browse(everythingOf(node("nowhere"), BrowseDirection.Forward))
                        .getStatusCode());
    }

    private static BrowseDescription everythingOf(NodeId nodeId, BrowseDirection direction) {
        return new BrowseDescription(nodeId, direction, NodeIds.References, true, uint(0), uint(63));
    }

    private void browseWithContinuationPoint() throws UaException {
        var response = client.browse(
                new ViewDescription(NodeId.NULL_VALUE, DateTime.NULL_VALUE, uint(0)),
                uint(7),
                List.of(everythingOf(NodeIds.Server_ServerCapabilities, BrowseDirection.Forward)));
        BrowseResult result = Objects.requireNonNull(response.getResults())[0];
        List<String> names = new ArrayList<>();
        while (true) {
            for (ReferenceDescription each : Objects.requireNonNull(result.getReferences())) {
                names.add(String.valueOf(each.getBrowseName().name()));
            }
            var point = result.getContinuationPoint();
            if (point == null || point.isNullOrEmpty()) {
                break;
            }
            result = Objects.requireNonNull(
                    client.browseNext(false, List.of(point)).getResults())[0];
        }
        answers.keep("browse in pages", names);
    }

    private void translate() {
        step(
                "translate",
                () -> client.translateBrowsePaths(List.of(
                                path(NodeIds.ObjectsFolder, "Simulator", "static", "static/Int32"),
                                path(NodeIds.ObjectsFolder, "Simulator", "nowhere")))
                        .getResults());
    }

    private static BrowsePath path(NodeId start, String... names) {
        return new BrowsePath(
                start,
                new RelativePath(Arrays.stream(names)
                        .map(name -> new RelativePathElement(
                                NodeIds.HierarchicalReferences, false, true, new QualifiedName(2, name)))
                        .toArray(RelativePathElement[]::new)));
    }

    // ---- attributes

    private void readValues() {
        List<String> ids = new ArrayList<>();
        for (String type : STATICS) {
            ids.add("static/" + type);
            ids.add("static/" + type + "Array");
        }
        ids.addAll(List.of(
                "static/Int32Matrix",
                "structure/point",
                "structure/points",
                "enumeration/mode",
                "access/readOnly",
                "access/writeOnly",
                "access/userDenied"));
        for (TimestampsToReturn timestamps : List.of(TimestampsToReturn.Both, TimestampsToReturn.Source)) {
            for (String id : ids) {
                step(
                        "read " + id + " " + timestamps,
                        () -> timeless(client.readValues(0, timestamps, List.of(node(id)))
                                .get(0)));
            }
        }
        for (AttributeId attribute : AttributeId.values()) {
            step("read " + attribute, () -> read("structure/point", attribute.uid(), null, null));
            step("read type " + attribute, () -> read("type/Point", attribute.uid(), null, null));
        }
    }

    private Object read(String id, UInteger attribute, @Nullable String range, @Nullable QualifiedName encoding)
            throws UaException {
        ReadValueId what =
                new ReadValueId(node(id), attribute, range, encoding == null ? QualifiedName.NULL_VALUE : encoding);
        DataValue value = Objects.requireNonNull(
                client.read(0, TimestampsToReturn.Source, List.of(what)).getResults())[0];
        return timeless(value);
    }

    /** The server time is the time of the answer: only that there is one can be compared. */
    private static String timeless(DataValue value) {
        return value.withServerTime(null) + (value.serverTime() == null ? "" : " with a server time");
    }

    private void readWrongly() {
        UInteger value = AttributeId.Value.uid();
        step("read unknown", () -> read("nowhere", value, null, null));
        step("read attribute 99", () -> read("static/Int32", uint(99), null, null));
        step("read range", () -> read("static/Int32Array", value, "1:2", null));
        step("read range outside", () -> read("static/Int32Array", value, "7", null));
        step("read range nonsense", () -> read("static/Int32Array", value, "a:b", null));
        step("read encoding", () -> read("structure/point", value, null, new QualifiedName(0, "Default Nonsense")));
        step(
                "read nothing",
                () -> client.read(0, TimestampsToReturn.Source, List.of()).getResults());
        step(
                "read with a negative age",
                () -> client.read(
                                -1,
                                TimestampsToReturn.Source,
                                List.of(new ReadValueId(node("static/Int32"), value, null, QualifiedName.NULL_VALUE)))
                        .getResults());
    }

    /** What this and the other scripts write is the same at the beginning of each run. */
    private void settle() {
        step("settle Int32", () -> write("static/Int32", Variant.ofInt32(5), null));
        step("settle Int32Array", () -> write("static/Int32Array", Variant.of(new Integer[] {9, 9, 3}), null));
        step("settle UInt32", () -> write("static/UInt32", Variant.ofUInt32(uint(6)), null));
        step("settle Float", () -> write("static/Float", Variant.ofFloat(7), null));
        step("settle Double", () -> write("static/Double", Variant.ofDouble(8), null));
        // Denied to nobody in particular only.
        step("settle userDenied", () -> write("access/userDenied", Variant.ofInt32(5), null));
    }

    private void write() {
        step("write", () -> write("static/Int32", Variant.ofInt32(5), null));
        step("write range", () -> write("static/Int32Array", Variant.of(new Integer[] {9, 9}), "0:1"));
        step("write wrong type", () -> write("static/Int32", Variant.ofString("five"), null));
        step("write unknown", () -> write("nowhere", Variant.ofInt32(5), null));
        step("write read-only", () -> write("access/readOnly", Variant.ofInt32(5), null));
        step("write denied", () -> write("access/userDenied", Variant.ofInt32(5), null));
        step("write nothing", () -> client.write(List.of()).getResults());
        step(
                "read back",
                () -> client.readValues(0, TimestampsToReturn.Neither, List.of(node("static/Int32")))
                        .get(0)
                        .value());
    }

    private Object write(String id, Variant value, @Nullable String range) throws UaException {
        WriteValue write = new WriteValue(
                node(id),
                AttributeId.Value.uid(),
                range,
                new DataValue(value, StatusCode.GOOD, WRITTEN_AT, WRITTEN_AT));
        return Objects.requireNonNull(client.write(List.of(write)).getResults())[0];
    }

    // ---- methods

    private void call() {
        step("call add", () -> call("methods/add", Variant.ofDouble(2), Variant.ofDouble(0.5)));
        step("call with too few", () -> call("methods/add", Variant.ofDouble(2)));
        step("call with too many", () -> call("methods/record", Variant.ofString("a"), Variant.ofString("b")));
        step("call with a wrong type", () -> call("methods/record", Variant.ofInt32(1)));
        step("call unknown", () -> call("methods/nowhere"));
    }

    private Object call(String method, Variant... inputs) throws UaException {
        CallMethodRequest request = new CallMethodRequest(node("methods"), node(method), inputs);
        return Objects.requireNonNull(client.call(List.of(request)).getResults())[0];
    }

    // ---- monitored items

    private void monitor() throws UaException {
        UInteger subscription = client.createSubscription(1000, uint(30), uint(10), uint(0), true, ubyte(0))
                .getSubscriptionId();
        step("monitor", () -> create(subscription, "counter/0", AttributeId.Value.uid(), 0, 5));
        step("monitor slowly", () -> create(subscription, "counter/0", AttributeId.Value.uid(), 2000, 0));
        step(
                "monitor at the rate of the subscription",
                () -> create(subscription, "counter/0", AttributeId.Value.uid(), -1, 100_000));
        step("monitor a name", () -> create(subscription, "counter/0", AttributeId.DisplayName.uid(), 0, 1));
        step("monitor unknown", () -> create(subscription, "nowhere", AttributeId.Value.uid(), 0, 1));
        step("monitor attribute 99", () -> create(subscription, "counter/0", uint(99), 0, 1));
        step(
                "monitor in no subscription",
                () -> create(uint(4_000_000_000L), "counter/0", AttributeId.Value.uid(), 0, 1));
        step(
                "delete unknown item",
                () -> client.deleteMonitoredItems(subscription, List.of(uint(4_000_000_000L)))
                        .getResults());
        step(
                "publishing mode",
                () -> client.setPublishingMode(false, List.of(subscription, uint(4_000_000_000L)))
                        .getResults());
        step(
                "delete subscription",
                () -> client.deleteSubscriptions(List.of(subscription, uint(4_000_000_000L)))
                        .getResults());
    }

    private String create(UInteger subscription, String id, UInteger attribute, double samplingMs, int queue)
            throws UaException {
        MonitoredItemCreateRequest item = new MonitoredItemCreateRequest(
                new ReadValueId(node(id), attribute, null, QualifiedName.NULL_VALUE),
                MonitoringMode.Reporting,
                new MonitoringParameters(uint(1), samplingMs, null, uint(queue), true));
        var result =
                Objects.requireNonNull(client.createMonitoredItems(subscription, TimestampsToReturn.Both, List.of(item))
                        .getResults())[0];
        return result.getStatusCode() + " sampling " + result.getRevisedSamplingInterval() + " queue "
                + result.getRevisedQueueSize();
    }
}
