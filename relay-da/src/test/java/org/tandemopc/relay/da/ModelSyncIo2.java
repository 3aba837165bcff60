package org.tandemopc.relay.da;

import java.util.List;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** A group of the model with reads by age, which all go to the device, and writes of which the value alone is taken. */
record ModelSyncIo2(ModelGroup group) implements IOPCSyncIO2 {
    @Override
    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
        return group.read(source, serverHandles);
    }

    @Override
    public Result<Ints> write(Ints serverHandles, List<Variant> values) {
        return group.write(serverHandles, values);
    }

    @Override
    public Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs) {
        Result<PerItem<OpcItemState>> read = group.read(OpcDataSource.DEVICE, serverHandles);
        List<OpcReading> all = read.value().values().stream()
                .map(state -> new OpcReading(state.value(), state.quality(), state.timestamp()))
                .toList();
        return Result.success(read.hresult(), new PerItem<>(all, read.value().errors()));
    }

    @Override
    public Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values) {
        return group.write(serverHandles, values.stream().map(OpcItemVqt::value).toList());
    }
}
