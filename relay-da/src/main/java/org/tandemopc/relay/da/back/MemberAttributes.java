package org.tandemopc.relay.da.back;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.OpcItemAttributes;

/** Takes over what a member's enumerator of item attributes gives (DA 3.0 4.4.12). */
final class MemberAttributes {
    private static final int BATCH = 1_000;

    private MemberAttributes() {}

    /**
     * @param itemsMax so many are taken, as a server may go on for ever
     * @return by the client handles that the member has, which are Tandem's handles; empty: the member tells nothing
     */
    static Map<Integer, OpcItemAttributes> of(IOPCItemMgt items, int itemsMax, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<Optional<ComPointer<IUnknown>>> made = items.createEnumerator(IEnumOPCItemAttributes.DEF.iid());
        Map<Integer, OpcItemAttributes> all = new HashMap<>();
        if (!made.isSuccess() || made.value().isEmpty()) {
            return all;
        }
        try (ComPointer<IUnknown> pointer = made.value().get()) {
            IEnumOPCItemAttributes there =
                    pointer.as(IEnumOPCItemAttributes.DEF).within(deadline);
            int taken = 0;
            while (taken < itemsMax) {
                Result<List<OpcItemAttributes>> some = there.next(BATCH);
                if (!some.isSuccess() || some.value().isEmpty()) {
                    break;
                }
                taken += some.value().size();
                some.value().forEach(one -> all.put(one.clientHandle(), one));
            }
        }
        return all;
    }
}
