package org.tandemopc.relay.da.back;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseElement;
import org.tandemopc.opcda.OpcBrowseFilter;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;

/**
 * Lists what a server has, for people who pick an item: by IOPCBrowse (DA 3.0 4.3.6), and by IOPCBrowseServerAddressSpace (DA 2.05a
 * 4.4.8) where that is not there. The latter has one position for each server object, so use a connection of its own, one call at a time.
 * Calls block until their deadline.
 */
public final class DaBrowser {
    /** Of one listing. */
    public static final int NODES_MAX = 10_000;

    private static final int BATCH = 100;
    private static final int DEPTH_MAX = 64;

    /** Branches that are looked into for any item at all. */
    private static final int BRANCHES_MAX = 50;

    private final DaConnection connection;

    /** @param connection on which nobody else browses */
    public DaBrowser(DaConnection connection) {
        this.connection = connection;
    }

    /**
     * A branch of the address space. Immutable.
     *
     * @param names from the root down to it; empty: the root
     * @param itemId of it, as the server says; empty: the root, or the server has none for branches
     */
    public record Place(List<String> names, String itemId) {
        public static final Place ROOT = new Place(List.of(), "");

        public Place {
            names = List.copyOf(names);
        }

        private Place below(String name, String id) {
            List<String> all = new ArrayList<>(names);
            all.add(name);
            return new Place(all, id);
        }
    }

    /**
     * One child of a branch.
     *
     * @param name for people
     * @param itemId what monitor items and AddItems take; empty: it is a branch that has none
     * @param isItem has a value
     * @param branch where its children are listed; empty: it has none
     */
    public record Node(String name, String itemId, boolean isItem, Optional<Place> branch) {}

