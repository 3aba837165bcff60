package org.tandemopc.relay.ua.back;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UByte;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.ServerCondition;

/** The nodes of a server that tell its status (Part 5, 6.3.1), and how their values are read. */
final class ServerStatus {
    static final NodeId STATE = NodeIds.Server_ServerStatus_State;
    static final NodeId SERVICE_LEVEL = NodeIds.Server_ServiceLevel;
    static final NodeId CURRENT_TIME = NodeIds.Server_ServerStatus_CurrentTime;
    static final NodeId START_TIME = NodeIds.Server_ServerStatus_StartTime;
    static final NodeId SECONDS_TILL_SHUTDOWN = NodeIds.Server_ServerStatus_SecondsTillShutdown;
    static final NodeId NAMESPACE_ARRAY = NodeIds.Server_NamespaceArray;
    static final NodeId SERVER_ARRAY = NodeIds.Server_ServerArray;

    /** For a server without ServiceLevel: it never says that it is worse. */
    static final int SERVICE_LEVEL_MAX = 255;

    private static final Instant NO_TIME = Instant.parse("1601-01-01T00:00:00Z");

    private ServerStatus() {}

    static ReadValueId valueOf(NodeId node) {
        return new ReadValueId(node, AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE);
    }

    static ReadValueId[] valuesOf(NodeId... nodes) {
        return Arrays.stream(nodes).map(ServerStatus::valueOf).toArray(ReadValueId[]::new);
    }

    static boolean isUsable(DataValue value) {
        return !value.getStatusCode().isBad() && value.getValue().getValue() != null;
    }

    static ServerCondition.State state(DataValue value) {
        if (!isUsable(value) || !(value.getValue().getValue() instanceof Number number)) {
            return ServerCondition.State.UNKNOWN;
        }
        return switch (number.intValue()) {
            case 0 -> ServerCondition.State.RUNNING;
            case 1 -> ServerCondition.State.FAILED;
            case 2 -> ServerCondition.State.NO_CONFIGURATION;
            case 3 -> ServerCondition.State.SUSPENDED;
            case 4 -> ServerCondition.State.SHUTDOWN;
            case 5 -> ServerCondition.State.TEST;
            case 6 -> ServerCondition.State.COMMUNICATION_FAULT;
            default -> ServerCondition.State.UNKNOWN;
        };
    }

    static int serviceLevel(DataValue value) {
        return isUsable(value) && value.getValue().getValue() instanceof UByte level
                ? level.intValue()
                : SERVICE_LEVEL_MAX;
    }

    /** Null also for the first moment that a DateTime can name: a server without a clock says that (Part 6, 5.2.2.5). */
    static @Nullable DateTime time(DataValue value) {
        return isUsable(value)
                        && value.getValue().getValue() instanceof DateTime time
                        && time.getJavaInstant().isAfter(NO_TIME)
                ? time
                : null;
    }

    static List<String> strings(DataValue value) {
        return isUsable(value) && value.getValue().getValue() instanceof String[] entries
                ? Arrays.stream(entries).map(s -> s == null ? "" : s).toList()
                : List.of();
    }
}
