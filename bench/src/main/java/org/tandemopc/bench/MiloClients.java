package org.tandemopc.bench;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;

/** Makes Milo clients that go where they are told, whatever the server behind says of its own address. */
public final class MiloClients {
    private static final String APPLICATION_URI = "urn:tandemopc:bench";
    private static final int REQUEST_TIMEOUT_MS = 30_000;

    private MiloClients() {}

    /** Key and certificate of a client. */
    public record Keys(KeyPair pair, X509Certificate certificate) {
        public static Keys make() {
            try {
                KeyPair pair = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
                X509Certificate certificate = new SelfSignedCertificateBuilder(pair)
                        .setCommonName("Tandem bench")
                        .setApplicationUri(APPLICATION_URI)
                        .build();
                return new Keys(pair, certificate);
            } catch (Exception e) {
                throw new IllegalStateException("a client certificate could not be made", e);
            }
        }
    }

    /** An unsecured client that has asked for the endpoints and is not connected yet. */
    public static OpcUaClient plain(String url, Consumer<OpcUaClientConfigBuilder> more) throws UaException {
        return make(url, SecurityPolicy.None, more);
    }

    /** With Basic256Sha256, SignAndEncrypt. */
    public static OpcUaClient secured(String url, Keys keys) throws UaException {
        return make(
                url,
                SecurityPolicy.Basic256Sha256,
                config -> config.setKeyPair(keys.pair())
                        .setCertificate(keys.certificate())
                        .setCertificateChain(new X509Certificate[] {keys.certificate()})
                        .setApplicationUri(APPLICATION_URI));
    }

    private static OpcUaClient make(String url, SecurityPolicy policy, Consumer<OpcUaClientConfigBuilder> more)
            throws UaException {
        return OpcUaClient.create(
                url,
                endpoints -> endpoints.stream()
                        .filter(each -> policy.getUri().equals(each.getSecurityPolicyUri()))
                        .map(each -> at(each, url))
                        .findFirst(),
                transport -> {},
                config -> {
                    config.setRequestTimeout(uint(REQUEST_TIMEOUT_MS));
                    more.accept(config);
                });
    }

    private static EndpointDescription at(EndpointDescription endpoint, String url) {
        return new EndpointDescription(
                url,
                endpoint.getServer(),
                endpoint.getServerCertificate(),
                endpoint.getSecurityMode(),
                endpoint.getSecurityPolicyUri(),
                endpoint.getUserIdentityTokens(),
                endpoint.getTransportProfileUri(),
                endpoint.getSecurityLevel());
    }
}
