package org.tandemopc.dcom.rpc;

import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** PDUs from octets and back, in the byte order that each one names; encoding what was decoded gives the same octets. */
public final class PduCodec {
    /** More than all that is no stub, in most PDUs. */
    private static final int START_BYTES = 128;

    private PduCodec() {}

    /** @param octets exactly one PDU; what is sealed stays so */
    public static Pdu decode(Bytes octets) throws MalformedException {
        return Frame.of(octets.toArray()).pdu();
    }

    /** @throws IllegalArgumentException a number does not fit its field, or the PDU is longer than 65,535 octets */
    public static Bytes encode(Pdu pdu) {
        return Bytes.of(octets(pdu));
    }

    private static int stubBytes(Pdu pdu) {
        return switch (pdu) {
            case Pdu.Request request -> request.stub().size();
            case Pdu.Response response -> response.stub().size();
            default -> 0;
        };
    }

    static byte[] octets(Pdu pdu) {
        PduHeader header = pdu.header();
        ByteWriter out = new ByteWriter(START_BYTES + stubBytes(pdu));
        out.u8(PduHeader.VERSION, "rpc_vers").u8(header.minorVersion(), "rpc_vers_minor");
        out.u8(pdu.type(), "ptype").u8(header.flags(), "pfc_flags");
        header.dataRep().write(out);
        out.u16(0, "frag_length").u16(pdu.tail().tokenLength(), "auth_length");
        out.u32(header.callId(), "call_id");
        pdu.writeBody(out);
        pdu.tail().write(out);
        out.setU16(Frame.LENGTH_AT, out.offset(), "frag_length");
        return out.toArray();
    }
}
