package org.tandemopc.relay.da.front;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.DaConnection;
import org.tandemopc.relay.da.back.GroupSpec;
import org.tandemopc.relay.da.back.ItemSpec;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.delivery.Outcome;

/**
 * A client's group. What the client sees of it is kept here and stays through switches; members have groups made after it. Calls come
 * on virtual threads, several at once; callbacks of members too.
 */
final class DaGroup implements IOPCItemMgt {
    static final int ITEMS_MAX = 100_000;
    private static final Logger LOG = LoggerFactory.getLogger(DaGroup.class);
    private static final float PERCENT_MAX = 100;
    private static final int NANOS_PER_TICK = 100;
    private static final long NANOS_PER_MS = 1_000_000;

    private final DaSession session;
    private final int handle;
    private final ComObject object;
    private final GroupCallbacks callbacks;
    /** Sinks of DA 1.0. */
    private final StreamPoints streams = new StreamPoints(new StreamOwner());

    private final GroupTransactions transactions;
    private final AtomicLong revision = new AtomicLong(1);
    private final LongAdder delivered = new LongAdder();
    private final Map<Integer, ItemView> items = new ConcurrentSkipListMap<>();
    /** Asked for at a member, whose callback may come before its answer. */
    private final Map<Integer, ItemView> pending = new ConcurrentHashMap<>();

    /** Guards itself, and the order in which values are handed to the sinks. */
    private final GroupStream stream;

    private final StreamTimer streamTimer = new StreamTimer(this::timePassed);
    /** Guarded by the stream. */
    private boolean isEnded;

    /** Items that the client was told to be bad as the active member refuses them, with its reasons. Guarded by the stream. */
    private final Map<Integer, Integer> refusedTold = new HashMap<>();

    /** What members told while the client wanted no callbacks of DA 2.0, by item, the newest. Guarded by the stream. */
    private final Map<Integer, OpcItemChange> withheld = new LinkedHashMap<>();

    private final Object viewing = new Object();
    private volatile GroupView view;
    private volatile boolean isDeleted;

    DaGroup(DaSession session, GroupView view) {
        this.session = session;
        this.handle = view.serverHandle();
        this.view = view;
        this.callbacks = new GroupCallbacks(
                session.name(), this::advisesChanged, () -> view().clientHandle(), this::isToldOfChanges);
        this.transactions = new GroupTransactions(this, session);
        this.stream = new GroupStream(new StreamGroup(), session.waitingBudget());
        this.object = build();
        callbacks.points().belongsTo(object);
    }

    private ComObject build() {
        GroupTuning tuning = new GroupTuning(this, session);
        GroupStates states = new GroupStates(this, session, callbacks.keepAlive());
        GroupSyncIo sync = new GroupSyncIo(this, session);
        GroupAsyncIo async = new GroupAsyncIo(this, session, callbacks, transactions);
        return new Facade(ComObject.named("group " + handle), session.pair().offered()::onGroup)
                .always(IOPCItemMgt.DEF, this)
                .always(IOPCGroupStateMgt.DEF, states)
                .always(IOPCSyncIO.DEF, sync)
                .ifOffered(IOPCAsyncIO.DEF, new GroupAsyncIo1(this, streams, sync, transactions))
                .ifOffered(IDataObject.DEF, streams)
                .ifOffered(IOPCAsyncIO2.DEF, async)
                .ifOffered(IConnectionPointContainer.DEF, callbacks.points())
                .ifOffered(IOPCGroupStateMgt2.DEF, states)
                .ifOffered(IOPCSyncIO2.DEF, sync)
                .ifOffered(IOPCAsyncIO3.DEF, async)
                .ifOffered(IOPCItemDeadbandMgt.DEF, new GroupDeadbands(tuning))
                .ifOffered(IOPCItemSamplingMgt.DEF, new GroupSampling(tuning))
                .build(this::unreferenced);
    }

    int handle() {
        return handle;
    }

    ComObject object() {
        return object;
    }

    GroupView view() {
        return view;
    }

    boolean isDeleted() {
        return isDeleted;
    }

    DaSession session() {
        return session;
    }

    /** Of sinks of DA 2.05a; none of DA 1.0 has a keep-alive. */
    private boolean isToldOfChanges() {
        return !isDeleted && view.isActive() && view.isEnabled();
    }

