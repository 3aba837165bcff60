package org.tandemopc.relay.da.front;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.pair.Route;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt.GroupState;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.back.GroupSpec;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.delivery.Outcome;

/** The server object that a client activates: one for each, as with any OPC server. Calls come on virtual threads, several at once. */
public final class DaServerObject implements IOPCServer, IOPCCommon, IOPCBrowseServerAddressSpace, IOPCItemProperties {
    private static final int NAME_MAX = 1_000;

    private final DaSession session;
    private final FrontPair pair;
    private final ComObject object;
    private final Points<IOPCShutdown> shutdowns;
    private final FileTime start = FileTime.of(Instant.now());

    /** Names of groups that are being made. Guarded by itself, with the looking for names in use. */
    private final Set<String> taken = new HashSet<>();

    private volatile @Nullable OpcServerStatus lastStatus;

    /** One call at a time has the member's position, which is the client's. */
    private final ReentrantLock browsing = new ReentrantLock();

    // Guarded by browsing.
    private final BrowsePosition position = new BrowsePosition();
    private @Nullable Object positionedAt;

    DaServerObject(DaSession session, FrontPair pair) {
        this.session = session;
        this.pair = pair;
        this.shutdowns = new Points<>(IOPCShutdown.DEF, session.name(), () -> {});
        this.object = build();
        shutdowns.belongsTo(object);
    }

    /** With the interfaces that the members' server objects have. */
    private ComObject build() {
        ServerSecurity security = new ServerSecurity(session);
        return new Facade(ComObject.named("server " + pair.name()), pair.offered()::onServer)
                .always(IOPCServer.DEF, this)
                .ifOffered(IOPCCommon.DEF, this)
                .ifOffered(IOPCBrowseServerAddressSpace.DEF, this)
                .ifOffered(IOPCItemProperties.DEF, this)
                .ifOffered(IConnectionPointContainer.DEF, shutdowns)
                .ifOffered(IOPCBrowse.DEF, new ServerBrowse(session))
                .ifOffered(IOPCItemIO.DEF, new ServerItemIo(session))
                .ifOffered(IOPCSecurityPrivate.DEF, security)
                .ifOffered(IOPCSecurityNT.DEF, security)
                .build(this::unreferenced);
    }

    public ComObject object() {
        return object;
    }

    /** All remaining groups go when the client has given its server object back (DA 2.05a 4.4.4). */
    private void unreferenced() {
        if (!pair.isReferenced(object)) {
            shutdowns.close();
            session.released();
        }
    }

    /** Tells the client that nothing more comes. The members' own notices are not passed on. */
    void announceEnd(String why) {
        shutdowns.call(sink -> sink.shutdownRequest(why), true);
        shutdowns.end();
        // so that clients learn by their next call that this object will not serve again, and activate anew
        pair.disconnect(object);
    }

    // ---- IOPCServer

    @Override
    public Result<AddedGroup> addGroup(NewGroup call) {
        float deadband = call.percentDeadband().orElse(0f);
        if (!DaGroup.isPercent(deadband) || call.name().length() > NAME_MAX) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (session.groupCount() >= DaSession.GROUPS_MAX) {
            return Result.failure(HResult.E_OUTOFMEMORY);
        }
        int handle = pair.nextHandle();
        Optional<String> name = take(call.name(), handle);
        if (name.isEmpty()) {
            return Result.failure(OpcResult.OPC_E_DUPLICATENAME);
        }
        try {
            Result<AddedGroup> added = DaSession.overall(session.carry(
                    true,
                    (access, deadline) -> access.exclusive(
                            () -> make(access, name.get(), handle, call, deadband, deadline), deadline)));
            if (!added.isSuccess()) {
                return added;
            }
            session.changedElsewhere();
            return settled(added, call.requestedRateMs());
        } finally {
            giveBack(name.get());
        }
    }

    private Result<AddedGroup> settled(Result<AddedGroup> added, long requestedMs) {
        AddedGroup group = added.value();
        long rateMs =
                session.find(group.serverHandle()).map(session::settleRate).orElse(group.revisedRateMs());
        return Result.success(
                rateMs == requestedMs ? added.hresult() : OpcResult.OPC_S_UNSUPPORTEDRATE,
                new AddedGroup(group.serverHandle(), rateMs, group.group()));
    }

