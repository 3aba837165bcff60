package org.tandemopc.relay.da.front;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.delivery.Outcome;

/**
 * Reads and writes without a group (DA 3.0 4.3.7), at the active member. Reads are repeated where they were not answered, writes never.
 * Any thread; blocks for {@link DaSession#CALL_MAX} at most.
 */
record ServerItemIo(DaSession session) implements IOPCItemIO {
    @FunctionalInterface
    private interface Asking<X> {
        Result<X> of(ComPointer<IOPCItemIO> there) throws LinkException, RpcFaultException;
    }

    private static <X> Result<X> ask(SessionLink.Access access, Deadline deadline, Asking<X> asking)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCItemIO>> there = access.connection().find(IOPCItemIO.DEF, deadline);
        if (there.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Result<X> told = asking.of(there.get());
        access.connection().heard();
        return told;
    }

    /** Where no member answers the items are bad, and the call is none the worse for it (S12). */
    @Override
    public Result<PerItem<OpcReading>> read(List<String> itemIds, Ints maxAgesMs) {
        if (itemIds.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<PerItem<OpcReading>>> outcome = session.carry(
                true,
                (access, deadline) ->
                        ask(access, deadline, there -> there.within(deadline).read(itemIds, maxAgesMs)));
        if (outcome instanceof Outcome.Done<Result<PerItem<OpcReading>>> done) {
            return done.answer();
        }
        OpcReading bad = new OpcReading(Variant.EMPTY, Quality.COMM_FAILURE, FileTime.of(Instant.now()));
        return Result.ok(
                new PerItem<>(Collections.nCopies(itemIds.size(), bad), Ints.repeat(HResult.S_OK, itemIds.size())));
    }

    @Override
    public Result<Ints> writeVqt(List<String> itemIds, List<OpcItemVqt> values) {
        return itemIds.isEmpty()
                ? Result.failure(HResult.E_INVALIDARG)
                : Writes.once(
                        session,
                        "ItemIO.WriteVQT",
                        itemIds.size(),
                        itemIds,
                        (access, deadline, late) -> ask(
                                access,
                                deadline,
                                there -> there.within(deadline, late).writeVqt(itemIds, values)));
    }
}
