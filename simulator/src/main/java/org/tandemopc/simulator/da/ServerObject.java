package org.tandemopc.simulator.da;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;
import org.tandemopc.opcda.params.Ints;

/**
 * The server object of one client, with its groups; with its last reference they go too (DA 3.0 4.3, DA 2.05a 4.4). Any thread.
 */
final class ServerObject implements IOPCServer, IOPCCommon {
    static final String VENDOR = "Tandem simulated DA server";

    private static final Logger LOG = LoggerFactory.getLogger(ServerObject.class);
    private static final int GROUPS_MAX = 1_000;
    private static final int NAME_MAX = 100;
    private static final int MAJOR = 3;
    private static final Duration SHUTDOWN_WITHIN = Duration.ofSeconds(10);
    private static final int ENGLISH = 0x409;

    /** English, the system's default, the user's default, neutral: texts are the same in all of them. */
    private static final Ints LOCALES = Ints.of(ENGLISH, 0x800, 0x400, 0);

    private final DaHost host;
    private final Instant started;
    private final String vendor;
    private final String id;
    private final Consumer<ServerObject> onGone;
    private final SinkPoint<IOPCShutdown> shutdown;
    private final ComObject object;
    private final Map<Integer, GroupObject> groups = new LinkedHashMap<>();
    private volatile String clientName = "";
    private int lcid = ENGLISH;
    private int lastName;
    private boolean isGone;

    /**
     * @param vendor of the status
     * @param onGone called when the client has no reference on it any more
     */
    ServerObject(DaHost host, Instant started, String vendor, String id, Consumer<ServerObject> onGone) {
        this.host = host;
        this.started = started;
        this.vendor = vendor;
        this.id = id;
        this.onGone = onGone;
        this.shutdown = new SinkPoint<>(IOPCShutdown.DEF, this::object, new SinkPoint.Listener<>() {
            @Override
            public void advised(ComPointer<IOPCShutdown> sink) {
                // it hears of the end, and of nothing before
            }

            @Override
            public void unadvised() {
                // nothing was made for it
            }
        });
        this.object = build();
    }

    private ComObject build() {
        ComObject.Builder builder =
                ComObject.named("server of " + id).onUnreferenced(this::close).with(IOPCServer.DEF, this);
        if (host.offers(DaVersion.DA_2_05A) || host.offers(DaVersion.DA_3_0)) {
            builder.with(IOPCCommon.DEF, this).with(IConnectionPointContainer.DEF, new PointContainer(shutdown));
        }
        if (host.offers(DaVersion.DA_1_0) || host.offers(DaVersion.DA_2_05A)) {
            builder.with(IOPCBrowseServerAddressSpace.DEF, new BrowseSpace(host));
        }
        if (host.offers(DaVersion.DA_2_05A)) {
            builder.with(IOPCItemProperties.DEF, new ItemProperties(host));
        }
        if (host.offers(DaVersion.DA_3_0)) {
            builder.with(IOPCBrowse.DEF, new Browse(host)).with(IOPCItemIO.DEF, new ItemIo(host, this));
        }
        return builder.build();
    }

    ComObject object() {
        return object;
    }

    /** Short, and the same always. */
    String id() {
        return id;
    }

    /** For log and ledger: what the client calls itself, if it does, and a number. Takes no lock. */
    String name() {
        String said = clientName;
        return said.isEmpty() ? id : id + " " + said;
    }

    // Groups

    @Override
    public Result<AddedGroup> addGroup(NewGroup call) {
        host.faults().pass(DaFaults.Kind.GROUPS);
        if (!DaGroupModel.isPercent(call.percentDeadband().orElse(0f))) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Result<GroupObject> made = add(
                call.name(),
                call.iid(),
                (name, handle) -> new DaGroupModel(host.plant(), host.rates(), call, name, handle, host.defaultBias()));
        if (!made.isSuccess()) {
            return Result.failure(made.hresult());
        }
        GroupObject group = made.value();
        Made state = Made.of(group);
        int hresult = state.rateMs() == call.requestedRateMs() ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE;
        return Result.success(
                hresult,
                new AddedGroup(state.handle(), state.rateMs(), group.object().pointer(call.iid())));
    }

