package org.tandemopc.relay.da.back;

import org.tandemopc.dcom.Bytes;
import org.tandemopc.opcda.OpcItemDef;

/**
 * What an item of a group is to be at a member. Immutable.
 *
 * @param handle Tandem's own, which the member gets as the client's handle of the item
 * @param requestedType a VARTYPE; 0: the canonical one
 */
public record ItemSpec(
        int handle,
        String itemId,
        String accessPath,
        Bytes blob,
        boolean isActive,
        int requestedType,
        ItemTuning tuning) {
    /** With deadband and sampling of its group. */
    public ItemSpec(int handle, String itemId, String accessPath, Bytes blob, boolean isActive, int requestedType) {
        this(handle, itemId, accessPath, blob, isActive, requestedType, ItemTuning.NONE);
    }

    OpcItemDef def() {
        return new OpcItemDef(accessPath, itemId, isActive, handle, blob, requestedType);
    }
}
