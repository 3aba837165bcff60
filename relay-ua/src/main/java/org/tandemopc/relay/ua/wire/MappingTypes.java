package org.tandemopc.relay.ua.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.UaDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.UaEncoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.types.DataTypeDictionary;
import org.eclipse.milo.opcua.stack.core.types.DataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.UaMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The types of the connection to one member: above it node ids are the pair's, on the wire they are the member's. A message
 * is encoded as ever and renumbered in the bytes that have just been written; one that comes is copied, renumbered, and then
 * decoded, or kept undecoded, as ever. Where the tables agree the codecs are those of the inner types and nothing is walked.
 */
final class MappingTypes implements DataTypeManager {
    private final DataTypeManager inner;
    private final Supplier<NamespaceMap> map;

    /** @param map asked for each message */
    MappingTypes(DataTypeManager inner, Supplier<NamespaceMap> map) {
        this.inner = inner;
        this.map = map;
    }

    @Override
    public @Nullable DataTypeCodec getCodec(NodeId id) {
        DataTypeCodec codec = inner.getCodec(id);
        NamespaceMap now = map.get();
        if (now.isIdentity() || codec == null || !UaMessageType.class.isAssignableFrom(codec.getType())) {
            return codec;
        }
        DataTypeCodec typed = OpcUaDataTypeManager.getInstance().getCodec(id);
        return typed == null ? codec : new Message(codec, typed, now);
    }

    /** @param typed leads through the message, whatever the codec makes of it */
    private record Message(DataTypeCodec codec, DataTypeCodec typed, NamespaceMap map) implements DataTypeCodec {
        @Override
        public Class<?> getType() {
            return codec.getType();
        }

        @Override
        public void encode(EncodingContext context, UaEncoder encoder, UaStructuredType value) {
            ByteBuf buffer = PassCodec.buffer(encoder);
            int start = buffer.writerIndex();
            codec.encode(context, encoder, value);
            byte[] message = new byte[buffer.writerIndex() - start];
            buffer.getBytes(start, message);
            try {
                renumber(message, map::toMember);
            } catch (MalformedException e) {
                throw new UnmappableException(e);
            }
            buffer.setBytes(start, message);
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            byte[] message = PassCodec.rest(decoder);
            try {
                renumber(message, map::toPair);
            } catch (MalformedException e) {
                throw new UnmappableException(e);
            }
            return codec.decode(context, new OpcUaBinaryDecoder(context).setBuffer(Unpooled.wrappedBuffer(message)));
        }

        private void renumber(byte[] message, IntUnaryOperator index) {
            RenumberingWalker walker = new RenumberingWalker(message, 0, message.length, index);
            WalkingDecoder.walk(typed, walker, "message");
            walker.end("message");
        }
    }

    @Override
    public void registerType(
            NodeId dataTypeId,
            DataTypeCodec codec,
            @Nullable NodeId binaryEncodingId,
            @Nullable NodeId xmlEncodingId,
            @Nullable NodeId jsonEncodingId) {
        throw new UnsupportedOperationException("the types of a connection are given");
    }

    @Override
    public @Nullable NodeId getBinaryEncodingId(NodeId dataTypeId) {
        return inner.getBinaryEncodingId(dataTypeId);
    }

    @Override
    public @Nullable NodeId getXmlEncodingId(NodeId dataTypeId) {
        return inner.getXmlEncodingId(dataTypeId);
    }

    @Override
    public @Nullable NodeId getJsonEncodingId(NodeId dataTypeId) {
        return inner.getJsonEncodingId(dataTypeId);
    }

    @Override
    public @Nullable DataTypeDictionary getTypeDictionary(String namespaceUri) {
        return inner.getTypeDictionary(namespaceUri);
    }

    @Override
    public void registerTypeDictionary(DataTypeDictionary dictionary) {
        throw new UnsupportedOperationException("the types of a connection are given");
    }
}
