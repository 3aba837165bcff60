package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.identity.AnonymousIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.identity.CompositeValidator;
import org.eclipse.milo.opcua.sdk.server.identity.UsernameIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.identity.X509IdentityValidator;
import org.eclipse.milo.opcua.sdk.server.model.objects.ServerTypeNode;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilters;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultApplicationGroup;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateStore;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.RsaSha256CertificateFactory;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.security.SecurityPolicies;

/** A small Milo server: every policy with every mode, anonymous and user "operator" with password "secret". */
public final class TestServer implements AutoCloseable {
    static final String URI = "urn:tandem:test:server";
    static final String USER = "operator";
    static final byte[] PASSWORD = "secret".getBytes(StandardCharsets.UTF_8);

    private static final String PATH = "/test";

    static {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        // Milo's server stumbles over sessions that end while it sets up their diagnostics, and prints traces.
        ((Logger) LoggerFactory.getLogger("org.eclipse.milo")).setLevel(Level.OFF);
        Stack.ConnectionLimits.RATE_LIMIT_ENABLED = false;
    }

    private final MiloServer server;
    private final int port;
    private final X509Certificate certificate;

    /** Lets a test put a handler of its own in the place of a service. */
    private static final class MiloServer extends OpcUaServer {
        MiloServer(OpcUaServerConfig config, long channelLifetimeMs) {
            super(
                    config,
                    profile -> new OpcTcpServerTransport(OpcTcpServerTransportConfig.newBuilder()
                            .setMinimumSecureChannelLifetime(uint(Math.min(1_000, channelLifetimeMs)))
                            .setMaximumSecureChannelLifetime(uint(channelLifetimeMs))
                            .build()));
        }

        void refuse(Service service, long status) {
            addServiceHandler(PATH, service, (context, request) -> {
                throw new UaException(status);
            });
        }

        void answerReads(Variant value) {
            addServiceHandler(
                    PATH,
                    Service.ATTRIBUTE_READ,
                    (context, request) -> new ReadResponse(
                            good(request), new DataValue[] {new DataValue(value)}, new DiagnosticInfo[0]));
        }

        private static ResponseHeader good(UaRequestMessageType request) {
            return new ResponseHeader(
                    DateTime.now(), request.getRequestHeader().getRequestHandle(), StatusCode.GOOD, null, null, null);
        }

        void mirrorBrowse(Consumer<NodeId> asked) {
            addServiceHandler(PATH, Service.VIEW_BROWSE, (context, request) -> {
                BrowseDescription[] nodes = Objects.requireNonNull(((BrowseRequest) request).getNodesToBrowse());
                BrowseResult[] results = Arrays.stream(nodes)
                        .map(each -> mirrored(each.getNodeId(), asked))
                        .toArray(BrowseResult[]::new);
                return new BrowseResponse(good(request), results, null);
            });
        }

        private static BrowseResult mirrored(NodeId node, Consumer<NodeId> asked) {
            asked.accept(node);
            ReferenceDescription reference = new ReferenceDescription(
                    NodeIds.Organizes,
                    true,
                    node.expanded(),
                    new QualifiedName(node.getNamespaceIndex(), "itself"),
                    LocalizedText.NULL_VALUE,
                    NodeClass.Object,
                    ExpandedNodeId.NULL_VALUE);
            return new BrowseResult(StatusCode.GOOD, ByteString.NULL_VALUE, new ReferenceDescription[] {reference});
        }

        void hang(Service service) {
            addServiceHandler(PATH, service, (AsyncServiceHandler) (context, request) -> new CompletableFuture<>());
        }
    }

    public static TestServer start() {
        return start(URI);
    }

    public static TestServer start(String applicationUri) {
        return start(applicationUri, freePort());
    }

    public static TestServer start(String applicationUri, int port) {
        return start(applicationUri, port, 3_600_000);
    }

    static TestServer startWithChannelLifetime(long channelLifetimeMs) {
        return start(URI, freePort(), channelLifetimeMs);
    }

