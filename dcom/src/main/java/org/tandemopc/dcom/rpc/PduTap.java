package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;

/**
 * Sees every PDU of a connection, for diagnostics and for recording vectors. Called in the order of the wire, by the reader or
 * under the write lock: whoever listens must be quick and must not call the connection.
 */
@FunctionalInterface
public interface PduTap {
    PduTap NONE = (connection, direction, wire, plain) -> {};

    enum Direction {
        RECEIVED,
        SENT
    }

    /**
     * @param wire the octets of the PDU as they are on the network
     * @param plain the same with what is sealed in clear; equal to {@code wire} where nothing is
     */
    void seen(RpcConnection connection, Direction direction, Bytes wire, Bytes plain);
}
