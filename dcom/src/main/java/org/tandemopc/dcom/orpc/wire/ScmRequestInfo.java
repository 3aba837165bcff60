package org.tandemopc.dcom.orpc.wire;

import java.util.List;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * ScmRequestInfoData and customREMOTE_REQUEST_SCM_INFO ([MS-DCOM] 2.2.22.2.4): a referent that leads nowhere, a referent,
 * then {@code u32 ClientImpLevel, u16 cRequestedProtseqs, referent}, then the towers as a conformant array of u16.
 *
 * @param clientImpLevel says nothing to a server
 * @param protseqs towers that the client can use; 7 is TCP
 */
public record ScmRequestInfo(long clientImpLevel, List<Integer> protseqs) implements ActivationProperty {
    public static final Guid CLSID = ActivationProperties.known(0x1AA);

    /** MAX_REQUESTED_PROTSEQS ([MS-DCOM] 2.2.28.1). */
    private static final int PROTSEQS_MAX = 0x8000;

    /** @throws IllegalArgumentException more towers than there may be */
    public ScmRequestInfo {
        protseqs = List.copyOf(protseqs);
        if (protseqs.size() > PROTSEQS_MAX) {
            throw new IllegalArgumentException(protseqs.size() + " towers are more than " + PROTSEQS_MAX);
        }
    }

    static ScmRequestInfo read(NdrReader body) throws MalformedException {
        return body.under(
                "[MS-DCOM] 2.2.22.2.4",
                here -> here.construct(in -> {
                    in.unique("pdwReserved", reserved -> reserved.u32("dwReserved"));
                    return in.ref("remoteRequest", ScmRequestInfo::readPointee);
                }));
    }

    private static ScmRequestInfo readPointee(NdrReader pointee) throws MalformedException {
        return pointee.construct(in -> {
            long clientImpLevel = in.u32("ClientImpLevel");
            int at = in.offset();
            int count = in.u16("cRequestedProtseqs");
            if (count > PROTSEQS_MAX) {
                throw in.malformed("cRequestedProtseqs", at, "is " + count + ", more than " + PROTSEQS_MAX);
            }
            Late<List<Integer>> protseqs = in.ref(
                    "pRequestedProtseqs",
                    list -> list.conformant("pRequestedProtseqs", count, Short.BYTES, tower -> tower.u16("protseq")));
            return () -> new ScmRequestInfo(clientImpLevel, protseqs.get());
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
        out.construct(() -> out.u32(clientImpLevel, "ClientImpLevel")
                .u16(protseqs.size(), "cRequestedProtseqs")
                .ref(protseqs, (here, list) -> here.conformant(list, (last, tower) -> last.u16(tower, "protseq"))));
    }
}
