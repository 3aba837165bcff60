package org.tandemopc.dcom;

/** An answer that did not come in time. Whether the call has run is unknown unless {@link #isNotSent}. */
public class DeadlineException extends LinkException {
    private static final long serialVersionUID = 1L;

    public DeadlineException(String message, boolean notSent) {
        super(message, notSent);
    }
}
