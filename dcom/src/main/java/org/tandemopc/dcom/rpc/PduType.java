package org.tandemopc.dcom.rpc;

/** The kinds of PDU of the connection-oriented protocol (C706 12.6.4, ptype), as their codes. */
public final class PduType {
    public static final int REQUEST = 0;
    public static final int RESPONSE = 2;
    public static final int FAULT = 3;
    public static final int BIND = 11;
    public static final int BIND_ACK = 12;
    public static final int BIND_NAK = 13;
    public static final int ALTER_CONTEXT = 14;
    public static final int ALTER_CONTEXT_RESP = 15;
    public static final int AUTH3 = 16;
    public static final int SHUTDOWN = 17;
    public static final int CO_CANCEL = 18;
    public static final int ORPHANED = 19;

    private PduType() {}

    /** Whether its body is protected on a connection that signs or seals ([MS-RPCE] 2.2.2.11); the others carry a login's tokens. */
    static boolean isProtected(int type) {
        return switch (type) {
            case REQUEST, RESPONSE, FAULT, CO_CANCEL, ORPHANED -> true;
            default -> false;
        };
    }
}
