package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * NTLMv2_RESPONSE with its NTLMv2_CLIENT_CHALLENGE ([MS-NLMP] 2.2.2.8, 2.2.2.7). Who verifies one hashes the octets that came
 * and builds none anew. Golden vectors: within those of {@link Authenticate}.
 *
 * <pre>
 * offset size
 * 0      16   Response, NTProofStr of 3.3.2
 * 16     1    RespType 1        } from here on "temp" of 3.3.2
 * 17     1    HiRespType 1
 * 18     2    Reserved1
 * 20     4    Reserved2
 * 24     8    TimeStamp, FILETIME
 * 32     8    ChallengeFromClient
 * 40     4    Reserved3
 * 44          AvPairs
 * </pre>
 */
record NtlmV2Response(
        Bytes proof,
        int reserved1,
        long reserved2,
        long timestamp,
        Bytes clientChallenge,
        long reserved3,
        AvPairs pairs) {
    static final int PROOF_BYTES = 16;

    private static final int TYPE = 1;

    static NtlmV2Response read(Bytes octets) throws MalformedException {
        ByteReader in = octets.reader().clause("[MS-NLMP] 2.2.2.7");
        Bytes proof = in.bytes(PROOF_BYTES, "Response");
        int at = in.offset();
        if (in.u8("RespType") != TYPE || in.u8("HiRespType") != TYPE) {
            throw in.malformed("RespType", at, "is not 1");
        }
        return new NtlmV2Response(
                proof,
                in.u16("Reserved1"),
                in.u32("Reserved2"),
                in.i64("TimeStamp"),
                in.bytes(Challenge.CHALLENGE_BYTES, "ChallengeFromClient"),
                in.u32("Reserved3"),
                AvPairs.read(in.bytes(in.remaining(), "AvPairs")));
    }

    /** What a client hashes into its proof. */
    static Bytes blob(long timestamp, Bytes clientChallenge, AvPairs pairs) {
        return writeBlob(new ByteWriter(), 0, 0, timestamp, clientChallenge, 0, pairs)
                .toBytes();
    }

    Bytes toBytes() {
        return writeBlob(
                        new ByteWriter().bytes(proof),
                        reserved1,
                        reserved2,
                        timestamp,
                        clientChallenge,
                        reserved3,
                        pairs)
                .toBytes();
    }

    private static ByteWriter writeBlob(
            ByteWriter out,
            int reserved1,
            long reserved2,
            long timestamp,
            Bytes clientChallenge,
            long reserved3,
            AvPairs pairs) {
        return out.u8(TYPE, "RespType")
                .u8(TYPE, "HiRespType")
                .u16(reserved1, "Reserved1")
                .u32(reserved2, "Reserved2")
                .i64(timestamp)
                .bytes(clientChallenge)
                .u32(reserved3, "Reserved3")
                .bytes(pairs.toBytes());
    }
}
