package org.tandemopc.dcom.ntlm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tandemopc.dcom.Bytes;

/**
 * Responses and keys of a login: the formulas of [MS-NLMP] 3.3 and 3.4.5, each a pure function. Verified with the values of
 * [MS-NLMP] 4.2 and with the recorded logins of four peers.
 */
final class NtlmKeys {
    static final int KEY_BYTES = 16;
    /** Of an LM response, and of an NT response before NTLMv2. */
    static final int SHORT_RESPONSE_BYTES = 24;

    private static final int KEY_56_BYTES = 7;
    private static final int KEY_40_BYTES = 5;

    private NtlmKeys() {}

    /** NTOWFv2, ResponseKeyNT of 3.3.2. The domain counts as it is written, the user in upper case. */
    static byte[] responseKeyV2(NtHash hash, String user, String domain) {
        return hash.hmacMd5(NtlmText.utf16(NtlmText.upper(user) + domain).toArray());
    }

    /** NTProofStr of 3.3.2. */
    static byte[] proofV2(byte[] responseKey, Bytes serverChallenge, byte[] blob) {
        return Crypto.hmacMd5(responseKey, serverChallenge.toArray(), blob);
    }

    /** SessionBaseKey of 3.3.2, which is the KeyExchangeKey too. */
    static byte[] sessionBaseKeyV2(byte[] responseKey, byte[] proof) {
        return Crypto.hmacMd5(responseKey, proof);
    }

    /** LmChallengeResponse of 3.3.2. */
    static Bytes lmResponseV2(byte[] responseKey, Bytes serverChallenge, Bytes clientChallenge) {
        byte[] hmac = Crypto.hmacMd5(responseKey, serverChallenge.toArray(), clientChallenge.toArray());
        byte[] response = Arrays.copyOf(hmac, SHORT_RESPONSE_BYTES);
        System.arraycopy(clientChallenge.toArray(), 0, response, hmac.length, clientChallenge.size());
        return Bytes.of(response);
    }

    /** NtChallengeResponse of 3.3.1 without extended session security. */
    static byte[] responseV1(NtHash hash, Bytes serverChallenge) {
        return hash.desl(serverChallenge.toArray());
    }

    /** NtChallengeResponse of 3.3.1 with extended session security, known as NTLM2 session response. */
    static byte[] responseNtlm2Session(NtHash hash, Bytes serverChallenge, Bytes clientChallenge) {
        byte[] both = Crypto.md5(serverChallenge.toArray(), clientChallenge.toArray());
        return hash.desl(Arrays.copyOf(both, Challenge.CHALLENGE_BYTES));
    }

    /** KXKEY of 3.4.5.1 for NTLMv1, without the LM keys, which nobody should want back. */
    static byte[] keyExchangeKeyV1(NtHash hash) {
        return hash.md4();
    }

    /** KXKEY of 3.4.5.1 for the NTLM2 session response. */
    static byte[] keyExchangeKeyNtlm2Session(NtHash hash, Bytes serverChallenge, Bytes clientChallenge) {
        return Crypto.hmacMd5(hash.md4(), serverChallenge.toArray(), clientChallenge.toArray());
    }

    /** SIGNKEY of 3.4.5.2 with extended session security. */
    static byte[] signKey(byte[] exportedSessionKey, Direction direction) {
        return Crypto.md5(exportedSessionKey, magic(direction, "signing"));
    }

    /** SEALKEY of 3.4.5.3 with extended session security: 128, 56 or 40 bits of the key, as the flags say. */
    static byte[] sealKey(byte[] exportedSessionKey, int flags, Direction direction) {
        int bytes = KEY_40_BYTES;
        if (NtlmFlags.has(flags, NtlmFlags.KEY_128)) {
            bytes = KEY_BYTES;
        } else if (NtlmFlags.has(flags, NtlmFlags.KEY_56)) {
            bytes = KEY_56_BYTES;
        }
        return Crypto.md5(Arrays.copyOf(exportedSessionKey, bytes), magic(direction, "sealing"));
    }

    /**
     * MIC of 3.1.5.1.2 over the three messages as they were on the wire.
     *
     * @param authenticate its own MIC counts as zeros
     */
    static byte[] mic(byte[] exportedSessionKey, Bytes negotiate, Bytes challenge, Bytes authenticate) {
        byte[] last = authenticate.toArray();
        Arrays.fill(last, Authenticate.MIC_OFFSET, Authenticate.MIC_OFFSET + Authenticate.MIC_BYTES, (byte) 0);
        return Crypto.hmacMd5(exportedSessionKey, negotiate.toArray(), challenge.toArray(), last);
    }

    private static byte[] magic(Direction direction, String use) {
        String way = switch (direction) {
            case CLIENT_TO_SERVER -> "client-to-server";
            case SERVER_TO_CLIENT -> "server-to-client";
        };
        return "session key to %s %s key magic constant\0".formatted(way, use).getBytes(StandardCharsets.US_ASCII);
    }

    /** Each has keys of its own. */
    enum Direction {
        CLIENT_TO_SERVER,
        SERVER_TO_CLIENT
    }
}
