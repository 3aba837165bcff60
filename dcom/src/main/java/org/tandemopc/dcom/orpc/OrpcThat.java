package org.tandemopc.dcom.orpc;

import java.util.List;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * ORPCTHAT ([MS-DCOM] 2.2.13.4): what stands before the parameters of every ORPC response: {@code u32 flags}, which say
 * nothing, and the referent of the extents, which follow at once.
 */
public record OrpcThat(int flags, List<OrpcExtent> extents) {
    /** With nothing special about it. */
    public static final OrpcThat PLAIN = new OrpcThat(0, List.of());

    public OrpcThat {
        extents = List.copyOf(extents);
    }

    public static OrpcThat read(NdrReader in) throws MalformedException {
        return in.under(
                "[MS-DCOM] 2.2.13.4",
                header -> header.construct(here -> {
                    int flags = here.i32("flags");
                    Late<List<OrpcExtent>> extents = OrpcExtent.array(here);
                    return () -> new OrpcThat(flags, extents.get());
                }));
    }

    public void write(NdrWriter out) {
        out.construct(() -> {
            out.i32(flags);
            OrpcExtent.writeArray(out, extents);
        });
    }
}
