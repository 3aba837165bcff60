package org.tandemopc.relay.ua.security;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.util.validation.CertificateValidationUtil;
import org.eclipse.milo.opcua.stack.core.util.validation.ValidationCheck;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer's certificate may open a channel. First what costs nothing (number and size of certificates, RSA key of
 * 2048 to 4096 bits, never one of our own), then what the certificate says of itself (time, usage, URI), then the lists.
 * Each refusal says in its text which it was; no text tells a peer of our folders. Nothing is ever fetched from an address
 * in a certificate. Any thread; may read files.
 */
final class PeerCheck {
    private static final int CHAIN_MAX = 8;
    private static final int CERTIFICATE_BYTES_MAX = 16 * 1024;
    private static final int KEY_BITS_MIN = 2048;
    private static final int KEY_BITS_MAX = 4096;
    private static final int EXPONENT_BITS_MAX = 64;

    // Bits of the key usage extension (RFC 5280, 4.2.1.3).
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int DATA_ENCIPHERMENT = 3;

    private static final String ANY_USAGE = "2.5.29.37.0";

    /** Revocation is looked at here: a list that is missing must not refuse, since few plants have any. */
    private static final Set<ValidationCheck> PATH_CHECKS = EnumSet.of(ValidationCheck.VALIDITY);

    /** What a certificate is refused with that nobody knows, and that is fit otherwise. */
    static final String NOT_TRUSTED = "certificate not trusted";

    /** What the peer uses its certificate for. */
    enum Role {
        CLIENT("1.3.6.1.5.5.7.3.2", "a client"),
        SERVER("1.3.6.1.5.5.7.3.1", "a server");

        private final String usage;
        private final String label;

        Role(String usage, String label) {
            this.usage = usage;
            this.label = label;
        }
    }

    private final Role role;
    private final Predicate<X509Certificate> isOwn;
    private final @Nullable PeerCertificates certificates;
    private final InstantSource clock;
    private final Revocations revocations = new Revocations();

    /**
     * @param isOwn Tandem's certificates, of either side and of any time
     * @param certificates null: every certificate that is fit is trusted
     */
    PeerCheck(
            Role role, Predicate<X509Certificate> isOwn, @Nullable PeerCertificates certificates, InstantSource clock) {
        this.role = role;
        this.isOwn = isOwn;
        this.certificates = certificates;
        this.clock = clock;
    }

    /**
     * @param chain the peer's certificate, then its issuers as far as the peer sends them
     * @param applicationUri as the peer calls itself; null while it has not said
     */
    void check(List<X509Certificate> chain, @Nullable String applicationUri) throws UaException {
        checkShape(chain);
        X509Certificate peer = chain.getFirst();
        checkOwn(chain);
        checkTime(peer, clock.instant());
        if (certificates != null) {
            checkUsage(peer);
        }
        if (applicationUri != null) {
            checkUri(peer, applicationUri);
        }
        if (certificates != null) {
            checkLists(chain, certificates.lists());
        }
    }

