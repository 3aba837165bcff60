package org.tandemopc.relay.da.front;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcEuType;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.DaConnection;
import org.tandemopc.relay.da.back.GroupSpec;
import org.tandemopc.relay.da.back.ItemSpec;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.da.front.Transactions.Asking;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.relay.delivery.Outcome;

/**
 * A client's group. What the client sees of it is kept here and stays through switches; members have groups made after it. Calls come
 * on virtual threads, several at once; callbacks of members too.
 */
final class DaGroup implements IOPCItemMgt, IOPCGroupStateMgt, IOPCSyncIO, IOPCAsyncIO2 {
    static final int ITEMS_MAX = 100_000;
    private static final float PERCENT_MAX = 100;
    private static final int NANOS_PER_TICK = 100;
    private static final Executor SETTLED = CompletableFuture.delayedExecutor(
            GroupStream.SETTLING_NANOS,
            TimeUnit.NANOSECONDS,
            task -> Thread.ofVirtual().name("da-settled").start(task));
    private static final String SYNC_WRITE = "SyncIO.Write";
    private static final String ASYNC_WRITE = "AsyncIO2.Write";

    private final DaSession session;
    private final int handle;
    private final ComObject object;
    private final Points<IOPCDataCallback> sinks;
    /** Sinks of DA 1.0. */
    private final StreamPoints streams = new StreamPoints(new StreamOwner());

    private final Replies callbacks = new CallbackReplies();
    private final Transactions transactions = new Transactions();
    private final Doubts doubts = new Doubts();
    private final AtomicLong revision = new AtomicLong(1);
    private final LongAdder delivered = new LongAdder();
    private final Map<Integer, ItemView> items = new ConcurrentSkipListMap<>();
    /** Asked for at a member, whose callback may come before its answer. */
    private final Map<Integer, ItemView> pending = new ConcurrentHashMap<>();

    /** Guards itself, and the order in which values are handed to the sinks. */
    private final GroupStream stream = new GroupStream();

    /** Items that the client was told to be bad as the active member refuses them, with its reasons. Guarded by the stream. */
    private final Map<Integer, Integer> refusedTold = new HashMap<>();

    private final Object viewing = new Object();
    private volatile GroupView view;
    private volatile boolean isDeleted;

    DaGroup(DaSession session, GroupView view) {
        this.session = session;
        this.handle = view.serverHandle();
        this.view = view;
        this.sinks = new Points<>(IOPCDataCallback.DEF, session.name(), this::advisesChanged);
        this.object = ComObject.named("group " + handle)
                .with(IOPCItemMgt.DEF, this)
                .with(IOPCGroupStateMgt.DEF, this)
                .with(IOPCSyncIO.DEF, this)
                .with(IOPCAsyncIO2.DEF, this)
                .with(IConnectionPointContainer.DEF, sinks)
                .with(IOPCAsyncIO.DEF, new GroupAsyncIo1(this, streams, transactions))
                .with(IDataObject.DEF, streams)
                .onUnreferenced(this::unreferenced)
                .build();
        sinks.belongsTo(object);
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

    boolean isDeleted() {
        return isDeleted;
    }

    DaSession session() {
        return session;
    }

    /** Empty: there is no such item. */
    Optional<Integer> clientHandle(int item) {
        return Optional.ofNullable(items.get(item)).map(one -> one.def().clientHandle());
    }

    /** Of a call with these handles: S_OK where there is such an item. */
    Ints knownErrors(Ints handles) {
        return Ints.of(handles.stream()
                .mapToInt(item -> items.containsKey(item) ? HResult.S_OK : OpcResult.OPC_E_INVALIDHANDLE)
                .toArray());
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
                isToBeTold && isListening());
    }

    List<ItemSpec> itemSpecs() {
        return items.values().stream().map(ItemView::spec).toList();
    }

