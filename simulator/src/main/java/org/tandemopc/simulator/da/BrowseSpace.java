package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.simulator.Glob;

/** The address space from the position of one client (DA 2.05a 4.4.8). Any thread. */
final class BrowseSpace implements IOPCBrowseServerAddressSpace {
    private final DaHost host;
    private String position = DaAddressSpace.ROOT;

    BrowseSpace(DaHost host) {
        this.host = host;
    }

    @Override
    public Result<OpcNamespaceType> queryOrganization() {
        host.faults().pass(DaFaults.Kind.BROWSE);
        return Result.ok(OpcNamespaceType.HIERARCHICAL);
    }

    @Override
    public Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        boolean knowsTo = host.offers(DaVersion.DA_2_05A) || host.offers(DaVersion.DA_3_0);
        if (direction == OpcBrowseDirection.OTHER || (direction == OpcBrowseDirection.TO && !knowsTo)) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        synchronized (this) {
            Optional<String> next = switch (direction) {
                case UP -> DaAddressSpace.parent(position);
                case DOWN -> name.isEmpty() ? Optional.empty() : Optional.of(DaAddressSpace.join(position, name));
                case TO -> Optional.of(name);
                case OTHER -> Optional.empty();
            };
            if (next.filter(host.space()::isBranch).isEmpty()) {
                return Result.failure(HResult.E_FAIL);
            }
            position = next.get();
            return Answers.DONE;
        }
    }

    private synchronized String position() {
        return position;
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
            OpcBrowseType type, String filter, int dataType, int accessRights) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        if (type == OpcBrowseType.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        String here = position();
        Predicate<String> name = filter.isEmpty() ? any -> true : Glob.of(filter);
        Predicate<DaItem> item = one -> (dataType == 0 || one.type() == dataType)
                && (accessRights == 0 || (one.accessRights() & accessRights) != 0);
        List<String> found = switch (type) {
            case BRANCH ->
                host.space().children(here).stream()
                        .filter(DaAddressSpace.Node::isBranch)
                        .map(DaAddressSpace.Node::name)
                        .filter(name)
                        .toList();
            case LEAF ->
                host.space().children(here).stream()
                        .filter(node ->
                                !node.isBranch() && item.test(node.item().orElseThrow()))
                        .map(DaAddressSpace.Node::name)
                        .filter(name)
                        .toList();
            case FLAT ->
                host.space().below(here).stream()
                        .filter(item)
                        .map(DaItem::id)
                        .filter(name)
                        .toList();
            case OTHER -> List.of();
        };
        return Result.success(found.isEmpty() ? HResult.S_FALSE : HResult.S_OK, Enumerators.strings(found));
    }

    /** Names of a flat list are ids already. */
    @Override
    public Result<String> getItemId(String name) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        String here = position();
        if (name.isEmpty()) {
            return Result.ok(here);
        }
        String below = DaAddressSpace.join(here, name);
        if (isKnown(below)) {
            return Result.ok(below);
        }
        return isKnown(name) ? Result.ok(name) : Result.failure(HResult.E_INVALIDARG);
    }

    private boolean isKnown(String id) {
        return host.space().isBranch(id) || host.space().item(id).isPresent();
    }

    @Override
    public Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId) {
        return Result.failure(HResult.E_NOTIMPL);
    }
}
