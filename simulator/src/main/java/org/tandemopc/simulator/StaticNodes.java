package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ulong;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.XmlElement;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;

/** The first values of the static nodes; the same on all instances. */
final class StaticNodes {
    /** @param dataType of the node */
    record Sample(NodeId dataType, Object value) {}

    private StaticNodes() {}

    /** A scalar of each data type, by the name of the type. */
    static Map<String, Sample> scalars() {
        Map<String, Sample> samples = new LinkedHashMap<>();
        samples.put("Boolean", new Sample(NodeIds.Boolean, true));
        samples.put("SByte", new Sample(NodeIds.SByte, (byte) -8));
        samples.put("Byte", new Sample(NodeIds.Byte, ubyte(8)));
        samples.put("Int16", new Sample(NodeIds.Int16, (short) -1600));
        samples.put("UInt16", new Sample(NodeIds.UInt16, ushort(1600)));
        samples.put("Int32", new Sample(NodeIds.Int32, -32_000_000));
        samples.put("UInt32", new Sample(NodeIds.UInt32, uint(32_000_000)));
        samples.put("Int64", new Sample(NodeIds.Int64, -64_000_000_000L));
        samples.put("UInt64", new Sample(NodeIds.UInt64, ulong(64_000_000_000L)));
        samples.put("Float", new Sample(NodeIds.Float, 3.25f));
        samples.put("Double", new Sample(NodeIds.Double, -2.718281828459045));
        samples.put("String", new Sample(NodeIds.String, "Grüße, 世界"));
        samples.put("DateTime", new Sample(NodeIds.DateTime, Times.FIXED));
        samples.put("Guid", new Sample(NodeIds.Guid, UUID.fromString("72962b91-fa75-4ae6-8d28-b404dc7daf63")));
        samples.put("ByteString", new Sample(NodeIds.ByteString, ByteString.of(new byte[] {0, 1, -1, 127, -128})));
        samples.put("XmlElement", new Sample(NodeIds.XmlElement, XmlElement.of("<a>b</a>")));
        samples.put("NodeId", new Sample(NodeIds.NodeId, new NodeId(2, "static/NodeId")));
        samples.put(
                "ExpandedNodeId",
                new Sample(NodeIds.ExpandedNodeId, ExpandedNodeId.of(SimulatorNamespace.URI, "static/NodeId")));
        samples.put(
                "StatusCode", new Sample(NodeIds.StatusCode, new StatusCode(StatusCodes.Uncertain_LastUsableValue)));
        samples.put("QualifiedName", new Sample(NodeIds.QualifiedName, new QualifiedName(2, "name")));
        samples.put("LocalizedText", new Sample(NodeIds.LocalizedText, new LocalizedText("de", "Tür")));
        samples.put(
                "DataValue",
                new Sample(
                        NodeIds.DataValue,
                        new DataValue(Variant.ofInt32(7), StatusCode.GOOD, Times.FIXED, Times.FIXED)));
        return samples;
    }

    /** Three elements, the first one of the scalar. */
    static Object array(Object scalar) {
        Object array = Array.newInstance(scalar.getClass(), 3);
        for (int i = 0; i < 3; i++) {
            Array.set(array, i, scalar);
        }
        return array;
    }

    /** The value of {@code structure/point}: its type is known to nobody but this server. */
    static ExtensionObject point(UShort namespace, double x, double y, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(20 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        body.putDouble(x).putDouble(y).putInt(text.length).put(text);
        return ExtensionObject.of(
                ByteString.of(body.array()), new NodeId(namespace, SimulatorNamespace.POINT_ENCODING));
    }
}
