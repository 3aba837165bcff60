package org.tandemopc.relay.ua.wire;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ulong;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ushort;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;
import org.eclipse.milo.opcua.stack.core.types.OpcUaDataTypeManager;
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
import org.jspecify.annotations.Nullable;

/**
 * Random structures of Milo's types. With the same seed and another numbering of namespaces they are the same ones, but for
 * the namespace indexes in them.
 */
final class RandomStructures {
    private static final int DEPTH_MAX = 5;
    private static final int NAMESPACES = 6;
    private static final List<NodeId> ENCODINGS = allEncodings();

    private final Random random;
    private final IntUnaryOperator numbering;
    private int depth;

    RandomStructures(long seed, IntUnaryOperator numbering) {
        this.random = new Random(seed);
        this.numbering = numbering;
    }

    /** Binary encoding ids of all types of namespace 0 that Milo has, messages too. */
    static List<NodeId> encodings() {
        return ENCODINGS;
    }

    private static List<NodeId> allEncodings() {
        List<NodeId> all = new ArrayList<>();
        for (Field field : NodeIds.class.getFields()) {
            if (field.getName().endsWith("_Encoding_DefaultBinary")) {
                try {
                    NodeId id = (NodeId) field.get(null);
                    if (OpcUaDataTypeManager.getInstance().getCodec(id) != null) {
                        all.add(id);
                    }
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return all;
    }

    /** Null for a type that cannot be made: one that is abstract, or a union, or has such a field. */
    @Nullable
    UaStructuredType structure(Class<?> type) {
        try {
            return made(type);
        } catch (NoInstanceException e) {
            return null;
        }
    }

    private static final class NoInstanceException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private @Nullable UaStructuredType made(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers()) || type.getConstructors().length == 0) {
            return null;
        }
        Constructor<?> constructor = Arrays.stream(type.getConstructors())
                .max(Comparator.comparingInt(Constructor::getParameterCount))
                .orElseThrow();
        depth++;
        try {
            Object[] fields = Arrays.stream(constructor.getParameterTypes())
                    .map(this::value)
                    .toArray();
            return (UaStructuredType) constructor.newInstance(fields);
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(type.getName(), e);
        } finally {
            depth--;
        }
    }

    private @Nullable Object value(Class<?> type) {
        if (type.isArray()) {
            int length = depth >= DEPTH_MAX ? 0 : random.nextInt(3);
            Object array = Array.newInstance(type.getComponentType(), length);
            for (int i = 0; i < length; i++) {
                Array.set(array, i, value(type.getComponentType()));
            }
            return array;
        }
        if (UaStructuredType.class.isAssignableFrom(type)) {
            UaStructuredType made = made(type);
            return made == null ? made(subtype(type)) : made;
        }
        if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        }
        return builtIn(type);
    }

    /** Of a field that holds any of several types. */
    private Class<?> subtype(Class<?> type) {
        List<Class<?>> all = new ArrayList<>();
        for (NodeId encoding : encodings()) {
            DataTypeCodec codec = OpcUaDataTypeManager.getInstance().getCodec(encoding);
            if (codec != null
                    && type.isAssignableFrom(codec.getType())
                    && !Modifier.isAbstract(codec.getType().getModifiers())
                    && codec.getType().getConstructors().length > 0) {
                all.add(codec.getType());
            }
        }
        if (all.isEmpty()) {
            throw new NoInstanceException();
        }
        return all.get(random.nextInt(all.size()));
    }

