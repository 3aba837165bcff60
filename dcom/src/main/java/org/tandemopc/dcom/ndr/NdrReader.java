package org.tandemopc.dcom.ndr;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/**
 * Reads one stub, or one other stretch of NDR 2.0 (C706 chapter 14). Alignment counts from its first octet, which for a call
 * of several fragments is the first octet of the reassembled stub. Octets that follow the last parameter are left alone:
 * peers add padding and verification trailers there.
 *
 * <p>A structure or array with pointers is read within {@link #construct}: its fixed part first, in which each pointer gives
 * a {@link Late}, then what the pointers point to, in their order; each of those with all its own pointees, before the next
 * (C706 14.3.12.3). A structure in a structure, or in an array, is read by its fixed part alone. Outside a construct a
 * pointer is a parameter of its own, and its pointee follows at once.
 *
 * <p>The first {@link MalformedException} ends the use of a reader. Not thread-safe.
 */
public final class NdrReader {
    /** Reads a value; for elements and pointees. */
    @FunctionalInterface
    public interface Decoder<T> {
        T read(NdrReader in) throws MalformedException;
    }

    /** An array's memory grows with what was really read, not with what was announced, beyond this. */
    private static final int PRESIZED_ELEMENTS_MAX = 1_024;

    private final ByteReader in;
    private final NdrLimits limits;
    private final Map<Integer, Cell<?>> fulls = new HashMap<>();
    private @Nullable Queue<Cell<?>> open;
    private String clause = "C706 14";
    private int depth;

    private NdrReader(ByteReader in, NdrLimits limits) {
        this.in = in.clause(clause);
        this.limits = limits;
    }

    /**
     * @param in at its first octet; its byte order is that of the PDU's data representation
     */
    public static NdrReader over(ByteReader in, NdrLimits limits) {
        return new NdrReader(in, limits);
    }

    public static NdrReader over(ByteReader in) {
        return over(in, NdrLimits.DEFAULT);
    }

    public static NdrReader over(Bytes stub, ByteOrder order) {
        return over(stub.reader().order(order));
    }

    public int offset() {
        return in.offset();
    }

    public int remaining() {
        return in.remaining();
    }

    public NdrLimits limits() {
        return limits;
    }

    /** Reads a part whose errors speak of that clause of the specification. Deferred pointees are not included. */
    public <T> T under(String specification, Decoder<T> part) throws MalformedException {
        String before = clause;
        clause = specification;
        in.clause(clause);
        T value = part.read(this);
        clause = before;
        in.clause(clause);
        return value;
    }

    public MalformedException malformed(String field, int at, String why) {
        return in.malformed(field, at, why);
    }

    /** A structure with a member of that alignment begins on a multiple of it (C706 14.3.2), whatever its first member is. */
    public NdrReader align(int alignment) throws MalformedException {
        in.align(alignment);
        return this;
    }

    public int u8(String field) throws MalformedException {
        return in.u8(field);
    }

    public int u16(String field) throws MalformedException {
        in.align(Short.BYTES);
        return in.u16(field);
    }

    /** An IDL {@code enum} that is no {@code v1_enum}. */
    public int enum16(String field) throws MalformedException {
        return u16(field);
    }

    public long u32(String field) throws MalformedException {
        in.align(Integer.BYTES);
        return in.u32(field);
    }

    /** A long, or a u32 whose bits are wanted: flags, a HRESULT. */
    public int i32(String field) throws MalformedException {
        in.align(Integer.BYTES);
        return in.i32(field);
    }

    public long i64(String field) throws MalformedException {
        in.align(Long.BYTES);
        return in.i64(field);
    }

    public float f32(String field) throws MalformedException {
        return Float.intBitsToFloat(i32(field));
    }

    public double f64(String field) throws MalformedException {
        return Double.longBitsToDouble(i64(field));
    }

    /** A BOOL of 32 bits: anything but 0 is true. */
    public boolean bool32(String field) throws MalformedException {
        return i32(field) != 0;
    }

    public Guid guid(String field) throws MalformedException {
        in.align(Integer.BYTES);
        return Guid.read(in, field);
    }

    /** Octets of a number that the reader knows: not aligned, no count before them. */
    public Bytes octets(int count, String field) throws MalformedException {
        return in.bytes(count, field);
    }

    public NdrReader skip(int count, String field) throws MalformedException {
        in.skip(count, field);
        return this;
    }

    /**
     * A number that counts what follows, held against limit and rest. The max_count of a conformant structure stands before
     * the whole structure, and before its alignment: read it with this, then align, then the members.
     *
     * @param elementBytes the least that one element takes
     */
    public int count(String field, int elementBytes) throws MalformedException {
        in.align(Integer.BYTES);
        return in.count(field, elementBytes, limits.elementsMax());
    }

