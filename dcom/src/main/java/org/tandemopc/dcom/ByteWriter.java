package org.tandemopc.dcom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Collects octets; the mirror of {@link ByteReader}. Not thread-safe. */
public final class ByteWriter {
    private static final int START_BYTES = 256;

    private ByteBuffer octets;

    public ByteWriter() {
        this(START_BYTES);
    }

    /** @param bytes that will be about all; it may become more */
    public ByteWriter(int bytes) {
        octets = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** For all that follows. */
    public ByteWriter order(ByteOrder order) {
        octets.order(order);
        return this;
    }

    public ByteOrder order() {
        return octets.order();
    }

    public int offset() {
        return octets.position();
    }

    public ByteWriter u8(int value, String field) {
        room(1).put(Narrow.u8(value, field));
        return this;
    }

    public ByteWriter u16(int value, String field) {
        room(Short.BYTES).putShort(Narrow.u16(value, field));
        return this;
    }

    public ByteWriter u32(long value, String field) {
        room(Integer.BYTES).putInt(Narrow.u32(value, field));
        return this;
    }

    /** A u32 given by its bits. */
    public ByteWriter i32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    public ByteWriter i64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    public ByteWriter bytes(Bytes value) {
        int at = octets.position();
        room(value.size());
        value.copyTo(octets.array(), at);
        octets.position(at + value.size());
        return this;
    }

    /** @param count not negative */
    public ByteWriter zeros(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("zeros: " + count);
        }
        // behind the position is nothing but zeros: what was written is never taken back
        room(count).position(octets.position() + count);
        return this;
    }

    /**
     * Zeros up to a multiple of the alignment, counted from the first octet.
     *
     * @param alignment a power of 2
     */
    public ByteWriter align(int alignment) {
        int missing = -octets.position() & alignment - 1;
        return missing == 0 ? this : zeros(missing);
    }

    /** Overwrites what was written before. */
    public void setU16(int at, int value, String field) {
        octets.putShort(at, Narrow.u16(value, field));
    }

    /** Overwrites what was written before. */
    public void setU32(int at, long value, String field) {
        octets.putInt(at, Narrow.u32(value, field));
    }

    public byte[] toArray() {
        return Arrays.copyOf(octets.array(), octets.position());
    }

    public Bytes toBytes() {
        return Bytes.of(octets.array(), 0, octets.position());
    }

    private ByteBuffer room(int count) {
        if (octets.remaining() < count) {
            int capacity = Math.max(Math.addExact(octets.position(), count), 2 * octets.capacity());
            octets = ByteBuffer.wrap(Arrays.copyOf(octets.array(), capacity))
                    .order(octets.order())
                    .position(octets.position());
        }
        return octets;
    }
}
