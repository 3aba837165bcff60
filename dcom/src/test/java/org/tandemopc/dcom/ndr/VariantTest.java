package org.tandemopc.dcom.ndr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;

/** VARIANT as a parameter: the slot, 4 octets to the next multiple of 8, the body. All octets here were put down by hand. */
class VariantTest {
    private static final Optional<InterfacePointer> POINTER =
            Optional.of(new InterfacePointer(Bytes.ofHex("4d454f5704")));

    /** Every type once, and the limits of those that have some. */
    static List<Variant> values() {
        List<Variant> values = new ArrayList<>(List.of(
                Variant.EMPTY,
                Variant.NULL,
                new Variant.I1(Byte.MIN_VALUE),
                new Variant.UI1(255),
                new Variant.I2(Short.MIN_VALUE),
                new Variant.UI2(65_535),
                new Variant.I4(Integer.MIN_VALUE),
                new Variant.UI4(0xFFFF_FFFFL),
                new Variant.I8(Long.MIN_VALUE),
                new Variant.UI8(-1),
                new Variant.Int(-1),
                new Variant.UInt(0x8000_0000L),
                new Variant.R4(Float.MIN_VALUE),
                new Variant.R8(Double.NaN),
                new Variant.R8(-0.0),
                new Variant.Cy(-1),
                new Variant.Date(45_351.25),
                Variant.Str.of("Grüße \ud83d\ude00"),
                new Variant.Str(Bstr.NULL),
                new Variant.Str(Bstr.of(Bytes.ofHex("616263"))),
                new Variant.Bool(true),
                new Variant.Bool(false),
                new Variant.Scode(0x8004_0005),
                new Variant.Dec(new Decimal(true, 28, 0xFFFF_FFFFL, -1)),
                new Variant.Unknown(Optional.empty()),
                new Variant.Unknown(POINTER),
                new Variant.Dispatch(POINTER),
                new Variant.NoArray(VarType.R8)));
        for (Variant value : List.copyOf(values)) {
            VarType.of(value.vt())
                    .filter(VarType::inArrays)
                    .ifPresent(type -> values.add(new Variant.Array(SafeArray.of(type, List.of(value, value, value)))));
        }
        values.add(new Variant.Array(SafeArray.of(
                VarType.I2,
                List.of(new SafeArray.Bound(2, 0), new SafeArray.Bound(3, -1)),
                Collections.nCopies(6, new Variant.I2((short) 7)))));
        values.add(new Variant.Array(SafeArray.of(VarType.R8, List.of())));
        values.add(new Variant.Array(new SafeArray(
                VarType.UNKNOWN,
                List.of(new SafeArray.Bound(2, 1)),
                new SafeArray.Content.Interfaces(
                        Optional.of(Guid.of("00000000-0000-0000-c000-000000000046")),
                        List.of(POINTER, Optional.empty())))));
        return values;
    }

