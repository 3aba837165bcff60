package org.tandemopc.dcom.rpc;

/**
 * Hears the answer to a call whose caller waits no more: his time was over, or the calls of the connection were given up. Once at
 * most; never if the connection ends before. On the thread that reads the connection: must return at once, and throw nothing.
 */
public interface LateReply {
    /** The call has run. */
    void answered(RpcAnswer answer);

    /** The server answers with a fault. */
    void refused(RpcFaultException fault);
}
