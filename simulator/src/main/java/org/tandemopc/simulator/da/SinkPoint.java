package org.tandemopc.simulator.da;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumConnections;

/**
 * A connection point for the sinks of one client (DA 3.0 4.4.11): one sink at a time, as a second one is another client's mistake.
 * Any thread.
 *
 * @param <T> what the sinks must be
 */
final class SinkPoint<T> implements IConnectionPoint {
    private static final Duration SINK_WITHIN = Duration.ofSeconds(10);
    private static final int SINKS_MAX = 1;

    private final InterfaceDef<T> type;
    private final Supplier<ComObject> container;
    private final Listener<T> listener;
    private final Map<Integer, ComPointer<T>> sinks = new LinkedHashMap<>();
    private final ComObject object;
    private int lastCookie;
    private boolean isClosed;

    /** Called one at a time. */
    interface Listener<T> {
        void advised(ComPointer<T> sink);

        /** The pointer is closed afterwards. */
        void unadvised();
    }

    /** @param container the object that has the point */
    SinkPoint(InterfaceDef<T> type, Supplier<ComObject> container, Listener<T> listener) {
        this.type = type;
        this.container = container;
        this.listener = listener;
        this.object = ComObject.named("point of " + type.name())
                .with(IConnectionPoint.DEF, this)
                .build();
    }

    Guid iid() {
        return type.iid();
    }

    Optional<ComPointer<IConnectionPoint>> pointer() {
        return object.pointer(IConnectionPoint.DEF).map(pointer -> pointer);
    }

    @Override
    public Result<Guid> getConnectionInterface() {
        return Result.ok(type.iid());
    }

    @Override
    public Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer() {
        return Result.ok(container.get().pointer(IConnectionPointContainer.DEF).map(pointer -> pointer));
    }

    /** Clients give the IUnknown of their object: it is asked for what the point needs. */
    @Override
    public Result<Integer> advise(Optional<ComPointer<IUnknown>> sink) {
        if (sink.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        try (ComPointer<IUnknown> given = sink.get()) {
            if (count() >= SINKS_MAX) {
                return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
            }
            Result<ComPointer<T>> asked = given.queryInterface(type, Deadline.after(SINK_WITHIN));
            return asked.isSuccess() ? add(asked.value()) : Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        } catch (LinkException | RpcFaultException e) {
            return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        }
    }

    private synchronized Result<Integer> add(ComPointer<T> sink) {
        if (isClosed || sinks.size() >= SINKS_MAX) {
            sink.close();
            return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
        }
        lastCookie++;
        sinks.put(lastCookie, sink);
        listener.advised(sink);
        return Result.ok(lastCookie);
    }

    @Override
    public synchronized Result<Nothing> unadvise(int cookie) {
        ComPointer<T> sink = sinks.remove(cookie);
        if (sink == null) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        listener.unadvised();
        sink.close();
        return Answers.DONE;
    }

    /** The sink does not answer any more. */
    synchronized void forget(ComPointer<T> dead) {
        if (sinks.values().remove(dead)) {
            listener.unadvised();
            dead.close();
        }
    }

    @Override
    public Result<Optional<ComPointer<IEnumConnections>>> enumConnections() throws LinkException, RpcFaultException {
        List<ConnectData> all = new ArrayList<>();
        for (Map.Entry<Integer, ComPointer<T>> one : snapshot().entrySet()) {
            Result<ComPointer<IUnknown>> own = one.getValue().queryInterface(IUnknown.DEF, Deadline.after(SINK_WITHIN));
            if (own.isSuccess()) {
                all.add(new ConnectData(Optional.of(own.value()), one.getKey()));
            }
        }
        return Result.ok(Enumerators.connections(all));
    }

    private synchronized Map<Integer, ComPointer<T>> snapshot() {
        return new LinkedHashMap<>(sinks);
    }

    synchronized int count() {
        return sinks.size();
    }

    synchronized List<ComPointer<T>> sinks() {
        return List.copyOf(sinks.values());
    }

    /** Gives all sinks back, and takes none any more. */
    synchronized void close() {
        isClosed = true;
        if (!sinks.isEmpty()) {
            listener.unadvised();
            sinks.values().forEach(ComPointer::close);
            sinks.clear();
        }
    }
}
