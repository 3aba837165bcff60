package org.tandemopc.relay.ua.wire;

import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;

/**
 * A service response whose body was not decoded: the typed header and, byte for byte, what follows it on the wire. Made
 * by {@link UaWire#encodingContext}; sent through a transport with such a context it leaves as it came. Immutable; the
 * body array is shared, never written to. Any thread.
 */
public final class RawResponse implements UaResponseMessageType {
    private final RawType type;
    private final ResponseHeader header;
    private final byte[] body;
    private final ExpandedNodeId encodingId;

    /** @param body what follows the header; not copied, never to be changed afterwards */
    public RawResponse(RawType type, ResponseHeader header, byte[] body) {
        this.type = Objects.requireNonNull(type);
        this.header = Objects.requireNonNull(header);
        this.body = Objects.requireNonNull(body);
        this.encodingId = type.responseEncoding();
    }

    public RawType type() {
        return type;
    }

    public ResponseHeader header() {
        return header;
    }

    /** The bytes after the header, not a copy: read only. */
    public byte[] body() {
        return body;
    }

    /** The same body under another header (the client's request handle). */
    public RawResponse withHeader(ResponseHeader header) {
        return new RawResponse(type, header, body);
    }

    @Override
    public ResponseHeader getResponseHeader() {
        return header;
    }

    @Override
    public ExpandedNodeId getTypeId() {
        return type.responseType();
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
        return "RawResponse[" + type + ", " + body.length + " bytes]";
    }
}
