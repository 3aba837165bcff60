package org.tandemopc.dcom.ndr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;

class SafeArrayTest {
    private static final SafeArray.Bound TWO_FROM_FIVE = new SafeArray.Bound(2, 5);
    private static final SafeArray.Bound THREE_FROM_MINUS_ONE = new SafeArray.Bound(3, -1);

    /** Two dimensions: both counts in front, then the elements of all as one row. */
    private static final Bytes TWO_DIMENSIONS = Octets.of("""
            55 73 65 72  00 00 00 00
            0b 00 00 00  00 00 00 00  # 88 octets
            02 20  00 00 00 00 00 00
            00 20 00 00
            00 00 02 00               # parray
            04 00 02 00               # SAFEARRAY
            02 00 00 00               # max_count
            02 00 80 00               # cDims, HAVEVARTYPE
            02 00 00 00               # cbElements
            00 00 02 00               # cLocks
            02 00 00 00               # sfType
            06 00 00 00               # count
            08 00 02 00               # data
            02 00 00 00  05 00 00 00  # bounds
            03 00 00 00  ff ff ff ff
            06 00 00 00               # max_count
            01 00 02 00 03 00 04 00 05 00 06 00
            """);

    @Test
    void severalDimensionsAreReadAndWrittenInTheOrderOfTheWire() throws MalformedException {
        Variant read = read(TWO_DIMENSIONS);
        SafeArray array = SafeArray.of(
                VarType.I2,
                List.of(TWO_FROM_FIVE, THREE_FROM_MINUS_ONE),
                List.of(i2(1), i2(2), i2(3), i2(4), i2(5), i2(6)));
        assertEquals(new Variant.Array(array), read);
        assertEquals(TWO_DIMENSIONS, VariantTest.written(read));
        Hostile.survives(TWO_DIMENSIONS.toArray(), octets -> Variant.read(VariantTest.reader(octets)));
    }

    /** Elements that say how they are written: 8 octets on a multiple of 8, in a stub where max_count ends on 4. */
    @Test
    void wideNumbersAreAligned() throws MalformedException {
        Bytes octets = Octets.of("""
                55 73 65 72  00 00 00 00
                0a 00 00 00  00 00 00 00
                05 20  00 00 00 00 00 00
                00 20 00 00
                00 00 02 00  04 00 02 00
                01 00 00 00
                01 00 80 00  08 00 00 00  00 00 05 00
                14 00 00 00  01 00 00 00  08 00 02 00
                01 00 00 00  00 00 00 00
                01 00 00 00
                00 00 00 00               # to a multiple of 8
                00 00 00 00 00 00 0a 40
                """);
        Variant value = new Variant.Array(SafeArray.ofR8(3.25));
        assertEquals(octets, VariantTest.written(value));
        assertEquals(value, read(octets));
    }

    /** [MS-OAUT] 2.2.30.7: with an IID the type is not in cLocks, and the IID stands before the bounds. */
    @Test
    void interfacesMayNameTheirIid() throws MalformedException {
        Bytes octets = Octets.of("""
                55 73 65 72  00 00 00 00
                0d 00 00 00  00 00 00 00  # 104 octets
                0d 20  00 00 00 00 00 00
                00 20 00 00
                00 00 02 00  04 00 02 00
                01 00 00 00
                01 00 40 02  04 00 00 00  00 00 00 00
                0d 80 00 00  02 00 00 00  08 00 02 00
                00 00 00 00 00 00 00 00 c0 00 00 00 00 00 00 46
                02 00 00 00  00 00 00 00
                02 00 00 00
                00 00 00 00  0c 00 02 00  # NULL, and one
                04 00 00 00  04 00 00 00  4d 45 4f 57
                """);
        Variant value = new Variant.Array(new SafeArray(
                VarType.UNKNOWN,
                List.of(new SafeArray.Bound(2, 0)),
                new SafeArray.Content.Interfaces(
                        Optional.of(Guid.of("00000000-0000-0000-c000-000000000046")),
                        List.of(Optional.empty(), Optional.of(new InterfacePointer(Bytes.ofHex("4d454f57")))))));
        assertEquals(octets, VariantTest.written(value));
        assertEquals(value, read(octets));
        Hostile.survives(octets.toArray(), changed -> Variant.read(VariantTest.reader(changed)));
    }

