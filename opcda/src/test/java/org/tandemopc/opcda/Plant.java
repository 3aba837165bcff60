package org.tandemopc.opcda;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** An object of a server that knows one item, for the test of the interfaces over a network: no more than the test calls. */
final class Plant implements IOPCServer, IOPCCommon, IConnectionPointContainer, IConnectionPoint {
    static final OpcServerStatus STATUS = new OpcServerStatus(
            FileTime.of(Instant.parse("2026-11-30T06:00:00Z")),
            FileTime.of(Instant.parse("2026-11-30T12:00:00Z")),
            FileTime.ZERO,
            OpcServerState.RUNNING,
            0,
            OpcServerStatus.BANDWIDTH_UNKNOWN,
            3,
            0,
            17,
            "Plant");
    static final String ITEM = "Boiler.Level";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int GROUP = 77;
    private static final int HANDLE = 5;

    /** What happened, in its order. */
    final List<String> log = new CopyOnWriteArrayList<>();

    private final List<ComPointer<IOPCShutdown>> sinks = new ArrayList<>();
    private final ComObject object = ComObject.named("plant")
            .with(IOPCServer.DEF, this)
            .with(IOPCCommon.DEF, this)
            .with(IConnectionPointContainer.DEF, this)
            .build();
    private final ComObject shutdownPoint =
            ComObject.named("point").with(IConnectionPoint.DEF, this).build();
    private final ComObject group = ComObject.named("group")
            .with(IOPCItemMgt.DEF, new Items())
            .with(IOPCSyncIO2.DEF, new Values())
            .build();

    ComObject object() {
        return object;
    }

    @Override
    public Result<AddedGroup> addGroup(NewGroup call) {
        return group.pointer(call.iid())
                .map(pointer -> Result.ok(new AddedGroup(GROUP, call.requestedRateMs(), Optional.of(pointer))))
                .orElse(Result.failure(HResult.E_NOINTERFACE));
    }

    @Override
    public Result<String> getErrorString(int hresult, int lcid) {
        return Result.ok(OpcResult.describe(hresult));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> getGroupByName(String name, Guid iid) {
        return Result.failure(OpcResult.OPC_E_NOTFOUND);
    }

    @Override
    public Result<Optional<OpcServerStatus>> getStatus() {
        return Result.ok(Optional.of(STATUS));
    }

    @Override
    public Result<Nothing> removeGroup(int serverHandle, boolean force) {
        log.add("removed " + serverHandle);
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createGroupEnumerator(OpcEnumScope scope, Guid iid) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Nothing> setLocaleId(int lcid) {
        return Result.failure(HResult.E_INVALIDARG);
    }

    @Override
    public Result<Integer> getLocaleId() {
        return Result.ok(0x409);
    }

    @Override
    public Result<Ints> queryAvailableLocaleIds() {
        return Result.ok(Ints.of(0x409));
    }

    @Override
    public Result<String> getErrorString(int hresult) {
        return Result.failure(HResult.E_INVALIDARG);
    }

    @Override
    public Result<Nothing> setClientName(String name) {
        log.add("client " + name);
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints() {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid) {
        return iid.equals(IOPCShutdown.DEF.iid())
                ? Result.ok(shutdownPoint.pointer(IConnectionPoint.DEF).map(pointer -> pointer))
                : Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
    }

    @Override
    public Result<Guid> getConnectionInterface() {
        return Result.ok(IOPCShutdown.DEF.iid());
    }

    @Override
    public Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer() {
        return Result.ok(object.pointer(IConnectionPointContainer.DEF).map(pointer -> pointer));
    }

    /** Clients give the IUnknown of their object: it is asked for what the point needs. */
    @Override
    public Result<Integer> advise(Optional<ComPointer<IUnknown>> sink) throws LinkException, RpcFaultException {
        if (sink.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        try (ComPointer<IUnknown> given = sink.get()) {
            Result<ComPointer<IOPCShutdown>> asked = given.queryInterface(IOPCShutdown.DEF, Deadline.after(PATIENCE));
            if (!asked.isSuccess()) {
                return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
            }
            sinks.add(asked.value());
            return Result.ok(sinks.size());
        }
    }

    @Override
    public Result<Nothing> unadvise(int cookie) {
        return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
    }

    @Override
    public Result<Optional<ComPointer<IEnumConnections>>> enumConnections() {
        return Result.failure(HResult.E_NOTIMPL);
    }

    void shutDown(String reason) throws LinkException, RpcFaultException {
        for (ComPointer<IOPCShutdown> sink : sinks) {
            log.add("told "
                    + OpcResult.describe(
                            sink.within(PATIENCE).shutdownRequest(reason).hresult()));
            sink.close();
        }
    }

    private static final class Items implements IOPCItemMgt {
        @Override
        public Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> items) {
            List<OpcItemResult> results = new ArrayList<>();
            int[] errors = new int[items.size()];
            for (OpcItemDef item : items) {
                boolean isKnown = item.itemId().equals(ITEM);
                errors[results.size()] = isKnown ? HResult.S_OK : OpcResult.OPC_E_UNKNOWNITEMID;
                results.add(isKnown ? new OpcItemResult(HANDLE, 5, OpcDa.READABLE, Bytes.EMPTY) : OpcItemResult.NONE);
            }
            return Result.success(
                    results.contains(OpcItemResult.NONE) ? HResult.S_FALSE : HResult.S_OK,
                    new PerItem<>(results, Ints.of(errors)));
        }

        @Override
        public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> items, boolean blobUpdate) {
            return addItems(items);
        }

        @Override
        public Result<Ints> removeItems(Ints serverHandles) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Ints> setActiveState(Ints serverHandles, boolean isActive) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    /** As DA 3.0 has it, so that asking for what came before finds it as well. */
    private static final class Values implements IOPCSyncIO2 {
        @Override
        public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
            List<OpcItemState> states = new ArrayList<>();
            for (int handle : serverHandles) {
                states.add(
                        handle == HANDLE
                                ? new OpcItemState(1, FileTime.ZERO, Quality.GOOD, new Variant.R8(84.5))
                                : OpcItemState.NONE);
            }
            return Result.ok(new PerItem<>(states, Ints.repeat(HResult.S_OK, states.size())));
        }

        @Override
        public Result<Ints> write(Ints serverHandles, List<Variant> values) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values) {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }
}
