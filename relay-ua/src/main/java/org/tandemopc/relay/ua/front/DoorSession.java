package org.tandemopc.relay.ua.front;

import static java.util.Objects.requireNonNullElse;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.channel.SecureChannel;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CancelResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CloseSessionResponse;
import org.eclipse.milo.opcua.stack.transport.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.CertificateText;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawRequest;

/**
 * The door's part of a client session: who may use it, over which channel, until when (OPC UA Part 4, 5.6). Everything
 * that has no other word runs on {@link #loop}, the event loop of the channel that created the session; the session
 * keeps it when it moves to another channel.
 *
 * <pre>
 * created --ActivateSession, user accepted--> activated --ActivateSession on another channel--> activated there
 *    |  \--activation deadline, other request--> closed            \--CloseSession, timeout, pair withdrawn--> closed
 * </pre>
 */
final class DoorSession {
    private static final Logger LOG = LoggerFactory.getLogger(DoorSession.class);

    /** Activations of one session that wait for each other; a client has no reason to send a second one. */
    private static final int ACTIVATIONS_MAX = 4;

    private static final long ACTIVATION_SECONDS_MAX = 60;

    /**
     * A timer that comes this late tells of a pause of our own (S35), in which requests of living clients wait unread:
     * then the session gets one more {@link #GRACE_NANOS}.
     */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    final NodeId token;
    final NodeId sessionId;
    final long number;
    final FrontPair pair;
    final EventLoop loop;
    final String address;

    private final FrontSessions door;
    private final SecurityPolicy policy;
    private final MessageSecurityMode mode;
    private final ApplicationCertificate certificate;
    private final ByteString clientCertificateBytes;
    private final @Nullable X509Certificate clientCertificate;
    private final long timeoutNanos;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicLong unansweredBytes = new AtomicLong();

    private Channel channel;
    private long secureChannelId;
    private ByteString serverNonce;
    private @Nullable FrontSession relaySession;
    private @Nullable UserIdentity identity;
    private String[] localeIds = {};
    private boolean activated;
    private boolean closed;
    /** Whether requests are read from the client: not while it does not read its answers. */
    private boolean reads = true;

    private int activations;
    private CompletableFuture<?> lastActivation = CompletableFuture.completedFuture(null);
    private long dueNanos;
    private @Nullable ScheduledFuture<?> timer;

    DoorSession(
            FrontSessions door,
            FrontPair pair,
            long number,
            NodeId sessionId,
            NodeId token,
            ServiceRequestContext context,
            ApplicationCertificate certificate,
            double timeoutMs,
            ByteString serverNonce)
            throws UaException {
        SecureChannel secureChannel = context.getSecureChannel();
        this.door = door;
        this.pair = pair;
        this.number = number;
        this.sessionId = sessionId;
        this.token = token;
        this.channel = context.getChannel();
        this.loop = channel.eventLoop();
        this.address = context.clientAddress().getHostAddress();
        this.policy = secureChannel.getSecurityPolicy();
        this.mode = secureChannel.getMessageSecurityMode();
        this.certificate = certificate;
        this.clientCertificate = secureChannel.getRemoteCertificate();
        this.clientCertificateBytes = secureChannel.getRemoteCertificateBytes();
        this.secureChannelId = secureChannel.getChannelId();
        this.timeoutNanos = (long) (timeoutMs * 1e6);
        this.serverNonce = serverNonce;
    }

    ByteString clientCertificateBytes() {
        return clientCertificateBytes;
    }

    /** Who the client is, as far as anybody can tell: its certificate, else its address. */
    String clientKey() {
        return clientCertificate == null ? address : CertificateText.thumbprint(clientCertificate);
    }

    /** As the client was shown it when it created the session. */
    ApplicationCertificate certificate() {
        return certificate;
    }

    /** The session exists from now on; it must be activated in time. */
    void opened(FrontSession relaySession, long activationNanos) {
        this.relaySession = relaySession;
        FrontChannel.of(channel).bind(this);
        noteReading();
        dueNanos = System.nanoTime() + activationNanos;
        watch(activationNanos);
        if (!channel.isActive()) {
            channelClosed(channel);
        }
    }

    boolean isClosed() {
        return closed;
    }

