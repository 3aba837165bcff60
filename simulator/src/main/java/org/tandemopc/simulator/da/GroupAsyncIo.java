package org.tandemopc.simulator.da;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;

/** Reads and writes that end in a callback (DA 3.0 4.4.7, 4.4.8). */
record GroupAsyncIo(GroupObject group) implements IOPCAsyncIO3 {
    /** Items that are begun with, where they stand in the call, and the errors of all. */
    record Chosen(List<DaGroupItem> items, List<Integer> places, Ints errors) {
        /** @param check what is wrong with an item before anything is begun; S_OK: nothing */
        static Chosen of(DaGroupModel model, Ints handles, ToIntBiFunction<DaGroupItem, Integer> check) {
            List<DaGroupItem> items = new ArrayList<>();
            List<Integer> places = new ArrayList<>();
            int[] errors = new int[handles.size()];
            for (int i = 0; i < errors.length; i++) {
                Optional<DaGroupItem> item = model.item(handles.at(i));
                int place = i;
                errors[i] = item.map(one -> check.applyAsInt(one, place)).orElse(OpcResult.OPC_E_INVALIDHANDLE);
                if (HResult.isSuccess(errors[i])) {
                    items.add(item.orElseThrow());
                    places.add(i);
                }
            }
            return new Chosen(items, places, Ints.of(errors));
        }

        /** Where all failed nothing is begun, and no callback comes. */
        Result<Started> started(Function<Chosen, Result<Integer>> begin) {
            if (items.isEmpty()) {
                return Result.partly(new Started(0, errors));
            }
            Result<Integer> begun = begin.apply(this);
            if (!begun.isSuccess()) {
                return Result.failure(begun.hresult());
            }
            return Result.success(Answers.overall(errors.toInts()), new Started(begun.value(), errors));
        }
    }

    static int readable(DaGroupItem item) {
        return item.item.isReadable() ? HResult.S_OK : OpcResult.OPC_E_BADRIGHTS;
    }

    static int writeable(DaGroupItem item, OpcItemVqt vqt, boolean needsValue) {
        if (!item.item.isWriteable()) {
            return OpcResult.OPC_E_BADRIGHTS;
        }
        boolean isEmpty = vqt.value() instanceof Variant.Empty;
        boolean fits =
                isEmpty ? !needsValue : Conversions.isPossible(vqt.value().vt(), item.item.type());
        return fits ? HResult.S_OK : OpcResult.OPC_E_BADTYPE;
    }

    /** When what is begun now is done. */
    long dueMs() {
        return group.host().plant().nowMs() + group.host().faults().delayMs(DaFaults.Kind.ASYNC);
    }

    private <T> Result<T> heard(DaFaults.Kind kind, Function<DaGroupModel, Result<T>> body) {
        Result<T> result = group.call(
                kind,
                model -> group.hasCallbacks() ? body.apply(model) : Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        group.host().hurry();
        return result;
    }

    @Override
    public Result<Started> read(Ints serverHandles, int transactionId) {
        return read(serverHandles, Optional.empty(), transactionId);
    }

    @Override
    public Result<Started> readMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId) {
        return read(serverHandles, Optional.of(maxAgesMs), transactionId);
    }

    private Result<Started> read(Ints serverHandles, Optional<Ints> maxAgesMs, int transactionId) {
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return heard(
                DaFaults.Kind.READ,
                model -> Chosen.of(model, serverHandles, (item, i) -> readable(item))
                        .started(chosen -> model.startRead(
                                chosen.items(),
                                maxAgesMs.map(ages -> Ints.copyOf(
                                        chosen.places().stream().map(ages::get).toList())),
                                OptionalInt.empty(),
                                transactionId,
                                dueMs())));
    }

    @Override
    public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId) {
        return write(serverHandles, values.stream().map(OpcItemVqt::of).toList(), true, transactionId);
    }

    @Override
    public Result<Started> writeVqt(Ints serverHandles, List<OpcItemVqt> values, int transactionId) {
        return write(serverHandles, values, false, transactionId);
    }

    private Result<Started> write(Ints serverHandles, List<OpcItemVqt> values, boolean needsValue, int transactionId) {
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return heard(
                DaFaults.Kind.WRITE,
                model -> Chosen.of(model, serverHandles, (item, i) -> writeable(item, values.get(i), needsValue))
                        .started(chosen -> model.startWrite(
                                chosen.items(),
                                chosen.places().stream().map(values::get).toList(),
                                OptionalInt.empty(),
                                transactionId,
                                dueMs(),
                                group.who())));
    }

    @Override
    public Result<Integer> refresh2(OpcDataSource source, int transactionId) {
        return source == OpcDataSource.OTHER
                ? Result.failure(HResult.E_INVALIDARG)
                : refreshMaxAge(source == OpcDataSource.CACHE ? DaRates.CACHE : 0, transactionId);
    }

    @Override
    public Result<Integer> refreshMaxAge(long maxAgeMs, int transactionId) {
        return heard(
                DaFaults.Kind.READ, model -> model.startRefresh(maxAgeMs, OptionalInt.empty(), transactionId, dueMs()));
    }

    @Override
    public Result<Nothing> cancel2(int cancelId) {
        return group.call(DaFaults.Kind.READ, model -> {
            Optional<DaCallback.Cancelled> cancelled = model.cancel(cancelId);
            cancelled.ifPresent(callback -> group.tell(List.of(callback)));
            return cancelled.isPresent() ? Answers.DONE : Result.failure(HResult.E_FAIL);
        });
    }

    @Override
    public Result<Nothing> setEnable(boolean isEnabled) {
        return heard(DaFaults.Kind.GROUPS, model -> {
            model.enable(isEnabled);
            return Answers.DONE;
        });
    }

    @Override
    public Result<Boolean> getEnable() {
        return heard(DaFaults.Kind.GROUPS, model -> Result.ok(model.isEnabled()));
    }
}
