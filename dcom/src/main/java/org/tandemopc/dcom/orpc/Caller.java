package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * Carries the calls of a proxy to the object, each within the time that was set when the proxy was made. Any thread.
 *
 * @param <T> the interface of the proxy
 */
public interface Caller<T> {
    /**
     * @throws LinkException no answer; whether the method has run is unknown unless {@link LinkException#isNotSent}
     * @throws RpcFaultException no answer of the method, but one of RPC or COM: RPC_E_DISCONNECTED, access denied
     */
    <I, O> Result<O> call(Operation<? super T, I, O> operation, I in) throws LinkException, RpcFaultException;
}
