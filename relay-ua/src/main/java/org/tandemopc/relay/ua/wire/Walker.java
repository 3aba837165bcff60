package org.tandemopc.relay.ua.wire;

/**
 * A cursor that skips over OPC UA binary without making values: what a relay needs to find its way through bytes that
 * it passes on as they came. Every length is checked against what remains before it is used; nothing is allocated.
 *
 * <p>Every method throws {@link MalformedException} for bytes that are not OPC UA binary (Part 6, 5.2), and nothing
 * else. One thread.
 */
public sealed class Walker permits RenumberingWalker {
    /**
     * How deep Variants and DiagnosticInfos may nest. Part 6, 5.2.2.12 and 5.2.2.16, demand at least 100; Milo accepts
     * 128, and so do we: what a member could decode passes.
     */
    public static final int LEVELS_MAX = 128;

    private static final String NUMBERS = "OPC UA Part 6, 5.2.2";
    private static final String STRING = "OPC UA Part 6, 5.2.2.4";
    private static final String NODE_ID = "OPC UA Part 6, 5.2.2.9";
    private static final String DIAGNOSTIC_INFO = "OPC UA Part 6, 5.2.2.12";
    private static final String EXTENSION_OBJECT = "OPC UA Part 6, 5.2.2.15";
    private static final String VARIANT = "OPC UA Part 6, 5.2.2.16";
    private static final String ARRAY = "OPC UA Part 6, 5.2.5";

    private static final int GUID = 14;
    private static final int BYTE_STRING = 15;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int level;

