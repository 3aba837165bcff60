package org.tandemopc.relay.da.front;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IEnumFORMATETC;
import org.tandemopc.opcda.ole.IEnumSTATDATA;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.stream.StreamFormat;

/**
 * The connections of DA 1.0 of a group of ours, one for each format (DA 2.05a 4.5.10). The sinks are the client's and stay through
 * switches. Any thread.
 */
final class StreamPoints implements IDataObject {
    private static final Duration ASK_MAX = Duration.ofSeconds(10);

    /** The group, as its connections know it. */
    interface Owner {
        /** For the log. */
        String name();

        int clientGroup();

        /** Does something between two callbacks. */
        void inOrder(Runnable body);

        /** Within {@link #inOrder}: what sinks have been told last of each active item, with the client's handles. */
        List<OpcItemChange> present();

        /** There is a connection more or less. May block. */
        void changed();
    }

    /** One connection. Immutable. */
    record Connection(int id, StreamFormat format, ClientSink<IAdviseSink> sink) {
        boolean isForValues() {
            return format != StreamFormat.WRITE_COMPLETE;
        }

        /** @param isPromised see {@link ClientSink#call} */
        void send(Supplier<Bytes> stream, boolean isPromised) {
            sink.call(
                    one -> one.onDataChange(new IAdviseSink.Change(
                            Optional.of(format.format()), Optional.of(StorageMedium.of(stream.get())))),
                    isPromised);
        }
    }

    private final Owner owner;
    private final Map<Integer, Connection> connections = new ConcurrentSkipListMap<>();
    private final AtomicInteger lastId = new AtomicInteger();

    StreamPoints(Owner owner) {
        this.owner = owner;
    }

    boolean isEmpty() {
        return connections.isEmpty();
    }

    Optional<Connection> find(int id) {
        return Optional.ofNullable(connections.get(id));
    }

    /** Within {@link Owner#inOrder}. @param changes with the client's handles */
    void tell(int clientGroup, List<OpcItemChange> changes) {
        for (Connection one : connections.values()) {
            if (one.isForValues()) {
                one.send(() -> ClientStreams.data(clientGroup, 0, changes, one.format()), false);
            }
        }
    }

    void close() {
        List<Connection> all = List.copyOf(connections.values());
        connections.clear();
        all.forEach(one -> one.sink().close());
    }

    // ---- IDataObject

    @Override
    public Result<Integer> dAdvise(DataAdvise call) {
        if (call.sink().isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        try (ComPointer<IAdviseSink> given = call.sink().get()) {
            Optional<StreamFormat> format = StreamFormat.of(call.format().format());
            if (format.isEmpty()) {
                return Result.failure(OpcResult.DV_E_FORMATETC);
            }
            if ((call.format().media() & FormatEtc.HGLOBAL) == 0) {
                return Result.failure(OpcResult.DV_E_TYMED);
            }
            Result<ComPointer<IAdviseSink>> own = asked(given);
            return own.isSuccess() ? connect(format.get(), own.value()) : Result.failure(own.hresult());
        }
    }

    /** A reference of our own. */
    private static Result<ComPointer<IAdviseSink>> asked(ComPointer<IAdviseSink> given) {
        try {
            Result<ComPointer<IAdviseSink>> own = given.queryInterface(IAdviseSink.DEF, Deadline.after(ASK_MAX));
            return own.isSuccess() ? own : Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        } catch (LinkException | RpcFaultException e) {
            return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        }
    }

    private Result<Integer> connect(StreamFormat format, ComPointer<IAdviseSink> pointer) {
        Connection added = new Connection(lastId.incrementAndGet(), format, new ClientSink<>(pointer, owner.name()));
        owner.inOrder(() -> {
            if (connections.values().stream().noneMatch(one -> one.format() == format)) {
                prime(added);
                connections.put(added.id(), added);
            }
        });
        if (!connections.containsKey(added.id())) {
            added.sink().close();
            return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
        }
        owner.changed();
        return Result.ok(added.id());
    }

    /** The member tells all items only to the first who wants them; who comes later gets what the others have. */
    private void prime(Connection added) {
        List<OpcItemChange> present = owner.present();
        int clientGroup = owner.clientGroup();
        if (added.isForValues() && !present.isEmpty()) {
            added.send(() -> ClientStreams.data(clientGroup, 0, present, added.format()), false);
        }
    }

    @Override
    public Result<Nothing> dUnadvise(int connection) {
        Connection gone = connections.remove(connection);
        if (gone == null) {
            return Result.failure(OpcResult.OLE_E_NOCONNECTION);
        }
        gone.sink().close();
        owner.changed();
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<StorageMedium> getData(FormatEtc format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Nothing> queryGetData(FormatEtc format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<FormatEtc> getCanonicalFormatEtc(Optional<FormatEtc> format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Optional<ComPointer<IEnumFORMATETC>>> enumFormatEtc(long direction) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Optional<ComPointer<IEnumSTATDATA>>> enumDAdvise() {
        return Result.failure(HResult.E_NOTIMPL);
    }
}
