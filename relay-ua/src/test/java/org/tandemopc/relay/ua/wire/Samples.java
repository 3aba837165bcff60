package org.tandemopc.relay.ua.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.OpcUaDataType;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryEncoder;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.Matrix;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.XmlElement;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;

/** Values of every built-in type and the bytes that Milo, or a hand, makes of them. */
final class Samples {
    static final DateTime TIME = new DateTime(0x01DA_8F00_1234_5678L);
    static final NodeId UNKNOWN_TYPE = new NodeId(7, "UnknownStructure.Encoding");

    private Samples() {}

    static byte[] encode(Consumer<OpcUaBinaryEncoder> what) {
        ByteBuf buffer = Unpooled.buffer();
        what.accept(new OpcUaBinaryEncoder(UaWire.plainContext()).setBuffer(buffer));
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    static OpcUaBinaryDecoder decoder(byte[] bytes) {
        return new OpcUaBinaryDecoder(UaWire.plainContext()).setBuffer(Unpooled.wrappedBuffer(bytes));
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static RequestHeader requestHeader() {
        return new RequestHeader(
                new NodeId(1, new ByteString(new byte[] {9, 8, 7})),
                TIME,
                Unsigned.uint(4711),
                Unsigned.uint(0x3FF),
                "audit",
                Unsigned.uint(5000),
                ExtensionObject.of(ByteString.NULL_VALUE, NodeId.NULL_VALUE));
    }

    static ResponseHeader responseHeader() {
        return new ResponseHeader(
                TIME,
                Unsigned.uint(4711),
                StatusCode.GOOD,
                null,
                new String[] {"a", "b"},
                ExtensionObject.of(ByteString.NULL_VALUE, NodeId.NULL_VALUE));
    }

    /** One scalar of each built-in type that a Variant can hold (Part 6, 5.1.2). */
    static Map<String, Object> scalars() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Boolean", true);
        all.put("SByte", (byte) -3);
        all.put("Byte", Unsigned.ubyte(250));
        all.put("Int16", (short) -300);
        all.put("UInt16", Unsigned.ushort(60_000));
        all.put("Int32", -70_000);
        all.put("UInt32", Unsigned.uint(4_000_000_000L));
        all.put("Int64", Long.MIN_VALUE);
        all.put("UInt64", Unsigned.ulong(Long.MAX_VALUE));
        all.put("Float", 1.5f);
        all.put("Double", -2.25);
        all.put("String", "äöü \u20ac \ud83d\ude00");
        all.put("empty String", "");
        all.put("DateTime", TIME);
        all.put("Guid", new UUID(0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L));
        all.put("ByteString", new ByteString(new byte[] {1, 2, 3}));
        all.put("XmlElement", new XmlElement("<a>b</a>"));
        nodeIds().forEach((name, id) -> all.put("NodeId " + name, id));
        nodeIds().forEach((name, id) -> all.put("ExpandedNodeId " + name, id.expanded()));
        all.put("ExpandedNodeId with uri", ExpandedNodeId.of("urn:a:b", "far"));
        all.put(
                "ExpandedNodeId with uri and server",
                new ExpandedNodeId(
                        ExpandedNodeId.ServerReference.of(Unsigned.uint(3)),
                        ExpandedNodeId.NamespaceReference.of("urn:a:b"),
                        Unsigned.uint(99)));
        all.put("StatusCode", new StatusCode(0x8001_0000L));
        all.put("QualifiedName", new QualifiedName(2, "name"));
        all.put("null QualifiedName", QualifiedName.NULL_VALUE);
        all.put("LocalizedText", new LocalizedText("de", "Wert"));
        all.put("LocalizedText without locale", new LocalizedText(null, "Wert"));
        all.put("null LocalizedText", LocalizedText.NULL_VALUE);
        all.put("ExtensionObject", structure());
        all.put("ExtensionObject xml", ExtensionObject.of(new XmlElement("<x/>"), UNKNOWN_TYPE));
        all.put("DataValue", dataValue(new Variant(5)));
        all.put("DiagnosticInfo", diagnosticInfo(3));
        return all;
    }

    static Map<String, NodeId> nodeIds() {
        Map<String, NodeId> all = new LinkedHashMap<>();
        all.put("two-byte", new NodeId(0, 85));
        all.put("four-byte", new NodeId(0, 2259));
        all.put("four-byte, other namespace", new NodeId(2, 85));
        all.put("numeric", new NodeId(0, 70_000));
        all.put("numeric, other namespace", new NodeId(300, 85));
        all.put("string", new NodeId(2, "Pump.1"));
        all.put("guid", new NodeId(2, new UUID(1, 2)));
        all.put("opaque", new NodeId(2, new ByteString(new byte[] {4, 5})));
        return all;
    }

    static ExtensionObject structure() {
        return ExtensionObject.of(new ByteString(hex("00 01 7f 80 ff 85 ff ff ff ff")), UNKNOWN_TYPE);
    }

    static DataValue dataValue(Variant value) {
        return new DataValue(value, new StatusCode(0x4080_0000L), TIME, Unsigned.ushort(11), TIME, Unsigned.ushort(12));
    }

    static DiagnosticInfo diagnosticInfo(int levels) {
        return new DiagnosticInfo(1, 2, 3, 4, "more", StatusCode.BAD, levels == 0 ? null : diagnosticInfo(levels - 1));
    }

    /** Variants as Milo writes them: scalars, arrays and matrices of each type, and nested ones. */
    static Map<String, byte[]> variants() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        scalars().forEach((name, value) -> {
            all.put(name, variant(new Variant(value)));
            all.put(name + "[3]", variant(new Variant(array(value, 3))));
            all.put(name + "[0]", variant(new Variant(array(value, 0))));
            all.put(name + "[2][3]", variant(new Variant(matrix(value))));
        });
        all.put("null", variant(Variant.NULL_VALUE));
        all.put("Variant[]", variant(new Variant(new Variant[] {
            new Variant(1), new Variant("two"), new Variant(new Variant[] {new Variant(new Integer[] {3, 4})})
        })));
        all.put("DataValue in DataValue", variant(new Variant(dataValue(new Variant(dataValue(new Variant(1)))))));
        return all;
    }

