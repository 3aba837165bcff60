package org.tandemopc.service.notify;

/**
 * A notification did not get through. The message is for people: what failed, without a final period, and never what the
 * peer wrote, so that nobody reads other machines through Tandem. No stack trace: it is no defect.
 */
public final class DeliveryException extends Exception {
    private static final long serialVersionUID = 1L;

    public DeliveryException(String why) {
        super(why, null, false, false);
    }

    /** What failed. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
