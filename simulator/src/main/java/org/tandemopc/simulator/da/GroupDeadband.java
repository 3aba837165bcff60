package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Deadbands of single items (DA 3.0 4.4.9): of those with a range. */
record GroupDeadband(GroupObject group) implements IOPCItemDeadbandMgt {
    @Override
    public Result<Ints> setItemDeadband(Ints serverHandles, List<Float> percents) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    if (!(item.item.units() instanceof DaUnits.Analog)) {
                        return OpcResult.OPC_E_DEADBANDNOTSUPPORTED;
                    }
                    if (!DaGroupModel.isPercent(percents.get(i))) {
                        return HResult.E_INVALIDARG;
                    }
                    item.deadband = percents.get(i);
                    return HResult.S_OK;
                }));
    }

    @Override
    public Result<PerItem<Float>> getItemDeadband(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, 0f, (item, i) -> {
                    if (!(item.item.units() instanceof DaUnits.Analog)) {
                        return Result.failure(OpcResult.OPC_E_DEADBANDNOTSUPPORTED);
                    }
                    Float percent = item.deadband;
                    return percent == null ? Result.failure(OpcResult.OPC_E_DEADBANDNOTSET) : Result.ok(percent);
                }));
    }

    @Override
    public Result<Ints> clearItemDeadband(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    if (!(item.item.units() instanceof DaUnits.Analog)) {
                        return OpcResult.OPC_E_DEADBANDNOTSUPPORTED;
                    }
                    boolean isSet = item.deadband != null;
                    item.deadband = null;
                    return isSet ? HResult.S_OK : OpcResult.OPC_E_DEADBANDNOTSET;
                }));
    }
}
