package org.tandemopc.it.attack;

import static java.util.Objects.requireNonNull;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.AnonymousIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.transport.client.ClientApplicationContext;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransport;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransportConfig;
import org.jspecify.annotations.Nullable;
import org.tandemopc.it.client.ClientCertificate;

/** One secure channel of Milo's transport, on which any request can be sent at any time, and which can stop reading. */
final class RawChannel implements AutoCloseable {
    private static final int NONCE_BYTES = 32;
    private static final int TIMEOUT_MS = 10_000;
    /** The sessions of an attacker that has ended are gone soon. */
    private static final double SESSION_TIMEOUT_MS = 10_000.0;

    private static final SignatureData NO_SIGNATURE = new SignatureData(null, ByteString.NULL_VALUE);

    private final EndpointDescription endpoint;
    private final ClientCertificate own;
    private final AtomicLong handles = new AtomicLong();
    private final SecureRandom random = new SecureRandom();
    private final Tap tap = new Tap();
    private final OpcTcpClientTransport transport;

    private RawChannel(EndpointDescription endpoint, ClientCertificate own) {
        this.endpoint = endpoint;
        this.own = own;
        this.transport = new OpcTcpClientTransport(OpcTcpClientTransportConfig.newBuilder()
                .setChannelPipelineCustomizer(pipeline -> pipeline.addFirst(tap))
                .build());
    }

    static RawChannel open(EndpointDescription endpoint, ClientCertificate own) throws Exception {
        RawChannel channel = new RawChannel(endpoint, own);
        try {
            channel.transport.connect(channel.new Application()).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request) {
        return transport.sendRequestMessage(request);
    }

    CreateSessionRequest createSession() throws Exception {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return new CreateSessionRequest(
                header(NodeId.NULL_VALUE),
                new ApplicationDescription(
                        ClientCertificate.URI,
                        "urn:attacker",
                        LocalizedText.english("attacker"),
                        ApplicationType.Client,
                        null,
                        null,
                        null),
                null,
                requireNonNull(endpoint.getEndpointUrl()),
                "attacker",
                ByteString.of(nonce),
                ByteString.of(own.certificate().getEncoded()),
                SESSION_TIMEOUT_MS,
                uint(0));
    }

    /** Over a channel without security; anonymous. Its authentication token. */
    NodeId session(String anonymousPolicyId) throws Exception {
        var created = (CreateSessionResponse) send(createSession()).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        NodeId token = created.getAuthenticationToken();
        var unused = send(new ActivateSessionRequest(
                        header(token),
                        NO_SIGNATURE,
                        null,
                        new String[0],
                        ExtensionObject.encode(
                                DefaultEncodingContext.INSTANCE, new AnonymousIdentityToken(anonymousPolicyId)),
                        NO_SIGNATURE))
                .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        return token;
    }

    RequestHeader header(NodeId token) {
        return new RequestHeader(
                token, DateTime.now(), uint(handles.incrementAndGet()), uint(0), null, uint(TIMEOUT_MS), null);
    }

    /** From now on nothing is taken from the socket. */
    void stopReading() {
        ChannelHandlerContext at = requireNonNull(tap.at);
        at.executor().submit(() -> at.channel().config().setAutoRead(false)).syncUninterruptibly();
    }

    /** Whether its own socket takes no more, because the other side does not read. */
    boolean isStuck() {
        return !requireNonNull(tap.at).channel().isWritable();
    }

    boolean isCut() {
        return !requireNonNull(tap.at).channel().isOpen();
    }

    @Override
    public void close() {
        var unused = transport.disconnect();
    }

    private final class Application implements ClientApplicationContext {
        @Override
        public EndpointDescription getEndpoint() {
            return new EndpointDescription(
                    endpoint.getEndpointUrl(),
                    endpoint.getServer(),
                    endpoint.getServerCertificate(),
                    endpoint.getSecurityMode(),
                    endpoint.getSecurityPolicyUri(),
                    null,
                    TransportProfile.TCP_UASC_UABINARY.getUri(),
                    ubyte(0));
        }

        @Override
        public Optional<KeyPair> getKeyPair() {
            return Optional.of(own.keys());
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
            return uint(TIMEOUT_MS);
        }
    }

    private static final class Tap extends ChannelInboundHandlerAdapter {
        private volatile @Nullable ChannelHandlerContext at;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            at = ctx;
        }
    }
}
