package org.tandemopc.relay.ua.wire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.UaDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.UaEncoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;

/**
 * Reads and writes the messages of one {@link RawType} as header and bytes. Milo's codecs get at the message only
 * through its typed decoder, which has no "give me the rest": so this one takes the decoder's buffer, a private field.
 * {@link UaWire} proves at class initialisation that this works with the Milo at hand.
 */
abstract sealed class PassCodec implements DataTypeCodec {
    private static final VarHandle DECODER_BUFFER = bufferOf(OpcUaBinaryDecoder.class);
    private static final VarHandle ENCODER_BUFFER = bufferOf(OpcUaBinaryEncoder.class);

    final RawType type;
    private final DataTypeCodec typed;

    /** @param typed writes messages of this service that Tandem made itself, as typed objects */
    PassCodec(RawType type, DataTypeCodec typed) {
        this.type = type;
        this.typed = typed;
    }

    private static VarHandle bufferOf(Class<?> codec) {
        try {
            return MethodHandles.privateLookupIn(codec, MethodHandles.lookup())
                    .findVarHandle(codec, "buffer", ByteBuf.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    codec.getName() + " has no field ByteBuf buffer: this is not the Milo that Tandem was built for",
                    e);
        }
    }

    /** What the decoder reads from. */
    static ByteBuf buffer(UaDecoder decoder) {
        if (!(decoder instanceof OpcUaBinaryDecoder)) {
            throw new UaSerializationException(StatusCodes.Bad_DecodingError, "messages are binary");
        }
        return (ByteBuf) DECODER_BUFFER.get(decoder);
    }

    static byte[] rest(UaDecoder decoder) {
        ByteBuf buffer = buffer(decoder);
        byte[] rest = new byte[buffer.readableBytes()];
        buffer.readBytes(rest);
        return rest;
    }

    /** What the encoder writes to. */
    static ByteBuf buffer(UaEncoder encoder) {
        if (!(encoder instanceof OpcUaBinaryEncoder)) {
            throw new UaSerializationException(StatusCodes.Bad_EncodingError, "messages are binary");
        }
        return (ByteBuf) ENCODER_BUFFER.get(encoder);
    }

    static void append(UaEncoder encoder, byte[] body) {
        buffer(encoder).writeBytes(body);
    }

    void encodeTyped(EncodingContext context, UaEncoder encoder, UaStructuredType value) {
        typed.encode(context, encoder, value);
    }

    static final class Requests extends PassCodec {
        Requests(RawType type, DataTypeCodec typed) {
            super(type, typed);
        }

        @Override
        public Class<?> getType() {
            return RawRequest.class;
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            var header = (RequestHeader) decoder.decodeStruct("RequestHeader", RequestHeader.TYPE_ID);
            return new RawRequest(type, header, rest(decoder));
        }

        @Override
        public void encode(EncodingContext context, UaEncoder encoder, UaStructuredType value) {
            if (value instanceof RawRequest raw) {
                encoder.encodeStruct("RequestHeader", raw.header(), RequestHeader.TYPE_ID);
                append(encoder, raw.body());
            } else {
                encodeTyped(context, encoder, value);
            }
        }
    }

    static final class Responses extends PassCodec {
        Responses(RawType type, DataTypeCodec typed) {
            super(type, typed);
        }

        @Override
        public Class<?> getType() {
            return RawResponse.class;
        }

        @Override
        public UaStructuredType decode(EncodingContext context, UaDecoder decoder) {
            var header = (ResponseHeader) decoder.decodeStruct("ResponseHeader", ResponseHeader.TYPE_ID);
            return new RawResponse(type, header, rest(decoder));
        }

        @Override
        public void encode(EncodingContext context, UaEncoder encoder, UaStructuredType value) {
            if (value instanceof RawResponse raw) {
                encoder.encodeStruct("ResponseHeader", raw.header(), ResponseHeader.TYPE_ID);
                append(encoder, raw.body());
            } else {
                encodeTyped(context, encoder, value);
            }
        }
    }
}
