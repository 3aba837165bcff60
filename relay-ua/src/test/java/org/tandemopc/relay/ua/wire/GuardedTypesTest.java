package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Small messages for which Milo's decoder would take much memory, from clients and from members. */
class GuardedTypesTest {
    private static final EncodingLimits LIMITS = new EncodingLimits(65_535, 512, 16 << 20, 64);
    private static final EncodingContext MILO = new WireContext(LIMITS, OpcUaDataTypeManager.getInstance());
    private static final int MANY = 8_000_000;
    private static final long MUCH = 4L * MANY;
    private static final long LITTLE = 1_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<Arguments> bombs() {
        return Stream.of(
                bomb(
                        "array in a request",
                        NodeIds.PublishRequest_Encoding_DefaultBinary,
                        request(),
                        out -> out.writeIntLE(MANY)),
                bomb(
                        "array in a response",
                        NodeIds.GetEndpointsResponse_Encoding_DefaultBinary,
                        response(),
                        out -> out.writeIntLE(MANY)),
                bomb("text table of a fault", NodeIds.ServiceFault_Encoding_DefaultBinary, textTable(), out -> {}),
                bomb(
                        "Variants in Variants, named a message",
                        NodeIds.LiteralOperand_Encoding_DefaultBinary,
                        out -> {},
                        nest()),
                bomb(
                        "Variants in Variants, of a service that we have not",
                        NodeIds.QueryFirstResponse_Encoding_DefaultBinary,
                        response(),
                        out -> {
                            out.writeIntLE(1);
                            out.writeShortLE(0); // no NodeId
                            out.writeByte(0).writeByte(0); // no type definition
                            out.writeIntLE(1);
                            nest().accept(out);
                        }),
                bomb("dimensions", NodeIds.ReadResponse_Encoding_DefaultBinary, response(), out -> {
                    out.writeIntLE(1).writeByte(1); // one DataValue with a value
                    out.writeByte(0xC0 | 6).writeIntLE(1).writeIntLE(5); // Int32, one element
                    out.writeIntLE(MANY);
                }),
                bomb(
                        "Variants in Variants, of a read",
                        NodeIds.ReadResponse_Encoding_DefaultBinary,
                        response(),
                        out -> {
                            out.writeIntLE(1).writeByte(1);
                            nest().accept(out);
                        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    @Requirement(value = "I9", protocol = Protocol.UA)
    void lengthIsNotBelievedBeforeTheBytesAreThere(String name, byte[] message) {
        assertThat(allocatedFor(MILO, message)).as("control: Milo does").isGreaterThan(MUCH);

        assertThat(allocatedFor(UaWire.typedContext(), message)).as("typed").isLessThan(LITTLE);
        assertThat(allocatedFor(UaWire.encodingContext(LIMITS), message))
                .as("raw")
                .isLessThan(LITTLE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    @Requirement(value = "I9", protocol = Protocol.UA)
    void typedMessageWithSuchALengthIsRefused(String name, byte[] message) {
        assertThat(catchThrowable(() -> decode(UaWire.typedContext(), message)))
                .isInstanceOfAny(UaSerializationException.class, IndexOutOfBoundsException.class);
    }

    private static long allocatedFor(EncodingContext context, byte[] message) {
        tryToDecode(context, message); // classes are loaded once
        long before = THREADS.getCurrentThreadAllocatedBytes();
        tryToDecode(context, message);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void tryToDecode(EncodingContext context, byte[] message) {
        try {
            decode(context, message);
        } catch (RuntimeException refused) {
            // Whether it is, is another test's matter.
        }
    }

    private static void decode(EncodingContext context, byte[] message) {
        new OpcUaBinaryDecoder(context)
                .setBuffer(Unpooled.wrappedBuffer(message))
                .decodeMessage(null);
    }

    private static Arguments bomb(String name, NodeId encodingId, Consumer<ByteBuf> header, Consumer<ByteBuf> body) {
        ByteBuf out = Unpooled.buffer();
        new OpcUaBinaryEncoder(MILO).setBuffer(out).encodeNodeId(encodingId);
        header.accept(out);
        body.accept(out);
        byte[] message = new byte[out.readableBytes()];
        out.readBytes(message);
        assertThat(message.length).as("control: it is small").isLessThan(300);
        return Arguments.of(name, message);
    }

    private static Consumer<ByteBuf> request() {
        return out -> new OpcUaBinaryEncoder(MILO)
                .setBuffer(out)
                .encodeStruct("h", Samples.requestHeader(), RequestHeader.TYPE_ID);
    }

    private static Consumer<ByteBuf> response() {
        return out -> new OpcUaBinaryEncoder(MILO)
                .setBuffer(out)
                .encodeStruct("h", Samples.responseHeader(), ResponseHeader.TYPE_ID);
    }

    /** A response header up to the length of its table. */
    private static Consumer<ByteBuf> textTable() {
        return out ->
                out.writeLongLE(0).writeIntLE(0).writeIntLE(0).writeByte(0).writeIntLE(MANY);
    }

    /** Arrays of Variants, each the first element of the one before. */
    private static Consumer<ByteBuf> nest() {
        return out -> {
            for (int level = 0; level < 3; level++) {
                out.writeByte(0x80 | 24).writeIntLE(MANY);
            }
        };
    }
}
