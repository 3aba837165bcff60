package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Sampling rates of single items, and buffering (DA 3.0 4.4.10). */
record GroupSampling(GroupObject group) implements IOPCItemSamplingMgt {
    @Override
    public Result<PerItem<Long>> setItemSamplingRate(Ints serverHandles, Ints requestedRatesMs) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, 0L, (item, i) -> {
                    long requested = requestedRatesMs.unsigned(i);
                    long revised = group.host().rates().revised(requested);
                    item.samplingMs = revised;
                    return Result.success(
                            revised == requested ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE, revised);
                }));
    }

    @Override
    public Result<PerItem<Long>> getItemSamplingRate(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, 0L, (item, i) -> {
                    Long rate = item.samplingMs;
                    return rate == null ? Result.failure(OpcResult.OPC_E_RATENOTSET) : Result.ok(rate);
                }));
    }

    @Override
    public Result<Ints> clearItemSamplingRate(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    boolean isSet = item.samplingMs != null;
                    item.samplingMs = null;
                    return isSet ? HResult.S_OK : OpcResult.OPC_E_RATENOTSET;
                }));
    }

    @Override
    public Result<Ints> setItemBufferEnable(Ints serverHandles, List<Boolean> enabled) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    item.isBuffered = enabled.get(i);
                    return HResult.S_OK;
                }));
    }

    @Override
    public Result<PerItem<Boolean>> getItemBufferEnable(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, false, (item, i) -> Result.ok(item.isBuffered)));
    }
}
