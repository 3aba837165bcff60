package org.tandemopc.relay.da;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCServerPublicGroups;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** A server object of the model: one for each client that activates it. */
final class ModelObject implements IOPCServer, IOPCCommon, IOPCBrowseServerAddressSpace, IOPCItemProperties {
    private static final FileTime START = FileTime.of(Instant.parse("2026-11-30T06:00:00Z"));

    private final ModelServer server;
    private final Map<Integer, ModelGroup> groups = new ConcurrentHashMap<>();
    private final Sinks<IOPCShutdown> shutdowns = new Sinks<>(IOPCShutdown.DEF);
    private final ComObject object;
    private volatile int locale = 0x409;
    private volatile String position = "";

    ModelObject(ModelServer server) {
        this.server = server;
        ComObject.Builder builder =
                ComObject.named("model").with(IOPCServer.DEF, this).with(IOPCBrowseServerAddressSpace.DEF, this);
        if (!server.isFirstVersion) {
            builder.with(IOPCCommon.DEF, this)
                    .with(IOPCItemProperties.DEF, this)
                    .with(IConnectionPointContainer.DEF, shutdowns)
                    .with(IOPCItemIO.DEF, new ModelItemIo(server))
                    .with(IOPCSecurityPrivate.DEF, new ModelSecurity(server));
        }
        if (server.hasPublicGroups) {
            builder.with(IOPCServerPublicGroups.DEF, new NoPublicGroups());
        }
        this.object = builder.build();
    }

    /** None of any name. */
    private static final class NoPublicGroups implements IOPCServerPublicGroups {
        @Override
        public Result<Optional<ComPointer<IUnknown>>> getPublicGroupByName(String name, Guid iid) {
            return Result.failure(OpcResult.OPC_E_NOTFOUND);
        }

        @Override
        public Result<Nothing> removePublicGroup(int serverHandle, boolean force) {
            return Result.failure(OpcResult.OPC_E_INVALIDHANDLE);
        }
    }

    /** A connection point and its container in one. */
    static final class Sinks<T> implements IConnectionPointContainer, IConnectionPoint {
        final Map<Integer, ComPointer<T>> all = new ConcurrentHashMap<>();
        private final InterfaceDef<T> type;
        private final ComObject point =
                ComObject.named("point").with(IConnectionPoint.DEF, this).build();
        private int last;
        Runnable onAdvise = () -> {};

        Sinks(InterfaceDef<T> type) {
            this.type = type;
        }

        @Override
        public Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints() {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid) {
            return iid.equals(type.iid())
                    ? Result.ok(point.pointer(IConnectionPoint.DEF).map(pointer -> pointer))
                    : Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }

        @Override
        public Result<Guid> getConnectionInterface() {
            return Result.ok(type.iid());
        }

