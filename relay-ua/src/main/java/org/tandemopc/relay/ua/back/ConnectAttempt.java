package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.Stack;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.EndpointUtil;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * One attempt to open a session with a member, with one deadline for all of it:
 *
 * <pre>
 *   place in the queue -> address -> [discovery] -> secure channel -+-> CreateSession, checks -> ActivateSession -> namespaces
 *                                                                   |        ^
 *                                                                   |        | the server does not know it
 *                                                                   +-> ActivateSession of a session to be resumed
 * </pre>
 *
 * <p>Before anybody can send a node id in the session, the session's own NamespaceArray is read: node ids are numbers of one
 * life of a server. It waits for ActivateSession, for there are servers that end a session in which something else comes first.
 *
 * <p>Runs on its event loop; RSA work and name resolution go to worker threads and come back. The first failure ends it
 * and closes its socket.
 */
final class ConnectAttempt {
    /** Failures that say nothing of the endpoint: silence, a refused user, a server that is full or going down. */
    private static final Set<Long> BLAMELESS = Set.of(
            StatusCodes.Bad_Timeout,
            StatusCodes.Bad_ConnectionRejected,
            StatusCodes.Bad_UserAccessDenied,
            StatusCodes.Bad_IdentityTokenRejected,
            StatusCodes.Bad_TooManySessions,
            StatusCodes.Bad_TcpServerTooBusy,
            StatusCodes.Bad_ServerTooBusy,
            StatusCodes.Bad_ServerHalted,
            StatusCodes.Bad_Shutdown,
            StatusCodes.Bad_ResourceUnavailable);

    private final UaMemberConnector connector;
    private final LinkEnvironment environment;
    private final EventLoop loop;
    private final UaMemberConnector.Login login;
    private final EncodingContext encoding;
    private final long timeoutMs;
    private final Consumer<LegResult.Leg> passed;
    private final long endNanos;
    private final CompletableFuture<MemberSession> result = new CompletableFuture<>();

    private String step = "waiting for its turn";

    /** Whether its connections take places with the {@link ConnectAdmission}. */
    private boolean limited;

    /** The endpoint was not asked for but remembered, and no session has been asked for with it yet. */
    private boolean isRemembered;

    private List<InetSocketAddress> addresses = List.of();
    private @Nullable MemberChannel channel;
    /** Of {@link #channel}. */
    private LinkNamespaces namespaces;
    /** The answer to CreateSession, from when it was asked on {@link #channel}. */
    private @Nullable CompletableFuture<UaResponseMessageType> creating;

    /** The session to be resumed, as long as that was not tried. */
    private @Nullable UaMemberSession lost;
    /** The session that the server was asked to resume on {@link #channel}. */
    private @Nullable UaMemberSession resuming;

    /** The answer to that ActivateSession. */
    private @Nullable CompletableFuture<UaResponseMessageType> activating;

    private @Nullable ScheduledFuture<?> deadline;

