package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** One operation of an interface. Called on a virtual thread of its own; several calls at once. */
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