    /** Over the whole array, from its start. */
    public Walker(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** Over {@code [start, end)} of the array. */
    public Walker(byte[] bytes, int start, int end) {
        if (start < 0 || end < start || end > bytes.length) {
            throw new IllegalArgumentException(start + ".." + end + " of " + bytes.length);
        }
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Offset in the array of what comes next. */
    public int position() {
        return at;
    }

    public int remaining() {
        return end - at;
    }

    /** Demands that everything was read. */
    public void end(String field) {
        if (at != end) {
            throw malformed(NUMBERS, field, remaining() + " bytes more than it has");
        }
    }

    /** Back to where it was before. */
    void seek(int position) {
        at = position;
    }

    byte[] array() {
        return bytes;
    }

    // ---- numbers

    public int u8(String field) {
        need(1, field);
        return bytes[at++] & 0xFF;
    }

    public int u16(String field) {
        need(2, field);
        int value = Le.u16(bytes, at);
        at += 2;
        return value;
    }

    public int i32(String field) {
        need(4, field);
        int value = Le.i32(bytes, at);
        at += 4;
        return value;
    }

    public long u32(String field) {
        return i32(field) & 0xFFFF_FFFFL;
    }

    public long i64(String field) {
        need(8, field);
        long value = Le.i64(bytes, at);
        at += 8;
        return value;
    }

    public void skip(int length, String field) {
        need(length, field);
        at += length;
    }

    /**
     * The length of an array whose elements have at least so many bytes each: never more than what remains can hold.
     *
     * @return -1 for a null array
     */
    public int count(String field, int elementBytesMin) {
        int start = at;
        int count = i32(field);
        if (count < -1) {
            at = start;
            throw malformed(ARRAY, field, "length " + count);
        }
        if ((long) count * elementBytesMin > remaining()) {
            at = start;
            throw malformed(ARRAY, field, count + " elements in " + remaining() + " bytes");
        }
        return count;
    }

    // ---- built-in types

    /** String, ByteString, XmlElement: the same on the wire. */
    public void skipString(String field) {
        int start = at;
        int length = i32(field);
        if (length < -1 || length > remaining()) {
            at = start;
            throw malformed(STRING, field, "length " + length + ", " + (end - start - 4) + " bytes remain");
        }
        at += Math.max(0, length);
    }

    public void skipByteString(String field) {
        skipString(field);
    }

    /**
     * Skips a NodeId and says which one, as far as a relay must know.
     *
     * @return its identifier if it is numeric and in namespace 0, else -1
     */
    public long nodeId(String field) {
        return nodeId(u8(field) & 0x3F, field);
    }

    private long nodeId(int form, String field) {
        switch (form) {
            case 0 -> {
                return u8(field);
            }
            case 1 -> {
                int namespace = namespaceOctet(field);
                int identifier = u16(field);
                return namespace == 0 ? identifier : -1;
            }
            case 2 -> {
                int namespace = namespaceIndex(field);
                long identifier = u32(field);
                return namespace == 0 ? identifier : -1;
            }
            case 3, 5 -> {
                namespaceIndex(field);
                skipString(field);
                return -1;
            }
            case 4 -> {
                namespaceIndex(field);
                skip(16, field);
                return -1;
            }
            default -> throw malformed(NODE_ID, field, "NodeId encoding " + form);
        }
    }

    /** The namespace index of a NodeId in its four-byte form. */
    int namespaceOctet(String field) {
        return u8(field);
    }

    /** The namespace index of a NodeId in one of the longer forms, or of a QualifiedName. */
    int namespaceIndex(String field) {
        return u16(field);
    }

    public void skipNodeId(String field) {
        nodeId(field);
    }

    public void skipExpandedNodeId(String field) {
        int form = u8(field);
        nodeId(form & 0x3F, field);
        if ((form & 0x80) != 0) {
            skipString(field);
        }
        if ((form & 0x40) != 0) {
            skip(4, field);
        }
    }

    public void skipQualifiedName(String field) {
        namespaceIndex(field);
        skipString(field);
    }

    public void skipLocalizedText(String field) {
        int mask = u8(field);
        if ((mask & 1) != 0) {
            skipString(field);
        }
        if ((mask & 2) != 0) {
            skipString(field);
        }
    }

    public void skipExtensionObject(String field) {
        long type = nodeId(field);
        int encoding = u8(field);
        switch (encoding) {
            case 0 -> {}
            case 1 -> skipBody(type, field);
            case 2 -> skipString(field);
            default -> throw malformed(EXTENSION_OBJECT, field, "ExtensionObject encoding " + encoding);
        }
    }

    /**
     * Skips the binary body of an ExtensionObject, with its length.
     *
     * @param type numeric id of its encoding in namespace 0, or -1
     */
    void skipBody(long type, String field) {
        skipString(field);
    }

    /**
     * Skips a DataValue.
     *
     * @return where its Variant ends: after the mask if it has none
     */
    public int dataValue(String field) {
        int mask = u8(field);
        if ((mask & DataValues.VALUE) != 0) {
            skipVariant(field);
        }
        int valueEnd = at;
        skip(DataValues.tailBytes(mask), field);
        return valueEnd;
    }

    public void skipDataValue(String field) {
        dataValue(field);
    }

    public void skipDiagnosticInfo(String field) {
        enter(DIAGNOSTIC_INFO, field);
        int mask = u8(field);
        skip(4 * Integer.bitCount(mask & 0x0F), field);
        if ((mask & 0x10) != 0) {
            skipString(field);
        }
        if ((mask & 0x20) != 0) {
            skip(4, field);
        }
        if ((mask & 0x40) != 0) {
            skipDiagnosticInfo(field);
        }
        leave();
    }

    public void skipVariant(String field) {
        enter(VARIANT, field);
        int mask = u8(field);
        int type = mask & 0x3F;
        if ((mask & 0x80) != 0) {
            skipElements(type, field);
            if ((mask & 0x40) != 0) {
                skipArrayOf(4, field);
            }
        } else if (mask != 0) {
            skipElement(type, field);
        }
        leave();
    }

    private void skipElements(int type, String field) {
        int size = fixedBytes(type);
        if (size > 0) {
            skipArrayOf(size, field);
            return;
        }
        int count = count(field, minimumBytes(type));
        for (int i = 0; i < count; i++) {
            skipElement(type, field);
        }
    }

    /** An array of elements of one size. */
    void skipArrayOf(int elementBytes, String field) {
        int count = count(field, elementBytes);
        at += Math.max(0, count) * elementBytes;
    }

    private void skipElement(int type, String field) {
        switch (type) {
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, GUID, 19 -> skip(fixedBytes(type), field);
            case 12, BYTE_STRING, 16 -> skipString(field);
            case 17 -> skipNodeId(field);
            case 18 -> skipExpandedNodeId(field);
            case 20 -> skipQualifiedName(field);
            case 21 -> skipLocalizedText(field);
            case 22 -> skipExtensionObject(field);
            case 23 -> skipDataValue(field);
            case 24 -> skipVariant(field);
            case 25 -> skipDiagnosticInfo(field);
            // "decoders shall accept these ids, assume the value contains a ByteString" (Part 6, 5.1.2)
            case 26, 27, 28, 29, 30, 31 -> skipString(field);
            default -> throw malformed(VARIANT, field, "built-in type " + type);
        }
    }

    /** Size of a built-in type whose values all have the same size; 0 for the others. */
    private static int fixedBytes(int type) {
        return switch (type) {
            case 1, 2, 3 -> 1;
            case 4, 5 -> 2;
            case 6, 7, 10, 19 -> 4;
            case 8, 9, 11, 13 -> 8;
            case GUID -> 16;
            default -> 0;
        };
    }

    private static int minimumBytes(int type) {
        return switch (type) {
            case 17, 18 -> 2;
            case 20 -> 6;
            case 22 -> 3;
            case 21, 23, 24, 25 -> 1;
            default -> 4;
        };
    }

    /** One level deeper; {@link #leave} comes back. */
    void enter(String clause, String field) {
        if (++level > LEVELS_MAX) {
            throw malformed(clause, field, "nested deeper than " + LEVELS_MAX);
        }
    }

    void leave() {
        level--;
    }

    int level() {
        return level;
    }

    /** Begins so deep: for what lies within something else. */
    void level(int start) {
        level = start;
    }

    private void need(int length, String field) {
        if (length > end - at) {
            throw malformed(NUMBERS, field, "needs " + length + " bytes, " + remaining() + " remain");
        }
    }

    MalformedException malformed(String clause, String field, String problem) {
        return new MalformedException(clause, field, at, problem);
    }
}
