package org.tandemopc.dcom.rpc;

/**
 * What every PDU begins with (C706 12.6.3.1), but for what its kind and its lengths say.
 *
 * <pre>
 * offset  size  field
 *      0     1  rpc_vers: 5
 *      1     1  rpc_vers_minor: sent 0, taken as it comes
 *      2     1  ptype: the kind of the record
 *      3     1  pfc_flags
 *      4     4  packed_drep
 *      8     2  frag_length: the whole PDU, set when encoded
 *     10     2  auth_length: the token of the trailer alone, set when encoded
 *     12     4  call_id
 * </pre>
 */
public record PduHeader(int minorVersion, int flags, DataRep dataRep, long callId) {
    public static final int BYTES = 16;
    static final int VERSION = 5;

    public static final int FIRST_FRAG = 0x01;
    public static final int LAST_FRAG = 0x02;
    public static final int PENDING_CANCEL = 0x04;

    /** The same bit on bind, alter_context and their answers ([MS-RPCE] 2.2.2.3). */
    public static final int SUPPORT_HEADER_SIGN = 0x04;

    public static final int CONC_MPX = 0x10;
    public static final int DID_NOT_EXECUTE = 0x20;
    public static final int MAYBE = 0x40;
    public static final int OBJECT_UUID = 0x80;

    /** Little endian, as always from here. */
    public static PduHeader of(int flags, long callId) {
        return new PduHeader(0, flags, DataRep.LITTLE_ENDIAN, callId);
    }

    /** A PDU of one fragment. */
    public static PduHeader whole(int moreFlags, long callId) {
        return of(FIRST_FRAG | LAST_FRAG | moreFlags, callId);
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public boolean isFirst() {
        return has(FIRST_FRAG);
    }

    public boolean isLast() {
        return has(LAST_FRAG);
    }
}
