package org.tandemopc.relay.da;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IEnumFORMATETC;
import org.tandemopc.opcda.ole.IEnumSTATDATA;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;

/** What a group of the model has where the model is of DA 1.0. It can send what is no stream. */
final class ModelStreams implements IDataObject, IOPCAsyncIO {
    private static final Duration CALL = Duration.ofSeconds(5);

    private record Connection(StreamFormat format, ComPointer<IAdviseSink> sink) {}

    private final ModelServer server;
    private final ModelGroup group;
    private final Map<Integer, Connection> connections = new ConcurrentSkipListMap<>();
    private final AtomicInteger last = new AtomicInteger();

    ModelStreams(ModelServer server, ModelGroup group) {
        this.server = server;
        this.group = group;
    }

    boolean isEmpty() {
        return connections.isEmpty();
    }

    @Override
    public Result<Integer> dAdvise(DataAdvise call) throws LinkException, RpcFaultException {
        server.pass();
        StreamFormat format = StreamFormat.of(call.format().format()).orElseThrow();
        if (server.refusesTimes && format == StreamFormat.DATA_TIME) {
            return Result.failure(OpcResult.DV_E_FORMATETC);
        }
        try (ComPointer<IAdviseSink> given = call.sink().orElseThrow()) {
            ComPointer<IAdviseSink> own =
                    given.queryInterface(IAdviseSink.DEF, Deadline.after(CALL)).value();
            int connection = last.incrementAndGet();
            connections.put(connection, new Connection(format, own));
            if (format != StreamFormat.WRITE_COMPLETE) {
                group.tellAll(0);
            }
            return Result.ok(connection);
        }
    }

    @Override
    public Result<Nothing> dUnadvise(int connection) {
        Connection gone = connections.remove(connection);
        if (gone == null) {
            return Result.failure(OpcResult.OLE_E_NOCONNECTION);
        }
        gone.sink().close();
        return Result.ok(Nothing.NOTHING);
    }

    void tell(int transaction, List<OpcItemChange> changes) {
        List<DataStream.Item> items = changes.stream()
                .map(one -> new DataStream.Item(one.clientHandle(), one.quality(), one.timestamp(), one.value()))
                .toList();
        DataStream stream = new DataStream(group.clientHandle(), transaction, HResult.S_OK, items);
        connections.values().stream()
                .filter(one -> one.format() != StreamFormat.WRITE_COMPLETE)
                .forEach(one -> send(one, stream.write(one.format() == StreamFormat.DATA_TIME)));
    }

    /** To all connections of values, whatever it is. */
    void sendRaw(Bytes octets) {
        connections.values().stream()
                .filter(one -> one.format() != StreamFormat.WRITE_COMPLETE)
                .forEach(one -> send(one, octets));
    }

    private void send(Connection to, Bytes octets) {
        try {
            var unused = to.sink()
                    .within(CALL)
                    .onDataChange(new IAdviseSink.Change(
                            Optional.of(to.format().format()), Optional.of(StorageMedium.of(octets))));
        } catch (LinkException | RpcFaultException e) {
            server.log.add("stream of " + group.name + ": " + e.getMessage());
        }
    }

    @Override
    public Result<Started> read(int connection, OpcDataSource source, Ints serverHandles) {
        server.pass();
        int transaction = last.incrementAndGet();
        List<OpcItemChange> changes = group.changes(serverHandles);
        later(() -> tell(transaction, changes));
        return Result.ok(new Started(transaction, Ints.repeat(HResult.S_OK, serverHandles.size())));
    }

    @Override
    public Result<Started> write(int connection, Ints serverHandles, List<Variant> values) {
        List<OpcItemChange> written = group.changes(serverHandles);
        Result<Ints> done = group.write(serverHandles, values);
        int transaction = last.incrementAndGet();
        List<WriteStream.Item> items = IntStream.range(0, written.size())
                .mapToObj(i -> new WriteStream.Item(
                        written.get(i).clientHandle(), done.value().at(i)))
                .toList();
        Bytes stream = new WriteStream(group.clientHandle(), transaction, done.hresult(), items).write();
        Runnable telling = () -> connections.values().stream()
                .filter(one -> one.format() == StreamFormat.WRITE_COMPLETE)
                .forEach(one -> send(one, stream));
        if (server.endsFirst) {
            telling.run();
        } else {
            later(telling);
        }
        return Result.ok(new Started(transaction, done.value()));
    }

    @Override
    public Result<Integer> refresh(int connection, OpcDataSource source) {
        server.pass();
        int transaction = last.incrementAndGet();
        later(() -> group.tellAll(transaction));
        return Result.ok(transaction);
    }

    private void later(Runnable telling) {
        var unused = Thread.ofVirtual().start(() -> {
            server.passWritten();
            telling.run();
        });
    }

    @Override
    public Result<Nothing> cancel(int transactionId) {
        return Result.failure(HResult.E_FAIL);
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