    int itemCount() {
        return items.size();
    }

    long delivered() {
        return delivered.sum();
    }

    long dropped() {
        synchronized (stream) {
            return stream.dropped();
        }
    }

    Optional<String> itemId(int item) {
        return Optional.ofNullable(items.get(item)).map(one -> one.def().itemId());
    }

    List<String> itemIds() {
        return items.values().stream().map(item -> item.def().itemId()).toList();
    }

    /** Grows with each change that members are to take. */
    long revision() {
        return revision.get();
    }

    /** @param isToBeTold whether the member is to tell us values, if the client wants any */
    GroupSpec spec(boolean isToBeTold) {
        GroupView now = view;
        return new GroupSpec(
                handle,
                now.name(),
                now.isActive(),
                now.rateMs(),
                Optional.of(now.timeBias()),
                now.percentDeadband(),
                now.lcid(),
                // SetEnable is of DA 2.0, and no sink of DA 1.0 is the worse for it
                now.isEnabled() || !streams.isEmpty(),
                isToBeTold && isAdvised());
    }

    List<ItemSpec> itemSpecs() {
        return items.values().stream().map(ItemView::spec).toList();
    }

    void change(UnaryOperator<GroupView> how) {
        synchronized (viewing) {
            view = how.apply(view);
        }
        revision.incrementAndGet();
    }

    /** What the member made of it that was asked to make it. */
    void revised(long rateMs, int timeBias) {
        synchronized (viewing) {
            GroupView now = view;
            view = new GroupView(
                    now.name(),
                    now.serverHandle(),
                    now.clientHandle(),
                    now.isActive(),
                    rateMs,
                    timeBias,
                    now.percentDeadband(),
                    now.lcid(),
                    now.isEnabled());
        }
    }

    /**
     * The client wants callbacks of DA 2.0 without asking for them, or wants none. A member may tell values after the client has said
     * so and before it knows; it does not tell them again, so that is done here.
     */
    void enable(boolean isEnabled) {
        synchronized (stream) {
            change(now -> now.withEnabled(isEnabled));
            if (!isEnabled) {
                return;
            }
            List<OpcItemChange> told = view.isActive()
                    ? forClient(withheld.values().stream()
                            .filter(change -> isActive(change.clientHandle()))
                            .toList())
                    : List.of();
            withheld.clear();
            if (!told.isEmpty()) {
                delivered.add(told.size());
                callbacks.changed(data(0, told), false);
            }
        }
    }

    /** The client has newer values of these, by asking: what is withheld of them is old. */
    void asked(List<OpcItemChange> changes) {
        synchronized (stream) {
            changes.stream()
                    .filter(change -> HResult.isSuccess(change.error()))
                    .forEach(change -> withheld.remove(change.clientHandle()));
        }
    }

    private boolean isActive(int item) {
        ItemView known = items.get(item);
        return known != null && known.def().isActive();
    }

    /** Members are to take a change. */
    void touched() {
        revision.incrementAndGet();
    }

    /** So slow is the slower of the members. */
    void slowedTo(long rateMs) {
        change(now -> now.withRate(rateMs));
    }

    /** Whether the client wants to be told anything. */
    boolean isAdvised() {
        return !callbacks.isEmpty() || !streams.isEmpty();
    }

    /** Whether the client is told values now. */
    private boolean isTelling() {
        GroupView now = view;
        return now.isActive() && ((now.isEnabled() && !callbacks.isEmpty()) || !streams.isEmpty());
    }

    private void advisesChanged() {
        if (callbacks.isEmpty()) {
            synchronized (stream) {
                withheld.clear();
            }
        }
        if (!isAdvised()) {
            transactions.forget();
            synchronized (stream) {
                // who advises next has got nothing yet
                stream.forgetMarks();
            }
        }
        touched();
        session.changed();
    }

    // ---- its end

    /** RemoveGroup without force while there are references: it goes with the last of them (DA 2.05a 4.4.4.5). */
    void deleteLater() {
        isDeleted = true;
    }

    private void unreferenced() {
        if (isDeleted && !session.pair().isReferenced(object)) {
            session.remove(this);
        }
    }

    /** For good: nobody is called any more, and calls from outside are answered with RPC_E_DISCONNECTED. */
    void end() {
        isDeleted = true;
        callbacks.close();
        streams.close();
        transactions.forget();
        synchronized (stream) {
            isEnded = true;
            withheld.clear();
            stream.close();
            streamTimer.end();
        }
        session.pair().disconnect(object);
    }

