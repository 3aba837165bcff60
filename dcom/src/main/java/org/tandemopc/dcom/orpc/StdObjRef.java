package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * STDOBJREF ([MS-DCOM] 2.2.18.1): which interface of which object of which exporter, and how many references come with it.
 * <pre>
 * 0   4  flags
 * 4   4  cPublicRefs
 * 8   8  oxid
 * 16  8  oid
 * 24 16  ipid
 * </pre>
 *
 * In NDR it is aligned to 8; in an OBJREF it stands wherever it stands, little endian.
 *
 * @param flags {@link #NO_PING} or 0; others say nothing
 * @param publicRefs references that the receiver owns from now on, 0 to 0xFFFFFFFF
 */
public record StdObjRef(int flags, long publicRefs, long oxid, long oid, Guid ipid) {
    /** SORF_NOPING: the object lives without pings. */
    public static final int NO_PING = 0x1000;

    /** @throws IllegalArgumentException publicRefs is no u32 */
    public StdObjRef {
        if (publicRefs < 0 || publicRefs > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("publicRefs " + publicRefs + " is not 32 bits");
        }
    }

    public StdObjRef withPublicRefs(long count) {
        return new StdObjRef(flags, count, oxid, oid, ipid);
    }

    public boolean isPinged() {
        return (flags & NO_PING) == 0;
    }

    /** As it stands in an OBJREF. */
    public static StdObjRef readPacket(ByteReader in) throws MalformedException {
        return new StdObjRef(
                in.i32("flags"), in.u32("cPublicRefs"), in.i64("oxid"), in.i64("oid"), Guid.read(in, "ipid"));
    }

    /** As it stands in REMQIRESULT. */
    public static StdObjRef read(NdrReader in) throws MalformedException {
        in.align(Long.BYTES);
        return new StdObjRef(in.i32("flags"), in.u32("cPublicRefs"), in.i64("oxid"), in.i64("oid"), in.guid("ipid"));
    }

    /** As it stands in an OBJREF. */
    public void writePacket(ByteWriter out) {
        out.i32(flags).u32(publicRefs, "cPublicRefs").i64(oxid).i64(oid);
        ipid.write(out);
    }

    /** As it stands in REMQIRESULT. */
    public void write(NdrWriter out) {
        out.align(Long.BYTES)
                .i32(flags)
                .u32(publicRefs, "cPublicRefs")
                .i64(oxid)
                .i64(oid)
                .guid(ipid);
    }
}
