package org.tandemopc.relay.ua.front;

import static java.util.Objects.requireNonNullElse;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.SecureChannel;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.SignedSoftwareCertificate;
import org.eclipse.milo.opcua.stack.transport.server.ServiceRequestContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;
import org.tandemopc.relay.ua.front.FrontPair.SessionOpening;
import org.tandemopc.relay.ua.security.ApplicationCertificate;

/** The sessions of a front door: makes them, finds them by their authentication token, keeps to the limits. Any thread. */
final class FrontSessions {
    private static final Logger LOG = LoggerFactory.getLogger(FrontSessions.class);
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int SESSION_NAME_LENGTH_MAX = 512;

    /** One place in so many is kept for clients that were here before (S29). */
    private static final int RESERVED_SHARE = 20;

    private final FrontDoorConfig config;
    private final FrontIdentity identity;
    private final CertificateValidator trust;
    private final UserTokens userTokens;
    private final KeyWork keyWork;
    private final RecentNonces clientNonces = new RecentNonces();
    private final RefusalLimiter refusals;
    private final UnansweredRequests unanswered;

    private final Map<NodeId, DoorSession> byToken = new ConcurrentHashMap<>();

    // Guarded by this.
    private final LinkedHashSet<DoorSession> unactivated = new LinkedHashSet<>();
    private final Map<FrontPair, Integer> perPair = new HashMap<>();
    private final KnownClients known = new KnownClients();

    FrontSessions(
            FrontDoorConfig config,
            FrontIdentity identity,
            CertificateValidator trust,
            UserTokens userTokens,
            KeyWork keyWork) {
        this.config = config;
        this.identity = identity;
        this.trust = trust;
        this.userTokens = userTokens;
        this.keyWork = keyWork;
        this.refusals = new RefusalLimiter(config.limits());
        this.unanswered = new UnansweredRequests(config.limits().unansweredBytes());
    }

    UnansweredRequests unanswered() {
        return unanswered;
    }

    Limits limits() {
        return config.limits();
    }

    /** What the client of this channel was shown: the certificate that the channel was opened with. */
    ApplicationCertificate shownOn(SecureChannel channel) {
        X509Certificate local = channel.getLocalCertificate();
        return identity.known().stream()
                .filter(one -> one.certificate().equals(local))
                .findFirst()
                .orElseGet(identity::present);
    }

    UserTokens userTokens() {
        return userTokens;
    }

    RefusalLimiter refusals() {
        return refusals;
    }

    int count() {
        return byToken.size();
    }

    Collection<DoorSession> all() {
        return List.copyOf(byToken.values());
    }

