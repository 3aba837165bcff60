package org.tandemopc.dcom.rpc;

/**
 * A fault: what a server answers instead of a result. Thrown by operations to have it sent, and by the client when it came.
 */
public class RpcFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final boolean didNotExecute;

    /** The operation may have begun. */
    public RpcFaultException(int status) {
        this(status, false);
    }

    /**
     * @param status one of {@link RpcStatus}, or an HRESULT; not 0, which means success ([MS-RPCE] 2.2.2.8)
     * @param didNotExecute the operation has certainly not begun
     */
    public RpcFaultException(int status, boolean didNotExecute) {
        super("fault 0x%08X%s".formatted(status, didNotExecute ? ", not executed" : ""));
        this.status = status;
        this.didNotExecute = didNotExecute;
    }

    public int status() {
        return status;
    }

    public boolean didNotExecute() {
        return didNotExecute;
    }
}
