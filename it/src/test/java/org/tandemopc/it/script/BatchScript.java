package org.tandemopc.it.script;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePath;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryData;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadResult;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRawModifiedDetails;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePath;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePathElement;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/**
 * Several operations in one request: right and wrong ones, and those that Tandem answers among those that it relays. Each
 * result must be where its operation was. And what takes several requests: references and history in pages.
 */
final class BatchScript {
    private static final int HISTORY_PAGES = 3;
    private static final DateTime WRITTEN_AT = new DateTime(Instant.parse("2026-02-02T02:02:02Z"));
    private static final ByteString NOBODYS_POINT =
            ByteString.of("a point that nobody gave".getBytes(StandardCharsets.US_ASCII));
    private static final NodeId NOWHERE = new NodeId(2, "nowhere");
    private static final NodeId METHODS = new NodeId(2, "methods");
    private static final NodeId ADD = new NodeId(2, "methods/add");
    /** One of each class of nodes but variables. */
    private static final List<NodeId> NODES = List.of(
            METHODS, ADD, NodeIds.String, NodeIds.References, NodeIds.BaseObjectType, NodeIds.BaseDataVariableType);

    private final OpcUaClient client;
    private final Answers answers;

    private BatchScript(OpcUaClient client, Answers answers) {
        this.client = client;
        this.answers = answers;
    }

    static void run(OpcUaClient client, Answers answers) {
        BatchScript script = new BatchScript(client, answers);
        script.reads();
        script.writes();
        script.calls();
        script.paths();
        script.pages();
        script.history();
    }

    // ---- attributes

    private void reads() {
        for (NodeId node : NODES) {
            answers.step(
                    "all attributes of " + node.toParseableString(),
                    () -> read(
                            TimestampsToReturn.Neither,
                            Stream.of(AttributeId.values())
                                    .map(attribute -> of(node, attribute, null))
                                    .toList()));
        }
        answers.step(
                "read several",
                () -> read(
                        TimestampsToReturn.Server,
                        List.of(
                                of(simulated("Int32"), AttributeId.Value, null),
                                // Tandem answers it, and says the same as a server that is well.
                                of(NodeIds.Server_ServerStatus_State, AttributeId.Value, null),
                                of(NOWHERE, AttributeId.Value, null),
                                of(simulated("Int32Array"), AttributeId.Value, "1:2"),
                                of(NodeIds.Server_ServerStatus_State, AttributeId.BrowseName, null),
                                of(NodeIds.Server_ServiceLevel, AttributeId.Value, null),
                                of(simulated("Int32"), AttributeId.Executable, null))));
    }

    private static NodeId simulated(String type) {
        return new NodeId(2, "static/" + type);
    }

    private static ReadValueId of(NodeId node, AttributeId attribute, @Nullable String range) {
        return new ReadValueId(node, attribute.uid(), range, QualifiedName.NULL_VALUE);
    }

    private List<String> read(TimestampsToReturn timestamps, List<ReadValueId> what) throws UaException {
        DataValue[] values =
                Objects.requireNonNull(client.read(0, timestamps, what).getResults());
        return Arrays.stream(values)
                .map(each -> each.withServerTime(null) + (each.serverTime() == null ? "" : " with a server time"))
                .toList();
    }

    private void writes() {
        answers.step(
                "write several",
                () -> client.write(List.of(
                                write(simulated("Int32"), Variant.ofInt32(6), null),
                                write(NOWHERE, Variant.ofInt32(6), null),
                                write(simulated("Int32"), Variant.ofString("six"), null),
                                write(new NodeId(2, "access/readOnly"), Variant.ofInt32(6), null),
                                write(simulated("Int32Array"), Variant.of(new Integer[] {6, 7}), "0:1"),
                                write(simulated("Int32Array"), Variant.of(new Integer[] {6, 7}), "7:8"),
                                write(simulated("UInt32"), Variant.ofUInt32(uint(6)), null)))
                        .getResults());
        answers.step(
                "read what was written",
                () -> read(
                        TimestampsToReturn.Source,
                        Stream.of("Int32", "Int32Array", "UInt32")
                                .map(type -> of(simulated(type), AttributeId.Value, null))
                                .toList()));
    }

    private static WriteValue write(NodeId node, Variant value, @Nullable String range) {
        return new WriteValue(
                node, AttributeId.Value.uid(), range, new DataValue(value, StatusCode.GOOD, WRITTEN_AT, null));
    }

    // ---- methods

    /** All of one namespace: Milo 1.1.2's server answers none that are of two. */
    private void calls() {
        answers.step(
                "call several",
                () -> texts(send(
                        call(METHODS, ADD, Variant.ofDouble(1), Variant.ofDouble(2)),
                        call(METHODS, ADD, Variant.ofDouble(1)),
                        call(METHODS, NOWHERE),
                        call(METHODS, ADD, Variant.ofDouble(3), Variant.ofDouble(4)))));
    }

    private static CallMethodRequest call(NodeId object, NodeId method, Variant... inputs) {
        return new CallMethodRequest(object, method, inputs);
    }

    private List<CallMethodResult> send(CallMethodRequest... calls) throws UaException {
        return List.of(Objects.requireNonNull(client.call(List.of(calls)).getResults()));
    }

