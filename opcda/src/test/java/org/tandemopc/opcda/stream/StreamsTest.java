package org.tandemopc.opcda.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Bstr;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;
import org.tandemopc.opcda.Quality;

/** The streams of DA 1.0, for which there is no client to try: octets put together from the specification's tables. */
class StreamsTest {
    private static final FileTime TIME = new FileTime(0x01C2_E2B3_8899_AABBL);

    private static DataStream.Item item(int handle, Quality quality, Variant value) {
        return new DataStream.Item(handle, quality, FileTime.ZERO, value);
    }

    @Nested
    class Data {
        private static final DataStream NUMBERS = new DataStream(
                7,
                0,
                0,
                List.of(item(1, Quality.GOOD, new Variant.I4(42)), item(2, Quality.BAD, Variant.Str.of("ab"))));

        private static final Bytes NUMBERS_OCTETS = Octets.of("""
                56 00 00 00              # dwSize
                02 00 00 00              # dwItemCount
                07 00 00 00              # hClientGroup
                00 00 00 00              # dwTransactionID
                00 00 00 00              # hrStatus
                01 00 00 00 2c 00 00 00 c0 00 00 00
                02 00 00 00 3c 00 00 00 00 00 00 00
                03 00 00 00 00 00 00 00  # vt, reserved
                2a 00 00 00 00 00 00 00  # lVal
                08 00 00 00 00 00 00 00  # vt, reserved
                00 00 00 00 00 00 00 00  # a pointer, which says nothing
                04 00 00 00 61 00 62 00 00 00
                """);

        private static final DataStream TIMED = new DataStream(
                -1,
                5,
                1,
                List.of(new DataStream.Item(9, Quality.OUT_OF_SERVICE, TIME, new Variant.Array(SafeArray.ofI4(1, 2)))));

        private static final Bytes TIMED_OCTETS = Octets.of("""
                58 00 00 00              # dwSize
                01 00 00 00              # dwItemCount
                ff ff ff ff              # hClientGroup
                05 00 00 00              # dwTransactionID
                01 00 00 00              # hrStatus
                09 00 00 00 28 00 00 00 1c 00 00 00 bb aa 99 88 b3 e2 c2 01
                03 20 00 00 00 00 00 00  # vt, reserved
                00 00 00 00 00 00 00 00  # a pointer
                01 00                    # cDims
                00 00                    # fFeatures
                04 00 00 00              # cbElements
                00 00 00 00              # cLocks
                00 00 00 00              # pvData
                02 00 00 00              # cElements
                00 00 00 00              # lLbound
                01 00 00 00 02 00 00 00
                """);

        @Test
        void valuesWithoutTimesAreWrittenAndRead() throws Exception {
            assertThat(NUMBERS.write(false)).isEqualTo(NUMBERS_OCTETS);
            assertThat(DataStream.read(NUMBERS_OCTETS, false)).isEqualTo(NUMBERS);
        }

        @Test
        void valuesWithTimesAreWrittenAndRead() throws Exception {
            assertThat(TIMED.write(true)).isEqualTo(TIMED_OCTETS);
            assertThat(DataStream.read(TIMED_OCTETS, true)).isEqualTo(TIMED);
        }

        /** Memory comes in blocks: what follows the stream is not of it. */
        @Test
        void whatFollowsIsLeftAlone() throws Exception {
            Bytes longer = new ByteWriter().bytes(NUMBERS_OCTETS).zeros(10).toBytes();
            assertThat(DataStream.read(longer, false)).isEqualTo(NUMBERS);
        }

        @Test
        void aFailureHasNoItems() throws Exception {
            DataStream failed = new DataStream(7, 12, 0x8000_4005, List.of());
            assertThat(DataStream.read(failed.write(true), true)).isEqualTo(failed);
        }

        static List<Variant> values() {
            return List.of(
                    Variant.EMPTY,
                    Variant.NULL,
                    new Variant.I1((byte) -1),
                    new Variant.UI1(255),
                    new Variant.I2((short) -2),
                    new Variant.UI2(65_535),
                    new Variant.I4(-3),
                    new Variant.UI4(0xFFFF_FFFFL),
                    new Variant.I8(Long.MIN_VALUE),
                    new Variant.UI8(-1),
                    new Variant.Int(-5),
                    new Variant.UInt(5),
                    new Variant.R4(1.5f),
                    new Variant.R8(-2.25),
                    new Variant.Cy(12_345),
                    new Variant.Date(37_684.5),
                    new Variant.Bool(true),
                    new Variant.Scode(0x8000_4005),
                    Variant.Str.of("straße"),
                    Variant.Str.of(""),
                    new Variant.Array(SafeArray.ofR8(1, 2, 3)),
                    new Variant.Array(SafeArray.ofOctets(Bytes.of((byte) 1))),
                    new Variant.Array(SafeArray.ofStrings(List.of("a", "", "bcd"))),
                    new Variant.Array(SafeArray.ofI4()));
        }

