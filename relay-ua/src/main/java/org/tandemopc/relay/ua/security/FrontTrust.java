package org.tandemopc.relay.ua.security;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultServerCertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.FileBasedCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.FileBasedTrustListManager;
import org.eclipse.milo.opcua.stack.core.util.validation.CertificateValidationUtil;
import org.eclipse.milo.opcua.stack.core.util.validation.ValidationCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which clients may open a secured channel. First what needs no list and costs nothing (number and size of certificates,
 * RSA key of 2048 to 4096 bits, never one of our own certificates), then the list. Any thread; may read and write files.
 */
public final class FrontTrust implements CertificateValidator, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FrontTrust.class);

    private static final int CHAIN_MAX = 8;
    private static final int CERTIFICATE_BYTES_MAX = 16 * 1024;
    private static final int KEY_BITS_MIN = 2048;
    private static final int KEY_BITS_MAX = 4096;
    private static final int EXPONENT_BITS_MAX = 64;
    private static final int REJECTED_MAX = 128;

    private static final Set<ValidationCheck> CHECKS =
            EnumSet.of(ValidationCheck.APPLICATION_URI, ValidationCheck.VALIDITY, ValidationCheck.REVOCATION);

    private final Set<X509Certificate> own;
    private final @Nullable CertificateValidator lists;
    private final @Nullable FileBasedTrustListManager manager;

    private FrontTrust(
            Set<X509Certificate> own,
            @Nullable CertificateValidator lists,
            @Nullable FileBasedTrustListManager manager) {
        this.own = own;
        this.lists = lists;
        this.manager = manager;
    }

    /** Any certificate that is well-formed, valid today and not ours. An explicit choice of the user, so it is logged. */
    public static FrontTrust acceptAll(ApplicationCertificates own) {
        LOG.warn("every client certificate is accepted, by configuration");
        return new FrontTrust(certificates(own), null, null);
    }

    /**
     * Certificates in {@code folder/trusted/certs}, or issued by one there, with {@code folder/issuer} and the
     * revocation lists of both; refused ones are kept in {@code folder/rejected}, the newest 128. Changes in the folder
     * take effect while running.
     */
    public static FrontTrust lists(Path folder, ApplicationCertificates own) throws IOException {
        FileBasedTrustListManager manager = FileBasedTrustListManager.createAndInitialize(folder);
        CappedQuarantine rejected = new CappedQuarantine(
                new FileBasedCertificateQuarantine(
                        java.nio.file.Files.createDirectories(folder.resolve("rejected"))
                                .toFile(),
                        REJECTED_MAX),
                CERTIFICATE_BYTES_MAX);
        return new FrontTrust(
                certificates(own), new DefaultServerCertificateValidator(manager, CHECKS, rejected), manager);
    }

    @Override
    public void validateCertificateChain(
            List<X509Certificate> chain, @Nullable String applicationUri, @Nullable String[] hostNames)
            throws UaException {
        if (chain.isEmpty() || chain.size() > CHAIN_MAX) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, chain.size() + " certificates in the chain");
        }
        for (X509Certificate certificate : chain) {
            checkShape(certificate);
        }
        if (own.contains(chain.get(0))) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, "the client presents our own certificate");
        }
        if (lists != null) {
            lists.validateCertificateChain(chain, applicationUri, hostNames);
            return;
        }
        CertificateValidationUtil.checkValidity(chain.get(0), true);
        if (applicationUri != null) {
            CertificateValidationUtil.checkApplicationUri(chain.get(0), applicationUri);
        }
    }

    @Override
    public void close() throws IOException {
        if (manager != null) {
            manager.close();
        }
    }

    private static void checkShape(X509Certificate certificate) throws UaException {
        if (!(certificate.getPublicKey() instanceof RSAPublicKey key)) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, "not an RSA key");
        }
        int bits = key.getModulus().bitLength();
        if (bits < KEY_BITS_MIN
                || bits > KEY_BITS_MAX
                || key.getPublicExponent().bitLength() > EXPONENT_BITS_MAX) {
            throw new UaException(StatusCodes.Bad_CertificatePolicyCheckFailed, "RSA key of " + bits + " bits");
        }
        try {
            if (certificate.getEncoded().length > CERTIFICATE_BYTES_MAX) {
                throw new UaException(StatusCodes.Bad_CertificateInvalid, "certificate too large");
            }
        } catch (CertificateEncodingException e) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, e);
        }
    }

    private static Set<X509Certificate> certificates(ApplicationCertificates own) {
        return Set.of(own.front().certificate(), own.back().certificate());
    }
}
