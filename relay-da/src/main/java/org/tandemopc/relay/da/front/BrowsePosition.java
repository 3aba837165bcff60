package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.OpcBrowseDirection;

/**
 * Where in the address space a client is (DA 2.05a 4.4.8). A new server object is at the root; it is brought to the position by its
 * item id, or name by name where the member is of DA 1.0, which has no BROWSE_TO. Guarded by its owner.
 */
final class BrowsePosition {
    private static final int DEPTH_MAX = 1_000;

    private String itemId = "";

    /** From the root; null: not known, as the client went by an item id. */
    private @Nullable List<String> path = new ArrayList<>();

    /**
     * @param there a server object at its root
     * @return a failure: it has no such place. The position is the root from then on, as it is there
     */
    Result<Nothing> bring(IOPCBrowseServerAddressSpace there) throws LinkException, RpcFaultException {
        if (itemId.isEmpty()) {
            return Result.ok(Nothing.NOTHING);
        }
        Result<Nothing> brought = there.changeBrowsePosition(OpcBrowseDirection.TO, itemId);
        List<String> names = path;
        if (!brought.isSuccess() && names != null) {
            brought = walk(there, names);
        }
        if (!brought.isSuccess()) {
            itemId = "";
            path = new ArrayList<>();
        }
        return brought;
    }

    private static Result<Nothing> walk(IOPCBrowseServerAddressSpace there, List<String> names)
            throws LinkException, RpcFaultException {
        for (int depth = 0; depth < names.size(); depth++) {
            Result<Nothing> down = there.changeBrowsePosition(OpcBrowseDirection.DOWN, names.get(depth));
            if (!down.isSuccess()) {
                for (int up = 0; up < depth; up++) {
                    var unused = there.changeBrowsePosition(OpcBrowseDirection.UP, "");
                }
                return down;
            }
        }
        return Result.ok(Nothing.NOTHING);
    }

    /** Moves, if the member does. @param there a server object at the position */
    Result<Nothing> change(IOPCBrowseServerAddressSpace there, OpcBrowseDirection direction, String name)
            throws LinkException, RpcFaultException {
        Result<Nothing> moved = there.changeBrowsePosition(direction, name);
        if (moved.isSuccess()) {
            Result<String> now = there.getItemId("");
            itemId = now.isSuccess() ? now.value() : direction == OpcBrowseDirection.TO ? name : itemId;
            follow(direction, name);
        }
        return moved;
    }

    private void follow(OpcBrowseDirection direction, String name) {
        if (direction == OpcBrowseDirection.TO) {
            path = name.isEmpty() ? new ArrayList<>() : null;
            return;
        }
        List<String> names = path;
        if (names == null) {
            return;
        }
        if (direction == OpcBrowseDirection.UP && !names.isEmpty()) {
            names.removeLast();
        } else if (direction == OpcBrowseDirection.DOWN) {
            names.add(name);
            path = names.size() > DEPTH_MAX ? null : names;
        }
    }
}
