package org.tandemopc.core.config;

/** Whose certificate browsers and programs on other machines see. */
public sealed interface RestTls {
    /** One that Tandem makes and signs itself, in the data folder. */
    record Own() implements RestTls {}

    /**
     * One of the plant's.
     *
     * @param certificate a file, PEM: the certificate, then those of its issuers
     * @param key a file, PEM of PKCS #8, for the service's user alone
     */
    record Files(String certificate, String key) implements RestTls {}
}
