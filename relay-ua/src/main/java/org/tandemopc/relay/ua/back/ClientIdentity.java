package org.tandemopc.relay.ua.back;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.ApplicationCertificate;

/**
 * Who Tandem is towards its members.
 *
 * @param applicationUri must be the URI in the certificate's subject alternative name
 * @param keyPair null: only policy None is possible
 * @param certificateChain own certificate first; empty without a key pair
 */
public record ClientIdentity(
        String applicationUri,
        String productUri,
        String applicationName,
        @Nullable KeyPair keyPair,
        List<X509Certificate> certificateChain) {
    private static final String PRODUCT_URI = "urn:tandemopc:tandem";

    public ClientIdentity {
        certificateChain = List.copyOf(certificateChain);
        if ((keyPair == null) != certificateChain.isEmpty()) {
            throw new IllegalArgumentException("a key pair and its certificate go together");
        }
    }

    /** With Tandem's certificate towards members, and its issuers. */
    public static ClientIdentity of(ApplicationCertificate own) {
        return new ClientIdentity(own.applicationUri(), PRODUCT_URI, "Tandem", own.keyPair(), own.chain());
    }

    /** Without a certificate, for policy None. */
    public static ClientIdentity plain(String applicationUri) {
        return new ClientIdentity(applicationUri, PRODUCT_URI, "Tandem", null, List.of());
    }

    @Override
    public String toString() {
        return "ClientIdentity[" + applicationUri + "]";
    }
}
