package org.tandemopc.dcom;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection that cannot be made, was lost, or was given up because the peer broke the protocol. */
public class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean notSent;

    public LinkException(String message) {
        this(message, false);
    }

    /** @param notSent nothing of the call has left: it may be made again elsewhere */
    public LinkException(String message, boolean notSent) {
        this(message, null, notSent);
    }

    public LinkException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    public LinkException(String message, @Nullable Throwable cause, boolean notSent) {
        super(message, cause);
        this.notSent = notSent;
    }

    /** The same news for another who waits on the connection. */
    public LinkException again(boolean nothingSent) {
        return new LinkException(String.valueOf(getMessage()), this, nothingSent);
    }

    /** Whether the peer certainly has nothing of the call. Otherwise it may have run. */
    public boolean isNotSent() {
        return notSent;
    }
}
