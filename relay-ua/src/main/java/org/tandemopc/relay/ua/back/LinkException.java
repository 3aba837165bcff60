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
    private final Kind kind;

    private enum Kind {
        ORDINARY,
        WRONG_SERVER,
        CERTIFICATE_REFUSED,
        PASSWORD_KEPT
    }

    /** @param certainlyNotSent no byte of the request was handed to a socket */
    public LinkException(StatusCode status, boolean certainlyNotSent, String message) {
        this(status, certainlyNotSent, message, Kind.ORDINARY);
    }

    private LinkException(StatusCode status, boolean certainlyNotSent, String message, Kind kind) {
        super(message, null, false, false);
        this.status = status;
        this.certainlyNotSent = certainlyNotSent;
        this.kind = kind;
    }

    static LinkException notSent(long status, String message) {
        return new LinkException(StatusCode.of(status), true, message);
    }

    static LinkException maybeSent(StatusCode status, String message) {
        return new LinkException(status, false, message);
    }

    /** Another server than the expected one answers at the member's address (S34). */
    static LinkException wrongServer(long status, String message) {
        return new LinkException(StatusCode.of(status), true, message, Kind.WRONG_SERVER);
    }

    /** We do not trust the server's certificate: nobody but a person can change that. */
    public static LinkException certificateRefused(StatusCode status, String message) {
        return new LinkException(status, true, message, Kind.CERTIFICATE_REFUSED);
    }

    /** We do not send the user's password to this server, or not over this link; the text says why and what to do. */
    public static LinkException passwordKept(StatusCode status, String message) {
        return new LinkException(status, true, message, Kind.PASSWORD_KEPT);
    }

    /** The same of an attempt to connect, which has sent nothing of a client's. */
    LinkException ofConnect(String message) {
        return new LinkException(status, true, message, kind);
    }

    public StatusCode status() {
        return status;
    }

    public boolean certainlyNotSent() {
        return certainlyNotSent;
    }

    /** The server that answered is not the expected one (S34). */
    public boolean isWrongServer() {
        return kind == Kind.WRONG_SERVER;
    }

    /** It is us who refuse the server's certificate. */
    public boolean isCertificateRefused() {
        return kind == Kind.CERTIFICATE_REFUSED;
    }

    /** It is us who keep the user's password back. */
    public boolean isPasswordKept() {
        return kind == Kind.PASSWORD_KEPT;
    }
}
