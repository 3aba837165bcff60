package org.tandemopc.relay.ua.back;

import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;

/** A link to a member failed. */
public final class LinkException extends Exception {
    private static final long serialVersionUID = 1L;

    private final StatusCode status;
    private final boolean certainlyNotSent;

    /** @param certainlyNotSent no byte of the request was handed to a socket */
    public LinkException(StatusCode status, boolean certainlyNotSent, String message) {
        super(message);
        this.status = status;
        this.certainlyNotSent = certainlyNotSent;
    }

    public StatusCode status() {
        return status;
    }

    public boolean certainlyNotSent() {
        return certainlyNotSent;
    }
}
