package org.tandemopc.relay.ua.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.NamespaceTable;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.DataTypeInitializer;
import org.eclipse.milo.opcua.stack.core.types.DataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.UaMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;

/**
 * The door between Milo's transports and raw messages: the encoding context that makes them, and the way from raw to
 * typed and back for the few messages that Tandem answers itself. Any thread.
 */
public final class UaWire {
    /** A body has passed the transport's limits already; these only stop Milo from adding its smaller defaults. */
    private static final EncodingLimits BODY_LIMITS = new EncodingLimits(65_535, 65_536, 1 << 30, Walker.LEVELS_MAX);

    private static final EncodingContext PLAIN = new WireContext(BODY_LIMITS, OpcUaDataTypeManager.getInstance());
    private static final DataTypeManager PASSING = passingTypes();
    private static final EncodingContext TYPED = new WireContext(EncodingLimits.DEFAULT, walkedTypes());
    private static final ConcurrentMap<Limits, EncodingContext> CONTEXTS = new ConcurrentHashMap<>();

    static {
        selfTest();
    }

    private record Limits(int chunkSize, int chunkCount, int messageSize, int depth) {}

    private UaWire() {}

    /**
     * The context for a transport whose messages of the {@link RawType}s shall be raw: it decodes them to
     * {@link RawRequest} and {@link RawResponse}, encodes these and their typed counterparts alike, and treats all
     * others as Milo does. One per limits and process.
     */
    public static EncodingContext encodingContext(EncodingLimits limits) {
        var key = new Limits(
                limits.getMaxChunkSize(),
                limits.getMaxChunkCount(),
                limits.getMaxMessageSize(),
                limits.getMaxRecursionDepth());
        return CONTEXTS.computeIfAbsent(key, unused -> new WireContext(limits, PASSING));
    }

    /**
     * The context for the connection to one member: as the given one, but the namespace indexes of all messages are the
     * pair's here and the member's on the wire.
     *
     * @param map asked for each message; must return at once
     */
    public static EncodingContext mapping(EncodingContext context, Supplier<NamespaceMap> map) {
        return new WireContext(context.getEncodingLimits(), new MappingTypes(context.getDataTypeManager(), map));
    }

    /**
     * The context for a transport all of whose messages shall be typed, of at most 2 MB: what a peer sends is decoded as far
     * as {@link GuardedTypes} lets it.
     */
    public static EncodingContext typedContext() {
        return TYPED;
    }

    /** Milo's own context, with the limits of {@link #decode}: for what is read out of raw bodies. */
    public static EncodingContext plainContext() {
        return PLAIN;
    }

    /** @throws MalformedException if the body is not such a request */
    public static UaRequestMessageType decode(RawRequest raw) {
        // Milo would allocate what a length says before it looks whether the bytes are there
        Operations.parse(raw);
        return (UaRequestMessageType)
                decode(raw.type().requestEncoding(), RequestHeader.TYPE_ID, raw.header(), raw.body());
    }

    /** @throws MalformedException if the body is not such a response */
    public static UaResponseMessageType decode(RawResponse raw) {
        if (raw.type() == RawType.PUBLISH) {
            UpstreamPublish.parse(raw);
        } else {
            Answers.parse(raw);
        }
        return (UaResponseMessageType)
                decode(raw.type().responseEncoding(), ResponseHeader.TYPE_ID, raw.header(), raw.body());
    }

    /**
     * Looks whether a member's answer to a request is whole, without making values of it. What may stand behind it is left
     * to whoever reads it.
     *
     * @throws MalformedException if the body is not such a response
     */
    public static void check(RawResponse raw) {
        if (raw.type() != RawType.PUBLISH) {
            Answers.check(raw);
        }
    }

