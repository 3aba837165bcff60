package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.UaMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class RenumberingTest {
    private static final List<String> PAIR = List.of("UA", "urn:a", "urn:2", "urn:3", "urn:4", "urn:5");
    private static final List<String> MEMBER = List.of("UA", "urn:b", "urn:5", "urn:4", "urn:2", "urn:3");
    private static final NamespaceMap MAP = NamespaceMap.of(PAIR, MEMBER);
    private static final int RUNS_OF_EACH = 40;

    /** Milo's encoder is the oracle: what is renumbered in the bytes is what it writes for the other numbers. */
    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void everyStructureIsRenumberedAsIfItHadBeenWrittenSo() {
        Set<String> without = new TreeSet<>();
        for (NodeId encoding : RandomStructures.encodings()) {
            DataTypeCodec codec =
                    Objects.requireNonNull(OpcUaDataTypeManager.getInstance().getCodec(encoding));
            for (int run = 0; run < RUNS_OF_EACH; run++) {
                long seed = encoding.hashCode() * 31L + run;
                UaStructuredType pairs = new RandomStructures(seed, i -> i).structure(codec.getType());
                UaStructuredType members = new RandomStructures(seed, MAP::toMember).structure(codec.getType());
                if (pairs == null || members == null) {
                    without.add(codec.getType().getSimpleName());
                    continue;
                }
                if (pairs instanceof UaMessageType) {
                    continue;
                }
                String what = codec.getType().getSimpleName() + " " + seed;
                byte[] bytes = bytes(codec, pairs);
                byte[] before = bytes.clone();

                renumber(codec, bytes, MAP::toMember);

                assertThat(bytes).as(what).isEqualTo(bytes(codec, members));
                renumber(codec, bytes, MAP::toPair);
                assertThat(bytes).as(what + " and back").isEqualTo(before);
            }
        }
        assertThat(without)
                .as("types with a field of an abstract type that no type of Milo's extends")
                .containsExactly(
                        "PubSubConfiguration2DataType",
                        "PubSubConfigurationDataType",
                        "PubSubConnectionDataType",
                        "ReaderGroupDataType");
    }

    /** All requests and responses, on their way through the context of a link. */
    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void everyMessageIsTheMembersOnTheWireAndThePairsAboveIt() {
        EncodingContext link = UaWire.mapping(UaWire.plainContext(), () -> MAP);
        int messages = 0;
        for (NodeId encoding : RandomStructures.encodings()) {
            DataTypeCodec codec =
                    Objects.requireNonNull(OpcUaDataTypeManager.getInstance().getCodec(encoding));
            if (!UaMessageType.class.isAssignableFrom(codec.getType())) {
                continue;
            }
            messages++;
            for (int run = 0; run < RUNS_OF_EACH; run++) {
                long seed = encoding.hashCode() * 31L + run;
                UaMessageType pairs = (UaMessageType)
                        Objects.requireNonNull(new RandomStructures(seed, i -> i).structure(codec.getType()));
                UaMessageType members = (UaMessageType)
                        Objects.requireNonNull(new RandomStructures(seed, MAP::toMember).structure(codec.getType()));
                String what = codec.getType().getSimpleName() + " " + seed;

                byte[] sent = message(link, pairs);
                UaMessageType heard = decoded(link, message(UaWire.plainContext(), members));

                byte[] expected = message(UaWire.plainContext(), members);
                byte[] original = message(UaWire.plainContext(), pairs);
                // Headers are left as they are: those of the random messages are compared with themselves.
                assertThat(withoutHeader(codec, sent)).as(what).isEqualTo(withoutHeader(codec, expected));
                assertThat(withoutHeader(codec, message(UaWire.plainContext(), heard)))
                        .as(what + " heard")
                        .isEqualTo(withoutHeader(codec, original));
            }
        }
        assertThat(messages).isGreaterThan(60);
    }

    /** The token is the member's own, and goes back to it as it came. */
    @Test
    void headersAreLeftAsTheyAre() {
        RequestHeader header = new RequestHeader(new NodeId(2, "token"), null, uint(1), uint(0), null, uint(0), null);
        ReadRequest request = new ReadRequest(header, 0.0, TimestampsToReturn.Both, new ReadValueId[] {
            new ReadValueId(new NodeId(2, "x"), uint(13), null, QualifiedName.NULL_VALUE)
        });

        ReadRequest sent = (ReadRequest)
                decoded(UaWire.plainContext(), message(UaWire.mapping(UaWire.plainContext(), () -> MAP), request));

        assertThat(sent.getRequestHeader().getAuthenticationToken()).isEqualTo(new NodeId(2, "token"));
        assertThat(Objects.requireNonNull(sent.getNodesToRead())[0].getNodeId()).isEqualTo(new NodeId(4, "x"));
    }

    @Test
    void whatIsNowhereIsSoInEveryForm() {
        IntUnaryOperator nowhere = i -> i < 2 ? i : NamespaceMap.NOWHERE;
        assertThat(renumbered("01 02 d308", nowhere)).isEqualTo("01ffd308");
        assertThat(renumbered("02 0300 ffffffff", nowhere)).isEqualTo("02ffffffffffff");
        assertThat(renumbered("03 0300 01000000 41", nowhere)).isEqualTo("03ffff0100000041");
        assertThat(renumbered("00 55", nowhere)).isEqualTo("0055");
        assertThat(renumbered("01 01 d308", nowhere)).isEqualTo("0101d308");
    }

    /** Its server knows what is in it, we do not. */
    @Test
    void bodiesOfAServersOwnTypesAreLeftAsTheyAre() {
        byte[] body = HexFormat.of().parseHex("010264000104000000" + "01026400");

        new RenumberingWalker(body, 0, body.length, MAP::toMember).skipExtensionObject("value");

        assertThat(HexFormat.of().formatHex(body)).isEqualTo("010464000104000000" + "01026400");
    }

    /** Half renumbered it must go nowhere. */
    @Test
    void aBodyThatIsNotWhatItSaysIsRefused() {
        // An Argument (i=298) that ends too soon, and one with a byte more than it has.
        for (String hex : List.of("0100" + "2a01" + "01" + "02000000" + "0000", "0100" + "2a01" + "01" + "ffffff7f")) {
            byte[] body = HexFormat.of().parseHex(hex);
            assertThatThrownBy(() ->
                            new RenumberingWalker(body, 0, body.length, MAP::toMember).skipExtensionObject("value"))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void damagedMessagesAreMalformedAndNothingElse() {
        Random random = new Random(7);
        for (NodeId encoding : RandomStructures.encodings()) {
            DataTypeCodec codec =
                    Objects.requireNonNull(OpcUaDataTypeManager.getInstance().getCodec(encoding));
            UaStructuredType made = new RandomStructures(1, i -> i).structure(codec.getType());
            if (made == null) {
                continue;
            }
            byte[] whole = bytes(codec, made);
            for (int i = 0; i < 20 && whole.length > 0; i++) {
                byte[] damaged =
                        random.nextBoolean() ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
                if (damaged.length > 0) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    renumber(codec, damaged, MAP::toMember);
                } catch (MalformedException expected) {
                    assertThat(expected.clause()).startsWith("OPC UA");
                }
            }
        }
    }

    /** The map is asked for each message: it may be known, or other, from one to the next. */
    @Test
    void whereTheTablesAgreeTheCodecsAreThoseOfTheInnerContext() {
        AtomicReference<NamespaceMap> map = new AtomicReference<>(NamespaceMap.IDENTITY);
        EncodingContext inner = UaWire.typedContext();
        EncodingContext link = UaWire.mapping(inner, map::get);
        NodeId id = BrowseRequest.BINARY_ENCODING_ID
                .toNodeId(inner.getNamespaceTable())
                .orElseThrow();

        assertThat(link.getDataTypeManager().getCodec(id))
                .isSameAs(inner.getDataTypeManager().getCodec(id));
        map.set(MAP);
        assertThat(link.getDataTypeManager().getCodec(id))
                .isNotSameAs(inner.getDataTypeManager().getCodec(id));
    }

    private static String renumbered(String nodeId, IntUnaryOperator numbering) {
        byte[] bytes = HexFormat.of().parseHex(nodeId.replace(" ", ""));
        RenumberingWalker walker = new RenumberingWalker(bytes, 0, bytes.length, numbering);
        walker.skipNodeId("id");
        walker.end("id");
        return HexFormat.of().formatHex(bytes);
    }

    private static void renumber(DataTypeCodec codec, byte[] bytes, IntUnaryOperator numbering) {
        RenumberingWalker walker = new RenumberingWalker(bytes, 0, bytes.length, numbering);
        WalkingDecoder.walk(codec, walker, "structure");
        walker.end("structure");
    }

    private static byte[] bytes(DataTypeCodec codec, UaStructuredType structure) {
        return UaWire.encodePart(e -> codec.encode(UaWire.plainContext(), e, structure));
    }

    private static byte[] message(EncodingContext context, UaMessageType message) {
        ByteBuf buffer = Unpooled.buffer();
        new OpcUaBinaryEncoder(context).setBuffer(buffer).encodeMessage("message", message);
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    private static UaMessageType decoded(EncodingContext context, byte[] message) {
        return new OpcUaBinaryDecoder(context)
                .setBuffer(Unpooled.wrappedBuffer(message))
                .decodeMessage("message");
    }

    /** The message from the end of its header on. */
    private static byte[] withoutHeader(DataTypeCodec codec, byte[] message) {
        Walker in = new Walker(message);
        in.skipNodeId("type");
        if (UaRequestMessageType.class.isAssignableFrom(codec.getType())) {
            in.skipNodeId("authenticationToken");
            in.skip(8 + 4 + 4, "timestamp, requestHandle, returnDiagnostics");
            in.skipString("auditEntryId");
            in.skip(4, "timeoutHint");
        } else {
            in.skip(8 + 4 + 4, "timestamp, requestHandle, serviceResult");
            in.skipDiagnosticInfo("serviceDiagnostics");
            int strings = in.count("stringTable", 4);
            for (int i = 0; i < strings; i++) {
                in.skipString("stringTable");
            }
        }
        in.skipExtensionObject("additionalHeader");
        return Arrays.copyOfRange(message, in.position(), message.length);
    }
}