    /** All of them in one array, where each must end where it ends. */
    @Test
    void everyTypeIsReadInOneArray() throws MalformedException {
        Variant all = new Variant.Array(SafeArray.of(VarType.VARIANT, values()));
        Bytes octets = written(all);
        assertEquals(all, Variant.read(reader(octets.toArray())));
        Hostile.Outcome outcome =
                Hostile.randomChanges(octets.toArray(), changed -> Variant.read(reader(changed)), 20_241, 2_000);
        assertTrue(outcome.values() > 100 && outcome.refusals() > 100, outcome.toString());
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyTypeComesBackAsItWent(Variant value) throws MalformedException {
        Bytes octets = written(value);
        NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
        assertEquals(value, Variant.read(in));
        assertEquals(0, in.remaining());
    }

    /** [MS-OAUT] 2.2.29.1: little endian whatever the label says; only the referent of the slot is the stub's. */
    @ParameterizedTest
    @MethodSource("values")
    void everyTypeIsLittleEndianInABigEndianStub(Variant value) throws MalformedException {
        NdrWriter out = new NdrWriter().order(ByteOrder.BIG_ENDIAN).i32(1);
        value.write(out);
        out.u32(2, "after");
        NdrReader in = NdrReader.over(out.toBytes(), ByteOrder.BIG_ENDIAN);
        assertEquals(1, in.u32("before"));
        assertEquals(value, Variant.read(in));
        assertEquals(2, in.u32("after"));
        assertTrue(
                out.toBytes().toString().startsWith("0000000172657355"), "the slot follows the stub: " + out.toBytes());
        assertEquals(written(value).at(8), out.toBytes().at(8), "and clSize does not");
    }

    /** Each type, and of the arrays those that are written in different ways. */
    static List<Variant> formsOfValues() {
        Set<VarType> forms = Set.of(
                VarType.I1, VarType.BOOL, VarType.R4, VarType.DATE, VarType.BSTR, VarType.VARIANT, VarType.UNKNOWN);
        return values().stream()
                .filter(value -> !(value instanceof Variant.Array(SafeArray array)) || forms.contains(array.type()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("formsOfValues")
    void everyChangeEndsWell(Variant value) {
        Hostile.survives(written(value).toArray(), octets -> Variant.read(reader(octets)));
    }

    /** Values put together at random, arrays in arrays among them, come back in stubs of both byte orders. */
    @Test
    void randomValuesComeBack() throws MalformedException {
        SplittableRandom random = new SplittableRandom(20_260_729);
        List<Variant> known = values();
        for (int round = 0; round < 1_000; round++) {
            List<Variant> some = randomValues(known, random, 3);
            ByteOrder order = round % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            NdrWriter out = new NdrWriter().order(order);
            out.zeros(random.nextInt(9)).align(Integer.BYTES);
            int start = out.offset();
            out.construct(() -> out.conformant(some, (here, value) -> value.write(here)));
            out.i32(round);
            NdrReader in = NdrReader.over(out.toBytes(), order).skip(start, "before");
            assertEquals(some, in.construct(here -> Late.all(here.conformant("a", 4, Variant::slot))));
            assertEquals(round, in.i32("after"));
        }
    }

    private static List<Variant> randomValues(List<Variant> known, SplittableRandom random, int depth) {
        List<Variant> some = new ArrayList<>();
        for (int count = random.nextInt(5); count > 0; count--) {
            some.add(
                    depth > 0 && random.nextInt(4) == 0
                            ? new Variant.Array(SafeArray.of(VarType.VARIANT, randomValues(known, random, depth - 1)))
                            : known.get(random.nextInt(known.size())));
        }
        return List.copyOf(some);
    }

    /** Sizes that Windows gives to the bodies, in octets; clSize is an eighth of it, rounded up. */
    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of(Variant.EMPTY, 20),
                Arguments.of(Variant.NULL, 20),
                Arguments.of(new Variant.I1((byte) 0x12), 21),
                Arguments.of(new Variant.I2((short) 0x1234), 22),
                Arguments.of(new Variant.I4(0x1234), 24),
                Arguments.of(new Variant.UI4(0x1234), 24),
                Arguments.of(new Variant.R4(3.1415f), 24),
                Arguments.of(new Variant.R8(3.1415), 32),
                Arguments.of(new Variant.Date(45_351.25), 32),
                Arguments.of(new Variant.Bool(true), 22),
                Arguments.of(new Variant.Dec(Decimal.of(BigDecimal.valueOf(0x1234_5678))), 40),
                Arguments.of(Variant.Str.of("marshal test"), 60),
                Arguments.of(Variant.Str.of("marshal test1"), 62),
                Arguments.of(
                        new Variant.Array(SafeArray.of(VarType.R8, Collections.nCopies(10, new Variant.R8(1)))), 152));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sizesAreThoseOfWindows(Variant value, int size) {
        Bytes octets = written(value);
        assertEquals(8 + size, octets.size());
        assertEquals((size + 7) / 8, octets.at(8));
    }

    /** Octets of a body, and the value they are. Written again they are the same, but for reserved fields. */
    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of(new Variant.I4(42), """
                        55 73 65 72  00 00 00 00  # User
                        03 00 00 00  00 00 00 00  # clSize 3
                        03 00  00 00 00 00 00 00  # vt
                        03 00 00 00               # discriminant
                        2a 00 00 00
                        """),
                Arguments.of(new Variant.Date(45_351.25), """
                        55 73 65 72  00 00 00 00
                        04 00 00 00  00 00 00 00
                        07 00  00 00 00 00 00 00
                        07 00 00 00  00 00 00 00  # to a multiple of 8
                        00 00 00 00 e8 24 e6 40
                        """),
                Arguments.of(Variant.Cy.of(new BigDecimal("5.25")), """
                        55 73 65 72  00 00 00 00
                        04 00 00 00  00 00 00 00
                        06 00  00 00 00 00 00 00
                        06 00 00 00  00 00 00 00
                        14 cd 00 00 00 00 00 00   # 52500
                        """),
                Arguments.of(new Variant.Bool(true), """
                        55 73 65 72  00 00 00 00
                        03 00 00 00  00 00 00 00
                        0b 00  00 00 00 00 00 00
                        0b 00 00 00
                        ff ff
                        """),
                Arguments.of(new Variant.Dec(Decimal.of(new BigDecimal("-1234.5678"))), """
                        55 73 65 72  00 00 00 00
                        05 00 00 00  00 00 00 00
                        0e 00  00 00 00 00 00 00
                        0e 00 00 00  00 00 00 00
                        00 00 04 80  00 00 00 00   # reserved, scale 4, negative, Hi32
                        4e 61 bc 00  00 00 00 00   # 12345678
                        """),
                Arguments.of(Variant.Str.of("AB"), """
                        55 73 65 72  00 00 00 00
                        05 00 00 00  00 00 00 00
                        08 00  00 00 00 00 00 00
                        08 00 00 00
                        00 00 02 00               # referent
                        02 00 00 00               # max_count
                        04 00 00 00               # cBytes
                        02 00 00 00               # clSize
                        41 00 42 00
                        """),
                Arguments.of(new Variant.Str(Bstr.NULL), """
                        55 73 65 72  00 00 00 00
                        05 00 00 00  00 00 00 00
                        08 00  00 00 00 00 00 00
                        08 00 00 00
                        00 00 02 00               # not NULL, though the BSTR is
                        00 00 00 00
                        ff ff ff ff
                        00 00 00 00
                        """),
                Arguments.of(new Variant.Unknown(POINTER), """
                        55 73 65 72  00 00 00 00
                        05 00 00 00  00 00 00 00
                        0d 00  00 00 00 00 00 00
                        0d 00 00 00
                        00 00 02 00               # referent
                        05 00 00 00               # max_count
                        05 00 00 00               # ulCntData
                        4d 45 4f 57 04
                        """),
                Arguments.of(new Variant.NoArray(VarType.I4), """
                        55 73 65 72  00 00 00 00
                        04 00 00 00  00 00 00 00
                        03 20  00 00 00 00 00 00
                        00 20 00 00
                        00 00 02 00               # parray
                        00 00 00 00               # SAFEARRAY = NULL
                        """),
                Arguments.of(
                        new Variant.Array(SafeArray.of(
                                VarType.VARIANT, List.of(new Variant.I2((short) 1), new Variant.R8(3.25)))),
                        """
                        55 73 65 72  00 00 00 00
                        11 00 00 00  00 00 00 00  # 136 octets
                        0c 20  00 00 00 00 00 00
                        00 20 00 00
                        00 00 02 00               # parray
                        04 00 02 00               # SAFEARRAY
                        01 00 00 00               # max_count
                        01 00 80 08               # cDims, HAVEVARTYPE and VARIANT
                        10 00 00 00               # cbElements
                        00 00 0c 00               # cLocks
                        0c 00 00 00               # sfType
                        02 00 00 00               # count
                        08 00 02 00               # data
                        02 00 00 00  00 00 00 00  # bounds
                        02 00 00 00               # max_count
                        55 73 65 72  55 73 65 72  # both slots
                        00 00 00 00               # to a multiple of 8
                        03 00 00 00  00 00 00 00
                        02 00  00 00 00 00 00 00
                        02 00 00 00
                        01 00  00 00
                        04 00 00 00  00 00 00 00
                        05 00  00 00 00 00 00 00
                        05 00 00 00  00 00 00 00
                        00 00 00 00 00 00 0a 40
                        """));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodiesAreReadAndWritten(Variant value, String lines) throws MalformedException {
        Bytes octets = Octets.of(lines);
        assertEquals(value, Variant.read(reader(octets.toArray())));
        assertEquals(octets, written(value));
    }

    /** In an array of structures the slots stand in the structures, and the bodies behind them all. */
    @Test
    void bodiesFollowWhatContainsTheSlots() throws MalformedException {
        List<Variant> values = List.of(new Variant.I2((short) 1), new Variant.I2((short) 2));
        Bytes octets = Octets.of("""
                02 00 00 00               # max_count
                0a 00 00 00  55 73 65 72  # { number, value }
                0b 00 00 00  55 73 65 72
                00 00 00 00
                03 00 00 00  00 00 00 00
                02 00  00 00 00 00 00 00
                02 00 00 00  01 00  00 00
                03 00 00 00  00 00 00 00
                02 00  00 00 00 00 00 00
                02 00 00 00  02 00
                """);
        NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
        assertEquals(
                values,
                in.construct(here -> Late.all(here.conformant("a", 8, element -> {
                    element.u32("number");
                    return Variant.slot(element);
                }))));
        NdrWriter out = new NdrWriter();
        out.construct(() -> {
            out.count(2, "max_count");
            for (int i = 0; i < 2; i++) {
                out.u32(10 + i, "number");
                values.get(i).write(out);
            }
        });
        assertEquals(octets, out.toBytes());
    }

    @Nested
    class ByReference {
        /** What stands behind a pointer is read as the value; the referents are those that Windows writes. */
        static Stream<Arguments> bodies() {
            return Stream.of(
                    Arguments.of(new Variant.I2((short) 0x1234), """
                            55 73 65 72  00 00 00 00
                            04 00 00 00  00 00 00 00
                            02 40  34 12 78 56 bc 9a
                            02 40 00 00
                            04 00 00 00
                            34 12
                            """),
                    Arguments.of(new Variant.R8(3.1415), """
                            55 73 65 72  00 00 00 00
                            04 00 00 00  00 00 00 00
                            05 40  00 00 00 00 00 00
                            05 40 00 00
                            08 00 00 00
                            6f 12 83 c0 ca 21 09 40
                            """),
                    Arguments.of(new Variant.Dec(new Decimal(false, 0, 0, 0x1234_5678)), """
                            55 73 65 72  00 00 00 00
                            05 00 00 00  00 00 00 00
                            0e 40  00 00 00 00 00 00
                            0e 40 00 00
                            10 00 00 00
                            dc fe 00 00  00 00 00 00
                            78 56 34 12  00 00 00 00
                            """),
                    Arguments.of(Variant.Str.of("A"), """
                            55 73 65 72  00 00 00 00
                            06 00 00 00  00 00 00 00
                            08 40  00 00 00 00 00 00
                            08 40 00 00
                            04 00 00 00  01 00 00 00
                            01 00 00 00  02 00 00 00  01 00 00 00
                            41 00
                            """),
                    Arguments.of(new Variant.R8(3.1415), """
                            55 73 65 72  00 00 00 00
                            08 00 00 00  00 00 00 00
                            0c 40  00 00 00 00 00 00  # a VARIANT behind a pointer
                            0c 40 00 00
                            10 00 00 00
                            55 73 65 72  cc cc cc cc
                            04 00 00 00  00 00 00 00
                            05 00  00 00 00 00 00 00
                            05 00 00 00  cc cc cc cc
                            6f 12 83 c0 ca 21 09 40
                            """),
                    Arguments.of(new Variant.Array(SafeArray.of(VarType.UI4, List.of(new Variant.UI4(7)))), """
                            55 73 65 72  00 00 00 00
                            0b 00 00 00  00 00 00 00
                            13 60  00 00 00 00 00 00
                            00 60 00 00
                            04 00 00 00  01 00 00 00  01 00 00 00
                            01 00 00 00  01 00 80 00  04 00 00 00  07 00 13 00
                            03 00 00 00  01 00 00 00  02 00 00 00
                            01 00 00 00  05 00 00 00
                            01 00 00 00  07 00 00 00
                            """));
        }

        @ParameterizedTest
        @MethodSource("bodies")
        void isReadAsTheValue(Variant value, String lines) throws MalformedException {
            Bytes octets = Octets.of(lines);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            Variant read = Variant.read(in);
            assertEquals(0, in.remaining());
            if (read instanceof Variant.Array(SafeArray array)) {
                assertEquals(((Variant.Array) value).value().elements(), array.elements());
                assertEquals(List.of(new SafeArray.Bound(1, 5)), array.bounds());
            } else {
                assertEquals(value, read);
            }
            Hostile.survives(octets.toArray(), changed -> Variant.read(reader(changed)));
        }

        /** Windows knows no VT_EMPTY by reference; neither value nor pointer would be there. */
        @Test
        void pointerThatIsNullIsMalformed() {
            Bytes octets = Octets.of("""
                    55 73 65 72  00 00 00 00
                    04 00 00 00  00 00 00 00
                    02 40  00 00 00 00 00 00
                    02 40 00 00
                    00 00 00 00
                    34 12
                    """);
            assertThrows(MalformedException.class, () -> Variant.read(reader(octets.toArray())));
        }
    }

    @Nested
    class Strange {
        /** A type of tomorrow: kept by its size, written as it came, and what follows is found. */
        @Test
        void typeThatIsNotKnownIsKept() throws MalformedException {
            Bytes octets = Octets.of("""
                    02 00 00 00
                    55 73 65 72  55 73 65 72
                    00 00 00 00
                    04 00 00 00  00 00 00 00  # 32 octets
                    24 00  00 00 00 00 00 00  # VT_RECORD
                    24 00 00 00
                    01 02 03 04 05 06 07 08 09 0a 0b 0c
                    03 00 00 00  00 00 00 00
                    02 00  00 00 00 00 00 00
                    02 00 00 00  07 00
                    """);
            List<Variant> values = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN)
                    .construct(in -> Late.all(in.conformant("a", 4, Variant::slot)));
            assertEquals(
                    List.of(new Variant.Raw(0x24, 0x24, Bytes.ofHex("0102030405060708090a0b0c")), new Variant.I2((short)
                            7)),
                    values);
            NdrWriter out = new NdrWriter();
            out.construct(() -> out.conformant(values, (here, value) -> value.write(here)));
            assertEquals(octets, out.toBytes());
        }

        /** The last value of a stub may be shorter than its size in eighths says. */
        @Test
        void unknownTypeAtTheEndTakesWhatIsThere() throws MalformedException {
            Bytes octets = Octets.of("55736572 00000000 03000000 00000000 4000 000000000000 40000000 0102");
            assertEquals(new Variant.Raw(0x40, 0x40, Bytes.ofHex("0102")), Variant.read(reader(octets.toArray())));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "00000000 00000000 03000000 00000000 0300 000000000000 03000000 2a000000", // no slot is NULL
                    "55736572 00000000 03000000 00000000 0300 000000000000 04000000 2a000000", // discriminant of
                    // another
                    "55736572 00000000 03000000 00000000 0300 000000000000 0300 2a000000 0000", // and one of 16 bits
                    "55736572 00000000 02000000 00000000 4000 000000000000 40000000 2a000000", // unknown, of no size
                    "55736572 00000000 05000000 00000000 0800 000000000000 08000000 01000000 02000000 04000000 01000000 41004200",
                    "55736572 00000000 05000000 00000000 0800 000000000000 08000000 01000000 02000000 06000000 02000000 41004200",
                    "55736572 00000000 05000000 00000000 0800 000000000000 08000000 01000000 02000000 02000000 02000000 41004200",
                    "55736572 00000000 05000000 00000000 0800 000000000000 08000000 01000000 01000000 ffffffff 01000000 4100",
                    "55736572 00000000 05000000 00000000 0e00 000000000000 0e000000 00000000 00001d00 00000000 0100000000000000",
                    "55736572 00000000 05000000 00000000 0e00 000000000000 0e000000 00000000 00000001 00000000 0100000000000000",
                    "55736572 00000000 05000000 00000000 0d00 000000000000 0d000000 01000000 02000000 01000000 4d45"
                })
        void valuesThatContradictThemselvesAreMalformed(String hex) {
            assertThrows(
                    MalformedException.class,
                    () -> Variant.read(reader(Octets.of(hex).toArray())));
        }

        /** Peers leave anything in wReserved and clSize, and pad with anything. */
        @Test
        void whatSaysNothingIsNotLookedAt() throws MalformedException {
            Bytes octets = Octets.of(
                    "55736572 cccccccc ff000000 12345678 0500 cccccccccccc 05000000 cccccccc 0000000000000a40");
            assertEquals(new Variant.R8(3.25), Variant.read(reader(octets.toArray())));
        }

        /** An array in an array in an array, and so on. */
        @Test
        void nestingOfArraysIsLimited() {
            Variant value = Variant.EMPTY;
            for (int i = 0; i < 30; i++) {
                value = new Variant.Array(SafeArray.of(VarType.VARIANT, List.of(value)));
            }
            byte[] octets = written(value).toArray();
            assertThrows(MalformedException.class, () -> Variant.read(reader(octets)));
        }

        /** A pointer to a VARIANT that is a pointer to a VARIANT: refused before the stack is at its end. */
        @Test
        void nestingOfReferencesIsLimited() {
            String level = "08000000 00000000 0c40 000000000000 0c400000 01000000 55736572 00000000";
            Bytes octets = Octets.of("55736572 00000000" + level.repeat(100_000));
            assertThrows(MalformedException.class, () -> Variant.read(reader(octets.toArray())));
        }

        /** As much as OPC has ever needed: an array of arrays of arrays. */
        @Test
        void someNestingIsRead() throws MalformedException {
            Variant value = Variant.EMPTY;
            for (int i = 0; i < 8; i++) {
                value = new Variant.Array(SafeArray.of(VarType.VARIANT, List.of(value)));
            }
            assertEquals(value, Variant.read(reader(written(value).toArray())));
        }
    }

