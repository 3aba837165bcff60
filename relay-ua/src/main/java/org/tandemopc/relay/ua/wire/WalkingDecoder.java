package org.tandemopc.relay.ua.wire;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ulong;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.OpcUaDataType;
import org.eclipse.milo.opcua.stack.core.UaRuntimeException;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.UaDecoder;
import org.eclipse.milo.opcua.stack.core.encoding.binary.OpcUaBinaryDecoder;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
import org.eclipse.milo.opcua.stack.core.types.UaMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
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
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UByte;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.ULong;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * Leads a walker through structures: Milo's codec of a type knows its fields, their order, and which of them are there, and
 * asks for one after the other; here each is walked over, and nothing but numbers is handed out. So every structure that
 * Milo can decode can be walked, and there is no second description of them that could be wrong. What the codec makes of it
 * is thrown away.
 *
 * <p>Headers of requests and responses are between Tandem and the member, with the token of their session: they are passed
 * over by a walker that changes nothing.
 */
final class WalkingDecoder implements UaDecoder {
    private static final String STRUCTURE = "OPC UA Part 6, 5.2.6";
    private static final Set<ExpandedNodeId> HEADERS = Set.of(RequestHeader.TYPE_ID, ResponseHeader.TYPE_ID);
    /** Of data types; the few hundred that Milo has. */
    private static final Map<ExpandedNodeId, DataTypeCodec> CODECS = new ConcurrentHashMap<>();

    private final Walker in;

    private WalkingDecoder(Walker in) {
        this.in = in;
    }

    /**
     * Walks over one structure of the type.
     *
     * @throws MalformedException if there is none
     */
    static void walk(DataTypeCodec type, Walker in, String field) {
        int start = in.position();
        in.enter(STRUCTURE, field);
        try {
            var unused = type.decode(UaWire.plainContext(), new WalkingDecoder(in));
        } catch (UaRuntimeException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException
                | ClassCastException e) {
            // A codec may want more of a value than that it can be walked over.
            throw new MalformedException(
                    STRUCTURE, field + " (" + type.getType().getSimpleName() + ")", start, "" + e.getMessage(), e);
        }
        in.leave();
    }

    /** Milo's codec for the body of an ExtensionObject with this encoding in namespace 0; null where it has none. */
    static @Nullable DataTypeCodec bodyCodec(long type) {
        DataTypeCodec codec = OpcUaDataTypeManager.getInstance().getCodec(new NodeId(0, uint(type)));
        return codec == null || UaMessageType.class.isAssignableFrom(codec.getType()) ? null : codec;
    }

    private DataTypeCodec codec(String field, ExpandedNodeId type) {
        DataTypeCodec known = CODECS.get(type);
        if (known == null) {
            known = type.toNodeId(UaWire.plainContext().getNamespaceTable())
                    .map(id -> OpcUaDataTypeManager.getInstance().getCodec(id))
                    .orElseThrow(() -> in.malformed(STRUCTURE, field, "unknown type " + type));
            CODECS.put(type, known);
        }
        return known;
    }

    private void each(String field, int bytesMin, Consumer<String> skip) {
        int count = in.count(field, bytesMin);
        for (int i = 0; i < count; i++) {
            skip.accept(field);
        }
    }

    @Override
    public EncodingContext getEncodingContext() {
        return UaWire.plainContext();
    }

    // ---- structures

    @Override
    public @Nullable UaStructuredType decodeStruct(String field, ExpandedNodeId type) {
        if (HEADERS.contains(type)) {
            Walker header = new Walker(in.array(), in.position(), in.position() + in.remaining());
            walk(codec(field, type), header, field);
            in.seek(header.position());
        } else {
            walk(codec(field, type), in, field);
        }
        return null;
    }

    @Override
    public @Nullable UaStructuredType decodeStruct(String field, NodeId type) {
        return decodeStruct(field, type.expanded());
    }

    @Override
    public @Nullable UaStructuredType decodeStruct(String field, DataTypeCodec type) {
        walk(type, in, field);
        return null;
    }

    @Override
    public UaStructuredType @Nullable [] decodeStructArray(String field, ExpandedNodeId type) {
        DataTypeCodec codec = codec(field, type);
        each(field, 1, of -> walk(codec, in, of));
        return null;
    }

