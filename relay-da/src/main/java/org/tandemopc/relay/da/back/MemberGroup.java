package org.tandemopc.relay.da.back;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCGroupStateMgt.GroupState;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * A client's group on one member. Takes and gives Tandem's handles; what the member calls its items stays in here. Ends with the
 * connection that it was made on.
 *
 * <p>Calls block until their deadline. Values are read and written by any thread; what changes the group, by one at a time, which its
 * owner sees to.
 */
public final class MemberGroup {
    private static final int AGAIN_MAX = 1_000;

    private final DaConnection connection;
    private final int theirHandle;
    private volatile long revisedRateMs;
    private final int hresult;
    private final ComPointer<IOPCItemMgt> items;
    private final ComPointer<IOPCGroupStateMgt> state;
    private final ComPointer<IOPCSyncIO> sync;
    private final Optional<ComPointer<IOPCAsyncIO2>> async;
    private final Optional<ComPointer<IConnectionPointContainer>> points;
    /** Of a member of DA 1.0 alone. */
    private final Optional<MemberStreams> streams;

    private final ComObject sink;
    private final HandleMap handles = new HandleMap();
    private final Map<Integer, ItemSpec> has = new ConcurrentHashMap<>();
    /** Items that the member does not take, with its reasons; those that it was asked for longest ago first. */
    private final Map<Integer, Integer> refused = new LinkedHashMap<>();

    private final Facets facets;
    private final MemberIo3 io3 = new MemberIo3(this);
    private final MemberTuning tuning = new MemberTuning(this);
    private GroupSpec spec;
    /** As SetEnable was called last; whether our sink is there changes nothing of it. */
    private boolean isEnabledThere = true;

    private @Nullable Integer cookie;

    private MemberGroup(
            DaConnection connection,
            IOPCServer.AddedGroup added,
            int hresult,
            ComPointer<IOPCItemMgt> items,
            Finder finder,
            IOPCDataCallback target,
            GroupSpec spec)
            throws LinkException, RpcFaultException {
        this.connection = connection;
        this.theirHandle = added.serverHandle();
        this.revisedRateMs = added.revisedRateMs();
        this.hresult = hresult;
        this.items = items;
        this.state = finder.required(IOPCGroupStateMgt.DEF);
        this.sync = finder.required(IOPCSyncIO.DEF);
        this.async = finder.optional(IOPCAsyncIO2.DEF);
        this.points = finder.optional(IConnectionPointContainer.DEF);
        this.streams =
                async.isPresent() && points.isPresent() ? Optional.empty() : streams(connection, finder, target, spec);
        this.sink = ComObject.named(
                        "data sink at member " + connection.address().member())
                .with(IOPCDataCallback.DEF, target)
                .build();
        this.spec = spec;
        this.facets = new Facets(items, connection::heard);
    }

    /** Empty: not of DA 1.0 either. */
    private static Optional<MemberStreams> streams(
            DaConnection connection, Finder finder, IOPCDataCallback target, GroupSpec spec)
            throws LinkException, RpcFaultException {
        Optional<ComPointer<IDataObject>> data = finder.optional(IDataObject.DEF);
        Optional<ComPointer<IOPCAsyncIO>> io = finder.optional(IOPCAsyncIO.DEF);
        if (data.isEmpty() || io.isEmpty()) {
            data.ifPresent(ComPointer::close);
            io.ifPresent(ComPointer::close);
            return Optional.empty();
        }
        return Optional.of(new MemberStreams(
                connection.address().toString(),
                data.get(),
                io.get(),
                spec.handle(),
                target,
                connection::heard,
                InstantSource.system()));
    }

    /** Asks a group for its interfaces. */
    private record Finder(ComPointer<?> group, Deadline deadline) {
        <T> Optional<ComPointer<T>> optional(InterfaceDef<T> type) throws LinkException, RpcFaultException {
            Result<ComPointer<T>> found = group.queryInterface(type, deadline);
            return found.isSuccess() ? Optional.of(found.value()) : Optional.empty();
        }

