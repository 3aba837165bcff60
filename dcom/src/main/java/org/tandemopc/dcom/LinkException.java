package org.tandemopc.dcom;

import java.io.IOException;

/** A connection that cannot be made, was lost, or was given up because the peer broke the protocol. */
public class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message) {
        super(message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
