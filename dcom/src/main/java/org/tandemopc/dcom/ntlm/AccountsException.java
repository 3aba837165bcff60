package org.tandemopc.dcom.ntlm;

import java.io.IOException;

/** The accounts cannot be used as they are. The message says where, why, and what a person can do. */
public final class AccountsException extends IOException {
    private static final long serialVersionUID = 1L;

    AccountsException(String place, String what, String remedy) {
        super("%s: %s. %s.".formatted(place, what, remedy));
    }
}
