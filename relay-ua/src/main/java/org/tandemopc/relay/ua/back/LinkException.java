package org.tandemopc.relay.ua.back;

import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;

/**
 * A link to a member failed. Carries no stack trace: it is an operating failure, told by its status and text, and
 * hundreds of them are made at once when a link with many open requests ends.
 */
public final class LinkException extends Exception {
    private static final long serialVersionUID = 1L;

    private final StatusCode status;
    private final boolean certainlyNotSent;
    private final boolean wrongServer;

    /** @param certainlyNotSent no byte of the request was handed to a socket */
    public LinkException(StatusCode status, boolean certainlyNotSent, String message) {
        this(status, certainlyNotSent, message, false);
    }

    private LinkException(StatusCode status, boolean certainlyNotSent, String message, boolean wrongServer) {
        super(message, null, false, false);
        this.status = status;
        this.certainlyNotSent = certainlyNotSent;
        this.wrongServer = wrongServer;
    }

    static LinkException notSent(long status, String message) {
        return new LinkException(StatusCode.of(status), true, message);
    }

    static LinkException maybeSent(StatusCode status, String message) {
        return new LinkException(status, false, message);
    }

    /** Another server than the expected one answers at the member's address (S34). */
    static LinkException wrongServer(long status, String message) {
        return new LinkException(StatusCode.of(status), true, message, true);
    }

    public StatusCode status() {
        return status;
    }

    public boolean certainlyNotSent() {
        return certainlyNotSent;
    }

    /** The server that answered is not the expected one (S34). */
    public boolean isWrongServer() {
        return wrongServer;
    }
}
