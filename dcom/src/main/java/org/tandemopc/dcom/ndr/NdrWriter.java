package org.tandemopc.dcom.ndr;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;

/**
 * Writes one stub; the mirror of {@link NdrReader}. Little endian unless made otherwise, which only tests do. A structure or
 * array with pointers is written within {@link #construct}; here one construct may be within another and joins it. Not
 * thread-safe.
 *
 * <p>What does not fit its field is a mistake of the caller: {@link IllegalArgumentException}.
 */
public final class NdrWriter {
    /** Writes a value; for elements and pointees. */
    @FunctionalInterface
    public interface Encoder<T> {
        void write(NdrWriter out, T value);
    }

    /** Windows counts its referents from here, four by four; any number but 0 would do. */
    private static final int REFERENT_FIRST = 0x0002_0000;

    private static final int REFERENT_STEP = 4;

    private final ByteWriter out = new ByteWriter();
    private final IntSupplier referents;
    private final Map<Object, Integer> fulls = new IdentityHashMap<>();
    private @Nullable Queue<Runnable> open;

    public NdrWriter() {
        this(new Counter());
    }

    /** @param referents gives the number for each pointer that is not NULL; never 0, never one twice */
    public NdrWriter(IntSupplier referents) {
        this.referents = referents;
    }

    /** For all that follows. */
    public NdrWriter order(ByteOrder order) {
        out.order(order);
        return this;
    }

    public int offset() {
        return out.offset();
    }

    public Bytes toBytes() {
        return out.toBytes();
    }

    public byte[] toArray() {
        return out.toArray();
    }

    public NdrWriter align(int alignment) {
        out.align(alignment);
        return this;
    }

    public NdrWriter u8(int value, String field) {
        out.u8(value, field);
        return this;
    }

    public NdrWriter u16(int value, String field) {
        out.align(Short.BYTES).u16(value, field);
        return this;
    }

    public NdrWriter enum16(int value, String field) {
        return u16(value, field);
    }

    public NdrWriter u32(long value, String field) {
        out.align(Integer.BYTES).u32(value, field);
        return this;
    }

    public NdrWriter i32(int value) {
        out.align(Integer.BYTES).i32(value);
        return this;
    }

    public NdrWriter i64(long value) {
        out.align(Long.BYTES).i64(value);
        return this;
    }

    public NdrWriter f32(float value) {
        return i32(Float.floatToRawIntBits(value));
    }

    public NdrWriter f64(double value) {
        return i64(Double.doubleToRawLongBits(value));
    }

    public NdrWriter bool32(boolean value) {
        return i32(value ? 1 : 0);
    }

    public NdrWriter guid(Guid value) {
        out.align(Integer.BYTES);
        value.write(out);
        return this;
    }

    /** As they are: not aligned, no count before them. */
    public NdrWriter octets(Bytes value) {
        out.bytes(value);
        return this;
    }

    public NdrWriter zeros(int count) {
        out.zeros(count);
        return this;
    }

    /** Overwrites what was written before, in the byte order of now. */
    public void setU32(int at, long value, String field) {
        out.setU32(at, value, field);
    }

    /** A max_count, before the alignment of the structure whose last member has so many elements. */
    public NdrWriter count(int value, String field) {
        return u32(value, field);
    }

    public NdrWriter union16(int value, String field) {
        return u16(value, field);
    }

    public NdrWriter union32(long value, String field) {
        return u32(value, field);
    }

    /** A fixed array. */
    public <T> NdrWriter values(List<T> values, Encoder<T> element) {
        for (T value : values) {
            element.write(this, value);
        }
        return this;
    }

    public <T> NdrWriter conformant(List<T> values, Encoder<T> element) {
        return count(values.size(), "max_count").values(values, element);
    }

    public NdrWriter conformantOctets(Bytes value) {
        return count(value.size(), "max_count").octets(value);
    }

    public <T> NdrWriter varying(List<T> values, Encoder<T> element) {
        return i32(0).count(values.size(), "actual_count").values(values, element);
    }

    /** @param capacity the max_count, as the other side gave it */
    public <T> NdrWriter conformantVarying(List<T> values, long capacity, Encoder<T> element) {
        return u32(capacity, "max_count").varying(values, element);
    }

    public NdrWriter string(String value) {
        return u32(value.length() + 1L, "max_count").varyingString(value);
    }

    public NdrWriter varyingString(String value) {
        i32(0).u32(value.length() + 1L, "actual_count");
        for (int i = 0; i < value.length(); i++) {
            out.u16(value.charAt(i), "character");
        }
        out.u16(0, "NUL");
        return this;
    }

    public NdrWriter string8(String value) {
        return u32(value.length() + 1L, "max_count").varyingString8(value);
    }

    public NdrWriter varyingString8(String value) {
        i32(0).u32(value.length() + 1L, "actual_count");
        for (int i = 0; i < value.length(); i++) {
            out.u8(value.charAt(i), "character");
        }
        out.u8(0, "NUL");
        return this;
    }

    /** A fresh number for a pointer that is not NULL, aligned. */
    public NdrWriter referent() {
        return i32(referents.getAsInt());
    }

    public NdrWriter nullPointer() {
        return i32(0);
    }

    /** Writes what contains pointers, and at the end, if it is the outermost, all that was deferred. */
    public NdrWriter construct(Runnable fixed) {
        if (open != null) {
            fixed.run();
            return this;
        }
        Queue<Runnable> mine = new ArrayDeque<>();
        open = mine;
        try {
            fixed.run();
        } finally {
            open = null;
        }
        mine.forEach(Runnable::run);
        return this;
    }

    /** Writes a pointee: at the end of the outermost construct, or now if none is open. */
    public NdrWriter deferred(Runnable pointee) {
        if (open == null) {
            pointee.run();
        } else {
            open.add(pointee);
        }
        return this;
    }

    /** A unique pointer; empty is NULL. */
    public <T> NdrWriter unique(Optional<T> value, Encoder<T> pointee) {
        if (value.isEmpty()) {
            return nullPointer();
        }
        return ref(value.get(), pointee);
    }

    /** A reference pointer in a structure or array. */
    public <T> NdrWriter ref(T value, Encoder<T> pointee) {
        return referent().deferred(() -> pointee.write(this, value));
    }

    /** A full pointer: the same object, by identity, is written once. */
    public <T> NdrWriter full(Optional<T> value, Encoder<T> pointee) {
        if (value.isEmpty()) {
            return nullPointer();
        }
        Integer known = fulls.get(value.get());
        if (known != null) {
            return i32(known);
        }
        int referent = referents.getAsInt();
        fulls.put(value.get(), referent);
        return i32(referent).deferred(() -> pointee.write(this, value.get()));
    }

    public NdrWriter uniqueString(Optional<String> value) {
        return unique(value, NdrWriter::string);
    }

    /** Writes what is little endian whatever the byte order of the rest. Deferred pointees are not included. */
    public NdrWriter littleEndian(Runnable part) {
        ByteOrder before = out.order();
        if (before.equals(ByteOrder.LITTLE_ENDIAN)) {
            part.run();
            return this;
        }
        out.order(ByteOrder.LITTLE_ENDIAN);
        try {
            part.run();
        } finally {
            out.order(before);
        }
        return this;
    }

    private static final class Counter implements IntSupplier {
        private int next = REFERENT_FIRST;

        @Override
        public int getAsInt() {
            int referent = next;
            next += REFERENT_STEP;
            return referent;
        }
    }
}
