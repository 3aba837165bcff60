package org.tandemopc.opcda;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.opcda.params.Params;

/**
 * OPCBROWSEELEMENT: an element of the address space (DA 3.0 6.7.10). Immutable.
 *
 * <pre>
 * 0   4  szName, a pointer
 * 4   4  szItemID, a pointer
 * 8   4  dwFlagValue
 * 12  4  dwReserved
 * 16 16  ItemProperties, an OPCITEMPROPERTIES
 * </pre>
 *
 * @param name short, for people
 * @param itemId what Browse and AddItems take
 * @param flags {@link #HAS_CHILDREN}, {@link #IS_ITEM}
 */
public record OpcBrowseElement(String name, String itemId, int flags, OpcItemProperties properties) {
    static final int BYTES = 32;

    /** OPC_BROWSE_HASCHILDREN. */
    public static final int HAS_CHILDREN = 1;

    /** OPC_BROWSE_ISITEM. */
    public static final int IS_ITEM = 2;

    public boolean hasChildren() {
        return (flags & HAS_CHILDREN) != 0;
    }

    public boolean isItem() {
        return (flags & IS_ITEM) != 0;
    }

    static Late<OpcBrowseElement> fixed(NdrReader in) throws MalformedException {
        Late<String> name = Params.text(in, "szName");
        Late<String> itemId = Params.text(in, "szItemID");
        int flags = in.i32("dwFlagValue");
        in.u32("dwReserved");
        Late<OpcItemProperties> properties = OpcItemProperties.fixed(in);
        return () -> new OpcBrowseElement(name.get(), itemId.get(), flags, properties.get());
    }

    void write(NdrWriter out) {
        Params.writeText(out, name);
        Params.writeText(out, itemId);
        out.i32(flags).u32(0, "dwReserved");
        properties.write(out);
    }
}
