package org.tandemopc.dcom.orpc.wire;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * REMINTERFACEREF ([MS-DCOM] 2.2.23): references to an interface that are taken or given back: {@code GUID ipid, u32
 * cPublicRefs, u32 cPrivateRefs}.
 *
 * @param publicRefs 0 to 0xFFFFFFFF; 0 is legal, and node-dcom sends it
 * @param privateRefs 0 to 0xFFFFFFFF, counted for one client alone
 */
public record RemInterfaceRef(Guid ipid, long publicRefs, long privateRefs) {
    static final int BYTES = Guid.SIZE + 2 * Integer.BYTES;

    private static final long MAX = 0xFFFF_FFFFL;

    /** @throws IllegalArgumentException a count is no u32 */
    public RemInterfaceRef {
        if (publicRefs < 0 || publicRefs > MAX || privateRefs < 0 || privateRefs > MAX) {
            throw new IllegalArgumentException("counts " + publicRefs + " and " + privateRefs + " are not 32 bits");
        }
    }

    public static RemInterfaceRef read(NdrReader in) throws MalformedException {
        return new RemInterfaceRef(in.guid("ipid"), in.u32("cPublicRefs"), in.u32("cPrivateRefs"));
    }

    public void write(NdrWriter out) {
        out.guid(ipid).u32(publicRefs, "cPublicRefs").u32(privateRefs, "cPrivateRefs");
    }
}
