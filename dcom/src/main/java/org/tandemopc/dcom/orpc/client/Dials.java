package org.tandemopc.dcom.orpc.client;

import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.dcom.rpc.WeakCalls;

/** Makes the connections of a client, all with the same options and as the same user. Thread-safe. */
final class Dials {
    private final ClientSecurity security;
    private final ClientOptions options;
    private final WeakCalls weak;

    Dials(ClientSecurity security, ClientOptions options, WeakCalls weak) {
        this.security = security;
        this.options = options;
        this.weak = weak;
    }

    /**
     * A connection that was made.
     *
     * @param login of which it is not known yet what became; empty: none was made
     */
    record Dialed(RpcClient client, Optional<LoginGuard.Attempt> login) {
        /** An answer came that is no refusal. */
        void accepted() {
            login.ifPresent(LoginGuard.Attempt::accepted);
        }

        /** @return whether it is the login that was refused */
        boolean refused(String how) {
            return login.isPresent() && login.get().refused(how);
        }

        void unknown() {
            login.ifPresent(LoginGuard.Attempt::unknown);
        }
    }

    ClientSecurity security() {
        return security;
    }

    /** Without a login, for what everybody is told. */
    RpcClient dialOpen(Reach.Target target, SyntaxId first, Deadline deadline) throws LinkException, RpcFaultException {
        return RpcClient.connect(target.address(), first, null, options, weak, deadline);
    }

    Dialed dial(Reach.Target target, SyntaxId first, AuthLevel level, Deadline deadline)
            throws LinkException, RpcFaultException {
        weak.used(level, "ClientSecurity", target.host());
        if (level == AuthLevel.NONE) {
            return new Dialed(dialOpen(target, first, deadline), Optional.empty());
        }
        LoginGuard.Attempt attempt = security.guard().begin(target.host(), deadline);
        boolean isMade = false;
        try {
            RpcClient client = RpcClient.connect(
                    target.address(), first, security.login(level).orElseThrow(), options, weak, deadline);
            client.onClose(why -> attempt.unknown());
            isMade = true;
            return new Dialed(client, Optional.of(attempt));
        } catch (BindRefusedException e) {
            if (e.isAboutLogin()) {
                var unused = attempt.refused(String.valueOf(e.getMessage()));
            }
            throw e;
        } finally {
            if (!isMade) {
                attempt.unknown();
            }
        }
    }
}
