package org.tandemopc.relay.ua.wire;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.ValueBatch;

/**
 * Values or events of one notification, undecoded: the bytes of its MonitoredItemNotifications or EventFieldLists, one
 * after the other, and where each begins. The handle in the bytes is Tandem's item id, because Tandem creates its items
 * at the members with that as client handle (but for items made anew: {@link #ofItems}). Immutable. Any thread.
 *
 * <pre>
 * VALUES, each entry                      EVENTS, each entry
 * offset  size  field                     offset  size  field
 * 0       4     clientHandle              0       4     clientHandle
 * 4       1     DataValue mask            4       4     number of eventFields
 * 5       ..    Variant … "valueEnd"      8       ..    eventFields, Variants
 * ..      ..    status, timestamps
 * </pre>
 */
public final class UaValueBatch implements ValueBatch {
    /** Which notification the entries belong to. */
    public enum Kind {
        /** DataChangeNotification (Part 4, 7.25.2). */
        VALUES,
        /** EventNotificationList (Part 4, 7.25.3). Events have no source time and no status to mark. */
        EVENTS
    }

    /** No item has this number. */
    public static final int NO_ITEM = 0;

    /** Of the object itself, roughly: headers of two arrays and three fields. */
    private static final int OBJECT_BYTES = 72;

    /** Bytes of a shared message that a batch may keep alive without counting them. */
    private static final int SLACK_BYTES = 1024;

    private static final int HANDLE_BYTES = 4;
    private static final int SCALAR_BYTE_STRING = 15;

    private final Kind kind;
    private final byte[] bytes;
    /** Entry i begins at [2i]; its Variant (of events: its handle) ends at [2i + 1]; entry i ends where i + 1 begins. */
    private final int[] at;

    private UaValueBatch(Kind kind, byte[] bytes, int[] at) {
        this.kind = kind;
        this.bytes = bytes;
        this.at = at;
    }

    /** Values that Tandem makes itself, for these items of its own numbering. */
    public static UaValueBatch of(int[] items, DataValue[] values) {
        if (items.length == 0 || items.length != values.length) {
            throw new IllegalArgumentException(items.length + " items, " + values.length + " values");
        }
        byte[] bytes = UaWire.encodePart(e -> {
            for (int i = 0; i < items.length; i++) {
                e.encodeInt32(items[i]);
                e.encodeDataValue(values[i]);
            }
        });
        return read(new Walker(bytes), Kind.VALUES, items.length);
    }

    /** Smallest entry: a handle and an empty DataValue, or a handle and a null array. */
    static int entryBytesMin(Kind kind) {
        return kind == Kind.VALUES ? HANDLE_BYTES + 1 : HANDLE_BYTES + 4;
    }

    /** @param count at least 1, checked against what remains */
    static UaValueBatch read(Walker in, Kind kind, int count) {
        int[] at = new int[2 * count + 1];
        for (int i = 0; i < count; i++) {
            at[2 * i] = in.position();
            in.skip(HANDLE_BYTES, "clientHandle");
            if (kind == Kind.VALUES) {
                at[2 * i + 1] = in.dataValue("value");
            } else {
                at[2 * i + 1] = in.position();
                int fields = in.count("eventFields", 1);
                for (int f = 0; f < fields; f++) {
                    in.skipVariant("eventFields");
                }
            }
        }
        at[2 * count] = in.position();
        return compact(kind, in.array(), at);
    }

