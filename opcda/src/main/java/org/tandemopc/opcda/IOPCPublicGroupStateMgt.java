package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Makes a group public (DA 2.05a 4.5.4); optional, and not in 3.0. */
public interface IOPCPublicGroupStateMgt {
    Result<Boolean> getState() throws LinkException, RpcFaultException;

    Result<Nothing> moveToPublic() throws LinkException, RpcFaultException;

    Operation<IOPCPublicGroupStateMgt, Nothing, Boolean> GET_STATE = Operation.of(
            3, "GetState", Nothing.CODEC, Params.bool("pPublic"), false, (target, in) -> target.getState());

    Operation<IOPCPublicGroupStateMgt, Nothing, Nothing> MOVE_TO_PUBLIC =
            Operation.of(4, "MoveToPublic", Nothing.CODEC, (target, in) -> target.moveToPublic());

    InterfaceDef<IOPCPublicGroupStateMgt> DEF = InterfaceDef.of(
            "39c13a51-011e-11d0-9675-0020afd8adb3",
            "IOPCPublicGroupStateMgt",
            caller -> new IOPCPublicGroupStateMgt() {
                @Override
                public Result<Boolean> getState() throws LinkException, RpcFaultException {
                    return caller.call(GET_STATE, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> moveToPublic() throws LinkException, RpcFaultException {
                    return caller.call(MOVE_TO_PUBLIC, Nothing.NOTHING);
                }
            },
            List.of(GET_STATE, MOVE_TO_PUBLIC));
}
