package org.tandemopc.relay.ua.wire;

/**
 * Encoded DataValues: reading and rewriting of what follows the Variant.
 *
 * <pre>
 * offset     size  field                 (OPC UA Part 6, 5.2.2.17)
 * 0          1     encoding mask
 * 1          ..    Value                 if 0x01, ends at "valueEnd"
 * valueEnd   4     StatusCode            if 0x02
 * ..         8     SourceTimestamp       if 0x04
 * ..         2     SourcePicoSeconds     if 0x10
 * ..         8     ServerTimestamp       if 0x08
 * ..         2     ServerPicoSeconds     if 0x20
 * </pre>
 *
 * All methods take entries that a {@link Walker} has passed over.
 */
final class DataValues {
    static final int VALUE = 0x01;
    static final int STATUS = 0x02;
    static final int SOURCE_TIME = 0x04;
    static final int SERVER_TIME = 0x08;
    static final int SOURCE_PICOS = 0x10;
    static final int SERVER_PICOS = 0x20;
    static final int SOURCE = SOURCE_TIME | SOURCE_PICOS;
    static final int SERVER = SERVER_TIME | SERVER_PICOS;

    /** InfoType DataValue and its Overflow bit (Part 4, 7.39.1). */
    private static final int INFO_TYPE_MASK = 0xC00;

    private static final int INFO_TYPE_DATA_VALUE = 0x400;
    private static final int INFO_BITS = 0x3FF;
    private static final int OVERFLOW = 0x80;

    private DataValues() {}

    /** Bytes after the Variant. */
    static int tailBytes(int mask) {
        return ((mask & STATUS) != 0 ? 4 : 0)
                + ((mask & SOURCE_TIME) != 0 ? 8 : 0)
                + ((mask & SOURCE_PICOS) != 0 ? 2 : 0)
                + ((mask & SERVER_TIME) != 0 ? 8 : 0)
                + ((mask & SERVER_PICOS) != 0 ? 2 : 0);
    }

    static int status(byte[] bytes, int start, int valueEnd) {
        return (bytes[start] & STATUS) != 0 ? Le.i32(bytes, valueEnd) : 0;
    }

    /** 100 ns since 1601; 0 if there is none. */
    static long sourceTime(byte[] bytes, int start, int valueEnd) {
        int mask = bytes[start];
        if ((mask & SOURCE_TIME) == 0) {
            return 0;
        }
        return Le.i64(bytes, valueEnd + ((mask & STATUS) != 0 ? 4 : 0));
    }

    static boolean isOverflow(int status) {
        return (status & INFO_TYPE_MASK) == INFO_TYPE_DATA_VALUE && (status & OVERFLOW) != 0;
    }

    static int withOverflow(int status) {
        return (status & ~INFO_TYPE_MASK) | INFO_TYPE_DATA_VALUE | OVERFLOW;
    }

    /** Without the Overflow bit, and without the InfoType if nothing else needed it. */
    static int withoutOverflow(int status) {
        if ((status & INFO_TYPE_MASK) != INFO_TYPE_DATA_VALUE) {
            return status;
        }
        int cleared = status & ~OVERFLOW;
        return (cleared & INFO_BITS) == 0 ? cleared & ~INFO_TYPE_DATA_VALUE : cleared;
    }

    /** The value with another status; one without a status field gets one, unless it stays Good. */
    static void writeWithStatus(LeWriter out, byte[] bytes, int start, int valueEnd, int end, int status) {
        int mask = bytes[start];
        boolean hasStatus = (mask & STATUS) != 0;
        if (!hasStatus && status == 0) {
            out.copy(bytes, start, end);
            return;
        }
        out.u8(mask | STATUS).copy(bytes, start + 1, valueEnd).i32(status);
        out.copy(bytes, hasStatus ? valueEnd + 4 : valueEnd, end);
    }

    /** The value without the timestamps named by the mask ({@link #SOURCE}, {@link #SERVER}, both or none). */
    static void writeWithout(LeWriter out, byte[] bytes, int start, int valueEnd, int end, int drop) {
        int mask = bytes[start];
        if ((mask & drop) == 0) {
            out.copy(bytes, start, end);
            return;
        }
        out.u8(mask & ~drop);
        int at = (mask & STATUS) != 0 ? valueEnd + 4 : valueEnd;
        out.copy(bytes, start + 1, at);
        int serverAt = at + tailBytes(mask & SOURCE);
        if ((drop & SOURCE) == 0) {
            out.copy(bytes, at, serverAt);
        }
        if ((drop & SERVER) == 0) {
            out.copy(bytes, serverAt, end);
        }
    }
}