    /** @param passed told on the loop of each leg of the way that is behind us, for a check */
    ConnectAttempt(
            UaMemberConnector connector,
            EventLoop loop,
            UaMemberConnector.Login login,
            EncodingContext encoding,
            long timeoutMs,
            Consumer<LegResult.Leg> passed) {
        this.connector = connector;
        this.environment = connector.environment();
        this.namespaces = connector.linkNamespaces();
        this.loop = loop;
        this.login = login;
        this.encoding = encoding;
        this.timeoutMs = timeoutMs;
        this.passed = passed;
        this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /** Goes on with this session, whose connection was lost, if the server does. Before {@link #start}. */
    ConnectAttempt resuming(UaMemberSession session) {
        lost = session;
        return this;
    }

    CompletableFuture<MemberSession> start(boolean inTurn) {
        loop.execute(() -> begin(inTurn));
        // A caller that cancels gives the attempt up.
        var unused = result.whenComplete((session, failure) -> {
            if (failure != null) {
                loop.execute(this::release);
            }
        });
        return result;
    }

    private void begin(boolean inTurn) {
        deadline = loop.schedule(
                () -> fail(StatusCodes.Bad_Timeout, "not within " + timeoutMs + " ms, while " + step),
                timeoutMs,
                TimeUnit.MILLISECONDS);
        limited = inTurn;
        inTurn(this::resolve);
    }

    /** Each connection takes a place, also one that only asks for endpoints: a sick server counts connections (S16). */
    private void inTurn(Runnable next) {
        if (!limited) {
            next.run();
            return;
        }
        long now = System.nanoTime();
        long wait = connector.admission().reserve(now, endNanos - now);
        if (wait == ConnectAdmission.REFUSED) {
            fail(StatusCodes.Bad_TcpServerTooBusy, "too many connects to this member are waiting already");
        } else if (wait == 0) {
            next.run();
        } else {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            then(turn, unused -> next.run());
            var unused = loop.schedule(() -> turn.complete(null), wait, TimeUnit.NANOSECONDS);
        }
    }

    private void resolve() {
        if (result.isDone()) {
            return;
        }
        step = "resolving the host name";
        then(environment.resolver().resolve(connector.host(), loop, remainingMs()), this::resolved);
    }

    private void resolved(List<InetAddress> found) {
        addresses = found.stream()
                .map(a -> new InetSocketAddress(a, connector.port()))
                .toList();
        MemberEndpoint endpoint = connector.usableEndpoint();
        if (endpoint != null) {
            isRemembered = true;
            openChannel(endpoint);
        } else {
            discover();
        }
    }

    private void discover() {
        step = "asking for endpoints";
        EndpointDescription plain = new EndpointDescription(
                url(),
                new ApplicationDescription(
                        null, null, LocalizedText.NULL_VALUE, ApplicationType.Server, null, null, null),
                ByteString.NULL_VALUE,
                MessageSecurityMode.None,
                SecurityPolicy.None.getUri(),
                null,
                Stack.TCP_UASC_UABINARY_TRANSPORT_URI,
                ubyte(0));
        open(plain, List.of(), UaWire.typedContext(), opened -> {
            GetEndpointsRequest request = new GetEndpointsRequest(
                    header(NodeId.NULL_VALUE), url(), null, new String[] {Stack.TCP_UASC_UABINARY_TRANSPORT_URI});
            ask(opened, request, GetEndpointsResponse.class, response -> {
                opened.close();
                channel = null;
                discovered(response);
            });
        });
    }

    private void discovered(GetEndpointsResponse response) {
        EndpointDescription[] offered = Objects.requireNonNullElse(response.getEndpoints(), new EndpointDescription[0]);
        EndpointDescription best = Arrays.stream(offered)
                .filter(this::isWanted)
                .max(Comparator.comparing(this::hasConfiguredPath)
                        .thenComparing(e -> e.getSecurityLevel().intValue()))
                .orElse(null);
        if (best == null) {
            fail(
                    StatusCodes.Bad_SecurityPolicyRejected,
                    "the server has no endpoint with " + connector.address().policy() + " "
                            + connector.address().mode() + "; it offers " + names(offered));
            return;
        }
        passed.accept(LegResult.Leg.ENDPOINT);
        // Host and port as configured: what a server says of itself is often not reachable from here.
        MemberEndpoint endpoint = new MemberEndpoint(new EndpointDescription(
                url(),
                best.getServer(),
                best.getServerCertificate(),
                best.getSecurityMode(),
                best.getSecurityPolicyUri(),
                best.getUserIdentityTokens(),
                best.getTransportProfileUri(),
                best.getSecurityLevel()));
        inTurn(() -> openChannel(endpoint));
    }

    private boolean isWanted(EndpointDescription e) {
        return connector.address().policy().getUri().equals(e.getSecurityPolicyUri())
                && connector.address().mode() == e.getSecurityMode()
                && Stack.TCP_UASC_UABINARY_TRANSPORT_URI.equals(e.getTransportProfileUri());
    }

    private boolean hasConfiguredPath(EndpointDescription e) {
        String offered = e.getEndpointUrl();
        return offered != null && EndpointUtil.getPath(offered).equals(EndpointUtil.getPath(url()));
    }

    private static String names(EndpointDescription[] offered) {
        return Arrays.stream(offered)
                .map(e -> e.getSecurityPolicyUri() + " " + e.getSecurityMode())
                .limit(16)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private void openChannel(MemberEndpoint endpoint) {
        step = "checking the server's certificate";
        offload(() -> trustedChain(endpoint), chain -> {
            passed.accept(LegResult.Leg.CERTIFICATE);
            step = "opening a secure channel";
            namespaces = connector.linkNamespaces();
            open(endpoint.description(), chain, UaWire.mapping(encoding, namespaces::map), opened -> {
                passed.accept(LegResult.Leg.CHANNEL);
                UaMemberSession former = lost;
                lost = null;
                if (former != null && former.isAt(endpoint)) {
                    resume(former, opened, endpoint);
                } else {
                    createSession(opened, endpoint);
                }
            });
        });
    }

    /** Everything that can be known of the server before a byte of the user's is sent (S34). */
    private List<X509Certificate> trustedChain(MemberEndpoint endpoint) throws UaException, LinkException {
        connector.checkIdentity(endpoint.applicationUri(), false);
        if (connector.address().policy() == SecurityPolicy.None) {
            return List.of();
        }
        List<X509Certificate> chain = endpoint.certificateChain();
        if (chain.isEmpty()) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, "the endpoint has no certificate");
        }
        String named = CertificateUtil.getSanUri(chain.getFirst()).orElse("");
        if (!named.equals(endpoint.applicationUri())) {
            throw LinkException.wrongServer(
                    StatusCodes.Bad_CertificateUriInvalid,
                    "the server calls itself \"" + endpoint.applicationUri() + "\", its certificate \"" + named + "\"");
        }
        try {
            environment.trust().check(chain, endpoint.applicationUri());
        } catch (UaException e) {
            throw LinkException.certificateRefused(e.getStatusCode(), textOf(e));
        }
        return chain;
    }