    private static List<String> texts(List<CallMethodResult> results) {
        return results.stream()
                .map(each -> Answers.text(each.getStatusCode()) + " " + Answers.text(each.getOutputArguments()))
                .toList();
    }

    // ---- view

    private void paths() {
        answers.step(
                "translate wrongly",
                () -> client.translateBrowsePaths(List.of(
                                path(NOWHERE, "a"),
                                path(NodeIds.ObjectsFolder),
                                path(NodeIds.ObjectsFolder, "methods")))
                        .getResults());
        answers.step(
                "translate nothing",
                () -> client.translateBrowsePaths(List.of()).getResults());
    }

    private static BrowsePath path(NodeId start, String... names) {
        return new BrowsePath(
                start,
                new RelativePath(Arrays.stream(names)
                        .map(name -> new RelativePathElement(
                                NodeIds.HierarchicalReferences, false, true, new QualifiedName(2, name)))
                        .toArray(RelativePathElement[]::new)));
    }

    /** What a server made up stays here; a point that nobody gave stands between two that it knows. */
    private void pages() {
        List<ByteString> points = new ArrayList<>();
        answers.step(
                "browse several in pages",
                () -> told(
                        client.browse(
                                        new ViewDescription(NodeId.NULL_VALUE, DateTime.NULL_VALUE, uint(0)),
                                        uint(2),
                                        Stream.of(NodeIds.Server_ServerCapabilities, NOWHERE, NodeIds.Server)
                                                .map(BatchScript::everythingOf)
                                                .toList())
                                .getResults(),
                        points));
        answers.step(
                "next pages",
                () -> told(
                        client.browseNext(false, List.of(points.getFirst(), NOBODYS_POINT, points.getLast()))
                                .getResults(),
                        points));
        List<ByteString> released = List.copyOf(points);
        answers.step("release", () -> told(client.browseNext(true, released).getResults(), points));
        answers.step(
                "pages that were released",
                () -> told(client.browseNext(false, released).getResults(), points));
        answers.step(
                "next pages of nothing",
                () -> told(client.browseNext(false, List.of()).getResults(), points));
    }

    private static BrowseDescription everythingOf(NodeId nodeId) {
        return new BrowseDescription(nodeId, BrowseDirection.Forward, NodeIds.References, true, uint(0), uint(63));
    }

    /** @param points where to go on, from these results */
    private static List<String> told(BrowseResult @Nullable [] results, List<ByteString> points) {
        points.clear();
        List<String> texts = new ArrayList<>();
        for (BrowseResult each : results == null ? new BrowseResult[0] : results) {
            ReferenceDescription[] references = each.getReferences();
            ByteString point = each.getContinuationPoint();
            boolean goesOn = isPoint(point);
            if (goesOn) {
                points.add(point);
            }
            texts.add(Answers.text(each.getStatusCode()) + " "
                    + Stream.of(references == null ? new ReferenceDescription[0] : references)
                            .map(ReferenceDescription::getBrowseName)
                            .toList()
                    + (goesOn ? " and more" : ""));
        }
        return texts;
    }

    private static boolean isPoint(@Nullable ByteString point) {
        return point != null && !point.isNullOrEmpty();
    }

    // ---- history

    /** Not every server has a history: the others say so. */
    private void history() {
        ByteString[] point = {ByteString.NULL_VALUE};
        for (int page = 0; page < HISTORY_PAGES; page++) {
            answers.step("history, page " + page, () -> {
                HistoryReadResult result = history(point[0], false);
                point[0] = result.getContinuationPoint();
                return told(result);
            });
        }
        answers.step("history of a point that nobody gave", () -> told(history(NOBODYS_POINT, false)));
        answers.step("history whose point is released", () -> {
            HistoryReadResult first = history(ByteString.NULL_VALUE, false);
            HistoryReadResult released = history(first.getContinuationPoint(), true);
            return told(first) + " " + Answers.text(released.getStatusCode()) + " "
                    + told(history(first.getContinuationPoint(), false));
        });
    }

    private HistoryReadResult history(@Nullable ByteString point, boolean release) throws UaException {
        ReadRawModifiedDetails day = new ReadRawModifiedDetails(
                false,
                new DateTime(Instant.parse("2020-01-01T00:00:00Z")),
                new DateTime(Instant.parse("2020-01-02T00:00:00Z")),
                uint(4),
                false);
        HistoryReadValueId node = new HistoryReadValueId(
                new NodeId(2, "history/0"),
                null,
                QualifiedName.NULL_VALUE,
                point == null ? ByteString.NULL_VALUE : point);
        return Objects.requireNonNull(client.historyRead(day, TimestampsToReturn.Source, release, List.of(node))
                .getResults())[0];
    }

    private static String text(DataValue value) {
        DateTime at = value.sourceTime();
        return value.value().value() + " of " + (at == null ? "no time" : at.getJavaInstant());
    }

    private String told(HistoryReadResult result) {
        boolean hasData =
                result.getHistoryData() != null && !result.getHistoryData().isNull();
        DataValue[] values =
                hasData && result.getHistoryData().decode(client.getStaticEncodingContext()) instanceof HistoryData data
                        ? data.getDataValues()
                        : null;
        return Answers.text(result.getStatusCode()) + " "
                + Stream.of(values == null ? new DataValue[0] : values)
                        .map(BatchScript::text)
                        .toList()
                + (isPoint(result.getContinuationPoint()) ? " and more" : "");
    }
}
