package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ServiceFault;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawRequest;
import org.tandemopc.relay.ua.wire.RawType;
import org.tandemopc.relay.ua.wire.UaWire;

/** One session at a {@link FakeMember}: the connection, and the services on nodes. */
@NullUnmarked
final class FakeMemberSession implements MemberSession {
    private static final int BUILD_INFO = 2260;

    final FakeMember server;
    final FakeSubscriptions subscriptions;
    private final NodeId token;
    private final boolean resumed;
    private final Set<Sent> unanswered = new LinkedHashSet<>();
    private final List<Consumer<LinkException>> closedListeners = new ArrayList<>();
    private final Set<ByteString> points = new LinkedHashSet<>();

    private @Nullable LinkException end;
    private long lastHandle;
    boolean closedPolitely;
    boolean aborted;

    /** A request that waits for its answer. */
    private static final class Sent {
        final UaRequestMessageType request;
        final CompletableFuture<UaResponseMessageType> answer = new CompletableFuture<>();

        Sent(UaRequestMessageType request) {
            this.request = request;
        }
    }

    FakeMemberSession(FakeMember server) {
        this.server = server;
        this.token = new NodeId(0, (int) server.nextId());
        this.subscriptions = new FakeSubscriptions(this);
        this.resumed = false;
    }

    private FakeMemberSession(FakeMemberSession lost) {
        this.server = lost.server;
        this.token = lost.token;
        this.subscriptions = lost.subscriptions;
        this.resumed = true;
    }

    /** Requests that wait at the server are still answered into the lost one. */
    FakeMemberSession overNewConnection() {
        return new FakeMemberSession(this);
    }

    // ---- the connection

    @Override
    public int member() {
        return server.member;
    }

    @Override
    public boolean isOpen() {
        return end == null;
    }

    @Override
    public boolean isResumed() {
        return resumed;
    }

    @Override
    public String applicationUri() {
        return "urn:member:" + server.member;
    }

    @Override
    public NodeId authenticationToken() {
        return token;
    }

    @Override
    public RequestHeader header(long timeoutMs) {
        return new RequestHeader(token, DateTime.now(), uint(++lastHandle), uint(0), null, uint(timeoutMs), null);
    }

    @Override
    public CompletableFuture<UaResponseMessageType> send(UaRequestMessageType request, long timeoutMs) {
        if (end != null) {
            return CompletableFuture.failedFuture(
                    new LinkException(new StatusCode(StatusCodes.Bad_ConnectionClosed), true, "not sent"));
        }
        if (!request.getRequestHeader().getAuthenticationToken().equals(token)) {
            throw new AssertionError("another session's token in " + request);
        }
        UaRequestMessageType typed = request instanceof RawRequest raw ? UaWire.decode(raw) : request;
        Sent sent = new Sent(typed);
        unanswered.add(sent);
        server.seen.add(new FakeMember.Seen(server.time.ms(), this, typed));
        var deadline = server.time
                .loop()
                .schedule(
                        () -> {
                            if (unanswered.remove(sent)) {
                                sent.answer.completeExceptionally(new LinkException(
                                        new StatusCode(StatusCodes.Bad_Timeout), false, "no answer in time"));
                            }
                        },
                        timeoutMs,
                        TimeUnit.MILLISECONDS);
        var unused = sent.answer.whenComplete((answer, error) -> deadline.cancel(false));
        if (!server.silent) {
            carryOut(sent);
        }
        return sent.answer;
    }

    void carryOn() {
        List.copyOf(unanswered).forEach(this::carryOut);
    }

    /** Done at once, answered after the server's time to answer. */
    private void carryOut(Sent sent) {
        StatusCode fault = server.nextFault.remove(sent.request.getClass());
        if (fault != null) {
            fault(sent, fault);
            return;
        }
        UaResponseMessageType other = server.instead.apply(sent.request);
        if (other != null) {
            later(sent, other);
        } else if (sent.request instanceof PublishRequest publish) {
            subscriptions.publish(
                    publish, answer -> answerNow(sent, answer), refusal -> fault(sent, new StatusCode(refusal)));
        } else {
            UaResponseMessageType answer = answer(sent.request);
            if (answer == null) {
                fault(sent, new StatusCode(StatusCodes.Bad_ServiceUnsupported));
            } else if (answer instanceof ServiceFault) {
                fault(sent, answer.getResponseHeader().getServiceResult());
            } else {
                later(sent, answer);
            }
        }
    }

