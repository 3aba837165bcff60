package org.tandemopc.dcom.orpc;

/**
 * A pointer that leads nowhere was to be handed to somebody. The call that should carry it is not sent; if it is an answer, the
 * caller hears CO_E_OBJNOTCONNECTED.
 */
public final class DeadPointerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param why it leads nowhere, in a sentence */
    public DeadPointerException(String why) {
        super(why);
    }
}
