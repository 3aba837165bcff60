package org.tandemopc.relay.ua.back;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.ControlLink;

/**
 * One connection of a control link, from open to its end; on the link's event loop.
 *
 * <pre>
 *   CONNECTING --session, namespaces, status--> UP --closed--> DONE     (reports opened, then lost)
 *        +------------- failure ------------------------------> DONE     (reports failed)
 *        +------------- stop() -------------------------------> DONE     (reports nothing more)
 * </pre>
 */
final class ControlConnection {
    private enum Phase {
        CONNECTING,
        UP,
        DONE
    }

    private final UaControlLink link;

    private Phase phase = Phase.CONNECTING;
    private long deadlineNanos;
    private boolean asking;
    private boolean shutdownTold;
    private ServerCondition last =
            new ServerCondition(ServerCondition.State.UNKNOWN, ServerStatus.SERVICE_LEVEL_MAX, Long.MIN_VALUE, 0);
    private @Nullable CompletableFuture<MemberSession> connecting;
    private @Nullable MemberSession session;
    private @Nullable ControlPublisher publisher;
    private @Nullable MonitorSubscription monitored;
    private List<String> namespaces = List.of();
    /** To which the node ids of the monitor items belong. */
    private List<String> watchedTable = List.of();

    ControlConnection(UaControlLink link) {
        this.link = link;
    }

    void start() {
        guarded(this::connect);
    }

