package org.tandemopc.relay.ua.wire;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.NamespaceTable;
import org.eclipse.milo.opcua.stack.core.ServerTable;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingManager;
import org.eclipse.milo.opcua.stack.core.encoding.UaDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.UaEncoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.types.DataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.DefaultDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.QueryFirstResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.QueryNextResponse;
import org.jspecify.annotations.Nullable;

/**
 * The types of a transport, guarded against what a peer may send. Milo's decoder allocates what a length says before it
 * looks whether the bytes are there, up to the largest message for each array and without any bound for the dimensions of
 * a matrix; and as a message it decodes whatever type a peer names, also one with Variants in Variants, each with such an
 * array. Here
 * <ul>
 *   <li>a message is a request or a response; no other type is decoded as one, nor is one of the two responses with
 *       Variants in them that Tandem has no service for,
 *   <li>no length in a message may be more than the bytes that are left of it,
 *   <li>messages that may hold Variants are not decoded by Milo at all ({@link PassCodec}), or after a walk through all of
 *       them ({@link Walked}).
 * </ul>
 * Filled when made; any thread afterwards.
 */
final class GuardedTypes extends DefaultDataTypeManager {
    private static final Set<Class<?>> HOLD_VARIANTS = Set.of(QueryFirstResponse.class, QueryNextResponse.class);

    /** Bodies of a Publish answer, which its walk has been through. */
    private static final Set<NodeId> NOTIFICATIONS = Set.of(
            new NodeId(0, UpstreamPublish.DATA_CHANGE_NOTIFICATION),
            new NodeId(0, UpstreamPublish.EVENT_NOTIFICATION_LIST),
            new NodeId(0, UpstreamPublish.STATUS_CHANGE_NOTIFICATION));

    private final Map<NodeId, DataTypeCodec> messages = new HashMap<>();

    @Override
    public void registerType(
            NodeId dataTypeId,
            DataTypeCodec codec,
            @Nullable NodeId binaryEncodingId,
            @Nullable NodeId xmlEncodingId,
            @Nullable NodeId jsonEncodingId) {
        super.registerType(dataTypeId, codec, binaryEncodingId, xmlEncodingId, jsonEncodingId);
        if (binaryEncodingId != null && !NOTIFICATIONS.contains(binaryEncodingId)) {
            messages.put(binaryEncodingId, guarded(codec));
        }
    }

    @Override
    public @Nullable DataTypeCodec getCodec(NodeId id) {
        DataTypeCodec message = messages.get(id);
        return message != null ? message : super.getCodec(id);
    }

    private static DataTypeCodec guarded(DataTypeCodec codec) {
        if (codec instanceof PassCodec || codec instanceof Walked) {
            return codec;
        }
        Class<?> type = codec.getType();
        boolean isMessage = UaRequestMessageType.class.isAssignableFrom(type)
                || (UaResponseMessageType.class.isAssignableFrom(type) && !HOLD_VARIANTS.contains(type));
        return isMessage ? new Bounded(codec) : new Refused(codec);
    }

    /** Writes as its codec does. */
    private abstract static class Guard implements DataTypeCodec {
        final DataTypeCodec codec;

        Guard(DataTypeCodec codec) {
            this.codec = codec;
        }

        @Override
        public Class<?> getType() {
            return codec.getType();
        }

        @Override
        public void encode(EncodingContext context, UaEncoder encoder, UaStructuredType value) {
            codec.encode(context, encoder, value);
        }
    }

    private static final class Refused extends Guard {
        Refused(DataTypeCodec codec) {
            super(codec);
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            throw new UaSerializationException(
                    StatusCodes.Bad_DecodingError, codec.getType().getSimpleName() + " is no message");
        }
    }

    private static final class Bounded extends Guard {
        Bounded(DataTypeCodec codec) {
            super(codec);
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            ByteBuf bytes = PassCodec.buffer(decoder);
            EncodingContext bounded = new Within(context, bytes.readableBytes());
            return codec.decode(bounded, new OpcUaBinaryDecoder(bounded).setBuffer(bytes));
        }
    }

    /** A response that Milo decodes once its values were walked. */
    static final class Walked extends Guard {
        private final PassCodec.Responses passing;

        Walked(RawType type, DataTypeCodec typed) {
            super(typed);
            this.passing = new PassCodec.Responses(type, typed);
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            try {
                return UaWire.decode((RawResponse) passing.decode(context, decoder));
            } catch (MalformedException e) {
                throw new UaSerializationException(StatusCodes.Bad_DecodingError, e);
            }
        }
    }

    /** The context for a message of so many bytes. */
    private record Within(EncodingContext context, int bytes) implements EncodingContext {
        @Override
        public DataTypeManager getDataTypeManager() {
            return context.getDataTypeManager();
        }

        @Override
        public EncodingManager getEncodingManager() {
            return context.getEncodingManager();
        }

        @Override
        public EncodingLimits getEncodingLimits() {
            EncodingLimits usual = context.getEncodingLimits();
            return new EncodingLimits(
                    usual.getMaxChunkSize(),
                    usual.getMaxChunkCount(),
                    Math.min(usual.getMaxMessageSize(), bytes),
                    usual.getMaxRecursionDepth());
        }

        @Override
        public NamespaceTable getNamespaceTable() {
            return context.getNamespaceTable();
        }

        @Override
        public ServerTable getServerTable() {
            return context.getServerTable();
        }
    }
}