    @Nested
    class Types {
        @Test
        void unsignedNumbersKeepTheirRange() {
            assertThrows(IllegalArgumentException.class, () -> new Variant.UI1(256));
            assertThrows(IllegalArgumentException.class, () -> new Variant.UI2(-1));
            assertThrows(IllegalArgumentException.class, () -> new Variant.UI4(0x1_0000_0000L));
            assertThrows(IllegalArgumentException.class, () -> new Variant.UInt(-1));
        }

        /** [MS-OAUT] 2.2.25: 5.25 is six in the morning of 1900-01-04. The rest of the day is never counted backwards. */
        @Test
        void datesAreThoseOfTheSpecification() {
            assertEquals(Optional.of(LocalDateTime.of(1900, 1, 4, 6, 0)), new Variant.Date(5.25).time());
            assertEquals(Optional.of(LocalDateTime.of(1899, 12, 29, 6, 0)), new Variant.Date(-1.25).time());
            assertEquals(Optional.of(LocalDateTime.of(2024, 2, 29, 6, 0)), new Variant.Date(45_351.25).time());
            assertEquals(new Variant.Date(45_351.25), Variant.Date.of(LocalDateTime.of(2024, 2, 29, 6, 0)));
            assertEquals(new Variant.Date(-1.25), Variant.Date.of(LocalDateTime.of(1899, 12, 29, 6, 0)));
            LocalDateTime late = LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_000_000);
            assertEquals(Optional.of(late), Variant.Date.of(late).time());
            LocalDateTime early = LocalDateTime.of(100, 1, 1, 0, 0, 0, 1_000_000);
            assertEquals(Optional.of(early), Variant.Date.of(early).time());
        }