    @Override
    public UaStructuredType @Nullable [] decodeStructArray(String field, NodeId type) {
        return decodeStructArray(field, type.expanded());
    }

    @Override
    public UaMessageType decodeMessage(String field) {
        throw in.malformed(STRUCTURE, field, "a message in a structure");
    }

    /** No structure of namespace 0 has a field that is a matrix; Variants with one are the walker's. */
    @Override
    public Matrix decodeMatrix(String field, OpcUaDataType type) {
        throw in.malformed(STRUCTURE, field, "a matrix in a structure");
    }

    @Override
    public Matrix decodeEnumMatrix(String field) {
        throw in.malformed(STRUCTURE, field, "a matrix in a structure");
    }

    @Override
    public Matrix decodeStructMatrix(String field, NodeId type) {
        throw in.malformed(STRUCTURE, field, "a matrix in a structure");
    }

    @Override
    public Matrix decodeStructMatrix(String field, ExpandedNodeId type) {
        throw in.malformed(STRUCTURE, field, "a matrix in a structure");
    }

    // ---- built-in types

    @Override
    public Integer decodeEnum(String field) {
        return in.i32(field);
    }

    @Override
    public Integer @Nullable [] decodeEnumArray(String field) {
        in.skipArrayOf(4, field);
        return null;
    }

    @Override
    public Boolean decodeBoolean(String field) {
        return in.u8(field) != 0;
    }

    @Override
    public Byte decodeSByte(String field) {
        return (byte) in.u8(field);
    }

    @Override
    public Short decodeInt16(String field) {
        return (short) in.u16(field);
    }

    @Override
    public Integer decodeInt32(String field) {
        return in.i32(field);
    }

    @Override
    public Long decodeInt64(String field) {
        return in.i64(field);
    }

    @Override
    public UByte decodeByte(String field) {
        return ubyte(in.u8(field));
    }

    @Override
    public UShort decodeUInt16(String field) {
        return ushort(in.u16(field));
    }

    @Override
    public UInteger decodeUInt32(String field) {
        return uint(in.u32(field));
    }

    @Override
    public ULong decodeUInt64(String field) {
        return ulong(in.i64(field));
    }

    @Override
    public Float decodeFloat(String field) {
        return Float.intBitsToFloat(in.i32(field));
    }

    @Override
    public Double decodeDouble(String field) {
        return Double.longBitsToDouble(in.i64(field));
    }

    @Override
    public DateTime decodeDateTime(String field) {
        return new DateTime(in.i64(field));
    }

    @Override
    public StatusCode decodeStatusCode(String field) {
        return new StatusCode(in.i32(field));
    }

    @Override
    public @Nullable String decodeString(String field) {
        in.skipString(field);
        return null;
    }

    @Override
    public UUID decodeGuid(String field) {
        return new UUID(in.i64(field), in.i64(field));
    }

    @Override
    public ByteString decodeByteString(String field) {
        in.skipByteString(field);
        return ByteString.NULL_VALUE;
    }

    @Override
    public XmlElement decodeXmlElement(String field) {
        in.skipString(field);
        return XmlElement.NULL_VALUE;
    }

    @Override
    public NodeId decodeNodeId(String field) {
        in.skipNodeId(field);
        return NodeId.NULL_VALUE;
    }

    @Override
    public ExpandedNodeId decodeExpandedNodeId(String field) {
        in.skipExpandedNodeId(field);
        return ExpandedNodeId.NULL_VALUE;
    }

    @Override
    public QualifiedName decodeQualifiedName(String field) {
        in.skipQualifiedName(field);
        return QualifiedName.NULL_VALUE;
    }

    @Override
    public LocalizedText decodeLocalizedText(String field) {
        in.skipLocalizedText(field);
        return LocalizedText.NULL_VALUE;
    }

    /** A few codecs look into it at once, for a field that may hold subtypes. It has been walked through by then. */
    @Override
    public ExtensionObject decodeExtensionObject(String field) {
        int start = in.position();
        in.skipExtensionObject(field);
        return new OpcUaBinaryDecoder(UaWire.plainContext())
                .setBuffer(Unpooled.wrappedBuffer(in.array(), start, in.position() - start))
                .decodeExtensionObject(field);
    }

