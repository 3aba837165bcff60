package org.tandemopc.relay.ua.security;

import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.DigestUtil;

/**
 * An application instance certificate (OPC UA Part 6, 6.2.2) with its private key, for signing and decrypting as this
 * application. Immutable. Never printed with its key.
 */
public final class ApplicationCertificate {
    private final KeyPair keyPair;
    private final X509Certificate certificate;
    private final ByteString encoded;
    private final ByteString thumbprint;
    private final String applicationUri;

    /** @throws IllegalArgumentException the certificate names no application URI or cannot be encoded */
    public ApplicationCertificate(KeyPair keyPair, X509Certificate certificate) {
        this.keyPair = keyPair;
        this.certificate = certificate;
        try {
            byte[] der = certificate.getEncoded();
            this.encoded = ByteString.of(der);
            this.thumbprint = ByteString.of(DigestUtil.sha1(der));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate cannot be encoded", e);
        }
        this.applicationUri = CertificateUtil.getSanUri(certificate)
                .orElseThrow(() -> new IllegalArgumentException("certificate names no application URI"));
    }

    public KeyPair keyPair() {
        return keyPair;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** DER. */
    public ByteString encoded() {
        return encoded;
    }

    /** SHA-1 of {@link #encoded}, as secure channels name certificates (Part 6, 6.7.2.3). */
    public ByteString thumbprint() {
        return thumbprint;
    }

    /** The URI of the subject alternative name; the ApplicationUri of this application. */
    public String applicationUri() {
        return applicationUri;
    }

    @Override
    public String toString() {
        return "ApplicationCertificate[" + applicationUri + ", until "
                + certificate.getNotAfter().toInstant() + "]";
    }
}
