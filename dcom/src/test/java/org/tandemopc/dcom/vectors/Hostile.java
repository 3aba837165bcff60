package org.tandemopc.dcom.vectors;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.tandemopc.dcom.MalformedException;

/**
 * What strangers may send to a decoder: each strict prefix and each change of one octet of a good message, and changes at
 * random. Whatever comes, the decoder gives a value or a {@link MalformedException}, and takes no more memory than a small
 * multiple of what it was given.
 */
public final class Hostile {
    /** Reads what it is given; what it returns is not looked at. */
    @FunctionalInterface
    public interface Decoder {
        Object read(byte[] octets) throws MalformedException;
    }

    /** An exception with its stack, and a start for buffers. */
    private static final long MEMORY_BASE_BYTES = 64 * 1024;

    /** Objects for each octet on the wire. */
    private static final long MEMORY_FACTOR = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Hostile() {}

    /** How many decodings ended in a value, and how many were refused. */
    public record Outcome(int values, int refusals) {}

    /** @return of the strict prefixes */
    public static Outcome prefixes(byte[] octets, Decoder decoder) {
        int values = 0;
        for (int length = 0; length < octets.length; length++) {
            values += attempt(Arrays.copyOf(octets, length), decoder) ? 1 : 0;
        }
        return new Outcome(values, octets.length - values);
    }

    /** Every octet in turn becomes every other. */
    public static Outcome singleChanges(byte[] octets, Decoder decoder) {
        int values = 0;
        int refusals = 0;
        for (int at = 0; at < octets.length; at++) {
            byte[] changed = octets.clone();
            for (int delta = 1; delta < 256; delta++) {
                changed[at] = (byte) (octets[at] + delta);
                if (attempt(changed, decoder)) {
                    values++;
                } else {
                    refusals++;
                }
            }
        }
        return new Outcome(values, refusals);
    }

    /** Several changes at once: octets, numbers that are likely to hurt, cuts, repeats. */
    public static Outcome randomChanges(byte[] octets, Decoder decoder, long seed, int rounds) {
        SplittableRandom random = new SplittableRandom(seed);
        int values = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] changed = octets.clone();
            for (int change = random.nextInt(1, 5); change > 0; change--) {
                changed = changedOnce(changed, random);
            }
            values += attempt(changed, decoder) ? 1 : 0;
        }
        return new Outcome(values, rounds - values);
    }

    /** Prefixes and single changes, of which at least one each must have been refused: else nothing was looked at. */
    public static void survives(byte[] octets, Decoder decoder) {
        if (!attempt(octets, decoder)) {
            throw new AssertionError(
                    "the good message is refused: " + HexFormat.of().formatHex(octets));
        }
        if (prefixes(octets, decoder).refusals() == 0) {
            throw new AssertionError("no prefix was refused");
        }
        singleChanges(octets, decoder);
    }

    private static byte[] changedOnce(byte[] octets, SplittableRandom random) {
        if (octets.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(octets.length);
        switch (random.nextInt(5)) {
            case 0 -> octets[at] = (byte) random.nextInt();
            case 1 -> octets[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                int[] hurting = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF, 0x10000, 1 << 20, octets.length
                };
                int number = hurting[random.nextInt(hurting.length)];
                int aligned = at & ~3;
                for (int i = 0; i < 4 && aligned + i < octets.length; i++) {
                    octets[aligned + i] = (byte) (number >>> (8 * i));
                }
            }
            case 3 -> {
                return Arrays.copyOf(octets, at);
            }
            default -> {
                int length = random.nextInt(octets.length - at) + 1;
                byte[] longer = Arrays.copyOf(octets, octets.length + length);
                System.arraycopy(octets, at, longer, at + length, octets.length - at);
                return longer;
            }
        }
        return octets;
    }

    /** @return whether it ended in a value */
    private static boolean attempt(byte[] octets, Decoder decoder) {
        long allowed = MEMORY_BASE_BYTES + MEMORY_FACTOR * octets.length;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean value = givesValue(octets, decoder);
        if (THREADS.getCurrentThreadAllocatedBytes() - before > allowed) {
            // a class that was loaded on the way counts, but once
            before = THREADS.getCurrentThreadAllocatedBytes();
            givesValue(octets, decoder);
            long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (taken > allowed) {
                throw new AssertionError(taken + " bytes taken for " + octets.length + ": "
                        + HexFormat.of().formatHex(octets));
            }
        }
        return value;
    }

    private static boolean givesValue(byte[] octets, Decoder decoder) {
        try {
            decoder.read(octets);
            return true;
        } catch (MalformedException e) {
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("of " + HexFormat.of().formatHex(octets), e);
        }
    }
}
