package org.tandemopc.core.config;

/** An OPC UA security policy (Part 7), as offered in the configuration. Older policies are not offered at all. */
public enum SecurityChoice {
    /** Nothing is signed or encrypted, whatever the message mode. */
    NONE("None"),
    BASIC256SHA256("Basic256Sha256"),
    AES128_SHA256_RSAOAEP("Aes128_Sha256_RsaOaep"),
    AES256_SHA256_RSAPSS("Aes256_Sha256_RsaPss");

    private final String label;

    SecurityChoice(String label) {
        this.label = label;
    }

    /** As it is spelled in the configuration file and in OPC UA Part 7. */
    public String label() {
        return label;
    }
}
