package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;

/** Headers and faults of Tandem's own answers. */
final class Answers {
    private Answers() {}

    static ResponseHeader good(RequestHeader request) {
        return header(request, StatusCode.GOOD);
    }

    static ResponseHeader header(RequestHeader request, StatusCode result) {
        return new ResponseHeader(
                DateTime.now(), request.getRequestHandle(), result, DiagnosticInfo.NULL_VALUE, null, null);
    }

    /** Good, with the words to which the member's DiagnosticInfos point. */
    static ResponseHeader relayed(RequestHeader request, ResponseHeader ofMember) {
        return new ResponseHeader(
                DateTime.now(),
                request.getRequestHandle(),
                ofMember.getServiceResult(),
                ofMember.getServiceDiagnostics(),
                ofMember.getStringTable(),
                null);
    }

    /**
     * The member's DiagnosticInfos at the client's operations.
     *
     * @param size number of the client's operations
     * @param places which of them the member was asked, in its order
     * @return null if the member gave none
     */
    static DiagnosticInfo @Nullable [] placed(int size, List<Integer> places, DiagnosticInfo @Nullable [] given) {
        if (given == null || given.length != places.size()) {
            return null;
        }
        DiagnosticInfo[] all = new DiagnosticInfo[size];
        Arrays.fill(all, DiagnosticInfo.NULL_VALUE);
        for (int k = 0; k < given.length; k++) {
            all[places.get(k)] = given[k];
        }
        return all;
    }

    /** @throws UaException Bad_NothingToDo */
    static <T> T[] notEmpty(T @Nullable [] array) throws UaException {
        if (array == null || array.length == 0) {
            throw fault(StatusCodes.Bad_NothingToDo, "nothing to do");
        }
        return array;
    }

    /** @throws UaException Bad_TimestampsToReturnInvalid */
    static TimestampsToReturn valid(@Nullable TimestampsToReturn timestamps) throws UaException {
        if (timestamps == null || timestamps == TimestampsToReturn.Invalid) {
            throw fault(StatusCodes.Bad_TimestampsToReturnInvalid, "timestampsToReturn");
        }
        return timestamps;
    }

    /** The member's typed answer, or null after the client has got its fault. */
    static <T extends UaResponseMessageType> @Nullable T typed(
            Outcome<Relayed.Answer> outcome, CompletableFuture<UaResponseMessageType> answer, Class<T> type) {
        if (outcome instanceof Outcome.Done<Relayed.Answer> d) {
            switch (d.answer()) {
                case Relayed.Response r
                when type.isInstance(r.message()) -> {
                    return type.cast(r.message());
                }
                case Relayed.Response r ->
                    answer.completeExceptionally(fault(
                            StatusCodes.Bad_UnknownResponse,
                            r.message().getClass().getSimpleName()));
                case Relayed.Fault f -> answer.completeExceptionally(f.cause());
            }
        } else {
            answer.completeExceptionally(fault(statusOf(outcome).value(), reasonOf(outcome)));
        }
        return null;
    }

    /** Who answered; only of an outcome that was {@link #typed}. */
    static int memberOf(Outcome<Relayed.Answer> outcome) {
        return ((Outcome.Done<Relayed.Answer>) outcome).member();
    }

    static UaException fault(long code, String why) {
        return new UaException(code, why);
    }

    /** The header of a client's request, with the member's token in place of ours. */
    static RequestHeader toMember(RequestHeader request, NodeId token, long timeoutMs) {
        ExtensionObject additional = request.getAdditionalHeader();
        return new RequestHeader(
                token,
                request.getTimestamp(),
                request.getRequestHandle(),
                request.getReturnDiagnostics(),
                request.getAuditEntryId(),
                uint(Math.max(1, timeoutMs)),
                additional);
    }

    /** The status for a request that was not done: the protocol's codes of failure-semantics S3 and S12. */
    static StatusCode statusOf(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Done<?> d -> StatusCode.GOOD;
            case Outcome.NotSent<?> n -> new StatusCode(StatusCodes.Bad_NoCommunication);
            case Outcome.Unknown<?> u -> new StatusCode(StatusCodes.Bad_Timeout);
            case Outcome.Expired<?> e -> new StatusCode(StatusCodes.Bad_Timeout);
        };
    }

    static String reasonOf(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Done<?> d -> "done";
            case Outcome.NotSent<?> n -> "not sent: " + n.why();
            case Outcome.Unknown<?> u ->
                "outcome unknown, member " + u.member() + ", epoch " + u.epoch() + ": " + u.why();
            case Outcome.Expired<?> e -> e.why();
        };
    }

    static <T> T @Nullable [] nullIfEmpty(T @Nullable [] array) {
        return array == null || array.length == 0 ? null : array;
    }

    /** What is wrong with a member's answer that is to be passed on as it came; null if it is whole. */
    static @Nullable LinkException unreadable(UaResponseMessageType answer) {
        if (!(answer instanceof RawResponse raw)) {
            return null;
        }
        try {
            UaWire.check(raw);
            return null;
        } catch (MalformedException e) {
            return new LinkException(
                    new StatusCode(StatusCodes.Bad_DecodingError),
                    false,
                    "unreadable " + raw.type().serviceName() + " response: " + e.getMessage());
        }
    }
}