    /**
     * The raw form of a response that Tandem made.
     *
     * @throws IllegalArgumentException if the service is none of the {@link RawType}s
     */
    public static RawResponse raw(UaResponseMessageType response) {
        RawType type = Arrays.stream(RawType.values())
                .filter(t -> t.responseEncoding().equals(response.getBinaryEncodingId()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(response.getTypeName() + " is not passed raw"));
        return new RawResponse(
                type,
                response.getResponseHeader(),
                bodyOf(response, ResponseHeader.TYPE_ID, response.getResponseHeader()));
    }

    /**
     * The raw form of a request that Tandem made.
     *
     * @throws IllegalArgumentException if the service is none of the {@link RawType}s
     */
    public static RawRequest raw(UaRequestMessageType request) {
        RawType type = Arrays.stream(RawType.values())
                .filter(t -> t.hasRawRequest() && t.requestEncoding().equals(request.getBinaryEncodingId()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(request.getTypeName() + " is not passed raw"));
        return new RawRequest(
                type, request.getRequestHeader(), bodyOf(request, RequestHeader.TYPE_ID, request.getRequestHeader()));
    }

    private static byte[] bodyOf(UaMessageType message, ExpandedNodeId headerType, UaStructuredType header) {
        ByteBuf buffer = Unpooled.buffer();
        var encoder = new OpcUaBinaryEncoder(PLAIN).setBuffer(buffer);
        encoder.encodeStruct("Header", header, headerType);
        int headerEnd = buffer.writerIndex();
        buffer.clear();
        codec(message.getBinaryEncodingId()).encode(PLAIN, encoder, message);
        byte[] body = new byte[buffer.writerIndex() - headerEnd];
        buffer.getBytes(headerEnd, body);
        return body;
    }

    private static UaStructuredType decode(
            ExpandedNodeId encodingId, ExpandedNodeId headerType, UaStructuredType header, byte[] body) {
        ByteBuf head = Unpooled.buffer();
        new OpcUaBinaryEncoder(PLAIN).setBuffer(head).encodeStruct("Header", header, headerType);
        ByteBuf message = Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(body));
        return typed(codec(encodingId), message, head.writerIndex());
    }

    /** A structure that lies in a body, without a type id before it. */
    static <T extends UaStructuredType> T decodePart(Walker part, ExpandedNodeId dataTypeId, Class<T> type) {
        ByteBuf bytes = Unpooled.wrappedBuffer(part.array(), part.position(), part.remaining());
        return type.cast(typed(codec(dataTypeId), bytes, -part.position()));
    }

    /** The node id that comes next; leaves the walker where it is. @throws MalformedException if there is none */
    static NodeId nodeId(Walker in) {
        int start = in.position();
        in.skipNodeId("nodeId");
        ByteBuf bytes = Unpooled.wrappedBuffer(in.array(), start, in.position() - start);
        in.seek(start);
        try {
            return new OpcUaBinaryDecoder(PLAIN).setBuffer(bytes).decodeNodeId(null);
        } catch (UaRuntimeException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedException("OPC UA Part 6, 5.2.2.9", "nodeId", start, "" + e.getMessage(), e);
        }
    }

    /** @param bodyStart where in the bytes the message's body begins, for the message of an error */
    private static UaStructuredType typed(DataTypeCodec codec, ByteBuf bytes, int bodyStart) {
        try {
            return codec.decode(PLAIN, new OpcUaBinaryDecoder(PLAIN).setBuffer(bytes));
        } catch (UaRuntimeException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | NegativeArraySizeException
                | NullPointerException
                | ClassCastException e) {
            // what Milo 1.1.2 throws for bytes that it does not understand: future built-in types, odd dimensions
            int offset = Math.max(0, bytes.readerIndex() - bodyStart);
            throw new MalformedException(
                    "OPC UA Part 6, 5.2", codec.getType().getSimpleName(), offset, "" + e.getMessage(), e);
        }
    }

    /** Bytes that Milo writes. */
    static byte[] encodePart(Consumer<OpcUaBinaryEncoder> part) {
        ByteBuf buffer = Unpooled.buffer();
        part.accept(new OpcUaBinaryEncoder(PLAIN).setBuffer(buffer));
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    private static DataTypeCodec codec(ExpandedNodeId encodingId) {
        NodeId local = encodingId.toNodeId(PLAIN.getNamespaceTable()).orElseThrow();
        return Objects.requireNonNull(OpcUaDataTypeManager.getInstance().getCodec(local));
    }

    private static DataTypeManager walkedTypes() {
        var types = new GuardedTypes();
        new DataTypeInitializer().initialize(new NamespaceTable(), types);
        for (RawType type : RawType.values()) {
            register(
                    types,
                    type.responseType(),
                    type.responseEncoding(),
                    new GuardedTypes.Walked(type, codec(type.responseEncoding())));
        }
        return types;
    }

    private static DataTypeManager passingTypes() {
        var types = new GuardedTypes();
        new DataTypeInitializer().initialize(new NamespaceTable(), types);
        for (RawType type : RawType.values()) {
            if (type.hasRawRequest()) {
                register(
                        types,
                        type.requestType(),
                        type.requestEncoding(),
                        new PassCodec.Requests(type, codec(type.requestEncoding())));
            }
            register(
                    types,
                    type.responseType(),
                    type.responseEncoding(),
                    new PassCodec.Responses(type, codec(type.responseEncoding())));
        }
        return types;
    }

    private static void register(
            DataTypeManager types, ExpandedNodeId typeId, ExpandedNodeId encodingId, DataTypeCodec codec) {
        types.registerType(
                typeId.toNodeId(PLAIN.getNamespaceTable()).orElseThrow(),
                codec,
                encodingId.toNodeId(PLAIN.getNamespaceTable()).orElseThrow(),
                null,
                null);
    }

    /** The pass codecs lean on a private field of Milo's: a message must survive them before any client sees one. */
    private static void selfTest() {
        var context = new WireContext(EncodingLimits.DEFAULT, PASSING);
        var header = new RequestHeader(
                NodeId.NULL_VALUE,
                DateTime.MIN_VALUE,
                UInteger.MIN,
                UInteger.MIN,
                null,
                UInteger.MIN,
                ExtensionObject.of(ByteString.NULL_VALUE, NodeId.NULL_VALUE));
        byte[] body = {1, 2, 3, 4, 5};
        ByteBuf buffer = Unpooled.buffer();
        new OpcUaBinaryEncoder(context)
                .setBuffer(buffer)
                .encodeMessage("self-test", new RawRequest(RawType.READ, header, body));
        UaMessageType message =
                new OpcUaBinaryDecoder(context).setBuffer(buffer).decodeMessage("self-test");
        if (!(message instanceof RawRequest raw) || !Arrays.equals(raw.body(), body) || buffer.isReadable()) {
            throw new IllegalStateException(
                    "raw messages do not pass through this version of Milo unchanged: Tandem cannot relay");
        }
    }
}
