package org.tandemopc.relay.ua.front;

import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ServiceFault;

/** Response headers and faults. */
final class Faults {
    private Faults() {}

    static ResponseHeader good(UaRequestMessageType request) {
        return header(request, StatusCode.GOOD);
    }

    static ServiceFault fault(UaRequestMessageType request, Throwable failure) {
        StatusCode status =
                UaException.extractStatusCode(failure).orElse(new StatusCode(StatusCodes.Bad_InternalError));
        return new ServiceFault(header(request, status));
    }

    static <T> CompletableFuture<T> failed(long status, String reason) {
        return CompletableFuture.failedFuture(new UaException(status, reason));
    }

    private static ResponseHeader header(UaRequestMessageType request, StatusCode status) {
        return new ResponseHeader(
                DateTime.now(),
                request.getRequestHeader().getRequestHandle(),
                status,
                DiagnosticInfo.NULL_VALUE,
                null,
                null);
    }

    /** Lets {@code target} end as {@code source} does. */
    static void forward(
            CompletableFuture<? extends UaResponseMessageType> source,
            CompletableFuture<UaResponseMessageType> target) {
        var unused = source.whenComplete((response, failure) -> {
            if (failure == null) {
                target.complete(response);
            } else {
                target.completeExceptionally(failure);
            }
        });
    }
}
