package org.tandemopc.relay.da.back;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.opcda.OpcItemDef;

/**
 * What an item of a group is to be at a member. Immutable.
 *
 * @param handle Tandem's own, which the member gets as the client's handle of the item
 * @param requestedType a VARTYPE; 0: the canonical one
 */
public record ItemSpec(int handle, String itemId, String accessPath, Bytes blob, boolean isActive, int requestedType) {
    OpcItemDef def() {
        return new OpcItemDef(accessPath, itemId, isActive, handle, blob, requestedType);
    }
}