    private void checkOwn(List<X509Certificate> chain) throws UaException {
        if (isOwn.test(chain.getFirst())) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, role.label + " presents our own certificate");
        }
    }

    private static void checkShape(List<X509Certificate> chain) throws UaException {
        if (chain.isEmpty() || chain.size() > CHAIN_MAX) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, chain.size() + " certificates in the chain");
        }
        for (X509Certificate certificate : chain) {
            if (!(certificate.getPublicKey() instanceof RSAPublicKey key)) {
                throw new UaException(StatusCodes.Bad_CertificateInvalid, "not an RSA key");
            }
            int bits = key.getModulus().bitLength();
            if (bits < KEY_BITS_MIN
                    || bits > KEY_BITS_MAX
                    || key.getPublicExponent().bitLength() > EXPONENT_BITS_MAX) {
                throw new UaException(
                        StatusCodes.Bad_CertificatePolicyCheckFailed,
                        "RSA key of " + bits + " bits, exponent of "
                                + key.getPublicExponent().bitLength());
            }
            if (encodedLength(certificate) > CERTIFICATE_BYTES_MAX) {
                throw new UaException(StatusCodes.Bad_CertificateInvalid, "certificate too large");
            }
        }
    }

    private static int encodedLength(X509Certificate certificate) throws UaException {
        try {
            return certificate.getEncoded().length;
        } catch (CertificateEncodingException e) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, e);
        }
    }

    private static void checkTime(X509Certificate peer, Instant now) throws UaException {
        if (now.isAfter(peer.getNotAfter().toInstant())) {
            throw new UaException(
                    StatusCodes.Bad_CertificateTimeInvalid,
                    "certificate expired at " + peer.getNotAfter().toInstant());
        }
        if (now.isBefore(peer.getNotBefore().toInstant())) {
            throw new UaException(
                    StatusCodes.Bad_CertificateTimeInvalid,
                    "certificate not valid before " + peer.getNotBefore().toInstant());
        }
    }

    /** An extension that is missing forbids nothing: older applications leave them out. One that is there binds. */
    private void checkUsage(X509Certificate peer) throws UaException {
        boolean[] usage = peer.getKeyUsage();
        if (usage != null && (!usage[DIGITAL_SIGNATURE] || !(usage[KEY_ENCIPHERMENT] || usage[DATA_ENCIPHERMENT]))) {
            throw new UaException(
                    StatusCodes.Bad_CertificateUseNotAllowed,
                    "key usage of the certificate is not for signing and encrypting");
        }
        try {
            List<String> extended = peer.getExtendedKeyUsage();
            if (extended != null && !extended.contains(role.usage) && !extended.contains(ANY_USAGE)) {
                throw new UaException(
                        StatusCodes.Bad_CertificateUseNotAllowed,
                        "extended key usage of the certificate is not for " + role.label);
            }
        } catch (CertificateParsingException e) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, e);
        }
    }

    private static void checkUri(X509Certificate peer, String applicationUri) throws UaException {
        String named = CertificateText.applicationUri(peer);
        try {
            CertificateValidationUtil.checkApplicationUri(peer, applicationUri);
        } catch (UaException e) {
            throw new UaException(
                    StatusCodes.Bad_CertificateUriInvalid,
                    "the certificate is for \"" + named + "\", not for what its owner calls itself");
        }
    }

    private void checkLists(List<X509Certificate> chain, PeerCertificates.Lists lists) throws UaException {
        X509Certificate peer = chain.getFirst();
        if (lists.trusted().contains(peer)) {
            // A person said yes to exactly this one; who issued it need not be known.
            checkNotRevoked(List.of(peer), chain, lists);
            return;
        }
        List<X509Certificate> anchors = new ArrayList<>(lists.trusted());
        anchors.addAll(lists.issuers());
        PKIXCertPathBuilderResult path;
        try {
            path = CertificateValidationUtil.buildTrustedCertPath(chain, anchors, lists.issuers());
        } catch (UaException e) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, NOT_TRUSTED);
        }
        try {
            CertificateValidationUtil.validateTrustedCertPath(
                    path.getCertPath(), path.getTrustAnchor(), lists.crls().values(), PATH_CHECKS, role == Role.CLIENT);
        } catch (UaException e) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, reason(e));
        }
        List<X509Certificate> proven = path.getCertPath().getCertificates().stream()
                .map(X509Certificate.class::cast)
                .toList();
        checkNotRevoked(proven, chain, lists);
    }

    /** @param chain as the peer sent it: may hold the issuer that a person need not have */
    private void checkNotRevoked(
            List<X509Certificate> certificates, List<X509Certificate> chain, PeerCertificates.Lists lists)
            throws UaException {
        List<X509Certificate> issuers = new ArrayList<>(lists.issuers());
        issuers.addAll(lists.trusted());
        issuers.addAll(chain);
        for (X509Certificate certificate : certificates) {
            if (revocations.isRevoked(certificate, issuers, lists.crls())) {
                throw new UaException(
                        StatusCodes.Bad_SecurityChecksFailed, "certificate or one of its issuers revoked");
            }
        }
    }

    private static String reason(UaException e) {
        return e.getStatusCode().value() == StatusCodes.Bad_CertificateIssuerTimeInvalid
                ? "an issuer of the certificate expired or is not valid yet"
                : "chain of the certificate not valid";
    }
}
