package org.tandemopc.simulator.da;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.stream.StreamFormat;

/**
 * A group as an object of COM: its {@link DaGroupModel}, the interfaces that clients call, and the senders that call clients. The
 * lock of the group is held while the model decides and its callbacks are queued, and never while anybody waits. Any thread.
 */
final class GroupObject {
    private final DaHost host;
    private final ServerObject server;
    private final DaGroupModel model;
    private final SinkPoint<IOPCDataCallback> point;
    private final ComObject object;
    private @Nullable DaSender callbacks;

    /** Of DA 1.0, by their numbers. */
    private final Map<Integer, Advised> connections = new LinkedHashMap<>();

    private int lastConnection;

    /** Removed while references were left: all calls fail until the last has gone (DA 3.0 4.3.4.5). */
    private boolean isDeleted;

    GroupObject(DaHost host, ServerObject server, DaGroupModel model) {
        this.host = host;
        this.server = server;
        this.model = model;
        this.point = new SinkPoint<>(IOPCDataCallback.DEF, this::object, new Listener());
        this.object = build();
    }

    /** Whom a connection of DA 1.0 is for. */
    private record Advised(StreamFormat format, ComPointer<IAdviseSink> sink, DaSender sender) {
        void close() {
            sender.close();
            sink.close();
        }
    }

    private ComObject build() {
        ComObject.Builder builder = ComObject.named("group of " + server.id())
                .onUnreferenced(this::unreferenced)
                .with(IOPCItemMgt.DEF, new GroupItems(this));
        GroupStates state = new GroupStates(this);
        GroupSyncIo sync = new GroupSyncIo(this);
        GroupAsyncIo async = new GroupAsyncIo(this);
        if (host.offers(DaVersion.DA_3_0)) {
            builder.with(IOPCGroupStateMgt2.DEF, state)
                    .with(IOPCSyncIO2.DEF, sync)
                    .with(IOPCAsyncIO3.DEF, async)
                    .with(IOPCItemDeadbandMgt.DEF, new GroupDeadband(this))
                    .with(IOPCItemSamplingMgt.DEF, new GroupSampling(this));
        } else {
            builder.with(IOPCGroupStateMgt.DEF, state).with(IOPCSyncIO.DEF, sync);
            if (host.offers(DaVersion.DA_2_05A)) {
                builder.with(IOPCAsyncIO2.DEF, async);
            }
        }
        if (host.offers(DaVersion.DA_1_0)) {
            builder.with(IOPCAsyncIO.DEF, new GroupAsyncIo1(this)).with(IDataObject.DEF, new GroupData(this));
        }
        if (host.offers(DaVersion.DA_2_05A) || host.offers(DaVersion.DA_3_0)) {
            builder.with(IConnectionPointContainer.DEF, new PointContainer(point));
        }
        return builder.build();
    }

    private final class Listener implements SinkPoint.Listener<IOPCDataCallback> {
        @Override
        public void advised(ComPointer<IOPCDataCallback> sink) {
            synchronized (GroupObject.this) {
                callbacks = new DaSender(object.name(), new CallbackSink(sink), () -> point.forget(sink));
                model.heard(true);
            }
            host.hurry();
        }

        @Override
        public void unadvised() {
            synchronized (GroupObject.this) {
                if (callbacks != null) {
                    callbacks.close();
                    callbacks = null;
                }
                model.dropPending(OptionalInt.empty());
                if (!isHeard()) {
                    model.heard(false);
                }
            }
        }
    }

    DaHost host() {
        return host;
    }

    ServerObject server() {
        return server;
    }

    ComObject object() {
        return object;
    }

    /** For the ledger. */
    String who() {
        return server.name();
    }

    /**
     * For the interfaces: waits for what the faults say, then does it.
     *
     * @return E_FAIL if the group was removed
     */
    <T> Result<T> call(DaFaults.Kind kind, Function<DaGroupModel, Result<T>> body) {
        host.faults().pass(kind);
        return locked(body);
    }

    private synchronized <T> Result<T> locked(Function<DaGroupModel, Result<T>> body) {
        return isDeleted ? Result.failure(HResult.E_FAIL) : body.apply(model);
    }

    /** For the server object, which has asked the faults already. */
    synchronized <T> T peek(Function<DaGroupModel, T> body) {
        return body.apply(model);
    }

    /** Whether there is a sink of DA 2.05a or 3.0. */
    synchronized boolean hasCallbacks() {
        return callbacks != null;
    }

    private boolean isHeard() {
        return callbacks != null || connections.values().stream().anyMatch(one -> isData(one.format()));
    }

    private static boolean isData(StreamFormat format) {
        return format != StreamFormat.WRITE_COMPLETE;
    }

    /** Callbacks that come of a call: behind those that are queued. */
    synchronized void tell(List<DaCallback> all) {
        for (DaCallback callback : all) {
            if (callback.connection().isPresent()) {
                Advised one = connections.get(callback.connection().getAsInt());
                if (one != null) {
                    one.sender().offer(callback);
                }
                continue;
            }
            if (callbacks != null) {
                callbacks.offer(callback);
            }
            if (callback instanceof DaCallback.Changed) {
                connections.values().stream()
                        .filter(one -> isData(one.format()))
                        .forEach(one -> one.sender().offer(callback));
            }
        }
    }

    /** Adds a sink of DA 1.0, which becomes the group's. @return CONNECT_E_ADVISELIMIT: there is one of the format */
    Result<Integer> connect(StreamFormat format, ComPointer<IAdviseSink> sink) {
        Result<Integer> added = locked(any -> {
            if (connections.values().stream().anyMatch(one -> one.format() == format)) {
                return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
            }
            lastConnection++;
            int connection = lastConnection;
            DaSender sender = new DaSender(object.name(), new StreamSink(format, sink), () -> disconnect(connection));
            connections.put(connection, new Advised(format, sink, sender));
            if (isData(format)) {
                model.heard(true);
            }
            return Result.ok(connection);
        });
        if (!added.isSuccess()) {
            sink.close();
        }
        host.hurry();
        return added;
    }

    /** @return false: there is no such connection */
    boolean disconnect(int connection) {
        Advised gone;
        synchronized (this) {
            gone = connections.remove(connection);
            model.dropPending(OptionalInt.of(connection));
            if (!isHeard()) {
                model.heard(false);
            }
        }
        if (gone != null) {
            gone.close();
        }
        return gone != null;
    }

    /** Empty: there is no such connection of DA 1.0. */
    synchronized Optional<StreamFormat> format(int connection) {
        return Optional.ofNullable(connections.get(connection)).map(Advised::format);
    }

    void tick(long nowMs) {
        synchronized (this) {
            if (isDeleted) {
                return;
            }
            List<DaCallback> all = model.tick(nowMs);
            if (!host.faults().isMute()) {
                tell(all);
            }
        }
    }

    /** Whether it was removed; its last reference is awaited. */
    synchronized boolean isDeleted() {
        return isDeleted;
    }

    /** @param force whether references count or not. @return false: it goes with its last reference */
    boolean remove(boolean force) {
        List<Integer> connected;
        synchronized (this) {
            isDeleted = true;
            connected = List.copyOf(connections.keySet());
        }
        point.close();
        connected.forEach(this::disconnect);
        if (force) {
            host.exports().disconnect(object);
            return true;
        }
        return host.exports().retireIfUnreferenced(object);
    }

    private void unreferenced() {
        if (isDeleted()) {
            server.forget(this);
        }
    }

    int sinks() {
        int connected;
        synchronized (this) {
            connected = connections.size();
        }
        return point.count() + connected;
    }
}