    private void resume(UaMemberSession former, MemberChannel opened, MemberEndpoint endpoint) {
        step = "resuming the session";
        Callable<ActivateSessionRequest> signing = () -> former.reactivation(
                header(former.authenticationToken()),
                login.identity(),
                login.localeIds().toArray(String[]::new));
        offload(signing, request -> {
            resuming = former;
            CompletableFuture<UaResponseMessageType> asked = opened.sendToResume(request, remainingMs());
            activating = asked;
            then(
                    asked.handle((answer, failure) -> answer instanceof ActivateSessionResponse yes ? yes : null),
                    answer -> {
                        resuming = null;
                        activating = null;
                        if (answer != null) {
                            resumed(former, opened, endpoint, answer);
                        } else if (opened.isOpen()) {
                            createSession(opened, endpoint);
                        } else {
                            // There are servers that hang up on who names a session that they do not know.
                            channel = null;
                            inTurn(() -> openChannel(endpoint));
                        }
                    });
        });
    }

    private void resumed(
            UaMemberSession former, MemberChannel opened, MemberEndpoint endpoint, ActivateSessionResponse answer) {
        try {
            // The session is the same, so it is the same life of the server.
            namespaces.learned(former.namespaces().table());
            finish(former.over(opened, answer, namespaces), endpoint);
        } catch (UaException e) {
            fail(e);
        }
    }

    private void createSession(MemberChannel opened, MemberEndpoint endpoint) {
        step = "creating a session";
        isRemembered = false;
        ClientIdentity client = environment.client();
        ByteString nonce = SessionSecurity.freshNonce();
        ByteString certificate;
        try {
            certificate = SessionSecurity.certificateBytes(client);
        } catch (UaException e) {
            fail(e);
            return;
        }
        ApplicationDescription description = new ApplicationDescription(
                client.applicationUri(),
                client.productUri(),
                LocalizedText.english(client.applicationName()),
                ApplicationType.Client,
                null,
                null,
                null);
        CreateSessionRequest request = new CreateSessionRequest(
                header(NodeId.NULL_VALUE),
                description,
                null,
                url(),
                login.sessionName(),
                nonce,
                certificate,
                login.sessionTimeoutMs(),
                uint(0));
        CompletableFuture<UaResponseMessageType> answer = opened.send(request, remainingMs());
        creating = answer;
        answered(
                answer,
                CreateSessionResponse.class,
                response -> offload(
                        () -> checked(endpoint, nonce, response),
                        security -> activate(opened, endpoint, response, security)));
    }

    private SessionSecurity checked(MemberEndpoint endpoint, ByteString nonce, CreateSessionResponse response)
            throws UaException, LinkException {
        SessionSecurity security =
                SessionSecurity.check(environment, connector.address().policy(), endpoint, nonce, response);
        connector.checkIdentity(security.applicationUri(), false);
        return security;
    }

