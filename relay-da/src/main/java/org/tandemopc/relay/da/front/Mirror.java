package org.tandemopc.relay.da.front;

import java.util.List;
import java.util.Set;
import org.tandemopc.dcom.Guid;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.Offered;

/**
 * Which interfaces clients find here: those of the members, as clients choose by them how they go on. An object keeps what it was made
 * with, as COM demands; what members are found to have later counts for objects that are made later.
 */
public final class Mirror {
    /** What members may have and Tandem has not. */
    private static final Set<Guid> NOT_SERVED = Set.of(IOPCAsyncIO.DEF.iid(), IDataObject.DEF.iid());

    private Mirror() {}

    /** @param members of the pair; those that were never reached do not count */
    public static Offered of(List<DaConnector> members) {
        return Offered.mirrored(members.stream().map(DaConnector::offered).toList())
                .without(NOT_SERVED);
    }
}
