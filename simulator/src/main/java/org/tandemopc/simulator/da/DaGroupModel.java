package org.tandemopc.simulator.da;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.IOPCGroupStateMgt.GroupState;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.opcda.IOPCServer.NewGroup;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * A group: its items, and what its client hears when (DA 3.0 4.4, DA 2.05a 4.5). It has no clock and no thread; who calls brings the
 * time, and sends the callbacks that come of it, in their order.
 *
 * <p>A group looks at its items at the multiples of its rate since the epoch, so that two servers look at the same moments and
 * show the same ticks. An update that is late looks at the moment when it was due, and those that were missed altogether are made
 * up for, each with a callback of its own, so that what a client misses was lost on the way to it. After a pause of more than
 * {@link #MADE_UP_MS_MAX} they are left out, as a server's would be that hung. What was written is seen as it is now. Buffered items
 * are looked at at the multiples of their sampling rate, and late ones are made up for, however late.
 *
 * <p>Not thread-safe: guarded by its owner. Times in ms since the epoch.
 */
final class DaGroupModel {
    /** Asynchronous calls that may be under way at once. */
    static final int PENDING_MAX = 64;

    /** Items of one group. */
    static final int ITEMS_MAX = 100_000;

    /** A machine that is busy stops a process for less. */
    static final long MADE_UP_MS_MAX = 1_000;

    private static final float PERCENT_MAX = 100;

    private final DaPlant plant;
    private final DaRates rates;
    private final Map<Integer, DaGroupItem> items = new LinkedHashMap<>();
    private final Map<Integer, Pending> pending = new LinkedHashMap<>();
    private GroupState state;
    private long keepAliveMs;
    private boolean isEnabled = true;

    /** Whether anybody has advised. */
    private boolean isHeard;

    /** All active items are to be told at once. */
    private boolean isPrimed;

    /** The last multiple of the rate that there was an update for. */
    private long updated;

    private long lastCallbackMs;
    private long lastUpdateMs;
    private int lastHandle;
    private int lastCancelId;

    /** Something that was asked for and is not done yet. */
    private sealed interface Work {
        record Read(List<DaGroupItem> items, Optional<Ints> maxAgesMs) implements Work {}

        record Write(List<DaGroupItem> items, List<OpcItemVqt> values, String who) implements Work {}

        /** @param maxAgeMs 0xFFFFFFFF: the cache */
        record Refresh(long maxAgeMs) implements Work {}
    }

    private record Pending(Work work, OptionalInt connection, int transactionId, long dueMs) {}

    DaGroupModel(DaPlant plant, DaRates rates, NewGroup made, String name, int serverHandle, int defaultBias) {
        this.plant = plant;
        this.rates = rates;
        this.state = new GroupState(
                rates.revised(made.requestedRateMs()),
                made.isActive(),
                Optional.of(name),
                made.timeBias().orElse(defaultBias),
                made.percentDeadband().orElse(0f),
                made.lcid(),
                made.clientHandle(),
                serverHandle);
        this.updated = Math.floorDiv(plant.nowMs(), state.rateMs());
        this.lastCallbackMs = plant.nowMs();
    }

    private DaGroupModel(DaGroupModel of, String name, int serverHandle) {
        this.plant = of.plant;
        this.rates = of.rates;
        GroupState like = of.state;
        this.state = new GroupState(
                like.rateMs(),
                false,
                Optional.of(name),
                like.timeBias(),
                like.percentDeadband(),
                like.lcid(),
                like.clientHandle(),
                serverHandle);
        of.items.forEach((handle, item) -> items.put(handle, item.copy()));
        this.lastHandle = of.lastHandle;
        this.updated = of.updated;
        this.lastCallbackMs = plant.nowMs();
    }

    /** The same items and settings; not active, and nobody has advised (DA 3.0 4.4.3.4). */
    DaGroupModel cloned(String name, int serverHandle) {
        return new DaGroupModel(this, name, serverHandle);
    }

    static boolean isPercent(float percent) {
        return percent >= 0 && percent <= PERCENT_MAX;
    }

    // The group as a whole

    GroupState state() {
        return state;
    }

    String name() {
        return state.name().orElse("");
    }

    void rename(String name) {
        state = new GroupState(
                state.rateMs(),
                state.isActive(),
                Optional.of(name),
                state.timeBias(),
                state.percentDeadband(),
                state.lcid(),
                state.clientHandle(),
                state.serverHandle());
    }

    /** @return the rate that the group has now; E_INVALIDARG: nothing was changed */
    Result<Long> change(StateChange change) {
        float deadband = change.percentDeadband().orElse(state.percentDeadband());
        if (!isPercent(deadband)) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        boolean activates = change.isActive().orElse(false) && !state.isActive();
        long rate = change.rateMs().map(rates::revised).orElse(state.rateMs());
        if (rate != state.rateMs()) {
            updated = Math.floorDiv(plant.nowMs(), rate);
        }
        state = new GroupState(
                rate,
                change.isActive().orElse(state.isActive()),
                state.name(),
                change.timeBias().orElse(state.timeBias()),
                deadband,
                change.lcid().orElse(state.lcid()),
                change.clientHandle().orElse(state.clientHandle()),
                state.serverHandle());
        if (activates) {
            prime();
        }
        boolean isOther = change.rateMs().isPresent() && change.rateMs().get() != rate;
        return Result.success(isOther ? OpcResult.OPC_S_UNSUPPORTEDRATE : HResult.S_OK, rate);
    }

    /** @return the time that it is now; 0: never */
    long keepAlive(long requestedMs) {
        keepAliveMs = requestedMs == 0 ? 0 : rates.revised(requestedMs);
        lastCallbackMs = plant.nowMs();
        return keepAliveMs;
    }

    long keepAlive() {
        return keepAliveMs;
    }

    void enable(boolean enables) {
        isEnabled = enables;
    }

    boolean isEnabled() {
        return isEnabled;
    }

    /** Somebody has advised, or nobody is left. Who has advised is told all active items at once. */
    void heard(boolean isNowHeard) {
        isHeard = isNowHeard;
        if (isNowHeard) {
            prime();
        }
    }

    private void prime() {
        items.values().forEach(DaGroupItem::forget);
        isPrimed = true;
        lastCallbackMs = plant.nowMs();
    }

    /** When data was last sent; 0: never. Callbacks without any do not count. */
    long lastUpdateMs() {
        return lastUpdateMs;
    }

    // Items

    int size() {
        return items.size();
    }

    Collection<DaGroupItem> items() {
        return items.values();
    }

    /** Empty: there is none of that handle. */
    Optional<DaGroupItem> item(int serverHandle) {
        return Optional.ofNullable(items.get(serverHandle));
    }

    /** Does something with each item; OPC_E_INVALIDHANDLE where there is none. */
    Result<Ints> each(Ints serverHandles, ToIntBiFunction<DaGroupItem, Integer> body) {
        return Answers.errors(
                serverHandles.size(),
                i -> item(serverHandles.at(i))
                        .map(item -> body.applyAsInt(item, i))
                        .orElse(OpcResult.OPC_E_INVALIDHANDLE));
    }

    /** Gets something of each item. @param none what stands in the place of one that failed */
    <T> Result<PerItem<T>> each(Ints serverHandles, T none, BiFunction<DaGroupItem, Integer, Result<T>> body) {
        return Answers.each(
                serverHandles.size(),
                none,
                i -> item(serverHandles.at(i))
                        .map(item -> body.apply(item, i))
                        .orElseGet(() -> Result.failure(OpcResult.OPC_E_INVALIDHANDLE)));
    }

    /** @return empty: there are too many */
    Optional<DaGroupItem> add(DaItem item, int clientHandle, boolean isActive, int requestedType) {
        if (items.size() == ITEMS_MAX) {
            return Optional.empty();
        }
        lastHandle++;
        DaGroupItem added = new DaGroupItem(item, lastHandle, clientHandle, isActive, requestedType);
        items.put(lastHandle, added);
        return Optional.of(added);
    }

    boolean remove(int serverHandle) {
        return items.remove(serverHandle) != null;
    }

    /** Whoever becomes active is told at the next update; who ends to be is not spoken of. */
    void activate(DaGroupItem item, boolean isActive) {
        if (isActive && !item.isActive) {
            item.forget();
        }
        item.isActive = isActive;
    }

    /** @return the value in the type that the client wants; S_OK also for what the cache has while nothing is active */
    Result<OpcItemChange> read(DaGroupItem item, long maxAgeMs, long nowMs) {
        if (!item.item.isReadable()) {
            return Result.failure(OpcResult.OPC_E_BADRIGHTS);
        }
        boolean isActive = state.isActive() && item.isActive;
        OpcItemChange change;
        if (maxAgeMs == DaRates.CACHE) {
            change = item.change(item.cache);
            if (!isActive) {
                change = new OpcItemChange(
                        change.clientHandle(),
                        change.value(),
                        Quality.OUT_OF_SERVICE,
                        change.timestamp(),
                        change.error());
            }
        } else {
            boolean isYoung = isActive && item.cachedAtMs > nowMs - maxAgeMs;
            OpcReading reading = isYoung ? item.cache : plant.read(item.item, nowMs);
            if (!isYoung) {
                item.sample(reading, nowMs);
            }
            change = item.change(reading);
        }
        return change.error() < 0 ? Result.failure(change.error()) : Result.ok(change);
    }

    // Asynchronous calls

    /** @return the cancel id; CONNECT_E_ADVISELIMIT: too many are under way */
    Result<Integer> startRead(
            List<DaGroupItem> which, Optional<Ints> maxAgesMs, OptionalInt connection, int transactionId, long dueMs) {
        return start(new Pending(new Work.Read(List.copyOf(which), maxAgesMs), connection, transactionId, dueMs));
    }

    Result<Integer> startWrite(
            List<DaGroupItem> which,
            List<OpcItemVqt> values,
            OptionalInt connection,
            int transactionId,
            long dueMs,
            String who) {
        Work work = new Work.Write(List.copyOf(which), List.copyOf(values), who);
        return start(new Pending(work, connection, transactionId, dueMs));
    }

    /** @return E_FAIL: the group is not active, or none of its items is */
    Result<Integer> startRefresh(long maxAgeMs, OptionalInt connection, int transactionId, long dueMs) {
        if (!state.isActive() || items.values().stream().noneMatch(item -> item.isActive)) {
            return Result.failure(HResult.E_FAIL);
        }
        return start(new Pending(new Work.Refresh(maxAgeMs), connection, transactionId, dueMs));
    }

    private Result<Integer> start(Pending what) {
        if (pending.size() == PENDING_MAX) {
            return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
        }
        lastCancelId++;
        // the transactions of DA 1.0 are the server's to number, and it numbers them like this
        Pending numbered = what.connection().isPresent()
                ? new Pending(what.work(), what.connection(), lastCancelId, what.dueMs())
                : what;
        pending.put(lastCancelId, numbered);
        return Result.ok(lastCancelId);
    }

    /** @return what the client is told; empty: no such, or too late */
    Optional<DaCallback.Cancelled> cancel(int cancelId) {
        Pending cancelled = pending.remove(cancelId);
        return Optional.ofNullable(cancelled)
                .map(work -> new DaCallback.Cancelled(work.transactionId(), state.clientHandle()));
    }

    /** What was begun for a sink that is gone. @param connection of DA 1.0; empty: the sink is none of those */
    void dropPending(OptionalInt connection) {
        pending.values().removeIf(work -> work.connection().equals(connection));
    }

    // Time

    /** What is to be told now, in this order. To be called often: no callback comes earlier than the next call. */
    List<DaCallback> tick(long nowMs) {
        List<DaCallback> out = new ArrayList<>();
        finishPending(nowMs, out);
        if (!state.isActive()) {
            return out;
        }
        keepSamples(nowMs);
        updates(nowMs, out);
        if (!out.isEmpty()) {
            lastCallbackMs = nowMs;
        } else if (keepAliveMs > 0 && isHeard && isEnabled && nowMs - lastCallbackMs >= keepAliveMs) {
            out.add(changed(OptionalInt.empty(), 0, List.of()));
            lastCallbackMs = nowMs;
        }
        return out;
    }

    private void updates(long nowMs, List<DaCallback> out) {
        long rate = state.rateMs();
        long due = Math.floorDiv(nowMs, rate);
        if (isPrimed) {
            update(nowMs, out);
        } else if (due != updated) {
            // a clock that was set back makes one due, too
            boolean isMadeUpFor = due > updated && (due - updated) * rate <= MADE_UP_MS_MAX;
            for (long at = isMadeUpFor ? updated + 1 : due; at <= due; at++) {
                update(at * rate, out);
            }
        }
        updated = due;
    }

    private DaCallback changed(OptionalInt connection, int transactionId, List<OpcItemChange> all) {
        return new DaCallback.Changed(connection, transactionId, state.clientHandle(), all);
    }

    private void keepSamples(long nowMs) {
        for (DaGroupItem item : items.values()) {
            Long every = item.samplingMs;
            if (every == null || !item.isActive) {
                continue;
            }
            long last = Math.floorDiv(nowMs, every);
            long first = item.cachedAtMs == Long.MIN_VALUE ? last : Math.floorDiv(item.cachedAtMs, every) + 1;
            first = Math.max(first, last - DaGroupItem.SAMPLES_MAX);
            for (long at = first; at <= last; at++) {
                item.sample(plant.read(item.item, at * every), at * every);
                if (item.isBuffered && isHeard && isEnabled) {
                    item.keep(item.change(item.cache), state.percentDeadband());
                }
            }
        }
    }

    private void update(long atMs, List<DaCallback> out) {
        List<OpcItemChange> news = new ArrayList<>();
        boolean isTold = isHeard && isEnabled;
        for (DaGroupItem item : items.values()) {
            if (!item.isActive) {
                continue;
            }
            if (item.samplingMs == null) {
                item.sample(plant.read(item.item, atMs), atMs);
            }
            if (!isTold || !item.item.isReadable()) {
                continue;
            }
            if (item.samplingMs != null && item.isBuffered) {
                news.addAll(item.takeSamples());
                continue;
            }
            OpcItemChange change = item.change(item.cache);
            if (item.isNews(change, state.percentDeadband())) {
                item.telling(change);
                news.add(change);
            }
        }
        isPrimed = false;
        if (!news.isEmpty()) {
            out.add(changed(OptionalInt.empty(), 0, news));
            lastUpdateMs = atMs;
        }
    }

    private void finishPending(long nowMs, List<DaCallback> out) {
        Iterator<Pending> all = pending.values().iterator();
        List<Pending> due = new ArrayList<>();
        while (all.hasNext()) {
            Pending work = all.next();
            if (work.dueMs() <= nowMs) {
                all.remove();
                due.add(work);
            }
        }
        for (Pending work : due) {
            DaCallback done = finish(work, nowMs);
            if (done != null) {
                out.add(done);
            }
        }
    }

    private @Nullable DaCallback finish(Pending done, long nowMs) {
        return switch (done.work()) {
            case Work.Read(List<DaGroupItem> which, Optional<Ints> ages) -> {
                List<OpcItemChange> values = new ArrayList<>();
                for (int i = 0; i < which.size(); i++) {
                    long age = ages.isPresent() ? ages.get().unsigned(i) : 0;
                    values.add(answer(which.get(i), age, nowMs));
                }
                lastUpdateMs = nowMs;
                yield new DaCallback.ReadDone(done.connection(), done.transactionId(), state.clientHandle(), values);
            }
            case Work.Write(List<DaGroupItem> which, List<OpcItemVqt> values, String who) ->
                write(done, which, values, who);
            case Work.Refresh(long maxAge) -> refresh(done, maxAge, nowMs);
        };
    }

    private OpcItemChange answer(DaGroupItem item, long maxAgeMs, long nowMs) {
        Result<OpcItemChange> read = read(item, maxAgeMs, nowMs);
        return read.isSuccess()
                ? read.value()
                : new OpcItemChange(item.clientHandle, Variant.EMPTY, Quality.BAD, FileTime.ZERO, read.hresult());
    }

    private DaCallback write(Pending done, List<DaGroupItem> which, List<OpcItemVqt> values, String who) {
        int[] handles = new int[which.size()];
        int[] errors = new int[which.size()];
        int master = HResult.S_OK;
        for (int i = 0; i < handles.length; i++) {
            handles[i] = which.get(i).clientHandle;
            errors[i] = plant.write(which.get(i).item, values.get(i), who);
            if (errors[i] != HResult.S_OK) {
                master = HResult.S_FALSE;
            }
        }
        return new DaCallback.WriteDone(
                done.connection(),
                new WriteComplete(
                        done.transactionId(), state.clientHandle(), master, Ints.of(handles), Ints.of(errors)));
    }

    /** What is sent counts as told; the updates come when they would have come anyhow (DA 3.0 4.4.7.3). */
    private @Nullable DaCallback refresh(Pending done, long maxAgeMs, long nowMs) {
        List<OpcItemChange> all = new ArrayList<>();
        for (DaGroupItem item : items.values()) {
            if (item.isActive) {
                OpcItemChange change = answer(item, maxAgeMs, nowMs);
                item.telling(change);
                all.add(change);
            }
        }
        lastUpdateMs = nowMs;
        return changed(done.connection(), done.transactionId(), all);
    }
}
