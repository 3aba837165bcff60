package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What a {@link FaultProxy} can be told to do: at its door to connections to come, on the line to bytes of one direction,
 * and once to the connections that there are.
 */
public sealed interface Fault {
    /** What meets who connects. */
    enum Door implements Fault {
        /** Connected to the target. No fault. */
        OPEN,
        /** Nobody listens: the system refuses. */
        REFUSE,
        /** Accepted, and not a byte goes either way until the door is open; then connected to the target. */
        SILENCE,
        /** Accepted and reset at once. */
        RESET
    }

    /** What happens once, to all connections that there are. */
    enum Strike implements Fault {
        /** Closed on both sides. */
        CLOSE,
        /** Reset on both sides. */
        RESET,
        /** Reset on the target's side; who connected is not told, and talks into the void. */
        HALF_OPEN
    }

    /**
     * What happens to the bytes of one direction, of connections that there are and of those to come. Positions are
     * counted from 0 for each connection, from when the fault met it. Cuts, {@link Corrupt} and {@link Duplicate} happen
     * once, on the connection that gets there first; everything else passes.
     */
    sealed interface Line extends Fault {}

    /** Passed as they come. No fault. */
    record Pass() implements Line {}

    /** Read and thrown away: a way that is lost while the other one works. */
    record Drop() implements Line {}

    /** Kept back, as by a pulled cable; they go on when the fault is over. Whoever sends too much is stopped by TCP. */
    record Hold() implements Line {}

    /**
     * Later, in their order.
     *
     * @param jitter up to this much more, by chance
     * @param seed of the chance
     */
    record Delay(Duration least, Duration jitter, long seed) implements Line {}

    /** In small pieces. @param every between two of them */
    record Trickle(int bytesAtOnce, Duration every) implements Line {
        /** Checks the numbers. */
        public Trickle {
            require(bytesAtOnce > 0 && !every.isNegative());
        }
    }

    /** Not faster than this. */
    record Bandwidth(int bytesPerSecond) implements Line {
        /** Checks the number. */
        public Bandwidth {
            require(bytesPerSecond > 0);
        }
    }

    /** The end of a connection is told so much later. */
    record SlowClose(Duration later) implements Line {}

    /** One byte is changed. @param bits those that are turned, 1 to 255 */
    record Corrupt(long at, int bits) implements Line {
        /** Checks the numbers. */
        public Corrupt {
            require(at >= 0 && bits > 0 && bits < 256);
        }
    }

    /** A message comes twice. @param which the first one for which this holds */
    record Duplicate(Predicate<ByteBuffer> which) implements Line {}

    /** So many bytes pass, then the connection ends. */
    record CutAt(long bytes, Ending ending) implements Line {
        /** Checks the number. */
        public CutAt {
            require(bytes >= 0);
        }
    }

    /** Half of a message passes, then the connection ends. @param which the first message for which this holds */
    record CutInside(Predicate<ByteBuffer> which, Ending ending) implements Line {}

    /** So many bytes of a message pass, then the connection ends. @param which the first message for which this holds */
    record CutWithin(Predicate<ByteBuffer> which, int bytes, Ending ending) implements Line {
        /** Checks the number. */
        public CutWithin {
            require(bytes >= 0);
        }
    }

    /**
     * A message does not pass, and the connection ends: with an answer, the end comes between the doing and the telling.
     *
     * @param which the first message for which this holds
     */
    record CutBefore(Predicate<ByteBuffer> which, Ending ending) implements Line {}

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("not a possible fault");
        }
    }
}
