package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.simulator.da.GroupAsyncIo.Chosen;

/** Reads and writes of DA 1.0 (DA 2.05a 4.5.9): one item that is wrong, and nothing is begun. */
record GroupAsyncIo1(GroupObject group) implements IOPCAsyncIO {
    private static final Predicate<StreamFormat> WRITES = StreamFormat.WRITE_COMPLETE::equals;

    private <T> Result<T> on(
            int connection,
            Predicate<StreamFormat> wanted,
            DaFaults.Kind kind,
            BiFunction<DaGroupModel, OptionalInt, Result<T>> body) {
        Result<T> result = group.call(
                kind,
                model -> group.format(connection).filter(wanted).isPresent()
                        ? body.apply(model, OptionalInt.of(connection))
                        : Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        group.host().hurry();
        return result;
    }

    private static Result<Started> whole(Chosen chosen, BiFunction<Chosen, Integer, Result<Integer>> begin) {
        int count = chosen.errors().size();
        return chosen.items().size() < count
                ? Result.partly(new Started(0, chosen.errors()))
                : chosen.started(all -> begin.apply(all, count));
    }

    private long dueMs() {
        return new GroupAsyncIo(group).dueMs();
    }

    private static long maxAge(OpcDataSource source) {
        return source == OpcDataSource.CACHE ? DaRates.CACHE : 0;
    }

    @Override
    public Result<Started> read(int connection, OpcDataSource source, Ints serverHandles) {
        if (serverHandles.isEmpty() || source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return on(
                connection,
                WRITES.negate(),
                DaFaults.Kind.READ,
                (model, where) -> whole(
                        Chosen.of(model, serverHandles, (item, i) -> GroupAsyncIo.readable(item)),
                        (chosen, count) -> model.startRead(
                                chosen.items(),
                                Optional.of(Ints.repeat((int) maxAge(source), count)),
                                where,
                                0,
                                dueMs())));
    }

    @Override
    public Result<Started> write(int connection, Ints serverHandles, List<Variant> values) {
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        List<OpcItemVqt> all = values.stream().map(OpcItemVqt::of).toList();
        return on(
                connection,
                WRITES,
                DaFaults.Kind.WRITE,
                (model, where) -> whole(
                        Chosen.of(model, serverHandles, (item, i) -> GroupAsyncIo.writeable(item, all.get(i), true)),
                        (chosen, count) -> model.startWrite(chosen.items(), all, where, 0, dueMs(), group.who())));
    }

    @Override
    public Result<Integer> refresh(int connection, OpcDataSource source) {
        if (source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return on(
                connection,
                WRITES.negate(),
                DaFaults.Kind.READ,
                (model, where) -> model.startRefresh(maxAge(source), where, 0, dueMs()));
    }

    @Override
    public Result<Nothing> cancel(int transactionId) {
        return group.call(
                DaFaults.Kind.READ,
                model -> model.cancel(transactionId).isPresent() ? Answers.DONE : Result.failure(HResult.E_FAIL));
    }
}
