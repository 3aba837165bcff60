package org.tandemopc.dcom.ndr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;

/** The rules of C706 chapter 14, each on octets that were put down by hand. */
class NdrTest {
    /** struct { [unique,string] name; u32 number; [unique,string] note; }, as OPC's structures are made. */
    record Named(Optional<String> name, long number, Optional<String> note) {
        static Late<Named> fixed(NdrReader in) throws MalformedException {
            Late<Optional<String>> name = in.uniqueString("name");
            long number = in.u32("number");
            Late<Optional<String>> note = in.uniqueString("note");
            return () -> new Named(name.get(), number, note.get());
        }

        void write(NdrWriter out) {
            out.construct(() -> out.uniqueString(name).u32(number, "number").uniqueString(note));
        }
    }

    /** A list by pointers: struct { u32 value; [unique] next; }. */
    record Link(long value, Optional<Link> next) {
        static Late<Link> fixed(NdrReader in) throws MalformedException {
            long value = in.u32("value");
            Late<Optional<Link>> next = in.unique("next", here -> here.construct(Link::fixed));
            return () -> new Link(value, next.get());
        }

        void write(NdrWriter out) {
            out.construct(() -> out.u32(value, "value").unique(next, (here, link) -> link.write(here)));
        }
    }

    @Nested
    class Alignment {
        /** C706 14.2.2: each primitive begins at a multiple of its size, counted from the first octet of the stub. */
        @Test
        void everyPrimitiveIsAlignedToItsSize() throws MalformedException {
            Bytes octets = Octets.of("""
                    01                       # 00 u8
                    00                       # 01
                    03 02                    # 02 u16
                    05                       # 04 u8
                    00 00 00                 # 05
                    09 08 07 06              # 08 u32
                    0a                       # 0c u8
                    00 00 00                 # 0d
                    12 11 10 0f 0e 0d 0c 0b  # 10 hyper
                    13                       # 18 u8
                    00 00 00                 # 19
                    00 00 c0 3f              # 1c float 1.5
                    14                       # 20 u8
                    00 00 00 00 00 00 00     # 21
                    00 00 00 00 00 00 0a 40  # 28 double 3.25
                    15                       # 30 u8
                    00 00 00                 # 31
                    4d 3a c1 39 1e 01 d0 11 96 75 00 20 af d8 ad b3  # 34 GUID, aligned to 4
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            assertEquals(1, in.u8("a"));
            assertEquals(0x0203, in.u16("b"));
            assertEquals(5, in.u8("c"));
            assertEquals(0x0607_0809, in.u32("d"));
            assertEquals(10, in.u8("e"));
            assertEquals(0x0b0c_0d0e_0f10_1112L, in.i64("f"));
            assertEquals(0x13, in.u8("g"));
            assertEquals(1.5f, in.f32("h"));
            assertEquals(0x14, in.u8("i"));
            assertEquals(3.25, in.f64("j"));
            assertEquals(0x15, in.u8("k"));
            assertEquals(Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3"), in.guid("l"));
            assertEquals(0, in.remaining());

            NdrWriter out = new NdrWriter()
                    .u8(1, "a")
                    .u16(0x0203, "b")
                    .u8(5, "c")
                    .u32(0x0607_0809, "d")
                    .u8(10, "e")
                    .i64(0x0b0c_0d0e_0f10_1112L)
                    .u8(0x13, "g")
                    .f32(1.5f)
                    .u8(0x14, "i")
                    .f64(3.25)
                    .u8(0x15, "k")
                    .guid(Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3"));
            assertEquals(octets, out.toBytes());
        }

        /** C706 14.2.5: the data representation of the PDU rules the numbers; characters of 16 bits are numbers too. */
        @Test
        void bigEndianIsRead() throws MalformedException {
            Bytes octets = Octets.of("""
                    02 03                    # 00 u16
                    00 00                    # 02
                    06 07 08 09              # 04 u32
                    0b 0c 0d 0e 0f 10 11 12  # 08 hyper
                    3f c0 00 00              # 10 float 1.5
                    00 02 00 00              # 14 referent
                    00 00 00 02              # 18 max_count
                    00 00 00 00              # 1c offset
                    00 00 00 02              # 20 actual_count
                    00 41 00 00              # 24 "A"
                    39 c1 3a 4d 01 1e 11 d0 96 75 00 20 af d8 ad b3
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.BIG_ENDIAN);
            assertEquals(0x0203, in.u16("b"));
            assertEquals(0x0607_0809, in.u32("d"));
            assertEquals(0x0b0c_0d0e_0f10_1112L, in.i64("f"));
            assertEquals(1.5f, in.f32("h"));
            assertEquals(Optional.of("A"), in.uniqueString("s").get());
            assertEquals(Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3"), in.guid("l"));

            NdrWriter out = new NdrWriter()
                    .order(ByteOrder.BIG_ENDIAN)
                    .u16(0x0203, "b")
                    .u32(0x0607_0809, "d")
                    .i64(0x0b0c_0d0e_0f10_1112L)
                    .f32(1.5f)
                    .uniqueString(Optional.of("A"))
                    .guid(Guid.of("39c13a4d-011e-11d0-9675-0020afd8adb3"));
            assertEquals(octets, out.toBytes());
        }
    }

