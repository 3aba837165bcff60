package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.opcda.params.Params;

/**
 * OPCITEMPROPERTIES: the properties of one item (DA 3.0 6.7.9). Immutable.
 *
 * <pre>
 * 0   4  hrErrorID
 * 4   4  dwNumProperties
 * 8   4  pItemProperties, a pointer to as many OPCITEMPROPERTY
 * 12  4  dwReserved
 * </pre>
 *
 * @param hresult of the item; S_FALSE: some of its properties failed
 */
public record OpcItemProperties(int hresult, List<OpcItemProperty> properties) {
    static final int BYTES = 16;

    /** None asked for. */
    public static final OpcItemProperties NONE = new OpcItemProperties(0, List.of());

    public OpcItemProperties {
        properties = List.copyOf(properties);
    }

    static Late<OpcItemProperties> fixed(NdrReader in) throws MalformedException {
        int hresult = in.i32("hrErrorID");
        long count = in.u32("dwNumProperties");
        Late<Optional<List<OpcItemProperty>>> properties = in.unique(
                "pItemProperties",
                here -> Params.array(here, "pItemProperties", count, OpcItemProperty.BYTES, OpcItemProperty::fixed));
        in.u32("dwReserved");
        return () -> new OpcItemProperties(hresult, properties.get().orElse(List.of()));
    }

    void write(NdrWriter out) {
        out.i32(hresult)
                .u32(properties.size(), "dwNumProperties")
                .unique(
                        properties.isEmpty() ? Optional.empty() : Optional.of(properties),
                        (here, all) -> Params.writeArray(here, all, (to, one) -> one.write(to)))
                .u32(0, "dwReserved");
    }
}