        <T> ComPointer<T> required(InterfaceDef<T> type) throws LinkException, RpcFaultException {
            return optional(type).orElseThrow(() -> new LinkException("a group of the member has no " + type));
        }
    }

    /**
     * Makes the group at a member, empty and not advised; {@link #bring} does the rest.
     *
     * @param target what hears the member's callbacks, with Tandem's handles in them
     * @return a failure: what the member says
     */
    public static Result<MemberGroup> add(
            DaConnection connection, GroupSpec spec, IOPCDataCallback target, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<IOPCServer.AddedGroup> added = connection
                .server()
                .within(deadline)
                .addGroup(new IOPCServer.NewGroup(
                        spec.name(),
                        spec.isActive(),
                        spec.rateMs(),
                        spec.handle(),
                        spec.timeBias(),
                        Optional.of(spec.percentDeadband()),
                        spec.lcid(),
                        IOPCItemMgt.DEF.iid()));
        connection.heard();
        if (!added.isSuccess()) {
            return Result.failure(added.hresult());
        }
        Optional<ComPointer<IUnknown>> group = added.value().group();
        if (group.isEmpty()) {
            return Result.failure(HResult.E_UNEXPECTED);
        }
        ComPointer<IOPCItemMgt> items = group.get().as(IOPCItemMgt.DEF);
        GroupSpec plain = new GroupSpec(
                spec.handle(),
                spec.name(),
                spec.isActive(),
                added.value().revisedRateMs(),
                spec.timeBias(),
                spec.percentDeadband(),
                spec.lcid(),
                true,
                false);
        return Result.ok(new MemberGroup(
                connection, added.value(), added.hresult(), items, new Finder(items, deadline), target, plain));
    }

    /** What the member made of the rate that it was asked for last; any thread. */
    public long revisedRateMs() {
        return revisedRateMs;
    }

    /** The client sees it so, and the member has it so: nothing need be changed. Not while others change the group. */
    public void isAlready(GroupSpec now) {
        spec = new GroupSpec(
                now.handle(),
                now.name(),
                now.isActive(),
                now.rateMs(),
                now.timeBias(),
                now.percentDeadband(),
                now.lcid(),
                spec.isEnabled(),
                false);
    }

    /** With which success the member made the group: OPC_S_UNSUPPORTEDRATE where it revised the rate. */
    public int hresult() {
        return hresult;
    }

    public Result<GroupState> state(Deadline deadline) throws LinkException, RpcFaultException {
        Result<GroupState> told = state.within(deadline).getState();
        connection.heard();
        return told;
    }

    /** Takes the group away at the member, and everything of ours there. */
    public void remove(Deadline deadline) throws LinkException, RpcFaultException {
        unadvise(deadline);
        close();
        var unused = connection.server().within(deadline).removeGroup(theirHandle, true);
    }

    private void close() {
        items.close();
        state.close();
        sync.close();
        async.ifPresent(ComPointer::close);
        points.ifPresent(ComPointer::close);
        streams.ifPresent(MemberStreams::close);
        facets.close();
    }

    // ---- for what is beyond DA 2.05a

    /** Reads by age, and writes with quality and time. */
    public MemberIo3 io3() {
        return io3;
    }

    /** Deadbands and sampling of single items. */
    public MemberTuning tuning() {
        return tuning;
    }

    /** The client sees the item so, and the member has it so. Not while others change the group. */
    public void isAlready(ItemSpec now) {
        has.replace(now.handle(), now);
    }

    /** What the member tells of the items, by Tandem's handles; empty: it tells nothing. */
    public Map<Integer, OpcItemAttributes> attributes(Deadline deadline) throws LinkException, RpcFaultException {
        return MemberAttributes.of(items.within(deadline), has.size(), deadline);
    }

    <T> Optional<ComPointer<T>> find(InterfaceDef<T> type, Deadline deadline) throws LinkException, RpcFaultException {
        return facets.find(type, deadline);
    }

    Subset subset(Ints ours) {
        return handles.subset(ours);
    }

    void heard() {
        connection.heard();
    }

