package org.tandemopc.core.config;

/** An OPC UA security policy with its message mode, as offered in the configuration. */
public enum SecurityChoice {
    /** Policy None, mode None: nothing is signed or encrypted. */
    NONE("None"),
    /** Policy Basic256Sha256, mode SignAndEncrypt (OPC UA Part 7). */
    BASIC256SHA256("Basic256Sha256");

    private final String label;

    SecurityChoice(String label) {
        this.label = label;
    }

    /** As it is spelled in the configuration file and in OPC UA Part 7. */
    public String label() {
        return label;
    }
}
