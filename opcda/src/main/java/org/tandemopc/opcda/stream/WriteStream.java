package org.tandemopc.opcda.stream;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * What became of an asynchronous write of DA 1.0 (DA 2.05a 4.6.4.5, 4.6.4.6). Immutable.
 *
 * <p>Little endian, without padding:
 * <pre>
 * 0   4  dwItemCount
 * 4   4  hClientGroup
 * 8   4  dwTransactionID
 * 12  4  hrStatus
 *        for each item: hClient, dwError
 * </pre>
 *
 * @param status S_FALSE: some items failed
 */
public record WriteStream(int clientGroup, int transactionId, int status, List<Item> items) {
    private static final int ITEM_BYTES = 8;

    /** @param error its HRESULT */
    public record Item(int clientHandle, int error) {}

    /** @throws IllegalArgumentException more than {@link DataStream#ITEMS_MAX} items */
    public WriteStream {
        items = List.copyOf(items);
        if (items.size() > DataStream.ITEMS_MAX) {
            throw new IllegalArgumentException(items.size() + " items are more than " + DataStream.ITEMS_MAX);
        }
    }

    /** @param octets perhaps more than the stream has: memory comes in blocks */
    public static WriteStream read(Bytes octets) throws MalformedException {
        ByteReader in = octets.reader().clause("DA 2.05a 4.6.4");
        int count = in.count("dwItemCount", ITEM_BYTES, DataStream.ITEMS_MAX);
        int group = in.i32("hClientGroup");
        int transaction = in.i32("dwTransactionID");
        int status = in.i32("hrStatus");
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(new Item(in.i32("hClient"), in.i32("dwError")));
        }
        return new WriteStream(group, transaction, status, items);
    }

    public Bytes write() {
        ByteWriter out = new ByteWriter()
                .u32(items.size(), "dwItemCount")
                .i32(clientGroup)
                .i32(transactionId)
                .i32(status);
        for (Item item : items) {
            out.i32(item.clientHandle()).i32(item.error());
        }
        return out.toBytes();
    }
}
