package org.tandemopc.opcda.common;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/** Access by accounts of the server's own (OPC Security 1.00 4.3). */
public interface IOPCSecurityPrivate {
    Result<Boolean> isAvailablePriv() throws LinkException, RpcFaultException;

    Result<Nothing> logon(String userId, String password) throws LinkException, RpcFaultException;

    Result<Nothing> logoff() throws LinkException, RpcFaultException;

    /** The [in] parameters of Logon; never shown. */
    record Credentials(String userId, String password) {
        static Credentials read(NdrReader in) throws MalformedException {
            String userId = in.string("szUserID");
            String password = in.string("szPassword");
            return new Credentials(userId, password);
        }

        void write(NdrWriter out) {
            out.string(userId);
            out.string(password);
        }

        @Override
        public String toString() {
            return userId + " with a password";
        }
    }

    Operation<IOPCSecurityPrivate, Nothing, Boolean> IS_AVAILABLE_PRIV = Operation.of(
            3,
            "IsAvailablePriv",
            Nothing.CODEC,
            Params.bool("pbAvailable"),
            false,
            (target, in) -> target.isAvailablePriv());

    Operation<IOPCSecurityPrivate, Credentials, Nothing> LOGON = Operation.of(
            4,
            "Logon",
            Codec.<Credentials>of(Credentials::read, (out, call) -> call.write(out)),
            (target, in) -> target.logon(in.userId(), in.password()));

    Operation<IOPCSecurityPrivate, Nothing, Nothing> LOGOFF =
            Operation.of(5, "Logoff", Nothing.CODEC, (target, in) -> target.logoff());

    InterfaceDef<IOPCSecurityPrivate> DEF = InterfaceDef.of(
            "7aa83a02-6c77-11d3-84f9-00008630a38b",
            "IOPCSecurityPrivate",
            caller -> new IOPCSecurityPrivate() {
                @Override
                public Result<Boolean> isAvailablePriv() throws LinkException, RpcFaultException {
                    return caller.call(IS_AVAILABLE_PRIV, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> logon(String userId, String password) throws LinkException, RpcFaultException {
                    return caller.call(LOGON, new Credentials(userId, password));
                }

                @Override
                public Result<Nothing> logoff() throws LinkException, RpcFaultException {
                    return caller.call(LOGOFF, Nothing.NOTHING);
                }
            },
            List.of(IS_AVAILABLE_PRIV, LOGON, LOGOFF));
}
