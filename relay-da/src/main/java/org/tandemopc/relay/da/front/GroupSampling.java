package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.ItemTuning;

/**
 * Sampling rates of single items, and buffering (DA 3.0 4.4.10). They stay through switches; what is buffered at a member that is
 * lost is lost with it. A rate is as the slower of the members revised it that were connected when it was set.
 */
record GroupSampling(GroupTuning tuning) implements IOPCItemSamplingMgt {
    @Override
    public Result<PerItem<Long>> setItemSamplingRate(Ints serverHandles, Ints requestedRatesMs) {
        return tuning.setSampling(serverHandles, requestedRatesMs);
    }

    @Override
    public Result<PerItem<Long>> getItemSamplingRate(Ints serverHandles) {
        return tuning.told(
                serverHandles,
                ItemTuning::samplingMs,
                0L,
                OpcResult.OPC_E_RATENOTSET,
                asked -> (there, deadline) -> there.sampling(asked, deadline));
    }

    @Override
    public Result<Ints> clearItemSamplingRate(Ints serverHandles) {
        return tuning.set(
                serverHandles,
                (there, deadline) -> there.clearSampling(serverHandles, deadline),
                (told, i, before) -> before.withSampling(Optional.empty()));
    }

    @Override
    public Result<Ints> setItemBufferEnable(Ints serverHandles, List<Boolean> enabled) {
        return tuning.set(
                serverHandles,
                (there, deadline) -> there.setBuffered(serverHandles, enabled, deadline),
                (told, i, before) -> before.withBuffered(enabled.get(i)));
    }

    @Override
    public Result<PerItem<Boolean>> getItemBufferEnable(Ints serverHandles) {
        return tuning.told(
                serverHandles,
                ItemTuning::isBuffered,
                false,
                OpcResult.OPC_E_NOBUFFERING,
                asked -> (there, deadline) -> there.buffered(asked, deadline));
    }
}
