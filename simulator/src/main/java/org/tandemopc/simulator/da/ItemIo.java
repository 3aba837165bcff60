package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Reads and writes without a group (DA 3.0 4.3.7). There is no cache to be old: the device is asked always. */
record ItemIo(DaHost host, ServerObject server) implements IOPCItemIO {
    @Override
    public Result<PerItem<OpcReading>> read(List<String> itemIds, Ints maxAgesMs) {
        host.faults().pass(DaFaults.Kind.READ);
        long now = host.plant().nowMs();
        return Answers.each(itemIds.size(), OpcReading.NONE, i -> {
            Result<DaItem> item = host.find(itemIds.get(i));
            if (!item.isSuccess()) {
                return Result.failure(item.hresult());
            }
            return item.value().isReadable()
                    ? Result.ok(host.plant().read(item.value(), now))
                    : Result.failure(OpcResult.OPC_E_BADRIGHTS);
        });
    }

    @Override
    public Result<Ints> writeVqt(List<String> itemIds, List<OpcItemVqt> values) {
        host.faults().pass(DaFaults.Kind.WRITE);
        return Answers.errors(itemIds.size(), i -> {
            Result<DaItem> item = host.find(itemIds.get(i));
            return item.isSuccess() ? host.plant().write(item.value(), values.get(i), server.name()) : item.hresult();
        });
    }
}
