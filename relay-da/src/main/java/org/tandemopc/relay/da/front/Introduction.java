package org.tandemopc.relay.da.front;

import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCSecurityPrivate.Credentials;
import org.tandemopc.relay.da.back.DaConnection;

/**
 * What a client has told of itself, and what each server object that stands for it is to know: language, name, and its login. Immutable,
 * but for {@link #tell}, which blocks.
 *
 * @param revision grows with each change
 * @param lcid empty: the server's own
 * @param clientName empty: that of Tandem and the pair
 * @param login of IOPCSecurityPrivate; empty: none. Kept in memory alone
 */
record Introduction(long revision, Optional<Integer> lcid, String clientName, Optional<Credentials> login) {
    static final Introduction NOTHING = new Introduction(1, Optional.empty(), "", Optional.empty());

    Introduction withLanguage(int now) {
        return new Introduction(revision + 1, Optional.of(now), clientName, login);
    }

    Introduction withName(String now) {
        return new Introduction(revision + 1, lcid, now, login);
    }

    Introduction withLogin(Optional<Credentials> now) {
        return new Introduction(revision + 1, lcid, clientName, now);
    }

    /**
     * Tells a server object what there is to know. Language and name that it does not take are left as they are.
     *
     * @param known what it was told before
     * @return a failure: it refuses the login, and nothing may be done there for this client (S32)
     */
    int tell(DaConnection there, Optional<Introduction> known, String nameOfOurs, Deadline deadline)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCCommon>> common = there.common();
        if (common.isPresent()) {
            IOPCCommon asked = common.get().within(deadline);
            if (lcid.isPresent() && !known.map(Introduction::lcid).equals(Optional.of(lcid))) {
                var unused = asked.setLocaleId(lcid.get());
            }
            if (!known.map(Introduction::clientName).equals(Optional.of(clientName))) {
                var unused = asked.setClientName(clientName.isEmpty() ? nameOfOurs : clientName);
            }
        }
        Optional<Credentials> before = known.flatMap(Introduction::login);
        return before.equals(login) ? HResult.S_OK : logIn(there, deadline);
    }

    private int logIn(DaConnection there, Deadline deadline) throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCSecurityPrivate>> security = there.find(IOPCSecurityPrivate.DEF, deadline);
        if (security.isEmpty()) {
            return login.isEmpty() ? HResult.S_OK : HResult.E_NOTIMPL;
        }
        IOPCSecurityPrivate asked = security.get().within(deadline);
        if (login.isEmpty()) {
            var unused = asked.logoff();
            return HResult.S_OK;
        }
        return asked.logon(login.get().userId(), login.get().password()).hresult();
    }
}
