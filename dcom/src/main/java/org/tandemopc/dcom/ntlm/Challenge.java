package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2): what the server grants, who it is, and the number to answer. Golden vectors: [MS-NLMP]
 * 4.2, utgard ({@code ntlm-callback-server-sec-2-challenge.hex}).
 *
 * <pre>
 * offset size
 * 0      8    Signature "NTLMSSP\0"
 * 8      4    MessageType 2
 * 12     8    TargetNameFields
 * 20     4    NegotiateFlags
 * 24     8    ServerChallenge
 * 32     8    Reserved
 * 40     8    TargetInfoFields
 * 48     8    Version; old servers begin the payload here
 * 56          payload
 * </pre>
 *
 * @param tail all from offset 48
 */
record Challenge(Span targetName, int flags, Bytes serverChallenge, Bytes reserved, Span targetInfo, Bytes tail)
        implements NtlmMessage {
    static final int TYPE = 2;
    static final int CHALLENGE_BYTES = 8;

    private static final int HEADER_BYTES = 48;

    Challenge {
        int end = HEADER_BYTES + tail.size();
        if (serverChallenge.size() != CHALLENGE_BYTES
                || reserved.size() != Long.BYTES
                || !targetName.isWithin(HEADER_BYTES, end)
                || !targetInfo.isWithin(HEADER_BYTES, end)) {
            throw new IllegalArgumentException("fields outside of the challenge");
        }
    }

    static Challenge read(ByteReader in, int messageBytes) throws MalformedException {
        return new Challenge(
                Span.read(in, "TargetName", HEADER_BYTES, messageBytes),
                in.i32("NegotiateFlags"),
                in.bytes(CHALLENGE_BYTES, "ServerChallenge"),
                in.bytes(Long.BYTES, "Reserved"),
                Span.read(in, "TargetInfo", HEADER_BYTES, messageBytes),
                in.bytes(in.remaining(), "payload"));
    }

    static Challenge of(int flags, String targetName, Bytes serverChallenge, AvPairs targetInfo, Bytes version) {
        Bytes name = NtlmText.utf16(targetName);
        Bytes info = targetInfo.toBytes();
        int payload = HEADER_BYTES + NtlmVersion.BYTES;
        return new Challenge(
                Span.of(name.size(), payload),
                flags,
                serverChallenge,
                new ByteWriter().zeros(Long.BYTES).toBytes(),
                Span.of(info.size(), payload + name.size()),
                new ByteWriter().bytes(version).bytes(name).bytes(info).toBytes());
    }

    @Override
    public Bytes toBytes() {
        ByteWriter out = NtlmMessage.begin(TYPE);
        targetName.write(out, "TargetName");
        out.i32(flags).bytes(serverChallenge).bytes(reserved);
        targetInfo.write(out, "TargetInfo");
        return out.bytes(tail).toBytes();
    }

    /**
     * Who the server says it is.
     *
     * @throws MalformedException these are no pairs
     */
    AvPairs info() throws MalformedException {
        return targetInfo.length() == 0 ? AvPairs.EMPTY : AvPairs.read(targetInfo.cut(tail, HEADER_BYTES));
    }
}