    private void change(UnaryOperator<GroupView> how) {
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

    private boolean isToldOfChanges() {
        return !sinks.isEmpty() && view.isEnabled() || !streams.isEmpty();
    }

    private boolean isListening() {
        return !sinks.isEmpty() || !streams.isEmpty();
    }

    private void advisesChanged() {
        if (!isListening()) {
            // what a member was told to write may be done all the same
            transactions.forget().forEach(one -> leftInDoubt(one, "the client does not listen any more"));
            synchronized (stream) {
                // who advises next has got nothing yet
                stream.forgetMarks();
            }
        }
        revision.incrementAndGet();
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
        sinks.close();
        streams.close();
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
                transactions.take(change.transactionId()).ifPresent(one -> refreshed(one, change.items()));
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            if (!isLate()) {
                transactions.take(change.transactionId()).ifPresent(one -> readDone(one, change.items()));
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            Optional<Transaction> open = isLate() ? Optional.empty() : transactions.take(call.transactionId());
            if (open.isPresent()) {
                var unusedDoubt = doubts.take(call.transactionId());
                writeDone(open.get(), call);
            } else {
                doubts.find(call.transactionId()).ifPresent(doubt -> doubt.heard(Result.partly(call.errors())));
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            if (!isLate()) {
                transactions.take(transactionId).ifPresent(DaGroup.this::cancelDone);
            }
            return Result.ok(Nothing.NOTHING);
        }
    }

    private void arrived(int member, List<OpcItemChange> changes) {
        synchronized (stream) {
            tellOf(member, stream.arrived(member, changes, System.nanoTime()));
        }
    }

    /** The member's values are the client's from now on, first those that waited. */
    void promote(int member) {
        synchronized (stream) {
            if (stream.isLive(member)) {
                return;
            }
            refusedTold.clear();
            tellOf(member, stream.promote(member, System.nanoTime()));
        }
        SETTLED.execute(() -> settled(member));
    }

    /** What was left out in doubt is told if it is still the member's last word. */
    private void settled(int member) {
        synchronized (stream) {
            if (stream.isLive(member) && !isDeleted) {
                tellOf(member, stream.settled(System.nanoTime()));
            }
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

    /** Whether the client wants to be told values. */
    boolean isAdvised() {
        return isListening();
    }

    private void tellOf(int member, List<OpcItemChange> changes) {
        tell(changes);
        if (!changes.isEmpty()) {
            session.told(member, changes.getFirst().timestamp());
        }
    }

    /** The member has the group, without these items: if it serves, the client is told once that they are bad (S10). */
    void refusedAt(int member, Map<Integer, Integer> refused) {
        synchronized (stream) {
            if (!stream.isLive(member)) {
                return;
            }
            refusedTold.keySet().retainAll(refused.keySet());
            if (refused.isEmpty() || !view.isActive() || !isToldOfChanges()) {
                return;
            }
            Map<Integer, Integer> news = new LinkedHashMap<>();
            refused.forEach((item, error) -> {
                ItemView view = items.get(item);
                if (view != null && view.def().isActive() && refusedTold.put(item, error) == null) {
                    stream.remove(item);
                    news.put(item, error);
                }
            });
            tell(bad(news));
        }
    }

    /** Whether nothing of what the standby told was lost while it waited. */
    boolean isWhole(int member) {
        synchronized (stream) {
            return !stream.hasOverflowed(member);
        }
    }

    void restarted(int member) {
        synchronized (stream) {
            stream.restarted(member, System.nanoTime());
        }
        SETTLED.execute(() -> settled(member));
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
            DataChange data = data(0, told);
            sinks.call(sink -> sink.onDataChange(data), false);
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

    private DataChange data(int transaction, List<OpcItemChange> told) {
        boolean isGood = told.stream().allMatch(one -> one.quality().isGood());
        boolean isDone = told.stream().allMatch(one -> one.error() == HResult.S_OK);
        return new DataChange(
                transaction,
                view.clientHandle(),
                isGood ? HResult.S_OK : HResult.S_FALSE,
                isDone ? HResult.S_OK : HResult.S_FALSE,
                told);
    }

    private void refreshed(Transaction one, List<OpcItemChange> changes) {
        synchronized (stream) {
            one.replies().refreshed(one, changes);
        }
    }

    /** By the client's callback object of DA 2.05a. */
    private final class CallbackReplies implements Replies {
        @Override
        public String by() {
            return "AsyncIO2";
        }

        @Override
        public void read(Transaction one, List<OpcItemChange> changes) {
            DataChange data = data(one.clientId(), forClient(changes));
            sinks.call(sink -> sink.onReadComplete(data), true);
        }

        @Override
        public void refreshed(Transaction one, List<OpcItemChange> changes) {
            DataChange data = data(one.clientId(), forClient(changes));
            sinks.call(sink -> sink.onDataChange(data), true);
        }

        @Override
        public void written(Transaction one, int masterError, Ints handles, Ints errors) {
            List<Integer> clients = new ArrayList<>();
            List<Integer> told = new ArrayList<>();
            for (int i = 0; i < handles.size(); i++) {
                ItemView item = items.get(handles.at(i));
                if (item != null) {
                    clients.add(item.def().clientHandle());
                    told.add(errors.at(i));
                }
            }
            WriteComplete call = new WriteComplete(
                    one.clientId(), view.clientHandle(), masterError, Ints.copyOf(clients), Ints.copyOf(told));
            sinks.call(sink -> sink.onWriteComplete(call), true);
        }

        @Override
        public void cancelled(Transaction one) {
            int group = view.clientHandle();
            sinks.call(sink -> sink.onCancelComplete(one.clientId(), group), true);
        }
    }

    void cancelDone(Transaction one) {
        one.replies().cancelled(one);
        if (one.kind() == Kind.WRITE) {
            var unusedDoubt = doubts.take(one.id());
            audit(one, WriteReport.CANCELLED);
        }
    }

    private void readDone(Transaction one, List<OpcItemChange> changes) {
        List<OpcItemChange> all = new ArrayList<>(changes);
        if (one.isRepeated()) {
            // the client was told that these are asked for, by a member that has them
            Set<Integer> there =
                    changes.stream().map(OpcItemChange::clientHandle).collect(Collectors.toSet());
            Map<Integer, Integer> refused = new LinkedHashMap<>();
            one.items().forEach(item -> refused.put(item, HResult.E_FAIL));
            refused.putAll(one.refused());
            refused.keySet().removeAll(there);
            all.addAll(bad(refused));
        }
        one.replies().read(one, all);
    }

    /** For {@link Repetition}: no member ends it. @param errors by item, why */
    void ended(Transaction one, Map<Integer, Integer> errors) {
        List<OpcItemChange> told = bad(errors);
        if (one.kind() == Kind.READ) {
            readDone(one, told);
        } else {
            refreshed(one, told);
        }
    }

    /** Of a refresh those of now. */
    List<Integer> itemsOf(Transaction one) {
        return one.kind() == Kind.REFRESH
                ? items.values().stream()
                        .filter(item -> item.def().isActive())
                        .map(ItemView::handle)
                        .toList()
                : one.items().stream().toList();
    }

    /** Items that a member refuses have quality 0x04: it is a matter of its configuration that it has them not. */
    private List<OpcItemChange> bad(Map<Integer, Integer> errors) {
        List<OpcItemChange> all = new ArrayList<>();
        errors.forEach((handleOfItem, error) -> {
            ItemView item = items.get(handleOfItem);
            if (item != null) {
                all.add(bad(item, error == HResult.CALL_FAILED ? Quality.COMM_FAILURE : Quality.CONFIG_ERROR, error));
            }
        });
        return all;
    }

    private void writeDone(Transaction one, WriteComplete call) {
        one.replies().written(one, call.masterError(), call.clientHandles(), call.errors());
        audit(one, WriteReport.resultOf(call.errors()));
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
            synchronized (stream) {
                body.run();
            }
        }

        @Override
        public List<OpcItemChange> present() {
            if (!view.isActive() || !isListening()) {
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

    /**
     * The member ends no transactions any more. What was written may have been done, and is told so (S3); what was to be read is
     * asked of the next active one (S1).
     *
     * @return writes among them
     */
    int lost(int member) {
        Transactions.Lost lost = transactions.lost(member);
        for (Transaction one : lost.ended()) {
            Ints unknown = Ints.repeat(HResult.CALL_FAILED, one.items().size());
            one.replies().written(one, HResult.S_FALSE, one.items(), unknown);
            leftInDoubt(one, "the member was lost");
        }
        lost.orphaned().forEach(one -> Repetition.begin(this, session, transactions, one));
        return lost.ended().size();
    }

    /** Until the member has ended all transactions of the group. @return false: not in time */
    boolean awaitEnded(int member, Deadline deadline) {
        return transactions.awaitNoneOf(member, deadline);
    }

    private void audit(Transaction one, String outcome) {
        List<String> ids = idsOf(one.items());
        session.pair()
                .written(
                        session,
                        new WriteReport(
                                one.operation(),
                                one.account(),
                                one.member(),
                                one.epoch(),
                                ids,
                                one.items().size(),
                                outcome));
    }

    private List<String> idsOf(Ints handles) {
        return known(handles).stream().map(item -> item.def().itemId()).toList();
    }

    private List<ItemView> known(Ints handles) {
        return handles.stream().map(items::get).filter(item -> item != null).toList();
    }

    /** Nobody knows what became of the write. */
    private void leftInDoubt(Transaction one, String why) {
        outcomeUnknown(one.operation(), one.member(), one.epoch(), one.items(), why);
        doubts.find(one.id()).ifPresent(doubt -> doubt.unknown(one.member(), one.epoch()));
        audit(one, WriteReport.UNKNOWN);
    }

    private void outcomeUnknown(String operation, int member, long epoch, Ints handles, String why) {
        session.pair().outcomeUnknown(session, operation, member, epoch, idsOf(handles), why);
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
            serverHandles.forEach(stream::remove);
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
        return perItem(outcome, serverHandles.size());
    }

    private static Result<Ints> perItem(Outcome<Result<Ints>> outcome, int count) {
        return outcome instanceof Outcome.Done<Result<Ints>> done
                ? done.answer()
                : Result.partly(Ints.repeat(DaSession.errorOf(outcome), count));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) {
        if (!iid.equals(IEnumOPCItemAttributes.DEF.iid()) && !iid.equals(IUnknown.IID)) {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        List<OpcItemAttributes> all = items.values().stream()
                .map(item -> new OpcItemAttributes(
                        item.def().accessPath(),
                        item.def().itemId(),
                        item.def().isActive(),
                        item.def().clientHandle(),
                        item.handle(),
                        item.accessRights(),
                        item.def().blob(),
                        item.def().requestedType(),
                        item.canonicalType(),
                        OpcEuType.NONE,
                        Variant.EMPTY))
                .toList();
        Optional<ComPointer<IUnknown>> pointer = Enumerators.attributes(all).map(one -> one.as(IUnknown.DEF));
        return all.isEmpty() ? Result.partly(pointer) : Result.ok(pointer);
    }

    // ---- IOPCGroupStateMgt

    @Override
    public Result<GroupState> getState() {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        GroupView now = view;
        return Result.ok(new GroupState(
                now.rateMs(),
                now.isActive(),
                Optional.of(now.name()),
                now.timeBias(),
                now.percentDeadband(),
                now.lcid(),
                now.clientHandle(),
                handle));
    }

    static boolean isPercent(float percent) {
        return percent >= 0 && percent <= PERCENT_MAX;
    }

    /** Rate and deadband are the active member's to say; the rest is ours. */
    @Override
    public Result<Long> setState(StateChange call) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (!call.percentDeadband().map(DaGroup::isPercent).orElse(true)) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (call.rateMs().isEmpty() && call.percentDeadband().isEmpty()) {
            change(now -> changed(now, call, now.rateMs()));
            session.changed();
            return Result.ok(view.rateMs());
        }
        StateChange forMember = new StateChange(
                call.rateMs(), call.isActive(), call.timeBias(), call.percentDeadband(), call.lcid(), Optional.empty());
        Result<Long> answer = DaSession.overall(session.carry(true, (access, deadline) -> {
            MemberGroup there = access.group(this, deadline);
            return access.exclusive(
                    () -> {
                        Result<Long> told = there.setState(forMember, deadline);
                        if (told.isSuccess()) {
                            change(now -> changed(now, call, told.value()));
                            there.isAlready(spec(false));
                        }
                        return told;
                    },
                    deadline);
        }));
        session.changed();
        return answer.isSuccess() && call.rateMs().isPresent()
                ? Result.success(answer.hresult(), session.settleRate(this))
                : answer;
    }

    /** So slow is the slower of the members. */
    void slowedTo(long rateMs) {
        change(now -> now.withRate(rateMs));
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
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        int hresult = session.object().rename(this, name);
        if (!HResult.isSuccess(hresult)) {
            return Result.failure(hresult);
        }
        session.changed();
        return Result.ok(Nothing.NOTHING);
    }

    /** For {@link DaServerObject#rename}, which knows that nobody else has it. */
    void named(String name) {
        change(now -> now.withName(name));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String name, Guid iid) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        return session.object().copy(this, name, iid);
    }

    /** Gives another group the same items, with handles of its own. */
    void copyItemsTo(DaGroup other) {
        items.values().forEach(item -> {
            ItemView copy =
                    new ItemView(session.pair().nextHandle(), item.def(), item.canonicalType(), item.accessRights());
            other.items.put(copy.handle(), copy);
        });
        other.revision.incrementAndGet();
    }

    // ---- IOPCSyncIO

    @Override
    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (serverHandles.isEmpty() || source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<PerItem<OpcItemState>>> outcome = session.carry(
                true, (access, deadline) -> access.group(this, deadline).read(source, serverHandles, deadline));
        if (!(outcome instanceof Outcome.Done<Result<PerItem<OpcItemState>>> done)) {
            return unread(serverHandles);
        }
        Result<PerItem<OpcItemState>> answer = done.answer();
        return answer.isSuccess()
                ? Result.success(answer.hresult(), withClientHandles(answer.value(), serverHandles))
                : answer;
    }

    private PerItem<OpcItemState> withClientHandles(PerItem<OpcItemState> told, Ints serverHandles) {
        List<OpcItemState> ours = new ArrayList<>(serverHandles.size());
        for (int i = 0; i < serverHandles.size(); i++) {
            OpcItemState one = told.values().get(i);
            ItemView item = items.get(serverHandles.at(i));
            int client = item == null ? 0 : item.def().clientHandle();
            ours.add(new OpcItemState(client, one.timestamp(), one.quality(), one.value()));
        }
        return new PerItem<>(ours, told.errors());
    }

    /** No member answers: the items are bad, and the call is none the worse for it (S12). */
    private Result<PerItem<OpcItemState>> unread(Ints serverHandles) {
        FileTime now = FileTime.of(Instant.now());
        List<OpcItemState> states = new ArrayList<>();
        int[] errors = new int[serverHandles.size()];
        for (int handleOfItem : serverHandles) {
            ItemView item = items.get(handleOfItem);
            errors[states.size()] = item == null ? OpcResult.OPC_E_INVALIDHANDLE : HResult.S_OK;
            states.add(
                    item == null
                            ? OpcItemState.NONE
                            : new OpcItemState(item.def().clientHandle(), now, Quality.COMM_FAILURE, Variant.EMPTY));
        }
        Ints all = Ints.of(errors);
        PerItem<OpcItemState> told = new PerItem<>(states, all);
        return all.stream().allMatch(error -> error == HResult.S_OK) ? Result.ok(told) : Result.partly(told);
    }

    /** Never sent twice: what was sent and not answered is CALL_FAILED for each item (S3, S4). */
    @Override
    public Result<Ints> write(Ints serverHandles, List<Variant> values) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (serverHandles.isEmpty() || values.size() != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        String account = session.caller();
        if (!session.mayWrite()) {
            unasked(SYNC_WRITE, account, serverHandles);
            return Result.partly(Ints.repeat(HResult.E_ACCESSDENIED, serverHandles.size()));
        }
        Doubt doubt = new Doubt(session, SYNC_WRITE, account, idsOf(serverHandles));
        Outcome<Result<Ints>> outcome = session.carry(false, (access, deadline) -> {
            doubt.goesTo(access);
            return access.group(this, deadline).write(serverHandles, values, deadline, doubt);
        });
        if (outcome instanceof Outcome.Unknown<Result<Ints>> unknown) {
            outcomeUnknown(SYNC_WRITE, unknown.member(), unknown.epoch(), serverHandles, unknown.why());
            doubt.unknown(unknown.member(), unknown.epoch());
        }
        session.pair()
                .written(
                        session,
                        WriteReport.of(
                                SYNC_WRITE,
                                account,
                                idsOf(serverHandles),
                                serverHandles.size(),
                                outcome,
                                errors -> errors));
        return perItem(outcome, serverHandles.size());
    }

    void unasked(String operation, String account, Ints serverHandles) {
        session.pair()
                .written(
                        session,
                        WriteReport.unasked(
                                operation, account, idsOf(serverHandles), serverHandles.size(), WriteReport.REFUSED));
    }

    // ---- IOPCAsyncIO2

    @Override
    public Result<Started> read(Ints serverHandles, int transactionId) {
        return begin(
                Kind.READ,
                serverHandles,
                transactionId,
                (there, one, deadline) -> there.readLater(one.items(), one.id(), deadline));
    }

    @Override
    public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId) {
        if (values.size() != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (!session.mayWrite()) {
            unasked(ASYNC_WRITE, session.caller(), serverHandles);
            return Result.partly(new Started(0, Ints.repeat(HResult.E_ACCESSDENIED, serverHandles.size())));
        }
        return begin(
                Kind.WRITE,
                serverHandles,
                transactionId,
                (there, one, deadline) -> there.writeLater(serverHandles, values, one.id(), deadline, lateTo(one)));
    }

    /** Hears an answer that comes when nobody waits for it any more. */
    LateAnswer lateTo(Transaction one) {
        return late -> doubts.find(one.id()).ifPresent(doubt -> doubt.heard(late));
    }

    /** The member took all of it, under this number. */
    void started(Transaction one, int cancelId) {
        transactions.started(one.id(), cancelId, one.items());
    }

    /** It was not begun. */
    void forget(Transaction one) {
        var unused = transactions.take(one.id());
        var unusedDoubt = doubts.take(one.id());
    }

    private Result<Started> begin(Kind kind, Ints serverHandles, int clientId, Asking asking) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (sinks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return answered(
                kind,
                callbacks,
                serverHandles,
                begun(kind, serverHandles, clientId, callbacks, asking, new ItemsStarting()));
    }

    /** What a client's call is answered, and the record of it: without an answer of a member the same error for each item. */
    Result<Started> answered(Kind kind, Replies replies, Ints serverHandles, Outcome<Result<Started>> outcome) {
        String operation = replies.by() + ".Write";
        if (kind == Kind.WRITE) {
            auditBegun(operation, outcome, serverHandles);
        }
        if (outcome instanceof Outcome.Done<Result<Started>> done) {
            return done.answer();
        }
        if (outcome instanceof Outcome.Unknown<Result<Started>> unknown) {
            outcomeUnknown(operation, unknown.member(), unknown.epoch(), serverHandles, unknown.why());
        }
        return Result.partly(new Started(0, Ints.repeat(DaSession.errorOf(outcome), serverHandles.size())));
    }

    /** What fails at once has no end that would tell it. */
    private void auditBegun(String operation, Outcome<Result<Started>> outcome, Ints serverHandles) {
        WriteReport report = WriteReport.of(
                operation, session.caller(), idsOf(serverHandles), serverHandles.size(), outcome, Started::errors);
        if (!report.outcome().equals(WriteReport.DONE)) {
            session.pair().written(session, report);
        }
    }

    /**
     * Begins a transaction at the active member. Its callback may come before the answer, and even where no answer comes: then the
     * client has its callback, and is told that the transaction was begun.
     */
    <X> Outcome<Result<X>> begun(
            Kind kind, Ints handles, int clientId, Replies replies, Asking asking, Starting<X> starting) {
        String account = session.caller();
        return session.carry(kind != Kind.WRITE, (access, deadline) -> {
            MemberGroup there = access.group(this, deadline);
            Optional<Transaction> begun = transactions.begin(
                    kind, clientId, replies, access.member(), access.epoch(), handles, account, asking);
            if (begun.isEmpty()) {
                return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
            }
            Transaction one = begun.get();
            if (kind == Kind.WRITE) {
                Doubt doubt = new Doubt(session, one.operation(), account, idsOf(handles));
                doubt.goesTo(access);
                doubts.put(one.id(), doubt);
            }
            try {
                return starting.started(one, asking.at(there, one, deadline));
            } catch (LinkException | RpcFaultException e) {
                if (transactions.take(one.id()).isEmpty()) {
                    return Result.ok(starting.completed(one));
                }
                boolean mayHaveBegun = e instanceof LinkException link && !link.isNotSent();
                if (mayHaveBegun) {
                    // the answer or the end may still come
                    doubts.find(one.id()).ifPresent(doubt -> doubt.unknown(one.member(), one.epoch()));
                } else {
                    var unusedDoubt = doubts.take(one.id());
                }
                throw e;
            }
        });
    }

    /** What the client is told of a transaction that was begun. */
    interface Starting<X> {
        Result<X> started(Transaction one, Result<Started> answer);

        /** It is over already. */
        X completed(Transaction one);
    }

    /** For reads and writes: where every item failed at once no callback comes (DA 2.05a 4.5.6.1). */
    private final class ItemsStarting implements Starting<Started> {
        @Override
        public Result<Started> started(Transaction one, Result<Started> answer) {
            if (!answer.isSuccess() || answer.value().errors().stream().noneMatch(HResult::isSuccess)) {
                forget(one);
                return answer.isSuccess()
                        ? Result.success(
                                answer.hresult(), new Started(0, answer.value().errors()))
                        : answer;
            }
            Ints errors = answer.value().errors();
            int[] taken = IntStream.range(0, errors.size())
                    .filter(i -> HResult.isSuccess(errors.at(i)))
                    .map(one.items()::at)
                    .toArray();
            transactions.started(one.id(), answer.value().id(), Ints.of(taken));
            return Result.success(
                    answer.hresult(), new Started(one.id(), answer.value().errors()));
        }

        @Override
        public Started completed(Transaction one) {
            return new Started(one.id(), Ints.repeat(HResult.S_OK, one.items().size()));
        }
    }

    private final class RefreshStarting implements Starting<Integer> {
        @Override
        public Result<Integer> started(Transaction one, Result<Started> answer) {
            if (!answer.isSuccess()) {
                var unused = transactions.take(one.id());
                return Result.failure(answer.hresult());
            }
            transactions.started(one.id(), answer.value().id(), Ints.EMPTY);
            return Result.success(answer.hresult(), one.id());
        }

        @Override
        public Integer completed(Transaction one) {
            return one.id();
        }
    }

    @Override
    public Result<Integer> refresh2(OpcDataSource source, int transactionId) {
        if (isDeleted) {
            return Result.failure(HResult.E_FAIL);
        }
        if (sinks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        return beginRefresh(source, transactionId, callbacks);
    }

    Result<Integer> beginRefresh(OpcDataSource source, int clientId, Replies replies) {
        if (!view.isActive()
                || items.values().stream().noneMatch(item -> item.def().isActive())) {
            return Result.failure(HResult.E_FAIL);
        }
        return DaSession.overall(begun(
                Kind.REFRESH,
                Ints.EMPTY,
                clientId,
                replies,
                (there, one, deadline) -> {
                    Result<Integer> begun = there.refresh(source, one.id(), deadline);
                    return begun.isSuccess()
                            ? Result.success(begun.hresult(), new Started(begun.value(), Ints.EMPTY))
                            : Result.failure(begun.hresult());
                },
                new RefreshStarting()));
    }

    /** The member tells whether it is too late; OnCancelComplete comes from it. What is at no member just now is ours to cancel. */
    @Override
    public Result<Nothing> cancel2(int cancelId) {
        if (sinks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        return transactions.find(cancelId).map(this::cancelAtMember).orElseGet(() -> Result.failure(HResult.E_FAIL));
    }

    /** @return E_FAIL: it is over, too late, or at a member that does not serve any more */
    Result<Nothing> cancelAtMember(Transaction one) {
        if (cancelOrphan(one.id())) {
            return Result.ok(Nothing.NOTHING);
        }
        Optional<Integer> theirs = transactions.cancelId(one.id());
        if (theirs.isEmpty()) {
            return Result.failure(HResult.E_FAIL);
        }
        Outcome<Result<Nothing>> asked = session.carryNow((access, deadline) -> access.member() == one.member()
                ? access.group(this, deadline).cancel(theirs.get(), deadline)
                : Result.failure(HResult.E_FAIL));
        if (asked instanceof Outcome.Done<Result<Nothing>> done) {
            return done.answer();
        }
        // perhaps the member was lost just now
        return cancelOrphan(one.id()) ? Result.ok(Nothing.NOTHING) : Result.failure(HResult.E_FAIL);
    }

    private boolean cancelOrphan(int cancelId) {
        Optional<Transaction> orphan = transactions.takeOrphan(cancelId);
        orphan.ifPresent(this::cancelDone);
        return orphan.isPresent();
    }

    @Override
    public Result<Nothing> setEnable(boolean isEnabled) {
        if (sinks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        change(now -> now.withEnabled(isEnabled));
        session.changed();
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Boolean> getEnable() {
        return sinks.isEmpty() ? Result.failure(OpcResult.CONNECT_E_NOCONNECTION) : Result.ok(view.isEnabled());
    }
}
