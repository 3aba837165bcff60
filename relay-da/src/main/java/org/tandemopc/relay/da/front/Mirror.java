package org.tandemopc.relay.da.front;

import java.util.List;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.Offered;

/**
 * Which interfaces clients find here: those of the members, as clients choose by them how they go on. An object keeps what it was made
 * with, as COM demands; what members are found to have later counts for objects that are made later.
 */
public final class Mirror {
    private Mirror() {}

    /** @param members of the pair; those that were never reached do not count */
    public static Offered of(List<DaConnector> members) {
        return Offered.mirrored(members.stream().map(DaConnector::offered).toList());
    }
}
