package org.tandemopc.bench.dcom;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What nobody can do without: the JDK's HMAC-MD5 and RC4 over the octets of an answer, once for who sends it and once for who gets
 * it. Medians, in nanoseconds.
 */
record CryptoFloor(double signNanos, double sealNanos) {
    private static final int ROUNDS = 2_001;
    private static final byte[] KEY = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Whose result is used, so that the work is not left out. */
    private interface Work {
        byte[] run() throws GeneralSecurityException;
    }

    static CryptoFloor measure(int octets) {
        byte[] data = new byte[octets];
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(KEY, "HmacMD5"));
            Cipher cipher = Cipher.getInstance("ARCFOUR");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "ARCFOUR"));
            return new CryptoFloor(2 * median(() -> mac.doFinal(data)), 2 * median(() -> cipher.update(data)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double median(Work work) throws GeneralSecurityException {
        long[] nanos = new long[ROUNDS];
        int used = 0;
        for (int warm = 0; warm < 2; warm++) {
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                used += work.run()[0];
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return used == Integer.MIN_VALUE ? Double.NaN : nanos[ROUNDS / 2];
    }
}
