package org.tandemopc.core.config;

/** How messages of a secured channel are protected (OPC UA Part 4, 7.20); policy None knows neither. */
public enum MessageMode {
    SIGN("Sign"),
    SIGN_AND_ENCRYPT("SignAndEncrypt");

    private final String label;

    MessageMode(String label) {
        this.label = label;
    }

    /** As it is spelled in the configuration file and in OPC UA Part 4. */
    public String label() {
        return label;
    }
}
