package org.tandemopc.relay.ua.security;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members Tandem opens a channel to: see {@link PeerCheck}. The host name is not compared: members are named as
 * configured, often by address, and proved by their application URI. Any thread; refused certificates are written by
 * another one.
 */
public final class MemberCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCertificates.class);

    private final PeerCheck check;
    private final PeerCertificates certificates;
    private final Executor files;

    /** @param files writes refused certificates */
    public MemberCertificates(PeerCertificates certificates, Predicate<X509Certificate> isOwn, Executor files) {
        this.check = new PeerCheck(PeerCheck.Role.SERVER, isOwn, certificates, InstantSource.system());
        this.certificates = certificates;
        this.files = files;
    }

    /** A refused certificate is laid into the folder, and the text says where: we are the ones to be told. */
    public void check(List<X509Certificate> chain, String applicationUri) throws UaException {
        try {
            check.check(chain, applicationUri);
        } catch (UaException e) {
            if (chain.isEmpty()) {
                throw e;
            }
            keep(chain.getFirst());
            long status = e.getStatusCode().value();
            boolean isUnknown = PeerCheck.NOT_TRUSTED.equals(e.getMessage());
            throw new UaException(
                    // The code for strangers says less than we may know.
                    status == StatusCodes.Bad_SecurityChecksFailed ? StatusCodes.Bad_CertificateUntrusted : status,
                    "certificate " + CertificateText.name(chain.getFirst()) + ": " + e.getMessage() + "; it is in "
                            + certificates.refusedFolder()
                            + (isUnknown
                                    ? "; if it is the right one, move it to " + certificates.trustedFolder()
                                    : ""));
        }
    }

    private void keep(X509Certificate refused) {
        try {
            files.execute(() -> certificates.refuse(refused));
        } catch (RejectedExecutionException busy) {
            LOG.debug("a refused certificate is not kept: {}", busy.getMessage());
        }
    }
}
