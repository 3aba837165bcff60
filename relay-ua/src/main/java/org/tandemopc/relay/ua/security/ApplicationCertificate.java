package org.tandemopc.relay.ua.security;

import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.DigestUtil;

/**
 * An application instance certificate (OPC UA Part 6, 6.2.2) with its private key, for signing and decrypting as this
 * application, and with the certificates of its issuers as far as they are sent along. Immutable. Never printed with its
 * key.
 */
public final class ApplicationCertificate {
    private final KeyPair keyPair;
    private final List<X509Certificate> chain;
    private final ByteString encoded;
    private final ByteString encodedChain;
    private final ByteString thumbprint;
    private final String applicationUri;

    /**
     * Without issuers.
     *
     * @throws IllegalArgumentException the certificate names no application URI or cannot be encoded
     */
    public ApplicationCertificate(KeyPair keyPair, X509Certificate certificate) {
        this(keyPair, List.of(certificate));
    }

    /**
     * @param chain the application's certificate, then its issuer, that one's issuer and so on
     * @throws IllegalArgumentException the certificate names no application URI, or one cannot be encoded
     */
    public ApplicationCertificate(KeyPair keyPair, List<X509Certificate> chain) {
        this.keyPair = keyPair;
        this.chain = List.copyOf(chain);
        X509Certificate certificate = chain.getFirst();
        try {
            byte[] der = certificate.getEncoded();
            this.encoded = ByteString.of(der);
            this.thumbprint = ByteString.of(DigestUtil.sha1(der));
            this.encodedChain = ByteString.of(joined(chain));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate cannot be encoded", e);
        }
        this.applicationUri = CertificateUtil.getSanUri(certificate)
                .orElseThrow(() -> new IllegalArgumentException("certificate names no application URI"));
    }

    private static byte[] joined(List<X509Certificate> chain) throws CertificateEncodingException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (X509Certificate certificate : chain) {
            all.writeBytes(certificate.getEncoded());
        }
        return all.toByteArray();
    }

    public KeyPair keyPair() {
        return keyPair;
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The certificate, then its issuers as far as they are sent along. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** DER of the certificate alone: what signatures are made over (Part 4, 5.6.2). */
    public ByteString encoded() {
        return encoded;
    }

    /** DER of the whole chain, one after the other, as peers are sent it. */
    public ByteString encodedChain() {
        return encodedChain;
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
                + certificate().getNotAfter().toInstant() + "]";
    }
}