    /**
     * sfType says how elements are written. What they are: the high word of cLocks if that can be, else the VARIANT around.
     * Windows itself sends arrays of R8 in VARIANTs that say UI4, and arrays whose type only the VARIANT tells.
     */
    @ParameterizedTest
    @CsvSource({
        "0x2003, 3, 3, I4",
        "0x2013, 3, 3, I4",
        "0x2013, 0, 3, UI4",
        "0x200a, 0, 3, ERROR",
        "0x2004, 4, 3, R4",
        "0x2013, 5, 20, R8",
        "0x2007, 0, 20, DATE",
        "0x200b, 11, 2, BOOL",
        "0x2011, 0, 16, UI1"
    })
    void typeOfTheElementsIsTheFirstThatAgrees(String vt, int locks, int sfType, VarType type)
            throws MalformedException {
        Variant read = read(oneElement(Integer.decode(vt), locks, sfType));
        assertEquals(type, ((Variant.Array) read).value().type());
        assertEquals(1, ((Variant.Array) read).value().size());
    }

    /** [MS-OAUT] 2.2.8: SF_ERROR is what a sender writes who could not; no DECIMAL, no record behind a known type. */
    @ParameterizedTest
    @CsvSource({
        "0x2003, 3, 20",
        "0x200a, 10, 10",
        "0x2003, 0, 10",
        "0x2003, 0, 36",
        "0x2003, 3, 14",
        "0x2002, 0, 3",
        "0x2003, 0, 0"
    })
    void typesThatDoNotAgreeAreMalformed(String vt, int locks, int sfType) {
        assertThrows(MalformedException.class, () -> read(oneElement(Integer.decode(vt), locks, sfType)));
    }

    /** What contradicts itself about the number of elements: one octet of {@link #TWO_DIMENSIONS} changed. */
    @ParameterizedTest
    @CsvSource({
        "count, 56, 7",
        "first bound, 64, 3",
        "second bound, 72, 2",
        "max_count of the data, 80, 5",
        "cDims, 40, 0",
        "cDims, 40, 3",
        "max_count of the bounds, 36, 1"
    })
    void countsThatDoNotAgreeAreMalformed(String field, int at, int value) {
        byte[] octets = TWO_DIMENSIONS.toArray();
        octets[at] = (byte) value;
        assertThrows(MalformedException.class, () -> read(Bytes.of(octets)), field);
    }

    @Test
    void elementsBehindANullPointerAreMalformed() {
        assertThrows(MalformedException.class, () -> read(withoutDataReferent(TWO_DIMENSIONS)));
    }

    /** 65,536 times 65,536 times ... elements are as many as 0 if one is careless. */
    @Test
    void productOfTheBoundsDoesNotOverflow() {
        List<SafeArray.Bound> bounds = Collections.nCopies(4, new SafeArray.Bound(0x8000_0000L, 0));
        assertThrows(IllegalArgumentException.class, () -> SafeArray.of(VarType.UI1, bounds, List.of()));
        NdrWriter out = new NdrWriter();
        out.i32(Variant.USER)
                .i32(0)
                .u32(20, "clSize")
                .zeros(4)
                .u16(0x2011, "vt")
                .zeros(6)
                .u32(0x2000, "d");
        out.i32(1)
                .i32(1)
                .u32(4, "max")
                .u16(4, "cDims")
                .u16(0x80, "f")
                .u32(1, "cb")
                .u32(17L << 16, "locks");
        out.u32(16, "sf").u32(0, "count").i32(1);
        out.values(
                bounds, (here, bound) -> here.u32(bound.elements(), "cElements").i32(0));
        out.u32(0, "max");
        assertThrows(MalformedException.class, () -> read(out.toBytes()));
    }