    @Nested
    class Pointers {
        private static final Bytes TWO_NAMED = Octets.of("""
                02 00 00 00              # max_count
                00 00 02 00              # [0].name
                07 00 00 00              # [0].number
                04 00 02 00              # [0].note
                00 00 00 00              # [1].name = NULL
                08 00 00 00              # [1].number
                08 00 02 00              # [1].note
                02 00 00 00 00 00 00 00 02 00 00 00 61 00 00 00        # "a"
                01 00 00 00 00 00 00 00 01 00 00 00 00 00              # ""
                00 00
                03 00 00 00 00 00 00 00 03 00 00 00 62 00 63 00 00 00  # "bc"
                """);

        /** C706 14.3.12.3: all fixed parts first, then the pointees in the order of their pointers. */
        @Test
        void pointeesOfAnArrayOfStructuresFollowTheWholeArray() throws MalformedException {
            List<Named> expected = List.of(
                    new Named(Optional.of("a"), 7, Optional.of("")), new Named(Optional.empty(), 8, Optional.of("bc")));

            NdrReader in = NdrReader.over(TWO_NAMED, ByteOrder.LITTLE_ENDIAN);
            assertEquals(expected, in.construct(here -> Late.all(here.conformant("named", 12, Named::fixed))));
            assertEquals(0, in.remaining());

            NdrWriter out = new NdrWriter();
            out.construct(() -> out.conformant(expected, (here, named) -> named.write(here)));
            assertEquals(TWO_NAMED, out.toBytes());
        }

