package org.tandemopc.dcom.orpc;

import java.util.List;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * ORPCTHIS ([MS-DCOM] 2.2.13.3): what stands before the parameters of every ORPC request, and of activation.
 * <pre>
 * 0   4  COMVERSION of the client
 * 4   4  flags
 * 8   4  reserved1, says nothing
 * 12 16  cid
 * 28  4  referent of the extents, 0 if there are none; they follow at once
 * </pre>
 *
 * @param flags 0 in a call to an object, where all else is RPC_E_INVALID_HEADER; anything in activation
 * @param cid the chain of calls that this one belongs to
 */
public record OrpcThis(ComVersion version, int flags, Guid cid, List<OrpcExtent> extents) {
    public OrpcThis {
        extents = List.copyOf(extents);
    }

    /** Of a call, with nothing special about it. */
    public static OrpcThis of(ComVersion version, Guid cid) {
        return new OrpcThis(version, 0, cid, List.of());
    }

    public static OrpcThis read(NdrReader in) throws MalformedException {
        return in.under(
                "[MS-DCOM] 2.2.13.3",
                header -> header.construct(here -> {
                    ComVersion version = ComVersion.read(here.align(Integer.BYTES));
                    int flags = here.i32("flags");
                    here.u32("reserved1");
                    Guid cid = here.guid("cid");
                    Late<List<OrpcExtent>> extents = OrpcExtent.array(here);
                    return () -> new OrpcThis(version, flags, cid, extents.get());
                }));
    }

    public void write(NdrWriter out) {
        out.construct(() -> {
            version.write(out.align(Integer.BYTES));
            out.i32(flags).u32(0, "reserved1").guid(cid);
            OrpcExtent.writeArray(out, extents);
        });
    }
}
