package org.tandemopc.opcda.common;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** The client's object that hears when a server is going to stop (OPC Common 1.10 7.6, DA 3.0 4.5.2, DA 2.05a 4.6.2). The client then gives everything back. */
public interface IOPCShutdown {
    /** @param reason empty: none */
    Result<Nothing> shutdownRequest(String reason) throws LinkException, RpcFaultException;

    Operation<IOPCShutdown, String, Nothing> SHUTDOWN_REQUEST =
            Operation.of(3, "ShutdownRequest", Params.string("szReason"), IOPCShutdown::shutdownRequest);

    InterfaceDef<IOPCShutdown> DEF = InterfaceDef.of(
            "f31dfde1-07b6-11d2-b2d8-0060083ba1fb",
            "IOPCShutdown",
            caller -> new IOPCShutdown() {
                @Override
                public Result<Nothing> shutdownRequest(String reason) throws LinkException, RpcFaultException {
                    return caller.call(SHUTDOWN_REQUEST, reason);
                }
            },
            List.of(SHUTDOWN_REQUEST));
}