    DaMemberAddress address() {
        return connection.address();
    }

    String name() {
        return spec.name();
    }

    /** Whether the member tells values by itself. Not while others change the group. */
    boolean isAdvised() {
        return cookie != null;
    }

    // ---- bringing it to what it is to be

    /**
     * Does at the member whatever is missing. New items come before the advise, so that the first callback has them all.
     *
     * @return items that the member refuses, with its reasons
     */
    public Map<Integer, Integer> bring(GroupSpec wanted, List<ItemSpec> wantedItems, Deadline deadline)
            throws LinkException, RpcFaultException {
        if (!wanted.isAdvised()) {
            unadvise(deadline);
        }
        bringState(wanted, deadline);
        Map<Integer, Integer> refused = bringItems(wantedItems, deadline);
        if (wanted.isAdvised() && cookie == null) {
            advise(deadline);
        }
        // without a sink it can be told neither
        if (wanted.isEnabled() != isEnabledThere && cookie != null) {
            enable(wanted.isEnabled(), deadline);
            isEnabledThere = wanted.isEnabled();
        }
        spec = wanted;
        return refused;
    }

    /** A member of DA 1.0 tells always: what it told while nobody wanted it is told again. */
    private void enable(boolean isEnabled, Deadline deadline) throws LinkException, RpcFaultException {
        if (streams.isPresent()) {
            if (isEnabled) {
                streams.get().tellAll(deadline);
            }
        } else if (async.isPresent()) {
            var unused = async.get().within(deadline).setEnable(isEnabled);
        }
    }

    private void bringState(GroupSpec wanted, Deadline deadline) throws LinkException, RpcFaultException {
        if (!wanted.name().equals(spec.name())) {
            var unused = state.within(deadline).setName(wanted.name());
        }
        StateChange change = new StateChange(
                changed(wanted, GroupSpec::rateMs),
                changed(wanted, GroupSpec::isActive),
                wanted.timeBias().equals(spec.timeBias()) ? Optional.empty() : wanted.timeBias(),
                changed(wanted, GroupSpec::percentDeadband),
                changed(wanted, GroupSpec::lcid),
                Optional.empty());
        if (!change.equals(UNCHANGED)) {
            var unused = setState(change, deadline);
        }
    }

    private static final StateChange UNCHANGED = new StateChange(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private <T> Optional<T> changed(GroupSpec wanted, Function<GroupSpec, T> part) {
        T now = part.apply(wanted);
        return now.equals(part.apply(spec)) ? Optional.empty() : Optional.of(now);
    }

    private Map<Integer, Integer> bringItems(List<ItemSpec> wanted, Deadline deadline)
            throws LinkException, RpcFaultException {
        GroupDifference difference = GroupDifference.of(has, wanted);
        remove(difference.removed(), deadline);
        Map<Integer, Integer> news = difference.added().isEmpty() ? Map.of() : ask(difference.added(), deadline);
        activate(difference.activated(), true, deadline);
        activate(difference.deactivated(), false, deadline);
        if (!difference.retyped().isEmpty()) {
            var unused = setDatatypes(difference.retyped(), deadline);
        }
        tuning.bring(
                difference.retuned().stream()
                        .filter(one -> !refused.containsKey(one.handle()))
                        .toList(),
                deadline);
        wanted.forEach(item -> has.replace(item.handle(), item));
        return news;
    }

    /** @return those that the member refuses, which is kept: they are not asked for again with each change */
    private Map<Integer, Integer> ask(List<ItemSpec> wanted, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<PerItem<OpcItemResult>> added = addItems(wanted, deadline);
        Map<Integer, Integer> news = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            ItemSpec item = wanted.get(i);
            int error = added.isSuccess() ? added.value().errors().at(i) : added.hresult();
            refused.remove(item.handle());
            if (!HResult.isSuccess(error)) {
                news.put(item.handle(), error);
                refused.put(item.handle(), error);
                has.put(item.handle(), item);
                handles.refused(item.handle(), error);
            }
        }
        return news;
    }

