package org.tandemopc.dcom.ndr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Hostile;
import org.tandemopc.dcom.vectors.Octets;

class TypeSerializationTest {
    private static final Bytes LITTLE = Octets.of("""
            01                       # version
            10                       # little endian
            08 00                    # CommonHeaderLength
            cc cc cc cc
            10 00 00 00              # ObjectBufferLength, with the padding
            00 00 00 00
            05 00 00 00 00 00 00 00  # u32, to a multiple of 8
            07 00 00 00 00 00 00 00  # hyper
            """);

    @Test
    void alignmentCountsFromTheBody() throws MalformedException {
        ByteReader buffer =
                ByteReader.over(concat(Bytes.ofHex("ffffffff"), LITTLE).toArray());
        buffer.skip(4, "what stands before");
        NdrReader in = TypeSerialization.read(buffer, NdrLimits.DEFAULT);
        assertEquals(5, in.u32("a"));
        assertEquals(7, in.i64("b"));
        assertEquals(0, in.remaining());

        assertEquals(LITTLE, TypeSerialization.write(new NdrWriter().u32(5, "a").i64(7)));
    }

    @Test
    void bodyIsPaddedToEight() {
        Bytes octets = TypeSerialization.write(new NdrWriter().u32(5, "a").u8(1, "b"));
        assertEquals(24, octets.size());
        assertEquals(8, octets.at(8));
    }

    /** [MS-RPCE] 2.2.6.1: each buffer says its own byte order. */
    @Test
    void bigEndianIsRead() throws MalformedException {
        Bytes octets = Octets.of("01 00 0008 cccccccc 00000008 00000000 00000005 00000000");
        assertEquals(
                5, TypeSerialization.read(octets.reader(), NdrLimits.DEFAULT).u32("a"));
    }

    /** One peer counts no padding and fills it with anything; the length of the buffer is known without. */
    @Test
    void objectBufferLengthAndFillersAreNotLookedAt() throws MalformedException {
        Bytes octets = Octets.of("01 10 0800 00000000 1a000000 cccccccc 05000000 fafafafa");
        assertEquals(
                5, TypeSerialization.read(octets.reader(), NdrLimits.DEFAULT).u32("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02 10 0800 cccccccc 08000000 00000000 05000000", // version 2 is another format
                "01 11 0008 cccccccc 08000000 00000000 05000000", // of no byte order
                "01 10 0900 cccccccc 08000000 00000000 05000000",
                "01 10 0800 cccccccc 08000000 0000"
            })
    void otherHeadersAreMalformed(String hex) {
        assertThrows(
                MalformedException.class,
                () -> TypeSerialization.read(Octets.of(hex).reader(), NdrLimits.DEFAULT));
    }

    @Test
    void everyChangeEndsWell() {
        Hostile.survives(
                LITTLE.toArray(),
                octets -> TypeSerialization.read(ByteReader.over(octets), NdrLimits.DEFAULT)
                        .u32("a"));
    }

    private static Bytes concat(Bytes first, Bytes second) {
        return new NdrWriter().octets(first).octets(second).toBytes();
    }
}
