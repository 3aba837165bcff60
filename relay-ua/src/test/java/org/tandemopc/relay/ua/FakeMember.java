package org.tandemopc.relay.ua;

import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberAddress;
import org.tandemopc.relay.ua.back.MemberConnector;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * A server of a pair, as a model: nodes with values, sessions, subscriptions that sample exactly and publish in their
 * intervals (Part 4, 5.13 and 5.14), and faults on command. It keeps its own truth of what was asked of it and when.
 */
@NullUnmarked
final class FakeMember implements MemberConnector {
    final int member;
    final VirtualTime time;

    // ---- faults and habits
    long connectMs = 5;
    long answerMs = 1;
    /** Refuses connections. */
    boolean down;
    /** Stopped (SIGSTOP): takes everything, answers nothing, until {@link #wake}. */
    boolean silent;

    Function<UserIdentity, StatusCode> users = identity -> StatusCode.GOOD;
    /** Who is kept back from this member by Tandem itself, if anybody. */
    Function<UserIdentity, @Nullable LinkException> keptBack = identity -> null;
    /** Items and reads on these nodes are refused. */
    final Map<NodeId, StatusCode> refused = new HashMap<>();
    /** The next request of a class gets this fault. */
    final Map<Class<?>, StatusCode> nextFault = new HashMap<>();
    /** Answers instead of the model, if not null. */
    Function<UaRequestMessageType, @Nullable UaResponseMessageType> instead = request -> null;

    /** Told in place of each revised rate, which stays what it is. */
    @Nullable
    Double saysRate;

    double publishingMsMin = 10;
    double samplingMsMin;
    long queueMax = 5_000;
    /** What is granted to whoever asks for 0. */
    long queueOfZero = 1;

    int publishRequestsMax = 100;
    long lateMs;

    // ---- what happened
    record Seen(long atMs, FakeMemberSession session, UaRequestMessageType request) {}

    record Login(long atMs, UserIdentity identity, String name) {}

    final List<Seen> seen = new ArrayList<>();
    final List<Login> logins = new ArrayList<>();
    /** Every write and call that was carried out, in order. */
    final List<String> ledger = new ArrayList<>();
    /** Acknowledgements of messages that were never sent, or acknowledged before: some servers hang up at that. */
    final List<String> staleAcknowledgements = new ArrayList<>();

    final List<FakeMemberSession> sessions = new ArrayList<>();
    /** Those whose connection is lost, which may still be resumed. */
    final List<FakeMemberSession> adrift = new ArrayList<>();

    final Map<NodeId, DataValue> nodes = new LinkedHashMap<>();
    private long lastId;

    FakeMember(int member, VirtualTime time) {
        this.member = member;
        this.time = time;
        this.lastId = 1_000L * (member + 1);
    }

    static NodeId node(String name) {
        return new NodeId(2, name);
    }

    // ---- the process behind the server

    /** The node has a new value, now. */
    void set(String name, long value) {
        set(name, value, StatusCode.GOOD);
    }

    void set(String name, long value, StatusCode status) {
        set(name, new DataValue(Variant.ofInt64(value), status, time.stamp(), time.stamp()));
    }

    void set(String name, DataValue changed) {
        nodes.put(node(name), changed);
        sessions.forEach(session -> session.subscriptions.changed(node(name), changed));
        adrift.forEach(session -> session.subscriptions.changed(node(name), changed));
    }

    /** An event of the node, now. */
    void raise(String name, String text) {
        sessions.forEach(session -> session.subscriptions.raised(node(name), text));
    }

    // ---- faults

    /** The process dies: connections end, sessions and subscriptions are gone, new connections are refused. */
    void kill() {
        down = true;
        cut("connection reset");
    }

    void restart() {
        down = false;
        silent = false;
    }

    /** The connections end; the server lives, and keeps the sessions with all that they have. */
    void breakConnections(String why) {
        List<FakeMemberSession> lost = List.copyOf(sessions);
        sessions.clear();
        adrift.addAll(lost);
        lost.forEach(
                s -> s.disconnect(new LinkException(new StatusCode(StatusCodes.Bad_ConnectionClosed), false, why)));
    }

    /** The connections end; the server lives, and knows nothing of sessions any more. */
    void cut(String why) {
        adrift.clear();
        List<FakeMemberSession> ended = List.copyOf(sessions);
        sessions.clear();
        ended.forEach(s -> s.end(new LinkException(new StatusCode(StatusCodes.Bad_ConnectionClosed), false, why)));
    }

    /** SIGCONT: what waited is carried out and answered now. */
    void wake() {
        silent = false;
        List.copyOf(sessions).forEach(FakeMemberSession::carryOn);
    }

    FakeMemberSession session() {
        return sessions.get(sessions.size() - 1);
    }

    /** Requests of a class since the beginning. */
    <T extends UaRequestMessageType> List<T> requests(Class<T> type) {
        return seen.stream()
                .map(Seen::request)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    long firstAtMs(Class<? extends UaRequestMessageType> type) {
        return seen.stream()
                .filter(s -> type.isInstance(s.request()))
                .mapToLong(Seen::atMs)
                .findFirst()
                .orElse(-1);
    }

    long nextId() {
        return ++lastId;
    }

    String text(String what) {
        return what + "@" + member;
    }

    byte[] bytes(String what) {
        return text(what).getBytes(StandardCharsets.UTF_8);
    }

    // ---- the connector

    @Override
    public MemberAddress address() {
        return new MemberAddress(
                member, "opc.tcp://member" + member + ":4840", SecurityPolicy.None, MessageSecurityMode.None, null);
    }

    @Override
    public CompletableFuture<MemberSession> connect(
            EventLoop loop,
            UserIdentity identity,
            String[] localeIds,
            String sessionName,
            double sessionTimeoutMs,
            long timeoutMs) {
        return login(null, loop, identity, sessionName, timeoutMs);
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
        return login((FakeMemberSession) lost, loop, identity, sessionName, timeoutMs);
    }

    private CompletableFuture<MemberSession> login(
            @Nullable FakeMemberSession lost,
            EventLoop loop,
            UserIdentity identity,
            String sessionName,
            long timeoutMs) {
        CompletableFuture<MemberSession> opened = new CompletableFuture<>();
        var deadline = loop.schedule(
                () -> opened.completeExceptionally(
                        new LinkException(new StatusCode(StatusCodes.Bad_Timeout), true, "no session in time")),
                timeoutMs,
                TimeUnit.MILLISECONDS);
        var unused = loop.schedule(
                () -> {
                    if (opened.isDone() || silent) {
                        return;
                    }
                    deadline.cancel(false);
                    answerLogin(opened, lost, identity, sessionName);
                },
                connectMs,
                TimeUnit.MILLISECONDS);
        return opened;
    }

    private void answerLogin(
            CompletableFuture<MemberSession> opened,
            @Nullable FakeMemberSession lost,
            UserIdentity identity,
            String sessionName) {
        logins.add(new Login(time.ms(), identity, sessionName));
        if (down) {
            opened.completeExceptionally(
                    new LinkException(new StatusCode(StatusCodes.Bad_ConnectionRejected), true, "refused"));
            return;
        }
        LinkException kept = keptBack.apply(identity);
        if (kept != null) {
            opened.completeExceptionally(kept);
            return;
        }
        StatusCode accepted = users.apply(identity);
        if (!accepted.isGood()) {
            opened.completeExceptionally(new LinkException(accepted, true, "user refused"));
            return;
        }
        FakeMemberSession session = adrift.remove(lost) ? lost.overNewConnection() : new FakeMemberSession(this);
        sessions.add(session);
        opened.complete(session);
    }
}