    /** Items that the member does not take, with its reasons. Not while others change the group. */
    public Map<Integer, Integer> refused() {
        return refused.isEmpty() ? Map.of() : Map.copyOf(refused);
    }

    /** Asks once more for items that the member has refused, {@value #AGAIN_MAX} at most. Not while others change the group. */
    public void askAgain(Deadline deadline) throws LinkException, RpcFaultException {
        List<ItemSpec> again =
                refused.keySet().stream().limit(AGAIN_MAX).map(has::get).toList();
        if (!again.isEmpty()) {
            Map<Integer, Integer> still = ask(again, deadline);
            tuning.bring(
                    again.stream()
                            .filter(item -> !still.containsKey(item.handle()))
                            .map(item -> new GroupDifference.Retuned(item.handle(), ItemTuning.NONE, item.tuning()))
                            .filter(one -> !one.now().equals(one.before()))
                            .toList(),
                    deadline);
        }
    }

    private void remove(List<Integer> gone, Deadline deadline) throws LinkException, RpcFaultException {
        if (gone.isEmpty()) {
            return;
        }
        Subset known = handles.subset(Ints.copyOf(gone));
        gone.forEach(handle -> {
            has.remove(handle);
            refused.remove(handle);
            handles.remove(handle);
        });
        if (!known.isEmpty()) {
            var unused = items.within(deadline).removeItems(known.theirs());
        }
    }

