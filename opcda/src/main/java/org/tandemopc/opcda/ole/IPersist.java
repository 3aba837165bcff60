package org.tandemopc.opcda.ole;

import java.util.List;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** An object whose class can be asked for. */
public interface IPersist {
    Result<Guid> getClassId() throws LinkException, RpcFaultException;

    Operation<IPersist, Nothing, Guid> GET_CLASS_ID = Operation.of(
            3, "GetClassID", Nothing.CODEC, Params.guid("pClassID"), Guid.NULL, (target, in) -> target.getClassId());

    InterfaceDef<IPersist> DEF = InterfaceDef.of(
            "0000010c-0000-0000-c000-000000000046",
            "IPersist",
            caller -> new IPersist() {
                @Override
                public Result<Guid> getClassId() throws LinkException, RpcFaultException {
                    return caller.call(GET_CLASS_ID, Nothing.NOTHING);
                }
            },
            List.of(GET_CLASS_ID));
}