    @Test
    void emptyArrayNeedsNoData() throws MalformedException {
        Variant empty = new Variant.Array(SafeArray.ofI4());
        Bytes octets = VariantTest.written(empty);
        assertEquals(empty, read(octets));
        Bytes withoutMaxCount = Bytes.of(octets.toArray(), 0, octets.size() - 4);
        assertEquals(empty, read(withoutDataReferent(withoutMaxCount)));
    }

    @ParameterizedTest
    @EnumSource(VarType.class)
    void typesThatNoArrayCanHaveAreRefused(VarType type) throws MalformedException {
        if (type.inArrays()) {
            assertEquals(0, SafeArray.of(type, List.of()).size());
        } else {
            assertThrows(IllegalArgumentException.class, () -> SafeArray.of(type, List.of()));
        }
    }

    @Test
    void elementsOfAnotherTypeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> SafeArray.of(VarType.I4, List.of(i2(1))));
        assertThrows(IllegalArgumentException.class, () -> SafeArray.of(VarType.I4, List.of(new Variant.UI4(1))));
        assertThrows(IllegalArgumentException.class, () -> SafeArray.of(VarType.BSTR, List.of(i2(1))));
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeArray.of(VarType.UNKNOWN, List.of(new Variant.Dispatch(Optional.empty()))));
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeArray.of(VarType.I2, List.of(new SafeArray.Bound(2, 0)), List.of(i2(1))));
        assertThrows(IllegalArgumentException.class, () -> SafeArray.of(VarType.I2, List.of(), List.of(i2(1))));
    }

    @Test
    void elementsAreThere() {
        SafeArray array = SafeArray.ofStrings(List.of("a", ""));
        assertEquals(List.of(Variant.Str.of("a"), Variant.Str.of("")), array.elements());
        assertEquals(new Variant.R8(2.5), SafeArray.ofR8(1, 2.5).get(1));
        assertEquals(
                new Variant.UI1(200), SafeArray.ofOctets(Bytes.ofHex("01c8")).get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> SafeArray.ofI4(1).get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> SafeArray.ofI4(1).get(-1));
    }

    /** A large array costs what it was long, not an object for each number. */
    @Test
    void plainNumbersStayOctets() throws MalformedException {
        int count = 1 << 20;
        Bytes octets = VariantTest.written(new Variant.Array(SafeArray.ofOctets(Bytes.of(new byte[count]))));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Variant read = read(octets);
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(count, ((Variant.Array) read).value().size());
        assertTrue(taken < 4L * count, taken + " bytes");
    }

    private static Bytes withoutDataReferent(Bytes octets) {
        byte[] changed = octets.toArray();
        Arrays.fill(changed, 60, 64, (byte) 0);
        return Bytes.of(changed);
    }

    private static Bytes oneElement(int vt, int locks, int sfType) {
        NdrWriter out = new NdrWriter();
        out.i32(Variant.USER)
                .i32(0)
                .u32(12, "clSize")
                .zeros(4)
                .u16(vt, "vt")
                .zeros(6)
                .u32(0x2000, "discriminant");
        out.i32(1).i32(1).u32(1, "max_count").u16(1, "cDims").u16(locks == 0 ? 0 : 0x80, "fFeatures");
        out.u32(4, "cbElements").u32((long) locks << 16, "cLocks").u32(sfType, "sfType");
        out.u32(1, "count")
                .i32(1)
                .u32(1, "cElements")
                .i32(0)
                .u32(1, "max_count")
                .zeros(16);
        return out.toBytes();
    }

    private static Variant i2(int value) {
        return new Variant.I2((short) value);
    }

    private static Variant read(Bytes octets) throws MalformedException {
        return Variant.read(NdrReader.over(ByteReader.over(octets.toArray()).order(ByteOrder.LITTLE_ENDIAN)));
    }
}
