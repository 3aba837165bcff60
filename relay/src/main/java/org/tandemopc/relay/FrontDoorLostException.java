package org.tandemopc.relay;

import java.io.IOException;

/** Neither the front door that was wanted nor the one before it could be opened: nothing listens for clients. */
public final class FrontDoorLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param wanted why the new one could not be opened, with a message for people
     * @param before why the old one could not be opened again
     */
    public FrontDoorLostException(IOException wanted, IOException before) {
        super(message(String.valueOf(wanted.getMessage()), String.valueOf(before.getMessage())), wanted);
        addSuppressed(before);
    }

    private static String message(String wanted, String before) {
        return wanted.equals(before)
                ? wanted
                : "%s The front door that was open before could not be opened again: %s".formatted(wanted, before);
    }
}
