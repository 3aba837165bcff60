package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterNodesResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.UnregisterNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.UnregisterNodesResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.ua.wire.CallBody;
import org.tandemopc.relay.ua.wire.ContinuationPoints;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.OperationDigest;
import org.tandemopc.relay.ua.wire.RawRequest;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.ReadAnswer;
import org.tandemopc.relay.ua.wire.ReadBody;
import org.tandemopc.relay.ua.wire.WriteBody;

/**
 * The attribute, view and method services of one session, and RegisterNodes: relayed to the active with another header,
 * their bodies as they came. What describes the server itself is answered by Tandem ({@link OwnNodes}).
 */
final class RelayServices {
    private static final int ATTRIBUTE_VALUE = 13;
    private static final int SERVER = 2253;

    // Methods of the Server object whose arguments name subscriptions or items (Part 5, 9.1; Part 9, 5.5.7). A client
    // may
    // call them by their id in ServerType, too (Part 4, 5.12.2.2).
    private static final int CONDITION_REFRESH = 3875;
    private static final int CONDITION_REFRESH_2 = 12912;
    private static final int GET_MONITORED_ITEMS = 11492;
    private static final int GET_MONITORED_ITEMS_OF_TYPE = 11489;
    private static final int RESEND_DATA = 12873;
    private static final int RESEND_DATA_OF_TYPE = 12871;
    private static final int SET_SUBSCRIPTION_DURABLE = 12749;
    private static final int SET_SUBSCRIPTION_DURABLE_OF_TYPE = 12746;
    private static final int REQUEST_SERVER_STATE_CHANGE = 12886;
    private static final int REQUEST_SERVER_STATE_CHANGE_OF_TYPE = 12883;

    private final UaSession session;

    RelayServices(UaSession session) {
        this.session = session;
    }