    private void activate(
            MemberChannel opened, MemberEndpoint endpoint, CreateSessionResponse created, SessionSecurity security) {
        step = "activating the session";
        NodeId token = created.getAuthenticationToken();
        ByteString nonce = created.getServerNonce();
        Callable<ActivateSessionRequest> signing = () -> signed(security, token, nonce);
        offload(
                signing,
                request -> ask(
                        opened,
                        request,
                        ActivateSessionResponse.class,
                        response -> activated(opened, endpoint, created, security, response)));
    }

    private ActivateSessionRequest signed(SessionSecurity security, NodeId token, ByteString nonce)
            throws UaException, LinkException {
        return security.activation(
                header(token), nonce, login.identity(), login.localeIds().toArray(String[]::new));
    }

    private void activated(
            MemberChannel opened,
            MemberEndpoint endpoint,
            CreateSessionResponse created,
            SessionSecurity security,
            ActivateSessionResponse response) {
        try {
            security.checkNextNonce(created.getServerNonce(), response.getServerNonce());
            connector.checkIdentity(security.applicationUri(), true);
        } catch (UaException | LinkException e) {
            fail(e);
            return;
        }
        UaMemberSession session =
                new UaMemberSession(connector, loop, opened, created, security, response.getServerNonce(), namespaces);
        readNamespaces(opened, session, endpoint);
    }

    private void readNamespaces(MemberChannel opened, UaMemberSession session, MemberEndpoint endpoint) {
        step = "reading its namespaces";
        ReadRequest request = new ReadRequest(
                header(session.authenticationToken()),
                0.0,
                TimestampsToReturn.Neither,
                ServerStatus.valuesOf(ServerStatus.NAMESPACE_ARRAY));
        then(opened.send(request, remainingMs()), answer -> {
            DataValue value = onlyValue(answer);
            List<String> table = ServerStatus.strings(value);
            if (table.isEmpty()) {
                StatusCode status = value.getStatusCode();
                fail(
                        status.isBad() ? status.getValue() : StatusCodes.Bad_ConfigurationError,
                        "the server's NamespaceArray cannot be read");
                return;
            }
            String difference = connector.saw(table);
            if (difference != null) {
                fail(LinkException.wrongServer(StatusCodes.Bad_ConfigurationError, difference));
                return;
            }
            namespaces.learned(table);
            finish(session, endpoint);
        });
    }

    /** Of an answer to Read, typed or not; without one a value that is none. */
    private static DataValue onlyValue(UaResponseMessageType answer) {
        UaResponseMessageType typed = answer instanceof RawResponse raw ? UaWire.decode(raw) : answer;
        DataValue[] values = typed instanceof ReadResponse read ? read.getResults() : null;
        return values != null && values.length == 1
                ? values[0]
                : new DataValue(StatusCode.of(StatusCodes.Bad_UnknownResponse));
    }

    private void finish(UaMemberSession session, MemberEndpoint endpoint) {
        connector.learned(endpoint);
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (result.complete(session)) {
            channel = null;
            session.startKeepAlive();
        }
    }

    private void open(
            EndpointDescription endpoint,
            List<X509Certificate> trusted,
            EncodingContext context,
            Consumer<MemberChannel> next) {
        long left = remainingMs();
        ChannelContext application =
                new ChannelContext(endpoint, environment.client(), trusted, context, uint(left + 1_000));
        MemberChannel opening = new MemberChannel(
                loop, application, connector.lateAnswerCounter(), connector.lastHeard(), connector.unsentBytes());
        channel = opening;
        then(opening.open(addresses, left), next);
    }

    private <R extends UaResponseMessageType> void ask(
            MemberChannel opened, UaRequestMessageType request, Class<R> type, Consumer<R> next) {
        answered(opened.send(request, remainingMs()), type, next);
    }

    private <R extends UaResponseMessageType> void answered(
            CompletableFuture<UaResponseMessageType> answer, Class<R> type, Consumer<R> next) {
        then(answer, response -> {
            if (type.isInstance(response)) {
                next.accept(type.cast(response));
            } else {
                fail(
                        StatusCodes.Bad_UnknownResponse,
                        "the server answers with " + response.getClass().getSimpleName());
            }
        });
    }

    private <T> void then(CompletableFuture<T> future, Consumer<T> next) {
        var unused = future.whenComplete((value, failure) -> {
            if (result.isDone()) {
                return;
            }
            if (failure != null) {
                fail(failure);
                return;
            }
            try {
                next.accept(value);
            } catch (RuntimeException e) {
                // The future would keep it to itself, and the caller wait until the deadline for "not in time".
                fail(StatusCodes.Bad_InternalError, "a defect of Tandem: " + e);
            }
        });
    }

