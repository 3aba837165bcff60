package org.tandemopc.relay.ua.back;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.LegResult.Leg;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * Walks the way to one member leg by leg and says what fails and what to do (DEP-8). The legs that a link goes too are
 * walked by the very code that makes links, with a fresh connector that remembers nothing; only what a link cannot tell
 * apart (name, port, what kind of server) is asked for beside it.
 *
 * <p>Blocks its thread; each leg has its own deadline. One walk for each object.
 */
public final class MemberCheck {
    /** For each leg. */
    public static final long LEG_MS = 5_000;

    private static final double SESSION_TIMEOUT_MS = 60_000;
    private static final double PUBLISHING_INTERVAL_MS = 100;
    private static final int PUBLISH_MAX = 5;
    private static final int LACKING_SHOWN_MAX = 5;
    private static final List<Leg> OF_A_LINK = List.of(Leg.ENDPOINT, Leg.CERTIFICATE, Leg.CHANNEL, Leg.LOGIN);

    private final UaMemberConnector connector;
    private final EventLoop loop;
    private final UserIdentity identity;
    private final String sessionName;
    private final Function<List<String>, CheckedNamespaces.Comparison> namespaces;
    private final CheckRemedies remedies;
    private final long legMs;

    private long legStartNanos;

    /**
     * @param connector fresh: what it remembers would spare it a leg
     * @param namespaces says how a NamespaceArray fits the other member's
     * @param pki folder of own certificates and of the members' trust lists, for the remedies
     */
    public MemberCheck(
            UaMemberConnector connector,
            EventLoop loop,
            UserIdentity identity,
            String sessionName,
            Function<List<String>, CheckedNamespaces.Comparison> namespaces,
            Path pki,
            long legMs) {
        this.connector = connector;
        this.loop = loop;
        this.identity = identity;
        this.sessionName = sessionName;
        this.namespaces = namespaces;
        this.remedies = new CheckRemedies(connector.address(), identity, pki);
        this.legMs = legMs;
    }

    /** A leg that failed; ends the walk. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final Leg leg;
        private final String remedy;

        Failed(Leg leg, String detail, String remedy) {
            super(detail, null, false, false);
            this.leg = leg;
            this.remedy = remedy;
        }
    }

    /** @param legs told on this thread of each leg as it ends; the last one may be a failure */
    public void walk(Consumer<LegResult> legs) throws InterruptedException {
        legStartNanos = System.nanoTime();
        try {
            InetSocketAddress address = reachable(legs, addresses(legs));
            tell(legs, Leg.PROTOCOL, protocol(address));
            MemberSession session = connect(legs);
            try {
                tell(legs, Leg.NAMESPACES, namespaces(session));
                tell(legs, Leg.READ, status(session));
                tell(legs, Leg.SUBSCRIPTION, subscription(session));
            } finally {
                loop.execute(session::close);
            }
        } catch (Failed e) {
            legs.accept(new LegResult(e.leg, false, String.valueOf(e.getMessage()), e.remedy, tookNanos()));
        }
    }

    private void tell(Consumer<LegResult> legs, Leg leg, String detail) {
        legs.accept(new LegResult(leg, true, detail, "", tookNanos()));
    }

    private long tookNanos() {
        long now = System.nanoTime();
        long took = now - legStartNanos;
        legStartNanos = now;
        return took;
    }

    // ------------------------------------------------------------------ before OPC UA