        @ParameterizedTest
        @ValueSource(
                doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2_958_466, -657_435, 1e300})
        void numbersThatAreNoDateHaveNoTime(double days) {
            assertEquals(Optional.empty(), new Variant.Date(days).time());
        }

        @Test
        void timesThatAreNoDateAreRefused() {
            assertThrows(IllegalArgumentException.class, () -> Variant.Date.of(LocalDateTime.of(10_000, 1, 1, 0, 0)));
            assertThrows(IllegalArgumentException.class, () -> Variant.Date.of(LocalDateTime.of(99, 1, 1, 0, 0)));
        }

        /** [MS-OAUT] 2.2.24: $5.25 is 52500. */
        @Test
        void amountsHaveFourDigits() {
            assertEquals(52_500, Variant.Cy.of(new BigDecimal("5.25")).tenThousandths());
            assertEquals(new BigDecimal("-0.0001"), new Variant.Cy(-1).amount());
            assertThrows(ArithmeticException.class, () -> Variant.Cy.of(new BigDecimal("0.00001")));
        }

        @Test
        void decimalsHaveNinetySixBits() {
            BigDecimal most = new BigDecimal("79228162514264337593543950335");
            assertEquals(most, Decimal.of(most).value());
            assertEquals(most.negate(), Decimal.of(most.negate()).value());
            assertEquals(new Decimal(false, 0, 0xFFFF_FFFFL, -1), Decimal.of(most));
            assertThrows(IllegalArgumentException.class, () -> Decimal.of(most.add(BigDecimal.ONE)));
            assertThrows(IllegalArgumentException.class, () -> Decimal.of(new BigDecimal("1E+40")));
            assertThrows(IllegalArgumentException.class, () -> Decimal.of(new BigDecimal("1E-29")));
            assertEquals(
                    new BigDecimal("100"), Decimal.of(new BigDecimal("1E+2")).value());
            assertEquals("-1234.5678", Decimal.of(new BigDecimal("-1234.5678")).toString());
        }

        @Test
        void bstrsAreOctetsWithOrWithoutText() {
            assertEquals("", Bstr.NULL.text());
            assertEquals("a", Bstr.of(Bytes.ofHex("610062")).text());
            assertEquals("\ud800x", Bstr.of("\ud800x").text());
            assertThrows(IllegalArgumentException.class, () -> new Bstr(true, Bytes.ofHex("00")));
        }

        /** A peer that writes a NULL pointer for the null BSTR is understood. */
        @Test
        void nullPointerIsANullBstr() throws MalformedException {
            Bytes octets = Octets.of("55736572 00000000 03000000 00000000 0800 000000000000 08000000 00000000");
            assertEquals(new Variant.Str(Bstr.NULL), Variant.read(reader(octets.toArray())));
        }

        /** Any truth but 0 is true, in a VARIANT as in an array. */
        @Test
        void anythingButZeroIsTrue() throws MalformedException {
            Bytes octets = Octets.of("55736572 00000000 03000000 00000000 0b00 000000000000 0b000000 0100");
            assertEquals(new Variant.Bool(true), Variant.read(reader(octets.toArray())));
        }
    }

    static Bytes written(Variant value) {
        NdrWriter out = new NdrWriter();
        value.write(out);
        return out.toBytes();
    }

    static NdrReader reader(byte[] octets) {
        return NdrReader.over(ByteReader.over(octets));
    }
}
