package org.tandemopc.dcom.orpc.client;

import org.tandemopc.dcom.LinkException;

/**
 * The process that had the object is gone, and with it everything that was made there: the object must be made anew. Certainly
 * known, from the resolver of its host; a host that does not answer is a plain {@link LinkException}.
 */
public final class DisconnectedException extends LinkException {
    private static final long serialVersionUID = 1L;

    public DisconnectedException(String message, boolean notSent) {
        super(message, notSent);
    }
}
