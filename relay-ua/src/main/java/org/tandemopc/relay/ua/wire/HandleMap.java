package org.tandemopc.relay.ua.wire;

import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;

/** What the client calls Tandem's items, and what it wants to see of their values. */
public interface HandleMap {
    /** Returned for items that the client does not have (any more): their values are left out. */
    long NO_ITEM = -1;

    /** The client's handle of the item, a UInt32, or {@link #NO_ITEM}. */
    long clientHandle(int item);

    /** The timestamps that the client asked for; members are always asked for both. */
    TimestampsToReturn timestamps(int item);
}
