package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** As {@link IOPCGroupStateMgt}, with callbacks when there is nothing to say (DA 3.0 4.4.4). */
public interface IOPCGroupStateMgt2 extends IOPCGroupStateMgt {
    /**
     * @param timeMs after which a callback without values comes if none else did; 0: never
     * @return the time that it is; OPC_S_UNSUPPORTEDRATE: not the one that was asked for
     */
    Result<Long> setKeepAlive(long timeMs) throws LinkException, RpcFaultException;

    Result<Long> getKeepAlive() throws LinkException, RpcFaultException;

    Operation<IOPCGroupStateMgt2, Long, Long> SET_KEEP_ALIVE = Operation.of(
            7,
            "SetKeepAlive",
            Params.u32("dwKeepAliveTime"),
            Params.u32("pdwRevisedKeepAliveTime"),
            0L,
            IOPCGroupStateMgt2::setKeepAlive);

    Operation<IOPCGroupStateMgt2, Nothing, Long> GET_KEEP_ALIVE = Operation.of(
            8,
            "GetKeepAlive",
            Nothing.CODEC,
            Params.u32("pdwKeepAliveTime"),
            0L,
            (target, in) -> target.getKeepAlive());

    InterfaceDef<IOPCGroupStateMgt2> DEF = InterfaceDef.extending(
            IOPCGroupStateMgt.DEF,
            "8e368666-d72e-4f78-87ed-647611c61c9f",
            "IOPCGroupStateMgt2",
            caller -> new IOPCGroupStateMgt2() {
                @Override
                public Result<GroupState> getState() throws LinkException, RpcFaultException {
                    return caller.call(IOPCGroupStateMgt.GET_STATE, Nothing.NOTHING);
                }

                @Override
                public Result<Long> setState(IOPCGroupStateMgt.StateChange call)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCGroupStateMgt.SET_STATE, call);
                }

                @Override
                public Result<Nothing> setName(String name) throws LinkException, RpcFaultException {
                    return caller.call(IOPCGroupStateMgt.SET_NAME, name);
                }

                @Override
                public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCGroupStateMgt.CLONE_GROUP, new IOPCGroupStateMgt.CloneGroup(name, iid));
                }

                @Override
                public Result<Long> setKeepAlive(long timeMs) throws LinkException, RpcFaultException {
                    return caller.call(SET_KEEP_ALIVE, timeMs);
                }

                @Override
                public Result<Long> getKeepAlive() throws LinkException, RpcFaultException {
                    return caller.call(GET_KEEP_ALIVE, Nothing.NOTHING);
                }
            },
            List.of(SET_KEEP_ALIVE, GET_KEEP_ALIVE));
}
