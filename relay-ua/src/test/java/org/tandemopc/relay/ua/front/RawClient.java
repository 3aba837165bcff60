package org.tandemopc.relay.ua.front;

import static java.util.Objects.requireNonNull;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.AnonymousIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.transport.client.ClientApplicationContext;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransport;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransportConfig;
import org.eclipse.milo.opcua.stack.transport.client.uasc.UascResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.PasswordEncryption;
import org.tandemopc.relay.ua.security.UserIdentity;

/** A client that says exactly what it is told to: one secure channel, every request by hand. */
final class RawClient implements AutoCloseable {
    private final AtomicLong handles = new AtomicLong();
    private final String url;
    private final Security security;
    private final ApplicationCertificate own;
    private final ApplicationCertificate server;
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final Tap tap = new Tap();
    private final OpcTcpClientTransport transport;

    RawClient(String url, Security security, ApplicationCertificate own, ApplicationCertificate server)
            throws Exception {
        this.url = url;
        this.security = security;
        this.own = own;
        this.server = server;
        this.transport = new OpcTcpClientTransport(OpcTcpClientTransportConfig.newBuilder()
                .setExecutor(executor)
                .setChannelPipelineCustomizer(pipeline -> pipeline.addFirst(tap))
                .build());
        try {
            transport.connect(new Application()).get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            close();
            throw e;
        }
    }

    /** What the client and the server know of a session. */
    record Session(NodeId token, ByteString nonce, CreateSessionResponse response) {}

    /** Whether it takes anything from its socket; at first it does. */
    void reads(boolean now) {
        ChannelHandlerContext at = requireNonNull(tap.at);
        at.executor().submit(() -> at.channel().config().setAutoRead(now)).syncUninterruptibly();
    }

    /** Whether its own socket takes no more, because the other side does not read. */
    boolean isStuck() {
        return !requireNonNull(tap.at).channel().isWritable();
    }

    /** Waits until all that was asked for was handed to the socket. */
    void written() {
        requireNonNull(tap.at).executor().submit(() -> {}).syncUninterruptibly();
    }

    /** Request ids of the answers so far, in the order of the wire. */
    List<Long> answered() {
        return List.copyOf(tap.requestIds);
    }

    CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request) {
        return transport.sendRequestMessage(request);
    }

    @SuppressWarnings("unchecked")
    <T extends UaResponseMessageType> T ask(UaRequestMessageType request)
            throws UaException, InterruptedException, TimeoutException {
        try {
            return (T) send(request).get(15, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw UaException.extract(e).orElseThrow(() -> new AssertionError(e));
        }
    }

    RequestHeader header(NodeId token) {
        return new RequestHeader(
                token, DateTime.now(), uint(handles.incrementAndGet()), uint(0), null, uint(30_000), null);
    }

    CreateSessionRequest createRequest(ByteString nonce, ByteString certificate, String applicationUri) {
        return createRequest(url, nonce, certificate, applicationUri, 60_000);
    }

    CreateSessionRequest createRequest(
            String endpointUrl, ByteString nonce, ByteString certificate, String applicationUri, double timeoutMs) {
        return new CreateSessionRequest(
                header(NodeId.NULL_VALUE),
                new ApplicationDescription(
                        applicationUri,
                        "urn:test",
                        LocalizedText.english("raw"),
                        ApplicationType.Client,
                        null,
                        null,
                        null),
                null,
                endpointUrl,
                "raw",
                nonce,
                certificate,
                timeoutMs,
                uint(0));
    }

    /** Asks for a session over a secured channel, and does not wait for it. */
    CompletableFuture<UaResponseMessageType> sendCreate() throws UaException {
        return send(createRequest(SessionSecurity.nonce(), own.encoded(), own.applicationUri()));
    }

    Session create() throws Exception {
        return create(url, 60_000);
    }

    Session create(String endpointUrl, double timeoutMs) throws Exception {
        boolean secured = security.policy() != SecurityPolicy.None;
        CreateSessionResponse response = ask(createRequest(
                endpointUrl,
                secured ? SessionSecurity.nonce() : ByteString.NULL_VALUE,
                secured ? own.encoded() : ByteString.NULL_VALUE,
                own.applicationUri(),
                timeoutMs));
        return new Session(response.getAuthenticationToken(), response.getServerNonce(), response);
    }

    Session activate(Session session) throws Exception {
        return activate(session, anonymous());
    }

    Session activate(Session session, UaStructuredType userToken) throws Exception {
        ActivateSessionResponse response = ask(activateRequest(session, userToken, sign(session)));
        return new Session(session.token(), response.getServerNonce(), session.response());
    }

    ActivateSessionRequest activateRequest(Session session, UaStructuredType userToken, SignatureData signature) {
        return new ActivateSessionRequest(
                header(session.token()),
                signature,
                null,
                new String[0],
                ExtensionObject.encode(DefaultEncodingContext.INSTANCE, userToken),
                new SignatureData(null, ByteString.NULL_VALUE));
    }

    SignatureData sign(Session session) throws UaException {
        return security.policy() == SecurityPolicy.None
                ? new SignatureData(null, ByteString.NULL_VALUE)
                : SessionSecurity.sign(
                        security.policy(), own.keyPair().getPrivate(), server.encoded(), session.nonce());
    }

    static AnonymousIdentityToken anonymous() {
        return new AnonymousIdentityToken(Endpoints.ANONYMOUS);
    }

    UserNameIdentityToken user(Session session, String name, String password) throws UaException {
        EndpointDescription endpoint = Arrays.stream(
                        requireNonNull(session.response().getServerEndpoints()))
                .filter(e -> security.mode() == e.getSecurityMode()
                        && security.policy().getUri().equals(e.getSecurityPolicyUri()))
                .findFirst()
                .orElseThrow();
        UserTokenPolicy policy = Arrays.stream(requireNonNull(endpoint.getUserIdentityTokens()))
                .filter(p -> p.getTokenType() == UserTokenType.UserName)
                .findFirst()
                .orElseThrow();
        return PasswordEncryption.token(
                new UserIdentity.UserName(name, password.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                policy,
                security.policy(),
                server.certificate(),
                session.nonce(),
                false);
    }

    ReadRequest readRequest(Session session, String name) {
        return new ReadRequest(header(session.token()), 0.0, TimestampsToReturn.Neither, new ReadValueId[] {
            new ReadValueId(new NodeId(1, name), uint(13), null, QualifiedName.NULL_VALUE)
        });
    }

    CloseSessionRequest closeRequest(Session session) {
        return new CloseSessionRequest(header(session.token()), true);
    }

    /** The status that a request is refused with; Good when it is answered. */
    StatusCode status(UaRequestMessageType request) throws InterruptedException, TimeoutException {
        try {
            return ask(request).getResponseHeader().getServiceResult();
        } catch (UaException e) {
            return e.getStatusCode();
        }
    }

    @Override
    public void close() {
        transport
                .disconnect()
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(e -> null)
                .join();
        executor.shutdown();
    }

    private final class Application implements ClientApplicationContext {
        @Override
        public EndpointDescription getEndpoint() {
            return new EndpointDescription(
                    url,
                    new ApplicationDescription(
                            server.applicationUri(),
                            null,
                            LocalizedText.NULL_VALUE,
                            ApplicationType.Server,
                            null,
                            null,
                            null),
                    server.encoded(),
                    security.mode(),
                    security.policy().getUri(),
                    null,
                    TransportProfile.TCP_UASC_UABINARY.getUri(),
                    org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte(0));
        }

        @Override
        public Optional<KeyPair> getKeyPair() {
            return Optional.of(own.keyPair());
        }

        @Override
        public Optional<X509Certificate> getCertificate() {
            return Optional.of(own.certificate());
        }

        @Override
        public Optional<X509Certificate[]> getCertificateChain() {
            return Optional.of(new X509Certificate[] {own.certificate()});
        }

        @Override
        public CertificateValidator getCertificateValidator() {
            return (chain, uri, hosts) -> {};
        }

        @Override
        public EncodingContext getEncodingContext() {
            return DefaultEncodingContext.INSTANCE;
        }

        @Override
        public UInteger getRequestTimeout() {
            return uint(10_000);
        }
    }

    /** Notes the answers as they come in, on the event loop. */
    private static final class Tap extends ChannelInboundHandlerAdapter {
        private final Queue<Long> requestIds = new ConcurrentLinkedQueue<>();
        private volatile @Nullable ChannelHandlerContext at;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            at = ctx;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (message instanceof UascResponse response) {
                requestIds.add(response.getRequestId());
            }
            super.channelRead(ctx, message);
        }
    }
}
