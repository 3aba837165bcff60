package org.tandemopc.relay.da;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.tandemopc.dcom.Bytes;
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
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer.NewGroup;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcDataSource;
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

/** A group of the model. It tells changes at once, whatever its rate; rates are rounded up to 100 ms. */
final class ModelGroup implements IOPCItemMgt, IOPCGroupStateMgt, IOPCSyncIO, IOPCAsyncIO2 {
    private static final Duration CALL = Duration.ofSeconds(5);

    final int handle;
    final ModelStreams streams;
    volatile String name;
    volatile long rateMs;
    private final ModelServer server;
    private final Map<Integer, Item> items = new ConcurrentSkipListMap<>();
    private final ModelObject.Sinks<IOPCDataCallback> sinks = new ModelObject.Sinks<>(IOPCDataCallback.DEF);
    private final AtomicInteger transactions = new AtomicInteger();
    private final ComObject object;
    private volatile boolean isActive;
    private volatile boolean isEnabled = true;
    private volatile int timeBias;
    private volatile float deadband;
    private volatile int lcid;
    private volatile int clientHandle;

    private static final class Item {
        final int handle;
        final String id;
        volatile int client;
        volatile boolean isActive;
        volatile int type;

        Item(int handle, OpcItemDef def) {
            this.handle = handle;
            this.id = def.itemId();
            this.client = def.clientHandle();
            this.isActive = def.isActive();
            this.type = def.requestedType();
        }
    }

    ModelGroup(ModelServer server, int handle, NewGroup call) {
        this.server = server;
        this.handle = handle;
        this.name = call.name();
        this.rateMs = rounded(call.requestedRateMs());
        this.isActive = call.isActive();
        this.timeBias = call.timeBias().orElse(-60);
        this.deadband = call.percentDeadband().orElse(0f);
        this.lcid = call.lcid();
        this.clientHandle = call.clientHandle();
        sinks.onAdvise = () -> tell(item -> true, 0);
        ComObject.Builder builder = ComObject.named("model group")
                .with(IOPCItemMgt.DEF, this)
                .with(IOPCGroupStateMgt.DEF, this)
                .with(IOPCSyncIO.DEF, this);
        this.streams = new ModelStreams(server, this);
        if (server.isFirstVersion) {
            builder.with(IOPCAsyncIO.DEF, streams).with(IDataObject.DEF, streams);
        } else {
            builder.with(IOPCSyncIO2.DEF, new ModelSyncIo2(this))
                    .with(IOPCAsyncIO2.DEF, this)
                    .with(IConnectionPointContainer.DEF, sinks);
        }
        this.object = builder.build();
    }

    private long rounded(long rateMs) {
        long step = server.rateStepMs;
        return (rateMs + step - 1) / step * step;
    }

    ComObject object() {
        return object;
    }

    String describe() {
        Map<String, String> all = new TreeMap<>();
        items.values().forEach(item -> all.put(item.id, item.isActive ? "active" : "inactive"));
        return "%s %d ms %s %s%s%s"
                .formatted(
                        name,
                        rateMs,
                        isActive ? "active" : "inactive",
                        all,
                        sinks.all.isEmpty() && streams.isEmpty() ? "" : " advised",
                        isEnabled ? "" : " off");
    }

    void changed(String id) {
        if (isActive && isEnabled) {
            tell(item -> item.id.equals(id), 0);
        }
    }

    int clientHandle() {
        return clientHandle;
    }

    void tellAll(int transaction) {
        tell(item -> true, transaction);
    }

    List<OpcItemChange> changes(Ints handles) {
        return handles.stream().map(items::get).map(this::change).toList();
    }

    private boolean tell(Predicate<Item> which, int transaction) {
        List<OpcItemChange> changes = items.values().stream()
                .filter(item -> item.isActive && which.test(item) && server.space.containsKey(item.id))
                .map(this::change)
                .toList();
        if (!changes.isEmpty()) {
            send(sink -> sink.onDataChange(data(transaction, changes)));
            streams.tell(transaction, changes);
        }
        return !changes.isEmpty();
    }

