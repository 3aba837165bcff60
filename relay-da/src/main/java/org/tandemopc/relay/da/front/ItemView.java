package org.tandemopc.relay.da.front;

import java.util.Optional;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcEuType;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.relay.da.back.ItemSpec;
import org.tandemopc.relay.da.back.ItemTuning;

/**
 * An item of a group as its client sees it. Immutable.
 *
 * @param handle Tandem's own, the client's server handle of the item
 * @param def with the active state, client handle and type of now
 * @param canonicalType a VARTYPE, as the first member told it
 * @param tuning deadband and sampling of its own
 */
record ItemView(int handle, OpcItemDef def, int canonicalType, int accessRights, ItemTuning tuning) {
    static ItemView of(int handle, OpcItemDef def) {
        return new ItemView(handle, def, 0, 0, ItemTuning.NONE);
    }

    ItemView with(OpcItemResult result) {
        return new ItemView(handle, def, result.canonicalType(), result.accessRights(), tuning);
    }

    /** The same item in another group. */
    ItemView copy(int other) {
        return new ItemView(other, def, canonicalType, accessRights, tuning);
    }

    ItemView withTuning(ItemTuning now) {
        return new ItemView(handle, def, canonicalType, accessRights, now);
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
        return new ItemView(handle, changed, canonicalType, accessRights, tuning);
    }

    /** @param told by the active member, of which the units are taken; empty: nobody tells them */
    OpcItemAttributes attributes(Optional<OpcItemAttributes> told) {
        return new OpcItemAttributes(
                def.accessPath(),
                def.itemId(),
                def.isActive(),
                def.clientHandle(),
                handle,
                accessRights,
                def.blob(),
                def.requestedType(),
                canonicalType,
                told.map(OpcItemAttributes::euType).orElse(OpcEuType.NONE),
                told.map(OpcItemAttributes::euInfo).orElse(Variant.EMPTY));
    }

    ItemSpec spec() {
        return new ItemSpec(
                handle, def.itemId(), def.accessPath(), def.blob(), def.isActive(), def.requestedType(), tuning);
    }
}
