package org.tandemopc.opcda;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.opcda.params.Params;

/**
 * OPCITEMDEF: an item that is to be added to a group (DA 3.0 6.7.4). Immutable.
 *
 * <pre>
 * 0   4  szAccessPath, a pointer
 * 4   4  szItemID, a pointer
 * 8   4  bActive
 * 12  4  hClient
 * 16  4  dwBlobSize
 * 20  4  pBlob, a pointer
 * 24  2  vtRequestedDataType
 * 26  2  wReserved
 * </pre>
 *
 * @param accessPath empty: the server chooses
 * @param clientHandle any 32 bits that the client likes
 * @param blob empty: none
 * @param requestedType a VARTYPE, 0 to 65,535; 0: the canonical one
 */
public record OpcItemDef(
        String accessPath, String itemId, boolean isActive, int clientHandle, Bytes blob, int requestedType) {
    static final int BYTES = 28;

    /** Active, of the canonical type, without path and blob. */
    public static OpcItemDef of(String itemId, int clientHandle) {
        return new OpcItemDef("", itemId, true, clientHandle, Bytes.EMPTY, 0);
    }

    static Late<OpcItemDef> fixed(NdrReader in) throws MalformedException {
        Late<String> path = Params.text(in, "szAccessPath");
        Late<String> id = Params.text(in, "szItemID");
        boolean isActive = in.bool32("bActive");
        int client = in.i32("hClient");
        Late<Bytes> blob = Blob.fixed(in);
        int type = in.u16("vtRequestedDataType");
        in.u16("wReserved");
        return () -> new OpcItemDef(path.get(), id.get(), isActive, client, blob.get(), type);
    }

    void write(NdrWriter out) {
        Params.writeText(out, accessPath);
        Params.writeText(out, itemId);
        out.bool32(isActive).i32(clientHandle);
        Blob.write(out, blob);
        out.u16(requestedType, "vtRequestedDataType").u16(0, "wReserved");
    }
}
