package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * One operation of an interface. Called on a thread of the server, virtual or not, several calls at once; it may block, and its
 * thread is interrupted when the server ends.
 */
@FunctionalInterface
public interface RpcHandler {
    /**
     * @param stub the parameters in the byte order of the call; octets after the last parameter are normal, and ignored
     * @return the results, little endian
     * @throws MalformedException answered with the fault "bad stub data"
     * @throws RpcFaultException answered with its status
     */
    Bytes handle(CallContext call, Bytes stub) throws RpcFaultException, MalformedException;
}
