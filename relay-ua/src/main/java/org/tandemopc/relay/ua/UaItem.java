package org.tandemopc.relay.ua;

import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.Nullable;

/**
 * A monitored item as the client wants it: what every member is brought to. Owned by the session's event loop.
 *
 * <p>{@code id} is the monitored item id that the client sees and, at every member, the client handle (until the item is
 * made anew there, see {@link MemberState.MemberSubscription#renewHandle}): so a notification names the item whatever
 * member it comes from, and only the client's own handle is patched in on the way out.
 */
final class UaItem {
    final int id;
    final UaSubscription subscription;
    final ReadValueId node;
    /** Answered by Tandem itself: one of {@link OwnNodes}. */
    final boolean own;

    long clientHandle;
    TimestampsToReturn timestamps;
    MonitoringMode mode;
    double samplingMs;
    long queueSize;
    boolean discardOldest;

    @Nullable
    ExtensionObject filter;
    /** The Bad status that the client was told because the active lacks the item; null once the active has it. */
    @Nullable
    StatusCode toldBad;

    /** Grows with each change of the parameters, so that a member that is behind can be told. */
    int version = 1;

    UaItem(
            int id,
            UaSubscription subscription,
            ReadValueId node,
            boolean own,
            long clientHandle,
            TimestampsToReturn timestamps,
            MonitoringMode mode,
            double samplingMs,
            long queueSize,
            boolean discardOldest,
            @Nullable ExtensionObject filter) {
        this.id = id;
        this.subscription = subscription;
        this.node = node;
        this.own = own;
        this.clientHandle = clientHandle;
        this.timestamps = timestamps;
        this.mode = mode;
        this.samplingMs = samplingMs;
        this.queueSize = queueSize;
        this.discardOldest = discardOldest;
        this.filter = filter;
    }

    boolean reporting() {
        return mode == MonitoringMode.Reporting;
    }
}
