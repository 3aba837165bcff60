package org.tandemopc.relay.ua.front;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.ApplicationCertificates;
import org.tandemopc.relay.ua.security.FrontTrust;

/** A door on a free loopback port, and clients to go through it. */
final class DoorFixture implements AutoCloseable {
    /** Made once: keys are slow. */
    static final ApplicationCertificates TANDEM = certificates("tandem");

    static final ApplicationCertificates CLIENT = certificates("client");

    static final Duration REFUSAL = Duration.ofMillis(150);

    private final NioEventLoopGroup loops = new NioEventLoopGroup(3);
    private final UaFrontDoor door;
    private final List<OpcUaClient> clients = new ArrayList<>();

    private DoorFixture(FrontDoorConfig config, FrontIdentity identity) throws IOException {
        this(config, identity, FrontTrust.acceptAll(TANDEM::contains));
    }

    private DoorFixture(FrontDoorConfig config, FrontIdentity identity, CertificateValidator clients)
            throws IOException {
        door = UaFrontDoor.open(config, identity, clients, loops);
    }

    static DoorFixture with(Security... securities) throws IOException {
        return with(c -> c, securities);
    }

    static DoorFixture with(UnaryOperator<FrontDoorConfig> change, Security... securities) throws IOException {
        FrontDoorConfig config = limits(l -> {}).apply(FrontDoorConfig.of("127.0.0.1", 0, List.of(securities)));
        return new DoorFixture(change.apply(config), FrontIdentity.fixed(TANDEM.front()));
    }

    /** A door that looks at clients' certificates in this way. */
    static DoorFixture trusting(CertificateValidator clients, Security... securities) throws IOException {
        return new DoorFixture(
                limits(l -> {}).apply(FrontDoorConfig.of("127.0.0.1", 0, List.of(securities))),
                FrontIdentity.fixed(TANDEM.front()),
                clients);
    }

    /** A door whose certificate may be renewed. */
    static DoorFixture as(FrontIdentity identity, Security... securities) throws IOException {
        return new DoorFixture(
                limits(l -> {}).apply(FrontDoorConfig.of("127.0.0.1", 0, List.of(securities))), identity);
    }

    static UnaryOperator<FrontDoorConfig> limits(Consumer<ChangedLimits> change) {
        Limits limits = changed(change);
        return c -> new FrontDoorConfig(
                c.bindHost(),
                c.port(),
                c.publishedHosts(),
                c.securities(),
                c.anonymous(),
                c.userName(),
                c.sessionTimeoutMin(),
                c.sessionTimeoutMax(),
                limits);
    }

    static Limits changed(Consumer<ChangedLimits> change) {
        ChangedLimits limits = new ChangedLimits();
        change.accept(limits);
        return limits.make();
    }

    static UnaryOperator<FrontDoorConfig> timeouts(Duration min) {
        return c -> new FrontDoorConfig(
                c.bindHost(),
                c.port(),
                c.publishedHosts(),
                c.securities(),
                c.anonymous(),
                c.userName(),
                min,
                c.sessionTimeoutMax(),
                c.limits());
    }

    /** Limits with some of them changed. */
    static final class ChangedLimits {
        int sessionsPerPair = Limits.DEFAULT.sessionsPerPair();
        int sessionsUnactivated = Limits.DEFAULT.sessionsUnactivated();
        Duration activationDeadline = Limits.DEFAULT.activationDeadline();
        Duration channelDeadline = Limits.DEFAULT.channelDeadline();
        Duration channelIdle = Limits.DEFAULT.channelIdle();
        int connections = Limits.DEFAULT.connections();
        int connectionsPerAddress = Limits.DEFAULT.connectionsPerAddress();
        int connectsPerSecond = Limits.DEFAULT.connectsPerSecond();
        int connectsBurst = Limits.DEFAULT.connectsBurst();
        long unfinishedBytes = Limits.DEFAULT.unfinishedBytes();
        long unsentBytesPerConnection = Limits.DEFAULT.unsentBytesPerConnection();
        long unsentBytes = Limits.DEFAULT.unsentBytes();
        Duration unsentDeadline = Limits.DEFAULT.unsentDeadline();
        int requestsPerSession = Limits.DEFAULT.requestsPerSession();
        long unansweredBytes = Limits.DEFAULT.unansweredBytes();
        Duration refusalDelay = REFUSAL;
        int refusalsBurst = Limits.DEFAULT.refusalsBurst();
        int refusalsPerMinute = Limits.DEFAULT.refusalsPerMinute();

        Limits make() {
            return new Limits(
                    sessionsPerPair,
                    Limits.DEFAULT.sessions(),
                    sessionsUnactivated,
                    Limits.DEFAULT.sessionsUnactivatedPerAddress(),
                    activationDeadline,
                    channelDeadline,
                    channelIdle,
                    connections,
                    connectionsPerAddress,
                    connectsPerSecond,
                    connectsBurst,
                    Limits.DEFAULT.messageBytes(),
                    unfinishedBytes,
                    unsentBytesPerConnection,
                    unsentBytes,
                    unsentDeadline,
                    requestsPerSession,
                    unansweredBytes,
                    refusalDelay,
                    refusalsBurst,
                    refusalsPerMinute);
        }
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

    RawClient raw(String path, Security security) throws Exception {
        return raw(path, security, CLIENT.back());
    }

    RawClient raw(String path, Security security, ApplicationCertificate certificate) throws Exception {
        return raw(path, security, certificate, TANDEM.front());
    }

    /** @param server what the client takes for the door's certificate */
    RawClient raw(String path, Security security, ApplicationCertificate certificate, ApplicationCertificate server)
            throws Exception {
        return new RawClient(url(path), security, certificate, server);
    }

    OpcUaClient client(String path) throws Exception {
        return client(path, Security.NONE, b -> {});
    }

    OpcUaClient client(String path, Security security, Consumer<OpcUaClientConfigBuilder> configure) throws Exception {
        return clientOver(door.port(), path, security, configure);
    }

    OpcUaClient clientOver(int port, String path, Security security, Consumer<OpcUaClientConfigBuilder> configure)
            throws Exception {
        Predicate<EndpointDescription> wanted = e -> e.getSecurityMode() == security.mode()
                && security.policy().getUri().equals(e.getSecurityPolicyUri());
        ApplicationCertificate own = CLIENT.back();
        OpcUaClient client = OpcUaClient.create(
                "opc.tcp://127.0.0.1:" + port + path,
                endpoints -> endpoints.stream().filter(wanted).findFirst(),
                transport -> {},
                config -> configure.accept(config.setApplicationUri(own.applicationUri())
                        .setKeyPair(own.keyPair())
                        .setCertificate(own.certificate())
                        .setCertificateChain(new X509Certificate[] {own.certificate()})
                        .setCertificateValidator(new CertificateValidator.InsecureCertificateValidator())
                        .setKeepAliveInterval(uint(500))
                        .setRequestTimeout(uint(10_000))));
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
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