    /** @return false if the request is of another service set */
    boolean handle(UaRequestMessageType request, CompletableFuture<UaResponseMessageType> answer) throws UaException {
        switch (request) {
            case RawRequest raw -> {
                switch (raw.type()) {
                    case READ -> read(raw, answer);
                    case WRITE -> write(raw, answer);
                    case CALL -> call(raw, answer);
                    case BROWSE, BROWSE_NEXT, HISTORY_READ -> withContinuationPoints(raw, answer);
                    case TRANSLATE -> whole(raw, true, answer);
                    case HISTORY_UPDATE -> whole(raw, false, answer);
                    default -> {
                        return false;
                    }
                }
            }
            case RegisterNodesRequest r -> answer.complete(registerNodes(r));
            case UnregisterNodesRequest r -> answer.complete(unregisterNodes(r));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Part 4, 5.9.5: a server may return the same ids, and ours must outlive the member that is active now. */
    private static UaResponseMessageType registerNodes(RegisterNodesRequest request) throws UaException {
        NodeId[] nodes = request.getNodesToRegister();
        if (nodes == null || nodes.length == 0) {
            throw Answers.fault(StatusCodes.Bad_NothingToDo, "nodesToRegister");
        }
        return new RegisterNodesResponse(Answers.good(request.getRequestHeader()), nodes);
    }

    /** Part 4, 5.9.6: whatever was registered meant itself. */
    private static UaResponseMessageType unregisterNodes(UnregisterNodesRequest request) throws UaException {
        NodeId[] nodes = request.getNodesToUnregister();
        if (nodes == null || nodes.length == 0) {
            throw Answers.fault(StatusCodes.Bad_NothingToDo, "nodesToUnregister");
        }
        return new UnregisterNodesResponse(Answers.good(request.getRequestHeader()));
    }

    // ------------------------------------------------------------------ read

    private void read(RawRequest raw, CompletableFuture<UaResponseMessageType> answer) throws UaException {
        ReadBody body = ReadBody.parse(raw);
        RequestHeader header = raw.header();
        BitSet own = ownValues(body);
        if (own.isEmpty()) {
            relay(
                    raw,
                    true,
                    answer,
                    outcome -> ReadAnswer.allBad(Answers.good(header), body.size(), Answers.statusOf(outcome)));
            return;
        }
        // Part 4, 5.11.2: of the whole request, so not for the nodes alone that the member answers.
        TimestampsToReturn timestamps = Answers.valid(body.timestampsToReturn());
        if (!(body.maxAge() >= 0)) {
            throw Answers.fault(StatusCodes.Bad_MaxAgeInvalid, "maxAge " + body.maxAge());
        }
        DataValue[] values = new DataValue[body.size()];
        OwnNodes nodes = session.pair.ownNodes();
        for (int i = own.nextSetBit(0); i >= 0; i = own.nextSetBit(i + 1)) {
            ReadValueId read = body.node(i);
            int node = body.ns0Node(i);
            StatusCode encoding = OwnNodes.encodingOf(node, read.getDataEncoding());
            String range = body.hasIndexRange(i) ? read.getIndexRange() : null;
            values[i] = encoding.isGood()
                    ? nodes.value(node, range, timestamps, session.pair.encodingContext())
                    : new DataValue(encoding);
        }
        if (own.cardinality() == body.size()) {
            answer.complete(ReadAnswer.merge(null, Answers.good(header), own, values));
            return;
        }
        RawRequest rest = body.without(own);
        session.relay(
                raw,
                new Relayed(
                        "Read",
                        true,
                        link -> toMember(rest, raw, link),
                        outcome -> mergeRead(body, own, values, outcome, answer)));
    }

    /** Values of own nodes that are asked for whole; a part of an array is the member's to cut, but for a few. */
    private static BitSet ownValues(ReadBody body) {
        BitSet own = body.on(OwnNodes::owns);
        for (int i = own.nextSetBit(0); i >= 0; i = own.nextSetBit(i + 1)) {
            boolean isPart = body.hasIndexRange(i) && !OwnNodes.ownsParts(body.ns0Node(i));
            if (body.attribute(i) != ATTRIBUTE_VALUE || isPart) {
                own.clear(i);
            }
        }
        return own;
    }

    private static void mergeRead(
            ReadBody body,
            BitSet own,
            DataValue[] values,
            Outcome<Relayed.Answer> outcome,
            CompletableFuture<UaResponseMessageType> answer) {
        ResponseHeader good = Answers.good(body.request().header());
        RawResponse rest;
        if (outcome instanceof Outcome.Done<Relayed.Answer> d) {
            if (!(d.answer() instanceof Relayed.Response r) || !(r.message() instanceof RawResponse raw)) {
                complete(answer, outcome, o -> null);
                return;
            }
            rest = raw;
        } else {
            rest = ReadAnswer.allBad(good, body.size() - own.cardinality(), Answers.statusOf(outcome));
        }
        try {
            answer.complete(ReadAnswer.merge(rest, rest.header(), own, values));
        } catch (MalformedException e) {
            answer.completeExceptionally(
                    Answers.fault(StatusCodes.Bad_UnknownResponse, "member's Read response: " + e.getMessage()));
        }
    }

    // ------------------------------------------------------------------ write and call

    private void write(RawRequest raw, CompletableFuture<UaResponseMessageType> answer) {
        WriteBody body = WriteBody.parse(raw);
        relay(
                raw,
                false,
                answer,
                outcome ->
                        body.uniform(Answers.good(raw.header()), Answers.statusOf(outcome), Answers.reasonOf(outcome)));
    }

    private void call(RawRequest raw, CompletableFuture<UaResponseMessageType> answer) {
        CallBody body = CallBody.parse(raw);
        BitSet own = new BitSet(body.size());
        @Nullable CallMethodResult[] results = new @Nullable CallMethodResult[body.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = ownResult(body, i);
            own.set(i, results[i] != null);
        }
        if (own.isEmpty()) {
            relayCalls(
                    body,
                    raw,
                    outcome -> complete(
                            answer,
                            outcome,
                            o -> body.uniform(Answers.good(raw.header()), Answers.statusOf(o), Answers.reasonOf(o))));
            return;
        }
        if (own.cardinality() == body.size()) {
            answer.complete(body.merge(null, Answers.good(raw.header()), own, results));
            return;
        }
        CallBody rest = CallBody.parse(body.operations().without(own));
        relayCalls(rest, raw, outcome -> mergeCalls(body, rest, own, results, outcome, answer));
    }

    private void relayCalls(CallBody body, RawRequest from, Consumer<Outcome<Relayed.Answer>> completed) {
        BitSet ours = body.of(method -> namesOurIds(method) || listsItems(method));
        RawRequest calls = body.request();
        session.relay(
                from,
                new Relayed(
                        "Call",
                        false,
                        link -> {
                            RawRequest mapped = ours.isEmpty() ? calls : mapped(link, calls, ours);
                            return mapped == null ? null : toMember(mapped, from, link);
                        },
                        completed,
                        () -> OperationDigest.of(calls)));
    }

    private static void mergeCalls(
            CallBody body,
            CallBody rest,
            BitSet own,
            @Nullable CallMethodResult[] results,
            Outcome<Relayed.Answer> outcome,
            CompletableFuture<UaResponseMessageType> answer) {
        ResponseHeader good = Answers.good(body.request().header());
        RawResponse ofRest;
        if (outcome instanceof Outcome.Done<Relayed.Answer> d) {
            if (!(d.answer() instanceof Relayed.Response r) || !(r.message() instanceof RawResponse raw)) {
                complete(answer, outcome, o -> null);
                return;
            }
            ofRest = raw;
        } else {
            ofRest = rest.uniform(good, Answers.statusOf(outcome), Answers.reasonOf(outcome));
        }
        try {
            answer.complete(body.merge(ofRest, ofRest.header(), own, results));
        } catch (MalformedException e) {
            answer.completeExceptionally(
                    Answers.fault(StatusCodes.Bad_UnknownResponse, "member's Call response: " + e.getMessage()));
        }
    }

    /** Of those that Tandem answers. */
    static boolean listsItems(int method) {
        return method == GET_MONITORED_ITEMS || method == GET_MONITORED_ITEMS_OF_TYPE;
    }

    /** Of those that Tandem refuses. */
    static boolean changesState(int method) {
        return method == REQUEST_SERVER_STATE_CHANGE || method == REQUEST_SERVER_STATE_CHANGE_OF_TYPE;
    }

    /** Of those that are relayed, whose arguments are mapped. */
    static boolean namesOurIds(int method) {
        return switch (method) {
            case CONDITION_REFRESH,
                    CONDITION_REFRESH_2,
                    RESEND_DATA,
                    RESEND_DATA_OF_TYPE,
                    SET_SUBSCRIPTION_DURABLE,
                    SET_SUBSCRIPTION_DURABLE_OF_TYPE -> true;
            default -> false;
        };
    }

    /** The same calls with the member's own subscription and item ids; null if the member has them not (yet). */
    private @Nullable RawRequest mapped(SessionLink link, RawRequest raw, BitSet ours) {
        RawRequest out = raw;
        for (int i = ours.nextSetBit(0); i >= 0; i = ours.nextSetBit(i + 1)) {
            CallBody body = CallBody.parse(out);
            CallMethodRequest call = body.call(i);
            Variant[] arguments = call.getInputArguments();
            if (arguments == null || arguments.length == 0) {
                continue;
            }
            Variant[] mapped = arguments.clone();
            if (!(arguments[0].getValue() instanceof Number)) {
                // It names nothing: the member says what is wrong with it.
                continue;
            }
            int subscription = arguments[0].getValue() instanceof UInteger u ? u.intValue() : 0;
            if (session.subscriptions().containsKey(subscription) && !listsItems(body.ns0Method(i))) {
                long upstream = link.has.upstreamId(subscription);
                if (upstream == 0) {
                    return null;
                }
                mapped[0] = Variant.of(uint(upstream));
                if (body.ns0Method(i) == CONDITION_REFRESH_2
                        && arguments.length > 1
                        && arguments[1].getValue() instanceof UInteger item) {
                    mapped[1] = Variant.of(uint(link.has.upstreamId(subscription, item.intValue())));
                }
            } else {
                // Never the id of somebody else's subscription at the member.
                mapped[0] = Variant.of(uint(0));
            }
            out = body.with(i, new CallMethodRequest(call.getObjectId(), call.getMethodId(), mapped));
        }
        return out;
    }

    private static CallMethodResult refused(long status) {
        return new CallMethodResult(new StatusCode(status), null, null, null);
    }

    /**
     * What Tandem says itself; null: the member is asked, also if nothing is right with the call but the method. A member
     * would list ids of its own. Whether it stops is no client's to say: switching is ordered of Tandem.
     */
    private @Nullable CallMethodResult ownResult(CallBody body, int index) {
        int method = body.ns0Method(index);
        if (changesState(method)) {
            return refused(StatusCodes.Bad_NotSupported);
        }
        boolean resends = method == RESEND_DATA || method == RESEND_DATA_OF_TYPE;
        if ((!listsItems(method) && !resends) || body.ns0Object(index) != SERVER) {
            return null;
        }
        Variant[] arguments = body.call(index).getInputArguments();
        if (arguments == null || arguments.length != 1 || !(arguments[0].getValue() instanceof UInteger id)) {
            return null;
        }
        UaSubscription subscription = session.subscriptions().get(id.intValue());
        if (subscription == null && session.pair.isSomebodyElses(id.intValue(), session)) {
            // Part 5, 9.1 and 9.2.
            return refused(StatusCodes.Bad_UserAccessDenied);
        }
        if (resends) {
            return null;
        }
        return subscription == null ? refused(StatusCodes.Bad_SubscriptionIdInvalid) : monitoredItems(subscription);
    }

    private static CallMethodResult monitoredItems(UaSubscription subscription) {
        List<UInteger> servers = new ArrayList<>();
        List<UInteger> clients = new ArrayList<>();
        for (UaItem item : subscription.items.values()) {
            servers.add(uint(item.id));
            clients.add(uint(item.clientHandle));
        }
        return new CallMethodResult(StatusCode.GOOD, new StatusCode[] {StatusCode.GOOD}, null, new Variant[] {
            Variant.of(servers.toArray(new UInteger[0])), Variant.of(clients.toArray(new UInteger[0]))
        });
    }

    // ------------------------------------------------------------------ browse and history

    private void whole(RawRequest raw, boolean repeatable, CompletableFuture<UaResponseMessageType> answer) {
        relay(raw, repeatable, answer, outcome -> null);
    }

    /**
     * Continuation points are a member's: they carry its number and the link's incarnation to the client and back, so
     * that one of a former active is answered Bad_ContinuationPointInvalid and never means something to another (S1). A
     * request that names none may be repeated.
     */
    private void withContinuationPoints(RawRequest raw, CompletableFuture<UaResponseMessageType> answer) {
        boolean repeatable = !ContinuationPoints.present(raw);
        session.relay(
                raw,
                new Relayed(
                        raw.type().serviceName(),
                        repeatable,
                        link -> toMember(ContinuationPoints.unwrap(raw, stamp(link)), raw, link),
                        outcome -> completeWithPoints(answer, outcome)));
    }

    private void completeWithPoints(CompletableFuture<UaResponseMessageType> answer, Outcome<Relayed.Answer> outcome) {
        if (outcome instanceof Outcome.Done<Relayed.Answer> d
                && d.answer() instanceof Relayed.Response r
                && r.message() instanceof RawResponse raw) {
            try {
                answer.complete(ContinuationPoints.wrap(raw, stamp(session.link(d.member()))));
            } catch (MalformedException e) {
                answer.completeExceptionally(
                        Answers.fault(StatusCodes.Bad_UnknownResponse, "member's response: " + e.getMessage()));
            }
        } else {
            complete(answer, outcome, o -> null);
        }
    }

    private static long stamp(SessionLink link) {
        return ((long) link.incarnation() << 8) | link.member;
    }

    // ------------------------------------------------------------------ small things

    private void relay(
            RawRequest raw,
            boolean repeatable,
            CompletableFuture<UaResponseMessageType> answer,
            Function<Outcome<Relayed.Answer>, @Nullable RawResponse> notDone) {
        session.relay(
                raw,
                new Relayed(
                        raw.type().serviceName(),
                        repeatable,
                        link -> toMember(raw, raw, link),
                        outcome -> complete(answer, outcome, notDone),
                        () -> OperationDigest.of(raw)));
    }

    /** The member's answer as it came, its fault, or what stands for an answer that never came. */
    private static void complete(
            CompletableFuture<UaResponseMessageType> answer,
            Outcome<Relayed.Answer> outcome,
            Function<Outcome<Relayed.Answer>, @Nullable RawResponse> notDone) {
        if (outcome instanceof Outcome.Done<Relayed.Answer> d) {
            switch (d.answer()) {
                case Relayed.Response r -> answer.complete(r.message());
                case Relayed.Fault f -> answer.completeExceptionally(f.cause());
            }
            return;
        }
        RawResponse made = notDone.apply(outcome);
        if (made != null) {
            answer.complete(made);
        } else {
            answer.completeExceptionally(Answers.fault(Answers.statusOf(outcome).value(), Answers.reasonOf(outcome)));
        }
    }

    private static UaRequestMessageType toMember(RawRequest body, RawRequest from, SessionLink link) {
        return body.withHeader(link.headerFor(from));
    }
}
