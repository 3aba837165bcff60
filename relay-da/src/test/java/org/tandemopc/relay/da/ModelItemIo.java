package org.tandemopc.relay.da;

import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Reads and writes of the model without a group. */
record ModelItemIo(ModelServer server) implements IOPCItemIO {
    @Override
    public Result<PerItem<OpcReading>> read(List<String> itemIds, Ints maxAgesMs) {
        server.pass();
        List<OpcReading> all = itemIds.stream()
                .map(server::sample)
                .map(sample -> new OpcReading(sample.value(), sample.quality(), sample.time()))
                .toList();
        return Result.ok(new PerItem<>(all, Ints.repeat(HResult.S_OK, all.size())));
    }

    @Override
    public Result<Ints> writeVqt(List<String> itemIds, List<OpcItemVqt> values) {
        server.pass();
        for (int i = 0; i < itemIds.size(); i++) {
            server.write(itemIds.get(i), values.get(i).value());
        }
        server.passWritten();
        return Result.ok(Ints.repeat(HResult.S_OK, itemIds.size()));
    }
}
