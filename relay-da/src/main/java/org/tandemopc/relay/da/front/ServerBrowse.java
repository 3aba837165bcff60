package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.OpcItemProperties;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.DaConnection;

/**
 * The active member's address space without a position (DA 3.0 4.3.6). A continuation point is the member's, with the number of the
 * connection before it: on any other connection it is one that the server does not know, and the client browses anew. Any thread;
 * blocks for {@link DaSession#CALL_MAX} at most.
 */
record ServerBrowse(DaSession session) implements IOPCBrowse {
    private static final char AFTER_NUMBER = ':';

    @FunctionalInterface
    private interface Asking<X> {
        Result<X> of(IOPCBrowse there, DaConnection at) throws LinkException, RpcFaultException;
    }

    private <X> Result<X> asked(Asking<X> asking) {
        return DaSession.overall(session.carry(true, (access, deadline) -> {
            Optional<ComPointer<IOPCBrowse>> there = access.connection().find(IOPCBrowse.DEF, deadline);
            return there.isEmpty()
                    ? Result.failure(HResult.E_NOTIMPL)
                    : asking.of(there.get().within(deadline), access.connection());
        }));
    }

    @Override
    public Result<List<OpcItemProperties>> getProperties(List<String> itemIds, boolean returnValues, Ints propertyIds) {
        return itemIds.isEmpty()
                ? Result.failure(HResult.E_INVALIDARG)
                : asked((there, at) -> there.getProperties(itemIds, returnValues, propertyIds));
    }

    @Override
    public Result<Browsed> browse(BrowseCall call) {
        String point = call.continuationPoint().orElse("");
        if (point.isEmpty()) {
            return asked((there, at) -> ours(at, there.browse(call)));
        }
        return asked((there, at) -> {
            String start = start(at);
            return point.startsWith(start)
                    ? ours(at, there.browse(from(call, point.substring(start.length()))))
                    : Result.failure(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT);
        });
    }

    private static String start(DaConnection at) {
        return Long.toString(at.number()) + AFTER_NUMBER;
    }

    private static BrowseCall from(BrowseCall call, String point) {
        return new BrowseCall(
                call.itemId(),
                Optional.of(point),
                call.maxElements(),
                call.filter(),
                call.nameFilter(),
                call.vendorFilter(),
                call.allProperties(),
                call.returnValues(),
                call.propertyIds());
    }

    /** An empty continuation point is none, as servers put it that have no null. */
    private static Result<Browsed> ours(DaConnection at, Result<Browsed> told) {
        if (!told.isSuccess()) {
            return told;
        }
        Browsed all = told.value();
        Optional<String> point = all.continuationPoint().map(theirs -> theirs.isEmpty() ? "" : start(at) + theirs);
        return Result.success(told.hresult(), new Browsed(point, all.moreElements(), all.elements()));
    }
}
