package org.tandemopc.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.security.CertificateManager;
import org.eclipse.milo.opcua.stack.core.security.CertificateStore;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultApplicationGroup;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.KeyStoreCertificateStore;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateStore;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.RsaSha256CertificateFactory;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Key and certificate of a simulated server, made only when a secured policy is asked for. It trusts every client: it
 * is a simulator.
 */
record SimulatorSecurity(
        CertificateManager manager, @Nullable X509Certificate certificate) {
    private static final char[] PASSWORD = "simulator".toCharArray();

    static SimulatorSecurity of(SimulatorSettings settings) throws Exception {
        MemoryCertificateQuarantine quarantine = new MemoryCertificateQuarantine();
        if (!settings.secured()) {
            return new SimulatorSecurity(new DefaultCertificateManager(quarantine, List.of()), null);
        }
        makePssAvailable();
        CertificateValidator trustsAll = (chain, applicationUri, hostnames) -> {};
        DefaultApplicationGroup group = DefaultApplicationGroup.createAndInitialize(
                new MemoryTrustListManager(), store(settings.data()), new Factory(settings), trustsAll);
        X509Certificate certificate = group.getCertificateChain(NodeIds.RsaSha256ApplicationCertificateType)
                .orElseThrow()[0];
        return new SimulatorSecurity(new DefaultCertificateManager(quarantine, group), certificate);
    }

    /** Milo asks for RSA-PSS and for OAEP with SHA-256 by the names of Bouncy Castle. */
    private static void makePssAvailable() {
        if (Security.getProvider(BouncyCastleProvider.PROVIDER_NAME) == null) {
            Security.addProvider(new BouncyCastleProvider());
        }
    }

    private static CertificateStore store(@Nullable Path data) throws Exception {
        if (data == null) {
            return new MemoryCertificateStore();
        }
        Files.createDirectories(data);
        return KeyStoreCertificateStore.createAndInitialize(new KeyStoreCertificateStore.Settings(
                data.resolve("simulator.pfx"), PASSWORD::clone, alias -> PASSWORD.clone()));
    }

    private static final class Factory extends RsaSha256CertificateFactory {
        private final SimulatorSettings settings;

        Factory(SimulatorSettings settings) {
            this.settings = settings;
        }

        @Override
        protected X509Certificate[] createRsaSha256CertificateChain(KeyPair keyPair) throws Exception {
            X509Certificate certificate = new SelfSignedCertificateBuilder(keyPair)
                    .setCommonName("Tandem simulator " + settings.name())
                    .setOrganization("tandemopc")
                    .setApplicationUri(settings.applicationUri())
                    .addDnsName("localhost")
                    .addIpAddress("127.0.0.1")
                    .build();
            return new X509Certificate[] {certificate};
        }
    }
}
