package org.tandemopc.relay.da.back;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.GroupDifference.Retuned;

/**
 * Deadbands and sampling of single items of a group at a member (DA 3.0 4.4.9, 4.4.10), by Tandem's handles. A member without the
 * interface answers E_NOTIMPL. Calls block until their deadline; what changes items, by one thread at a time.
 */
public final class MemberTuning {
    private static final Logger LOG = LoggerFactory.getLogger(MemberTuning.class);

    private final MemberGroup group;
    /** What it refuses is told once: the next change of the client would be refused as well. */
    private boolean hasRefused;

    MemberTuning(MemberGroup group) {
        this.group = group;
    }

    // ---- what clients ask

    public Result<Ints> setDeadbands(Ints ours, List<Float> percents, Deadline deadline)
            throws LinkException, RpcFaultException {
        return errors(
                IOPCItemDeadbandMgt.DEF,
                ours,
                deadline,
                (there, known) -> there.setItemDeadband(known.theirs(), known.select(percents)));
    }

    public Result<Ints> clearDeadbands(Ints ours, Deadline deadline) throws LinkException, RpcFaultException {
        return errors(
                IOPCItemDeadbandMgt.DEF, ours, deadline, (there, known) -> there.clearItemDeadband(known.theirs()));
    }

    public Result<PerItem<Float>> deadbands(Ints ours, Deadline deadline) throws LinkException, RpcFaultException {
        return values(
                IOPCItemDeadbandMgt.DEF, ours, deadline, 0f, (there, known) -> there.getItemDeadband(known.theirs()));
    }

    /** @param ratesMs without sign, one for each item */
    public Result<PerItem<Long>> setSampling(Ints ours, Ints ratesMs, Deadline deadline)
            throws LinkException, RpcFaultException {
        return values(
                IOPCItemSamplingMgt.DEF,
                ours,
                deadline,
                0L,
                (there, known) -> there.setItemSamplingRate(known.theirs(), known.select(ratesMs)));
    }

    public Result<Ints> clearSampling(Ints ours, Deadline deadline) throws LinkException, RpcFaultException {
        return errors(
                IOPCItemSamplingMgt.DEF, ours, deadline, (there, known) -> there.clearItemSamplingRate(known.theirs()));
    }

    public Result<PerItem<Long>> sampling(Ints ours, Deadline deadline) throws LinkException, RpcFaultException {
        return values(
                IOPCItemSamplingMgt.DEF,
                ours,
                deadline,
                0L,
                (there, known) -> there.getItemSamplingRate(known.theirs()));
    }

    public Result<Ints> setBuffered(Ints ours, List<Boolean> enabled, Deadline deadline)
            throws LinkException, RpcFaultException {
        return errors(
                IOPCItemSamplingMgt.DEF,
                ours,
                deadline,
                (there, known) -> there.setItemBufferEnable(known.theirs(), known.select(enabled)));
    }

    public Result<PerItem<Boolean>> buffered(Ints ours, Deadline deadline) throws LinkException, RpcFaultException {
        return values(
                IOPCItemSamplingMgt.DEF,
                ours,
                deadline,
                false,
                (there, known) -> there.getItemBufferEnable(known.theirs()));
    }

    @FunctionalInterface
    private interface Asking<T, X> {
        Result<X> of(T there, Subset known) throws LinkException, RpcFaultException;
    }

    private <T> Result<Ints> errors(InterfaceDef<T> type, Ints ours, Deadline deadline, Asking<T, Ints> asking)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<T>> there = group.find(type, deadline);
        if (there.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        return known.isEmpty()
                ? Result.partly(known.errors())
                : group.merged(known, asking.of(there.get().within(deadline), known));
    }

    private <T, V> Result<PerItem<V>> values(
            InterfaceDef<T> type, Ints ours, Deadline deadline, V none, Asking<T, PerItem<V>> asking)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<T>> there = group.find(type, deadline);
        if (there.isEmpty()) {
            return Result.failure(HResult.E_NOTIMPL);
        }
        Subset known = group.subset(ours);
        return known.isEmpty()
                ? Result.partly(new PerItem<>(known.merge(List.of(), none), known.errors()))
                : group.merged(known, asking.of(there.get().within(deadline), known), none);
    }

    // ---- bringing items to what they are to be

    /** Sets and clears whatever is another. What the member refuses stays as it has it, and is told in the log once. */
    void bring(List<Retuned> retuned, Deadline deadline) throws LinkException, RpcFaultException {
        Changed<Float> deadbands = Changed.of(retuned, ItemTuning::percentDeadband);
        if (!deadbands.set().isEmpty()) {
            check("deadbands", setDeadbands(deadbands.set(), deadbands.values(), deadline));
        }
        if (!deadbands.cleared().isEmpty()) {
            check("deadbands", clearDeadbands(deadbands.cleared(), deadline));
        }
        Changed<Long> rates = Changed.of(retuned, ItemTuning::samplingMs);
        if (!rates.set().isEmpty()) {
            Ints wanted =
                    Ints.copyOf(rates.values().stream().map(Long::intValue).toList());
            Result<PerItem<Long>> set = setSampling(rates.set(), wanted, deadline);
            check(
                    "sampling rates",
                    set.isSuccess()
                            ? Result.success(set.hresult(), set.value().errors())
                            : Result.failure(set.hresult()));
        }
        if (!rates.cleared().isEmpty()) {
            check("sampling rates", clearSampling(rates.cleared(), deadline));
        }
        Changed<Boolean> buffers = Changed.of(retuned, ItemTuning::isBuffered);
        if (!buffers.set().isEmpty()) {
            check("buffers", setBuffered(buffers.set(), buffers.values(), deadline));
        }
        if (!buffers.cleared().isEmpty()) {
            List<Boolean> off = Collections.nCopies(buffers.cleared().size(), false);
            check("buffers", setBuffered(buffers.cleared(), off, deadline));
        }
    }

    /** Of one setting: which items get a value, and which are to have that of the group again. */
    private record Changed<V>(Ints set, List<V> values, Ints cleared) {
        static <V> Changed<V> of(List<Retuned> retuned, Function<ItemTuning, Optional<V>> setting) {
            List<Integer> set = new ArrayList<>();
            List<V> values = new ArrayList<>();
            List<Integer> cleared = new ArrayList<>();
            for (Retuned item : retuned) {
                Optional<V> now = setting.apply(item.now());
                if (now.equals(setting.apply(item.before()))) {
                    continue;
                }
                now.ifPresentOrElse(
                        value -> {
                            set.add(item.handle());
                            values.add(value);
                        },
                        () -> cleared.add(item.handle()));
            }
            return new Changed<>(Ints.copyOf(set), values, Ints.copyOf(cleared));
        }
    }

    private void check(String what, Result<Ints> told) {
        Optional<Integer> refusal = told.isSuccess()
                ? told.value().stream()
                        .filter(Predicate.not(HResult::isSuccess))
                        .findFirst()
                : Optional.of(told.hresult());
        if (refusal.isPresent() && !hasRefused) {
            hasRefused = true;
            LOG.warn(
                    "{} does not take {} of items of group '{}' as the client has them: {}",
                    group.address(),
                    what,
                    group.name(),
                    OpcResult.describe(refusal.get()));
        }
    }
}
