package org.tandemopc.relay.da.front;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.relay.da.back.MemberGroup;

/**
 * State, name, copies and keep-alive of a group (DA 3.0 4.4.3, 4.4.4). Any thread; blocks for {@link DaSession#CALL_MAX} at most.
 */
final class GroupStates implements IOPCGroupStateMgt2 {
    private final DaGroup group;
    private final DaSession session;
    private final KeepAlive keepAlive;

    GroupStates(DaGroup group, DaSession session, KeepAlive keepAlive) {
        this.group = group;
        this.session = session;
        this.keepAlive = keepAlive;
    }

    @Override
    public Result<GroupState> getState() {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        GroupView now = group.view();
        return Result.ok(new GroupState(
                now.rateMs(),
                now.isActive(),
                Optional.of(now.name()),
                now.timeBias(),
                now.percentDeadband(),
                now.lcid(),
                now.clientHandle(),
                group.handle()));
    }

    /** Rate and deadband are the active member's to say; the rest is ours. */
    @Override
    public Result<Long> setState(StateChange call) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (!call.percentDeadband().map(DaGroup::isPercent).orElse(true)) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (call.rateMs().isEmpty() && call.percentDeadband().isEmpty()) {
            group.change(now -> changed(now, call, now.rateMs()));
            session.changed();
            return Result.ok(group.view().rateMs());
        }
        StateChange forMember = new StateChange(
                call.rateMs(), call.isActive(), call.timeBias(), call.percentDeadband(), call.lcid(), Optional.empty());
        Result<Long> answer = DaSession.overall(session.carry(true, (access, deadline) -> {
            MemberGroup there = access.group(group, deadline);
            return access.exclusive(
                    () -> {
                        Result<Long> told = there.setState(forMember, deadline);
                        if (told.isSuccess()) {
                            group.change(now -> changed(now, call, told.value()));
                            there.isAlready(group.spec(false));
                        }
                        return told;
                    },
                    deadline);
        }));
        session.changed();
        return answer.isSuccess() && call.rateMs().isPresent()
                ? Result.success(answer.hresult(), session.settleRate(group))
                : answer;
    }

    private static GroupView changed(GroupView now, StateChange call, long rateMs) {
        return new GroupView(
                now.name(),
                now.serverHandle(),
                call.clientHandle().orElse(now.clientHandle()),
                call.isActive().orElse(now.isActive()),
                rateMs,
                call.timeBias().orElse(now.timeBias()),
                call.percentDeadband().orElse(now.percentDeadband()),
                call.lcid().orElse(now.lcid()),
                now.isEnabled());
    }

    @Override
    public Result<Nothing> setName(String name) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        int hresult = session.object().rename(group, name);
        if (!HResult.isSuccess(hresult)) {
            return Result.failure(hresult);
        }
        session.changed();
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        return session.object().copy(group, name, iid);
    }

    /** Kept here: members have none of it, so that callbacks without values come whatever becomes of them. */
    @Override
    public Result<Long> setKeepAlive(long timeMs) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        long revised = keepAlive.set(timeMs);
        return Result.success(revised == timeMs ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE, revised);
    }

    @Override
    public Result<Long> getKeepAlive() {
        return group.isDeleted() ? Result.failure(HResult.E_FAIL) : Result.ok(keepAlive.periodMs());
    }
}
