package org.tandemopc.dcom.orpc.client;

import org.tandemopc.dcom.LinkException;

/** A host that answers, and does not make the object. Nothing of the call that needed it was sent. */
public final class ActivationException extends LinkException {
    private static final long serialVersionUID = 1L;

    private final int hresult;

    /** @param hresult REGDB_E_CLASSNOTREG, E_ACCESSDENIED, E_NOINTERFACE and others */
    public ActivationException(String message, int hresult) {
        super(message, true);
        this.hresult = hresult;
    }

    public int hresult() {
        return hresult;
    }
}
