package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.MalformedException;

/**
 * How the sender of a PDU writes numbers and characters (C706 14.2.5, packed_drep). All integers after it follow it.
 *
 * <pre>
 * offset  size  field
 *      0     1  high nibble: 0 big endian, 1 little endian; low nibble: 0 ASCII, 1 EBCDIC
 *      1     1  0 IEEE, 1 VAX, 2 Cray, 3 IBM
 *      2     2  reserved, kept as it came
 * </pre>
 */
public record DataRep(int integers, int floats, int reserved) {
    /** What is always sent from here. */
    public static final DataRep LITTLE_ENDIAN = new DataRep(0x10, 0, 0);

    public static final DataRep BIG_ENDIAN = new DataRep(0, 0, 0);

    public ByteOrder order() {
        return integers >> 4 == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** Whether characters are ASCII and floating-point numbers IEEE: nothing else is spoken today. */
    public boolean isCommon() {
        return (integers & 0x0F) == 0 && floats == 0;
    }

    /** The reader goes on in the order that was read. */
    static DataRep read(ByteReader in) throws MalformedException {
        int at = in.offset();
        int integers = in.u8("packed_drep");
        int floats = in.u8("packed_drep");
        if (integers >> 4 > 1) {
            throw in.malformed("packed_drep", at, "is of neither byte order: " + integers);
        }
        DataRep rep =
                new DataRep(integers, floats, in.order(ByteOrder.BIG_ENDIAN).u16("packed_drep"));
        in.order(rep.order());
        return rep;
    }

    void write(ByteWriter out) {
        out.u8(integers, "packed_drep").u8(floats, "packed_drep");
        out.order(ByteOrder.BIG_ENDIAN).u16(reserved, "packed_drep").order(order());
    }
}
