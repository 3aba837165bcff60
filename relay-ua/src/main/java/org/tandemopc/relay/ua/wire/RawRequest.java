package org.tandemopc.relay.ua.wire;

import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;

/**
 * A service request whose body was not decoded: the typed header and, byte for byte, what follows it on the wire. Made
 * by {@link UaWire#encodingContext}; sent through a transport with such a context it leaves as it came. Immutable; the
 * body array is shared, never written to. Any thread.
 */
public final class RawRequest implements UaRequestMessageType {
    private final RawType type;
    private final RequestHeader header;
    private final byte[] body;
    private final ExpandedNodeId encodingId;

    /** @param body what follows the header; not copied, never to be changed afterwards */
    public RawRequest(RawType type, RequestHeader header, byte[] body) {
        if (!type.hasRawRequest()) {
            throw new IllegalArgumentException(type + " requests are typed");
        }
        this.type = Objects.requireNonNull(type);
        this.header = Objects.requireNonNull(header);
        this.body = Objects.requireNonNull(body);
        this.encodingId = type.requestEncoding();
    }

    public RawType type() {
        return type;
    }

    public RequestHeader header() {
        return header;
    }

    /** The bytes after the header, not a copy: read only. */
    public byte[] body() {
        return body;
    }

    /** The same body under another header (another session's token, another handle). */
    public RawRequest withHeader(RequestHeader header) {
        return new RawRequest(type, header, body);
    }

    @Override
    public RequestHeader getRequestHeader() {
        return header;
    }

    @Override
    public ExpandedNodeId getTypeId() {
        return type.requestType();
    }

    @Override
    public ExpandedNodeId getBinaryEncodingId() {
        return encodingId;
    }

    /** Null: raw messages exist in the binary encoding only. */
    @Override
    public ExpandedNodeId getXmlEncodingId() {
        return ExpandedNodeId.NULL_VALUE;
    }

    /** Null: raw messages exist in the binary encoding only. */
    @Override
    public ExpandedNodeId getJsonEncodingId() {
        return ExpandedNodeId.NULL_VALUE;
    }

    @Override
    public String toString() {
        return "RawRequest[" + type + ", " + body.length + " bytes]";
    }
}
