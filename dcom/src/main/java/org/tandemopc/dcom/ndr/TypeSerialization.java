package org.tandemopc.dcom.ndr;

import java.nio.ByteOrder;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * Type Serialization Version 1 ([MS-RPCE] 2.2.6): one type, as NDR, with two headers before it that say how to read it.
 * Activation carries its properties so.
 * <pre>
 * 0   1  version, 1
 * 1   1  endianness, 0x10 little, 0x00 big
 * 2   2  CommonHeaderLength, 8
 * 4   4  filler, says nothing; 0xCCCCCCCC is written
 * 8   4  ObjectBufferLength: the octets of the body, padded to 8
 * 12  4  filler, says nothing; 0 is written
 * 16     body, whose alignment counts from here
 * </pre>
 *
 * <p>ObjectBufferLength is not looked at in what is read: peers leave the padding out of it, and all that carry such a buffer
 * give its length on their own.
 */
public final class TypeSerialization {
    /** Octets before the body. */
    public static final int HEADER_BYTES = 16;

    private static final int VERSION = 1;
    private static final int COMMON_HEADER_BYTES = 8;
    private static final int LITTLE = 0x10;
    private static final int BIG = 0x00;
    private static final long FILLER = 0xCCCC_CCCCL;

    private TypeSerialization() {}

    /**
     * Reads the headers, and gives a reader of all that follows them.
     *
     * @param in exactly the buffer; passed over to its end
     */
    public static NdrReader read(ByteReader in, NdrLimits limits) throws MalformedException {
        in.clause("[MS-RPCE] 2.2.6").order(ByteOrder.LITTLE_ENDIAN);
        int at = in.offset();
        int version = in.u8("version");
        if (version != VERSION) {
            throw in.malformed("version", at, "is " + version + ", not " + VERSION);
        }
        at = in.offset();
        int endianness = in.u8("endianness");
        if (endianness != LITTLE && endianness != BIG) {
            throw in.malformed("endianness", at, "is " + endianness + ", neither " + LITTLE + " nor " + BIG);
        }
        in.order(endianness == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        at = in.offset();
        int headerBytes = in.u16("CommonHeaderLength");
        if (headerBytes != COMMON_HEADER_BYTES) {
            throw in.malformed("CommonHeaderLength", at, "is " + headerBytes + ", not " + COMMON_HEADER_BYTES);
        }
        in.skip(HEADER_BYTES - Integer.BYTES, "fillers and ObjectBufferLength");
        return NdrReader.over(in.slice(in.remaining(), "body"), limits);
    }

    /** The headers, and the body padded to a multiple of 8. */
    public static Bytes write(NdrWriter body) {
        Bytes octets = body.align(Long.BYTES).toBytes();
        return new ByteWriter()
                .u8(VERSION, "version")
                .u8(LITTLE, "endianness")
                .u16(COMMON_HEADER_BYTES, "CommonHeaderLength")
                .u32(FILLER, "filler")
                .u32(octets.size(), "ObjectBufferLength")
                .u32(0, "filler")
                .bytes(octets)
                .toBytes();
    }
}
