package org.tandemopc.dcom.ntlm;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * NTOWFv1 of a password ([MS-NLMP] 3.3.1): what NTLM proves knowledge of, so that whoever has it needs no password. Never
 * shown, never compared faster for being wrong. Immutable.
 */
public final class NtHash {
    static final int BYTES = Md4.DIGEST_BYTES;

    private final byte[] octets;

    private NtHash(byte[] octets) {
        this.octets = octets;
    }

    /** @param password not kept; the caller may wipe it afterwards */
    public static NtHash of(char[] password) {
        byte[] encoded = NtlmText.utf16(password);
        byte[] hash = Md4.digest(encoded);
        Arrays.fill(encoded, (byte) 0);
        return new NtHash(hash);
    }

    /** @throws IllegalArgumentException if these are not 16 octets */
    static NtHash ofOctets(byte[] octets) {
        if (octets.length != BYTES) {
            throw new IllegalArgumentException("an NT hash has " + BYTES + " octets, not " + octets.length);
        }
        return new NtHash(octets.clone());
    }

    byte[] octets() {
        return octets.clone();
    }

    byte[] hmacMd5(byte[] message) {
        return Crypto.hmacMd5(octets, message);
    }

    /** SessionBaseKey of NTLMv1. */
    byte[] md4() {
        return Md4.digest(octets);
    }

    /** DESL of [MS-NLMP] 6: three times DES, with the key filled up with zeros to 21 octets. */
    byte[] desl(byte[] block) {
        byte[] key = Arrays.copyOf(octets, 21);
        byte[] out = new byte[24];
        for (int n = 0; n < 3; n++) {
            System.arraycopy(Crypto.des(key, 7 * n, block), 0, out, 8 * n, 8);
        }
        Arrays.fill(key, (byte) 0);
        return out;
    }

    /** In equal time for every other hash. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NtHash that && MessageDigest.isEqual(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return "NtHash(hidden)";
    }
}
