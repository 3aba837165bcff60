package org.tandemopc.simulator;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import org.eclipse.milo.opcua.sdk.client.identity.IdentityProvider;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;

/** Key and certificate of a test client. */
record ClientKeys(KeyPair keyPair, X509Certificate certificate) {
    private static final String URI = "urn:tandemopc:test-client";

    static ClientKeys create() throws Exception {
        KeyPair keyPair = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
        X509Certificate certificate = new SelfSignedCertificateBuilder(keyPair)
                .setCommonName("test client")
                .setApplicationUri(URI)
                .build();
        return new ClientKeys(keyPair, certificate);
    }

    TestClient connect(String url, IdentityProvider identity) throws Exception {
        return TestClient.connect(
                url,
                SecurityPolicy.Basic256Sha256,
                builder -> builder.setApplicationUri(URI)
                        .setKeyPair(keyPair)
                        .setCertificate(certificate)
                        .setCertificateChain(new X509Certificate[] {certificate})
                        .setIdentityProvider(identity));
    }
}