    /** What Milo cannot write or does not keep, but other servers send. */
    static Map<String, byte[]> foreignVariants() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("null typed array", hex("86 ffffffff"));
        all.put("null typed array with dimensions", hex("c6 ffffffff 02000000 00000000 00000000"));
        all.put("null dimensions", hex("c6 01000000 05000000 ffffffff"));
        all.put("dimensions without an array", hex("46 05000000"));
        all.put("structure without a body", hex("16 03 0700 01000000 41 00"));
        all.put("structure with a null body", hex("16 03 0700 01000000 41 01 ffffffff"));
        all.put("empty locale and text", hex("15 03 00000000 00000000"));
        all.put("null locale and text, said so", hex("15 03 ffffffff ffffffff"));
        all.put("numeric NodeId that fits two bytes", hex("11 02 0000 05000000"));
        all.put("ExpandedNodeId with null uri", hex("12 80 05 ffffffff"));
        all.put("future built-in type 26", hex("1a 02000000 aabb"));
        all.put("array of future built-in type 31", hex("9f 02000000 ffffffff 01000000 cc"));
        all.put("Variant in Variant", hex("18 06 05000000"));
        all.put("DataValue with everything zero", hex("17 3f 00 00000000 0000000000000000 0000 0000000000000000 0000"));
        all.put("DataValue with picoseconds only", hex("17 30 0100 0200"));
        all.put("empty DiagnosticInfo inside another", hex("19 40 00"));
        return all;
    }

    static List<byte[]> dataValues() {
        List<byte[]> all = new ArrayList<>();
        List<byte[]> variants = new ArrayList<>(variants().values());
        variants.addAll(foreignVariants().values());
        for (byte[] variant : variants) {
            for (int mask = 0; mask < 64; mask += variants.indexOf(variant) % 5 + 1) {
                all.add(dataValue(mask, variant));
            }
        }
        return all;
    }

    /** A DataValue with the fields that the mask names, each different from the others. */
    static byte[] dataValue(int mask, byte[] variant) {
        var out = new LeWriter(0).u8(mask);
        if ((mask & 0x01) != 0) {
            out.copy(variant, 0, variant.length);
        }
        if ((mask & 0x02) != 0) {
            out.i32(0x4080_0000);
        }
        if ((mask & 0x04) != 0) {
            out.i64(TIME.getUtcTime());
        }
        if ((mask & 0x10) != 0) {
            out.u16(21);
        }
        if ((mask & 0x08) != 0) {
            out.i64(TIME.getUtcTime() + 1);
        }
        if ((mask & 0x20) != 0) {
            out.u16(22);
        }
        return out.bytes();
    }

    static byte[] variant(Variant value) {
        return encode(e -> e.encodeVariant(value));
    }

    static Object array(Object value, int length) {
        Object array = Array.newInstance(elementClass(value), length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, value);
        }
        return array;
    }

    private static Class<?> elementClass(Object value) {
        return value instanceof ExtensionObject ? ExtensionObject.class : value.getClass();
    }

    private static Matrix matrix(Object value) {
        Class<?> type = elementClass(value);
        return new Matrix(array(value, 6), new int[] {2, 3}, OpcUaDataType.fromBackingClass(type));
    }
}
