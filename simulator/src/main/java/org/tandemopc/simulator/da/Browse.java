package org.tandemopc.simulator.da;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.OpcBrowseElement;
import org.tandemopc.opcda.OpcBrowseFilter;
import org.tandemopc.opcda.OpcItemProperties;
import org.tandemopc.opcda.OpcItemProperty;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.Glob;

/**
 * The address space without a position (DA 3.0 4.3.6). A continuation point says where to go on and, as a number, all else that was
 * asked for; so the server keeps nothing for it, and refuses it with other arguments.
 */
record Browse(DaHost host) implements IOPCBrowse {
    private static final char AT = '@';

    @Override
    public Result<List<OpcItemProperties>> getProperties(List<String> itemIds, boolean returnValues, Ints propertyIds) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        if (itemIds.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        List<OpcItemProperties> all = itemIds.stream()
                .map(id -> properties(host.find(id), returnValues, propertyIds, propertyIds.isEmpty()))
                .toList();
        boolean isWhole = all.stream().allMatch(each -> each.hresult() == HResult.S_OK);
        return Result.success(isWhole ? HResult.S_OK : HResult.S_FALSE, all);
    }

    private OpcItemProperties properties(Result<DaItem> found, boolean withValues, Ints wanted, boolean all) {
        if (!found.isSuccess()) {
            return new OpcItemProperties(found.hresult(), List.of());
        }
        DaItem item = found.value();
        List<OpcPropertyInfo> available = host.properties().available(item, true);
        List<Integer> ids = all ? available.stream().map(OpcPropertyInfo::id).toList() : wanted;
        List<OpcItemProperty> properties = new ArrayList<>();
        int overall = HResult.S_OK;
        for (int id : ids) {
            Result<Variant> value = host.properties().value(item, id);
            if (!value.isSuccess()) {
                overall = HResult.S_FALSE;
            }
            int type = available.stream()
                    .filter(info -> info.id() == id)
                    .map(OpcPropertyInfo::type)
                    .findFirst()
                    .orElse(0);
            Variant told = withValues && value.isSuccess() ? value.value() : Variant.EMPTY;
            properties.add(new OpcItemProperty(type, id, "", DaProperties.description(id), told, value.hresult()));
        }
        return new OpcItemProperties(overall, properties);
    }

    @Override
    public Result<Browsed> browse(BrowseCall call) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        if (call.filter() == OpcBrowseFilter.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (!call.vendorFilter().isEmpty()) {
            return Result.failure(OpcResult.OPC_E_INVALIDFILTER);
        }
        if (!host.space().isBranch(call.itemId())
                && host.space().item(call.itemId()).isEmpty()) {
            return Result.failure(OpcResult.OPC_E_UNKNOWNITEMID);
        }
        int asked = Objects.hash(call.itemId(), call.filter().code(), call.nameFilter(), call.maxElements());
        Predicate<String> name = call.nameFilter().isEmpty() ? any -> true : Glob.of(call.nameFilter());
        List<DaAddressSpace.Node> all = host.space().children(call.itemId()).stream()
                .filter(node -> isWanted(node, call.filter()) && name.test(node.name()))
                .toList();
        Optional<Integer> from = start(call.continuationPoint().orElse(""), asked, all.size());
        return from.map(start -> page(call, all, start, asked))
                .orElseGet(() -> Result.failure(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT));
    }

    private static boolean isWanted(DaAddressSpace.Node node, OpcBrowseFilter filter) {
        return switch (filter) {
            case ALL -> true;
            case BRANCHES -> node.isBranch();
            case ITEMS -> node.item().isPresent();
            case OTHER -> false;
        };
    }

    /** Empty: nothing goes on there. */
    private static Optional<Integer> start(String point, int asked, int size) {
        if (point.isEmpty()) {
            return Optional.of(0);
        }
        if (!point.matches("[0-9]{1,9}@-?[0-9]{1,10}")) {
            return Optional.empty();
        }
        int end = point.indexOf(AT);
        int start = Integer.parseInt(point.substring(0, end));
        boolean isOurs = point.substring(end + 1).equals(Integer.toString(asked));
        return isOurs && start < size ? Optional.of(start) : Optional.empty();
    }

    private Result<Browsed> page(BrowseCall call, List<DaAddressSpace.Node> all, int start, int asked) {
        long limit = call.maxElements() == 0 ? all.size() : call.maxElements();
        int end = Math.toIntExact(Math.min(all.size(), start + limit));
        List<OpcBrowseElement> elements = all.subList(start, end).stream()
                .map(node -> element(call, node))
                .toList();
        Optional<String> more = end < all.size() ? Optional.of("" + end + AT + asked) : Optional.empty();
        boolean isWhole = elements.stream().allMatch(each -> each.properties().hresult() == HResult.S_OK);
        return Result.success(isWhole ? HResult.S_OK : HResult.S_FALSE, new Browsed(more, false, elements));
    }

    private OpcBrowseElement element(BrowseCall call, DaAddressSpace.Node node) {
        int flags = (node.isBranch() ? OpcBrowseElement.HAS_CHILDREN : 0)
                | (node.item().isPresent() ? OpcBrowseElement.IS_ITEM : 0);
        boolean isAsked = call.allProperties() || !call.propertyIds().isEmpty();
        OpcItemProperties properties = isAsked && node.item().isPresent()
                ? properties(
                        Result.ok(node.item().get()), call.returnValues(), call.propertyIds(), call.allProperties())
                : OpcItemProperties.NONE;
        return new OpcBrowseElement(node.name(), node.id(), flags, properties);
    }
}
