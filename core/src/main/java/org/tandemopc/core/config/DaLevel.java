package org.tandemopc.core.config;

/** How calls of DCOM are protected ([MS-RPCE] 2.2.1.1.8), from the weakest to the strongest. */
public enum DaLevel {
    /** No login at all. */
    NONE("none"),
    /** The login alone; calls can be changed on the way. */
    CONNECT("connect"),
    /** Each call is signed. Windows asks for no less since 2023. */
    INTEGRITY("integrity"),
    /** Each call is signed and sealed. */
    PRIVACY("privacy");

    private final String label;

    DaLevel(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
