package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.UaMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.junit.jupiter.api.Test;

class UaWireTest {
    private static final EncodingContext PASSING = UaWire.encodingContext(EncodingLimits.DEFAULT);

    private static final ReadRequest READ =
            new ReadRequest(Samples.requestHeader(), 1.0, TimestampsToReturn.Both, new ReadValueId[] {
                new ReadValueId(new NodeId(2, "a"), Unsigned.uint(13), null, QualifiedName.NULL_VALUE)
            });

    @Test
    void aRequestIsRawAndLeavesAsItCame() {
        byte[] wire = encode(UaWire.plainContext(), READ);

        var raw = (RawRequest) decode(PASSING, wire);

        assertThat(raw.type()).isEqualTo(RawType.READ);
        assertThat(raw.header()).isEqualTo(READ.getRequestHeader());
        assertThat(encode(PASSING, raw)).isEqualTo(wire);
        assertThat(UaWire.decode(raw)).isEqualTo(READ);
    }

    @Test
    void aResponseIsRawAndLeavesAsItCame() {
        var response = new ReadResponse(
                Samples.responseHeader(), new DataValue[] {Samples.dataValue(new Variant(Samples.structure()))}, null);
        byte[] wire = encode(UaWire.plainContext(), response);

        var raw = (RawResponse) decode(PASSING, wire);

        assertThat(raw.type()).isEqualTo(RawType.READ);
        assertThat(encode(PASSING, raw)).isEqualTo(wire);
        assertThat(UaWire.decode(raw)).isEqualTo(response);
    }

    /** The body of a raw message is never looked at: not even whether it is one. */
    @Test
    void aBodyThatMiloCouldNotDecodePassesByteForByte() {
        byte[] nonsense = Samples.hex("ff fe fd 00 01 02 03");
        for (RawType type : RawType.values()) {
            if (type.hasRawRequest()) {
                var request = new RawRequest(type, Samples.requestHeader(), nonsense);
                var passed = (RawRequest) decode(PASSING, encode(PASSING, request));
                assertThat(passed.type()).isEqualTo(type);
                assertThat(passed.body()).isEqualTo(nonsense);
            }
            var response = new RawResponse(type, Samples.responseHeader(), nonsense);
            var passed = (RawResponse) decode(PASSING, encode(PASSING, response));
            assertThat(passed.type()).isEqualTo(type);
            assertThat(passed.body()).isEqualTo(nonsense);
        }
    }

    @Test
    void typedMessagesOfARawServiceAreWrittenAsMiloWritesThem() {
        assertThat(encode(PASSING, READ)).isEqualTo(encode(UaWire.plainContext(), READ));
    }

    @Test
    void publishRequestsStayTyped() {
        var publish = new PublishRequest(
                Samples.requestHeader(),
                new SubscriptionAcknowledgement[] {new SubscriptionAcknowledgement(Unsigned.uint(1), UInteger.MAX)});

        assertThat(decode(PASSING, encode(PASSING, publish))).isEqualTo(publish);
    }

    @Test
    void aTypedMessageBecomesRawWithTheSameBytes() {
        byte[] wire = encode(UaWire.plainContext(), READ);
        assertThat(encode(PASSING, UaWire.raw(READ))).isEqualTo(wire);

        var response = new ReadResponse(Samples.responseHeader(), new DataValue[0], null);
        assertThat(encode(PASSING, UaWire.raw(response))).isEqualTo(encode(UaWire.plainContext(), response));
    }

    @Test
    void theSameLimitsGiveTheSameContextAndOthersAnother() {
        var limits = new EncodingLimits(65_535, 512, 16 << 20, 64);
        assertThat(UaWire.encodingContext(limits))
                .isSameAs(UaWire.encodingContext(new EncodingLimits(65_535, 512, 16 << 20, 64)))
                .isNotSameAs(PASSING);
        assertThat(UaWire.encodingContext(limits).getEncodingLimits().getMaxMessageSize())
                .isEqualTo(16 << 20);
    }

    @Test
    void decodingABrokenBodyIsMalformed() {
        var raw = new RawRequest(RawType.READ, Samples.requestHeader(), Samples.hex("00"));
        assertThatThrownBy(() -> UaWire.decode(raw)).isInstanceOf(MalformedException.class);
    }

    static byte[] encode(EncodingContext context, UaMessageType message) {
        ByteBuf buffer = Unpooled.buffer();
        new OpcUaBinaryEncoder(context).setBuffer(buffer).encodeMessage(null, message);
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    static UaMessageType decode(EncodingContext context, byte[] bytes) {
        return new OpcUaBinaryDecoder(context)
                .setBuffer(Unpooled.wrappedBuffer(bytes))
                .decodeMessage(null);
    }
}
