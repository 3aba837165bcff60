package org.tandemopc.dcom.ntlm;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The algorithms of [MS-NLMP] 6 that the JDK has. */
final class Crypto {
    private static final String HMAC_MD5 = "HmacMD5";
    private static final int DES_KEY_BYTES = 7;

    private Crypto() {}

    static byte[] md5(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }

    static byte[] hmacMd5(byte[] key, byte[]... parts) {
        Mac mac = hmacMd5(key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    /** For many messages with one key; starts anew after each. */
    static Mac hmacMd5(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC_MD5);
            mac.init(new SecretKeySpec(key, HMAC_MD5));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java runtime has no HMAC-MD5", e);
        }
    }

    /** DES of one block with seven octets of key, whose 56 bits are spread over eight with a bit of parity each. */
    static byte[] des(byte[] key, int from, byte[] block) {
        long bits = 0;
        for (int n = 0; n < DES_KEY_BYTES; n++) {
            bits = bits << Byte.SIZE | Byte.toUnsignedLong(key[from + n]);
        }
        byte[] spread = new byte[DES_KEY_BYTES + 1];
        for (int n = 0; n < spread.length; n++) {
            spread[n] = (byte) (bits >>> (DES_KEY_BYTES * (DES_KEY_BYTES - n)) << 1);
        }
        try {
            Cipher cipher = Cipher.getInstance("DES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(spread, "DES"));
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no DES", e);
        }
    }
}