    private List<InetAddress> addresses(Consumer<LegResult> legs) throws Failed, InterruptedException {
        String host = connector.host();
        try {
            List<InetAddress> found =
                    onLoop(() -> connector.environment().resolver().resolve(host, loop, legMs));
            tell(
                    legs,
                    Leg.NAME,
                    "'" + host + "' is "
                            + found.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", ")) + ".");
            return found;
        } catch (ExecutionException | TimeoutException e) {
            throw new Failed(Leg.NAME, "The name '" + host + "' has no address: " + text(e) + ".", remedies.name());
        }
    }

    private InetSocketAddress reachable(Consumer<LegResult> legs, List<InetAddress> addresses) throws Failed {
        IOException last = new ConnectException("no address");
        for (InetAddress address : addresses) {
            InetSocketAddress place = new InetSocketAddress(address, connector.port());
            try (HelloProbe _ = HelloProbe.connect(place, legMs / addresses.size())) {
                tell(legs, Leg.PORT, "A connection to " + place(place) + " opens.");
                return place;
            } catch (IOException e) {
                last = e;
            }
        }
        boolean silent = last instanceof SocketTimeoutException;
        throw new Failed(
                Leg.PORT,
                silent
                        ? "Port " + connector.port() + " of " + connector.host() + " does not answer within " + legMs
                                + " ms."
                        : "Port " + connector.port() + " of " + connector.host() + " cannot be connected to: "
                                + last.getMessage() + ".",
                silent ? remedies.silentPort() : remedies.closedPort());
    }

    private String protocol(InetSocketAddress address) throws Failed {
        HelloProbe.Answer answer;
        try (HelloProbe probe = HelloProbe.connect(address, legMs)) {
            answer = probe.hello(connector.address().endpointUrl(), legMs);
        } catch (IOException e) {
            answer = new HelloProbe.Answer.Closed();
        }
        return switch (answer) {
            case HelloProbe.Answer.OpcUa ua -> "An OPC UA server answers Hello: " + ua.how() + ".";
            case HelloProbe.Answer.Other other ->
                throw new Failed(Leg.PROTOCOL, place(address) + " is " + other.what() + ".", remedies.otherProtocol());
            case HelloProbe.Answer.Silence _ ->
                throw new Failed(
                        Leg.PROTOCOL,
                        place(address) + " accepts connections and answers nothing within " + legMs + " ms.",
                        remedies.silentPeer());
            case HelloProbe.Answer.Closed _ ->
                throw new Failed(
                        Leg.PROTOCOL,
                        place(address) + " closes the connection without an answer.",
                        remedies.otherProtocol());
        };
    }

    private static String place(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }

    // ------------------------------------------------------------------ what a link does

    private MemberSession connect(Consumer<LegResult> legs) throws Failed, InterruptedException {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        UaMemberConnector.Login login =
                new UaMemberConnector.Login(identity, List.of(), sessionName, SESSION_TIMEOUT_MS);
        CompletableFuture<MemberSession> connecting = connector.connectWatched(
                loop, login, UaWire.typedContext(), legMs * (OF_A_LINK.size() + 1), heard::add);
        var unused = connecting.whenComplete((session, failure) -> heard.add(failure != null ? failure : session));
        MemberSession opened = null;
        try {
            opened = follow(heard, legs);
            return opened;
        } finally {
            if (opened == null) {
                abandon(connecting);
            }
        }
    }

    /** Legs as they are passed, then the session or why there is none; each within its time. */
    private MemberSession follow(BlockingQueue<Object> heard, Consumer<LegResult> legs)
            throws Failed, InterruptedException {
        for (Leg leg : OF_A_LINK) {
            Object next = heard.poll(legMs, TimeUnit.MILLISECONDS);
            switch (next) {
                case null -> throw new Failed(leg, "Nothing came back within " + legMs + " ms.", remedies.silence(leg));
                case MemberSession session -> {
                    tell(legs, leg, passed(leg));
                    return session;
                }
                case Throwable failure -> throw new Failed(leg, sentence(failure), remedies.link(leg, status(failure)));
                default -> tell(legs, leg, passed(leg));
            }
        }
        throw new IllegalStateException("a connect passed all legs and did not end");
    }

    private void abandon(CompletableFuture<MemberSession> connecting) {
        if (!connecting.cancel(false)) {
            var unused = connecting.thenAccept(session -> loop.execute(session::close));
        }
    }

    private String passed(Leg leg) {
        MemberAddress address = connector.address();
        boolean secured = !connector.address().policy().getUri().endsWith("#None");
        return switch (leg) {
            case ENDPOINT -> "It offers " + address.policy() + (secured ? " with " + address.mode() : "") + ".";
            case CERTIFICATE ->
                secured ? "Its certificate is accepted here." : "Policy None needs no certificate of the server.";
            case CHANNEL ->
                secured ? "It accepts our certificate: a secure channel is open." : "An unsecured channel is open.";
            default ->
                identity instanceof UserIdentity.UserName user
                        ? "A session is open as user '" + user.name() + "'."
                        : "A session is open as anonymous user.";
        };
    }

    // ------------------------------------------------------------------ in the session

    private String namespaces(MemberSession session) throws Failed, InterruptedException {
        DataValue[] values = read(session, Leg.NAMESPACES, ServerStatus.NAMESPACE_ARRAY);
        List<String> array = ServerStatus.strings(values[0]);
        if (array.isEmpty()) {
            throw new Failed(Leg.NAMESPACES, "Its NamespaceArray cannot be read.", remedies.notReadable());
        }
        CheckedNamespaces.Comparison comparison = namespaces.apply(array);
        String difference = comparison.difference();
        if (difference != null) {
            throw new Failed(
                    Leg.NAMESPACES,
                    "Its namespaces cannot be mapped to the other member's: " + difference + ".",
                    remedies.namespaces());
        }
        return array.size() + " namespaces, " + fit(comparison);
    }

    private static String fit(CheckedNamespaces.Comparison comparison) {
        if (!comparison.mapped()) {
            return "and none that differs from what is known of the other member.";
        }
        return comparison.lacking().isEmpty()
                ? "in another order than the other member's, or more: they are mapped by URI."
                : "mapped to the other member's by URI. It does not have: "
                        + comparison.lacking().stream()
                                .limit(LACKING_SHOWN_MAX)
                                .collect(Collectors.joining(", ", "", "."));
    }

    private String status(MemberSession session) throws Failed, InterruptedException {
        long sent = System.nanoTime();
        Instant before = Instant.now();
        DataValue[] values =
                read(session, Leg.READ, ServerStatus.STATE, ServerStatus.SERVICE_LEVEL, ServerStatus.CURRENT_TIME);
        Duration roundTrip = Duration.ofNanos(System.nanoTime() - sent);
        if (!ServerStatus.isUsable(values[0])) {
            throw new Failed(Leg.READ, "Its state cannot be read.", remedies.notReadable());
        }
        ServerCondition.State state = ServerStatus.state(values[0]);
        DateTime time = ServerStatus.time(values[2]);
        String clock = time == null
                ? "its clock is not known"
                : "its clock is %+d ms from ours"
                        .formatted(Duration.between(before.plus(roundTrip.dividedBy(2)), time.getJavaInstant())
                                .toMillis());
        return "State %s, ServiceLevel %d, answered in %.1f ms, %s.%s"
                .formatted(
                        state,
                        ServerStatus.serviceLevel(values[1]),
                        roundTrip.toNanos() / 1e6,
                        clock,
                        state == ServerCondition.State.RUNNING ? "" : " In this state it is not promoted.");
    }

    private DataValue[] read(MemberSession session, Leg leg, NodeId... nodes) throws Failed, InterruptedException {
        UaResponseMessageType response = ask(
                session,
                leg,
                () -> new ReadRequest(
                        session.header(legMs), 0.0, TimestampsToReturn.Neither, ServerStatus.valuesOf(nodes)));
        if (response instanceof ReadResponse answer
                && answer.getResults() != null
                && answer.getResults().length == nodes.length) {
            return answer.getResults();
        }
        throw new Failed(leg, "It answers Read with something else.", remedies.notReadable());
    }

    private String subscription(MemberSession session) throws Failed, InterruptedException {
        UaResponseMessageType made = ask(
                session,
                Leg.SUBSCRIPTION,
                () -> new CreateSubscriptionRequest(
                        session.header(legMs), PUBLISHING_INTERVAL_MS, uint(1_000), uint(10), uint(0), true, ubyte(0)));
        if (!(made instanceof CreateSubscriptionResponse created)) {
            throw new Failed(Leg.SUBSCRIPTION, "It makes no subscription.", remedies.subscription());
        }
        MonitoredItemCreateRequest item = new MonitoredItemCreateRequest(
                ServerStatus.valueOf(ServerStatus.CURRENT_TIME),
                MonitoringMode.Reporting,
                new MonitoringParameters(uint(1), PUBLISHING_INTERVAL_MS, null, uint(1), true));
        UaResponseMessageType items = ask(
                session,
                Leg.SUBSCRIPTION,
                () -> new CreateMonitoredItemsRequest(
                        session.header(legMs),
                        created.getSubscriptionId(),
                        TimestampsToReturn.Neither,
                        new MonitoredItemCreateRequest[] {item}));
        if (!(items instanceof CreateMonitoredItemsResponse answer)
                || answer.getResults() == null
                || Arrays.stream(answer.getResults())
                        .noneMatch(r -> r.getStatusCode().isGood())) {
            throw new Failed(
                    Leg.SUBSCRIPTION, "It refuses to monitor the server's CurrentTime.", remedies.subscription());
        }
        long startNanos = legStartNanos;
        for (int i = 0; i < PUBLISH_MAX; i++) {
            UaResponseMessageType published = ask(
                    session,
                    Leg.SUBSCRIPTION,
                    () -> new PublishRequest(session.header(legMs), new SubscriptionAcknowledgement[0]));
            if (published instanceof PublishResponse response && carriesValue(response)) {
                return "A first value came after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos)
                        + " ms.";
            }
        }
        throw new Failed(Leg.SUBSCRIPTION, "It publishes without a value.", remedies.subscription());
    }

    private static boolean carriesValue(PublishResponse response) {
        var data = response.getNotificationMessage().getNotificationData();
        return data != null
                && Arrays.stream(data)
                        .anyMatch(body -> body.decode(UaWire.typedContext()) instanceof DataChangeNotification);
    }

    private interface Request {
        UaRequestMessageType made();
    }

    private UaResponseMessageType ask(MemberSession session, Leg leg, Request request)
            throws Failed, InterruptedException {
        try {
            return onLoop(() -> session.send(request.made(), legMs));
        } catch (ExecutionException | TimeoutException e) {
            throw new Failed(leg, sentence(e), remedies.inSession(leg));
        }
    }

    /** Sessions and names are asked for on the loop; this thread waits. */
    private <T> T onLoop(Supplier<CompletableFuture<T>> question)
            throws ExecutionException, TimeoutException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                var unused = question.get().whenComplete((value, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        answer.complete(value);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(legMs + 500, TimeUnit.MILLISECONDS);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof ExecutionException && cause != null ? cause : failure;
    }

    private static long status(Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof LinkException link ? link.status().getValue() : MemberChannel.statusOf(cause);
    }

    private static String text(Throwable failure) {
        Throwable cause = cause(failure);
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    }

    private static String sentence(Throwable failure) {
        String text = text(failure);
        return "It failed (0x%08X): %s%s".formatted(status(failure), text, text.endsWith(".") ? "" : ".");
    }
}