    /**
     * @param isAll false: there are more
     * @param isByName the names of branches lead to their children, as servers are browsed that keep a position; else their ids do
     */
    public record Listing(List<Node> nodes, boolean isAll, boolean isByName) {
        public Listing {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * The children of a branch.
     *
     * @param filter of names, with the server's wildcards; empty: none. Old servers filter items only
     * @param most 1 to {@link #NODES_MAX}
     * @return a failure: the server's reason, such as OPC_E_UNKNOWNITEMID; E_NOINTERFACE: it cannot be browsed
     */
    public Result<Listing> children(Place place, String filter, int most, Deadline deadline)
            throws LinkException, RpcFaultException {
        int limit = Math.clamp(most, 1, NODES_MAX);
        Optional<ComPointer<IOPCBrowse>> newer = connection.find(IOPCBrowse.DEF, deadline);
        // a branch that was found without an id is one that only its names lead to
        if (newer.isPresent() && (place.names().isEmpty() || !place.itemId().isEmpty())) {
            return browse(newer.get().within(deadline), place, filter, limit);
        }
        Optional<ComPointer<IOPCBrowseServerAddressSpace>> older =
                connection.find(IOPCBrowseServerAddressSpace.DEF, deadline);
        return older.isPresent()
                ? new Walk(older.get().within(deadline), deadline).children(place, filter, limit)
                : Result.failure(HResult.E_NOINTERFACE);
    }

    /**
     * Any item, the higher the sooner.
     *
     * @return empty: none was found in the branches that were looked into
     */
    Optional<String> anyItem(Deadline deadline) throws LinkException, RpcFaultException {
        ArrayDeque<Place> branches = new ArrayDeque<>(List.of(Place.ROOT));
        for (int i = 0; i < BRANCHES_MAX && !branches.isEmpty(); i++) {
            Result<Listing> listed = children(branches.removeFirst(), "", BATCH, deadline);
            if (!listed.isSuccess()) {
                continue;
            }
            for (Node node : listed.value().nodes()) {
                if (node.isItem() && !node.itemId().isEmpty()) {
                    return Optional.of(node.itemId());
                }
                node.branch().ifPresent(branches::addLast);
            }
        }
        return Optional.empty();
    }

    // ---- IOPCBrowse

    private Result<Listing> browse(IOPCBrowse server, Place place, String filter, int limit)
            throws LinkException, RpcFaultException {
        List<Node> nodes = new ArrayList<>();
        Optional<String> from = Optional.empty();
        boolean isMore = true;
        while (isMore && nodes.size() < limit) {
            Result<IOPCBrowse.Browsed> some = server.browse(new IOPCBrowse.BrowseCall(
                    place.itemId(),
                    from,
                    Math.min(BATCH, limit - nodes.size()),
                    OpcBrowseFilter.ALL,
                    filter,
                    "",
                    false,
                    false,
                    Ints.EMPTY));
            connection.heard();
            if (!some.isSuccess()) {
                return Result.failure(some.hresult());
            }
            some.value().elements().forEach(element -> nodes.add(node(place, element)));
            from = some.value().continuationPoint().filter(point -> !point.isEmpty());
            isMore = some.value().moreElements() || from.isPresent();
            if (from.isEmpty() || some.value().elements().isEmpty()) {
                break;
            }
        }
        return Result.ok(
                new Listing(nodes.subList(0, Math.min(limit, nodes.size())), !isMore && nodes.size() <= limit, false));
    }

    private static Node node(Place place, OpcBrowseElement element) {
        return new Node(
                element.name(),
                element.itemId(),
                element.isItem(),
                element.hasChildren() ? Optional.of(place.below(element.name(), element.itemId())) : Optional.empty());
    }

    // ---- IOPCBrowseServerAddressSpace

    /** One listing by the position that the server keeps. */
    private record Walk(IOPCBrowseServerAddressSpace server, Deadline deadline) {
        Result<Listing> children(Place place, String filter, int limit) throws LinkException, RpcFaultException {
            Result<OpcNamespaceType> organization = server.queryOrganization();
            boolean isFlat = organization.isSuccess() && organization.value() == OpcNamespaceType.FLAT;
            if (!isFlat) {
                Result<Nothing> there = go(place);
                if (!there.isSuccess()) {
                    return Result.failure(there.hresult());
                }
            }
            List<Node> nodes = new ArrayList<>();
            if (!isFlat) {
                for (String name : names(OpcBrowseType.BRANCH, "", limit + 1).value()) {
                    String id = id(name);
                    nodes.add(new Node(name, id, false, Optional.of(place.below(name, id))));
                }
            }
            Result<List<String>> leaves =
                    names(isFlat ? OpcBrowseType.FLAT : OpcBrowseType.LEAF, filter, limit + 1 - nodes.size());
            if (!leaves.isSuccess()) {
                return Result.failure(leaves.hresult());
            }
            boolean isAll = nodes.size() + leaves.value().size() <= limit;
            for (String name : leaves.value()) {
                if (nodes.size() < limit) {
                    nodes.add(new Node(name, id(name), true, Optional.empty()));
                }
            }
            return Result.ok(new Listing(nodes.subList(0, Math.min(limit, nodes.size())), isAll, true));
        }

        /** To the root, which servers of DA 1.0 know the way up to only, and down from there. */
        private Result<Nothing> go(Place place) throws LinkException, RpcFaultException {
            if (!server.changeBrowsePosition(OpcBrowseDirection.TO, "").isSuccess()) {
                for (int up = 0; up < DEPTH_MAX; up++) {
                    if (!server.changeBrowsePosition(OpcBrowseDirection.UP, "").isSuccess()) {
                        break;
                    }
                }
            }
            Result<Nothing> there = Result.ok(Nothing.NOTHING);
            for (String name : place.names()) {
                if (there.isSuccess()) {
                    there = server.changeBrowsePosition(OpcBrowseDirection.DOWN, name);
                }
            }
            return there;
        }

        /** Empty where the server does not say: some have none for branches. */
        private String id(String name) throws LinkException, RpcFaultException {
            Result<String> id = server.getItemId(name);
            return id.isSuccess() ? id.value() : "";
        }

        private Result<List<String>> names(OpcBrowseType type, String filter, int most)
                throws LinkException, RpcFaultException {
            if (most <= 0) {
                return Result.ok(List.of());
            }
            Result<Optional<ComPointer<IEnumString>>> listed = server.browseOpcItemIds(type, filter, 0, 0);
            if (!listed.isSuccess()) {
                return type == OpcBrowseType.BRANCH ? Result.ok(List.of()) : Result.failure(listed.hresult());
            }
            if (listed.value().isEmpty()) {
                return Result.ok(List.of());
            }
            try (ComPointer<IEnumString> names = listed.value().get()) {
                return Result.ok(all(names.within(deadline), most));
            }
        }

        private static List<String> all(IEnumString names, int most) throws LinkException, RpcFaultException {
            List<String> all = new ArrayList<>();
            boolean isMore = true;
            while (isMore && all.size() < most) {
                Result<List<String>> some = names.next(Math.min(BATCH, most - all.size()));
                if (some.isSuccess()) {
                    all.addAll(some.value());
                }
                // servers give fewer than asked for though there are more: only none at all is the end
                isMore = some.isSuccess() && !some.value().isEmpty();
            }
            return List.copyOf(all.subList(0, Math.min(most, all.size())));
        }
    }
}
