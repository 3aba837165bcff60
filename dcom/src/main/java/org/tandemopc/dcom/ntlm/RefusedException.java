package org.tandemopc.dcom.ntlm;

/** A login that ends here. The message names what was refused, for the log alone. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
        super(reason);
    }
}
