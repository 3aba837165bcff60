package org.tandemopc.opcda.params;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.RandomAccess;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * Numbers of 32 bits: handles, HRESULTs, rates, ids. OPC sends them by the thousand, so they are kept as plain numbers. Whether
 * one is meant without sign is for who uses it: {@link #unsigned}. Immutable; any thread.
 *
 * <p>On the wire a conformant array of {@code DWORD}.
 */
public final class Ints extends AbstractList<Integer> implements RandomAccess {
    public static final Ints EMPTY = new Ints(new int[0]);

    private final int[] values;

    private Ints(int[] values) {
        this.values = values;
    }

    public static Ints of(int... values) {
        return values.length == 0 ? EMPTY : new Ints(values.clone());
    }

    public static Ints copyOf(Collection<Integer> values) {
        return values instanceof Ints same
                ? same
                : of(values.stream().mapToInt(Integer::intValue).toArray());
    }

    /** The same number so many times: S_OK for each item. */
    public static Ints repeat(int value, int count) {
        int[] values = new int[count];
        Arrays.fill(values, value);
        return count == 0 ? EMPTY : new Ints(values);
    }

    /** @throws IndexOutOfBoundsException there is none */
    public int at(int index) {
        return values[index];
    }

    /** 0 to 4,294,967,295. @throws IndexOutOfBoundsException there is none */
    public long unsigned(int index) {
        return Integer.toUnsignedLong(values[index]);
    }

    public int[] toInts() {
        return values.clone();
    }

    @Override
    public Integer get(int index) {
        return values[index];
    }

    @Override
    public int size() {
        return values.length;
    }

    /**
     * An array of a size that was said before.
     *
     * @throws MalformedException it is of another size, or larger than the limits or the octets that are left
     */
    public static Ints read(NdrReader in, String field, long sizeIs) throws MalformedException {
        in.same(field, sizeIs);
        int count = in.checked(field, sizeIs, Integer.BYTES);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.i32(field);
        }
        return count == 0 ? EMPTY : new Ints(values);
    }

    public void write(NdrWriter out) {
        out.count(values.length, "max_count");
        for (int value : values) {
            out.i32(value);
        }
    }

    /** An array of 16-bit numbers of a size that was said before: qualities, VARTYPEs. */
    public static Ints readU16(NdrReader in, String field, long sizeIs) throws MalformedException {
        in.same(field, sizeIs);
        int count = in.checked(field, sizeIs, Short.BYTES);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.u16(field);
        }
        return count == 0 ? EMPTY : new Ints(values);
    }

    /** @throws IllegalArgumentException a number is not 0 to 65,535 */
    public void writeU16(NdrWriter out) {
        out.count(values.length, "max_count");
        for (int value : values) {
            out.u16(value, "element");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ints same ? Arrays.equals(values, same.values) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
