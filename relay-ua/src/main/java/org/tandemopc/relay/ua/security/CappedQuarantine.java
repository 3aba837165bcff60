package org.tandemopc.relay.ua.security;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.security.CertificateQuarantine;

/**
 * Keeps refused certificates for a person to look at, at most {@value #PER_SECOND_MAX} a second: a flood of refused
 * clients must not turn into a flood of file writes. The number of files is capped by the store behind.
 */
final class CappedQuarantine implements CertificateQuarantine {
    private static final int PER_SECOND_MAX = 4;

    private final CertificateQuarantine store;
    private final int bytesMax;
    private long secondBeganNanos = System.nanoTime();
    private int inThisSecond;

    CappedQuarantine(CertificateQuarantine store, int bytesMax) {
        this.store = store;
        this.bytesMax = bytesMax;
    }

    @Override
    public List<X509Certificate> getRejectedCertificates() {
        return store.getRejectedCertificates();
    }

    @Override
    public void addRejectedCertificate(X509Certificate certificate) {
        try {
            if (certificate.getEncoded().length <= bytesMax && admit()) {
                store.addRejectedCertificate(certificate);
            }
        } catch (CertificateEncodingException e) {
            // Not worth keeping: nobody could import it.
        }
    }

    @Override
    public void removeRejectedCertificate(X509Certificate certificate) {
        store.removeRejectedCertificate(certificate);
    }

    private synchronized boolean admit() {
        long now = System.nanoTime();
        if (now - secondBeganNanos >= TimeUnit.SECONDS.toNanos(1)) {
            secondBeganNanos = now;
            inThisSecond = 0;
        }
        return ++inThisSecond <= PER_SECOND_MAX;
    }
}