    CompletableFuture<UaResponseMessageType> handle(ServiceRequestContext context, UaRequestMessageType request) {
        FrontSession relay = relaySession;
        if (closed || relay == null) {
            return Faults.failed(StatusCodes.Bad_SessionIdInvalid, "the session is closed");
        }
        if (isForeign(context)) {
            return Faults.failed(StatusCodes.Bad_SecureChannelIdInvalid, "the session is bound to another channel");
        }
        if (!activated) {
            // Part 4, 5.6.2: a client that does not activate first loses its session
            close(true, "request before ActivateSession");
            return Faults.failed(StatusCodes.Bad_SessionNotActivated, "the session is not activated");
        }
        renew();
        if (request instanceof CancelRequest) {
            return CompletableFuture.completedFuture(new CancelResponse(Faults.good(request), uint(0)));
        }
        int bytes = request instanceof RawRequest raw ? raw.body().length : 0;
        if (unanswered.get() >= door.limits().requestsPerSession()
                || !door.unanswered().take(bytes, unansweredBytes.get())) {
            return Faults.failed(StatusCodes.Bad_TooManyOperations, "too many requests unanswered");
        }
        unanswered.incrementAndGet();
        unansweredBytes.addAndGet(bytes);
        CompletableFuture<UaResponseMessageType> answer;
        try {
            answer = relay.handle(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.whenComplete((response, failure) -> {
            unanswered.decrementAndGet();
            unansweredBytes.addAndGet(-bytes);
            door.unanswered().answered(bytes);
        });
    }

    CompletableFuture<UaResponseMessageType> closeSession(ServiceRequestContext context, CloseSessionRequest request) {
        if (closed) {
            return Faults.failed(StatusCodes.Bad_SessionIdInvalid, "the session is closed");
        }
        if (isForeign(context)) {
            return Faults.failed(StatusCodes.Bad_SecureChannelIdInvalid, "the session is bound to another channel");
        }
        close(Boolean.TRUE.equals(request.getDeleteSubscriptions()), "CloseSession");
        return CompletableFuture.completedFuture(new CloseSessionResponse(Faults.good(request)));
    }

    /** One activation at a time: each proves knowledge of the nonce that the one before gave out. */
    CompletableFuture<UaResponseMessageType> activate(ServiceRequestContext context, ActivateSessionRequest request) {
        if (closed) {
            return Faults.failed(StatusCodes.Bad_SessionIdInvalid, "the session is closed");
        }
        if (activations >= ACTIVATIONS_MAX) {
            return Faults.failed(StatusCodes.Bad_TooManyOperations, "too many activations of one session");
        }
        activations++;
        CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();
        CompletableFuture<?> before = lastActivation;
        lastActivation = answer.handle((response, failure) -> --activations);
        var unused = before.handle((result, failure) -> {
            Faults.forward(activateNow(context, request), answer);
            return null;
        });
        return answer;
    }

    private CompletableFuture<UaResponseMessageType> activateNow(
            ServiceRequestContext context, ActivateSessionRequest request) {
        if (closed) {
            return Faults.failed(StatusCodes.Bad_SessionIdInvalid, "the session is closed");
        }
        if (isForeign(context) && !mayMoveTo(context.getSecureChannel())) {
            return Faults.failed(
                    StatusCodes.Bad_SecurityChecksFailed, "the session may not be activated over this channel");
        }
        if (activated) {
            renew();
        }
        long beganNanos = System.nanoTime();
        String from = context.clientAddress().getHostAddress();
        boolean hasPassword = UserTokens.isPassword(request.getUserIdentityToken());
        if (hasPassword && !door.refusals().take(from, beganNanos)) {
            return refuse(new UaException(StatusCodes.Bad_IdentityTokenRejected), beganNanos);
        }
        ByteString nonce = serverNonce;
        List<ApplicationCertificate> shown = shownTo(context);
        boolean needsKeys = policy != SecurityPolicy.None || hasPassword;
        return door.prove(context, loop, needsKeys, () -> prove(request, shown, nonce))
                .thenCompose(proven -> accept(context, proven, localesOf(request)))
                .thenApply(accepted -> activatedOver(context, request, nonce))
                .whenComplete((response, failure) -> {
                    if (hasPassword && !isRefusal(failure)) {
                        door.refusals().giveBack(from);
                    }
                })
                .exceptionallyCompose(failure -> refuse(failure, beganNanos));
    }

    /** Ours as the client may know it: of the session, and of a newer channel when ours was renewed between them. */
    private List<ApplicationCertificate> shownTo(ServiceRequestContext context) {
        ApplicationCertificate ofChannel =
                policy == SecurityPolicy.None ? certificate : door.shownOn(context.getSecureChannel());
        return ofChannel.encoded().equals(certificate.encoded())
                ? List.of(certificate)
                : List.of(certificate, ofChannel);
    }

    /** On the pool, where it needs keys. */
    private UserIdentity prove(ActivateSessionRequest request, List<ApplicationCertificate> shown, ByteString nonce)
            throws UaException {
        ApplicationCertificate meant = shown.getFirst();
        if (policy != SecurityPolicy.None && clientCertificate != null) {
            meant = signedFor(clientCertificate, request, shown, nonce);
        }
        return door.userTokens()
                .identify(
                        request.getUserIdentityToken(), policy, meant.keyPair().getPrivate(), nonce);
    }

    private ApplicationCertificate signedFor(
            X509Certificate client,
            ActivateSessionRequest request,
            List<ApplicationCertificate> shown,
            ByteString nonce)
            throws UaException {
        UaException refused = new UaException(StatusCodes.Bad_ApplicationSignatureInvalid);
        for (ApplicationCertificate one : shown) {
            try {
                SessionSecurity.verify(policy, client, one, nonce, request.getClientSignature());
                return one;
            } catch (UaException e) {
                refused = e;
            }
        }
        throw refused;
    }

    private CompletableFuture<UserIdentity> accept(
            ServiceRequestContext context, UserIdentity proven, String[] wantedLocaleIds) {
        FrontSession relay = relaySession;
        if (closed || relay == null) {
            return Faults.failed(StatusCodes.Bad_SessionClosed, "the session was closed meanwhile");
        }
        boolean same = identity != null && UserTokens.identical(identity, proven);
        if (activated && isForeign(context) && !same && !(identity != null && identity.sameUser(proven))) {
            return Faults.failed(StatusCodes.Bad_IdentityTokenRejected, "another user on another channel");
        }
        if (activated && same && Arrays.equals(localeIds, wantedLocaleIds)) {
            // A client that comes back over a new channel must not depend on a member being there just now.
            return CompletableFuture.completedFuture(proven);
        }
        return ask(relay, proven, wantedLocaleIds);
    }

    private CompletableFuture<UserIdentity> ask(FrontSession relay, UserIdentity proven, String[] wantedLocaleIds) {
        CompletableFuture<StatusCode> answer;
        try {
            answer = relay.activate(proven, wantedLocaleIds);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<UserIdentity> accepted = new CompletableFuture<>();
        ScheduledFuture<?> ceiling = loop.schedule(
                () -> {
                    if (accepted.completeExceptionally(new UaException(StatusCodes.Bad_Timeout))) {
                        close(false, "activation never ended");
                    }
                },
                ACTIVATION_SECONDS_MAX,
                TimeUnit.SECONDS);
        var unused = answer.whenComplete((status, failure) -> door.onLoop(loop, () -> {
            ceiling.cancel(false);
            if (failure != null) {
                accepted.completeExceptionally(failure);
            } else if (status.isGood()) {
                identity = proven;
                localeIds = wantedLocaleIds;
                accepted.complete(proven);
            } else {
                accepted.completeExceptionally(new UaException(UserTokens.refusal(proven, status)));
            }
        }));
        return accepted;
    }

    private UaResponseMessageType activatedOver(
            ServiceRequestContext context, ActivateSessionRequest request, ByteString provenNonce) {
        if (isForeign(context)) {
            move(context);
        }
        if (!activated) {
            activated = true;
            door.activated(this);
            watch(timeoutNanos); // until now the activation deadline was watched
            LOG.debug("session {} of pair {} activated from {}", number, pair.name(), address);
        }
        renew();
        // Nobody hears the new nonce when the channel died meanwhile: then the client still proves the old one.
        serverNonce = context.getChannel().isActive() ? SessionSecurity.nonce() : provenNonce;
        StatusCode[] results = new StatusCode
                [request.getClientSoftwareCertificates() == null ? 0 : request.getClientSoftwareCertificates().length];
        Arrays.fill(results, StatusCode.GOOD);
        return new ActivateSessionResponse(Faults.good(request), serverNonce, results, new DiagnosticInfo[0]);
    }

    /** A refused user is told at a fixed time after asking, so that the time does not tell what was wrong. */
    private CompletableFuture<UaResponseMessageType> refuse(Throwable failure, long beganNanos) {
        if (!isRefusal(failure)) {
            return CompletableFuture.failedFuture(failure);
        }
        CompletableFuture<UaResponseMessageType> later = new CompletableFuture<>();
        long waitNanos = Math.max(0, beganNanos + door.limits().refusalDelay().toNanos() - System.nanoTime());
        var unused = loop.schedule(
                () -> later.completeExceptionally(new UaException(StatusCodes.Bad_IdentityTokenRejected)),
                waitNanos,
                TimeUnit.NANOSECONDS);
        return later;
    }

    private static boolean isRefusal(@Nullable Throwable failure) {
        return failure != null
                && UaException.extractStatusCode(failure)
                        .filter(status -> status.value() == StatusCodes.Bad_IdentityTokenRejected)
                        .isPresent();
    }

    /** Part 4, 5.6.3: only with the certificate that created the session, and not with less security. */
    private boolean mayMoveTo(SecureChannel other) {
        try {
            return activated
                    && other.getSecurityPolicy() == policy
                    && other.getMessageSecurityMode() == mode
                    && Objects.equals(other.getRemoteCertificateBytes(), clientCertificateBytes);
        } catch (UaException e) {
            return false;
        }
    }

    private void move(ServiceRequestContext context) {
        FrontSession relay = relaySession;
        if (FrontChannel.of(channel).unbind(this) && relay != null) {
            // The old one may be half open: what waits there for an answer would go nowhere.
            relay.channelLost();
        }
        channel = context.getChannel();
        secureChannelId = context.getSecureChannel().getChannelId();
        FrontChannel.of(channel).bind(this);
        noteReading();
        if (!channel.isActive()) {
            channelClosed(channel);
        }
        LOG.debug("session {} of pair {} moved to channel {}", number, pair.name(), secureChannelId);
    }

    /** Any thread. */
    void channelClosed(Channel gone) {
        door.onLoop(loop, () -> {
            FrontSession relay = relaySession;
            if (!closed && channel.equals(gone) && FrontChannel.of(gone).unbind(this) && relay != null) {
                relay.channelLost();
                noteReading();
            }
        });
    }

    /** Any thread. */
    void readingChanged() {
        door.onLoop(loop, this::noteReading);
    }

    /** What waits unread from now on is not the client's silence, and it gets time to be read afterwards. */
    private void noteReading() {
        FrontSession relay = relaySession;
        boolean now = FrontChannel.of(channel).reads() || !channel.isActive();
        if (closed || relay == null || now == reads) {
            return;
        }
        reads = now;
        long graceNanos = System.nanoTime() + GRACE_NANOS;
        if (now && dueNanos - graceNanos < 0) {
            dueNanos = graceNanos;
        }
        relay.clientReads(now);
    }

    /** On the loop, idempotent. */
    void close(boolean deleteSubscriptions, String why) {
        if (closed) {
            return;
        }
        closed = true;
        if (timer != null) {
            timer.cancel(false);
        }
        var unused = FrontChannel.of(channel).unbind(this);
        door.closed(this);
        LOG.debug("session {} of pair {} closed: {}", number, pair.name(), why);
        if (relaySession != null) {
            relaySession.closed(deleteSubscriptions, why);
        }
    }

    private boolean isForeign(ServiceRequestContext context) {
        return context.getSecureChannel().getChannelId() != secureChannelId;
    }

    private void renew() {
        dueNanos = System.nanoTime() + timeoutNanos;
    }

    private void watch(long delayNanos) {
        if (timer != null) {
            timer.cancel(false);
        }
        long plannedNanos = System.nanoTime() + delayNanos;
        timer = loop.schedule(() -> expire(plannedNanos), delayNanos, TimeUnit.NANOSECONDS);
    }

    private void expire(long plannedNanos) {
        long now = System.nanoTime();
        if (closed) {
            return;
        }
        if (activations > 0 && now - dueNanos < TimeUnit.SECONDS.toNanos(ACTIVATION_SECONDS_MAX)) {
            watch(TimeUnit.SECONDS.toNanos(1));
        } else if (activated && !reads) {
            watch(GRACE_NANOS);
        } else if (now - dueNanos < 0) {
            watch(dueNanos - now);
        } else if (now - plannedNanos > PAUSE_NANOS) {
            watch(GRACE_NANOS);
        } else {
            close(false, activated ? "session timeout" : "not activated in time");
        }
    }

    private static String[] localesOf(ActivateSessionRequest request) {
        return requireNonNullElse(request.getLocaleIds(), new String[0]);
    }
}
