package org.tandemopc.dcom.ndr;

import java.time.Duration;
import java.time.Instant;
import org.tandemopc.dcom.MalformedException;

/**
 * FILETIME ([MS-DTYP] 2.3.3): intervals of 100 ns since 1601-01-01 UTC. On the wire two u32, the low one first, aligned to 4.
 *
 * @param ticks unsigned
 */
public record FileTime(long ticks) {
    /** No time: what servers send of an item that never had a value. */
    public static final FileTime ZERO = new FileTime(0);

    private static final Instant EPOCH = Instant.parse("1601-01-01T00:00:00Z");
    private static final long TICKS_PER_SECOND = 10_000_000;
    private static final int NANOS_PER_TICK = 100;
    private static final long LOW_BITS = 0xFFFF_FFFFL;

    /**
     * Rounded down to 100 ns.
     *
     * @throws IllegalArgumentException before 1601, or after the year 30827, when the signed count of Windows ends
     */
    public static FileTime of(Instant time) {
        Duration since = Duration.between(EPOCH, time);
        if (since.isNegative() || since.getSeconds() > Long.MAX_VALUE / TICKS_PER_SECOND - 1) {
            throw new IllegalArgumentException(time + " is no FILETIME");
        }
        return new FileTime(since.getSeconds() * TICKS_PER_SECOND + since.getNano() / NANOS_PER_TICK);
    }

    public Instant toInstant() {
        long seconds = Long.divideUnsigned(ticks, TICKS_PER_SECOND);
        long rest = Long.remainderUnsigned(ticks, TICKS_PER_SECOND);
        return EPOCH.plusSeconds(seconds).plusNanos(rest * NANOS_PER_TICK);
    }

    public static FileTime read(NdrReader in, String field) throws MalformedException {
        long low = in.u32(field);
        return new FileTime(in.u32(field) << Integer.SIZE | low);
    }

    public void write(NdrWriter out) {
        out.u32(ticks & LOW_BITS, "dwLowDateTime").u32(ticks >>> Integer.SIZE, "dwHighDateTime");
    }

    @Override
    public String toString() {
        return toInstant().toString();
    }
}
