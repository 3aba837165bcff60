package org.tandemopc.relay.ua.back;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultClientCertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.FileBasedCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.FileBasedTrustListManager;
import org.eclipse.milo.opcua.stack.core.util.validation.ValidationCheck;

/** Which members' certificates are trusted. Called on a worker thread; may take milliseconds. */
@FunctionalInterface
public interface MemberTrust {
    /** @throws UaException Bad_CertificateUntrusted, Bad_CertificateTimeInvalid, … */
    void check(List<X509Certificate> chain, String applicationUri) throws UaException;

    /** Every certificate, by explicit setting only. */
    static MemberTrust acceptAll() {
        return (chain, applicationUri) -> {};
    }

    /**
     * A folder with {@code trusted/certs}, {@code issuer/certs} and their {@code crl}, watched while running; refused
     * certificates are laid into {@code rejected}. An expired certificate is refused (S27). The host name is not
     * compared: members are named as configured, often by address, and proved by their application URI.
     */
    static MemberTrust folder(Path folder) throws IOException {
        CertificateValidator validator = new DefaultClientCertificateValidator(
                FileBasedTrustListManager.createAndInitialize(folder),
                Set.of(ValidationCheck.VALIDITY, ValidationCheck.APPLICATION_URI),
                FileBasedCertificateQuarantine.create(folder.resolve("rejected")));
        return (chain, applicationUri) -> {
            try {
                validator.validateCertificateChain(chain, applicationUri, null);
            } catch (UaException e) {
                if (e.getStatusCode().getValue() != StatusCodes.Bad_SecurityChecksFailed) {
                    throw e;
                }
                // The code for strangers; we are the ones to be told.
                throw new UaException(
                        StatusCodes.Bad_CertificateUntrusted,
                        "the certificate of " + chain.getFirst().getSubjectX500Principal()
                                + " is not trusted; it is in " + folder.resolve("rejected"));
            }
        };
    }
}
