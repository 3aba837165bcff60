package org.tandemopc.opcda;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * OPCITEMRESULT: what became of an item that was to be added or validated (DA 3.0 6.7.5). Immutable.
 *
 * <pre>
 * 0   4  hServer
 * 4   2  vtCanonicalDataType
 * 6   2  wReserved
 * 8   4  dwAccessRights
 * 12  4  dwBlobSize
 * 16  4  pBlob, a pointer
 * </pre>
 *
 * @param serverHandle unique within the group
 * @param canonicalType a VARTYPE, 0 to 65,535
 * @param accessRights {@link OpcDa#READABLE}, {@link OpcDa#WRITEABLE}
 */
public record OpcItemResult(int serverHandle, int canonicalType, int accessRights, Bytes blob) {
    static final int BYTES = 20;

    /** What stands in the place of an item that failed. */
    public static final OpcItemResult NONE = new OpcItemResult(0, 0, 0, Bytes.EMPTY);

    static Late<OpcItemResult> fixed(NdrReader in) throws MalformedException {
        int server = in.i32("hServer");
        int type = in.u16("vtCanonicalDataType");
        in.u16("wReserved");
        int rights = in.i32("dwAccessRights");
        Late<Bytes> blob = Blob.fixed(in);
        return () -> new OpcItemResult(server, type, rights, blob.get());
    }

    void write(NdrWriter out) {
        out.i32(serverHandle)
                .u16(canonicalType, "vtCanonicalDataType")
                .u16(0, "wReserved")
                .i32(accessRights);
        Blob.write(out, blob);
    }
}
