package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;

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
}
