package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.util.Locale;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.Principal;

/**
 * Whom references are handed to: an account at an address. Several programs of one account on one computer are one, since
 * nothing tells them apart that they could not pretend.
 */
public record Client(Principal principal, InetAddress address) {
    /** Accounts are the same in any case. */
    public Client {
        principal = new Principal(
                principal.domain().toUpperCase(Locale.ROOT), principal.user().toUpperCase(Locale.ROOT));
    }

    public static Client of(CallContext call) {
        return new Client(call.principal(), call.remoteAddress().getAddress());
    }

    @Override
    public String toString() {
        return (principal.isAnonymous() ? "nobody" : principal.domain() + "\\" + principal.user()) + " at "
                + address.getHostAddress();
    }
}
