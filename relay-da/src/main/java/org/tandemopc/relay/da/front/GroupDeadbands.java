package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.ItemTuning;

/** Deadbands of single items, before that of the group (DA 3.0 4.4.9). They stay through switches. */
record GroupDeadbands(GroupTuning tuning) implements IOPCItemDeadbandMgt {
    @Override
    public Result<Ints> setItemDeadband(Ints serverHandles, List<Float> percents) {
        return tuning.set(
                serverHandles,
                (there, deadline) -> there.setDeadbands(serverHandles, percents, deadline),
                (told, i, before) -> before.withDeadband(Optional.of(percents.get(i))));
    }

    @Override
    public Result<PerItem<Float>> getItemDeadband(Ints serverHandles) {
        return tuning.told(
                serverHandles,
                ItemTuning::percentDeadband,
                0f,
                OpcResult.OPC_E_DEADBANDNOTSET,
                asked -> (there, deadline) -> there.deadbands(asked, deadline));
    }

    @Override
    public Result<Ints> clearItemDeadband(Ints serverHandles) {
        return tuning.set(
                serverHandles,
                (there, deadline) -> there.clearDeadbands(serverHandles, deadline),
                (told, i, before) -> before.withDeadband(Optional.empty()));
    }
}