        @Override
        public Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer() {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public synchronized Result<Integer> advise(Optional<ComPointer<IUnknown>> sink)
                throws LinkException, RpcFaultException {
            try (ComPointer<IUnknown> given = sink.orElseThrow()) {
                Result<ComPointer<T>> asked =
                        given.queryInterface(type, Deadline.after(java.time.Duration.ofSeconds(10)));
                if (!asked.isSuccess()) {
                    return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
                }
                last++;
                all.put(last, asked.value());
                onAdvise.run();
                return Result.ok(last);
            }
        }

        @Override
        public Result<Nothing> unadvise(int cookie) {
            ComPointer<T> gone = all.remove(cookie);
            if (gone == null) {
                return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
            }
            gone.close();
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Optional<ComPointer<IEnumConnections>>> enumConnections() {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    /** Gives a list of strings by enumerator. */
    static final class Strings implements IEnumString {
        private final List<String> left;

        Strings(List<String> all) {
            left = new ArrayList<>(all);
        }

        @Override
        public synchronized Result<List<String>> next(long celt) {
            int count = (int) Math.min(celt, Math.min(2, left.size()));
            List<String> some = List.copyOf(left.subList(0, count));
            left.subList(0, count).clear();
            return count == celt ? Result.ok(some) : Result.partly(some);
        }

        @Override
        public Result<Nothing> skip(long celt) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Nothing> reset() {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IEnumString>>> copy() {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    ComObject object() {
        return object;
    }

    List<ModelGroup> groups() {
        return List.copyOf(groups.values());
    }

    void changed(String item) {
        groups.values().forEach(group -> group.changed(item));
    }

    void loseGroups(DcomServer running) {
        groups.values().forEach(group -> {
            var unused = running.disconnect(group.object());
        });
        groups.clear();
    }

    void shutDown(String reason) throws LinkException, RpcFaultException {
        for (ComPointer<IOPCShutdown> sink : shutdowns.all.values()) {
            var unused = sink.within(java.time.Duration.ofSeconds(10)).shutdownRequest(reason);
        }
    }

    @Override
    public Result<AddedGroup> addGroup(NewGroup call) {
        server.pass();
        server.groupsAsked.incrementAndGet();
        if (server.refusesGroups) {
            return Result.failure(HResult.E_OUTOFMEMORY);
        }
        if (groups.values().stream().anyMatch(group -> group.name.equals(call.name()))) {
            return Result.failure(OpcResult.OPC_E_DUPLICATENAME);
        }
        ModelGroup group = new ModelGroup(server, server.handles.incrementAndGet(), call);
        groups.put(group.handle, group);
        server.log.add("group " + call.name());
        server.passGroup();
        int hresult = group.rateMs == call.requestedRateMs() ? HResult.S_OK : OpcResult.OPC_S_UNSUPPORTEDRATE;
        return group.object()
                .pointer(call.iid())
                .map(pointer ->
                        Result.success(hresult, new AddedGroup(group.handle, group.rateMs, Optional.of(pointer))))
                .orElse(Result.failure(HResult.E_NOINTERFACE));
    }

    @Override
    public Result<String> getErrorString(int hresult, int lcid) {
        server.pass();
        return Result.ok("error %08X in %X".formatted(hresult, lcid));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid) {
        return Result.failure(OpcResult.OPC_E_NOTFOUND);
    }

    @Override
    public Result<Optional<OpcServerStatus>> getStatus() {
        server.statusNanos.add(System.nanoTime());
        server.pass();
        if (!server.hasStatus) {
            return Result.failure(HResult.E_FAIL);
        }
        return Result.ok(Optional.of(new OpcServerStatus(
                START,
                FileTime.of(Instant.now()),
                FileTime.ZERO,
                server.state,
                groups.size(),
                OpcServerStatus.BANDWIDTH_UNKNOWN,
                2,
                5,
                7,
                "Model")));
    }

    @Override
    public Result<Nothing> removeGroup(int serverHandle, boolean force) {
        server.pass();
        return groups.remove(serverHandle) == null ? Result.failure(HResult.E_INVALIDARG) : Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Nothing> setLocaleId(int lcid) {
        server.pass();
        if (lcid != 0x409 && lcid != 0x407) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        locale = lcid;
        server.log.add("locale %X".formatted(lcid));
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Integer> getLocaleId() {
        server.pass();
        return Result.ok(locale);
    }

    @Override
    public Result<Ints> queryAvailableLocaleIds() {
        server.pass();
        return Result.ok(Ints.of(0x409, 0x407));
    }

    @Override
    public Result<String> getErrorString(int hresult) {
        return getErrorString(hresult, locale);
    }

    @Override
    public Result<Nothing> setClientName(String name) {
        server.pass();
        server.log.add("client " + name);
        return Result.ok(Nothing.NOTHING);
    }

    // ---- the address space is a tree by points in the ids

    @Override
    public Result<OpcNamespaceType> queryOrganization() {
        server.pass();
        return Result.ok(OpcNamespaceType.HIERARCHICAL);
    }

    @Override
    public Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name) {
        server.pass();
        String wanted = switch (direction) {
            case TO -> name;
            case DOWN -> position.isEmpty() ? name : position + "." + name;
            default -> position.contains(".") ? position.substring(0, position.lastIndexOf('.')) : "";
        };
        boolean isThere =
                wanted.isEmpty() || server.space.keySet().stream().anyMatch(id -> id.startsWith(wanted + "."));
        if (!isThere) {
            return Result.failure(HResult.E_FAIL);
        }
        position = wanted;
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
            OpcBrowseType type, String filter, int dataType, int accessRights) {
        server.pass();
        String prefix = position.isEmpty() ? "" : position + ".";
        Map<String, Boolean> names = new TreeMap<>();
        for (String id : server.space.keySet()) {
            if (id.startsWith(prefix)) {
                String rest = id.substring(prefix.length());
                int point = rest.indexOf('.');
                names.put(point < 0 ? rest : rest.substring(0, point), point >= 0);
            }
        }
        List<String> some = names.entrySet().stream()
                .filter(one -> type == OpcBrowseType.FLAT || one.getValue() == (type == OpcBrowseType.BRANCH))
                .map(Map.Entry::getKey)
                .toList();
        Optional<ComPointer<IEnumString>> pointer = ComObject.named("strings")
                .with(IEnumString.DEF, new Strings(some))
                .build()
                .pointer(IEnumString.DEF)
                .map(one -> one);
        return some.isEmpty() ? Result.partly(pointer) : Result.ok(pointer);
    }

    @Override
    public Result<String> getItemId(String name) {
        server.pass();
        return Result.ok(name.isEmpty() ? position : position.isEmpty() ? name : position + "." + name);
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<List<OpcPropertyInfo>> queryAvailableProperties(String itemId) {
        server.pass();
        return Result.ok(List.of(new OpcPropertyInfo(2, "Item Value", 5)));
    }

    @Override
    public Result<PerItem<Variant>> getItemProperties(String itemId, Ints propertyIds) {
        server.pass();
        List<Variant> values = new ArrayList<>();
        propertyIds.forEach(id -> values.add(server.sample(itemId).value()));
        return Result.ok(new PerItem<>(values, Ints.repeat(HResult.S_OK, values.size())));
    }

    @Override
    public Result<PerItem<String>> lookupItemIds(String itemId, Ints propertyIds) {
        return Result.failure(HResult.E_NOTIMPL);
    }
}
