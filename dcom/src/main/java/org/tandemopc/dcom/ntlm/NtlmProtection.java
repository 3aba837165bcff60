package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import javax.crypto.Mac;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ntlm.NtlmKeys.Direction;
import org.tandemopc.dcom.rpc.MessageProtection;

/**
 * Session security of NTLM with extended session security ([MS-NLMP] 3.4): signs whole PDUs, headers included, whatever header
 * signing was agreed on, because that is what the peers do; seals with RC4. Each direction has its own keys, its own count and
 * its own key stream, and shares nothing with the other, so that one thread may write while another one reads.
 *
 * <p>The token ([MS-NLMP] 2.2.2.9.2):
 *
 * <pre>
 * offset size
 * 0      4    Version 1
 * 4      8    Checksum: HMAC-MD5 of count and PDU, the first half; encrypted too when a key was exchanged
 * 12     4    SeqNum, from 0; wraps
 * </pre>
 */
public final class NtlmProtection implements MessageProtection {
    static final int TOKEN_BYTES = 16;

    private static final int VERSION = 1;
    private static final int CHECKSUM_OFFSET = 4;
    private static final int CHECKSUM_BYTES = 8;

    private final boolean signs;
    private final boolean seals;
    private final Stream outbound;
    private final Stream inbound;

    private NtlmProtection(int flags, byte[] exportedSessionKey, Direction out, Direction in) {
        boolean extended = NtlmFlags.has(flags, NtlmFlags.EXTENDED_SESSION_SECURITY);
        seals = extended && NtlmFlags.has(flags, NtlmFlags.SEAL);
        signs = seals || (extended && NtlmFlags.has(flags, NtlmFlags.SIGN));
        outbound = new Stream(flags, exportedSessionKey, out);
        inbound = new Stream(flags, exportedSessionKey, in);
    }

    static NtlmProtection ofClient(int flags, byte[] exportedSessionKey) {
        return new NtlmProtection(flags, exportedSessionKey, Direction.CLIENT_TO_SERVER, Direction.SERVER_TO_CLIENT);
    }

    static NtlmProtection ofServer(int flags, byte[] exportedSessionKey) {
        return new NtlmProtection(flags, exportedSessionKey, Direction.SERVER_TO_CLIENT, Direction.CLIENT_TO_SERVER);
    }

    @Override
    public int tokenLength() {
        return TOKEN_BYTES;
    }

    /** Whether both sides agreed on signatures. Where they did not, tokens say nothing ([MS-NLMP] 3.4.4.3). */
    boolean signs() {
        return signs;
    }

    /** @throws IllegalStateException if sealing was not agreed on: nothing is sent in plain that should not be */
    @Override
    public Bytes protect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean seal) {
        if (seal && !seals) {
            throw new IllegalStateException("this NTLM context cannot seal");
        }
        if (!signs) {
            return Bytes.of(ByteBuffer.allocate(TOKEN_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(VERSION)
                    .array());
        }
        byte[] checksum = outbound.checksum(pdu, pduEnd);
        if (seal) {
            outbound.cipher.apply(pdu, sealFrom, sealTo);
        }
        return Bytes.of(outbound.token(checksum, outbound.cipher));
    }

    /** In a context without signatures nothing is ever verified, and the answer is false. */
    @Override
    public boolean unprotect(byte[] pdu, int pduEnd, int sealFrom, int sealTo, boolean sealed, Bytes token) {
        if (!signs || (sealed && !seals) || inbound.broken) {
            return false;
        }
        if (sealed) {
            inbound.cipher.apply(pdu, sealFrom, sealTo);
        }
        byte[] expected = inbound.token(inbound.checksum(pdu, pduEnd), inbound.cipher);
        inbound.broken = !MessageDigest.isEqual(expected, token.toArray());
        return !inbound.broken;
    }

    /**
     * mechListMIC of what SPNEGO negotiated. Takes a number of the count, but leaves the key stream as it was: the first PDU
     * uses the same part of it again ([MS-SPNG] 3.2.5.1, 3.3.5.1).
     */
    Bytes sign(Bytes message) {
        byte[] octets = message.toArray();
        return Bytes.of(outbound.token(outbound.checksum(octets, octets.length), outbound.cipher.copy()));
    }

    /** The other side's {@link #sign}. */
    boolean verify(Bytes message, Bytes token) {
        byte[] octets = message.toArray();
        byte[] expected = inbound.token(inbound.checksum(octets, octets.length), inbound.cipher.copy());
        return MessageDigest.isEqual(expected, token.toArray());
    }

    /** One direction. One thread at a time. */
    private static final class Stream {
        private final Mac mac;
        private final Rc4 cipher;
        private final boolean keyExchanged;
        private int count;
        private boolean broken;

        Stream(int flags, byte[] exportedSessionKey, Direction direction) {
            mac = Crypto.hmacMd5(NtlmKeys.signKey(exportedSessionKey, direction));
            cipher = new Rc4(NtlmKeys.sealKey(exportedSessionKey, flags, direction));
            keyExchanged = NtlmFlags.has(flags, NtlmFlags.KEY_EXCHANGE);
        }

        byte[] checksum(byte[] message, int end) {
            mac.update(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0, count));
            mac.update(message, 0, end);
            return mac.doFinal();
        }

        byte[] token(byte[] checksum, Rc4 stream) {
            if (keyExchanged) {
                stream.apply(checksum, 0, CHECKSUM_BYTES);
            }
            ByteBuffer token = ByteBuffer.allocate(TOKEN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            token.putInt(VERSION).put(CHECKSUM_OFFSET, checksum, 0, CHECKSUM_BYTES);
            token.putInt(CHECKSUM_OFFSET + CHECKSUM_BYTES, count);
            count++;
            return token.array();
        }
    }
}