    // ---- values that members tell

    /** What hears the callbacks of the group at one connection. */
    IOPCDataCallback callbackOf(SessionLink link, DaConnection at) {
        return new MemberCallback(link, at);
    }

    private final class MemberCallback implements IOPCDataCallback {
        private final SessionLink link;
        private final DaConnection at;

        MemberCallback(SessionLink link, DaConnection at) {
            this.link = link;
            this.at = at;
        }

        private boolean isLate() {
            at.heard();
            return !link.isCurrent(at);
        }

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            if (isLate()) {
                return Result.ok(Nothing.NOTHING);
            }
            if (change.transactionId() == 0) {
                arrived(link.member(), change.items());
            } else {
                transactions.refreshed(change.transactionId(), change.items());
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            if (!isLate()) {
                transactions.read(change.transactionId(), change.items());
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            if (isLate()) {
                transactions.writtenLate(call);
            } else {
                transactions.written(call);
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            if (!isLate()) {
                transactions.cancelled(transactionId);
            }
            return Result.ok(Nothing.NOTHING);
        }
    }

    private void arrived(int member, List<OpcItemChange> changes) {
        goesOn(now -> stream.arrived(member, changes, now));
    }

    /** The member's values are the client's from now on, first those that waited. */
    void promote(int member) {
        goesOn(now -> {
            if (!stream.isLive(member)) {
                refusedTold.clear();
            }
            return stream.promote(member, now);
        });
    }

    /** A standby may lead, or what was left out in doubt is told if it is still the source's last word. */
    private void timePassed() {
        goesOn(stream::tick);
    }

    /** Has the stream decide what the client gets now, and when to ask it again. */
    private void goesOn(LongFunction<List<OpcItemChange>> decision) {
        synchronized (stream) {
            if (isEnded) {
                return;
            }
            int before = stream.source();
            List<OpcItemChange> changes = decision.apply(System.nanoTime());
            tell(changes);
            int source = stream.source();
            if (!changes.isEmpty()) {
                session.told(source, changes.getFirst().timestamp());
            }
            if (source != before) {
                LOG.debug("{}: group {} has values of member {} now, not {}", session.name(), handle, source, before);
            }
            streamTimer.at(stream.nextNanos());
        }
    }

    /** @param aheadNanos of our clock */
    void clock(int member, long aheadNanos) {
        synchronized (stream) {
            stream.clock(member, aheadNanos / NANOS_PER_TICK);
        }
    }

    /** The newest time of a value that the client has; 0: it has none. */
    long lastTicks() {
        synchronized (stream) {
            return stream.lastTicks();
        }
    }

    /** The member has the group, without these items: if it serves, the client is told once that they are bad (S10). */
    void refusedAt(int member, Map<Integer, Integer> refused) {
        synchronized (stream) {
            if (!stream.isLive(member)) {
                return;
            }
            refusedTold.keySet().retainAll(refused.keySet());
            if (refused.isEmpty() || !isTelling()) {
                return;
            }
            Map<Integer, Integer> news = new LinkedHashMap<>();
            refused.forEach((item, error) -> {
                ItemView known = items.get(item);
                if (known != null && known.def().isActive() && refusedTold.put(item, error) == null) {
                    stream.remove(item);
                    news.put(item, error);
                }
            });
            tell(bad(news));
        }
    }

    /** For {@link #refusedAt} where a member does not make the group itself, for this reason. */
    Map<Integer, Integer> allRefused(int hresult) {
        Map<Integer, Integer> all = new LinkedHashMap<>();
        items.keySet().forEach(item -> all.put(item, hresult));
        return all;
    }

    /** Whether nothing of what the standby told was lost while it waited. */
    boolean isWhole(int member) {
        synchronized (stream) {
            return !stream.hasOverflowed(member);
        }
    }

    void restarted(int member) {
        goesOn(now -> stream.restarted(member, now));
    }

    /** Under the lock of the stream, so that the order stays. */
    private void tell(List<OpcItemChange> changes) {
        List<OpcItemChange> told = forClient(changes);
        if (told.isEmpty()) {
            return;
        }
        GroupView now = view;
        if (now.isEnabled() || !streams.isEmpty()) {
            delivered.add(told.size());
        }
        if (now.isEnabled()) {
            callbacks.changed(data(0, told), false);
        } else if (!callbacks.isEmpty()) {
            changes.forEach(change -> withheld.put(change.clientHandle(), change));
        }
        streams.tell(now.clientHandle(), told);
    }

    /** With the client's handles; without items that the client has removed. */
    List<OpcItemChange> forClient(List<OpcItemChange> changes) {
        List<OpcItemChange> told = new ArrayList<>(changes.size());
        for (OpcItemChange change : changes) {
            ItemView item = items.getOrDefault(change.clientHandle(), pending.get(change.clientHandle()));
            if (item != null) {
                told.add(new OpcItemChange(
                        item.def().clientHandle(),
                        change.value(),
                        change.quality(),
                        change.timestamp(),
                        change.error()));
            }
        }
        return told;
    }

    DataChange data(int transaction, List<OpcItemChange> told) {
        boolean isGood = told.stream().allMatch(one -> one.quality().isGood());
        boolean isDone = told.stream().allMatch(one -> one.error() == HResult.S_OK);
        return new DataChange(
                transaction,
                view.clientHandle(),
                isGood ? HResult.S_OK : HResult.S_FALSE,
                isDone ? HResult.S_OK : HResult.S_FALSE,
                told);
    }

    /** Between two callbacks with values, so that the order stays. */
    void inOrder(Runnable body) {
        synchronized (stream) {
            body.run();
        }
    }

    /** What the stream of values knows of the group. */
    private final class StreamGroup implements GroupStream.Group {
        @Override
        public long rateNanos() {
            return view.rateMs() * NANOS_PER_MS;
        }

        @Override
        public boolean isActive(int item) {
            return DaGroup.this.isActive(item);
        }

        @Override
        public boolean has(int item) {
            return items.containsKey(item) || pending.containsKey(item);
        }

        @Override
        public boolean mayBeLed() {
            return session.standbyTells();
        }
    }

    /** What connections of DA 1.0 know of the group. */
    private final class StreamOwner implements StreamPoints.Owner {
        @Override
        public String name() {
            return session.name();
        }

        @Override
        public int clientGroup() {
            return view.clientHandle();
        }

        @Override
        public void inOrder(Runnable body) {
            DaGroup.this.inOrder(body);
        }

        @Override
        public List<OpcItemChange> present() {
            if (!view.isActive() || !isAdvised()) {
                return List.of();
            }
            return forClient(stream.last().stream()
                    .filter(change -> {
                        ItemView item = items.get(change.clientHandle());
                        return item != null && item.def().isActive();
                    })
                    .toList());
        }

        @Override
        public void changed() {
            advisesChanged();
        }
    }

    /** No member is left: each active item is told to be bad, once (S12). */
    void stranded() {
        synchronized (stream) {
            stream.forgetMarks();
            refusedTold.clear();
            if (!view.isActive()) {
                return;
            }
            tell(items.values().stream()
                    .filter(item -> item.def().isActive())
                    .map(item -> bad(item, Quality.COMM_FAILURE, HResult.S_OK))
                    .toList());
        }
    }

    private static OpcItemChange bad(ItemView item, Quality quality, int error) {
        return new OpcItemChange(item.handle(), Variant.EMPTY, quality, FileTime.of(Instant.now()), error);
    }

    /** Items that a member refuses have quality 0x04: it is a matter of its configuration that it has them not. */
    List<OpcItemChange> bad(Map<Integer, Integer> errors) {
        List<OpcItemChange> all = new ArrayList<>();
        errors.forEach((itemHandle, error) -> item(itemHandle)
                .map(item ->
                        bad(item, error == HResult.CALL_FAILED ? Quality.COMM_FAILURE : Quality.CONFIG_ERROR, error))
                .ifPresent(all::add));
        return all;
    }

    /** @return writes that are of unknown outcome now */
    int lost(int member) {
        goesOn(now -> stream.ended(member, now));
        return transactions.lost(member);
    }

    /** Until the member has ended all transactions of the group. @return false: not in time */
    boolean awaitEnded(int member, Deadline deadline) {
        return transactions.awaitEnded(member, deadline);
    }

    // ---- items, for the interfaces beside this one

    Optional<ItemView> item(int itemHandle) {
        return Optional.ofNullable(items.get(itemHandle));
    }

    /** Empty: there is no such item. */
    Optional<Integer> clientHandle(int itemHandle) {
        return item(itemHandle).map(one -> one.def().clientHandle());
    }

    /** Of a call with these handles: S_OK where there is such an item. */
    Ints knownErrors(Ints handles) {
        return Ints.of(handles.stream()
                .mapToInt(item -> items.containsKey(item) ? HResult.S_OK : OpcResult.OPC_E_INVALIDHANDLE)
                .toArray());
    }

    List<ItemView> items() {
        return List.copyOf(items.values());
    }

    List<String> itemIds(Ints handles) {
        return known(handles).stream().map(item -> item.def().itemId()).toList();
    }

    /** @return the item as it is then; empty: there is none such */
    Optional<ItemView> changeItem(int itemHandle, UnaryOperator<ItemView> how) {
        return Optional.ofNullable(items.computeIfPresent(itemHandle, (key, item) -> how.apply(item)));
    }

    List<ItemView> known(Ints handles) {
        return handles.stream().map(items::get).filter(item -> item != null).toList();
    }

    // ---- IOPCItemMgt

    @Override
    public Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> defs) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (defs.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (items.size() + pending.size() + defs.size() > ITEMS_MAX) {
            return Result.failure(HResult.E_OUTOFMEMORY);
        }
        List<ItemView> added = defs.stream()
                .map(def -> ItemView.of(session.pair().nextHandle(), def))
                .toList();
        added.forEach(item -> pending.put(item.handle(), item));
        try {
            List<ItemSpec> specs = added.stream().map(ItemView::spec).toList();
            Result<PerItem<OpcItemResult>> answer = DaSession.overall(session.carry(true, (access, deadline) -> {
                MemberGroup there = access.group(this, deadline);
                return access.exclusive(
                        () -> {
                            Result<PerItem<OpcItemResult>> told = there.addItems(specs, deadline);
                            if (told.isSuccess()) {
                                keep(added, told.value());
                            }
                            return told;
                        },
                        deadline);
            }));
            if (!answer.isSuccess()) {
                return answer;
            }
            session.changedElsewhere();
            return Result.success(answer.hresult(), withHandles(answer.value(), added));
        } finally {
            added.forEach(item -> pending.remove(item.handle()));
        }
    }