    private record Made(int handle, long rateMs) {
        static Made of(GroupObject group) {
            return group.peek(model ->
                    new Made(model.state().serverHandle(), model.state().rateMs()));
        }
    }

    private interface Maker {
        DaGroupModel make(String name, int serverHandle);
    }

    private synchronized Result<GroupObject> add(String wanted, Guid iid, Maker maker) {
        if (isGone || groups.size() >= GROUPS_MAX) {
            return Result.failure(HResult.E_OUTOFMEMORY);
        }
        if (!wanted.isEmpty() && named(wanted).isPresent()) {
            return Result.failure(OpcResult.OPC_E_DUPLICATENAME);
        }
        int handle = host.nextGroupHandle();
        GroupObject group = new GroupObject(host, this, maker.make(wanted.isEmpty() ? freshName() : wanted, handle));
        if (group.object().pointer(iid).isEmpty()) {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        groups.put(handle, group);
        return Result.ok(group);
    }

    private String freshName() {
        String name;
        do {
            lastName++;
            name = "Group" + lastName;
        } while (named(name).isPresent());
        return name;
    }

    /** Those that were removed and still have references do not count. */
    private Optional<GroupObject> named(String name) {
        return living().stream()
                .filter(group -> group.peek(DaGroupModel::name).equals(name))
                .findFirst();
    }

    private List<GroupObject> living() {
        return groups.values().stream().filter(group -> !group.isDeleted()).toList();
    }

    synchronized Result<Nothing> rename(GroupObject group, String name) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        Optional<GroupObject> other = named(name);
        if (other.isPresent() && other.get() != group) {
            return Result.failure(OpcResult.OPC_E_DUPLICATENAME);
        }
        return group.peek(model -> {
            model.rename(name);
            return Answers.DONE;
        });
    }

    Result<Optional<ComPointer<IUnknown>>> cloneGroup(GroupObject group, String wanted, Guid iid) {
        Result<GroupObject> made = add(wanted, iid, (name, handle) -> group.peek(model -> model.cloned(name, handle)));
        return made.isSuccess() ? Result.ok(made.value().object().pointer(iid)) : Result.failure(made.hresult());
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid) {
        host.faults().pass(DaFaults.Kind.GROUPS);
        Optional<GroupObject> found;
        synchronized (this) {
            found = named(name);
        }
        if (found.isEmpty()) {
            return Result.failure(OpcResult.OPC_E_NOTFOUND);
        }
        Optional<ComPointer<IUnknown>> pointer = found.get().object().pointer(iid);
        return pointer.isPresent() ? Result.ok(pointer) : Result.failure(HResult.E_NOINTERFACE);
    }

    @Override
    public Result<Nothing> removeGroup(int serverHandle, boolean force) {
        host.faults().pass(DaFaults.Kind.GROUPS);
        GroupObject group;
        synchronized (this) {
            group = groups.get(serverHandle);
        }
        if (group == null || group.isDeleted()) {
            return Result.failure(OpcResult.OPC_E_INVALIDHANDLE);
        }
        if (!group.remove(force)) {
            return Result.success(OpcResult.OPC_S_INUSE, Nothing.NOTHING);
        }
        forget(group);
        return Answers.DONE;
    }

