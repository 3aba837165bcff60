package org.tandemopc.dcom.ntlm;

import java.util.Arrays;

/**
 * One RC4 key stream. The JDK has the cipher too, but not a state that can be copied: SPNEGO rewinds the stream after the
 * MIC of its list ([MS-SPNG] 3.2.5.1). Not thread-safe.
 */
final class Rc4 {
    private static final int STATES = 256;

    /** Octets, in ints: they need no widening, which each sealed octet would wait for three times. */
    private final int[] state;

    private int i;
    private int j;

    /** @param key 1 to 256 octets */
    Rc4(byte[] key) {
        state = new int[STATES];
        for (int n = 0; n < STATES; n++) {
            state[n] = n;
        }
        int k = 0;
        for (int n = 0; n < STATES; n++) {
            k = k + state[n] + key[n % key.length] & 0xFF;
            swap(n, k);
        }
    }

    private Rc4(Rc4 other) {
        state = other.state.clone();
        i = other.i;
        j = other.j;
    }

    /** A stream of its own that goes on where this one stands. */
    Rc4 copy() {
        return new Rc4(this);
    }

    /**
     * Encrypts or decrypts in place.
     *
     * @param to exclusive
     */
    void apply(byte[] octets, int from, int to) {
        // every sealed octet passes here: in local variables it costs a third less than in fields
        int[] box = state;
        int x = i;
        int y = j;
        for (int n = from; n < to; n++) {
            x = x + 1 & 0xFF;
            int a = box[x];
            y = y + a & 0xFF;
            int b = box[y];
            box[x] = b;
            box[y] = a;
            octets[n] = (byte) (octets[n] ^ box[a + b & 0xFF]);
        }
        i = x;
        j = y;
    }

    /** RC4K of [MS-NLMP] 6: a stream for this message alone. */
    static byte[] once(byte[] key, byte[] message) {
        byte[] out = message.clone();
        Rc4 stream = new Rc4(key);
        stream.apply(out, 0, out.length);
        Arrays.fill(stream.state, 0);
        return out;
    }

    private void swap(int a, int b) {
        int held = state[a];
        state[a] = state[b];
        state[b] = held;
    }
}