    /** Lets go of a message of which this batch is only a part, so that {@link #bytes} is the truth. */
    private static UaValueBatch compact(Kind kind, byte[] bytes, int[] at) {
        int start = at[0];
        int length = at[at.length - 1] - start;
        if (bytes.length - length <= length + SLACK_BYTES) {
            return new UaValueBatch(kind, bytes, at);
        }
        int[] shifted = new int[at.length];
        for (int i = 0; i < at.length; i++) {
            shifted[i] = at[i] - start;
        }
        return new UaValueBatch(kind, Arrays.copyOfRange(bytes, start, start + length), shifted);
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public int size() {
        return at.length / 2;
    }

    @Override
    public int item(int index) {
        return Le.i32(bytes, start(index));
    }

    @Override
    public long sourceTime(int index) {
        return kind == Kind.VALUES ? DataValues.sourceTime(bytes, valueStart(index), valueEnd(index)) : 0;
    }

    /**
     * Of values: the encoded Variant and the status without Overflow. Of events: the encoded fields without those that
     * are a ByteString, because an EventId is different at each server.
     */
    @Override
    public long fingerprint(int index) {
        return kind == Kind.VALUES ? valueFingerprint(index) : eventFingerprint(index);
    }

    private long valueFingerprint(int index) {
        var hash = new Fingerprint();
        int start = valueStart(index);
        if ((bytes[start] & DataValues.VALUE) != 0) {
            hash.add(bytes, start + 1, valueEnd(index));
        } else {
            // no value and a null value are the same to a client
            hash.add(0);
        }
        hash.add(DataValues.withoutOverflow(status(index)));
        return hash.value();
    }

    private long eventFingerprint(int index) {
        var hash = new Fingerprint();
        var in = new Walker(bytes, valueEnd(index), end(index));
        int fields = in.count("eventFields", 1);
        for (int f = 0; f < fields; f++) {
            int start = in.position();
            in.skipVariant("eventFields");
            if ((bytes[start] & 0xFF) != SCALAR_BYTE_STRING) {
                hash.add(bytes, start, in.position());
            }
            hash.add(f);
        }
        return hash.value();
    }

    @Override
    public boolean overflow(int index) {
        return kind == Kind.VALUES && DataValues.isOverflow(status(index));
    }

    @Override
    public int bytes() {
        return at[at.length - 1] - at[0] + 4 * at.length + OBJECT_BYTES;
    }

    /**
     * {@inheritDoc} All three sets hold indexes of this batch. An entry that is in both is marked. Events cannot be
     * marked and are kept as they are.
     */
    @Override
    public UaValueBatch select(BitSet keep, BitSet markOverflow, BitSet clearOverflow) {
        if (keep.isEmpty() || keep.length() > size()) {
            throw new IllegalArgumentException("keep " + keep + " of " + size());
        }
        boolean marks = kind == Kind.VALUES && (markOverflow.intersects(keep) || clearOverflow.intersects(keep));
        if (!marks && keep.cardinality() == size()) {
            return this;
        }
        int[] kept = new int[2 * keep.cardinality() + 1];
        var out = new LeWriter(keptBytes(keep, markOverflow));
        int entry = 0;
        for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
            kept[2 * entry] = out.position();
            kept[2 * entry + 1] = out.position() + valueEnd(i) - start(i);
            writeSelected(out, i, markOverflow.get(i), clearOverflow.get(i));
            entry++;
        }
        kept[2 * entry] = out.position();
        return new UaValueBatch(kind, out.bytes(), kept);
    }

