package org.tandemopc.relay.da.back;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;

/** A server object at a member, and the connection to it. Calls block until their deadline; any thread. */
public final class DaConnection implements AutoCloseable {
    private static final AtomicLong MADE = new AtomicLong();

    private final DaConnector connector;
    private final DcomClient client;
    private final ComPointer<IOPCServer> server;
    private final Optional<ComPointer<IOPCCommon>> common;
    private final Optional<ComPointer<IConnectionPointContainer>> points;
    private final Facets facets;
    private final long number = MADE.incrementAndGet();

    DaConnection(
            DaConnector connector,
            DcomClient client,
            ComPointer<IOPCServer> server,
            Optional<ComPointer<IOPCCommon>> common,
            Optional<ComPointer<IConnectionPointContainer>> points) {
        this.connector = connector;
        this.client = client;
        this.server = server;
        this.common = common;
        this.points = points;
        this.facets = new Facets(server, this::heard);
    }

    public DaMemberAddress address() {
        return connector.address();
    }

    /** Unlike that of any other connection of this process. */
    public long number() {
        return number;
    }

    public ComPointer<IOPCServer> server() {
        return server;
    }

    /** Empty: a server of DA 1.0. */
    public Optional<ComPointer<IOPCCommon>> common() {
        return common;
    }

    /**
     * Another interface of the server object, asked for once.
     *
     * @return empty: it has none such
     */
    public <T> Optional<ComPointer<T>> find(InterfaceDef<T> type, Deadline deadline)
            throws LinkException, RpcFaultException {
        return facets.find(type, deadline);
    }

    /** Something has come from the member. */
    public void heard() {
        connector.lastHeard().heard();
    }

    /** TCP connections that are open, to the member's resolver and to its objects. */
    int connections() {
        return client.connections();
    }

    /** @return a failure: the server answers, and gives no status */
    public Result<OpcServerStatus> status(Deadline deadline) throws LinkException, RpcFaultException {
        Result<Optional<OpcServerStatus>> answer = server.within(deadline).getStatus();
        heard();
        if (!answer.isSuccess()) {
            return Result.failure(answer.hresult());
        }
        return answer.value()
                .map(status -> Result.success(answer.hresult(), status))
                .orElseGet(() -> Result.failure(HResult.E_UNEXPECTED));
    }

    /**
     * Asks to be told when the server is going to stop.
     *
     * @param told hears the server's reason, on a thread of our own server; must return at once
     * @return a failure: it tells nobody
     */
    Result<Integer> adviseShutdown(Consumer<String> told, Deadline deadline) throws LinkException, RpcFaultException {
        if (points.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        IOPCShutdown target = reason -> {
            heard();
            told.accept(reason);
            return Result.ok(Nothing.NOTHING);
        };
        ComObject sink = ComObject.named("shutdown sink of member " + address().member())
                .with(IOPCShutdown.DEF, target)
                .build();
        Result<ComPointer<IConnectionPoint>> point = point(points.get(), IOPCShutdown.DEF, deadline);
        if (!point.isSuccess()) {
            return Result.failure(point.hresult());
        }
        try (ComPointer<IConnectionPoint> open = point.value()) {
            return open.within(deadline).advise(unknown(sink));
        }
    }

    /** The connection point for sinks of a kind. */
    static Result<ComPointer<IConnectionPoint>> point(
            ComPointer<IConnectionPointContainer> container, InterfaceDef<?> sink, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<Optional<ComPointer<IConnectionPoint>>> found =
                container.within(deadline).findConnectionPoint(sink.iid());
        if (!found.isSuccess()) {
            return Result.failure(found.hresult());
        }
        return found.value().map(Result::ok).orElseGet(() -> Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
    }

    /** A sink travels as its IUnknown: the server asks it for the interface of the point. */
    static Optional<ComPointer<IUnknown>> unknown(ComObject sink) {
        return sink.pointer(IUnknown.DEF).map(pointer -> pointer);
    }

    /**
     * Leaves the member: as {@link DcomClient#desert}.
     *
     * @return writes whose answers are still listened for
     */
    public int desert() {
        return client.desert();
    }

    /** Gives everything back and ends calls that are under way; waits for the member a quarter of a second at most. */
    @Override
    public void close() {
        client.close();
    }
}
