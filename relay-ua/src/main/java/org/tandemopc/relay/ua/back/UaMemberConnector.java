package org.tandemopc.relay.ua.back;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.util.EndpointUtil;
import org.eclipse.milo.opcua.stack.core.util.NonceUtil;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * Opens sessions with one OPC UA server. What the first connect learns (endpoint, certificate, application URI) serves
 * the later ones, so that a cold standby needs no discovery when it is called. Where what is remembered leads to no
 * secure channel (a renewed certificate), the same connect asks the server anew.
 *
 * <p>Client links wait for their place with {@link ConnectAdmission}; the control link does not. Cancelling a returned
 * future gives the attempt up and closes its socket.
 */
public final class UaMemberConnector implements MemberConnector {
    private final MemberAddress address;
    private final String host;
    private final int port;
    private final Supplier<LinkEnvironment> environment;
    private final ConnectAdmission admission;
    private final EncodingContext encoding;
    private final PairNamespaces namespaces;
    private final AtomicReference<@Nullable MemberEndpoint> known = new AtomicReference<>();
    private final AtomicReference<@Nullable String> applicationUri = new AtomicReference<>();

    private final LongAdder lateAnswers = new LongAdder();
    private final LastHeard lastHeard = new LastHeard(System::nanoTime);
    private final AtomicLong unsentBytes = new AtomicLong();

    private volatile List<String> newestNamespaces = List.of();

    /** Set when the known endpoint is doubted; it is kept for people and the state file until a better one comes. */
    private volatile boolean stale;

    /**
     * @param encoding what client links decode and encode with; CreateSession, ActivateSession, CloseSession and Read
     *     must be typed in it
     * @throws IllegalArgumentException for a URL without opc.tcp scheme or host, or a secured policy without a
     *     certificate of our own
     */
    public UaMemberConnector(
            MemberAddress address, LinkEnvironment environment, ConnectAdmission admission, EncodingContext encoding) {
        this(address, () -> environment, admission, encoding, new PairNamespaces());
    }

    /**
     * @param environment asked once for each attempt: Tandem's certificate may be renewed between them
     * @param namespaces of the pair: what its sessions send and hear is in the pair's numbers
     */
    public UaMemberConnector(
            MemberAddress address,
            Supplier<LinkEnvironment> environment,
            ConnectAdmission admission,
            EncodingContext encoding,
            PairNamespaces namespaces) {
        String hostName = EndpointUtil.getHost(address.endpointUrl());
        if (hostName == null || !"opc.tcp".equals(EndpointUtil.getScheme(address.endpointUrl()))) {
            throw new IllegalArgumentException("not an opc.tcp URL: " + address.endpointUrl());
        }
        if (address.policy() != SecurityPolicy.None) {
            if (environment.get().client().keyPair() == null) {
                throw new IllegalArgumentException(address.policy() + " needs a certificate of our own");
            }
            SecurityPolicies.makeAvailable();
            awaitSecureRandom();
        }
        this.address = address;
        this.host = hostName;
        this.port = EndpointUtil.getPort(address.endpointUrl());
        this.environment = environment;
        this.admission = admission;
        this.encoding = encoding;
        this.namespaces = namespaces;
        applicationUri.set(address.applicationUri());
    }

    /** Until its generator is seeded, Milo silently makes channel nonces with a predictable one. */
    private static void awaitSecureRandom() {
        try {
            NonceUtil.blockUntilSecureRandomSeeded(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for random numbers", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no secure random numbers on this machine", e);
        }
    }

    @Override
    public MemberAddress address() {
        return address;
    }

    /** What was last learned of the server, for the state file; null before. */
    public @Nullable MemberEndpoint knownEndpoint() {
        return known.get();
    }

    /** Uses what an earlier run has learned, unless something newer is known. */
    public void remember(MemberEndpoint endpoint) {
        known.compareAndSet(null, endpoint);
    }

    /** The expected or first seen ApplicationUri; null before the first contact without a configured one. */
    public @Nullable String knownApplicationUri() {
        return applicationUri.get();
    }