        /** A parameter that is a pointer is a construct of its own: its pointee follows at once. */
        @Test
        void pointeeOfAParameterFollowsAtOnce() throws MalformedException {
            Bytes octets = Octets.of("""
                    00 00 02 00              # a
                    02 00 00 00 00 00 00 00 02 00 00 00 61 00 00 00
                    05 00 00 00              # number
                    00 00 00 00              # b = NULL
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            assertEquals(Optional.of("a"), in.uniqueString("a").get());
            assertEquals(5, in.u32("number"));
            assertEquals(Optional.empty(), in.uniqueString("b").get());
            assertEquals(
                    octets,
                    new NdrWriter()
                            .uniqueString(Optional.of("a"))
                            .u32(5, "number")
                            .uniqueString(Optional.empty())
                            .toBytes());
        }

        /** What a pointee defers follows that pointee, before the next one. */
        @Test
        void pointeeIsWholeBeforeTheNext() throws MalformedException {
            Link first = new Link(1, Optional.of(new Link(2, Optional.of(new Link(3, Optional.empty())))));
            Link second = new Link(4, Optional.empty());
            Bytes octets = Octets.of("""
                    00 00 02 00              # first
                    04 00 02 00              # second
                    01 00 00 00 08 00 02 00  # first.value, first.next
                    02 00 00 00 0c 00 02 00  # its next
                    03 00 00 00 00 00 00 00
                    04 00 00 00 00 00 00 00  # second
                    """);

            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            List<Link> read = in.construct(here -> Late.all(List.of(
                    here.ref("first", link -> link.construct(Link::fixed)),
                    here.ref("second", link -> link.construct(Link::fixed)))));
            assertEquals(List.of(first, second), read);

            NdrWriter out = new NdrWriter();
            out.construct(() ->
                    out.ref(first, (here, link) -> link.write(here)).ref(second, (here, link) -> link.write(here)));
            assertEquals(octets, out.toBytes());
        }

        @Test
        void referencePointerIsNeverNull() {
            NdrReader in = NdrReader.over(Bytes.of(new byte[8]), ByteOrder.LITTLE_ENDIAN);
            assertThrows(MalformedException.class, () -> in.ref("p", here -> here.u32("v")));
        }

        /** C706 14.3.11.2: a full pointer may lead to what another led to; it is on the wire once. */
        @Test
        void fullPointersShareTheirPointee() throws MalformedException {
            Bytes octets = Octets.of("""
                    00 00 02 00              # a
                    00 00 02 00              # b, the same
                    04 00 02 00              # c
                    00 00 00 00              # d = NULL
                    02 00 00 00 00 00 00 00 02 00 00 00 61 00 00 00
                    02 00 00 00 00 00 00 00 02 00 00 00 62 00 00 00
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            NdrReader.Decoder<String> text = here -> here.string("text");
            List<Optional<String>> read = in.construct(here -> Late.all(List.of(
                    here.full("a", String.class, text),
                    here.full("b", String.class, text),
                    here.full("c", String.class, text),
                    here.full("d", String.class, text))));
            assertEquals(List.of(Optional.of("a"), Optional.of("a"), Optional.of("b"), Optional.empty()), read);
            assertSame(read.get(0).orElseThrow(), read.get(1).orElseThrow());
            assertEquals(0, in.remaining());

            NdrWriter out = new NdrWriter();
            Optional<String> shared = Optional.of("a");
            out.construct(() -> out.full(shared, NdrWriter::string)
                    .full(shared, NdrWriter::string)
                    .full(Optional.of("b"), NdrWriter::string)
                    .full(Optional.empty(), NdrWriter::string));
            assertEquals(octets, out.toBytes());
        }

        /** One referent for two types is a lie, not a cast that fails. */
        @Test
        void fullPointerToAnotherTypeIsMalformed() throws MalformedException {
            NdrReader in = NdrReader.over(Octets.of("00000200 01000000 00000200"), ByteOrder.LITTLE_ENDIAN);
            assertEquals(
                    Optional.of(1L),
                    in.full("number", Long.class, here -> here.u32("value")).get());
            Late<Optional<String>> text = in.full("text", String.class, here -> here.string("value"));
            assertThrows(MalformedException.class, text::get);
        }

        /** A full pointer that leads back to what contains it has no value; it does not run for ever. */
        @Test
        void fullPointerToItselfIsMalformed() {
            NdrReader in = NdrReader.over(Octets.of("00000200 00000200"), ByteOrder.LITTLE_ENDIAN);
            assertThrows(
                    MalformedException.class,
                    () -> in.full(
                            "outer",
                            String.class,
                            outer -> outer.full("inner", String.class, inner -> inner.string("text"))
                                    .get()
                                    .orElse("")));
        }

        /** A list of pointers as long as the stub allows ends at the limit, not with the stack. */
        @Test
        void depthIsLimited() throws MalformedException {
            int links = 100_000;
            NdrWriter out = new NdrWriter();
            for (int i = 0; i < links; i++) {
                out.u32(i, "value").u32(4 * (i + 1L), "next");
            }
            out.u32(links, "value").u32(0, "next");

            NdrReader in = NdrReader.over(out.toBytes(), ByteOrder.LITTLE_ENDIAN);
            MalformedException refused = assertThrows(MalformedException.class, () -> in.construct(Link::fixed));
            assertTrue(String.valueOf(refused.getMessage()).contains("64 deep"), refused.toString());

            NdrReader deeper = NdrReader.over(
                    Octets.of("01000000 01000000 02000000 00000000").reader(), new NdrLimits(1, 1, 1, 1));
            assertEquals(2, deeper.construct(Link::fixed).next().orElseThrow().value());
        }

        @Test
        void constructWithinAConstructIsAMistakeOfTheCodec() {
            NdrReader in = NdrReader.over(Bytes.of(new byte[64]), ByteOrder.LITTLE_ENDIAN);
            assertThrows(IllegalStateException.class, () -> in.construct(here -> Late.of(here.construct(Link::fixed))));
        }

        @Test
        void everyChangeOfStructuresEndsWell() {
            Hostile.survives(
                    TWO_NAMED.toArray(),
                    octets -> reader(octets).construct(here -> Late.all(here.conformant("named", 12, Named::fixed))));
        }
    }

