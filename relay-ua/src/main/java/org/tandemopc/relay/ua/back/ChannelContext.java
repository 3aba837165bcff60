package org.tandemopc.relay.ua.back;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.transport.client.ClientApplicationContext;

/** What Milo's channel handlers ask for. */
final class ChannelContext implements ClientApplicationContext {
    private final EndpointDescription endpoint;
    private final ClientIdentity client;
    private final List<X509Certificate> trustedChain;
    private final EncodingContext encoding;
    private final UInteger requestTimeout;

    /**
     * @param trustedChain the endpoint's certificate chain, already checked: the server must present the same
     *     certificate, since Milo verifies signatures with the endpoint's
     */
    ChannelContext(
            EndpointDescription endpoint,
            ClientIdentity client,
            List<X509Certificate> trustedChain,
            EncodingContext encoding,
            UInteger requestTimeout) {
        this.endpoint = endpoint;
        this.client = client;
        this.trustedChain = trustedChain;
        this.encoding = encoding;
        this.requestTimeout = requestTimeout;
    }

    @Override
    public EndpointDescription getEndpoint() {
        return endpoint;
    }

    @Override
    public Optional<KeyPair> getKeyPair() {
        return Optional.ofNullable(client.keyPair());
    }

    @Override
    public Optional<X509Certificate> getCertificate() {
        return client.certificateChain().stream().findFirst();
    }

    @Override
    public Optional<X509Certificate[]> getCertificateChain() {
        return client.certificateChain().isEmpty()
                ? Optional.empty()
                : Optional.of(client.certificateChain().toArray(X509Certificate[]::new));
    }

    @Override
    public CertificateValidator getCertificateValidator() {
        return (chain, applicationUri, hostNames) -> {
            if (chain.isEmpty() || trustedChain.isEmpty() || !chain.getFirst().equals(trustedChain.getFirst())) {
                throw new UaException(
                        StatusCodes.Bad_SecurityChecksFailed, "the server's certificate is not that of its endpoint");
            }
        };
    }

    @Override
    public EncodingContext getEncodingContext() {
        return encoding;
    }

    @Override
    public UInteger getRequestTimeout() {
        return requestTimeout;
    }
}