    private void later(Sent sent, UaResponseMessageType answer) {
        var unused = server.time.loop().schedule(() -> answerNow(sent, answer), server.answerMs, TimeUnit.MILLISECONDS);
    }

    private void answerNow(Sent sent, UaResponseMessageType answer) {
        if (unanswered.remove(sent)) {
            sent.answer.complete(isRaw(answer) ? UaWire.raw(answer) : answer);
        }
    }

    private void fault(Sent sent, StatusCode status) {
        var unused = server.time
                .loop()
                .schedule(
                        () -> {
                            if (unanswered.remove(sent)) {
                                sent.answer.completeExceptionally(new UaServiceFaultException(
                                        new ServiceFault(Answers.header(sent.request.getRequestHeader(), status))));
                            }
                        },
                        server.answerMs,
                        TimeUnit.MILLISECONDS);
    }

    private static boolean isRaw(UaResponseMessageType answer) {
        for (RawType type : RawType.values()) {
            if (answer.getClass().getSimpleName().equals(type.serviceName() + "Response")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CompletableFuture<StatusCode> activate(UserIdentity identity, String[] localeIds, long timeoutMs) {
        CompletableFuture<StatusCode> answer = new CompletableFuture<>();
        server.logins.add(new FakeMember.Login(server.time.ms(), identity, "activate"));
        var unused = server.time
                .loop()
                .schedule(() -> answerActivation(identity, answer), server.answerMs, TimeUnit.MILLISECONDS);
        return answer;
    }

    private void answerActivation(UserIdentity identity, CompletableFuture<StatusCode> answer) {
        LinkException kept = server.keptBack.apply(identity);
        if (kept == null) {
            answer.complete(server.users.apply(identity));
        } else {
            answer.completeExceptionally(kept);
        }
    }

    @Override
    public void onClosed(Consumer<LinkException> listener) {
        if (end != null) {
            listener.accept(end);
        } else {
            closedListeners.add(listener);
        }
    }

    @Override
    public void close() {
        closedPolitely |= end == null;
        over("closed by us");
    }

    /** The server keeps the session. */
    @Override
    public void abort() {
        if (end == null) {
            aborted = true;
            server.sessions.remove(this);
            server.adrift.add(this);
            disconnect(new LinkException(new StatusCode(StatusCodes.Bad_ConnectionClosed), false, "closed by us"));
        }
    }

    /** As {@code MemberChannel}: answers to writes and calls are still heard, for so long. */
    @Override
    public void leave(long listenMs) {
        List<Sent> heard = end != null
                ? List.of()
                : unanswered.stream()
                        .filter(each -> each.request instanceof WriteRequest || each.request instanceof CallRequest)
                        .toList();
        unanswered.removeAll(heard);
        over("left by us");
        unanswered.addAll(heard);
        for (Sent each : heard) {
            var unused = each.answer.whenComplete((answer, error) -> aborted |= unanswered.isEmpty());
        }
        aborted |= heard.isEmpty();
    }

    private void over(String why) {
        server.sessions.remove(this);
        end(new LinkException(new StatusCode(StatusCodes.Bad_ConnectionClosed), false, why));
    }

    void end(LinkException why) {
        if (end != null) {
            return;
        }
        subscriptions.end();
        disconnect(why);
    }

    /** The connection ends, the session does not. */
    void disconnect(LinkException why) {
        end = why;
        List<Sent> lost = List.copyOf(unanswered);
        unanswered.clear();
        lost.forEach(s -> s.answer.completeExceptionally(why));
        List.copyOf(closedListeners).forEach(l -> l.accept(why));
    }

    // ---- services

    private @Nullable UaResponseMessageType answer(UaRequestMessageType request) {
        return switch (request) {
            case ReadRequest r -> read(r);
            case WriteRequest w -> write(w);
            case CallRequest c -> call(c);
            case BrowseRequest b -> browse(b);
            case BrowseNextRequest n -> browseNext(n);
            default -> subscriptions.answer(request);
        };
    }

    static ResponseHeader good(UaRequestMessageType request) {
        return Answers.good(request.getRequestHeader());
    }

    private ReadResponse read(ReadRequest request) {
        DataValue[] values = new DataValue[request.getNodesToRead().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(request.getNodesToRead()[i]);
        }
        return new ReadResponse(good(request), values, new DiagnosticInfo[0]);
    }

    private DataValue value(ReadValueId id) {
        if (id.getNodeId().equals(new NodeId(0, BUILD_INFO))) {
            return new DataValue(Variant.of(ExtensionObject.encode(
                    UaWire.plainContext(),
                    new BuildInfo(
                            "urn:product:" + server.member,
                            "maker",
                            "Model " + server.member,
                            "1.0",
                            "7",
                            DateTime.now()))));
        }
        StatusCode refusal = server.refused.get(id.getNodeId());
        DataValue value = server.nodes.get(id.getNodeId());
        if (refusal != null || value == null) {
            return new DataValue(refusal != null ? refusal : new StatusCode(StatusCodes.Bad_NodeIdUnknown));
        }
        return value;
    }

    private WriteResponse write(WriteRequest request) {
        List<StatusCode> results = new ArrayList<>();
        for (WriteValue value : request.getNodesToWrite()) {
            NodeId node = value.getNodeId();
            StatusCode refusal = server.refused.get(node);
            if (refusal == null) {
                server.ledger.add("write " + node.getIdentifier() + "="
                        + value.getValue().getValue().getValue());
            }
            results.add(refusal == null ? StatusCode.GOOD : refusal);
        }
        return new WriteResponse(good(request), results.toArray(new StatusCode[0]), new DiagnosticInfo[0]);
    }

    private CallResponse call(CallRequest request) {
        List<CallMethodResult> results = new ArrayList<>();
        for (CallMethodRequest call : request.getMethodsToCall()) {
            Variant[] arguments = call.getInputArguments();
            StringBuilder entry =
                    new StringBuilder("call ").append(call.getMethodId().getIdentifier());
            for (Variant argument : arguments == null ? new Variant[0] : arguments) {
                entry.append(' ').append(Objects.toString(argument.getValue()));
            }
            server.ledger.add(entry.toString());
            results.add(new CallMethodResult(StatusCode.GOOD, new StatusCode[0], new DiagnosticInfo[0], new Variant[] {
                Variant.ofString(server.text("called"))
            }));
        }
        return new CallResponse(good(request), results.toArray(new CallMethodResult[0]), new DiagnosticInfo[0]);
    }

    private BrowseResponse browse(BrowseRequest request) {
        BrowseResult[] results = new BrowseResult[request.getNodesToBrowse().length];
        for (int i = 0; i < results.length; i++) {
            ByteString point = ByteString.of(server.bytes("point" + server.nextId()));
            points.add(point);
            results[i] = new BrowseResult(StatusCode.GOOD, point, null);
        }
        return new BrowseResponse(good(request), results, new DiagnosticInfo[0]);
    }

    private BrowseNextResponse browseNext(BrowseNextRequest request) {
        BrowseResult[] results = new BrowseResult[request.getContinuationPoints().length];
        for (int i = 0; i < results.length; i++) {
            boolean known = points.remove(request.getContinuationPoints()[i]);
            results[i] = new BrowseResult(
                    known ? StatusCode.GOOD : new StatusCode(StatusCodes.Bad_ContinuationPointInvalid),
                    ByteString.NULL_VALUE,
                    null);
        }
        return new BrowseNextResponse(good(request), results, new DiagnosticInfo[0]);
    }
}
