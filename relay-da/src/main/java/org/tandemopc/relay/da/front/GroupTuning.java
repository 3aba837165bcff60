package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.ItemTuning;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.da.back.MemberTuning;
import org.tandemopc.relay.delivery.Outcome;

/**
 * Settings of single items: the active member says whether an item can have one; what it takes is kept here and brought to each member
 * that the group comes to. Any thread; blocks for {@link DaSession#CALL_MAX} at most.
 */
final class GroupTuning {
    private final DaGroup group;
    private final DaSession session;

    GroupTuning(DaGroup group, DaSession session) {
        this.group = group;
        this.session = session;
    }

    /** What is asked of the member. */
    @FunctionalInterface
    interface Asking<X> {
        Result<X> of(MemberTuning there, Deadline deadline) throws LinkException, RpcFaultException;
    }

    /** What becomes of an item that the member has answered for. */
    @FunctionalInterface
    interface Tuned<X> {
        ItemTuning by(X told, int index, ItemTuning before);
    }

    /** @param tuned asked for each item that the member has taken */
    Result<Ints> set(Ints handles, Asking<Ints> asking, Tuned<Ints> tuned) {
        return changed(handles, asking, Function.identity(), tuned, errors -> errors);
    }

    /** The same where values come back. @param none stands where an item failed */
    <V> Result<PerItem<V>> setAndTell(Ints handles, V none, Asking<PerItem<V>> asking, Tuned<PerItem<V>> tuned) {
        return changed(
                handles,
                asking,
                PerItem::errors,
                tuned,
                errors -> new PerItem<>(handles.stream().map(_ -> none).toList(), errors));
    }

    /** Sets sampling rates; items that were taken have those of the slower member from then on. */
    Result<PerItem<Long>> setSampling(Ints handles, Ints ratesMs) {
        Result<PerItem<Long>> told = setAndTell(
                handles,
                0L,
                (there, deadline) -> there.setSampling(handles, ratesMs, deadline),
                (rates, i, before) ->
                        before.withSampling(Optional.of(rates.values().get(i))));
        return told.isSuccess() ? settled(handles, ratesMs, told.value()) : told;
    }

    private Result<PerItem<Long>> settled(Ints handles, Ints ratesMs, PerItem<Long> told) {
        // an item that comes twice has the rate that came last
        Map<Integer, Long> rates = new LinkedHashMap<>();
        for (int i = 0; i < handles.size(); i++) {
            if (HResult.isSuccess(told.errors().at(i))) {
                rates.put(handles.at(i), told.values().get(i));
            }
        }
        Ints taken = Ints.copyOf(List.copyOf(rates.keySet()));
        List<Long> slowest =
                taken.isEmpty() ? List.of() : session.settleSampling(group, taken, List.copyOf(rates.values()));
        for (int i = 0; i < taken.size(); i++) {
            rates.put(taken.at(i), slowest.get(i));
        }
        List<Long> values = new ArrayList<>();
        int[] errors = told.errors().toInts();
        for (int i = 0; i < errors.length; i++) {
            Long now = HResult.isSuccess(errors[i]) ? rates.get(handles.at(i)) : null;
            values.add(now == null ? told.values().get(i) : now);
            if (now != null) {
                errors[i] = now == ratesMs.unsigned(i) ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE;
            }
        }
        PerItem<Long> all = new PerItem<>(values, Ints.of(errors));
        return all.errors().stream().allMatch(error -> error == HResult.S_OK) ? Result.ok(all) : Result.partly(all);
    }

    private <X> Result<X> changed(
            Ints handles, Asking<X> asking, Function<X, Ints> errors, Tuned<X> tuned, Function<Ints, X> failed) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (handles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<X>> outcome = session.carry(true, (access, deadline) -> {
            MemberGroup there = access.group(group, deadline);
            return access.exclusive(
                    () -> {
                        Result<X> told = asking.of(there.tuning(), deadline);
                        if (told.isSuccess()) {
                            keep(
                                    handles,
                                    there,
                                    errors.apply(told.value()),
                                    i -> before -> tuned.by(told.value(), i, before));
                        }
                        return told;
                    },
                    deadline);
        });
        session.changedElsewhere();
        return outcome instanceof Outcome.Done<Result<X>> done
                ? done.answer()
                : Result.partly(failed.apply(Ints.repeat(DaSession.errorOf(outcome), handles.size())));
    }

    private void keep(
            Ints handles, MemberGroup there, Ints errors, IntFunction<Function<ItemTuning, ItemTuning>> tuned) {
        for (int i = 0; i < handles.size(); i++) {
            if (HResult.isSuccess(errors.at(i))) {
                Function<ItemTuning, ItemTuning> change = tuned.apply(i);
                group.changeItem(handles.at(i), item -> item.withTuning(change.apply(item.tuning())))
                        .ifPresent(item -> there.isAlready(item.spec()));
            }
        }
        group.touched();
    }

    /**
     * What is kept here is told from here; of the other items the active member tells why they have none.
     *
     * @param notSet the error of items that have none, where no member says another
     * @param none stands where an item failed
     */
    <V> Result<PerItem<V>> told(
            Ints handles,
            Function<ItemTuning, Optional<V>> kept,
            V none,
            int notSet,
            Function<Ints, Asking<PerItem<V>>> asking) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (handles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        List<V> values = new ArrayList<>();
        int[] errors = new int[handles.size()];
        List<Integer> asked = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < errors.length; i++) {
            Optional<ItemView> item = group.item(handles.at(i));
            Optional<V> value = item.map(ItemView::tuning).flatMap(kept);
            values.add(value.orElse(none));
            errors[i] = value.isPresent() ? HResult.S_OK : item.isPresent() ? notSet : OpcResult.OPC_E_INVALIDHANDLE;
            if (item.isPresent() && value.isEmpty()) {
                asked.add(handles.at(i));
                places.add(i);
            }
        }
        if (!asked.isEmpty()) {
            Optional<PerItem<V>> told = asked(asking.apply(Ints.copyOf(asked)));
            for (int i = 0; told.isPresent() && i < places.size(); i++) {
                values.set(places.get(i), told.get().values().get(i));
                errors[places.get(i)] = told.get().errors().at(i);
            }
        }
        PerItem<V> all = new PerItem<>(values, Ints.of(errors));
        return all.errors().stream().allMatch(error -> error == HResult.S_OK) ? Result.ok(all) : Result.partly(all);
    }

    private <V> Optional<PerItem<V>> asked(Asking<PerItem<V>> asking) {
        Result<PerItem<V>> told = DaSession.overall(session.carry(
                true,
                (access, deadline) -> asking.of(access.group(group, deadline).tuning(), deadline)));
        return told.isSuccess() ? Optional.of(told.value()) : Optional.empty();
    }
}
