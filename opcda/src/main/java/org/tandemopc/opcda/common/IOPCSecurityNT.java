package org.tandemopc.opcda.common;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Access by the client's Windows account (OPC Security 1.00 4.2). */
public interface IOPCSecurityNT {
    Result<Boolean> isAvailableNT() throws LinkException, RpcFaultException;

    Result<Long> queryMinImpersonationLevel() throws LinkException, RpcFaultException;

    /** The account of this call counts from now on. */
    Result<Nothing> changeUser() throws LinkException, RpcFaultException;

    Operation<IOPCSecurityNT, Nothing, Boolean> IS_AVAILABLE_NT = Operation.of(
            3,
            "IsAvailableNT",
            Nothing.CODEC,
            Params.bool("pbAvailable"),
            false,
            (target, in) -> target.isAvailableNT());

    Operation<IOPCSecurityNT, Nothing, Long> QUERY_MIN_IMPERSONATION_LEVEL = Operation.of(
            4,
            "QueryMinImpersonationLevel",
            Nothing.CODEC,
            Params.u32("pdwMinImpLevel"),
            0L,
            (target, in) -> target.queryMinImpersonationLevel());

    Operation<IOPCSecurityNT, Nothing, Nothing> CHANGE_USER =
            Operation.of(5, "ChangeUser", Nothing.CODEC, (target, in) -> target.changeUser());

    InterfaceDef<IOPCSecurityNT> DEF = InterfaceDef.of(
            "7aa83a01-6c77-11d3-84f9-00008630a38b",
            "IOPCSecurityNT",
            caller -> new IOPCSecurityNT() {
                @Override
                public Result<Boolean> isAvailableNT() throws LinkException, RpcFaultException {
                    return caller.call(IS_AVAILABLE_NT, Nothing.NOTHING);
                }

                @Override
                public Result<Long> queryMinImpersonationLevel() throws LinkException, RpcFaultException {
                    return caller.call(QUERY_MIN_IMPERSONATION_LEVEL, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> changeUser() throws LinkException, RpcFaultException {
                    return caller.call(CHANGE_USER, Nothing.NOTHING);
                }
            },
            List.of(IS_AVAILABLE_NT, QUERY_MIN_IMPERSONATION_LEVEL, CHANGE_USER));
}
