package org.tandemopc.relay.ua.front;

import io.netty.channel.nio.NioEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.relay.ua.security.FrontTrust;

/** A door on a free loopback port, and clients to go through it. */
final class DoorFixture implements AutoCloseable {
    /** Made once: keys are slow. */
    static final ApplicationCertificates TANDEM = certificates("tandem");

    static final ApplicationCertificates CLIENT = certificates("client");

    private final NioEventLoopGroup loops = new NioEventLoopGroup(3);
    private final UaFrontDoor door;
    private final List<OpcUaClient> clients = new ArrayList<>();

    private DoorFixture(FrontDoorConfig config) throws Exception {
        door = UaFrontDoor.open(config, TANDEM.front(), FrontTrust.acceptAll(TANDEM), loops);
    }

    static DoorFixture with(Security... securities) throws Exception {
        return with(c -> c, securities);
    }

    static DoorFixture with(UnaryOperator<FrontDoorConfig> change, Security... securities) throws Exception {
        return new DoorFixture(change.apply(FrontDoorConfig.of("127.0.0.1", 0, List.of(securities))));
    }

    UaFrontDoor door() {
        return door;
    }

    String url(String path) {
        return "opc.tcp://127.0.0.1:" + door.port() + path;
    }

    FakePair publish(String path) {
        FakePair pair = new FakePair(path);
        door.publish(pair);
        return pair;
    }

    OpcUaClient client(String path) throws Exception {
        return client(path, Security.NONE, b -> {});
    }

    OpcUaClient client(String path, Security security, java.util.function.Consumer<OpcUaClientConfigBuilder> configure)
            throws Exception {
        Predicate<EndpointDescription> wanted = e -> e.getSecurityMode() == security.mode()
                && security.policy().getUri().equals(e.getSecurityPolicyUri());
        ApplicationCertificate own = CLIENT.back();
        OpcUaClient client = OpcUaClient.create(
                url(path),
                endpoints -> endpoints.stream().filter(wanted).findFirst(),
                transport -> {},
                config -> configure.accept(config.setApplicationUri(own.applicationUri())
                        .setKeyPair(own.keyPair())
                        .setCertificate(own.certificate())
                        .setCertificateChain(new java.security.cert.X509Certificate[] {own.certificate()})
                        .setCertificateValidator(new CertificateValidator.InsecureCertificateValidator())
                        .setRequestTimeout(
                                org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint(10_000))));
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        for (OpcUaClient client : clients) {
            client.disconnectAsync()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .exceptionally(e -> client)
                    .join();
        }
        door.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private static ApplicationCertificates certificates(String name) {
        try {
            String uri = "urn:test:" + name;
            return new ApplicationCertificates(
                    ApplicationCertificates.selfSigned(name, uri, List.of("127.0.0.1", "localhost")),
                    ApplicationCertificates.selfSigned(name, uri + ":client", List.of("127.0.0.1")));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