    @Nested
    class Arrays {
        /** C706 14.3.3.2, 14.3.7.1: the size of the array at the end stands before the structure and its alignment. */
        @Test
        void maxCountOfAConformantStructureStandsBeforeIt() throws MalformedException {
            Bytes octets = Octets.of("""
                    02 00 00 00              # max_count, for 2 elements
                    00 00 00 00              # the structure contains a hyper: aligned to 8
                    01 00                    # u16
                    00 00 00 00 00 00
                    02 00 00 00 00 00 00 00  # hyper
                    0a 00 0b 00              # the elements
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            int count = in.count("max_count", 2);
            in.align(8);
            assertEquals(1, in.u16("a"));
            assertEquals(2, in.i64("b"));
            assertEquals(List.of(10, 11), in.values(count, here -> here.u16("e")));
            assertEquals(
                    octets,
                    new NdrWriter()
                            .count(2, "max_count")
                            .align(8)
                            .u16(1, "a")
                            .i64(2)
                            .values(List.of(10, 11), (here, element) -> here.u16(element, "e"))
                            .toBytes());
        }

        @Test
        void varyingAndConformantVaryingArraysSayWhereAndHowMany() throws MalformedException {
            Bytes octets = Octets.of("""
                    00 00 00 00 02 00 00 00 0a 00 0b 00              # offset, actual_count, elements
                    05 00 00 00 00 00 00 00 01 00 00 00 0c 00        # max_count 5, offset, actual_count 1
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            assertEquals(List.of(10, 11), in.varying("v", 2, 2, here -> here.u16("e")));
            assertEquals(List.of(12), in.conformantVarying("cv", 2, here -> here.u16("e")));
            assertEquals(
                    octets,
                    new NdrWriter()
                            .varying(List.of(10, 11), (here, element) -> here.u16(element, "e"))
                            .conformantVarying(List.of(12), 5, (here, element) -> here.u16(element, "e"))
                            .toBytes());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "00000000 03000000 0a000b000c00", // more than there is room for
                    "01000000 01000000 0b00", // an offset
                    "00000000 02000000 0a00", // an element is missing
                    "00000000 ffffffff 0a000b00"
                })
        void varyingArrayThatDoesNotFitIsMalformed(String hex) {
            NdrReader in = NdrReader.over(Octets.of(hex), ByteOrder.LITTLE_ENDIAN);
            assertThrows(MalformedException.class, () -> in.varying("v", 2, 2, here -> here.u16("e")));
        }

        /** The size that a parameter said and the one before the elements must be one. */
        @Test
        void sizeThatAParameterSaidIsHeldAgainstMaxCount() throws MalformedException {
            Bytes octets = Octets.of("02000000 0a000000 0b000000");
            assertEquals(
                    List.of(10L, 11L),
                    NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN).conformant("a", 2, 4, here -> here.u32("e")));
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN).conformant("a", 1, 4, here -> here.u32("e")));
        }