    private void connect() {
        if (phase != Phase.CONNECTING) {
            return;
        }
        UaControlLink.Settings settings = link.settings();
        deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMs());
        UaMemberConnector.Login login = new UaMemberConnector.Login(
                settings.identity(), List.of(), settings.sessionName(), settings.sessionTimeoutMs());
        connecting = link.connector().connectAtOnce(link.loop(), login, link.encoding(), settings.connectTimeoutMs());
        var unused = connecting.whenComplete((opened, failure) -> guarded(() -> {
            if (failure == null) {
                connected(opened);
            } else if (failure instanceof LinkException refused) {
                failed(
                        refused.isWrongServer() ? LossCause.WRONG_SERVER : LossCause.CONNECT_FAILED,
                        refused.status(),
                        String.valueOf(refused.getMessage()));
            } else {
                failed(
                        LossCause.CONNECT_FAILED,
                        StatusCode.of(MemberChannel.statusOf(failure)),
                        String.valueOf(failure));
            }
        }));
    }

    private void guarded(Runnable callback) {
        link.guarded(callback, this::broken);
    }

    private void broken(Throwable defect) {
        end(StatusCodes.Bad_InternalError, "a defect of Tandem: " + defect);
    }

    /** The server does what no server may: the connection ends, with the reason for people. */
    private void refuse(String why) {
        end(StatusCodes.Bad_TooManyOperations, why);
    }

    private void end(long status, String detail) {
        if (phase != Phase.UP) {
            failed(LossCause.CONNECT_FAILED, StatusCode.of(status), detail);
            return;
        }
        phase = Phase.DONE;
        if (session != null) {
            session.close();
        }
        lastReport(listener -> listener.lost(LossCause.CONNECTION_CLOSED, status, detail));
    }

    void stop() {
        phase = Phase.DONE;
        if (connecting != null) {
            connecting.cancel(false);
        }
        if (session != null) {
            session.close();
        }
    }

    private void connected(MemberSession opened) {
        session = opened;
        if (phase == Phase.DONE) {
            opened.close();
            return;
        }
        opened.onClosed(this::closed);
        read(
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())),
                answer -> {
                    if (phase == Phase.CONNECTING) {
                        firstStatus(opened, answer);
                    }
                },
                failure -> {
                    boolean silent = MemberChannel.statusOf(failure) == StatusCodes.Bad_Timeout;
                    failed(
                            silent ? LossCause.NO_ANSWER : LossCause.CONNECT_FAILED,
                            StatusCode.of(MemberChannel.statusOf(failure)),
                            "the server's status cannot be read: " + failure.getMessage());
                },
                ServerStatus.STATE,
                ServerStatus.SERVICE_LEVEL,
                ServerStatus.CURRENT_TIME,
                ServerStatus.NAMESPACE_ARRAY,
                ServerStatus.SERVER_ARRAY,
                ServerStatus.START_TIME);
    }

    private void firstStatus(MemberSession opened, Answer answer) {
        DataValue state = answer.values().get(0);
        List<String> namespaceArray = ServerStatus.strings(answer.values().get(3));
        if (!ServerStatus.isUsable(state)) {
            failed(LossCause.CONNECT_FAILED, state.getStatusCode(), "the server's state cannot be read");
            return;
        }
        if (namespaceArray.isEmpty()) {
            StatusCode status = answer.values().get(3).getStatusCode();
            failed(LossCause.CONNECT_FAILED, status, "the server's NamespaceArray cannot be read");
            return;
        }
        MemberEndpoint endpoint = link.connector().knownEndpoint();
        link.saw(new MemberFacts(
                opened.applicationUri(),
                endpoint == null ? ByteString.NULL_VALUE : endpoint.certificate(),
                opened instanceof UaMemberSession ua ? ua.remoteAddress() : null,
                ServerStatus.time(answer.values().get(5)),
                namespaceArray,
                ServerStatus.strings(answer.values().get(4))));
        String difference = link.namespaces().difference(opened.member(), namespaceArray);
        if (difference != null) {
            failed(LossCause.WRONG_SERVER, StatusCode.of(StatusCodes.Bad_ConfigurationError), difference);
            return;
        }
        last = condition(answer);
        shutdownTold = last.state() == ServerCondition.State.SHUTDOWN;
        namespaces = namespaceArray;
        publisher = new ControlPublisher(link, opened, this::refuse);
        report(listener -> listener.opened(last));
        phase = Phase.UP;
        new StatusSubscription(link, opened, this, publisher).start();
        watch();
    }

    /** Watches the link's monitor items of now, in place of those before. */
    void monitor() {
        guarded(this::watch);
    }

    private void watch() {
        MemberSession open = session;
        ControlPublisher publishing = publisher;
        if (phase != Phase.UP || open == null || publishing == null) {
            return;
        }
        if (monitored != null) {
            monitored.stop();
            monitored = null;
        }
        watchedTable = link.namespaces().table(namespaces);
        UaControlLink.Watched watched = link.watched();
        if (!watched.items().isEmpty()) {
            monitored = new MonitorSubscription(
                    link,
                    open,
                    publishing,
                    watchedTable,
                    watched.items(),
                    reports -> report(listener -> listener.monitored(watched.revision(), reports)));
            monitored.start();
        }
    }

    void probe(long timeoutMs) {
        guarded(() -> ask(timeoutMs));
    }

    private void ask(long timeoutMs) {
        if (phase != Phase.UP || asking) {
            return;
        }
        asking = true;
        read(
                timeoutMs,
                answer -> {
                    asking = false;
                    last = condition(answer);
                    tellShutdown("state Shutdown");
                    report(listener -> listener.condition(last));
                    sawAgain(ServerStatus.strings(answer.values().get(3)));
                },
                failure -> {
                    asking = false;
                    unanswered(failure);
                },
                ServerStatus.STATE,
                ServerStatus.SERVICE_LEVEL,
                ServerStatus.CURRENT_TIME,
                ServerStatus.NAMESPACE_ARRAY);
    }

    /** A NamespaceArray may grow while a server runs, and do nothing else (Part 5, 6.3.1). */
    private void sawAgain(List<String> namespaceArray) {
        if (phase != Phase.UP || namespaceArray.isEmpty()) {
            return;
        }
        if (!link.namespaces().table(namespaces).equals(watchedTable)) {
            // Their node ids are the pair's, and the pair's table is another now.
            watch();
        }
        if (namespaceArray.equals(namespaces)) {
            return;
        }
        String difference = LinkNamespaces.isGrown(namespaceArray, namespaces)
                ? link.namespaces().difference(link.connector().address().member(), namespaceArray)
                : "the server has changed its NamespaceArray while it runs";
        difference = difference == null ? link.connector().saw(namespaceArray) : difference;
        if (difference != null) {
            end(StatusCodes.Bad_ConfigurationError, difference);
            return;
        }
        namespaces = namespaceArray;
    }

    /** A refusal is an answer: the server lives, but its status is not to be had. */
    private void unanswered(Throwable failure) {
        long status = MemberChannel.statusOf(failure);
        if (failure instanceof LinkException) {
            if (session != null && session.isOpen()) {
                long silentNanos = link.connector().lastHeard().silentNanos();
                report(listener -> listener.timedOut(silentNanos));
            }
            return; // the loss of the connection is reported by closed()
        }
        boolean shutdown = isShutdown(status);
        last = new ServerCondition(
                shutdown ? ServerCondition.State.SHUTDOWN : ServerCondition.State.UNKNOWN,
                last.serviceLevel(),
                last.clockSkewNanos(),
                last.roundTripNanos());
        tellShutdown("the server answers " + StatusCode.of(status));
        report(listener -> listener.condition(last));
    }

    /**
     * The subscription saw a value: the state or ServiceLevel, where given.
     *
     * @param detail for an announced shutdown
     */
    void changed(ServerCondition.@Nullable State state, @Nullable Integer serviceLevel, String detail) {
        if (phase != Phase.UP) {
            return;
        }
        ServerCondition next = new ServerCondition(
                state != null ? state : last.state(),
                serviceLevel != null ? serviceLevel : last.serviceLevel(),
                last.clockSkewNanos(),
                last.roundTripNanos());
        boolean differs = next.state() != last.state() || next.serviceLevel() != last.serviceLevel();
        last = next;
        if (!tellShutdown(detail) && differs) {
            report(listener -> listener.condition(next));
        }
    }

    /** A service was refused because the server goes down (Bad_Shutdown, Bad_ServerHalted). */
    void refusedByShutdown(long status) {
        changed(ServerCondition.State.SHUTDOWN, null, "the server answers " + StatusCode.of(status));
    }

    static boolean isShutdown(long status) {
        return status == StatusCodes.Bad_Shutdown || status == StatusCodes.Bad_ServerHalted;
    }

    /** Announces it once, again only after the server has been in another state. */
    private boolean tellShutdown(String detail) {
        boolean down = last.state() == ServerCondition.State.SHUTDOWN;
        boolean tell = down && !shutdownTold;
        shutdownTold = down;
        if (tell) {
            report(listener -> listener.shutdownAnnounced(detail));
        }
        return tell;
    }

    private void closed(LinkException end) {
        if (phase == Phase.CONNECTING) {
            failed(LossCause.CONNECT_FAILED, end.status(), String.valueOf(end.getMessage()));
        } else if (phase == Phase.UP) {
            if (isShutdown(end.status().getValue())) {
                refusedByShutdown(end.status().getValue());
            }
            phase = Phase.DONE;
            lastReport(listener -> listener.lost(
                    LossCause.CONNECTION_CLOSED, end.status().getValue(), String.valueOf(end.getMessage())));
        }
    }

    private void failed(LossCause cause, StatusCode status, String detail) {
        if (phase != Phase.CONNECTING) {
            return;
        }
        phase = Phase.DONE;
        if (session != null) {
            session.close();
        }
        lastReport(listener -> listener.failed(cause, status.getValue(), detail));
    }

    private ServerCondition condition(Answer answer) {
        DateTime serverTime = ServerStatus.time(answer.values().get(2));
        return new ServerCondition(
                ServerStatus.state(answer.values().get(0)),
                ServerStatus.serviceLevel(answer.values().get(1)),
                serverTime == null ? Long.MIN_VALUE : skewNanos(answer.middle(), serverTime.getJavaInstant()),
                answer.roundTripNanos());
    }

    /** Of more than 292 years, which a long cannot hold, as much as it can: a clock that is wrong so far is warned of too. */
    private static long skewNanos(Instant ours, Instant theirs) {
        try {
            return Duration.between(ours, theirs).toNanos();
        } catch (ArithmeticException e) {
            return theirs.isBefore(ours) ? -Long.MAX_VALUE : Long.MAX_VALUE;
        }
    }

    /** @param middle our wall clock in the middle of the round trip */
    private record Answer(List<DataValue> values, Instant middle, long roundTripNanos) {}

    private void read(long timeoutMs, Consumer<Answer> onAnswer, Consumer<Throwable> onFailure, NodeId... nodes) {
        MemberSession open = session;
        if (open == null) {
            return;
        }
        ReadRequest request =
                new ReadRequest(open.header(timeoutMs), 0.0, TimestampsToReturn.Neither, ServerStatus.valuesOf(nodes));
        Instant sent = link.clock().instant();
        long sentNanos = System.nanoTime();
        var unused = open.send(request, timeoutMs)
                .whenComplete((response, failure) -> guarded(() -> {
                    long roundTrip = System.nanoTime() - sentNanos;
                    if (failure != null) {
                        onFailure.accept(failure);
                        return;
                    }
                    List<DataValue> values = values(response);
                    if (values.size() == nodes.length) {
                        onAnswer.accept(new Answer(values, sent.plusNanos(roundTrip / 2), roundTrip));
                    } else {
                        onFailure.accept(new UaException(
                                StatusCodes.Bad_UnknownResponse, "the answer does not fit the question"));
                    }
                }));
    }

    private static List<DataValue> values(UaResponseMessageType response) {
        return response instanceof ReadResponse read && read.getResults() != null
                ? List.of(read.getResults())
                : List.of();
    }

    private void report(Consumer<ControlLink.Listener> what) {
        ControlLink.Listener listener = link.listenerFor(this);
        if (listener != null) {
            what.accept(listener);
        }
    }

    private void lastReport(Consumer<ControlLink.Listener> what) {
        ControlLink.Listener listener = link.lastReportOf(this);
        if (listener != null) {
            what.accept(listener);
        }
    }
}
