package org.tandemopc.core.config;

/** Finds passwords that are kept outside of the configuration file. */
public interface SecretSource {
    /**
     * Resolves {@code file:/path} or {@code env:NAME}.
     *
     * @throws SecretMissing with a sentence for people that does not hold the secret
     */
    Secret find(String reference) throws SecretMissing;

    /** The secret is not where the configuration says. */
    final class SecretMissing extends Exception {
        private static final long serialVersionUID = 1L;

        public SecretMissing(String message) {
            super(message);
        }
    }
}
