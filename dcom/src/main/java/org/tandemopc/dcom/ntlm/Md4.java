package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The message digest of RFC 1320, which the JDK does not have and NTLM makes its keys of passwords with ([MS-NLMP] 3.3.1,
 * NTOWFv1). Broken for every other use.
 */
final class Md4 {
    static final int DIGEST_BYTES = 16;

    private static final int BLOCK_BYTES = 64;
    private static final int STEPS_PER_ROUND = 16;
    /** Which word of the block each step takes, round by round. */
    private static final int[][] WORDS = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
        {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}
    };
    /** By how many bits each step rotates; repeats every four steps. */
    private static final int[][] ROTATIONS = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
    /** Zero, and the square roots of 2 and 3. */
    private static final int[] ADDENDS = {0, 0x5A82_7999, 0x6ED9_EBA1};

    private Md4() {}

    static byte[] digest(byte[] message) {
        byte[] padded = padded(message);
        int[] state = {0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476};
        ByteBuffer blocks = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
        int[] block = new int[STEPS_PER_ROUND];
        while (blocks.hasRemaining()) {
            for (int i = 0; i < block.length; i++) {
                block[i] = blocks.getInt();
            }
            mix(state, block);
        }
        // What is digested here is a password.
        Arrays.fill(padded, (byte) 0);
        Arrays.fill(block, 0);
        ByteBuffer digest = ByteBuffer.allocate(DIGEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : state) {
            digest.putInt(word);
        }
        return digest.array();
    }

    /** A one bit, zeros, and the length in bits in the last eight octets (RFC 1320 3.1, 3.2). */
    private static byte[] padded(byte[] message) {
        int blocks = (message.length + 1 + Long.BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
        byte[] padded = Arrays.copyOf(message, blocks * BLOCK_BYTES);
        padded[message.length] = (byte) 0x80;
        ByteBuffer.wrap(padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length - Long.BYTES, (long) message.length * Byte.SIZE);
        return padded;
    }

    private static void mix(int[] state, int[] block) {
        int a = state[0];
        int b = state[1];
        int c = state[2];
        int d = state[3];
        for (int round = 0; round < WORDS.length; round++) {
            for (int step = 0; step < STEPS_PER_ROUND; step++) {
                int chosen = switch (round) {
                    case 0 -> (b & c) | (~b & d);
                    case 1 -> (b & c) | (b & d) | (c & d);
                    default -> b ^ c ^ d;
                };
                int sum = a + chosen + block[WORDS[round][step]] + ADDENDS[round];
                a = d;
                d = c;
                c = b;
                b = Integer.rotateLeft(sum, ROTATIONS[round][step % ROTATIONS[round].length]);
            }
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
