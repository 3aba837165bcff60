package org.tandemopc.relay.ua.security;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which clients may open a secured channel: see {@link PeerCheck}. Any thread, also an event loop: refused certificates
 * are written by another one.
 */
public final class FrontTrust implements CertificateValidator {
    private static final Logger LOG = LoggerFactory.getLogger(FrontTrust.class);

    private final PeerCheck check;
    private final @Nullable PeerCertificates certificates;
    private final Executor files;

    private FrontTrust(PeerCheck check, @Nullable PeerCertificates certificates, Executor files) {
        this.check = check;
        this.certificates = certificates;
        this.files = files;
    }

    /** Any certificate that is well-formed, valid today and not ours. An explicit choice of the user, so it is logged. */
    public static FrontTrust acceptAll(Predicate<X509Certificate> isOwn) {
        LOG.warn("every client certificate is accepted, by configuration");
        return new FrontTrust(
                new PeerCheck(PeerCheck.Role.CLIENT, isOwn, null, InstantSource.system()), null, Runnable::run);
    }

    /**
     * The trusted certificates of these folders, and those that the issuers there have issued.
     *
     * @param files writes refused certificates
     */
    public static FrontTrust lists(PeerCertificates certificates, Predicate<X509Certificate> isOwn, Executor files) {
        return new FrontTrust(
                new PeerCheck(PeerCheck.Role.CLIENT, isOwn, certificates, InstantSource.system()), certificates, files);
    }

    @Override
    public void validateCertificateChain(
            List<X509Certificate> chain, @Nullable String applicationUri, @Nullable String[] hostNames)
            throws UaException {
        try {
            check.check(chain, applicationUri);
        } catch (UaException e) {
            PeerCertificates kept = certificates;
            if (kept != null && !chain.isEmpty()) {
                keep(kept, chain.getFirst(), String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void keep(PeerCertificates kept, X509Certificate refused, String why) {
        try {
            files.execute(() -> {
                if (kept.refuse(refused)) {
                    // Once for each certificate; the connection that it ends has a line of its own.
                    LOG.warn(
                            "client certificate {} refused, {}: it is in {}",
                            CertificateText.name(refused),
                            why,
                            kept.refusedFolder());
                }
            });
        } catch (RejectedExecutionException busy) {
            LOG.debug("a refused certificate is not kept: {}", busy.getMessage());
        }
    }
}
