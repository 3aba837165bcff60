package org.tandemopc.opcda;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.params.Params;

/**
 * OPCITEMATTRIBUTES: an item of a group as IEnumOPCItemAttributes tells it (DA 3.0 6.7.7). Immutable.
 *
 * <pre>
 * 0   4  szAccessPath, a pointer
 * 4   4  szItemID, a pointer
 * 8   4  bActive
 * 12  4  hClient
 * 16  4  hServer
 * 20  4  dwAccessRights
 * 24  4  dwBlobSize
 * 28  4  pBlob, a pointer
 * 32  2  vtRequestedDataType
 * 34  2  vtCanonicalDataType
 * 36  2  dwEUType, and 2 of padding
 * 40  4  vEUInfo, a VARIANT
 * </pre>
 *
 * @param requestedType a VARTYPE, 0 to 65,535
 * @param canonicalType a VARTYPE, 0 to 65,535
 * @param euInfo VT_EMPTY, R8[2] or BSTR[], by the EU type
 */
public record OpcItemAttributes(
        String accessPath,
        String itemId,
        boolean isActive,
        int clientHandle,
        int serverHandle,
        int accessRights,
        Bytes blob,
        int requestedType,
        int canonicalType,
        OpcEuType euType,
        Variant euInfo) {
    static final int BYTES = 44;

    static Late<OpcItemAttributes> fixed(NdrReader in) throws MalformedException {
        Late<String> path = Params.text(in, "szAccessPath");
        Late<String> id = Params.text(in, "szItemID");
        boolean isActive = in.bool32("bActive");
        int client = in.i32("hClient");
        int server = in.i32("hServer");
        int rights = in.i32("dwAccessRights");
        Late<Bytes> blob = Blob.fixed(in);
        int requested = in.u16("vtRequestedDataType");
        int canonical = in.u16("vtCanonicalDataType");
        OpcEuType euType = OpcEuType.of(in.enum16("dwEUType"));
        Late<Variant> euInfo = Variant.slot(in);
        return () -> new OpcItemAttributes(
                path.get(),
                id.get(),
                isActive,
                client,
                server,
                rights,
                blob.get(),
                requested,
                canonical,
                euType,
                euInfo.get());
    }

    void write(NdrWriter out) {
        Params.writeText(out, accessPath);
        Params.writeText(out, itemId);
        out.bool32(isActive).i32(clientHandle).i32(serverHandle).i32(accessRights);
        Blob.write(out, blob);
        out.u16(requestedType, "vtRequestedDataType")
                .u16(canonicalType, "vtCanonicalDataType")
                .enum16(euType.code(), "dwEUType");
        euInfo.write(out);
    }
}