    private Result<AddedGroup> make(
            SessionLink.Access access, String name, int handle, NewGroup call, float deadband, Deadline deadline)
            throws LinkException, RpcFaultException {
        GroupView asked = new GroupView(
                name,
                handle,
                call.clientHandle(),
                call.isActive(),
                call.requestedRateMs(),
                0,
                deadband,
                call.lcid(),
                true);
        DaGroup group = new DaGroup(session, asked);
        Optional<ComPointer<IUnknown>> pointer = group.object().pointer(call.iid());
        if (pointer.isEmpty()) {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        GroupSpec spec = new GroupSpec(
                handle,
                name,
                call.isActive(),
                call.requestedRateMs(),
                call.timeBias(),
                deadband,
                call.lcid(),
                true,
                false);
        Result<MemberGroup> made = MemberGroup.add(
                access.connection(), spec, group.callbackOf(access.link(), access.connection()), deadline);
        if (!made.isSuccess()) {
            return Result.failure(made.hresult());
        }
        MemberGroup there = made.value();
        Result<GroupState> state = there.state(deadline);
        int timeBias =
                state.isSuccess() ? state.value().timeBias() : call.timeBias().orElse(0);
        group.revised(there.revisedRateMs(), timeBias);
        there.isAlready(group.spec(false));
        group.promote(access.member());
        session.add(group);
        access.made(group, there);
        return Result.success(there.hresult(), new AddedGroup(handle, there.revisedRateMs(), pointer));
    }

    /** A name for a group, until it is given back; empty: another one has it. */
    private Optional<String> take(String wanted, int handle) {
        String name = wanted.isEmpty() ? "Group " + Integer.toUnsignedString(handle) : wanted;
        synchronized (taken) {
            return session.named(name).isEmpty() && taken.add(name) ? Optional.of(name) : Optional.empty();
        }
    }

    private void giveBack(String name) {
        synchronized (taken) {
            taken.remove(name);
        }
    }

    /** @return an HRESULT */
    int rename(DaGroup group, String wanted) {
        if (wanted.isEmpty() || wanted.length() > NAME_MAX) {
            return HResult.E_INVALIDARG;
        }
        Optional<String> name = take(wanted, group.handle());
        if (name.isEmpty()) {
            return OpcResult.OPC_E_DUPLICATENAME;
        }
        group.named(wanted);
        giveBack(wanted);
        return HResult.S_OK;
    }

    /** A group with the same items, not active, without sinks (DA 2.05a 4.5.3.4). */
    Result<Optional<ComPointer<IUnknown>>> copy(DaGroup of, String wanted, Guid iid) {
        if (session.groupCount() >= DaSession.GROUPS_MAX) {
            return Result.failure(HResult.E_OUTOFMEMORY);
        }
        int handle = pair.nextHandle();
        Optional<String> name = take(wanted, handle);
        if (name.isEmpty()) {
            return Result.failure(OpcResult.OPC_E_DUPLICATENAME);
        }
        try {
            GroupView view = of.view();
            DaGroup copy = new DaGroup(
                    session,
                    new GroupView(
                            name.get(),
                            handle,
                            view.clientHandle(),
                            false,
                            view.rateMs(),
                            view.timeBias(),
                            view.percentDeadband(),
                            view.lcid(),
                            true));
            Optional<ComPointer<IUnknown>> pointer = copy.object().pointer(iid);
            if (pointer.isEmpty()) {
                return Result.failure(HResult.E_NOINTERFACE);
            }
            of.copyItemsTo(copy);
            if (session.place() instanceof Place.Serving(Route route)) {
                copy.promote(route.member());
            }
            session.add(copy);
            session.changed();
            return Result.ok(pointer);
        } finally {
            giveBack(name.get());
        }
    }

    @Override
    public Result<String> getErrorString(int hresult, int lcid) {
        return DaSession.overall(session.carry(
                true,
                (access, deadline) ->
                        access.connection().server().within(deadline).getErrorString(hresult, lcid)));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid) {
        Optional<DaGroup> group = session.named(name);
        if (group.isEmpty()) {
            return Result.failure(OpcResult.OPC_E_NOTFOUND);
        }
        Optional<ComPointer<IUnknown>> pointer = group.get().object().pointer(iid);
        return pointer.isEmpty() ? Result.failure(HResult.E_NOINTERFACE) : Result.ok(pointer);
    }

    /** Clients ask it to find out whether we live: it waits for no switch. Groups are counted here. */
    @Override
    public Result<Optional<OpcServerStatus>> getStatus() {
        if (session.place() instanceof Place.Serving) {
            Outcome<Result<OpcServerStatus>> asked =
                    session.carryNow((access, deadline) -> access.connection().status(deadline));
            if (asked instanceof Outcome.Done<Result<OpcServerStatus>> done) {
                if (!done.answer().isSuccess()) {
                    return Result.failure(done.answer().hresult());
                }
                lastStatus = done.answer().value();
                return Result.ok(Optional.of(
                        ours(done.answer().value(), done.answer().value().state())));
            }
        }
        return Result.ok(Optional.of(withoutMember()));
    }

    private OpcServerStatus ours(OpcServerStatus told, OpcServerState state) {
        return new OpcServerStatus(
                told.startTime(),
                told.currentTime(),
                told.lastUpdateTime(),
                state,
                session.groupCount(),
                told.bandwidth(),
                told.major(),
                told.minor(),
                told.build(),
                told.vendorInfo());
    }

    /** While switching what was told last; with no member the state that says so. */
    private OpcServerStatus withoutMember() {
        OpcServerStatus known = lastStatus;
        boolean isSwitching = session.place() instanceof Place.Switching || session.place() instanceof Place.Serving;
        FileTime now = FileTime.of(Instant.now());
        OpcServerStatus base = known != null
                ? known
                : new OpcServerStatus(
                        start,
                        now,
                        FileTime.ZERO,
                        OpcServerState.COMM_FAULT,
                        0,
                        OpcServerStatus.BANDWIDTH_UNKNOWN,
                        0,
                        0,
                        0,
                        "Tandem");
        OpcServerStatus told = new OpcServerStatus(
                base.startTime(),
                now,
                base.lastUpdateTime(),
                base.state(),
                base.groupCount(),
                base.bandwidth(),
                base.major(),
                base.minor(),
                base.build(),
                base.vendorInfo());
        return ours(told, isSwitching ? base.state() : OpcServerState.COMM_FAULT);
    }

    @Override
    public Result<Nothing> removeGroup(int serverHandle, boolean force) {
        Optional<DaGroup> group = session.find(serverHandle);
        if (group.isEmpty()) {
            return Result.failure(OpcResult.OPC_E_INVALIDHANDLE);
        }
        if (!force && pair.isReferenced(group.get().object())) {
            group.get().deleteLater();
            return Result.success(OpcResult.OPC_S_INUSE, Nothing.NOTHING);
        }
        session.remove(group.get());
        return Result.ok(Nothing.NOTHING);
    }

    /** There are no public groups: asked for those alone, there is none. */
    @Override
    public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid) {
        if (scope == OpcEnumScope.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        boolean isPublic = scope == OpcEnumScope.PUBLIC || scope == OpcEnumScope.PUBLIC_CONNECTIONS;
        List<DaGroup> all = isPublic ? List.of() : List.copyOf(session.groups());
        Optional<ComPointer<IUnknown>> pointer;
        if (iid.equals(IEnumString.DEF.iid())) {
            pointer = Enumerators.strings(
                            all.stream().map(group -> group.view().name()).toList())
                    .map(one -> one.as(IUnknown.DEF));
        } else if (iid.equals(IEnumUnknown.DEF.iid())) {
            pointer = Enumerators.objects(all.stream().map(DaGroup::object).toList())
                    .map(one -> one.as(IUnknown.DEF));
        } else {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        return all.isEmpty() ? Result.partly(pointer) : Result.ok(pointer);
    }

    // ---- IOPCCommon

    /** What is asked of the members' IOPCCommon; servers of DA 1.0 have none. */
    @FunctionalInterface
    private interface CommonCall<X> {
        Result<X> on(IOPCCommon common) throws LinkException, RpcFaultException;
    }

    private <X> Result<X> common(CommonCall<X> call) {
        return DaSession.overall(session.carry(true, (access, deadline) -> {
            Optional<ComPointer<IOPCCommon>> there = access.connection().common();
            return there.isEmpty()
                    ? Result.failure(HResult.E_NOTIMPL)
                    : call.on(there.get().within(deadline));
        }));
    }

    /** The active member says whether it has the language; those to come are told. */
    @Override
    public Result<Nothing> setLocaleId(int lcid) {
        Result<Nothing> answer = common(there -> there.setLocaleId(lcid));
        if (answer.isSuccess()) {
            session.introduce(now -> now.withLanguage(lcid));
            session.changedElsewhere();
        }
        return answer;
    }

    @Override
    public Result<Integer> getLocaleId() {
        return common(IOPCCommon::getLocaleId);
    }

    @Override
    public Result<Ints> queryAvailableLocaleIds() {
        return common(IOPCCommon::queryAvailableLocaleIds);
    }

    @Override
    public Result<String> getErrorString(int hresult) {
        return common(there -> there.getErrorString(hresult));
    }

    @Override
    public Result<Nothing> setClientName(String name) {
        if (name.length() > NAME_MAX) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        session.introduce(now -> now.withName(name));
        session.changedElsewhere();
        Result<Nothing> told = common(there -> there.setClientName(name));
        return told.isSuccess() ? told : Result.ok(Nothing.NOTHING);
    }

    // ---- IOPCBrowseServerAddressSpace

    @FunctionalInterface
    private interface BrowseCall<X> {
        Result<X> on(IOPCBrowseServerAddressSpace there) throws LinkException, RpcFaultException;
    }

    /** At the member the client's position is set first, where it has another one. */
    private <X> Result<X> browse(BrowseCall<X> call) {
        return DaSession.overall(session.carry(true, (access, deadline) -> {
            Optional<ComPointer<IOPCBrowseServerAddressSpace>> found =
                    access.connection().find(IOPCBrowseServerAddressSpace.DEF, deadline);
            if (found.isEmpty()) {
                return Result.failure(HResult.E_NOTIMPL);
            }
            IOPCBrowseServerAddressSpace there = found.get().within(deadline);
            browsing.lock();
            try {
                if (positionedAt != access.connection()) {
                    Result<Nothing> brought = position.bring(there);
                    positionedAt = access.connection();
                    if (!brought.isSuccess()) {
                        return Result.failure(brought.hresult());
                    }
                }
                return call.on(there);
            } finally {
                browsing.unlock();
            }
        }));
    }

    @Override
    public Result<OpcNamespaceType> queryOrganization() {
        return browse(IOPCBrowseServerAddressSpace::queryOrganization);
    }

    @Override
    public Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name) {
        return browse(there -> position.change(there, direction, name));
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
            OpcBrowseType type, String filter, int dataType, int accessRights) {
        return browse(there -> listed(there.browseOpcItemIds(type, filter, dataType, accessRights)));
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId) {
        return browse(there -> listed(there.browseAccessPaths(itemId)));
    }

    /** The member's enumerator, taken over whole: ours stays when the member goes. */
    private static Result<Optional<ComPointer<IEnumString>>> listed(Result<Optional<ComPointer<IEnumString>>> told)
            throws LinkException, RpcFaultException {
        if (!told.isSuccess()) {
            return told;
        }
        if (told.value().isEmpty()) {
            return Result.partly(Enumerators.strings(List.of()));
        }
        try (ComPointer<IEnumString> theirs = told.value().get()) {
            Result<List<String>> all = Enumerators.drained(theirs.within(DaSession.CALL_MAX));
            return all.isSuccess()
                    ? Result.success(told.hresult(), Enumerators.strings(all.value()))
                    : Result.failure(all.hresult());
        }
    }

    @Override
    public Result<String> getItemId(String name) {
        return browse(there -> there.getItemId(name));
    }

    // ---- IOPCItemProperties

    @FunctionalInterface
    private interface PropertiesCall<X> {
        Result<X> on(IOPCItemProperties there) throws LinkException, RpcFaultException;
    }

    private <X> Result<X> properties(PropertiesCall<X> call) {
        return DaSession.overall(session.carry(true, (access, deadline) -> {
            Optional<ComPointer<IOPCItemProperties>> found = access.connection().find(IOPCItemProperties.DEF, deadline);
            return found.isEmpty()
                    ? Result.failure(HResult.E_NOTIMPL)
                    : call.on(found.get().within(deadline));
        }));
    }

    @Override
    public Result<List<OpcPropertyInfo>> queryAvailableProperties(String itemId) {
        return properties(there -> there.queryAvailableProperties(itemId));
    }

    @Override
    public Result<PerItem<Variant>> getItemProperties(String itemId, Ints propertyIds) {
        return properties(there -> there.getItemProperties(itemId, propertyIds));
    }

    @Override
    public Result<PerItem<String>> lookupItemIds(String itemId, Ints propertyIds) {
        return properties(there -> there.lookupItemIds(itemId, propertyIds));
    }
}