    /** As {@link #count}, of octets or plain numbers, which are limited by their octets. */
    public int octetCount(String field, int elementBytes) throws MalformedException {
        in.align(Integer.BYTES);
        return in.count(field, elementBytes, limits.octetsMax() / elementBytes);
    }

    /** Holds a number that was read already against limit and rest, as {@link #count} does. */
    public int checked(String field, long count, int elementBytes) throws MalformedException {
        return in.checked(count, in.offset(), field, elementBytes, limits.elementsMax());
    }

    /** A number that was given before under another name and is given again, as NDR does with sizes and discriminants. */
    public void same(String field, long expected) throws MalformedException {
        in.align(Integer.BYTES);
        int at = in.offset();
        long value = in.u32(field);
        if (value != expected) {
            throw in.malformed(field, at, "is " + value + ", and " + expected + " was said before");
        }
    }

    /** The discriminant of a non-encapsulated union of u16, which repeats its switch (C706 14.3.8). The arm follows. */
    public void union16(String field, int expected) throws MalformedException {
        in.align(Short.BYTES);
        int at = in.offset();
        int value = in.u16(field);
        if (value != expected) {
            throw in.malformed(field, at, "is " + value + ", and the switch was " + expected);
        }
    }

    /** The discriminant of a non-encapsulated union of u32. */
    public void union32(String field, long expected) throws MalformedException {
        same(field, expected);
    }

    /** A fixed array (C706 14.3.3.1). The caller knows that the number is harmless. */
    public <T> List<T> values(int count, Decoder<T> element) throws MalformedException {
        List<T> values = new ArrayList<>(Math.min(count, PRESIZED_ELEMENTS_MAX));
        for (int i = 0; i < count; i++) {
            values.add(element.read(this));
        }
        return List.copyOf(values);
    }

    /**
     * A conformant array (C706 14.3.3.2): max_count, elements.
     *
     * @param elementBytes the least that one element takes here, without its pointees
     */
    public <T> List<T> conformant(String field, int elementBytes, Decoder<T> element) throws MalformedException {
        return values(count(field, elementBytes), element);
    }

    /** A conformant array whose size another parameter has said already. */
    public <T> List<T> conformant(String field, long sizeIs, int elementBytes, Decoder<T> element)
            throws MalformedException {
        in.align(Integer.BYTES);
        int at = in.offset();
        int count = count(field, elementBytes);
        if (count != sizeIs) {
            throw in.malformed(field, at, "is " + count + ", and " + sizeIs + " was said before");
        }
        return values(count, element);
    }

    /** A conformant array of octets. */
    public Bytes conformantOctets(String field) throws MalformedException {
        return in.bytes(octetCount(field, 1), field);
    }

    /**
     * A varying array (C706 14.3.3.3): offset, which must be 0, actual_count, elements.
     *
     * @param capacity elements that it can have
     */
    public <T> List<T> varying(String field, long capacity, int elementBytes, Decoder<T> element)
            throws MalformedException {
        return values(actualCount(field, capacity, elementBytes, limits.elementsMax()), element);
    }

    /** A conformant and varying array (C706 14.3.3.4): max_count, offset 0, actual_count, elements. */
    public <T> List<T> conformantVarying(String field, int elementBytes, Decoder<T> element) throws MalformedException {
        return varying(field, u32(field), elementBytes, element);
    }

    /** A {@code [string]} of 16-bit characters (C706 14.3.4): max_count, offset 0, actual_count, characters, the last NUL. */
    public String string(String field) throws MalformedException {
        long capacity = u32(field);
        return varyingString(field, capacity);
    }

