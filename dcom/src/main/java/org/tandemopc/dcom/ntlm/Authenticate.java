package org.tandemopc.dcom.ntlm;

import java.util.stream.Stream;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3): the client's name and its proof. Golden vectors: [MS-NLMP] 4.2, samba, impacket,
 * utgard, node ({@code ntlm-*-3-authenticate.hex}, {@code *-auth3.hex}).
 *
 * <pre>
 * offset size
 * 0      8    Signature "NTLMSSP\0"
 * 8      4    MessageType 3
 * 12     8    LmChallengeResponseFields
 * 20     8    NtChallengeResponseFields
 * 28     8    DomainNameFields
 * 36     8    UserNameFields
 * 44     8    WorkstationFields
 * 52     8    EncryptedRandomSessionKeyFields
 * 60     4    NegotiateFlags
 * 64     8    Version
 * 72     16   MIC; what begins the payload earlier has neither, and what begins it at 88 need not have one
 * 88          payload
 * </pre>
 *
 * @param tail all from offset 64
 */
record Authenticate(
        Span lmResponse,
        Span ntResponse,
        Span domain,
        Span user,
        Span workstation,
        Span sessionKey,
        int flags,
        Bytes tail)
        implements NtlmMessage {
    static final int TYPE = 3;
    static final int MIC_OFFSET = 72;
    static final int MIC_BYTES = 16;

    private static final int HEADER_BYTES = 64;

    Authenticate {
        int end = HEADER_BYTES + tail.size();
        if (!Stream.of(lmResponse, ntResponse, domain, user, workstation, sessionKey)
                .allMatch(span -> span.isWithin(HEADER_BYTES, end))) {
            throw new IllegalArgumentException("fields outside of the message");
        }
    }

    static Authenticate read(ByteReader in, int messageBytes) throws MalformedException {
        return new Authenticate(
                Span.read(in, "LmChallengeResponse", HEADER_BYTES, messageBytes),
                Span.read(in, "NtChallengeResponse", HEADER_BYTES, messageBytes),
                Span.read(in, "DomainName", HEADER_BYTES, messageBytes),
                Span.read(in, "UserName", HEADER_BYTES, messageBytes),
                Span.read(in, "Workstation", HEADER_BYTES, messageBytes),
                Span.read(in, "EncryptedRandomSessionKey", HEADER_BYTES, messageBytes),
                in.i32("NegotiateFlags"),
                in.bytes(in.remaining(), "payload"));
    }

    /** What a client fills in. Texts are Unicode. */
    record Parts(
            String domain, String user, String workstation, Bytes lmResponse, Bytes ntResponse, Bytes sessionKey) {}

    /** @param withMic leaves room for it, filled with zeros as long as it is not known */
    static Authenticate of(int flags, Parts parts, boolean withMic) {
        ByteWriter tail = new ByteWriter().bytes(NtlmVersion.OURS);
        if (withMic) {
            tail.zeros(MIC_BYTES);
        }
        // The texts first: they must begin at an even offset.
        Span domain = append(tail, NtlmText.utf16(parts.domain()));
        Span user = append(tail, NtlmText.utf16(parts.user()));
        Span workstation = append(tail, NtlmText.utf16(parts.workstation()));
        Span lmResponse = append(tail, parts.lmResponse());
        Span ntResponse = append(tail, parts.ntResponse());
        Span sessionKey = append(tail, parts.sessionKey());
        return new Authenticate(lmResponse, ntResponse, domain, user, workstation, sessionKey, flags, tail.toBytes());
    }

    private static Span append(ByteWriter tail, Bytes value) {
        Span span = Span.of(value.size(), HEADER_BYTES + tail.offset());
        tail.bytes(value);
        return span;
    }

    @Override
    public Bytes toBytes() {
        ByteWriter out = NtlmMessage.begin(TYPE);
        lmResponse.write(out, "LmChallengeResponse");
        ntResponse.write(out, "NtChallengeResponse");
        domain.write(out, "DomainName");
        user.write(out, "UserName");
        workstation.write(out, "Workstation");
        sessionKey.write(out, "EncryptedRandomSessionKey");
        return out.i32(flags).bytes(tail).toBytes();
    }

    /** Whether there is room for a MIC before the first field; whether one is there only the response can tell. */
    boolean hasRoomForMic() {
        return HEADER_BYTES + tail.size() >= MIC_OFFSET + MIC_BYTES
                && Stream.of(lmResponse, ntResponse, domain, user, workstation, sessionKey)
                        .allMatch(span -> span.length() == 0 || span.offset() >= MIC_OFFSET + MIC_BYTES);
    }

    /** Of a message that {@link #hasRoomForMic}. */
    Bytes mic() {
        return Span.of(MIC_BYTES, MIC_OFFSET).cut(tail, HEADER_BYTES);
    }

    Bytes lmResponseOctets() {
        return lmResponse.cut(tail, HEADER_BYTES);
    }

    Bytes ntResponseOctets() {
        return ntResponse.cut(tail, HEADER_BYTES);
    }

    Bytes sessionKeyOctets() {
        return sessionKey.cut(tail, HEADER_BYTES);
    }

    /** As the client wrote it, read as Unicode. */
    String domainName() {
        return NtlmText.utf16(domain.cut(tail, HEADER_BYTES));
    }

    /** As the client wrote it, read as Unicode. */
    String userName() {
        return NtlmText.utf16(user.cut(tail, HEADER_BYTES));
    }
}
