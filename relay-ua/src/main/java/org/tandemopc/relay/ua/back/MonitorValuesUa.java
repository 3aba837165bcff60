package org.tandemopc.relay.ua.back;

import java.math.BigInteger;
import java.util.UUID;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.Matrix;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UByte;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.ULong;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UShort;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.MonitorValue.Quality;

/** Values of OPC UA as those of monitor items. Pure. */
final class MonitorValuesUa {
    private MonitorValuesUa() {}

    static MonitorValue of(DataValue data) {
        Object value = data.getValue().getValue();
        Quality quality = quality(data.getStatusCode());
        boolean isArray =
                value instanceof Matrix || (value != null && value.getClass().isArray());
        return isArray ? MonitorValue.array(quality) : MonitorValue.of(quality, scalar(value));
    }

    /** Part 4, 7.39.1: the severity. */
    private static Quality quality(StatusCode status) {
        if (status.isGood()) {
            return Quality.GOOD;
        }
        return status.isBad() ? Quality.BAD : Quality.UNCERTAIN;
    }

    /** A structure cannot be compared: null. */
    private static @Nullable Object scalar(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Boolean b -> b;
            case Byte n -> BigInteger.valueOf(n);
            case Short n -> BigInteger.valueOf(n);
            case Integer n -> BigInteger.valueOf(n);
            case Long n -> BigInteger.valueOf(n);
            case UByte n -> BigInteger.valueOf(n.longValue());
            case UShort n -> BigInteger.valueOf(n.longValue());
            case UInteger n -> BigInteger.valueOf(n.longValue());
            case ULong n -> new BigInteger(n.toString());
            case Float n -> n;
            case Double n -> n;
            case String text -> text;
            case DateTime time -> time.getJavaInstant();
            case LocalizedText text -> text.text() == null ? "" : text.text();
            case QualifiedName name -> name.toParseableString();
            case UUID id -> id.toString();
            case NodeId id -> id.toParseableString();
            case ExpandedNodeId id -> id.toParseableString();
            case StatusCode code -> BigInteger.valueOf(code.getValue() & 0xFFFF_FFFFL);
            case ByteString bytes ->
                bytes.isNull() ? "" : java.util.HexFormat.of().formatHex(bytes.bytesOrEmpty());
            default -> null;
        };
    }
}