    private <T> void offload(Callable<T> work, Consumer<T> next) {
        CompletableFuture<T> done = new CompletableFuture<>();
        then(done, next);
        if (!needsKeys()) {
            complete(done, work);
            return;
        }
        try {
            environment.crypto().execute(() -> {
                try {
                    T value = work.call();
                    loop.execute(() -> done.complete(value));
                } catch (Exception e) {
                    loop.execute(() -> done.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            fail(StatusCodes.Bad_ResourceUnavailable, "no worker is free");
        }
    }

    /** Without signatures and passwords there is nothing to compute that the loop could not do between two messages. */
    private boolean needsKeys() {
        return connector.address().policy() != SecurityPolicy.None
                || !(login.identity() instanceof UserIdentity.Anonymous);
    }

    private static <T> void complete(CompletableFuture<T> done, Callable<T> work) {
        try {
            done.complete(work.call());
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }

    private void fail(long status, String message) {
        fail(LinkException.notSent(status, message));
    }

    private void fail(Throwable failure) {
        LinkException told = failure instanceof LinkException link ? link : asLinkException(failure);
        boolean doubtful = !BLAMELESS.contains(told.status().getValue());
        if (doubtful) {
            connector.doubt();
        }
        if (doubtful && isRemembered && !result.isDone()) {
            isRemembered = false;
            abandonChannel();
            inTurn(this::discover);
            return;
        }
        result.completeExceptionally(told.isWrongServer() ? told : withPlace(told));
    }

    private static LinkException asLinkException(Throwable failure) {
        return LinkException.notSent(MemberChannel.statusOf(failure), textOf(failure));
    }

    private static String textOf(Throwable failure) {
        String text = failure.getMessage();
        return text != null ? text : failure.toString();
    }

    /** A failed connect has sent nothing of a client's. */
    private LinkException withPlace(LinkException told) {
        return told.ofConnect(url() + ", while " + step + ": " + told.getMessage());
    }

    private void release() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        abandonChannel();
    }

    /** A session that was asked for and is nobody's would count among the server's until its timeout: it is closed. */
    private void abandonChannel() {
        MemberChannel old = channel;
        CompletableFuture<UaResponseMessageType> session = creating;
        UaMemberSession former = resuming;
        CompletableFuture<UaResponseMessageType> activation = activating;
        channel = null;
        creating = null;
        resuming = null;
        activating = null;
        if (old == null) {
            return;
        }
        if (former != null && activation != null && old.isOpen()) {
            closeResumed(old, former, activation);
            return;
        }
        if (session == null || !old.isOpen()) {
            old.abort();
            return;
        }
        var unused = loop.schedule(old::abort, MemberChannel.CLOSE_MS, TimeUnit.MILLISECONDS);
        var unused2 = session.whenComplete((response, failure) -> {
            if (response instanceof CreateSessionResponse made) {
                old.closeSession(header(made.getAuthenticationToken(), MemberChannel.CLOSE_MS));
            } else {
                old.abort();
            }
        });
    }

    /**
     * Once the session is this channel's: a server may take up requests of one channel side by side, and would refuse a
     * CloseSession that overtakes the ActivateSession. If that is not answered soon, the server has had time for it.
     */
    private void closeResumed(
            MemberChannel old, UaMemberSession former, CompletableFuture<UaResponseMessageType> activation) {
        CompletableFuture<UaResponseMessageType> soon = activation.copy();
        var unused = loop.schedule(() -> soon.cancel(false), MemberChannel.CLOSE_MS / 2, TimeUnit.MILLISECONDS);
        var unused2 = soon.whenComplete((answer, failure) -> {
            if (old.isOpen()) {
                old.closeSession(header(former.authenticationToken(), MemberChannel.CLOSE_MS));
            }
        });
    }

    private String url() {
        return connector.address().endpointUrl();
    }

    private RequestHeader header(NodeId token) {
        return header(token, remainingMs());
    }

    private static RequestHeader header(NodeId token, long timeoutMs) {
        return new RequestHeader(token, DateTime.now(), uint(0), uint(0), null, uint(timeoutMs), null);
    }

    private long remainingMs() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()));
    }
}
