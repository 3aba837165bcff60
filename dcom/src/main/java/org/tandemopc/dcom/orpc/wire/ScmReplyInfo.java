package org.tandemopc.dcom.orpc.wire;

import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;

/**
 * ScmReplyInfoData and customREMOTE_REPLY_SCM_INFO ([MS-DCOM] 2.2.22.2.8): a referent that leads nowhere, a referent, then,
 * aligned to 8, {@code u64 Oxid, referent, GUID ipidRemUnknown, u32 authnHint, COMVERSION}, then the DUALSTRINGARRAY.
 *
 * @param bindings where the exporter listens
 * @param authnHint least level that the exporter takes
 */
public record ScmReplyInfo(
        long oxid, Optional<DualStringArray> bindings, Guid ipidRemUnknown, long authnHint, ComVersion version)
        implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1B6);

    static ScmReplyInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.8",
                here -> here.construct(in -> {
                    in.unique("pdwReserved", reserved -> reserved.u32("dwReserved"));
                    return in.ref("remoteReply", ScmReplyInfo::readPointee);
                }));
    }

    private static ScmReplyInfo readPointee(NdrReader pointee) throws MalformedException {
        return pointee.construct(in -> {
            long oxid = in.i64("Oxid");
            Late<Optional<DualStringArray>> bindings = in.unique("pdsaOxidBindings", DualStringArray::read);
            Guid ipid = in.guid("ipidRemUnknown");
            long authnHint = in.u32("authnHint");
            ComVersion version = ComVersion.read(in.align(Short.BYTES));
            return () -> new ScmReplyInfo(oxid, bindings.get(), ipid, authnHint, version);
        });
    }

    @Override
    public Guid clsid() {
        return CLSID;
    }

    @Override
    public void write(NdrWriter out) {
        out.construct(() -> out.nullPointer().ref(this, (here, info) -> info.writePointee(here)));
    }

    private void writePointee(NdrWriter out) {
        out.construct(() -> {
            out.i64(oxid).unique(bindings, (here, array) -> array.write(here));
            out.guid(ipidRemUnknown).u32(authnHint, "authnHint");
            version.write(out);
        });
    }
}
