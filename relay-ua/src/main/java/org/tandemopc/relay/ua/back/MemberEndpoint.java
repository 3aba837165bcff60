package org.tandemopc.relay.ua.back;

import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;

/**
 * What is known of a member from its last discovery: enough to connect without asking again, which a cold standby
 * needs when it is called (architecture 9, Cold).
 *
 * @param description with the configured URL in place of the server's own
 */
public record MemberEndpoint(EndpointDescription description) {
    /** Empty when the server does not say. */
    public String applicationUri() {
        String uri = description.getServer().getApplicationUri();
        return uri == null ? "" : uri;
    }

    public ByteString certificate() {
        ByteString bytes = description.getServerCertificate();
        return bytes == null ? ByteString.NULL_VALUE : bytes;
    }

    /** The server's certificate and its issuers; empty without one. */
    List<X509Certificate> certificateChain() throws UaException {
        return certificate().isNullOrEmpty()
                ? List.of()
                : CertificateUtil.decodeCertificates(certificate().bytesOrEmpty());
    }
}