    @Override
    public CompletableFuture<MemberSession> connect(
            EventLoop loop,
            UserIdentity identity,
            String[] localeIds,
            String sessionName,
            double sessionTimeoutMs,
            long timeoutMs) {
        return attempt(loop, new Login(identity, List.of(localeIds), sessionName, sessionTimeoutMs), timeoutMs)
                .start(true);
    }

    @Override
    public CompletableFuture<MemberSession> resume(
            MemberSession lost,
            EventLoop loop,
            UserIdentity identity,
            String[] localeIds,
            String sessionName,
            double sessionTimeoutMs,
            long timeoutMs) {
        ConnectAttempt attempt =
                attempt(loop, new Login(identity, List.of(localeIds), sessionName, sessionTimeoutMs), timeoutMs);
        return (lost instanceof UaMemberSession known ? attempt.resuming(known) : attempt).start(true);
    }

    private ConnectAttempt attempt(EventLoop loop, Login login, long timeoutMs) {
        return new ConnectAttempt(this, loop, login, encoding, timeoutMs, leg -> {});
    }

    /** For the control link: not held back by the limit of connects. */
    CompletableFuture<MemberSession> connectAtOnce(
            EventLoop loop, Login login, EncodingContext controlEncoding, long timeoutMs) {
        return connectWatched(loop, login, controlEncoding, timeoutMs, leg -> {});
    }

    /** For a check: not held back either. @param passed told on the loop of each leg that is behind us */
    CompletableFuture<MemberSession> connectWatched(
            EventLoop loop, Login login, EncodingContext context, long timeoutMs, Consumer<LegResult.Leg> passed) {
        return new ConnectAttempt(this, loop, login, context, timeoutMs, passed).start(false);
    }

    /** Answers of this member that came after their deadline and were dropped (S8), since start. */
    public long lateAnswers() {
        return lateAnswers.sum();
    }

    LongAdder lateAnswerCounter() {
        return lateAnswers;
    }

    /** Memory of requests that this member's sockets have not taken, of all links. */
    AtomicLong unsentBytes() {
        return unsentBytes;
    }

    /** Of all links to this member, the control link and the client links of its pair. */
    LastHeard lastHeard() {
        return lastHeard;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    LinkEnvironment environment() {
        return environment.get();
    }

    /** For a session to be. */
    LinkNamespaces linkNamespaces() {
        return new LinkNamespaces(namespaces, () -> newestNamespaces);
    }

    /**
     * The member's NamespaceArray was read.
     *
     * @return null when it fits the pair's, or can be mapped; else what differs, for people
     */
    @Nullable
    String saw(List<String> namespaceArray) {
        String difference = namespaces.difference(address.member(), namespaceArray);
        if (difference == null && !newestNamespaces.equals(namespaceArray)) {
            newestNamespaces = List.copyOf(namespaceArray);
        }
        return difference;
    }

    ConnectAdmission admission() {
        return admission;
    }

    /** The endpoint to connect with, or null: ask the server first. */
    @Nullable
    MemberEndpoint usableEndpoint() {
        return stale ? null : known.get();
    }

    void learned(MemberEndpoint endpoint) {
        known.set(endpoint);
        stale = false;
    }

    void doubt() {
        stale = true;
    }

    /**
     * S34: the server must be the expected one, else the one that was first seen here.
     *
     * @param accept take the name as the first seen one
     */
    void checkIdentity(String found, boolean accept) throws LinkException {
        String expected = applicationUri.get();
        if (expected == null && accept && !found.isEmpty() && !applicationUri.compareAndSet(null, found)) {
            expected = applicationUri.get();
        }
        if (expected != null && !expected.equals(found)) {
            throw LinkException.wrongServer(
                    StatusCodes.Bad_ServerUriInvalid,
                    address.endpointUrl() + " is \"" + found + "\", expected \"" + expected + "\"");
        }
    }

    /** What a session is opened with. */
    record Login(UserIdentity identity, List<String> localeIds, String sessionName, double sessionTimeoutMs) {}
}