        @ParameterizedTest
        @MethodSource("values")
        void valuesOfEveryTypeComeBack(Variant value) throws Exception {
            assertThat(ValueImage.canHold(value)).isTrue();
            DataStream stream = new DataStream(
                    1, 2, 0, List.of(item(3, Quality.GOOD, value), item(4, Quality.GOOD, new Variant.I4(7))));
            assertThat(DataStream.read(stream.write(false), false)).isEqualTo(stream);
        }

        @Test
        void whatNoStreamCanHoldIsNotWritten() {
            List<Variant> others = List.of(
                    new Variant.Array(SafeArray.of(VarType.VARIANT, List.of(Variant.EMPTY))),
                    new Variant.Array(new SafeArray(
                            VarType.UI1,
                            List.of(new SafeArray.Bound(1, 0), new SafeArray.Bound(1, 0)),
                            new SafeArray.Content.Plain(Bytes.of((byte) 1)))),
                    new Variant.NoArray(VarType.I4),
                    new Variant.Raw(36, 36, Bytes.EMPTY));
            for (Variant other : others) {
                assertThat(ValueImage.canHold(other)).isFalse();
                DataStream stream = new DataStream(1, 2, 0, List.of(item(3, Quality.GOOD, other)));
                assertThatThrownBy(() -> stream.write(false)).isInstanceOf(IllegalArgumentException.class);
            }
        }

        /** Or a short stream could lead to one long string a million times. */
        @Test
        void itemsDoNotShareTheirValues() {
            Bytes text = new DataStream(
                            1, 2, 0, List.of(item(1, Quality.GOOD, new Variant.Str(Bstr.of("long".repeat(100))))))
                    .write(false);
            ByteWriter out = new ByteWriter()
                    .u32(20 + 12 * 3 + text.size() - 32, "dwSize")
                    .u32(3, "dwItemCount")
                    .zeros(12);
            for (int i = 0; i < 3; i++) {
                out.i32(i).u32(20 + 12 * 3, "dwValueOffset").zeros(4);
            }
            Bytes shared = out.bytes(Bytes.of(text.toArray(), 32, text.size())).toBytes();
            assertThatThrownBy(() -> DataStream.read(shared, false))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("other values");
        }

        @Test
        void everyChangeEndsWell() {
            Hostile.survives(NUMBERS_OCTETS.toArray(), octets -> DataStream.read(Bytes.of(octets), false));
            Hostile.survives(TIMED_OCTETS.toArray(), octets -> DataStream.read(Bytes.of(octets), true));
            byte[] all = new DataStream(
                            1,
                            2,
                            0,
                            values().stream()
                                    .map(value -> item(3, Quality.GOOD, value))
                                    .toList())
                    .write(false)
                    .toArray();
            assertThat(Hostile.randomChanges(all, octets -> DataStream.read(Bytes.of(octets), false), 20_261_130, 5_000)
                            .refusals())
                    .isPositive();
        }
    }

    @Nested
    class Writes {
        private static final WriteStream DONE =
                new WriteStream(7, 12, 1, List.of(new WriteStream.Item(1, 0), new WriteStream.Item(2, 0xC004_0006)));
        private static final Bytes OCTETS = Octets.of("""
                02 00 00 00              # dwItemCount
                07 00 00 00              # hClientGroup
                0c 00 00 00              # dwTransactionID
                01 00 00 00              # hrStatus
                01 00 00 00 00 00 00 00
                02 00 00 00 06 00 04 c0
                """);

        @Test
        void resultsAreWrittenAndRead() throws Exception {
            assertThat(DONE.write()).isEqualTo(OCTETS);
            assertThat(WriteStream.read(OCTETS)).isEqualTo(DONE);
            assertThat(WriteStream.read(new ByteWriter().bytes(OCTETS).zeros(8).toBytes()))
                    .isEqualTo(DONE);
        }

        @Test
        void everyChangeEndsWell() {
            Hostile.survives(OCTETS.toArray(), octets -> WriteStream.read(Bytes.of(octets)));
        }
    }
}
