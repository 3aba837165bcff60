package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateManager;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.transport.client.ClientApplicationContext;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransport;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransportConfig;
import org.eclipse.milo.opcua.stack.transport.server.ServerApplicationContext;
import org.eclipse.milo.opcua.stack.transport.server.ServiceRequestContext;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Client, relay and member over Milo's real transports on loopback: what leaves one end arrives at the other. */
@Timeout(60)
class RawPassTest {
    private static final EncodingContext PASSING =
            UaWire.encodingContext(new EncodingLimits(65_535, 512, 16 << 20, 64));

    /** Last opened, first closed: a client whose server is gone would try for long to reach it again. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** Null typed arrays, structures without a body, dimensions: all that a decoding relay would lose. */
    @Test
    @Requirement(
            value = {"I6", "I8"},
            protocol = Protocol.UA)
    void aReadPassesByteForByteInBothDirections() throws Exception {
        var results = new LeWriter(1024);
        List<byte[]> values = Samples.dataValues();
        results.i32(values.size());
        values.forEach(v -> results.copy(v, 0, v.length));
        byte[] answer = results.i32(-1).bytes();
        byte[] question =
                Samples.hex("000000000000f03f 02000000 01000000 03 0200 ffffffff 0d000000 00000000 0000 ffffffff");
        var asked = new CompletableFuture<byte[]>();
        int member = serve(request -> {
            var raw = (RawRequest) request;
            asked.complete(raw.body());
            return CompletableFuture.completedFuture(new RawResponse(raw.type(), Samples.responseHeader(), answer));
        });
        OpcTcpClientTransport client = connect(PASSING, relayTo(member));

        var response =
                (RawResponse) client.sendRequestMessage(new RawRequest(RawType.READ, Samples.requestHeader(), question))
                        .get(20, TimeUnit.SECONDS);

        assertThat(asked.get(1, TimeUnit.SECONDS)).isEqualTo(question);
        assertThat(response.header()).isEqualTo(Samples.responseHeader());
        assertThat(response.body()).isEqualTo(answer);
    }

    @Test
    @Requirement(value = "I6", protocol = Protocol.UA)
    void aTypedClientReadsAnUnknownStructureThroughTheRelay() throws Exception {
        byte[] value = Samples.dataValue(0x3F, Samples.variant(new Variant(Samples.structure())));
        var body = new LeWriter(64).i32(1).copy(value, 0, value.length).i32(-1);
        int member = serve(request -> CompletableFuture.completedFuture(
                new RawResponse(RawType.READ, Samples.responseHeader(), body.bytes())));
        OpcTcpClientTransport client = connect(UaWire.plainContext(), relayTo(member));

        var response = (ReadResponse) client.sendRequestMessage(
                        new ReadRequest(Samples.requestHeader(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                            new ReadValueId(PublishTest.node(1), Unsigned.uint(13), null, QualifiedName.NULL_VALUE)
                        }))
                .get(20, TimeUnit.SECONDS);

        var read = (ExtensionObject.Binary)
                Objects.requireNonNull(response.getResults())[0].value().value();
        assertThat(Objects.requireNonNull(read).getBody())
                .isEqualTo(((ExtensionObject.Binary) Samples.structure()).getBody());
        assertThat(read.getEncodingOrTypeId()).isEqualTo(Samples.UNKNOWN_TYPE);
    }

    /** 5 MB in many chunks, each way. */
    @Test
    void aBodyOfManyChunksPasses() throws Exception {
        byte[] big = new byte[5_000_000];
        new Random(1).nextBytes(big);
        int member = serve(request -> CompletableFuture.completedFuture(
                new RawResponse(RawType.CALL, Samples.responseHeader(), ((RawRequest) request).body())));
        OpcTcpClientTransport client = connect(PASSING, relayTo(member));

        var response =
                (RawResponse) client.sendRequestMessage(new RawRequest(RawType.CALL, Samples.requestHeader(), big))
                        .get(20, TimeUnit.SECONDS);

        assertThat(response.body()).isEqualTo(big);
    }

