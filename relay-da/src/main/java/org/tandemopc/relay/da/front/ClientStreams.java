package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.ValueImage;
import org.tandemopc.opcda.stream.WriteStream;

/** What clients of DA 1.0 are sent (DA 2.05a 4.6.4). Pure. */
final class ClientStreams {
    private ClientStreams() {}

    /**
     * Items have no HRESULT there: one that failed is bad, and so is a value that no stream can hold. Where all failed for one
     * reason, the stream has that and no items.
     *
     * @param changes with the client's handles
     * @param format not {@link StreamFormat#WRITE_COMPLETE}
     */
    static Bytes data(int clientGroup, int transactionId, List<OpcItemChange> changes, StreamFormat format) {
        List<Integer> errors =
                changes.stream().map(OpcItemChange::error).distinct().toList();
        boolean isFailed = errors.size() == 1 && !HResult.isSuccess(errors.getFirst());
        List<DataStream.Item> items =
                isFailed ? List.of() : changes.stream().map(ClientStreams::item).toList();
        boolean isGood = items.stream().allMatch(item -> item.quality().isGood());
        int status = isFailed ? errors.getFirst() : isGood ? HResult.S_OK : HResult.S_FALSE;
        return new DataStream(clientGroup, transactionId, status, items).write(format == StreamFormat.DATA_TIME);
    }

    private static DataStream.Item item(OpcItemChange change) {
        boolean isThere = HResult.isSuccess(change.error()) && ValueImage.canHold(change.value());
        Quality quality = isThere || !change.quality().isGood() ? change.quality() : Quality.BAD;
        return new DataStream.Item(
                change.clientHandle(), quality, change.timestamp(), isThere ? change.value() : Variant.EMPTY);
    }

    /** @param clientHandles one for each of the errors */
    static Bytes written(int clientGroup, int transactionId, Ints clientHandles, Ints errors) {
        List<WriteStream.Item> items = IntStream.range(0, errors.size())
                .mapToObj(i -> new WriteStream.Item(clientHandles.at(i), errors.at(i)))
                .toList();
        boolean isAll = errors.stream().allMatch(error -> error == HResult.S_OK);
        return new WriteStream(clientGroup, transactionId, isAll ? HResult.S_OK : HResult.S_FALSE, items).write();
    }
}
