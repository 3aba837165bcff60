package org.tandemopc.opcda.stream;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.Quality;

/**
 * The values of a group of DA 1.0, of a subscription, a Refresh or a Read (DA 2.05a 4.6.4.1 to 4.6.4.4). Immutable.
 *
 * <p>Little endian, without padding; offsets count from the first octet:
 * <pre>
 * 0   4  dwSize of all
 * 4   4  dwItemCount
 * 8   4  hClientGroup
 * 12  4  dwTransactionID
 * 16  4  hrStatus
 *        for each item: hClient, dwValueOffset, u16 wQuality, u16 wReserved, and in {@link StreamFormat#DATA_TIME} ftTimeStampItem
 *        the values, see {@link ValueImage}
 * </pre>
 *
 * @param transactionId 0: of a subscription
 * @param status S_FALSE: an item is not good; a failure: there are no items
 */
public record DataStream(int clientGroup, int transactionId, int status, List<Item> items) {
    /** Items of one stream that are accepted, and sent. */
    public static final int ITEMS_MAX = 1_000_000;

    private static final int HEADER_BYTES = 20;
    private static final int ITEM_BYTES = 12;
    private static final int ITEM_TIME_BYTES = 20;
    private static final String CLAUSE = "DA 2.05a 4.6.4";

    /** @param timestamp zero if the format has no times */
    public record Item(int clientHandle, Quality quality, FileTime timestamp, Variant value) {}

    /** @throws IllegalArgumentException too many items */
    public DataStream {
        items = List.copyOf(items);
        if (items.size() > ITEMS_MAX) {
            throw new IllegalArgumentException(items.size() + " items are more than " + ITEMS_MAX);
        }
    }

    /**
     * @param hasTimes whether the format is {@link StreamFormat#DATA_TIME}
     * @param octets perhaps more than the stream says it has: memory comes in blocks
     */
    public static DataStream read(Bytes octets, boolean hasTimes) throws MalformedException {
        ByteReader in = octets.reader().clause(CLAUSE);
        int at = in.offset();
        long size = in.u32("dwSize");
        if (size < HEADER_BYTES || size > octets.size()) {
            throw in.malformed("dwSize", at, "is " + size + " of " + octets.size());
        }
        ValueImage.Budget budget = new ValueImage.Budget(octets.size());
        int count = in.count("dwItemCount", 0, ITEMS_MAX);
        int group = in.i32("hClientGroup");
        int transaction = in.i32("dwTransactionID");
        int status = in.i32("hrStatus");
        in.checked(count, in.offset(), "dwItemCount", hasTimes ? ITEM_TIME_BYTES : ITEM_BYTES, ITEMS_MAX);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int handle = in.i32("hClient");
            int offsetAt = in.offset();
            long offset = in.u32("dwValueOffset");
            Quality quality = Quality.of(in.u16("wQuality"));
            in.u16("wReserved");
            FileTime time = hasTimes ? time(in) : FileTime.ZERO;
            if (offset > size) {
                throw in.malformed("dwValueOffset", offsetAt, "is " + offset + " of " + size);
            }
            ByteReader value = octets.reader().clause(CLAUSE);
            value.skip(Math.toIntExact(offset), "dwValueOffset");
            items.add(new Item(handle, quality, time, ValueImage.read(value, budget)));
        }
        return new DataStream(group, transaction, status, items);
    }

    /**
     * @throws IllegalArgumentException a value is of a type that no stream can hold: see {@link ValueImage#canHold}
     * @param hasTimes whether the format is {@link StreamFormat#DATA_TIME}
     */
    public Bytes write(boolean hasTimes) {
        ByteWriter out = new ByteWriter();
        out.u32(0, "dwSize")
                .u32(items.size(), "dwItemCount")
                .i32(clientGroup)
                .i32(transactionId)
                .i32(status);
        List<Integer> offsets = new ArrayList<>();
        for (Item item : items) {
            out.i32(item.clientHandle());
            offsets.add(out.offset());
            out.u32(0, "dwValueOffset").u16(item.quality().bits(), "wQuality").u16(0, "wReserved");
            if (hasTimes) {
                out.i64(item.timestamp().ticks());
            }
        }
        for (int i = 0; i < items.size(); i++) {
            out.setU32(offsets.get(i), out.offset(), "dwValueOffset");
            ValueImage.write(out, items.get(i).value());
        }
        out.setU32(0, out.offset(), "dwSize");
        return out.toBytes();
    }

    private static FileTime time(ByteReader in) throws MalformedException {
        return new FileTime(in.i64("ftTimeStampItem"));
    }
}
