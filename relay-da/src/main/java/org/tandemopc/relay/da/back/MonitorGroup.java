package org.tandemopc.relay.da.back;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * Monitor items of one update rate on one member, from {@link #make} on: told by its callbacks (DA 2.05a 4.6.1), or where the group has
 * none, as those of DA 1.0, read from its cache at that rate. Calls block, each a few seconds at most; all but the callbacks by one
 * thread, the watch's.
 */
final class MonitorGroup {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorGroup.class);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final int ITEMS_PER_CALL = 100;
    private static final long POLL_LEAST_MS = 50;

    /** Of Tandem's own groups, whose handles nobody looks at. */
    private static final int HANDLE = 0;

    private final DaConnection connection;
    private final MonitorPlan.Share share;
    private final Map<Integer, ItemSpec> wanted = new LinkedHashMap<>();
    private final MonitorOutlet outlet;

    /** Items that the member took, and with which type. */
    private final Map<Integer, ItemSpec> taken = new TreeMap<>();

    /** Of a group that is read: what was told last. */
    private final Map<Integer, MonitorValue> told = new TreeMap<>();

    private @Nullable MemberGroup group;
    private volatile boolean isOver;

    MonitorGroup(DaConnection connection, MonitorPlan.Share share, List<MonitorItem> items, MonitorOutlet outlet) {
        this.connection = connection;
        this.share = share;
        this.outlet = outlet;
        for (int index : share.items()) {
            MonitorItem item = items.get(index);
            int type = MonitorVariants.typeOf(item.type());
            wanted.put(index, new ItemSpec(index, item.item(), item.accessPath(), Bytes.EMPTY, true, type));
        }
    }

    private MonitorGroup(MonitorGroup before) {
        this.connection = before.connection;
        this.share = before.share;
        this.outlet = before.outlet;
        this.wanted.putAll(before.wanted);
    }

    /** The same, not made yet. */
    MonitorGroup again() {
        return new MonitorGroup(this);
    }

    /**
     * Makes the group with its items, and reports each as added or refused.
     *
     * @return why there is no group now, which has been reported as the refusal of all its items; empty: there is one
     */
    Optional<Refusal> make() {
        Optional<Refusal> refusal = tryToMake();
        refusal.ifPresent(why -> {
            Map<Integer, Integer> all = new TreeMap<>();
            wanted.keySet().forEach(index -> all.put(index, why.hresult()));
            outlet.refused(all);
            remove();
        });
        return refusal;
    }

    /** @param isFinal the member said so itself: asking again soon is of no use */
    record Refusal(int hresult, boolean isFinal) {}

    private Optional<Refusal> tryToMake() {
        try {
            GroupSpec plain = new GroupSpec(HANDLE, "", true, share.rateMs(), Optional.empty(), 0, 0, true, false);
            Result<MemberGroup> made = MemberGroup.add(connection, plain, new Sink(), soon());
            if (!made.isSuccess()) {
                return Optional.of(new Refusal(made.hresult(), true));
            }
            group = made.value();
            add(made.value(), List.copyOf(wanted.values()));
            made.value().bring(advised(made.value()), List.copyOf(taken.values()), soon());
            return Optional.empty();
        } catch (SinkRefusedException e) {
            LOG.warn("Monitor items at {} cannot be told: {}.", connection.address(), e.getMessage());
            return Optional.of(new Refusal(e.hresult(), true));
        } catch (DeadlineException e) {
            return Optional.of(new Refusal(HResult.CALL_FAILED, false));
        } catch (LinkException e) {
            return Optional.of(new Refusal(HResult.SERVER_UNAVAILABLE, false));
        } catch (RpcFaultException e) {
            return Optional.of(new Refusal(HResult.ofStatus(e.status()), true));
        }
    }

    private static GroupSpec advised(MemberGroup made) {
        return new GroupSpec(HANDLE, "", true, made.revisedRateMs(), Optional.empty(), 0, 0, true, true);
    }

    private static Deadline soon() {
        return Deadline.after(CALL);
    }

    // ---- items

    /** Asks once more for those that were refused. */
    void addRefused() throws LinkException, RpcFaultException {
        MemberGroup open = group;
        if (open != null) {
            add(
                    open,
                    wanted.values().stream()
                            .filter(item -> !taken.containsKey(item.handle()))
                            .toList());
        }
    }

    boolean hasRefused() {
        return taken.size() < wanted.size();
    }

    /** Some at a time: a member that takes one call after the other is to answer pings in between. */
    private void add(MemberGroup open, List<ItemSpec> items) throws LinkException, RpcFaultException {
        List<ItemSpec> again = new ArrayList<>();
        for (int from = 0; from < items.size() && !isOver; from += ITEMS_PER_CALL) {
            again.addAll(addOnce(open, items.subList(from, Math.min(items.size(), from + ITEMS_PER_CALL)), true));
        }
        for (int from = 0; from < again.size() && !isOver; from += ITEMS_PER_CALL) {
            addOnce(open, again.subList(from, Math.min(again.size(), from + ITEMS_PER_CALL)), false);
        }
    }

    /**
     * @param isTyped whether they are asked for with types of ours. A server that cannot convert, or has an array, is asked for what it has:
     *     values are compared by their type here as well
     * @return those that are to be asked for with the server's own type
     */
    private List<ItemSpec> addOnce(MemberGroup open, List<ItemSpec> items, boolean isTyped)
            throws LinkException, RpcFaultException {
        Result<PerItem<OpcItemResult>> answer = open.addItems(items, soon());
        List<Integer> added = new ArrayList<>();
        Map<Integer, Integer> refused = new TreeMap<>();
        List<ItemSpec> again = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            ItemSpec item = items.get(i);
            int error = answer.isSuccess() ? answer.value().errors().at(i) : answer.hresult();
            if (HResult.isSuccess(error)) {
                taken.put(item.handle(), item);
                added.add(item.handle());
            } else if (isTyped && item.requestedType() != 0 && isAboutType(error)) {
                again.add(new ItemSpec(item.handle(), item.itemId(), item.accessPath(), item.blob(), true, 0));
            } else {
                refused.put(item.handle(), error);
            }
        }
        outlet.added(added, Duration.ofMillis(open.revisedRateMs()));
        outlet.refused(refused);
        return again;
    }

    private static boolean isAboutType(int error) {
        return error == OpcResult.OPC_E_BADTYPE
                || error == OpcResult.DISP_E_TYPEMISMATCH
                || error == OpcResult.DISP_E_BADVARTYPE;
    }

    // ---- values

    /** Whether it tells nothing by itself and is read. */
    boolean isPolled() {
        MemberGroup open = group;
        return open != null && !open.isAdvised();
    }

    long pollMs() {
        MemberGroup open = group;
        return Math.max(POLL_LEAST_MS, open == null ? share.rateMs() : open.revisedRateMs());
    }

    /** Reads, and tells what is not as it was told: times of the member's decide nothing. */
    void poll() throws LinkException, RpcFaultException {
        MemberGroup open = group;
        if (open == null || taken.isEmpty()) {
            return;
        }
        List<Integer> handles = List.copyOf(taken.keySet());
        Result<PerItem<OpcItemState>> answer = open.read(OpcDataSource.CACHE, Ints.copyOf(handles), soon());
        List<MonitorReport.Value> changed = new ArrayList<>();
        for (int i = 0; i < handles.size(); i++) {
            int error = answer.isSuccess() ? answer.value().errors().at(i) : answer.hresult();
            OpcItemState state =
                    HResult.isSuccess(error) ? answer.value().values().get(i) : OpcItemState.NONE;
            MonitorValue value = MonitorVariants.of(state.value(), state.quality(), error);
            if (!value.equals(told.put(handles.get(i), value))) {
                changed.add(new MonitorReport.Value(handles.get(i), value));
            }
        }
        outlet.values(changed);
    }

    private final class Sink implements IOPCDataCallback {
        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            connection.heard();
            List<MonitorReport.Value> values = new ArrayList<>();
            Set<Integer> own = wanted.keySet();
            for (OpcItemChange item : change.items()) {
                if (own.contains(item.clientHandle())) {
                    values.add(new MonitorReport.Value(
                            item.clientHandle(), MonitorVariants.of(item.value(), item.quality(), item.error())));
                }
            }
            if (!isOver) {
                outlet.values(values);
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            return Result.ok(Nothing.NOTHING);
        }
    }

    // ---- the end

    /**
     * Asks whether the group is still there.
     *
     * @throws RpcFaultException it may not be
     */
    void look() throws LinkException, RpcFaultException {
        MemberGroup open = group;
        if (open != null) {
            var unused = open.state(soon());
        }
    }

    /** From now on its callbacks are for nobody. */
    void end() {
        isOver = true;
    }

    /** Ends it, and takes it away at the member if that can be done. */
    void remove() {
        isOver = true;
        MemberGroup open = group;
        group = null;
        if (open == null) {
            return;
        }
        try {
            open.remove(soon());
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("A group of monitor items stays at {}: {}", connection.address(), e.getMessage());
        }
    }
}