    /** A {@code [string]} in an array of fixed size: offset 0, actual_count, characters, the last NUL. */
    public String varyingString(String field, long capacity) throws MalformedException {
        int count = actualCount(field, capacity, Character.BYTES, limits.charsMax());
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.appendCodePoint(in.u16(field));
        }
        return withoutNul(text, field);
    }

    /** A {@code [string]} of 8-bit characters, taken for ISO 8859-1. */
    public String string8(String field) throws MalformedException {
        long capacity = u32(field);
        return varyingString8(field, capacity);
    }

    /** A {@code [string]} of 8-bit characters in an array of fixed size. */
    public String varyingString8(String field, long capacity) throws MalformedException {
        int count = actualCount(field, capacity, Byte.BYTES, limits.charsMax());
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.appendCodePoint(in.u8(field));
        }
        return withoutNul(text, field);
    }

    /** The number that stands for a pointer; 0 is NULL. */
    public int referent(String field) throws MalformedException {
        return i32(field);
    }

    /**
     * Reads what contains pointers: the fixed part now, then everything that it deferred.
     *
     * @param fixed never opens a construct itself
     */
    public <T> T construct(Decoder<Late<T>> fixed) throws MalformedException {
        if (open != null) {
            throw new IllegalStateException("a construct within a construct: read its fixed part");
        }
        Queue<Cell<?>> mine = new ArrayDeque<>();
        open = mine;
        Late<T> value;
        try {
            value = fixed.read(this);
        } finally {
            open = null;
        }
        for (Cell<?> cell : mine) {
            cell.fill(this);
        }
        return value.get();
    }

    /** Reads a pointee: at the end of the outermost construct, or now if none is open. */
    public <T> Late<T> deferred(Decoder<T> pointee) throws MalformedException {
        Cell<T> cell = new Cell<>(pointee);
        schedule(cell);
        return cell;
    }

    /** A unique pointer: a referent, and unless that is 0 the pointee. */
    public <T> Late<Optional<T>> unique(String field, Decoder<T> pointee) throws MalformedException {
        if (referent(field) == 0) {
            return Late.of(Optional.empty());
        }
        return deferred(here -> Optional.of(pointee.read(here)));
    }

    /** A reference pointer in a structure or array: never NULL. As a parameter it is nothing but its pointee. */
    public <T> Late<T> ref(String field, Decoder<T> pointee) throws MalformedException {
        in.align(Integer.BYTES);
        int at = in.offset();
        if (referent(field) == 0) {
            throw in.malformed(field, at, "is NULL");
        }
        return deferred(pointee);
    }

    /** A full pointer (C706 14.3.11.2): the pointee comes with the first use of its referent, and is shared by the others. */
    public <T> Late<Optional<T>> full(String field, Class<T> type, Decoder<T> pointee) throws MalformedException {
        in.align(Integer.BYTES);
        int at = in.offset();
        int referent = in.i32(field);
        if (referent == 0) {
            return Late.of(Optional.empty());
        }
        Cell<?> known = fulls.get(referent);
        if (known == null) {
            // not yet filled while it is read: what leads back to itself finds it empty
            Cell<T> cell = new Cell<>(pointee);
            fulls.put(referent, cell);
            schedule(cell);
            return () -> Optional.of(cell.get());
        }
        return () -> {
            Object value = known.get();
            if (!type.isInstance(value)) {
                throw in.malformed(field, at, "leads to something else than a " + type.getSimpleName());
            }
            return Optional.of(type.cast(value));
        };
    }

    /** A unique pointer to a string. */
    public Late<Optional<String>> uniqueString(String field) throws MalformedException {
        return unique(field, here -> here.string(field));
    }

    /** Reads what is little endian whatever the data representation says. Deferred pointees are not included. */
    public <T> T littleEndian(String specification, Decoder<T> part) throws MalformedException {
        ByteOrder before = in.order();
        in.order(ByteOrder.LITTLE_ENDIAN);
        T value = under(specification, part);
        in.order(before);
        return value;
    }

    private void schedule(Cell<?> cell) throws MalformedException {
        if (open == null) {
            cell.fill(this);
        } else {
            open.add(cell);
        }
    }

    private int actualCount(String field, long capacity, int elementBytes, int limit) throws MalformedException {
        in.align(Integer.BYTES);
        int at = in.offset();
        long offset = in.u32(field + ".offset");
        if (offset != 0) {
            throw in.malformed(field + ".offset", at, "is " + offset + ", not 0");
        }
        at = in.offset();
        int count = in.count(field, elementBytes, limit);
        if (count > capacity) {
            throw in.malformed(field, at, "is " + count + ", more than its size of " + capacity);
        }
        return count;
    }

    private String withoutNul(StringBuilder text, String field) throws MalformedException {
        int last = text.length() - 1;
        if (last < 0 || text.charAt(last) != 0) {
            throw in.malformed(field, in.offset(), "does not end in NUL");
        }
        return text.substring(0, last);
    }

    /** What a pointer will lead to. */
    private static final class Cell<T> implements Late<T> {
        private final Decoder<T> pointee;
        private @Nullable T value;

        Cell(Decoder<T> pointee) {
            this.pointee = pointee;
        }

        void fill(NdrReader in) throws MalformedException {
            if (in.depth >= in.limits.depthMax()) {
                throw in.malformed("pointer", in.offset(), "is more than " + in.limits.depthMax() + " deep");
            }
            in.depth++;
            value = pointee.read(in);
            in.depth--;
        }

        @Override
        public T get() throws MalformedException {
            if (value == null) {
                throw new MalformedException("C706 14.3.12", "pointer", 0, "leads to what is not read yet");
            }
            return value;
        }
    }
}
