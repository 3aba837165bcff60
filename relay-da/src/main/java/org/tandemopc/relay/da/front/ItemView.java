package org.tandemopc.relay.da.front;

import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.relay.da.back.ItemSpec;

/**
 * An item of a group as its client sees it. Immutable.
 *
 * @param handle Tandem's own, the client's server handle of the item
 * @param def with the active state, client handle and type of now
 * @param canonicalType a VARTYPE, as the first member told it
 */
record ItemView(int handle, OpcItemDef def, int canonicalType, int accessRights) {
    static ItemView of(int handle, OpcItemDef def) {
        return new ItemView(handle, def, 0, 0);
    }

    ItemView with(OpcItemResult result) {
        return new ItemView(handle, def, result.canonicalType(), result.accessRights());
    }

    ItemView withActive(boolean isActive) {
        return with(new OpcItemDef(
                def.accessPath(), def.itemId(), isActive, def.clientHandle(), def.blob(), def.requestedType()));
    }

    ItemView withClientHandle(int clientHandle) {
        return with(new OpcItemDef(
                def.accessPath(), def.itemId(), def.isActive(), clientHandle, def.blob(), def.requestedType()));
    }

    ItemView withType(int requestedType) {
        return with(new OpcItemDef(
                def.accessPath(), def.itemId(), def.isActive(), def.clientHandle(), def.blob(), requestedType));
    }

    private ItemView with(OpcItemDef changed) {
        return new ItemView(handle, changed, canonicalType, accessRights);
    }

    ItemSpec spec() {
        return new ItemSpec(handle, def.itemId(), def.accessPath(), def.blob(), def.isActive(), def.requestedType());
    }
}