    /** The group has gone for good. */
    synchronized void forget(GroupObject group) {
        groups.values().remove(group);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid) {
        host.faults().pass(DaFaults.Kind.GROUPS);
        List<GroupObject> all = switch (scope) {
            case PRIVATE, PRIVATE_CONNECTIONS, ALL, ALL_CONNECTIONS -> groups();
            case PUBLIC, PUBLIC_CONNECTIONS, OTHER -> List.of();
        };
        if (scope == OpcEnumScope.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Optional<ComPointer<IUnknown>> enumerator;
        if (iid.equals(IEnumString.DEF.iid())) {
            List<String> names =
                    all.stream().map(group -> group.peek(DaGroupModel::name)).toList();
            enumerator = Enumerators.strings(names).map(pointer -> pointer.as(IUnknown.DEF));
        } else if (iid.equals(IEnumUnknown.DEF.iid())) {
            List<Optional<ComPointer<IUnknown>>> pointers = all.stream()
                    .map(group -> group.object().pointer(IUnknown.IID))
                    .toList();
            enumerator = Enumerators.unknowns(pointers).map(pointer -> pointer.as(IUnknown.DEF));
        } else {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        return Result.success(all.isEmpty() ? HResult.S_FALSE : HResult.S_OK, enumerator);
    }

    synchronized List<GroupObject> groups() {
        return living();
    }

    // The server as a whole

    @Override
    public Result<String> getErrorString(int hresult, int locale) {
        return LOCALES.contains(locale) ? getErrorString(hresult) : Result.failure(HResult.E_INVALIDARG);
    }

    @Override
    public Result<Optional<OpcServerStatus>> getStatus() {
        host.faults().pass(DaFaults.Kind.STATUS);
        List<GroupObject> all = groups();
        long updated = all.stream()
                .mapToLong(group -> group.peek(DaGroupModel::lastUpdateMs))
                .max()
                .orElse(0);
        return Result.ok(Optional.of(new OpcServerStatus(
                FileTime.of(started),
                FileTime.of(Instant.ofEpochMilli(host.plant().nowMs())),
                updated == 0 ? FileTime.ZERO : FileTime.of(Instant.ofEpochMilli(updated)),
                host.faults().state(),
                all.size(),
                OpcServerStatus.BANDWIDTH_UNKNOWN,
                MAJOR,
                0,
                1,
                vendor)));
    }

    // IOPCCommon

    @Override
    public synchronized Result<Nothing> setLocaleId(int locale) {
        if (!LOCALES.contains(locale)) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        lcid = locale;
        return Answers.DONE;
    }

    @Override
    public synchronized Result<Integer> getLocaleId() {
        return Result.ok(lcid);
    }

    @Override
    public Result<Ints> queryAvailableLocaleIds() {
        return Result.ok(LOCALES);
    }

    @Override
    public Result<String> getErrorString(int hresult) {
        String text = OpcResult.describe(hresult);
        boolean isKnown = !text.startsWith("0x") || OpcResult.isVendors(hresult);
        return isKnown ? Result.ok(text) : Result.failure(HResult.E_INVALIDARG);
    }

    @Override
    public Result<Nothing> setClientName(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        clientName = printable.substring(0, Math.min(NAME_MAX, printable.length()));
        return Answers.DONE;
    }

    /** Tells the client that the server stops. @return whether it was told */
    boolean requestShutdown(String reason) {
        boolean isTold = false;
        for (ComPointer<IOPCShutdown> sink : shutdown.sinks()) {
            try {
                isTold |= sink.within(SHUTDOWN_WITHIN).shutdownRequest(reason).isSuccess();
            } catch (LinkException | RpcFaultException | IllegalStateException e) {
                LOG.debug("{} was not told of the shutdown.", name(), e);
            }
        }
        return isTold;
    }

    int sinks() {
        return shutdown.count() + groups().stream().mapToInt(GroupObject::sinks).sum();
    }

    void tick(long nowMs) {
        groups().forEach(group -> group.tick(nowMs));
    }

    /** The client has gone, or the server stops: what was made for it goes. */
    void close() {
        List<GroupObject> all;
        synchronized (this) {
            isGone = true;
            all = List.copyOf(groups.values());
            groups.clear();
        }
        all.forEach(group -> group.remove(true));
        shutdown.close();
        onGone.accept(this);
    }
}
