package org.tandemopc.opcda;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.params.Params;

/**
 * OPCITEMPROPERTY: a property of an item (DA 3.0 6.7.8). Immutable.
 *
 * <pre>
 * 0   2  vtDataType
 * 2   2  wReserved
 * 4   4  dwPropertyID
 * 8   4  szItemID, a pointer
 * 12  4  szDescription, a pointer
 * 16  4  vValue, a VARIANT
 * 20  4  hrErrorID
 * 24  4  dwReserved
 * </pre>
 *
 * @param type a VARTYPE, 0 to 65,535
 * @param id see {@link OpcProperty}
 * @param itemId of the item that has the property for its value; empty: none
 * @param value VT_EMPTY if it was not asked for
 * @param hresult of this property
 */
public record OpcItemProperty(int type, int id, String itemId, String description, Variant value, int hresult) {
    static final int BYTES = 28;

    static Late<OpcItemProperty> fixed(NdrReader in) throws MalformedException {
        // the structure is aligned as its widest member is
        int type = in.align(Integer.BYTES).u16("vtDataType");
        in.u16("wReserved");
        int id = in.i32("dwPropertyID");
        Late<String> itemId = Params.text(in, "szItemID");
        Late<String> description = Params.text(in, "szDescription");
        Late<Variant> value = Variant.slot(in);
        int hresult = in.i32("hrErrorID");
        in.u32("dwReserved");
        return () -> new OpcItemProperty(type, id, itemId.get(), description.get(), value.get(), hresult);
    }

    void write(NdrWriter out) {
        out.align(Integer.BYTES).u16(type, "vtDataType").u16(0, "wReserved").i32(id);
        Params.writeText(out, itemId);
        Params.writeText(out, description);
        value.write(out);
        out.i32(hresult).u32(0, "dwReserved");
    }
}
