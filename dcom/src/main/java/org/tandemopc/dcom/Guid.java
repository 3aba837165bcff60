package org.tandemopc.dcom;

import java.nio.ByteOrder;
import java.util.UUID;

/**
 * A 128-bit name of an interface, a class, an object, a call: GUID, UUID, IID, CLSID, IPID, CID ([MS-DTYP] 2.3.4, C706
 * appendix A). Immutable.
 *
 * <p>16 octets on the wire: {@code u32 data1, u16 data2, u16 data3, u8 data4[8]}, where the byte order of the stream rules the
 * first three and leaves data4 as it is. The text form is {@code 39c13a4d-011e-11d0-9675-0020afd8adb3}.
 *
 * @param high the first 64 bits in the order of the text form
 * @param low the last 64 bits in the order of the text form, which are data4
 */
public record Guid(long high, long low) {
    /** All zero: GUID_NULL. */
    public static final Guid NULL = new Guid(0, 0);

    /** Octets on the wire. */
    public static final int SIZE = 16;

    /**
     * @param text in either case, in braces or without
     * @throws IllegalArgumentException the text is not that of a GUID
     */
    public static Guid of(String text) {
        String bare = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        try {
            Guid guid = of(UUID.fromString(bare));
            // UUID.fromString takes short groups for their numbers; a CLSID that lost a digit must not become another
            // one
            if (guid.toString().equalsIgnoreCase(bare)) {
                return guid;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a GUID: " + text, e);
        }
        throw new IllegalArgumentException("not a GUID: " + text);
    }

    public static Guid of(UUID uuid) {
        return new Guid(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** A fresh one, from a source that nobody can foretell; UUID version 4. */
    public static Guid random() {
        return of(UUID.randomUUID());
    }

    public UUID toUuid() {
        return new UUID(high, low);
    }

    public boolean isNull() {
        return high == 0 && low == 0;
    }

    /** In the byte order of the reader; not aligned. */
    public static Guid read(ByteReader in, String field) throws MalformedException {
        long high = in.u32(field) << 32;
        high |= (long) in.u16(field) << 16;
        high |= in.u16(field);
        ByteOrder order = in.order();
        long low = in.order(ByteOrder.BIG_ENDIAN).i64(field);
        in.order(order);
        return new Guid(high, low);
    }

    /** In the byte order of the writer; not aligned. */
    public void write(ByteWriter out) {
        out.u32(high >>> 32, "data1");
        out.u16(Math.toIntExact(high >>> 16 & 0xFFFF), "data2");
        out.u16(Math.toIntExact(high & 0xFFFF), "data3");
        ByteOrder order = out.order();
        out.order(ByteOrder.BIG_ENDIAN).i64(low).order(order);
    }

    /** In lower case, without braces. */
    @Override
    public String toString() {
        return toUuid().toString();
    }
}
