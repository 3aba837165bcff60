package org.tandemopc.relay.ua.wire;

/**
 * A 64-bit hash of bytes, the same in every process. Good enough to tell values apart that differ by accident (2^-64);
 * it does not withstand somebody who looks for collisions, and needs not: a member that wants to hide a change from
 * its clients can simply not send it.
 */
final class Fingerprint {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private long hash = 0x2545_F491_4F6C_DD1DL;

    void add(byte[] bytes, int start, int end) {
        int at = start;
        for (; at + 8 <= end; at += 8) {
            mix(Le.i64(bytes, at));
        }
        long tail = 0;
        for (int shift = 0; at < end; at++, shift += 8) {
            tail |= (bytes[at] & 0xFFL) << shift;
        }
        mix(tail);
        mix(end - start);
    }

    void add(int number) {
        mix(number);
    }

    private void mix(long word) {
        long h = (hash ^ word) * MULTIPLIER;
        hash = h ^ (h >>> 32);
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    long value() {
        long h = (hash ^ (hash >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return h ^ (h >>> 31);
    }
}
