package org.tandemopc.simulator.da;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IAdviseSink.Change;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.ValueImage;
import org.tandemopc.opcda.stream.WriteStream;

/** A client's object of DA 1.0, which gets streams of one format (DA 2.05a 4.6.4). */
record StreamSink(StreamFormat format, ComPointer<IAdviseSink> pointer) implements DaSender.Sink {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    @Override
    public void send(DaCallback callback) throws LinkException, RpcFaultException {
        Optional<Bytes> stream = switch (callback) {
            case DaCallback.Changed change -> data(change);
            case DaCallback.ReadDone read -> Optional.of(data(read.clientGroup(), read.transactionId(), read.items()));
            case DaCallback.WriteDone write -> Optional.of(written(write.result()));
            case DaCallback.Cancelled cancelled -> Optional.empty();
        };
        if (stream.isPresent()) {
            var unused = pointer.within(ANSWER_WITHIN)
                    .onDataChange(new Change(Optional.of(format.format()), stream.map(StorageMedium::of)));
        }
    }

    /** Keep-alives are of DA 3.0: here they would be streams of nothing. */
    private Optional<Bytes> data(DaCallback.Changed change) {
        return change.items().isEmpty() && change.transactionId() == 0
                ? Optional.empty()
                : Optional.of(data(change.clientGroup(), change.transactionId(), change.items()));
    }

    private Bytes data(int clientGroup, int transactionId, List<OpcItemChange> changes) {
        List<DataStream.Item> items = changes.stream().map(StreamSink::item).toList();
        boolean isGood = items.stream().allMatch(item -> item.quality().isGood());
        return new DataStream(clientGroup, transactionId, isGood ? HResult.S_OK : HResult.S_FALSE, items)
                .write(format == StreamFormat.DATA_TIME);
    }

    /** Items have no HRESULT here: one that failed is bad, and so is a value that no stream can hold. */
    private static DataStream.Item item(OpcItemChange change) {
        boolean isThere = change.error() >= 0 && ValueImage.canHold(change.value());
        return new DataStream.Item(
                change.clientHandle(),
                isThere ? change.quality() : Quality.BAD,
                change.timestamp(),
                isThere ? change.value() : Variant.EMPTY);
    }

    private static Bytes written(WriteComplete result) {
        Ints handles = result.clientHandles();
        Ints errors = result.errors();
        List<WriteStream.Item> items = IntStream.range(0, handles.size())
                .mapToObj(i -> new WriteStream.Item(handles.at(i), errors.at(i)))
                .toList();
        return new WriteStream(result.clientGroup(), result.transactionId(), result.masterError(), items).write();
    }
}
