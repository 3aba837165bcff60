package org.tandemopc.it.client;

import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;

/** Key and certificate of a client that opens secured channels, made for one test. */
public final class ClientCertificate {
    public static final String URI = "urn:tandemopc:it:client";

    private final KeyPair keys;
    private final X509Certificate certificate;

    private ClientCertificate(KeyPair keys, X509Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    public static ClientCertificate make() throws Exception {
        if (Security.getProvider(BouncyCastleProvider.PROVIDER_NAME) == null) {
            Security.addProvider(new BouncyCastleProvider()); // Milo's client asks for RSA-PSS by its name
        }
        KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
        return new ClientCertificate(
                keys,
                new SelfSignedCertificateBuilder(keys)
                        .setCommonName("it client")
                        .setApplicationUri(URI)
                        .build());
    }

    public KeyPair keys() {
        return keys;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** Lets the client show this certificate. */
    public void showIn(OpcUaClientConfigBuilder config) {
        config.setApplicationUri(URI)
                .setKeyPair(keys)
                .setCertificate(certificate)
                .setCertificateChain(new X509Certificate[] {certificate});
    }

    /** As {@code tandem trust} shows it. */
    public String thumbprint() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded()));
    }
}
