package org.tandemopc.dcom.orpc.wire;

import java.util.List;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;

/**
 * InstantiationInfoData ([MS-DCOM] 2.2.22.2.1): what is to be made: {@code GUID classId, u32 classCtx, u32 actvflags, i32
 * fIsSurrogate, u32 cIID, u32 instFlag, referent, u32 thisSize, COMVERSION}, then the IIDs as a conformant array.
 *
 * @param classCtx a CLSCTX of the client, says nothing to a server
 * @param flags ACTVFLAGS
 * @param iids 1 to {@link IActivation#INTERFACES_MAX}
 * @param version of the client
 */
public record InstantiationInfo(Guid classId, long classCtx, int flags, List<Guid> iids, ComVersion version)
        implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1AB);

    public InstantiationInfo {
        iids = List.copyOf(iids);
    }

    static InstantiationInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.1",
                here -> here.construct(in -> {
                    Guid classId = in.guid("classId");
                    long classCtx = in.u32("classCtx");
                    int flags = in.i32("actvflags");
                    in.i32("fIsSurrogate");
                    int at = in.offset();
                    long count = in.u32("cIID");
                    if (count < 1 || count > IActivation.INTERFACES_MAX) {
                        throw in.malformed("cIID", at, "is " + count + ", not 1 to " + IActivation.INTERFACES_MAX);
                    }
                    in.u32("instFlag");
                    Late<List<Guid>> iids =
                            in.ref("pIID", list -> list.conformant("pIID", count, Guid.SIZE, iid -> iid.guid("iid")));
                    in.u32("thisSize");
                    ComVersion version = ComVersion.read(in);
                    return () -> new InstantiationInfo(classId, classCtx, flags, iids.get(), version);
                }));
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    /** thisSize is written as 0, as impacket and j-Interop have it; nobody looks at it. */
    @Override
    public void write(NdrWriter out) {
        out.construct(() -> {
            out.guid(classId).u32(classCtx, "classCtx").i32(flags).i32(0);
            out.u32(iids.size(), "cIID").u32(0, "instFlag");
            out.ref(iids, (here, list) -> here.conformant(list, NdrWriter::guid));
            out.u32(0, "thisSize");
            version.write(out);
        });
    }
}
