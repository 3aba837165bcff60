package org.tandemopc.relay.da.front;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.delivery.Outcome;

/**
 * Reads and writes of a group that end with their call (DA 3.0 4.4.5, 4.4.6). Reads are repeated where they were not answered, writes
 * never. Any thread; blocks for {@link DaSession#CALL_MAX} at most.
 */
final class GroupSyncIo implements IOPCSyncIO2 {
    private final DaGroup group;
    private final DaSession session;

    GroupSyncIo(DaGroup group, DaSession session) {
        this.group = group;
        this.session = session;
    }

    @Override
    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (serverHandles.isEmpty() || source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<PerItem<OpcItemState>>> outcome = session.carry(
                true, (access, deadline) -> access.group(group, deadline).read(source, serverHandles, deadline));
        if (!(outcome instanceof Outcome.Done<Result<PerItem<OpcItemState>>> done)) {
            FileTime now = FileTime.of(Instant.now());
            return unread(
                    serverHandles,
                    OpcItemState.NONE,
                    item -> new OpcItemState(item.def().clientHandle(), now, Quality.COMM_FAILURE, Variant.EMPTY));
        }
        Result<PerItem<OpcItemState>> answer = done.answer();
        return answer.isSuccess()
                ? Result.success(answer.hresult(), withClientHandles(answer.value(), serverHandles))
                : answer;
    }

    private PerItem<OpcItemState> withClientHandles(PerItem<OpcItemState> told, Ints serverHandles) {
        List<OpcItemState> ours = new ArrayList<>(serverHandles.size());
        for (int i = 0; i < serverHandles.size(); i++) {
            OpcItemState one = told.values().get(i);
            int client = group.item(serverHandles.at(i))
                    .map(item -> item.def().clientHandle())
                    .orElse(0);
            ours.add(new OpcItemState(client, one.timestamp(), one.quality(), one.value()));
        }
        return new PerItem<>(ours, told.errors());
    }

    /** No member answers: the items are bad, and the call is none the worse for it (S12). */
    private <T> Result<PerItem<T>> unread(Ints serverHandles, T none, Function<ItemView, T> bad) {
        List<T> values = new ArrayList<>();
        int[] errors = new int[serverHandles.size()];
        for (int handle : serverHandles) {
            ItemView item = group.item(handle).orElse(null);
            errors[values.size()] = item == null ? OpcResult.OPC_E_INVALIDHANDLE : HResult.S_OK;
            values.add(item == null ? none : bad.apply(item));
        }
        Ints all = Ints.of(errors);
        PerItem<T> told = new PerItem<>(values, all);
        return all.stream().allMatch(error -> error == HResult.S_OK) ? Result.ok(told) : Result.partly(told);
    }

    @Override
    public Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<PerItem<OpcReading>>> outcome = session.carry(
                true,
                (access, deadline) ->
                        access.group(group, deadline).io3().readMaxAge(serverHandles, maxAgesMs, deadline));
        if (outcome instanceof Outcome.Done<Result<PerItem<OpcReading>>> done) {
            return done.answer();
        }
        OpcReading bad = new OpcReading(Variant.EMPTY, Quality.COMM_FAILURE, FileTime.of(Instant.now()));
        return unread(serverHandles, OpcReading.NONE, item -> bad);
    }

    @Override
    public Result<Ints> write(Ints serverHandles, List<Variant> values) {
        return once(
                "SyncIO.Write",
                serverHandles,
                values.size(),
                (access, deadline, late) -> access.group(group, deadline).write(serverHandles, values, deadline, late));
    }

    @Override
    public Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values) {
        return once(
                "SyncIO2.WriteVQT",
                serverHandles,
                values.size(),
                (access, deadline, late) ->
                        access.group(group, deadline).io3().writeVqt(serverHandles, values, deadline, late));
    }

    private Result<Ints> once(String operation, Ints serverHandles, int values, Writes.Writing writing) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (serverHandles.isEmpty() || values != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return Writes.once(session, operation, serverHandles.size(), group.itemIds(serverHandles), writing);
    }
}