    @Test
    void aPublishRequestIsTypedAndItsResponseRaw() throws Exception {
        byte[] body = Samples.hex("01000000 ffffffff 00 01000000 0000000000000000 ffffffff ffffffff ffffffff");
        int member = serve(request -> {
            assertThat(request).isInstanceOf(PublishRequest.class);
            return CompletableFuture.completedFuture(new RawResponse(RawType.PUBLISH, Samples.responseHeader(), body));
        });
        OpcTcpClientTransport client = connect(PASSING, relayTo(member));

        var response = (RawResponse) client.sendRequestMessage(new PublishRequest(Samples.requestHeader(), null))
                .get(20, TimeUnit.SECONDS);

        assertThat(response.type()).isEqualTo(RawType.PUBLISH);
        assertThat(response.body()).isEqualTo(body);
        assertThat(UpstreamPublish.parse(response).keepAlive()).isTrue();
    }

    private int relayTo(int member) throws Exception {
        OpcTcpClientTransport link = connect(PASSING, member);
        return serve(request ->
                link.sendRequestMessage(request instanceof RawRequest raw ? raw.withHeader(raw.header()) : request));
    }

    private OpcTcpClientTransport connect(EncodingContext context, int port) throws Exception {
        var transport = new OpcTcpClientTransport(
                OpcTcpClientTransportConfig.newBuilder().build());
        transport.connect(new Client(context, port)).get(20, TimeUnit.SECONDS);
        open.push(() -> {
            var unused = transport.disconnect().get(20, TimeUnit.SECONDS);
        });
        return transport;
    }

    private int serve(Function<UaRequestMessageType, CompletableFuture<UaResponseMessageType>> service)
            throws Exception {
        var port = new CompletableFuture<Integer>();
        var transport = new OpcTcpServerTransport(OpcTcpServerTransportConfig.newBuilder()
                .setBootstrapCustomizer(b -> {
                    var unused = b.handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext ctx) {
                            port.complete(((InetSocketAddress) ctx.channel().localAddress()).getPort());
                        }
                    });
                })
                .build());
        transport.bind(new Server(service), new InetSocketAddress("127.0.0.1", 0));
        open.push(transport::unbind);
        return port.get(20, TimeUnit.SECONDS);
    }

    private static EndpointDescription endpoint(int port) {
        return new EndpointDescription(
                "opc.tcp://127.0.0.1:" + port + "/raw",
                new ApplicationDescription(
                        "urn:test", "urn:test", LocalizedText.NULL_VALUE, ApplicationType.Server, null, null, null),
                ByteString.NULL_VALUE,
                MessageSecurityMode.None,
                SecurityPolicy.None.getUri(),
                new UserTokenPolicy[0],
                TransportProfile.TCP_UASC_UABINARY.getUri(),
                Unsigned.ubyte(0));
    }

    private record Server(
            Function<UaRequestMessageType, CompletableFuture<UaResponseMessageType>> service, AtomicLong ids)
            implements ServerApplicationContext {
        Server(Function<UaRequestMessageType, CompletableFuture<UaResponseMessageType>> service) {
            this(service, new AtomicLong());
        }

        @Override
        public List<EndpointDescription> getEndpointDescriptions() {
            return List.of(endpoint(0));
        }

        @Override
        public CertificateManager getCertificateManager() {
            return new DefaultCertificateManager(new MemoryCertificateQuarantine());
        }

        @Override
        public EncodingContext getEncodingContext() {
            return PASSING;
        }

        @Override
        public Long getNextSecureChannelId() {
            return ids.incrementAndGet();
        }

        @Override
        public Long getNextSecureChannelTokenId() {
            return ids.incrementAndGet();
        }

        @Override
        public CompletableFuture<UaResponseMessageType> handleServiceRequest(
                ServiceRequestContext context, UaRequestMessageType request) {
            return service.apply(request);
        }
    }

    private record Client(EncodingContext context, int port) implements ClientApplicationContext {
        @Override
        public EndpointDescription getEndpoint() {
            return endpoint(port);
        }

        @Override
        public Optional<KeyPair> getKeyPair() {
            return Optional.empty();
        }

        @Override
        public Optional<X509Certificate> getCertificate() {
            return Optional.empty();
        }

        @Override
        public Optional<X509Certificate[]> getCertificateChain() {
            return Optional.empty();
        }

        @Override
        public CertificateValidator getCertificateValidator() {
            return (chain, uri, names) -> {};
        }

        @Override
        public EncodingContext getEncodingContext() {
            return context;
        }

        @Override
        public UInteger getRequestTimeout() {
            return Unsigned.uint(10_000);
        }
    }
}
