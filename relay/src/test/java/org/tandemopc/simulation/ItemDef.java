package org.tandemopc.simulation;

import static org.tandemopc.simulation.VirtualTime.MS;

import java.util.Locale;

/**
 * A data point of the plant that both members serve. Its value is a function of time alone, so that the checker knows
 * every value without asking anybody: change number {@code tick} happens at {@code phase + tick * period}.
 *
 * @param kind who makes the source time
 * @param period between changes, in nanoseconds; 0 = it never changes
 * @param toggles the value is the tick's lowest bit: equal values at different times
 * @param badEvery each so many-th value has a bad status of its own; 0 = none
 * @param missingAt member that does not have it, or -1
 */
record ItemDef(int id, Kind kind, long period, long phase, boolean toggles, int badEvery, int missingAt) {
    static final int GOOD = 0;
    static final int BAD_SENSOR = 0x808C0000;
    static final int BAD_NO_COMMUNICATION = 0x80310000;
    static final int BAD_NODE_ID_UNKNOWN = 0x80340000;

    /** Source time of nanosecond 0, in 100 ns since 1601. */
    private static final long TICKS_BASE = 134_000_000_000_000_000L;

    enum Kind {
        /** The device stamps: both members give one change the same source time. */
        COUNTER,
        /** Each server stamps by its own clock. */
        SERVER_STAMPED,
        /** Written once, long ago, by the device. */
        STATIC
    }

    /** The number of the last change up to now. */
    long tickAt(long nowNanos) {
        return kind == Kind.STATIC ? 0 : Math.floorDiv(nowNanos - phase, period);
    }

    /** When this change happens; of a static item: long ago. */
    long nanosOf(long tick) {
        return kind == Kind.STATIC ? 0 : phase + tick * period;
    }

    long value(long tick) {
        return toggles ? tick & 1 : tick;
    }

    int status(long tick) {
        return badEvery > 0 && tick % badEvery == 0 ? BAD_SENSOR : GOOD;
    }

    /** A server that looks at one and then at the other sees no change. */
    boolean equal(long tick, long other) {
        return value(tick) == value(other) && status(tick) == status(other);
    }

    /**
     * @param lag how much later than the change this server stamps it
     * @param offset of the server's clock
     */
    long sourceTime(long tick, long lag, long offset) {
        long nanos = nanosOf(tick) + (kind == Kind.SERVER_STAMPED ? lag + offset : 0);
        return TICKS_BASE + Math.floorDiv(nanos, 100);
    }

    boolean lockstep() {
        return kind != Kind.SERVER_STAMPED;
    }

    static ItemDef drawn(int id, Chance chance, long publishing) {
        int dice = chance.below(10);
        Kind kind = dice < 7 ? Kind.COUNTER : dice < 9 ? Kind.SERVER_STAMPED : Kind.STATIC;
        long period = Math.max(20 * MS, publishing / chance.pick(1, 1, 2, 5));
        if (chance.in(0.1)) {
            period = chance.between(1000, 8000) * MS;
        }
        return new ItemDef(
                id,
                kind,
                kind == Kind.STATIC ? 0 : period,
                chance.between(0, 50 * MS),
                chance.in(0.15) && kind == Kind.COUNTER,
                chance.in(0.2) ? (int) chance.between(3, 12) : 0,
                // What hardly ever changes would stay Bad after the return from a member that lacks it: left out.
                kind != Kind.STATIC && period <= 1000 * MS && chance.in(0.07) ? chance.below(2) : -1);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "item %d %s every %d ms%s%s%s",
                id,
                kind,
                period / MS,
                toggles ? " toggling" : "",
                badEvery > 0 ? " bad each " + badEvery : "",
                missingAt >= 0 ? " missing at " + missingAt : "");
    }
}
