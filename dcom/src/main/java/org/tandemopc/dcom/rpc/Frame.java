package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.MalformedException;

/**
 * The octets of one PDU with its header and trailer read, and its body not: a sealed body is decrypted in place before anybody
 * looks at it. One owner.
 */
final class Frame {
    static final String CLAUSE = "C706 12.6.3.1";

    /** Of frag_length in the header. */
    static final int LENGTH_AT = 8;

    private final byte[] octets;
    private final int type;
    private final PduHeader header;
    private final @Nullable AuthTrailer auth;
    private final int bodyEnd;

    private Frame(byte[] octets, int type, PduHeader header, @Nullable AuthTrailer auth, int bodyEnd) {
        this.octets = octets;
        this.type = type;
        this.header = header;
        this.auth = auth;
        this.bodyEnd = bodyEnd;
    }

    /** @param octets exactly one PDU; kept */
    static Frame of(byte[] octets) throws MalformedException {
        ByteReader in = ByteReader.over(octets).clause(CLAUSE);
        int version = in.u8("rpc_vers");
        if (version != PduHeader.VERSION) {
            throw in.malformed("rpc_vers", 0, "is " + version);
        }
        int minorVersion = in.u8("rpc_vers_minor");
        int type = in.u8("ptype");
        int flags = in.u8("pfc_flags");
        DataRep dataRep = DataRep.read(in);
        int fragLength = in.u16("frag_length");
        if (fragLength != octets.length) {
            throw in.malformed("frag_length", LENGTH_AT, "is " + fragLength + " of " + octets.length + " octets");
        }
        int authLength = in.u16("auth_length");
        long callId = in.u32("call_id");
        PduHeader header = new PduHeader(minorVersion, flags, dataRep, callId);
        if (authLength == 0) {
            return new Frame(octets, type, header, null, fragLength);
        }
        int trailerAt = fragLength - authLength - AuthTrailer.BYTES;
        if (trailerAt < PduHeader.BYTES) {
            throw in.malformed("auth_length", LENGTH_AT + 2, "is " + authLength + " in a PDU of " + fragLength);
        }
        in.skip(trailerAt - PduHeader.BYTES, "body");
        return new Frame(octets, type, header, AuthTrailer.read(in, authLength), trailerAt);
    }

    /** Of our own making: cannot be malformed. */
    static Frame encode(Pdu pdu) {
        try {
            return of(PduCodec.octets(pdu));
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] octets() {
        return octets;
    }

    int type() {
        return type;
    }

    PduHeader header() {
        return header;
    }

    @Nullable
    AuthTrailer auth() {
        return auth;
    }

    /** Where stub and padding end: at the trailer, or at the end of the PDU. */
    int bodyEnd() {
        return bodyEnd;
    }

    /** Where what may be sealed begins ([MS-RPCE] 2.2.2.11): headers stay in clear. At most {@link #bodyEnd}. */
    int stubAt() {
        int at = switch (type) {
            case PduType.REQUEST -> Pdu.Request.stubAt(header);
            case PduType.RESPONSE -> Pdu.Response.STUB_AT;
            case PduType.FAULT -> Pdu.Fault.STUB_AT;
            default -> PduHeader.BYTES;
        };
        return Math.min(at, bodyEnd);
    }

    /** Where the token begins. */
    int tokenAt() {
        return bodyEnd + AuthTrailer.BYTES;
    }

    /** The whole PDU, as its octets are now. */
    Pdu pdu() throws MalformedException {
        ByteReader in =
                ByteReader.over(octets, 0, bodyEnd).order(header.dataRep().order());
        in.skip(PduHeader.BYTES, "header");
        in.clause(Pdu.CLAUSE);
        return switch (type) {
            case PduType.REQUEST -> Pdu.Request.read(in, header, auth);
            case PduType.RESPONSE -> Pdu.Response.read(in, header, auth);
            case PduType.FAULT -> Pdu.Fault.read(in, header, auth);
            case PduType.BIND -> Pdu.Bind.read(in, header, auth);
            case PduType.BIND_ACK -> Pdu.BindAck.read(in, header, auth);
            case PduType.BIND_NAK -> Pdu.BindNak.read(in, header, auth);
            case PduType.ALTER_CONTEXT -> Pdu.AlterContext.read(in, header, auth);
            case PduType.ALTER_CONTEXT_RESP -> Pdu.AlterContextResp.read(in, header, auth);
            case PduType.AUTH3 -> Pdu.Auth3.read(in, header, auth);
            case PduType.SHUTDOWN -> Pdu.Shutdown.read(in, header, auth);
            case PduType.CO_CANCEL -> Pdu.CoCancel.read(in, header, auth);
            case PduType.ORPHANED -> Pdu.Orphaned.read(in, header, auth);
            default -> Pdu.Unknown.read(in, header, type, auth);
        };
    }
}