    private void activate(List<Integer> which, boolean isActive, Deadline deadline)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(Ints.copyOf(which));
        if (!known.isEmpty()) {
            var unused = items.within(deadline).setActiveState(known.theirs(), isActive);
            connection.heard();
        }
    }

    private void advise(Deadline deadline) throws LinkException, RpcFaultException {
        if (streams.isPresent()) {
            streams.get().advise(deadline);
            cookie = 0;
            return;
        }
        if (points.isEmpty()) {
            return;
        }
        Result<ComPointer<IConnectionPoint>> point = DaConnection.point(points.get(), IOPCDataCallback.DEF, deadline);
        if (!point.isSuccess()) {
            return;
        }
        try (ComPointer<IConnectionPoint> open = point.value()) {
            Result<Integer> advised = open.within(deadline).advise(DaConnection.unknown(sink));
            connection.heard();
            if (!advised.isSuccess()) {
                throw new SinkRefusedException(
                        "%s takes no sink: %s".formatted(connection.address(), OpcResult.describe(advised.hresult())),
                        advised.hresult());
            }
            cookie = advised.value();
        }
    }

    private void unadvise(Deadline deadline) throws LinkException, RpcFaultException {
        Integer open = cookie;
        cookie = null;
        if (open != null && streams.isPresent()) {
            streams.get().unadvise(deadline);
            return;
        }
        if (open == null || points.isEmpty()) {
            return;
        }
        Result<ComPointer<IConnectionPoint>> point = DaConnection.point(points.get(), IOPCDataCallback.DEF, deadline);
        if (point.isSuccess()) {
            try (ComPointer<IConnectionPoint> found = point.value()) {
                var unused = found.within(deadline).unadvise(open);
            }
        }
    }

    // ---- what clients ask

    /** As {@link IOPCItemMgt#addItems}; what the member takes is known here from then on. Not while others change the group. */
    public Result<PerItem<OpcItemResult>> addItems(List<ItemSpec> added, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<PerItem<OpcItemResult>> answer = items.within(deadline)
                .addItems(added.stream().map(ItemSpec::def).toList());
        connection.heard();
        if (!answer.isSuccess()) {
            return answer;
        }
        PerItem<OpcItemResult> results = whole(answer.value(), added.size());
        for (int i = 0; i < added.size(); i++) {
            if (HResult.isSuccess(results.errors().at(i))) {
                ItemSpec item = added.get(i);
                handles.put(item.handle(), results.values().get(i).serverHandle());
                has.put(item.handle(), item);
            }
        }
        return Result.success(answer.hresult(), results);
    }

    public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> defs, boolean blobUpdate, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<PerItem<OpcItemResult>> answer = items.within(deadline).validateItems(defs, blobUpdate);
        connection.heard();
        return answer.isSuccess() ? Result.success(answer.hresult(), whole(answer.value(), defs.size())) : answer;
    }

    /** As {@link IOPCItemMgt#setDatatypes}, by items with the types that they are to have. */
    public Result<Ints> setDatatypes(List<ItemSpec> retyped, Deadline deadline)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(
                Ints.copyOf(retyped.stream().map(ItemSpec::handle).toList()));
        if (known.isEmpty()) {
            return Result.partly(known.errors());
        }
        Ints types = Ints.copyOf(
                known.select(retyped).stream().map(ItemSpec::requestedType).toList());
        return merged(known, items.within(deadline).setDatatypes(known.theirs(), types));
    }

    /** As {@link IOPCGroupStateMgt#setState}; {@link #isAlready} tells what it came to. Not while others change the group. */
    public Result<Long> setState(StateChange change, Deadline deadline) throws LinkException, RpcFaultException {
        Result<Long> answer = state.within(deadline).setState(change);
        connection.heard();
        if (answer.isSuccess() && change.rateMs().isPresent()) {
            revisedRateMs = answer.value();
        }
        return answer;
    }

    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints ours, Deadline deadline)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(ours);
        if (known.isEmpty()) {
            return Result.partly(new PerItem<>(known.merge(List.of(), OpcItemState.NONE), known.errors()));
        }
        return merged(known, sync.within(deadline).read(source, known.theirs()), OpcItemState.NONE);
    }

    /** @param late hears an answer that comes when nobody waits any more, with an HRESULT for each item that the member knows */
    public Result<Ints> write(Ints ours, List<Variant> values, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(ours);
        if (known.isEmpty()) {
            return Result.partly(known.errors());
        }
        return merged(known, sync.within(deadline, late).write(known.theirs(), known.select(values)));
    }

    /** Whether the member begins all of a call or nothing, as DA 1.0 has it. */
    public boolean beginsWhole() {
        return streams.isPresent();
    }

    /** Whether the member has transactions of any kind, refreshes among them. */
    boolean hasTransactions() {
        return streams.isPresent() || async.isPresent();
    }

    /** @param transaction Tandem's own */
    public Result<Started> readLater(Ints ours, int transaction, Deadline deadline)
            throws LinkException, RpcFaultException {
        return readLater(handles.subset(ours), ours, transaction, false, deadline);
    }

    /**
     * Begins a write that ends with a callback.
     *
     * @param transaction Tandem's own
     * @param late hears of a beginning that is answered when nobody waits any more
     */
    public Result<Started> writeLater(
            Ints ours, List<Variant> values, int transaction, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        return writeLater(handles.subset(ours), ours, values, transaction, false, deadline, late);
    }

    /**
     * As {@link #readLater}, but with one item that the member does not have nothing is begun (DA 2.05a 4.5.9.1). A member of DA 2.05a
     * may begin the others nevertheless, where it is the one that finds something wrong.
     */
    public Result<Started> readWhole(Ints ours, int transaction, Deadline deadline)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(ours);
        return known.theirs().size() < ours.size()
                ? Result.partly(new Started(0, known.errors()))
                : readLater(known, ours, transaction, true, deadline);
    }

    /** As {@link #readWhole}. */
    public Result<Started> writeWhole(
            Ints ours, List<Variant> values, int transaction, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        Subset known = handles.subset(ours);
        return known.theirs().size() < ours.size()
                ? Result.partly(new Started(0, known.errors()))
                : writeLater(known, ours, values, transaction, true, deadline, late);
    }

    private Result<Started> readLater(Subset known, Ints ours, int transaction, boolean isWhole, Deadline deadline)
            throws LinkException, RpcFaultException {
        if (known.isEmpty()) {
            return Result.partly(new Started(0, known.errors()));
        }
        Ints theirs = known.theirs();
        return started(
                known,
                streams.isPresent()
                        ? streams.get().read(theirs, Ints.copyOf(known.select(ours)), transaction, isWhole, deadline)
                        : requireAsync().within(deadline).read(theirs, transaction));
    }

    private Result<Started> writeLater(
            Subset known,
            Ints ours,
            List<Variant> values,
            int transaction,
            boolean isWhole,
            Deadline deadline,
            LateAnswer late)
            throws LinkException, RpcFaultException {
        if (known.isEmpty()) {
            return Result.partly(new Started(0, known.errors()));
        }
        Ints theirs = known.theirs();
        List<Variant> some = known.select(values);
        return started(
                known,
                streams.isPresent()
                        ? streams.get()
                                .write(
                                        theirs,
                                        Ints.copyOf(known.select(ours)),
                                        some,
                                        transaction,
                                        isWhole,
                                        deadline,
                                        late)
                        : requireAsync().within(deadline, late).write(theirs, some, transaction));
    }

    /** @param transaction Tandem's own, not 0 */
    public Result<Integer> refresh(OpcDataSource source, int transaction, Deadline deadline)
            throws LinkException, RpcFaultException {
        if (streams.isPresent()) {
            Ints active = Ints.copyOf(has.values().stream()
                    .filter(ItemSpec::isActive)
                    .map(ItemSpec::handle)
                    .toList());
            return streams.get().refresh(source, transaction, active, deadline);
        }
        Result<Integer> answer = requireAsync().within(deadline).refresh2(source, transaction);
        connection.heard();
        return answer;
    }

    /** @param cancelId the member's */
    public Result<Nothing> cancel(int cancelId, Deadline deadline) throws LinkException, RpcFaultException {
        if (streams.isPresent()) {
            return streams.get().cancel(cancelId, deadline);
        }
        Result<Nothing> answer = requireAsync().within(deadline).cancel2(cancelId);
        connection.heard();
        return answer;
    }

    private ComPointer<IOPCAsyncIO2> requireAsync() throws RpcFaultException {
        return async.orElseThrow(() -> new RpcFaultException(HResult.E_NOINTERFACE, true));
    }

    Result<Started> started(Subset known, Result<Started> answer) throws LinkException {
        connection.heard();
        if (!answer.isSuccess()) {
            return answer;
        }
        if (answer.value().errors().size() != known.theirs().size()) {
            throw strange("a call");
        }
        Ints errors = known.merge(answer.value().errors());
        return Result.success(
                Subset.overall(answer.hresult(), errors),
                new Started(answer.value().id(), errors));
    }

    /** The answer for the whole call. @param none stands where the member was not asked */
    <T> Result<PerItem<T>> merged(Subset known, Result<PerItem<T>> answer, T none) throws LinkException {
        connection.heard();
        if (!answer.isSuccess()) {
            return answer;
        }
        if (!answer.value().isOf(known.theirs().size())) {
            throw strange("a call");
        }
        Ints errors = known.merge(answer.value().errors());
        return Result.success(
                Subset.overall(answer.hresult(), errors),
                new PerItem<>(known.merge(answer.value().values(), none), errors));
    }

    Result<Ints> merged(Subset known, Result<Ints> answer) throws LinkException {
        connection.heard();
        if (!answer.isSuccess()) {
            return answer;
        }
        if (answer.value().size() != known.theirs().size()) {
            throw strange("a call");
        }
        Ints errors = known.merge(answer.value());
        return Result.success(Subset.overall(answer.hresult(), errors), errors);
    }

    /** It has run, as it was answered: what became of it cannot be told. */
    private LinkException strange(String what) {
        return new LinkException("%s answers %s with lists of the wrong length".formatted(connection.address(), what));
    }

    /** Servers leave arrays out: what is not told has failed. */
    private static PerItem<OpcItemResult> whole(PerItem<OpcItemResult> told, int count) {
        if (told.isOf(count)) {
            return told;
        }
        List<OpcItemResult> none = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            none.add(OpcItemResult.NONE);
        }
        return new PerItem<>(none, Ints.repeat(HResult.E_UNEXPECTED, count));
    }
}
