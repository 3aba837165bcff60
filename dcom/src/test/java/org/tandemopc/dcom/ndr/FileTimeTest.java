package org.tandemopc.dcom.ndr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.Octets;

class FileTimeTest {
    /** 2024-02-29T06:00Z, calculated elsewhere. */
    private static final FileTime LEAP_DAY = new FileTime(133_536_600_000_000_000L);

    private static final Instant LEAP_INSTANT = Instant.parse("2024-02-29T06:00:00Z");

    /** [MS-DTYP] 2.3.3: the low half first, aligned to 4 and not to 8. */
    @Test
    void lowHalfStandsFirst() throws MalformedException {
        Bytes octets = Octets.of("01000000 00708387 d46ada01");
        NdrReader in = NdrReader.over(octets, ByteOrder.LITTLE_ENDIAN);
        in.u32("before");
        assertEquals(LEAP_DAY, FileTime.read(in, "ftTimeStamp"));
        NdrWriter out = new NdrWriter().u32(1, "before");
        LEAP_DAY.write(out);
        assertEquals(octets, out.toBytes());

        NdrReader big = NdrReader.over(Octets.of("87837000 01da6ad4"), ByteOrder.BIG_ENDIAN);
        assertEquals(LEAP_DAY, FileTime.read(big, "ftTimeStamp"));
    }

    @Test
    void ticksAreInstants() {
        assertEquals(LEAP_INSTANT, LEAP_DAY.toInstant());
        assertEquals(LEAP_DAY, FileTime.of(LEAP_INSTANT));
        assertEquals(Instant.parse("1601-01-01T00:00:00Z"), FileTime.ZERO.toInstant());
        assertEquals(new FileTime(1), FileTime.of(FileTime.ZERO.toInstant().plusNanos(199)));
        assertEquals(
                Instant.parse("+60056-05-28T05:36:10.955161500Z"), new FileTime(-1).toInstant(), "ticks are unsigned");
    }

    @Test
    void timesWithoutTicksAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> FileTime.of(FileTime.ZERO.toInstant().minusNanos(1)));
        assertThrows(IllegalArgumentException.class, () -> FileTime.of(Instant.MAX));
    }
}
