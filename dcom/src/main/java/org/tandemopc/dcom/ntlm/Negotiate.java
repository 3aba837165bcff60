package org.tandemopc.dcom.ntlm;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): what the client can and wants. Golden vectors: samba, impacket, utgard, node
 * ({@code ntlm-*-1-negotiate.hex}).
 *
 * <pre>
 * offset size
 * 0      8    Signature "NTLMSSP\0"
 * 8      4    MessageType 1
 * 12     4    NegotiateFlags
 * 16     8    DomainNameFields     } old clients end before these;
 * 24     8    WorkstationFields    } nothing in them is used
 * 32     8    Version, then the payload
 * </pre>
 *
 * @param tail all from offset 16
 */
record Negotiate(int flags, Bytes tail) implements NtlmMessage {
    static final int TYPE = 1;

    static Negotiate read(ByteReader in, int messageBytes) throws MalformedException {
        int flags = in.i32("NegotiateFlags");
        return new Negotiate(flags, in.bytes(messageBytes - in.offset(), "payload"));
    }

    /** Names neither domain nor workstation, as [MS-NLMP] 3.1.5.1.1 wants it beside a version. */
    static Negotiate of(int flags) {
        int payload = TYPED_BYTES + Integer.BYTES + 2 * Span.BYTES + NtlmVersion.BYTES;
        ByteWriter tail = new ByteWriter();
        Span.of(0, payload).write(tail, "DomainName");
        Span.of(0, payload).write(tail, "Workstation");
        tail.bytes(NtlmVersion.OURS);
        return new Negotiate(flags, tail.toBytes());
    }

    @Override
    public Bytes toBytes() {
        return NtlmMessage.begin(TYPE).i32(flags).bytes(tail).toBytes();
    }
}
