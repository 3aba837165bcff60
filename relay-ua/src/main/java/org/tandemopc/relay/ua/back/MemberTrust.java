package org.tandemopc.relay.ua.back;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaException;

/** Which members' certificates are trusted. Called on a worker thread; may take milliseconds. */
@FunctionalInterface
public interface MemberTrust {
    /** @throws UaException Bad_CertificateUntrusted, Bad_CertificateTimeInvalid, … */
    void check(List<X509Certificate> chain, String applicationUri) throws UaException;

    /** Every certificate, by explicit setting only. */
    static MemberTrust acceptAll() {
        return (chain, applicationUri) -> {};
    }
}
