package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.function.Consumer;

/** What every parser of peers' bytes must withstand. */
final class Fuzz {
    /** A refusal costs an exception with its text and trace; a value costs what its bytes allow. */
    private static final long ALLOCATION_MAX = 64_000;

    private Fuzz() {}

    /** A fixed one and a fresh one, printed with a failure. */
    static long[] seeds() {
        return new long[] {20_261_122, Long.getLong("seed", System.nanoTime())};
    }

    static void prefixesAreMalformed(Collection<byte[]> vectors, Consumer<byte[]> parse) {
        warmUp(vectors, parse);
        for (byte[] vector : vectors) {
            for (int length = 0; length < vector.length; length++) {
                byte[] prefix = Arrays.copyOf(vector, length);
                if (isValue(prefix, parse)) {
                    fail("parsed, though only %d of %d bytes: %s", length, vector.length, hex(vector));
                }
            }
        }
    }

    /** Loads the classes, whose memory is not the parser's; and proves that the vectors are good. */
    private static void warmUp(Collection<byte[]> vectors, Consumer<byte[]> parse) {
        for (byte[] vector : vectors) {
            parse.accept(vector);
        }
        try {
            parse.accept(new byte[0]);
        } catch (MalformedException e) {
            assertThat(e).hasMessageContaining("offset");
        }
    }

    /** All single-bit changes, and each byte set to the edges. */
    static void changesAreValuesOrMalformed(Collection<byte[]> vectors, Consumer<byte[]> parse) {
        warmUp(vectors, parse);
        int values = 0;
        int refused = 0;
        for (byte[] vector : vectors) {
            for (int at = 0; at < vector.length; at++) {
                for (int change = 1; change < 256; change = change < 128 ? change * 2 : change + 127) {
                    byte[] changed = vector.clone();
                    changed[at] = (byte) (changed[at] ^ change);
                    if (isValue(changed, parse)) {
                        values++;
                    } else {
                        refused++;
                    }
                }
            }
        }
        // the attack reached the parser, both ways
        assertThat(values).isPositive();
        assertThat(refused).isPositive();
    }

    static boolean isValue(byte[] bytes, Consumer<byte[]> parse) {
        long before = allocated();
        boolean value;
        try {
            parse.accept(bytes);
            value = true;
        } catch (MalformedException e) {
            value = false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("not a MalformedException for " + hex(bytes), e);
        }
        assertThat(allocated() - before)
                .as("allocated for %s", hex(bytes))
                .isLessThan(ALLOCATION_MAX + 50L * bytes.length);
        return value;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
