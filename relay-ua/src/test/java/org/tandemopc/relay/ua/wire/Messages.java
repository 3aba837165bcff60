package org.tandemopc.relay.ua.wire;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePath;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePathResult;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePathTarget;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadResult;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryUpdateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryUpdateResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.HistoryUpdateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePath;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePathElement;
import org.eclipse.milo.opcua.stack.core.types.structured.TranslateBrowsePathsToNodeIdsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.TranslateBrowsePathsToNodeIdsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.Nullable;

/** Typed messages of every raw service, with operations and results numbered as wanted: Milo's bytes for them. */
final class Messages {
    static final List<RawType> SERVICES =
            Arrays.stream(RawType.values()).filter(RawType::hasRawRequest).toList();
    static final StatusCode REFUSED = new StatusCode(0x803B_0000L);

    private static final NodeId[] NODES = Samples.nodeIds().values().toArray(new NodeId[0]);

    private Messages() {}

    /** A request with these operations; equal numbers give equal operations. */
    static RawRequest request(RawType type, int... operations) {
        return UaWire.raw(typedRequest(type, operations));
    }

    static UaRequestMessageType typedRequest(RawType type, int... operations) {
        var header = Samples.requestHeader();
        return switch (type) {
            case READ ->
                new ReadRequest(
                        header,
                        12.5,
                        TimestampsToReturn.Server,
                        each(
                                operations,
                                ReadValueId[]::new,
                                i -> new ReadValueId(
                                        NODES[i % 8],
                                        Unsigned.uint(13 + i),
                                        "1:2",
                                        new QualifiedName(0, "Default Binary"))));
            case WRITE ->
                new WriteRequest(
                        header,
                        each(
                                operations,
                                WriteValue[]::new,
                                i -> new WriteValue(
                                        NODES[i % 8],
                                        Unsigned.uint(13),
                                        null,
                                        Samples.dataValue(new Variant(Samples.structure())))));
            case CALL -> new CallRequest(header, each(operations, CallMethodRequest[]::new, Messages::call));
            case BROWSE ->
                new BrowseRequest(
                        header,
                        new ViewDescription(NODES[5], Samples.TIME, Unsigned.uint(1)),
                        Unsigned.uint(100),
                        each(
                                operations,
                                BrowseDescription[]::new,
                                i -> new BrowseDescription(
                                        NODES[i % 8],
                                        BrowseDirection.Both,
                                        NodeIds.References,
                                        true,
                                        Unsigned.uint(i),
                                        Unsigned.uint(63))));
            case BROWSE_NEXT ->
                new BrowseNextRequest(header, false, each(operations, ByteString[]::new, Messages::point));
            case TRANSLATE ->
                new TranslateBrowsePathsToNodeIdsRequest(
                        header,
                        each(
                                operations,
                                BrowsePath[]::new,
                                i -> new BrowsePath(NODES[i % 8], new RelativePath(new RelativePathElement[] {
                                    new RelativePathElement(NodeIds.Organizes, false, true, new QualifiedName(2, "a")),
                                    new RelativePathElement(NODES[5], true, false, QualifiedName.NULL_VALUE)
                                }))));
            case HISTORY_READ -> historyRead(header, each(operations, ByteString[]::new, Messages::point));
            case HISTORY_UPDATE ->
                new HistoryUpdateRequest(
                        header,
                        each(
                                operations,
                                ExtensionObject[]::new,
                                i -> ExtensionObject.of(new ByteString(new byte[] {(byte) i}), Samples.UNKNOWN_TYPE)));
            case PUBLISH -> throw new IllegalArgumentException();
        };
    }

    static HistoryReadRequest historyRead(
            org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader header, ByteString... points) {
        var nodes = new HistoryReadValueId[points.length];
        for (int i = 0; i < points.length; i++) {
            nodes[i] = new HistoryReadValueId(NODES[5], null, QualifiedName.NULL_VALUE, points[i]);
        }
        return new HistoryReadRequest(header, Samples.structure(), TimestampsToReturn.Both, false, nodes);
    }

    /** A response with these results, {@link #REFUSED} alone for -1; equal numbers give equal results. */
    static RawResponse response(RawType type, boolean diagnostics, int... results) {
        return UaWire.raw(typedResponse(type, diagnostics, results));
    }

