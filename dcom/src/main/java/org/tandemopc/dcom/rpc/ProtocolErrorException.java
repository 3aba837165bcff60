package org.tandemopc.dcom.rpc;

/** A PDU that may be well formed but has no place here. The connection ends with it, after a fault that says so. */
final class ProtocolErrorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param reason for the log */
    ProtocolErrorException(String reason) {
        this(RpcStatus.PROTOCOL_ERROR, reason);
    }

    ProtocolErrorException(int status, String reason) {
        super(reason);
        this.status = status;
    }

    int status() {
        return status;
    }
}
