package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Reads and writes that answer when they are done (DA 3.0 4.4.5, 4.4.6). */
record GroupSyncIo(GroupObject group) implements IOPCSyncIO2 {
    @Override
    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
        if (source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        long maxAge = source == OpcDataSource.CACHE ? DaRates.CACHE : 0;
        return group.call(DaFaults.Kind.READ, model -> {
            long now = group.host().plant().nowMs();
            return model.each(serverHandles, OpcItemState.NONE, (item, i) -> {
                var read = model.read(item, maxAge, now);
                return read.isSuccess()
                        ? Result.ok(new OpcItemState(
                                item.clientHandle,
                                read.value().timestamp(),
                                read.value().quality(),
                                read.value().value()))
                        : Result.failure(read.hresult());
            });
        });
    }

    @Override
    public Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs) {
        return group.call(DaFaults.Kind.READ, model -> {
            long now = group.host().plant().nowMs();
            return model.each(serverHandles, OpcReading.NONE, (item, i) -> {
                var read = model.read(item, maxAgesMs.unsigned(i), now);
                return read.isSuccess()
                        ? Result.ok(new OpcReading(
                                read.value().value(),
                                read.value().quality(),
                                read.value().timestamp()))
                        : Result.failure(read.hresult());
            });
        });
    }

    @Override
    public Result<Ints> write(Ints serverHandles, List<Variant> values) {
        return group.call(
                DaFaults.Kind.WRITE,
                model -> model.each(
                        serverHandles,
                        (item, i) -> values.get(i) instanceof Variant.Empty
                                ? OpcResult.OPC_E_BADTYPE
                                : write(item, OpcItemVqt.of(values.get(i)))));
    }

    @Override
    public Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values) {
        return group.call(
                DaFaults.Kind.WRITE, model -> model.each(serverHandles, (item, i) -> write(item, values.get(i))));
    }

    private int write(DaGroupItem item, OpcItemVqt vqt) {
        return group.host().plant().write(item.item, vqt, group.who());
    }
}
