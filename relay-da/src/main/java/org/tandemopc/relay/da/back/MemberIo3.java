package org.tandemopc.relay.da.back;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * Reads by age and writes with quality and time of a group at a member (DA 3.0 4.4.6, 4.4.8), by Tandem's handles. A member without
 * the interface answers E_NOTIMPL. Calls block until their deadline; any thread.
 */
public final class MemberIo3 {
    private final MemberGroup group;

    MemberIo3(MemberGroup group) {
        this.group = group;
    }

    /** @param maxAgesMs without sign, one for each item */
    public Result<PerItem<OpcReading>> readMaxAge(Ints ours, Ints maxAgesMs, Deadline deadline)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCSyncIO2>> sync = group.find(IOPCSyncIO2.DEF, deadline);
        if (sync.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        if (known.isEmpty()) {
            return Result.partly(new PerItem<>(known.merge(List.of(), OpcReading.NONE), known.errors()));
        }
        return group.merged(
                known,
                sync.get().within(deadline).readMaxAge(known.theirs(), known.select(maxAgesMs)),
                OpcReading.NONE);
    }

    /** @param late hears an answer that comes when nobody waits any more */
    public Result<Ints> writeVqt(Ints ours, List<OpcItemVqt> values, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCSyncIO2>> sync = group.find(IOPCSyncIO2.DEF, deadline);
        if (sync.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        return known.isEmpty()
                ? Result.partly(known.errors())
                : group.merged(known, sync.get().within(deadline, late).writeVqt(known.theirs(), known.select(values)));
    }

    /** @param transaction Tandem's own */
    public Result<Started> readMaxAgeLater(Ints ours, Ints maxAgesMs, int transaction, Deadline deadline)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCAsyncIO3>> async = group.find(IOPCAsyncIO3.DEF, deadline);
        if (async.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        if (known.isEmpty()) {
            return Result.partly(new Started(0, known.errors()));
        }
        return group.started(
                known, async.get().within(deadline).readMaxAge(known.theirs(), known.select(maxAgesMs), transaction));
    }

    /**
     * @param transaction Tandem's own
     * @param late hears of a beginning that is answered when nobody waits any more
     */
    public Result<Started> writeVqtLater(
            Ints ours, List<OpcItemVqt> values, int transaction, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCAsyncIO3>> async = group.find(IOPCAsyncIO3.DEF, deadline);
        if (async.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        if (known.isEmpty()) {
            return Result.partly(new Started(0, known.errors()));
        }
        return group.started(
                known, async.get().within(deadline, late).writeVqt(known.theirs(), known.select(values), transaction));
    }

    /**
     * @param maxAgeMs 0 to 4,294,967,295
     * @param transaction Tandem's own, not 0
     */
    public Result<Integer> refreshMaxAge(long maxAgeMs, int transaction, Deadline deadline)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IOPCAsyncIO3>> async = group.find(IOPCAsyncIO3.DEF, deadline);
        if (async.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Result<Integer> answer = async.get().within(deadline).refreshMaxAge(maxAgeMs, transaction);
        group.heard();
        return answer;
    }
}
