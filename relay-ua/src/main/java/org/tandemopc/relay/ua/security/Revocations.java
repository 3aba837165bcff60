package org.tandemopc.relay.ua.security;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What revocation lists say. A list counts for a certificate when both are signed with the same key, that of an issuer
 * whose certificate is at hand: lists are often fetched by scripts over plain HTTP, and a forged one would shut out good
 * peers. One that does not count is told once. Keys are tried only where a list names the certificate, so the usual case
 * costs no signature. Any thread.
 */
final class Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final int TOLD_MAX = 1_000;

    private final Set<X509CRL> told = ConcurrentHashMap.newKeySet();

    /** @param issuers certificates among which the issuer's may be; they need not be trusted */
    boolean isRevoked(
            X509Certificate certificate, Collection<X509Certificate> issuers, Map<Path, X509CRL> revocationLists) {
        for (Map.Entry<Path, X509CRL> list : revocationLists.entrySet()) {
            X509CRL crl = list.getValue();
            if (crl.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
                    && crl.isRevoked(certificate)) {
                if (isOfTheIssuer(crl, certificate, issuers)) {
                    return true;
                }
                tell(list.getKey(), crl, certificate);
            }
        }
        return false;
    }

    private static boolean isOfTheIssuer(
            X509CRL crl, X509Certificate certificate, Collection<X509Certificate> issuers) {
        return issuers.stream()
                .filter(issuer -> issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
                .map(X509Certificate::getPublicKey)
                .anyMatch(key -> signed(key, certificate, crl));
    }

    private static boolean signed(PublicKey key, X509Certificate certificate, X509CRL crl) {
        try {
            certificate.verify(key);
            crl.verify(key);
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }

    private void tell(Path file, X509CRL crl, X509Certificate certificate) {
        if (told.size() < TOLD_MAX && told.add(crl)) {
            LOG.warn(
                    "{} does not count for {}: it is not signed by the certificate's issuer, or that one's certificate is"
                            + " neither in a folder nor in what the peer sends",
                    file,
                    CertificateText.name(certificate));
        }
    }
}
