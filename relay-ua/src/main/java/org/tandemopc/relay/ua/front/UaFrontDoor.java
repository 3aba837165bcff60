package org.tandemopc.relay.ua.front;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.channel.SecureChannel;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.CertificateManager;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersOnNetworkRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.FindServersResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterServer2Request;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterServerRequest;
import org.eclipse.milo.opcua.stack.transport.server.ServerApplicationContext;
import org.eclipse.milo.opcua.stack.transport.server.ServiceRequestContext;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.PortOwner;
import org.tandemopc.relay.ua.front.Endpoints.Published;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * Where OPC UA clients come in: one listening port for any number of pairs, told apart by the path of the endpoint URL.
 * Milo does the transport (Hello, secure channels, chunks); discovery and sessions are done here, everything else goes to
 * the {@link FrontSession} that the pair made. Answers leave in the order in which they were completed. Any thread.
 */
public final class UaFrontDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UaFrontDoor.class);

    private static final int CHUNK_BYTES_MAX = 65_535;
    private static final int DECODING_DEPTH_MAX = 64;
    /** Of one connection at once: what is read in one go may be thousands, and each answer has certificates in it. */
    private static final int REQUESTS_WITHOUT_SESSION_MAX = 100;

    private static final int POOL_THREADS = 2;
    private static final long CHANNEL_LIFETIME_MS_MAX = 3_600_000;
    private static final int TURN_BYTES = 32 << 10;
    private static final long CLOSE_SECONDS_MAX = 5;
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]{1,64}){1,8}");

    static {
        SecurityPolicies.makeAvailable();
        // Read once by Milo, at the first bind of the process; ConnectionLimiter takes its place.
        Stack.ConnectionLimits.RATE_LIMIT_ENABLED = false;
    }

    private final FrontDoorConfig config;
    private final FrontIdentity identity;
    private final Endpoints endpoints;
    private final FrontSessions sessions;
    private final ThreadPoolExecutor pool;
    private final OpcTcpServerTransport transport;
    private final ConnectionLimiter limiter;
    private final AtomicLong unfinishedBytes = new AtomicLong();
    private final UnsentAnswers unsent;
    private final LogRate logRate = new LogRate();
    private final Map<String, FrontPair> pairs = new ConcurrentHashMap<>();
    private volatile @Nullable Channel listening;
    private volatile InetSocketAddress address;
    private volatile boolean closing;

    /**
     * Listens at once; without pairs it answers discovery only.
     *
     * @param trust which client certificates may open secured channels
     * @param loops run all connections and sessions; not ended by {@link #close}
     * @throws IOException the address cannot be bound
     */
    public static UaFrontDoor open(
            FrontDoorConfig config, FrontIdentity identity, CertificateValidator trust, EventLoopGroup loops)
            throws IOException {
        UaFrontDoor door = new UaFrontDoor(config, identity, trust, loops);
        try {
            door.bind(trust);
        } catch (IOException e) {
            door.close();
            throw e;
        }
        return door;
    }

    private UaFrontDoor(
            FrontDoorConfig config, FrontIdentity identity, CertificateValidator trust, EventLoopGroup loops) {
        this.config = config;
        this.address = InetSocketAddress.createUnresolved(config.bindHost(), config.port());
        this.identity = identity;
        this.endpoints = new Endpoints(config, identity);
        this.limiter = new ConnectionLimiter(config.limits());
        this.unsent = new UnsentAnswers(config.limits().unsentBytes());
        this.pool = pool();
        this.sessions =
                new FrontSessions(config, identity, trust, new UserTokens(config, endpoints), new KeyWork(pool));
        this.transport = new OpcTcpServerTransport(OpcTcpServerTransportConfig.newBuilder()
                .setEventLoop(loops)
                .setMaximumSecureChannelLifetime(uint(CHANNEL_LIFETIME_MS_MAX))
                .setBootstrapCustomizer(bootstrap -> bootstrap.handler(new Listening()))
                .setChannelPipelineCustomizer(this::guard)
                .build());
    }

    /** What is listened on, as the system names it. */
    public InetSocketAddress address() {
        return address;
    }

    /** The port that is listened on. */
    public int port() {
        return address.getPort();
    }

    /** Sessions now, activated or not. */
    public int sessions() {
        return sessions.count();
    }

    /** TCP connections now. */
    public int connections() {
        return limiter.open();
    }

    /** Bytes of requests that were begun and not ended, over all connections. */
    public long unfinishedBytes() {
        return unfinishedBytes.get();
    }

    /** Bytes of requests that wait for the members' answers, over all sessions. */
    public long unansweredBytes() {
        return sessions.unanswered().bytes();
    }

    /** Memory of answers that clients' sockets have not taken, over all connections. */
    public long unsentBytes() {
        return unsent.bytes();
    }

    /**
     * Of every door, so that a pair can be refused before there is one.
     *
     * @throws IllegalArgumentException the path is not of the form {@code /name}, or that of discovery
     */
    public static void requirePath(String path) {
        if (!PATH.matcher(path).matches() || Endpoints.namesNone(new EndpointUrl(null, -1, path))) {
            throw new IllegalArgumentException("not a path for a pair: " + path);
        }
    }

    /**
     * Lets clients in to this pair.
     *
     * @throws IllegalArgumentException the path is no {@linkplain #requirePath path} or is taken
     */
    public void publish(FrontPair pair) {
        requirePath(pair.path());
        if (pairs.putIfAbsent(pair.path(), pair) != null) {
            throw new IllegalArgumentException("path is taken: " + pair.path());
        }
    }

    /** Takes the pair away and closes its sessions. */
    public void withdraw(FrontPair pair) {
        if (pairs.remove(pair.path(), pair)) {
            var unused = sessions.closeAll(session -> session.pair.equals(pair), "pair withdrawn");
        }
    }

    /** Closes all sessions, then all connections, then the port; waits at most some seconds. */
    @Override
    public void close() {
        closing = true;
        try {
            sessions.closeAll(session -> true, "shutdown").get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("sessions not closed in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transport.unbind();
        Channel port = listening;
        if (port != null && !isClosed(port)) {
            LOG.warn("port {} not closed in time", config.port());
        }
        pool.shutdown();
    }

    /**
     * Waits until the system has the port back, which may be wanted at once by whoever opens the door again: Milo does not
     * wait at all, and Java gives a socket back only when its selector has looked again, which is a turn of the loop later.
     */
    private static boolean isClosed(Channel port) {
        if (!port.closeFuture().awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
            return false;
        }
        CompletableFuture<Void> nextTurn = new CompletableFuture<>();
        try {
            port.eventLoop().execute(() -> atNextTurn(port, () -> atNextTurn(port, () -> nextTurn.complete(null))));
            nextTurn.get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop has ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
        return true;
    }

    /**
     * On the port's loop only: what a loop schedules for itself begins after its selector's next look. A task put in from
     * outside may still belong to the turn that is under way.
     */
    private static void atNextTurn(Channel port, Runnable task) {
        var unused = port.eventLoop().schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    private void bind(CertificateValidator trust) throws IOException {
        try {
            transport.bind(new Application(trust), new InetSocketAddress(config.bindHost(), config.port()));
        } catch (Exception e) {
            // Milo declares Exception and lets Netty's undeclared ones through
            throw new IOException(whyNotBound(e), e);
        }
        Channel channel = listening;
        if (channel != null && channel.localAddress() instanceof InetSocketAddress local) {
            address = local;
        }
    }

    private String whyNotBound(Exception e) {
        String place = "Cannot listen on " + NetUtil.toSocketAddressString(config.bindHost(), config.port()) + ": ";
        if (Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnresolvedAddressException.class::isInstance)) {
            return place + "the name has no address. Correct opcua.listen in the configuration.";
        }
        Throwable cause = e;
        while (!(cause instanceof IOException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (!(cause instanceof BindException)
                || !String.valueOf(cause.getMessage()).contains("in use")) {
            return place + cause.getMessage() + ". Correct opcua.listen in the configuration.";
        }
        return place + "the port is in use by " + PortOwner.of(config.port()).orElse("another program")
                + ". Stop that one, or choose another port in opcua.listen.";
    }

    /**
     * What is read of a connection before the others of its loop have their turn. Requests are small and each costs a part
     * of a millisecond: with Netty's usual megabyte, a few peers that send without waiting keep the others waiting for
     * seconds.
     */
    private static RecvByteBufAllocator turn() {
        return new AdaptiveRecvByteBufAllocator(64, 2_048, TURN_BYTES).maxMessagesPerRead(1);
    }

    private void guard(ChannelPipeline pipeline) {
        FrontChannel channel = FrontChannel.attachTo(pipeline.channel());
        pipeline.channel().config().setRecvByteBufAllocator(turn());
        pipeline.addFirst(new HelloGate(channel));
        pipeline.addFirst(new ConnectionGuard(config.limits(), limiter, unfinishedBytes, logRate, channel));
        pipeline.addFirst(new SlowReaderGuard(config.limits(), unsent, logRate, channel));
    }

    private CompletableFuture<UaResponseMessageType> dispatch(
            ServiceRequestContext context, UaRequestMessageType request) {
        return switch (request) {
            case GetEndpointsRequest r -> CompletableFuture.completedFuture(getEndpoints(context, r));
            case FindServersRequest r -> CompletableFuture.completedFuture(findServers(context, r));
            case FindServersOnNetworkRequest _, RegisterServerRequest _, RegisterServer2Request _ ->
                Faults.failed(StatusCodes.Bad_ServiceUnsupported, "not a discovery server");
            case CreateSessionRequest r -> createSession(context, r);
            case ActivateSessionRequest r -> sessions.onSession(r, session -> session.activate(context, r));
            case CloseSessionRequest r -> sessions.onSession(r, session -> session.closeSession(context, r));
            default -> sessions.onSession(request, session -> session.handle(context, request));
        };
    }

    private static boolean belongsToNoSession(UaRequestMessageType request) {
        return request instanceof GetEndpointsRequest
                || request instanceof FindServersRequest
                || request instanceof CreateSessionRequest;
    }

    private CompletableFuture<UaResponseMessageType> createSession(
            ServiceRequestContext context, CreateSessionRequest request) {
        SecureChannel channel = context.getSecureChannel();
        if (closing) {
            return Faults.failed(StatusCodes.Bad_Shutdown, "shutting down");
        }
        if (!endpoints.offers(channel.getSecurityPolicy(), channel.getMessageSecurityMode())) {
            return Faults.failed(
                    StatusCodes.Bad_SecurityPolicyRejected, "sessions are not offered without this security");
        }
        EndpointUrl url = sessionUrl(context, request);
        Optional<FrontPair> pair = pairOf(url);
        if (pair.isEmpty()) {
            logRate.warn(
                    LOG,
                    "%s asks for a session under path \"%s\"; there are %s"
                            .formatted(context.clientAddress(), printable(url.path()), pairs.keySet()));
            return Faults.failed(StatusCodes.Bad_TcpEndpointUrlInvalid, "no pair under this path");
        }
        FrontPair named = pair.get();
        return sessions.create(
                context,
                request,
                named,
                describe(context, EndpointUrl.parse(request.getEndpointUrl())),
                () -> !closing && named.equals(pairs.get(named.path())));
    }

    /** The URL of CreateSession names the pair; if it names none, the one that the connection was made with. */
    private static EndpointUrl sessionUrl(ServiceRequestContext context, CreateSessionRequest request) {
        EndpointUrl url = EndpointUrl.parse(request.getEndpointUrl());
        return Endpoints.namesNone(url) ? FrontChannel.of(context.getChannel()).url() : url;
    }

    /** Only a URL without any path leaves the choice to us, and only while there is nothing to choose. */
    private Optional<FrontPair> pairOf(EndpointUrl url) {
        if (url.hasPath()) {
            return Optional.ofNullable(pairs.get(url.path()));
        }
        List<FrontPair> published = List.copyOf(pairs.values());
        return published.size() == 1 ? Optional.of(published.get(0)) : Optional.empty();
    }

    private UaResponseMessageType getEndpoints(ServiceRequestContext context, GetEndpointsRequest request) {
        String[] profiles = request.getProfileUris();
        EndpointDescription[] descriptions = describe(context, discoveryUrl(context, request.getEndpointUrl())).stream()
                .filter(e -> isWanted(profiles, e.getTransportProfileUri()))
                .toArray(EndpointDescription[]::new);
        return new GetEndpointsResponse(Faults.good(request), descriptions);
    }

    private UaResponseMessageType findServers(ServiceRequestContext context, FindServersRequest request) {
        ApplicationDescription[] servers = isWanted(
                        request.getServerUris(), identity.present().applicationUri())
                ? new ApplicationDescription[] {
                    endpoints.application(
                            discoveryUrl(context, request.getEndpointUrl()), published(), local(context), port())
                }
                : new ApplicationDescription[0];
        return new FindServersResponse(Faults.good(request), servers);
    }

    private static EndpointUrl discoveryUrl(ServiceRequestContext context, @Nullable String requested) {
        EndpointUrl url = EndpointUrl.parse(requested);
        return url.host() == null ? FrontChannel.of(context.getChannel()).url() : url;
    }

    private static boolean isWanted(String @Nullable [] filter, @Nullable String value) {
        return filter == null || filter.length == 0 || List.of(filter).contains(value);
    }

    private List<EndpointDescription> describe(ServiceRequestContext context, EndpointUrl url) {
        return endpoints.describe(url, published(), local(context), port());
    }

    private List<Published> published() {
        return pairs.values().stream()
                .map(pair -> new Published(pair.path(), pair.name()))
                .sorted(Comparator.comparing(Published::path))
                .toList();
    }

    private static @Nullable InetSocketAddress local(ServiceRequestContext context) {
        return context.getChannel().localAddress() instanceof InetSocketAddress local ? local : null;
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{C}", "?").substring(0, Math.min(text.length(), 100));
    }

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                POOL_THREADS,
                POOL_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(KeyWork.WAITING_MAX),
                Thread.ofPlatform().daemon().name("ua-front-rsa-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static EncodingContext encodingContext(FrontDoorConfig config) {
        int messageBytes = config.limits().messageBytes();
        EncodingLimits limits = new EncodingLimits(
                CHUNK_BYTES_MAX, 2 * (messageBytes / CHUNK_BYTES_MAX + 1), messageBytes, DECODING_DEPTH_MAX);
        return UaWire.encodingContext(limits);
    }

    /** Learns of the listening channel, which Milo keeps to itself. */
    @ChannelHandler.Sharable
    private final class Listening extends ChannelHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            listening = ctx.channel();
        }
    }

    /** The door as Milo's transport sees it. */
    private final class Application implements ServerApplicationContext {
        private final AtomicLong channelIds = new AtomicLong();
        private final AtomicLong tokenIds = new AtomicLong();
        private final EncodingContext context = encodingContext(config);
        private final CertificateManager certificates;

        Application(CertificateValidator trust) {
            certificates = new DoorCertificates(identity, trust);
        }

        @Override
        public List<EndpointDescription> getEndpointDescriptions() {
            return endpoints.transport();
        }

        @Override
        public CertificateManager getCertificateManager() {
            return certificates;
        }

        @Override
        public EncodingContext getEncodingContext() {
            return context;
        }

        @Override
        public Long getNextSecureChannelId() {
            return nextUInt32(channelIds);
        }

        @Override
        public Long getNextSecureChannelTokenId() {
            return nextUInt32(tokenIds);
        }

        @Override
        public CompletableFuture<UaResponseMessageType> handleServiceRequest(
                ServiceRequestContext context, UaRequestMessageType request) {
            CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
            CompletableFuture<UaResponseMessageType> result;
            FrontChannel from = FrontChannel.of(context.getChannel());
            boolean isCounted = belongsToNoSession(request);
            try {
                result = isCounted && from.begunWithoutSession() > REQUESTS_WITHOUT_SESSION_MAX
                        ? Faults.failed(StatusCodes.Bad_TooManyOperations, "too many requests without a session")
                        : dispatch(context, request);
            } catch (RuntimeException e) {
                result = CompletableFuture.failedFuture(e);
            }
            // Always through the queue of the channel's loop, also from the loop itself: Milo writes where the future
            // is
            // completed, and only so the order on the wire is the order of completion.
            var unused = result.whenComplete((response, failure) -> {
                UaResponseMessageType message =
                        failure == null && response != null ? response : fault(context, request, failure);
                try {
                    context.getChannel().eventLoop().execute(() -> {
                        answer.complete(message);
                        if (isCounted) {
                            from.answeredWithoutSession();
                        }
                    });
                } catch (RejectedExecutionException e) {
                    LOG.debug("event loop has ended");
                }
            });
            return answer;
        }

        private UaResponseMessageType fault(
                ServiceRequestContext context, UaRequestMessageType request, @Nullable Throwable failure) {
            Throwable cause = failure == null ? new UaException(StatusCodes.Bad_InternalError) : failure;
            if (UaException.extractStatusCode(cause).isEmpty()) {
                LOG.error("{} of {} failed", request.getClass().getSimpleName(), context.clientAddress(), cause);
            }
            return Faults.fault(request, cause);
        }

        private static long nextUInt32(AtomicLong counter) {
            return counter.updateAndGet(id -> id >= 0xFFFF_FFFFL ? 1 : id + 1);
        }
    }
}