    private void keep(List<ItemView> added, PerItem<OpcItemResult> told) {
        for (int i = 0; i < added.size(); i++) {
            if (HResult.isSuccess(told.errors().at(i))) {
                ItemView item = added.get(i).with(told.values().get(i));
                items.put(item.handle(), item);
            }
        }
        revision.incrementAndGet();
    }

    /** The member's handles end here. */
    private static PerItem<OpcItemResult> withHandles(PerItem<OpcItemResult> told, List<ItemView> added) {
        List<OpcItemResult> ours = new ArrayList<>(added.size());
        for (int i = 0; i < added.size(); i++) {
            OpcItemResult one = told.values().get(i);
            ours.add(
                    HResult.isSuccess(told.errors().at(i))
                            ? new OpcItemResult(
                                    added.get(i).handle(), one.canonicalType(), one.accessRights(), one.blob())
                            : OpcItemResult.NONE);
        }
        return new PerItem<>(ours, told.errors());
    }

    @Override
    public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> defs, boolean blobUpdate) {
        if (defs.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Result<PerItem<OpcItemResult>> answer = DaSession.overall(session.carry(
                true, (access, deadline) -> access.group(this, deadline).validateItems(defs, blobUpdate, deadline)));
        if (!answer.isSuccess()) {
            return answer;
        }
        List<OpcItemResult> without = answer.value().values().stream()
                .map(one -> new OpcItemResult(0, one.canonicalType(), one.accessRights(), one.blob()))
                .toList();
        return Result.success(
                answer.hresult(), new PerItem<>(without, answer.value().errors()));
    }

    /** How one item changes. */
    @FunctionalInterface
    private interface ItemChange {
        ItemView of(ItemView item, int index);
    }

    private Result<Ints> each(Ints handles, ItemChange change) {
        if (handles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        int[] errors = new int[handles.size()];
        boolean isAll = true;
        for (int i = 0; i < errors.length; i++) {
            int index = i;
            ItemView now = items.computeIfPresent(handles.at(i), (key, item) -> change.of(item, index));
            errors[i] = now == null ? OpcResult.OPC_E_INVALIDHANDLE : HResult.S_OK;
            isAll &= now != null;
        }
        return isAll ? Result.ok(Ints.of(errors)) : Result.partly(Ints.of(errors));
    }

    @Override
    public Result<Ints> removeItems(Ints serverHandles) {
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        int[] errors = new int[serverHandles.size()];
        boolean isAll = true;
        for (int i = 0; i < errors.length; i++) {
            boolean isGone = items.remove(serverHandles.at(i)) != null;
            errors[i] = isGone ? HResult.S_OK : OpcResult.OPC_E_INVALIDHANDLE;
            isAll &= isGone;
        }
        synchronized (stream) {
            serverHandles.forEach(item -> {
                stream.remove(item);
                withheld.remove(item);
            });
        }
        revision.incrementAndGet();
        session.changed();
        return isAll ? Result.ok(Ints.of(errors)) : Result.partly(Ints.of(errors));
    }

    @Override
    public Result<Ints> setActiveState(Ints serverHandles, boolean isActive) {
        Result<Ints> done = each(serverHandles, (item, i) -> item.withActive(isActive));
        revision.incrementAndGet();
        session.changed();
        return done;
    }

    /** Members know nothing of the client's handles. */
    @Override
    public Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles) {
        return each(serverHandles, (item, i) -> item.withClientHandle(clientHandles.at(i)));
    }

    /** The active member tells which of them it can convert. */
    @Override
    public Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes) {
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Map<Integer, ItemSpec> wanted = new LinkedHashMap<>();
        List<ItemSpec> all = new ArrayList<>();
        for (int i = 0; i < serverHandles.size(); i++) {
            ItemView item = items.get(serverHandles.at(i));
            ItemSpec spec = item == null
                    ? new ItemSpec(serverHandles.at(i), "", "", Bytes.EMPTY, false, 0)
                    : item.withType(requestedTypes.at(i)).spec();
            wanted.put(spec.handle(), spec);
            all.add(spec);
        }
        Outcome<Result<Ints>> outcome = session.carry(true, (access, deadline) -> {
            MemberGroup there = access.group(this, deadline);
            return access.exclusive(
                    () -> {
                        Result<Ints> answer = there.setDatatypes(all, deadline);
                        for (int i = 0; answer.isSuccess() && i < all.size(); i++) {
                            int type = requestedTypes.at(i);
                            if (HResult.isSuccess(answer.value().at(i))) {
                                items.computeIfPresent(serverHandles.at(i), (key, item) -> item.withType(type));
                            }
                        }
                        revision.incrementAndGet();
                        return answer;
                    },
                    deadline);
        });
        session.changedElsewhere();
        return Writes.perItem(outcome, serverHandles.size());
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) {
        if (!iid.equals(IEnumOPCItemAttributes.DEF.iid()) && !iid.equals(IUnknown.IID)) {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        Map<Integer, OpcItemAttributes> told = items.isEmpty() ? Map.of() : memberAttributes();
        List<OpcItemAttributes> all = items.values().stream()
                .map(item -> item.attributes(Optional.ofNullable(told.get(item.handle()))))
                .toList();
        Optional<ComPointer<IUnknown>> pointer = Enumerators.attributes(all).map(one -> one.as(IUnknown.DEF));
        return all.isEmpty() ? Result.partly(pointer) : Result.ok(pointer);
    }

    /** By our handles; empty where no member tells any. */
    private Map<Integer, OpcItemAttributes> memberAttributes() {
        Result<Map<Integer, OpcItemAttributes>> told = DaSession.overall(session.carry(
                true,
                (access, deadline) -> Result.ok(access.group(this, deadline).attributes(deadline))));
        return told.isSuccess() ? told.value() : Map.of();
    }

    static boolean isPercent(float percent) {
        return percent >= 0 && percent <= PERCENT_MAX;
    }

    /** For {@link DaServerObject#rename}, which knows that nobody else has it. */
    void named(String name) {
        change(now -> now.withName(name));
    }

    /** Gives another group the same items, with handles of its own. */
    void copyItemsTo(DaGroup other) {
        items.values().forEach(item -> {
            ItemView copy = item.copy(session.pair().nextHandle());
            other.items.put(copy.handle(), copy);
        });
        other.touched();
    }
}