    @Override
    public @Nullable DataValue decodeDataValue(String field) {
        in.skipDataValue(field);
        return null;
    }

    @Override
    public Variant decodeVariant(String field) {
        in.skipVariant(field);
        return Variant.NULL_VALUE;
    }

    @Override
    public DiagnosticInfo decodeDiagnosticInfo(String field) {
        in.skipDiagnosticInfo(field);
        return DiagnosticInfo.NULL_VALUE;
    }

    @Override
    public Boolean @Nullable [] decodeBooleanArray(String field) {
        in.skipArrayOf(1, field);
        return null;
    }

    @Override
    public Byte @Nullable [] decodeSByteArray(String field) {
        in.skipArrayOf(1, field);
        return null;
    }

    @Override
    public Short @Nullable [] decodeInt16Array(String field) {
        in.skipArrayOf(2, field);
        return null;
    }

    @Override
    public Integer @Nullable [] decodeInt32Array(String field) {
        in.skipArrayOf(4, field);
        return null;
    }

    @Override
    public Long @Nullable [] decodeInt64Array(String field) {
        in.skipArrayOf(8, field);
        return null;
    }

    @Override
    public UByte @Nullable [] decodeByteArray(String field) {
        in.skipArrayOf(1, field);
        return null;
    }

    @Override
    public UShort @Nullable [] decodeUInt16Array(String field) {
        in.skipArrayOf(2, field);
        return null;
    }

    @Override
    public UInteger @Nullable [] decodeUInt32Array(String field) {
        in.skipArrayOf(4, field);
        return null;
    }

    @Override
    public ULong @Nullable [] decodeUInt64Array(String field) {
        in.skipArrayOf(8, field);
        return null;
    }

    @Override
    public Float @Nullable [] decodeFloatArray(String field) {
        in.skipArrayOf(4, field);
        return null;
    }

    @Override
    public Double @Nullable [] decodeDoubleArray(String field) {
        in.skipArrayOf(8, field);
        return null;
    }

    @Override
    public DateTime @Nullable [] decodeDateTimeArray(String field) {
        in.skipArrayOf(8, field);
        return null;
    }

    @Override
    public StatusCode @Nullable [] decodeStatusCodeArray(String field) {
        in.skipArrayOf(4, field);
        return null;
    }

    @Override
    public String @Nullable [] decodeStringArray(String field) {
        each(field, 4, in::skipString);
        return null;
    }

    @Override
    public UUID @Nullable [] decodeGuidArray(String field) {
        in.skipArrayOf(16, field);
        return null;
    }

    @Override
    public ByteString @Nullable [] decodeByteStringArray(String field) {
        each(field, 4, in::skipByteString);
        return null;
    }

    @Override
    public XmlElement @Nullable [] decodeXmlElementArray(String field) {
        each(field, 4, in::skipString);
        return null;
    }

    @Override
    public NodeId @Nullable [] decodeNodeIdArray(String field) {
        each(field, 2, in::skipNodeId);
        return null;
    }

    @Override
    public ExpandedNodeId @Nullable [] decodeExpandedNodeIdArray(String field) {
        each(field, 2, in::skipExpandedNodeId);
        return null;
    }

    @Override
    public QualifiedName @Nullable [] decodeQualifiedNameArray(String field) {
        each(field, 6, in::skipQualifiedName);
        return null;
    }

    @Override
    public LocalizedText @Nullable [] decodeLocalizedTextArray(String field) {
        each(field, 1, in::skipLocalizedText);
        return null;
    }

    @Override
    public ExtensionObject @Nullable [] decodeExtensionObjectArray(String field) {
        each(field, 3, in::skipExtensionObject);
        return null;
    }

    @Override
    public DataValue @Nullable [] decodeDataValueArray(String field) {
        each(field, 1, in::skipDataValue);
        return null;
    }

    @Override
    public Variant @Nullable [] decodeVariantArray(String field) {
        each(field, 1, in::skipVariant);
        return null;
    }

    @Override
    public DiagnosticInfo @Nullable [] decodeDiagnosticInfoArray(String field) {
        each(field, 1, in::skipDiagnosticInfo);
        return null;
    }
}