    static UaResponseMessageType typedResponse(RawType type, boolean diagnostics, int... results) {
        var header = Samples.responseHeader();
        DiagnosticInfo[] infos = diagnostics
                ? each(results, DiagnosticInfo[]::new, i -> i < 0 ? null : Samples.diagnosticInfo(i % 3))
                : null;
        return switch (type) {
            case READ ->
                new ReadResponse(
                        header,
                        each(
                                results,
                                DataValue[]::new,
                                i -> i < 0
                                        ? new DataValue(Variant.NULL_VALUE, REFUSED, null, null)
                                        : Samples.dataValue(new Variant(i))),
                        infos);
            case WRITE -> new WriteResponse(header, each(results, StatusCode[]::new, Messages::status), infos);
            case CALL ->
                new CallResponse(
                        header,
                        each(
                                results,
                                CallMethodResult[]::new,
                                i -> i < 0
                                        ? new CallMethodResult(REFUSED, null, null, null)
                                        : new CallMethodResult(
                                                status(i),
                                                new StatusCode[] {StatusCode.GOOD, REFUSED},
                                                new DiagnosticInfo[] {Samples.diagnosticInfo(1)},
                                                new Variant[] {new Variant(i), new Variant(Samples.structure())})),
                        infos);
            case BROWSE -> new BrowseResponse(header, each(results, BrowseResult[]::new, Messages::browsed), infos);
            case BROWSE_NEXT ->
                new BrowseNextResponse(header, each(results, BrowseResult[]::new, Messages::browsed), infos);
            case TRANSLATE ->
                new TranslateBrowsePathsToNodeIdsResponse(
                        header,
                        each(
                                results,
                                BrowsePathResult[]::new,
                                i -> i < 0
                                        ? new BrowsePathResult(REFUSED, null)
                                        : new BrowsePathResult(status(i), new BrowsePathTarget[] {
                                            new BrowsePathTarget(NODES[i % 8].expanded(), Unsigned.uint(7))
                                        })),
                        infos);
            case HISTORY_READ ->
                new HistoryReadResponse(
                        header,
                        each(
                                results,
                                HistoryReadResult[]::new,
                                i -> i < 0
                                        ? new HistoryReadResult(REFUSED, ByteString.NULL_VALUE, null)
                                        : new HistoryReadResult(status(i), point(i), Samples.structure())),
                        infos);
            case HISTORY_UPDATE ->
                new HistoryUpdateResponse(
                        header,
                        each(
                                results,
                                HistoryUpdateResult[]::new,
                                i -> i < 0
                                        ? new HistoryUpdateResult(REFUSED, null, null)
                                        : new HistoryUpdateResult(
                                                status(i),
                                                new StatusCode[] {status(i)},
                                                new DiagnosticInfo[] {Samples.diagnosticInfo(0)})),
                        infos);
            case PUBLISH -> throw new IllegalArgumentException();
        };
    }

    /** The continuation point of result i: none for every third. */
    static ByteString point(int i) {
        return i % 3 == 2 ? ByteString.NULL_VALUE : new ByteString(new byte[] {(byte) i, 42, 43});
    }

    static CallMethodRequest call(int i) {
        return new CallMethodRequest(
                NODES[i % 8], new NodeId(0, 3875 + i), new Variant[] {new Variant(i), new Variant("x")});
    }

    private static BrowseResult browsed(int i) {
        if (i < 0) {
            return new BrowseResult(REFUSED, ByteString.NULL_VALUE, null);
        }
        return new BrowseResult(status(i), point(i), new ReferenceDescription[] {
            new ReferenceDescription(
                    NodeIds.Organizes,
                    true,
                    ExpandedNodeId.of("urn:a", "b"),
                    new QualifiedName(2, "name"),
                    new LocalizedText("en", "Name"),
                    NodeClass.Variable,
                    NodeIds.BaseDataVariableType.expanded())
        });
    }

    private static StatusCode status(int i) {
        return i < 0 ? REFUSED : new StatusCode(0x4000_0000L + i);
    }

    private static <T extends @Nullable Object> T[] each(
            int[] numbers, IntFunction<T[]> array, IntFunction<T> element) {
        return Arrays.stream(numbers).mapToObj(element).toArray(array);
    }
}
