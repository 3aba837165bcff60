package org.tandemopc.relay.ua.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A certificate and the certificates of its issuers, as they lie in one file: PEM or DER, in any order. What is sent of it
 * must fit the OpenSecureChannel message, which is one chunk of as little as 8192 bytes (OPC UA Part 6, 7.1.2.3), so at
 * most {@value #COUNT_MAX} certificates of together {@value #BYTES_MAX} bytes are taken.
 */
final class CertificateChain {
    static final int COUNT_MAX = 8;
    static final int BYTES_MAX = 6_500;

    private static final int FILE_BYTES_MAX = 64 * 1024;

    private CertificateChain() {}

    /** None of the certificates is that of the key. */
    static final class OfAnotherKey extends GeneralSecurityException {
        private static final long serialVersionUID = 1L;
    }

    /** @throws IOException the file cannot be read or is too large */
    static List<X509Certificate> read(Path file) throws IOException, GeneralSecurityException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " is too large for a certificate and its issuers");
        }
        List<X509Certificate> certificates =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                        .stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate");
        }
        return certificates;
    }

    /**
     * The certificate of the key first, then its issuer and so on.
     *
     * @throws OfAnotherKey none is the key's
     * @throws GeneralSecurityException one has not issued any of the others, or they are too many or too long to be sent
     */
    static List<X509Certificate> of(List<X509Certificate> certificates, PrivateKey key)
            throws GeneralSecurityException {
        List<X509Certificate> rest = new ArrayList<>(certificates);
        List<X509Certificate> chain = new ArrayList<>();
        Optional<X509Certificate> next = ofKey(rest, key);
        if (next.isEmpty()) {
            throw new OfAnotherKey();
        }
        int bytes = 0;
        while (next.isPresent()) {
            X509Certificate found = next.get();
            rest.remove(found);
            chain.add(found);
            bytes += found.getEncoded().length;
            next = rest.stream().filter(other -> hasIssued(other, found)).findFirst();
        }
        if (!rest.isEmpty()) {
            throw new GeneralSecurityException(
                    CertificateText.name(rest.getFirst()) + " is in the file and has issued none of the others");
        }
        if (chain.size() > COUNT_MAX || bytes > BYTES_MAX) {
            throw new GeneralSecurityException("the " + chain.size() + " certificates have " + bytes
                    + " bytes; at most " + COUNT_MAX + " of " + BYTES_MAX
                    + " bytes can be sent: leave out the topmost issuers");
        }
        return List.copyOf(chain);
    }

    private static Optional<X509Certificate> ofKey(List<X509Certificate> certificates, PrivateKey key)
            throws GeneralSecurityException {
        for (X509Certificate certificate : certificates) {
            if (belongTogether(certificate.getPublicKey(), key)) {
                return Optional.of(certificate);
            }
        }
        return Optional.empty();
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey key) throws GeneralSecurityException {
        if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(probe);
        try {
            return signature.verify(signed);
        } catch (SignatureException ofAnotherLength) {
            return false;
        }
    }

    private static boolean hasIssued(X509Certificate issuer, X509Certificate issued) {
        if (!issuer.getSubjectX500Principal().equals(issued.getIssuerX500Principal())) {
            return false;
        }
        try {
            issued.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }
}
