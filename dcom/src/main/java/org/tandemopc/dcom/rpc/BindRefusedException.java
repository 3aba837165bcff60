package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.LinkException;

/** A server that answers, and does not take this client: a bind_nak, or a login that went wrong on either side. */
public class BindRefusedException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final boolean isAboutLogin;

    /** @param isAboutLogin trying again with the same account and level is of no use, and may lock the account */
    BindRefusedException(String message, boolean isAboutLogin) {
        super(message, true);
        this.isAboutLogin = isAboutLogin;
    }

    public boolean isAboutLogin() {
        return isAboutLogin;
    }
}
