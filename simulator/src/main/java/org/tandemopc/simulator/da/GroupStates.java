package org.tandemopc.simulator.da;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.OpcResult;

/** The state of a group (DA 3.0 4.4.3, 4.4.4). */
record GroupStates(GroupObject group) implements IOPCGroupStateMgt2 {
    @Override
    public Result<GroupState> getState() {
        return group.call(DaFaults.Kind.GROUPS, model -> Result.ok(model.state()));
    }

    @Override
    public Result<Long> setState(StateChange call) {
        Result<Long> changed = group.call(DaFaults.Kind.GROUPS, model -> model.change(call));
        group.host().hurry();
        return changed;
    }

    @Override
    public Result<Nothing> setName(String name) {
        if (name.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        group.host().faults().pass(DaFaults.Kind.GROUPS);
        return group.server().rename(group, name);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid) {
        group.host().faults().pass(DaFaults.Kind.GROUPS);
        return group.isDeleted()
                ? Result.failure(HResult.E_FAIL)
                : group.server().cloneGroup(group, name, iid);
    }

    @Override
    public Result<Long> setKeepAlive(long timeMs) {
        return group.call(DaFaults.Kind.GROUPS, model -> {
            long revised = model.keepAlive(timeMs);
            return Result.success(revised == timeMs ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE, revised);
        });
    }

    @Override
    public Result<Long> getKeepAlive() {
        return group.call(DaFaults.Kind.GROUPS, model -> Result.ok(model.keepAlive()));
    }
}