        /** Announced and not there: refused before memory is taken. */
        @Test
        void countsAreHeldAgainstLimitAndRest() {
            Bytes huge = Octets.of("00000010 00000000");
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(huge, ByteOrder.LITTLE_ENDIAN).conformant("a", 1, here -> here.u8("e")));
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(huge, ByteOrder.LITTLE_ENDIAN).conformantOctets("a"));
            NdrLimits three = new NdrLimits(3, 3, 3, 3);
            Bytes four = Octets.of("04000000 01020304");
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(four.reader(), three).conformant("a", 1, here -> here.u8("e")));
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(four.reader(), three).conformantOctets("a"));
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(
                                    Octets.of("04000000 00000000 04000000 6100620063000000")
                                            .reader(),
                                    three)
                            .string("a"));
        }
    }

    @Nested
    class Strings {
        @Test
        void stringsCountTheirNul() throws MalformedException {
            Bytes octets = Octets.of("""
                    01 00 00 00 00 00 00 00 01 00 00 00 00 00  # ""
                    00 00
                    04 00 00 00 00 00 00 00 04 00 00 00 3d d8 00 de 00 d8 00 00  # a pair of surrogates, and half of one
                    05 00 00 00 00 00 00 00 03 00 00 00 41 e9 00  # 8 bits, with room for five
                    """);
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            assertEquals("", in.string("a"));
            assertEquals("\ud83d\ude00\ud800", in.string("b"));
            assertEquals("Aé", in.string8("c"));

            Bytes written = new NdrWriter()
                    .string("")
                    .string("\ud83d\ude00\ud800")
                    .u32(5, "room")
                    .varyingString8("Aé")
                    .toBytes();
            assertEquals(octets, written);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "00000000 00000000 00000000", // not even a NUL
                    "01000000 00000000 01000000 4100", // no NUL at the end
                    "01000000 00000000 02000000 41000000", // longer than its room
                    "02000000 01000000 01000000 0000", // does not begin at the beginning
                    "02000000 00000000 02000000 4100"
                })
        void stringsThatBreakTheRulesAreMalformed(String hex) {
            NdrReader in = NdrReader.over(Octets.of(hex), ByteOrder.LITTLE_ENDIAN);
            assertThrows(MalformedException.class, () -> in.string("s"));
        }

        /** A character that does not fit 8 bits is the caller's mistake, not another character. */
        @Test
        void wideCharactersInNarrowStringsAreRefused() {
            assertThrows(IllegalArgumentException.class, () -> new NdrWriter().string8("\u0100"));
        }
    }

    @Nested
    class Unions {
        /** C706 14.3.8: a non-encapsulated union says its switch again, and they must agree. */
        @Test
        void discriminantRepeatsTheSwitch() throws MalformedException {
            Bytes octets = Octets.of("0300 0000 0300 0000 2a000000");
            NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
            int level = in.u16("level");
            in.align(4).union16("info", level);
            assertEquals(42, in.u32("arm"));
            assertEquals(
                    octets,
                    new NdrWriter()
                            .u16(3, "level")
                            .align(4)
                            .union16(3, "info")
                            .u32(42, "arm")
                            .toBytes());
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN).union16("info", 4));
            assertThrows(
                    MalformedException.class,
                    () -> NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN).union32("info", 4));
        }
    }

    @Nested
    class Errors {
        /** The log tells which rule, which field, where. */
        @Test
        void errorsNameClauseFieldAndOffset() {
            NdrReader in = NdrReader.over(Octets.of("0100000000000000"), ByteOrder.LITTLE_ENDIAN);
            MalformedException refused = assertThrows(
                    MalformedException.class,
                    () -> in.under("[MS-X] 1.2", here -> here.skip(4, "a").string("name")));
            assertEquals("[MS-X] 1.2", refused.clause());
            assertEquals("name.offset", refused.field());
            assertEquals(8, refused.offset());
        }

        @Test
        void clauseEndsWithItsPart() throws MalformedException {
            NdrReader in = NdrReader.over(Octets.of("01000000"), ByteOrder.LITTLE_ENDIAN);
            in.under("[MS-X] 1.2", here -> here.u32("a"));
            MalformedException refused = assertThrows(MalformedException.class, () -> in.u8("b"));
            assertEquals("C706 14", refused.clause());
        }

        @Test
        void numbersThatDoNotFitAreTheCallersMistake() {
            assertThrows(IllegalArgumentException.class, () -> new NdrWriter().u16(0x10000, "a"));
            assertThrows(IllegalArgumentException.class, () -> new NdrWriter().u32(-1, "a"));
        }
    }

    private static NdrReader reader(byte[] octets) {
        return NdrReader.over(Bytes.of(octets), ByteOrder.LITTLE_ENDIAN);
    }
}