    /** Runs on the session that the request names, on its loop. */
    CompletableFuture<UaResponseMessageType> onSession(
            UaRequestMessageType request, Function<DoorSession, CompletableFuture<UaResponseMessageType>> work) {
        DoorSession session = byToken.get(request.getRequestHeader().getAuthenticationToken());
        if (session == null) {
            return Faults.failed(StatusCodes.Bad_SessionIdInvalid, "no such session");
        }
        if (session.loop.inEventLoop()) {
            return work.apply(session);
        }
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        onLoop(session.loop, () -> {
            try {
                Faults.forward(work.apply(session), answer);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /**
     * Called on the loop of the channel.
     *
     * @param pair that the client's URL names
     * @param endpoints as GetEndpoints tells them for the same URL
     * @param served whether the pair still is: it may be withdrawn while the work with keys is done
     */
    CompletableFuture<UaResponseMessageType> create(
            ServiceRequestContext context,
            CreateSessionRequest request,
            FrontPair pair,
            List<EndpointDescription> endpoints,
            BooleanSupplier served) {
        try {
            boolean secured = context.getSecureChannel().getSecurityPolicy() != SecurityPolicy.None;
            if (secured) {
                SessionSecurity.checkCreation(
                        request, context.getSecureChannel().getRemoteCertificate());
                if (!clientNonces.take(request.getClientNonce())) {
                    throw new UaException(StatusCodes.Bad_NonceInvalid, "client nonce used before");
                }
            }
            ByteString serverNonce = SessionSecurity.nonce();
            DoorSession session = new DoorSession(
                    this,
                    pair,
                    NUMBERS.incrementAndGet(),
                    new NodeId(1, UUID.randomUUID()),
                    new NodeId(0, SessionSecurity.nonce()),
                    context,
                    shownOn(context.getSecureChannel()),
                    revisedTimeoutMs(request.getRequestedSessionTimeout()),
                    serverNonce);
            return prove(context, session.loop, secured, () -> signature(context.getSecureChannel(), request, session))
                    .thenApply(signature -> open(session, request, endpoints, served, serverNonce, signature))
                    .whenComplete((response, failure) -> {
                        if (failure != null) {
                            closed(session);
                        }
                    });
        } catch (UaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Checks the client's certificate once more, now with its name, and signs with ours. */
    private SignatureData signature(SecureChannel channel, CreateSessionRequest request, DoorSession session)
            throws UaException {
        if (channel.getSecurityPolicy() == SecurityPolicy.None) {
            return new SignatureData(null, ByteString.NULL_VALUE);
        }
        List<X509Certificate> chain = channel.getRemoteCertificateChain();
        trust.validateCertificateChain(
                chain, requireNonNullElse(request.getClientDescription().getApplicationUri(), ""), null);
        return SessionSecurity.sign(
                channel.getSecurityPolicy(),
                session.certificate().keyPair().getPrivate(),
                session.clientCertificateBytes(),
                request.getClientNonce());
    }

    private UaResponseMessageType open(
            DoorSession session,
            CreateSessionRequest request,
            List<EndpointDescription> endpoints,
            BooleanSupplier served,
            ByteString serverNonce,
            SignatureData signature) {
        double timeoutMs = revisedTimeoutMs(request.getRequestedSessionTimeout());
        try {
            // not before the work with keys: a request that finds no place there must put no session out
            admit(session);
            if (!served.getAsBoolean()) { // after admit: from there on a withdrawal finds the session itself
                throw new UaException(StatusCodes.Bad_TcpEndpointUrlInvalid, "the pair was withdrawn");
            }
            FrontSession relaySession = session.pair.open(
                    new SessionOpening(
                            session.number,
                            sessionName(request),
                            session.sessionId,
                            session.address,
                            requireNonNullElse(request.getClientDescription().getApplicationUri(), ""),
                            timeoutMs,
                            request.getMaxResponseMessageSize().longValue()),
                    session.loop);
            session.opened(relaySession, limits().activationDeadline().toNanos());
        } catch (UaException e) {
            throw new CompletionException(e);
        }
        return new CreateSessionResponse(
                Faults.good(request),
                session.sessionId,
                session.token,
                timeoutMs,
                serverNonce,
                session.certificate().encodedChain(),
                endpoints.toArray(EndpointDescription[]::new),
                new SignedSoftwareCertificate[0],
                signature,
                uint(limits().messageBytes()));
    }

    /** Takes the session into the tables, putting out the oldest unactivated one where that makes room. */
    private void admit(DoorSession session) throws UaException {
        List<DoorSession> putOut = new ArrayList<>();
        synchronized (this) {
            Limits limits = limits();
            int ofPair = room(limits.sessionsPerPair(), session);
            int inAll = room(limits.sessions(), session);
            if (unactivated.stream()
                            .filter(s -> s.address.equals(session.address))
                            .count()
                    >= limits.sessionsUnactivatedPerAddress()) {
                putOut.add(oldestUnactivated(s -> s.address.equals(session.address)));
            } else if (perPair.getOrDefault(session.pair, 0) >= ofPair) {
                putOut.add(oldestUnactivated(s -> s.pair.equals(session.pair)));
            } else if (byToken.size() >= inAll || unactivated.size() >= limits.sessionsUnactivated()) {
                putOut.add(oldestUnactivated(s -> true));
            }
            putOut.forEach(this::forget);
            if (perPair.getOrDefault(session.pair, 0) >= ofPair || byToken.size() >= inAll) {
                putOut.forEach(this::remember);
                throw new UaException(StatusCodes.Bad_TooManySessions, "too many sessions");
            }
            remember(session);
        }
        putOut.forEach(old -> onLoop(old.loop, () -> old.close(true, "not activated, put out by a newer session")));
    }

    /** Strangers leave some places free, so that a client that was here before finds one when it comes back. */
    private int room(int limit, DoorSession session) {
        return known.contains(session.clientKey()) ? limit : limit - limit / RESERVED_SHARE;
    }

    private DoorSession oldestUnactivated(Predicate<DoorSession> among) throws UaException {
        return unactivated.stream()
                .filter(among)
                .findFirst()
                .orElseThrow(() -> new UaException(StatusCodes.Bad_TooManySessions, "too many sessions"));
    }

    private void remember(DoorSession session) {
        byToken.put(session.token, session);
        unactivated.add(session);
        perPair.merge(session.pair, 1, Integer::sum);
    }

    private void forget(DoorSession session) {
        if (byToken.remove(session.token) != null) {
            unactivated.remove(session);
            perPair.computeIfPresent(session.pair, (pair, count) -> count == 1 ? null : count - 1);
        }
    }

    synchronized void activated(DoorSession session) {
        unactivated.remove(session);
        known.add(session.clientKey());
    }

    synchronized void closed(DoorSession session) {
        forget(session);
    }

    /** Closes the sessions of a pair, or all for null; completes when their loops have done it. */
    CompletableFuture<Void> closeAll(Predicate<DoorSession> which, String why) {
        List<CompletableFuture<?>> endings = new ArrayList<>();
        for (DoorSession session : all()) {
            if (which.test(session)) {
                CompletableFuture<Void> ended = new CompletableFuture<>();
                onLoop(session.loop, () -> {
                    session.close(true, why);
                    ended.complete(null);
                });
                endings.add(ended);
            }
        }
        return CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new));
    }

    /** Runs now when on the loop, else there; nowhere when the loop has ended. */
    void onLoop(EventLoop loop, Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
            return;
        }
        try {
            loop.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("event loop has ended");
        }
    }

    /**
     * Does slow work on the pool and completes on the loop; work that takes no time at once.
     *
     * @param context of the request that the work is for
     * @param needsKeys whether it is slow
     */
    <T> CompletableFuture<T> prove(ServiceRequestContext context, EventLoop loop, boolean needsKeys, Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Runnable proof = () -> {
            try {
                T result = work.call();
                onLoop(loop, () -> done.complete(result));
            } catch (Exception e) {
                // Callable declares Exception; UaException carries the status, anything else becomes an internal one
                onLoop(loop, () -> done.completeExceptionally(e));
            }
        };
        if (!needsKeys) {
            proof.run();
            return done;
        }
        keyWork.submit(
                context.clientAddress().getHostAddress(),
                FrontChannel.of(context.getChannel()),
                proof,
                () -> onLoop(
                        loop,
                        () -> done.completeExceptionally(
                                new UaException(StatusCodes.Bad_TooManyOperations, "too busy"))));
        return done;
    }

    private double revisedTimeoutMs(double requestedMs) {
        double min = config.sessionTimeoutMin().toMillis();
        double max = config.sessionTimeoutMax().toMillis();
        return Double.isNaN(requestedMs) ? min : Math.clamp(requestedMs, min, max);
    }

    private static String sessionName(CreateSessionRequest request) {
        String name = requireNonNullElse(request.getSessionName(), "");
        return name.length() <= SESSION_NAME_LENGTH_MAX ? name : name.substring(0, SESSION_NAME_LENGTH_MAX);
    }
}