    private OpcItemChange change(Item item) {
        ModelServer.Sample sample = server.sample(item.id);
        return new OpcItemChange(item.client, sample.value(), sample.quality(), sample.time(), HResult.S_OK);
    }

    private IOPCDataCallback.DataChange data(int transaction, List<OpcItemChange> changes) {
        return new IOPCDataCallback.DataChange(transaction, clientHandle, HResult.S_OK, HResult.S_OK, changes);
    }

    private interface Telling {
        Result<Nothing> to(IOPCDataCallback sink) throws LinkException, RpcFaultException;
    }

    private void send(Telling telling) {
        for (ComPointer<IOPCDataCallback> sink : sinks.all.values()) {
            try {
                var unused = telling.to(sink.within(CALL));
            } catch (LinkException | RpcFaultException e) {
                server.log.add("sink of " + name + ": " + e.getMessage());
            }
        }
    }

    // ---- items

    @Override
    public Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> defs) {
        server.passItems();
        return results(defs, true);
    }

    @Override
    public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> defs, boolean blobUpdate) {
        server.pass();
        return results(defs, false);
    }

    private Result<PerItem<OpcItemResult>> results(List<OpcItemDef> defs, boolean isToAdd) {
        List<OpcItemResult> results = new ArrayList<>();
        int[] errors = new int[defs.size()];
        for (OpcItemDef def : defs) {
            if (!server.space.containsKey(def.itemId())) {
                errors[results.size()] = OpcResult.OPC_E_UNKNOWNITEMID;
                results.add(OpcItemResult.NONE);
                continue;
            }
            if (!server.accessPath.isEmpty() && !server.accessPath.equals(def.accessPath())) {
                errors[results.size()] = OpcResult.OPC_E_UNKNOWNPATH;
                results.add(OpcItemResult.NONE);
                continue;
            }
            Item item = new Item(isToAdd ? server.handles.incrementAndGet() : 0, def);
            if (isToAdd) {
                items.put(item.handle, item);
            }
            results.add(new OpcItemResult(
                    item.handle,
                    server.sample(def.itemId()).value().vt(),
                    OpcDa.READABLE | OpcDa.WRITEABLE,
                    Bytes.EMPTY));
        }
        if (isToAdd && isActive && isEnabled) {
            tell(item -> results.stream().anyMatch(one -> one.serverHandle() == item.handle), 0);
        }
        PerItem<OpcItemResult> all = new PerItem<>(results, Ints.of(errors));
        return results.contains(OpcItemResult.NONE) ? Result.partly(all) : Result.ok(all);
    }

    private interface Change {
        int of(Item item, int index);
    }

    private Result<Ints> each(Ints handles, Change change) {
        server.pass();
        int[] errors = new int[handles.size()];
        boolean isAll = true;
        for (int i = 0; i < errors.length; i++) {
            Item item = items.get(handles.at(i));
            errors[i] = item == null ? OpcResult.OPC_E_INVALIDHANDLE : change.of(item, i);
            isAll &= errors[i] == HResult.S_OK;
        }
        return isAll ? Result.ok(Ints.of(errors)) : Result.partly(Ints.of(errors));
    }

    @Override
    public Result<Ints> removeItems(Ints serverHandles) {
        return each(serverHandles, (item, i) -> {
            items.remove(item.handle);
            return HResult.S_OK;
        });
    }

    @Override
    public Result<Ints> setActiveState(Ints serverHandles, boolean active) {
        return each(serverHandles, (item, i) -> {
            item.isActive = active;
            return HResult.S_OK;
        });
    }

    @Override
    public Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles) {
        return each(serverHandles, (item, i) -> {
            item.client = clientHandles.at(i);
            return HResult.S_OK;
        });
    }

    @Override
    public Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes) {
        return each(serverHandles, (item, i) -> {
            if (requestedTypes.at(i) == 13) {
                return OpcResult.OPC_E_BADTYPE;
            }
            item.type = requestedTypes.at(i);
            return HResult.S_OK;
        });
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    // ---- state

    @Override
    public Result<GroupState> getState() {
        server.pass();
        return Result.ok(
                new GroupState(rateMs, isActive, Optional.of(name), timeBias, deadband, lcid, clientHandle, handle));
    }

    @Override
    public Result<Long> setState(StateChange call) {
        server.pass();
        call.rateMs().ifPresent(rate -> rateMs = rounded(rate));
        call.isActive().ifPresent(active -> isActive = active);
        call.timeBias().ifPresent(bias -> timeBias = bias);
        call.percentDeadband().ifPresent(percent -> deadband = percent);
        call.lcid().ifPresent(id -> lcid = id);
        call.clientHandle().ifPresent(client -> clientHandle = client);
        return Result.ok(rateMs);
    }

    @Override
    public Result<Nothing> setName(String now) {
        server.pass();
        name = now;
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> cloneGroup(String copy, Guid iid) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    // ---- values

    @Override
    public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles) {
        server.passRead();
        List<OpcItemState> states = new ArrayList<>();
        Result<Ints> errors = each(serverHandles, (item, i) -> HResult.S_OK);
        for (int i = 0; i < serverHandles.size(); i++) {
            Item item = items.get(serverHandles.at(i));
            if (item == null) {
                states.add(OpcItemState.NONE);
                continue;
            }
            ModelServer.Sample sample = server.sample(item.id);
            states.add(
                    source == OpcDataSource.CACHE && !(isActive && item.isActive)
                            ? new OpcItemState(item.client, FileTime.ZERO, Quality.OUT_OF_SERVICE, Variant.EMPTY)
                            : new OpcItemState(item.client, sample.time(), sample.quality(), sample.value()));
        }
        return Result.success(errors.hresult(), new PerItem<>(states, errors.value()));
    }

    @Override
    public Result<Ints> write(Ints serverHandles, List<Variant> values) {
        Result<Ints> done = each(serverHandles, (item, i) -> {
            server.write(item.id, values.get(i));
            return HResult.S_OK;
        });
        server.passWritten();
        return done;
    }

    @Override
    public Result<Started> read(Ints serverHandles, int transactionId) {
        Result<Ints> errors = each(serverHandles, (item, i) -> HResult.S_OK);
        if (sinks.all.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        List<OpcItemChange> changes = serverHandles.stream()
                .map(items::get)
                .filter(item -> item != null)
                .map(this::change)
                .toList();
        later(sink -> sink.onReadComplete(data(transactionId, changes)));
        return Result.success(errors.hresult(), new Started(transactions.incrementAndGet(), errors.value()));
    }

    @Override
    public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId) {
        if (sinks.all.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        Result<Ints> errors = each(serverHandles, (item, i) -> {
            server.write(item.id, values.get(i));
            return HResult.S_OK;
        });
        int[] clients = serverHandles.stream()
                .map(items::get)
                .filter(item -> item != null)
                .mapToInt(item -> item.client)
                .toArray();
        later(sink -> sink.onWriteComplete(new IOPCDataCallback.WriteComplete(
                transactionId, clientHandle, HResult.S_OK, Ints.of(clients), Ints.repeat(0, clients.length))));
        return Result.success(errors.hresult(), new Started(transactions.incrementAndGet(), errors.value()));
    }

    /** As devices answer: after the call, unless the server holds its answers. */
    private void later(Telling telling) {
        var unused = Thread.ofVirtual().start(() -> {
            server.passWritten();
            send(telling);
        });
    }

    @Override
    public Result<Integer> refresh2(OpcDataSource source, int transactionId) {
        server.pass();
        if (sinks.all.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        if (!isActive || items.values().stream().noneMatch(item -> item.isActive)) {
            return Result.failure(HResult.E_FAIL);
        }
        var unused = Thread.ofVirtual().start(() -> {
            server.passWritten();
            tell(item -> true, transactionId);
        });
        return Result.ok(transactions.incrementAndGet());
    }

    @Override
    public Result<Nothing> cancel2(int cancelId) {
        return Result.failure(HResult.E_FAIL);
    }

    @Override
    public Result<Nothing> setEnable(boolean enable) {
        server.pass();
        isEnabled = enable;
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Boolean> getEnable() {
        return Result.ok(isEnabled);
    }
}