    /** Wants passwords encrypted on its endpoint without security, too. */
    public static TestServer startWithEncryptedPasswords() {
        try {
            return new TestServer(URI, freePort(), 3_600_000, acceptAll(), passwords(SecurityPolicy.Basic256Sha256));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes certificates of users on its endpoint without security, as stock Milo lets one configure it. */
    public static TestServer startWithUserCertificates() {
        try {
            return new TestServer(
                    URI,
                    freePort(),
                    3_600_000,
                    acceptAll(),
                    new UserTokenPolicy("certificate", UserTokenType.Certificate, null, null, null));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static UserTokenPolicy passwords(SecurityPolicy encryption) {
        return new UserTokenPolicy("plain", UserTokenType.UserName, null, null, encryption.getUri());
    }

    /** Trusts clients as this one says. */
    static TestServer startTrusting(CertificateValidator clients) {
        try {
            return new TestServer(URI, freePort(), 3_600_000, clients, passwords(SecurityPolicy.None));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts no client's certificate. */
    static TestServer startDistrustful() {
        return startTrusting((chain, uri, hosts) -> {
            throw new UaException(StatusCodes.Bad_CertificateUntrusted, "nobody is trusted");
        });
    }

    private static TestServer start(String applicationUri, int port, long channelLifetimeMs) {
        try {
            return new TestServer(applicationUri, port, channelLifetimeMs, acceptAll(), passwords(SecurityPolicy.None));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param users who are taken on the endpoint without security, beside anonymous ones */
    private TestServer(
            String applicationUri,
            int port,
            long channelLifetimeMs,
            CertificateValidator clients,
            UserTokenPolicy users)
            throws Exception {
        this.port = port;
        KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
        certificate = certificate(keys, applicationUri);
        DefaultApplicationGroup group = DefaultApplicationGroup.createAndInitialize(
                new MemoryTrustListManager(),
                new MemoryCertificateStore(),
                new RsaSha256CertificateFactory() {
                    @Override
                    protected KeyPair createRsaSha256KeyPair() {
                        return keys;
                    }

                    @Override
                    protected X509Certificate[] createRsaSha256CertificateChain(KeyPair pair) {
                        return new X509Certificate[] {certificate};
                    }
                },
                clients);
        OpcUaServerConfig config = OpcUaServerConfig.builder()
                .setApplicationUri(applicationUri)
                .setApplicationName(LocalizedText.english("test"))
                .setProductUri("urn:tandem:test")
                .setBuildInfo(new BuildInfo("urn:tandem:test", "test", "test", "1", "1", DateTime.now()))
                .setEndpoints(endpoints(users))
                .setCertificateManager(new DefaultCertificateManager(new MemoryCertificateQuarantine(), group))
                .setIdentityValidator(new CompositeValidator(
                        new AnonymousIdentityValidator(),
                        new X509IdentityValidator(certificate -> true),
                        new UsernameIdentityValidator(
                                c -> USER.equals(c.getUsername()) && "secret".equals(c.getPassword()))))
                .build();
        server = new MiloServer(config, channelLifetimeMs);
        server.startup().get();
    }

    static X509Certificate certificate(KeyPair keys, String applicationUri) throws Exception {
        return new SelfSignedCertificateBuilder(keys)
                .setCommonName("test")
                .setApplicationUri(applicationUri)
                .addIpAddress("127.0.0.1")
                .build();
    }

    private static CertificateValidator acceptAll() {
        return (chain, uri, hosts) -> {};
    }

    private Set<EndpointConfig> endpoints(UserTokenPolicy users) {
        UserTokenPolicy anonymous = new UserTokenPolicy("anonymous", UserTokenType.Anonymous, null, null, null);
        Set<EndpointConfig> all = new HashSet<>();
        all.add(endpoint(SecurityPolicy.None, MessageSecurityMode.None)
                .addTokenPolicies(anonymous, users)
                .build());
        for (SecurityPolicy policy : SecurityPolicies.SECURED) {
            // Named, for Milo's server refuses users whose token policy leaves it to the channel.
            UserTokenPolicy named =
                    new UserTokenPolicy("as the channel", UserTokenType.UserName, null, null, policy.getUri());
            for (MessageSecurityMode mode : List.of(MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt)) {
                all.add(endpoint(policy, mode)
                        .addTokenPolicies(anonymous, named)
                        .build());
            }
        }
        return all;
    }

    /** The server names a host that does not exist: the configured one must be used. */
    private EndpointConfig.Builder endpoint(SecurityPolicy policy, MessageSecurityMode mode) {
        return EndpointConfig.newBuilder()
                .setTransportProfile(TransportProfile.TCP_UASC_UABINARY)
                .setBindAddress("127.0.0.1")
                .setBindPort(port)
                .setHostname("not-this-host.invalid")
                .setPath(PATH)
                .setCertificate(certificate)
                .setSecurityPolicy(policy)
                .setSecurityMode(mode);
    }

    private static int freePort() {
        for (int i = 0; i < 100; i++) {
            int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: try another
            }
        }
        throw new IllegalStateException("no free port");
    }

    public int port() {
        return port;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public static String url(int port) {
        return "opc.tcp://127.0.0.1:" + port + PATH;
    }

    public int sessions() {
        return server.getSessionManager().getAllSessions().size();
    }

    int subscriptions() {
        return server.getSubscriptions().size();
    }

    void state(ServerState state) {
        node().getServerStatusNode().setState(state);
    }

    /** Its node is there, and nobody may read it. */
    void hideState() {
        node().getServerStatusNode()
                .getStateNode()
                .getFilterChain()
                .addFirst(AttributeFilters.getValue(
                        context -> new DataValue(new StatusCode(StatusCodes.Bad_UserAccessDenied))));
    }

    void secondsTillShutdown(int seconds) {
        node().getServerStatusNode().setSecondsTillShutdown(uint(seconds));
    }

    void serviceLevel(int level) {
        node().setServiceLevel(ubyte(level));
    }

    /** What it says the time is, from now on. */
    void clock(DateTime time) {
        node().getServerStatusNode()
                .getCurrentTimeNode()
                .getFilterChain()
                .addFirst(AttributeFilters.getValue(context -> new DataValue(Variant.ofDateTime(time))));
    }

    /** Has these namespaces more, behind those that it has. */
    void namespaces(String... uris) {
        for (String uri : uris) {
            server.getNamespaceTable().add(uri);
        }
    }

    /** Answers Browse from now on with a reference from each node to itself, and tells of the nodes that it was asked for. */
    void mirrorBrowse(Consumer<NodeId> asked) {
        server.mirrorBrowse(asked);
    }

    /** Answers each Read from now on with this one value. */
    void answerReads(Variant value) {
        server.answerReads(value);
    }

    /** Answers the service with a fault from now on. */
    void refuse(Service service, long status) {
        server.refuse(service, status);
    }

    /** Never answers the service from now on; the others go on. */
    void hang(Service service) {
        server.hang(service);
    }

    void forgetSessions() {
        server.getSessionManager()
                .getAllSessions()
                .forEach(s -> server.getSessionManager().killSession(s.getSessionId(), true));
    }

    private ServerTypeNode node() {
        return (ServerTypeNode)
                server.getAddressSpaceManager().getManagedNode(NodeIds.Server).orElseThrow();
    }

    @Override
    public void close() {
        server.shutdown().join();
    }
}