    /**
     * The same entries with the items in the place of the handles under which the member reports them.
     *
     * @param itemOf the item of a handle, or {@link #NO_ITEM} for one whose entries are left out
     * @return this batch where handles are items already; null if no entry is left
     */
    public @Nullable UaValueBatch ofItems(IntUnaryOperator itemOf) {
        BitSet keep = new BitSet(size());
        boolean differs = false;
        int length = 0;
        for (int i = 0; i < size(); i++) {
            int item = itemOf.applyAsInt(item(i));
            keep.set(i, item != NO_ITEM);
            length += item != NO_ITEM ? end(i) - start(i) : 0;
            differs |= item != item(i);
        }
        if (!differs) {
            return this;
        }
        if (keep.isEmpty()) {
            return null;
        }
        int[] kept = new int[2 * keep.cardinality() + 1];
        var out = new LeWriter(length);
        int entry = 0;
        for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
            kept[2 * entry] = out.position();
            kept[2 * entry + 1] = out.position() + valueEnd(i) - start(i);
            out.i32(itemOf.applyAsInt(item(i))).copy(bytes, valueStart(i), end(i));
            entry++;
        }
        kept[2 * entry] = out.position();
        return new UaValueBatch(kind, out.bytes(), kept);
    }

    private int keptBytes(BitSet keep, BitSet markOverflow) {
        int length = 0;
        for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
            length += end(i) - start(i);
            if (kind == Kind.VALUES && markOverflow.get(i) && (bytes[valueStart(i)] & DataValues.STATUS) == 0) {
                length += 4;
            }
        }
        return length;
    }

    private void writeSelected(LeWriter out, int index, boolean mark, boolean clear) {
        if (kind == Kind.EVENTS || (!mark && !clear)) {
            out.copy(bytes, start(index), end(index));
            return;
        }
        int status = mark ? DataValues.withOverflow(status(index)) : DataValues.withoutOverflow(status(index));
        out.copy(bytes, start(index), valueStart(index));
        DataValues.writeWithStatus(out, bytes, valueStart(index), valueEnd(index), end(index), status);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if they are not all of this kind
     */
    @Override
    public UaValueBatch append(List<ValueBatch> others) {
        if (others.isEmpty()) {
            return this;
        }
        int entries = size();
        int length = at[at.length - 1] - at[0];
        for (ValueBatch other : others) {
            if (!(other instanceof UaValueBatch batch) || batch.kind != kind) {
                throw new IllegalArgumentException("only batches of " + kind + " can follow");
            }
            entries += batch.size();
            length = Math.addExact(length, batch.at[batch.at.length - 1] - batch.at[0]);
        }
        int[] all = new int[2 * entries + 1];
        var out = new LeWriter(length);
        int next = copyInto(out, all, 0);
        for (ValueBatch other : others) {
            next = ((UaValueBatch) other).copyInto(out, all, next);
        }
        all[next] = out.position();
        return new UaValueBatch(kind, out.bytes(), all);
    }

    private int copyInto(LeWriter out, int[] all, int next) {
        int shift = out.position() - at[0];
        for (int i = 0; i < at.length - 1; i++) {
            all[next + i] = at[i] + shift;
        }
        out.copy(bytes, at[0], at[at.length - 1]);
        return next + at.length - 1;
    }

    /**
     * Writes the entries under the client's handles and with the timestamps it asked for.
     *
     * @return how many were written: those that the client has
     */
    int writeTo(LeWriter out, HandleMap handles) {
        if (isWantedWhole(handles)) {
            int shift = out.position() - at[0];
            out.copy(bytes, at[0], at[at.length - 1]);
            for (int i = 0; i < size(); i++) {
                out.patchI32(start(i) + shift, (int) handles.clientHandle(item(i)));
            }
            return size();
        }
        int written = 0;
        for (int i = 0; i < size(); i++) {
            long handle = handles.clientHandle(item(i));
            if (handle != HandleMap.NO_ITEM) {
                out.u32(handle);
                writeWanted(out, i, handles);
                written++;
            }
        }
        return written;
    }

    private boolean isWantedWhole(HandleMap handles) {
        for (int i = 0; i < size(); i++) {
            int item = item(i);
            if (handles.clientHandle(item) == HandleMap.NO_ITEM
                    || (kind == Kind.VALUES && unwanted(handles, item) != 0)) {
                return false;
            }
        }
        return true;
    }

    private void writeWanted(LeWriter out, int index, HandleMap handles) {
        if (kind == Kind.EVENTS) {
            out.copy(bytes, start(index) + HANDLE_BYTES, end(index));
        } else {
            int drop = unwanted(handles, item(index));
            DataValues.writeWithout(out, bytes, valueStart(index), valueEnd(index), end(index), drop);
        }
    }

    /** The timestamps to leave out, as bits of the DataValue mask. */
    private static int unwanted(HandleMap handles, int item) {
        return switch (handles.timestamps(item)) {
            case Both, Invalid -> 0;
            case Source -> DataValues.SERVER;
            case Server -> DataValues.SOURCE;
            case Neither -> DataValues.SOURCE | DataValues.SERVER;
        };
    }

    /** Length of all entries. */
    int entryBytes() {
        return at[at.length - 1] - at[0];
    }

    private int start(int index) {
        return at[2 * index];
    }

    private int valueStart(int index) {
        return at[2 * index] + HANDLE_BYTES;
    }

    private int valueEnd(int index) {
        return at[2 * index + 1];
    }

    private int end(int index) {
        return at[2 * index + 2];
    }

    private int status(int index) {
        return DataValues.status(bytes, valueStart(index), valueEnd(index));
    }

    @Override
    public String toString() {
        return "UaValueBatch[" + kind + ", " + size() + " entries, " + entryBytes() + " bytes]";
    }
}
