package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;

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

    /** Whether each PDU is signed. Connection-oriented peers treat CALL as PKT, and PKT as PKT_INTEGRITY. */
    public boolean signs() {
        return code >= CALL.code;
    }

    public boolean seals() {
        return this == PKT_PRIVACY;
    }

    /** @return null: no level has this code */
    public static @Nullable AuthLevel of(int code) {
        for (AuthLevel level : values()) {
            if (level.code == code) {
                return level;
            }
        }
        return null;
    }

    public boolean isAtLeast(AuthLevel least) {
        return code >= least.code;
    }
}
