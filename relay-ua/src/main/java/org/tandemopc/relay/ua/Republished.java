package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.relay.ua.wire.UpstreamPublish;

/** A message that is sent again is the same NotificationMessage in another response (OPC UA Part 4, 5.14.6). */
final class Republished {
    private Republished() {}

    static UpstreamPublish parse(RepublishResponse from, long subscriptionId) {
        return UpstreamPublish.parse(UaWire.raw(new PublishResponse(
                from.getResponseHeader(),
                uint(subscriptionId),
                new UInteger[0],
                false,
                from.getNotificationMessage(),
                null,
                null)));
    }

    static RepublishResponse response(ResponseHeader header, RawResponse publish) {
        return new RepublishResponse(header, ((PublishResponse) UaWire.decode(publish)).getNotificationMessage());
    }
}
