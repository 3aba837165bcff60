package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.LinkException;

/** A server that answers, and does not take this client: a bind_nak, or a login that went wrong on either side. */
public class BindRefusedException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final boolean isAboutLogin;
    private final boolean isAboutLevel;

    /** @param isAboutLogin trying again with the same account and level is of no use, and may lock the account */
    BindRefusedException(String message, boolean isAboutLogin) {
        this(message, isAboutLogin, false);
    }

    private BindRefusedException(String message, boolean isAboutLogin, boolean isAboutLevel) {
        super(message, true);
        this.isAboutLogin = isAboutLogin;
        this.isAboutLevel = isAboutLevel;
    }

    /** The server protects calls less than is asked for. */
    static BindRefusedException ofLevel(String message) {
        return new BindRefusedException(message, true, true);
    }

    /** Whether it is the level that they cannot agree on, of which account and password say nothing. */
    public boolean isAboutLevel() {
        return isAboutLevel;
    }

    public boolean isAboutLogin() {
        return isAboutLogin;
    }
}
