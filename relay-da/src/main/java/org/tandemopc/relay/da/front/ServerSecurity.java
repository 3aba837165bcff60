package org.tandemopc.relay.da.front;

import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCSecurityPrivate.Credentials;

/**
 * OPC Security 1.00 at the active member. A login that it takes is brought to each member that serves the client. By
 * IOPCSecurityNT members see the account that Tandem calls them by, whoever the client is: a login of NTLM cannot be handed on. Any
 * thread; blocks for {@link DaSession#CALL_MAX} at most.
 */
record ServerSecurity(DaSession session) implements IOPCSecurityPrivate, IOPCSecurityNT {
    private static final int TEXT_MAX = 1_000;

    @FunctionalInterface
    private interface Asking<T, X> {
        Result<X> of(T there) throws LinkException, RpcFaultException;
    }

    private <T, X> SessionLink.Work<X> asking(InterfaceDef<T> type, Asking<T, X> asking) {
        return (access, deadline) -> {
            Optional<ComPointer<T>> there = access.connection().find(type, deadline);
            return there.isEmpty()
                    ? Result.failure(HResult.E_NOTIMPL)
                    : asking.of(there.get().within(deadline));
        };
    }

    private <T, X> Result<X> asked(InterfaceDef<T> type, Asking<T, X> asking) {
        return DaSession.overall(session.carry(true, asking(type, asking)));
    }

    @Override
    public Result<Boolean> isAvailablePriv() {
        return asked(IOPCSecurityPrivate.DEF, IOPCSecurityPrivate::isAvailablePriv);
    }

    @Override
    public Result<Nothing> logon(String userId, String password) {
        if (userId.length() > TEXT_MAX || password.length() > TEXT_MAX) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return changed(there -> there.logon(userId, password), Optional.of(new Credentials(userId, password)));
    }

    @Override
    public Result<Nothing> logoff() {
        return changed(IOPCSecurityPrivate::logoff, Optional.empty());
    }

    /** The member that has answered knows already: it is told nothing again. */
    private Result<Nothing> changed(Asking<IOPCSecurityPrivate, Nothing> asking, Optional<Credentials> login) {
        Result<Nothing> answer = DaSession.overall(session.carryAnyhow((access, deadline) -> access.exclusive(
                () -> {
                    Result<Nothing> told =
                            asking(IOPCSecurityPrivate.DEF, asking).on(access, deadline);
                    if (told.isSuccess()) {
                        access.introduced(session.introduce(now -> now.withLogin(login)));
                    }
                    return told;
                },
                deadline)));
        if (answer.isSuccess()) {
            session.changed();
        }
        return answer;
    }

    @Override
    public Result<Boolean> isAvailableNT() {
        return asked(IOPCSecurityNT.DEF, IOPCSecurityNT::isAvailableNT);
    }

    @Override
    public Result<Long> queryMinImpersonationLevel() {
        return asked(IOPCSecurityNT.DEF, IOPCSecurityNT::queryMinImpersonationLevel);
    }

    @Override
    public Result<Nothing> changeUser() {
        return asked(IOPCSecurityNT.DEF, IOPCSecurityNT::changeUser);
    }
}