    private Object builtIn(Class<?> type) {
        if (type == Boolean.class) {
            return random.nextBoolean();
        } else if (type == Byte.class) {
            return (byte) random.nextInt();
        } else if (type == Short.class) {
            return (short) random.nextInt();
        } else if (type == Integer.class) {
            return random.nextInt();
        } else if (type == Long.class) {
            return random.nextLong();
        } else if (type == Float.class) {
            return random.nextFloat();
        } else if (type == Double.class) {
            return random.nextDouble();
        } else if (type == UByte.class) {
            return ubyte(random.nextInt(256));
        } else if (type == UShort.class) {
            return ushort(random.nextInt(65_536));
        } else if (type == UInteger.class) {
            return uint(random.nextInt(Integer.MAX_VALUE));
        } else if (type == ULong.class) {
            return ulong(random.nextLong(Long.MAX_VALUE));
        } else if (type == String.class) {
            return text();
        } else if (type == DateTime.class) {
            return new DateTime(random.nextLong(1L << 60));
        } else if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        } else if (type == ByteString.class) {
            return bytes();
        } else if (type == XmlElement.class) {
            return new XmlElement(text());
        } else if (type == StatusCode.class) {
            return new StatusCode(random.nextInt());
        } else if (type == LocalizedText.class) {
            return LocalizedText.english(text());
        } else if (type == NodeId.class) {
            return nodeId();
        } else if (type == ExpandedNodeId.class) {
            return expandedNodeId();
        } else if (type == QualifiedName.class) {
            return new QualifiedName(namespace(), text());
        } else if (type == DiagnosticInfo.class) {
            return new DiagnosticInfo(random.nextInt(9), random.nextInt(9), -1, -1, text(), null, null);
        } else if (type == ExtensionObject.class) {
            return extensionObject();
        } else if (type == DataValue.class) {
            return dataValue();
        } else if (type == Variant.class) {
            return variant();
        }
        return optionSet(type);
    }

    /** AccessRestrictionType and its like hold one number. */
    private Object optionSet(Class<?> type) {
        try {
            Constructor<?> constructor = type.getConstructors()[0];
            return constructor.newInstance(builtIn(constructor.getParameterTypes()[0]));
        } catch (ReflectiveOperationException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalStateException("no random " + type.getName(), e);
        }
    }

    private UShort namespace() {
        return ushort(numbering.applyAsInt(random.nextInt(NAMESPACES)));
    }

    private NodeId nodeId() {
        UShort namespace = namespace();
        return switch (random.nextInt(6)) {
            case 0 -> new NodeId(namespace, uint(random.nextInt(256)));
            case 1 -> new NodeId(namespace, uint(random.nextInt(65_536)));
            case 2 -> new NodeId(namespace, uint(random.nextInt(Integer.MAX_VALUE)));
            case 3 -> new NodeId(namespace, text());
            case 4 -> new NodeId(namespace, new UUID(random.nextLong(), random.nextLong()));
            default -> new NodeId(namespace, bytes());
        };
    }

    private ExpandedNodeId expandedNodeId() {
        // One with a URI names its namespace by that, and has the index 0.
        return random.nextInt(4) == 0 ? ExpandedNodeId.of("urn:" + text(), text()) : nodeId().expanded();
    }

    /** Of namespace 0 and known; or of somebody's own, with bytes that look like a NodeId. */
    private ExtensionObject extensionObject() {
        List<NodeId> all = encodings();
        NodeId encoding = all.get(random.nextInt(all.size()));
        if (depth < DEPTH_MAX && random.nextBoolean()) {
            DataTypeCodec codec = OpcUaDataTypeManager.getInstance().getCodec(encoding);
            UaStructuredType body = codec == null ? null : structure(codec.getType());
            if (body != null && WalkingDecoder.bodyCodec(((UInteger) encoding.getIdentifier()).longValue()) != null) {
                return ExtensionObject.encode(UaWire.plainContext(), body);
            }
        }
        UShort vendor = ushort(numbering.applyAsInt(2 + random.nextInt(NAMESPACES - 2)));
        return ExtensionObject.of(ByteString.of(new byte[] {1, 2, 3, 4}), new NodeId(vendor, text()));
    }

    private Variant variant() {
        depth++;
        try {
            return switch (random.nextInt(depth >= DEPTH_MAX ? 4 : 11)) {
                case 0 -> Variant.NULL_VALUE;
                case 1 -> Variant.of(text());
                case 2 -> Variant.of(nodeId());
                case 3 -> Variant.of(new QualifiedName(namespace(), text()));
                case 4 -> Variant.of(new NodeId[] {nodeId(), nodeId()});
                case 5 -> Variant.of(expandedNodeId());
                case 6 -> Variant.of(new Variant[] {variant(), variant()});
                case 7 -> Variant.of(extensionObject());
                case 8 -> Variant.of(dataValue());
                case 9 -> Variant.of(new ExtensionObject[] {extensionObject(), extensionObject()});
                default -> Variant.of(Matrix.ofNodeId(new NodeId[][] {{nodeId(), nodeId()}, {nodeId(), nodeId()}}));
            };
        } finally {
            depth--;
        }
    }

    private DataValue dataValue() {
        DateTime source = new DateTime(random.nextLong(1L << 60));
        return new DataValue(variant(), StatusCode.GOOD, source, new DateTime(random.nextLong(1L << 60)));
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(9)];
        random.nextBytes(bytes);
        return ByteString.of(bytes);
    }

    private String text() {
        return Integer.toString(random.nextInt(100_000), 36);
    }
}
