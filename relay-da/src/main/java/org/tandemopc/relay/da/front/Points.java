package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;

/**
 * The one connection point of an object of ours, and its container. The sinks are the client's and stay through switches. Any
 * thread.
 *
 * @param <T> what sinks must have
 */
final class Points<T> implements IConnectionPointContainer {
    private static final int SINKS_MAX = 8;
    private static final Duration ASK_MAX = Duration.ofSeconds(10);

    private final InterfaceDef<T> type;
    private final String whose;
    private final Runnable onChange;
    private final Map<Integer, ClientSink<T>> sinks = new ConcurrentSkipListMap<>();
    private final AtomicInteger lastCookie = new AtomicInteger();
    private final ComObject point;
    private volatile @Nullable ComObject owner;

    /** @param onChange called when there is a sink more or less; may block */
    Points(InterfaceDef<T> type, String whose, Runnable onChange) {
        this.type = type;
        this.whose = whose;
        this.onChange = onChange;
        this.point = ComObject.named("connection point")
                .with(IConnectionPoint.DEF, new Point())
                .build();
    }

    /** @param object whose points these are */
    void belongsTo(ComObject object) {
        owner = object;
    }

    ComObject point() {
        return point;
    }

    boolean isEmpty() {
        return sinks.isEmpty();
    }

    /** Has all sinks called. @param isPromised see {@link ClientSink#call} */
    void call(ClientSink.Callback<T> callback, boolean isPromised) {
        sinks.values().forEach(sink -> sink.call(callback, isPromised));
    }

    /** Has those sinks called for which nothing waits. */
    void callIdle(ClientSink.Callback<T> callback) {
        sinks.values().forEach(sink -> sink.callIfIdle(callback));
    }

    /** Calls what waits, and no more. */
    void end() {
        List<ClientSink<T>> all = List.copyOf(sinks.values());
        sinks.clear();
        all.forEach(ClientSink::end);
    }

    void close() {
        List<ClientSink<T>> all = List.copyOf(sinks.values());
        sinks.clear();
        all.forEach(ClientSink::close);
    }

    @Override
    public Result<Optional<ComPointer<IEnumConnectionPoints>>> enumConnectionPoints() {
        return Result.ok(Enumerators.points(List.of(point)));
    }

    @Override
    public Result<Optional<ComPointer<IConnectionPoint>>> findConnectionPoint(Guid iid) {
        return iid.equals(type.iid())
                ? Result.ok(point.pointer(IConnectionPoint.DEF).map(pointer -> pointer))
                : Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
    }

    private final class Point implements IConnectionPoint {
        @Override
        public Result<Guid> getConnectionInterface() {
            return Result.ok(type.iid());
        }

        @Override
        public Result<Optional<ComPointer<IConnectionPointContainer>>> getConnectionPointContainer() {
            ComObject object = owner;
            return object == null
                    ? Result.failure(HResult.E_NOTIMPL)
                    : Result.ok(object.pointer(IConnectionPointContainer.DEF).map(pointer -> pointer));
        }

        @Override
        public Result<Integer> advise(Optional<ComPointer<IUnknown>> sink) throws LinkException, RpcFaultException {
            if (sink.isEmpty()) {
                return Result.failure(HResult.E_INVALIDARG);
            }
            try (ComPointer<IUnknown> given = sink.get()) {
                if (sinks.size() >= SINKS_MAX) {
                    return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
                }
                Result<ComPointer<T>> asked = asked(given);
                if (!asked.isSuccess()) {
                    return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
                }
                int cookie = lastCookie.incrementAndGet();
                sinks.put(cookie, new ClientSink<>(asked.value(), whose));
                onChange.run();
                return Result.ok(cookie);
            }
        }

        private Result<ComPointer<T>> asked(ComPointer<IUnknown> given) {
            try {
                return given.queryInterface(type, Deadline.after(ASK_MAX));
            } catch (LinkException | RpcFaultException e) {
                return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
            }
        }

        @Override
        public Result<Nothing> unadvise(int cookie) {
            ClientSink<T> gone = sinks.remove(cookie);
            if (gone == null) {
                return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
            }
            gone.close();
            onChange.run();
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Optional<ComPointer<IEnumConnections>>> enumConnections() {
            List<ConnectData> all = new ArrayList<>();
            sinks.forEach((cookie, sink) -> asUnknown(sink.pointer())
                    .ifPresent(unknown -> all.add(new ConnectData(Optional.of(unknown), cookie))));
            return Result.ok(Enumerators.connections(all));
        }

        /** A reference of its own, for whoever gets it; empty: the client does not answer any more. */
        private Optional<ComPointer<IUnknown>> asUnknown(ComPointer<T> sink) {
            try {
                Result<ComPointer<IUnknown>> asked = sink.queryInterface(IUnknown.DEF, Deadline.after(ASK_MAX));
                return asked.isSuccess() ? Optional.of(asked.value()) : Optional.empty();
            } catch (LinkException | RpcFaultException | IllegalStateException e) {
                return Optional.empty();
            }
        }
    }
}
