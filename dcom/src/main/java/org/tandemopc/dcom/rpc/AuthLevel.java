package org.tandemopc.dcom.rpc;

/** How calls are protected ([MS-RPCE] 2.2.1.1.8); in rising order. */
public enum AuthLevel {
    NONE(1),
    CONNECT(2),
    CALL(3),
    PKT(4),
    PKT_INTEGRITY(5),
    PKT_PRIVACY(6);

    private final int code;

    AuthLevel(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Whether each PDU is signed. Peers treat PKT as PKT_INTEGRITY. */
    public boolean signs() {
        return code >= PKT.code;
    }

    public boolean seals() {
        return this == PKT_PRIVACY;
    }

    public boolean isAtLeast(AuthLevel least) {
        return code >= least.code;
    }
}
