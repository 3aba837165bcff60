package org.tandemopc.dcom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A cursor over exactly the octets to decode. Little endian unless told otherwise; offsets count from the first octet of the
 * slice, and so does {@link #align}. Every read is checked against what is left, and every count before memory is taken for
 * it. Not thread-safe.
 */
public final class ByteReader {
    private final ByteBuffer octets;
    private String clause = "C706 14.2";

    private ByteReader(ByteBuffer octets) {
        this.octets = octets.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The array is read, not copied: it must not change meanwhile. */
    public static ByteReader over(byte[] octets) {
        return new ByteReader(ByteBuffer.wrap(octets));
    }

    /** @param to exclusive */
    public static ByteReader over(byte[] octets, int from, int to) {
        return new ByteReader(ByteBuffer.wrap(octets, from, to - from).slice());
    }

    /** For all that follows. */
    public ByteReader order(ByteOrder order) {
        octets.order(order);
        return this;
    }

    public ByteOrder order() {
        return octets.order();
    }

    /** Names the clause of the specification that the errors of all that follows speak of. */
    public ByteReader clause(String specification) {
        clause = specification;
        return this;
    }

    public int offset() {
        return octets.position();
    }

    public int remaining() {
        return octets.remaining();
    }

    public int u8(String field) throws MalformedException {
        need(1, field);
        return Byte.toUnsignedInt(octets.get());
    }

    public int u16(String field) throws MalformedException {
        need(Short.BYTES, field);
        return Short.toUnsignedInt(octets.getShort());
    }

    public long u32(String field) throws MalformedException {
        need(Integer.BYTES, field);
        return Integer.toUnsignedLong(octets.getInt());
    }

    /** A u32 whose bits are wanted, such as flags, a status or an HRESULT. */
    public int i32(String field) throws MalformedException {
        need(Integer.BYTES, field);
        return octets.getInt();
    }

    public long i64(String field) throws MalformedException {
        need(Long.BYTES, field);
        return octets.getLong();
    }

    public Bytes bytes(int count, String field) throws MalformedException {
        need(count, field);
        int from = octets.arrayOffset() + octets.position();
        octets.position(octets.position() + count);
        return Bytes.of(octets.array(), from, from + count);
    }

    public void skip(int count, String field) throws MalformedException {
        need(count, field);
        octets.position(octets.position() + count);
    }

    /** The next octets as a reader of their own, which counts offsets and alignment anew; passed over here. */
    public ByteReader slice(int count, String field) throws MalformedException {
        need(count, field);
        ByteReader part = new ByteReader(octets.slice(octets.position(), count))
                .order(order())
                .clause(clause);
        octets.position(octets.position() + count);
        return part;
    }

    /**
     * Passes over what is missing to a multiple of the alignment, whatever it holds.
     *
     * @param alignment a power of 2
     */
    public void align(int alignment) throws MalformedException {
        int missing = -octets.position() & alignment - 1;
        if (missing != 0) {
            skip(missing, "padding");
        }
    }

    /**
     * A u32 that counts elements which follow.
     *
     * @param elementBytes the least that one of them takes
     * @param limit the most that are accepted
     */
    public int count(String field, int elementBytes, int limit) throws MalformedException {
        int at = offset();
        return checked(u32(field), at, field, elementBytes, limit);
    }

    /** Checks a count that was read already, as {@link #count} does. */
    public int checked(long count, int at, String field, int elementBytes, int limit) throws MalformedException {
        if (count > limit) {
            throw malformed(field, at, "is " + count + ", more than the limit of " + limit);
        }
        if (count * elementBytes > remaining()) {
            throw malformed(field, at, "is " + count + ", and only " + remaining() + " octets are left");
        }
        return (int) count;
    }

    /** @throws MalformedException octets are left */
    public void end() throws MalformedException {
        if (octets.hasRemaining()) {
            throw malformed("end", offset(), "is followed by " + remaining() + " octets");
        }
    }

    public MalformedException malformed(String field, int at, String why) {
        return new MalformedException(clause, field, at, why);
    }

    private void need(int count, String field) throws MalformedException {
        if (count < 0 || count > octets.remaining()) {
            throw malformed(field, offset(), "needs " + count + " octets of " + octets.remaining());
        }
    }
}
