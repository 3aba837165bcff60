package org.tandemopc.simulator.da;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** The items of a group (DA 3.0 4.4.2). Access paths are ignored, as servers do that have none. */
record GroupItems(GroupObject group) implements IOPCItemMgt {
    @Override
    public Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> items) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> Answers.each(items.size(), OpcItemResult.NONE, i -> add(model, items.get(i))));
    }

    private Result<OpcItemResult> add(DaGroupModel model, OpcItemDef asked) {
        Result<DaItem> found = check(asked);
        if (!found.isSuccess()) {
            return Result.failure(found.hresult());
        }
        DaItem item = found.value();
        return model.add(item, asked.clientHandle(), asked.isActive(), asked.requestedType())
                .map(added -> Result.ok(result(item, added.serverHandle)))
                .orElseGet(() -> Result.failure(HResult.E_OUTOFMEMORY));
    }

    private Result<DaItem> check(OpcItemDef asked) {
        Result<DaItem> found = group.host().find(asked.itemId());
        return found.isSuccess() && !Conversions.isPossible(found.value().type(), asked.requestedType())
                ? Result.failure(OpcResult.OPC_E_BADTYPE)
                : found;
    }

    private static OpcItemResult result(DaItem item, int serverHandle) {
        return new OpcItemResult(serverHandle, item.type(), item.accessRights(), Bytes.EMPTY);
    }

    @Override
    public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> items, boolean blobUpdate) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> Answers.each(items.size(), OpcItemResult.NONE, i -> {
                    Result<DaItem> found = check(items.get(i));
                    return found.isSuccess() ? Result.ok(result(found.value(), 0)) : Result.failure(found.hresult());
                }));
    }

    @Override
    public Result<Ints> removeItems(Ints serverHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> Answers.errors(
                        serverHandles.size(),
                        i -> model.remove(serverHandles.at(i)) ? HResult.S_OK : OpcResult.OPC_E_INVALIDHANDLE));
    }

    @Override
    public Result<Ints> setActiveState(Ints serverHandles, boolean isActive) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    model.activate(item, isActive);
                    return HResult.S_OK;
                }));
    }

    @Override
    public Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    item.clientHandle = clientHandles.at(i);
                    return HResult.S_OK;
                }));
    }

    @Override
    public Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes) {
        return group.call(
                DaFaults.Kind.GROUPS,
                model -> model.each(serverHandles, (item, i) -> {
                    if (!Conversions.isPossible(item.item.type(), requestedTypes.at(i))) {
                        return OpcResult.OPC_E_BADTYPE;
                    }
                    item.requestedType = requestedTypes.at(i);
                    return HResult.S_OK;
                }));
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) {
        if (!iid.equals(IEnumOPCItemAttributes.DEF.iid())) {
            return Result.failure(HResult.E_NOINTERFACE);
        }
        return group.call(DaFaults.Kind.GROUPS, model -> {
            List<OpcItemAttributes> all =
                    model.items().stream().map(DaGroupItem::attributes).toList();
            Optional<ComPointer<IUnknown>> enumerator =
                    Enumerators.attributes(all).map(pointer -> pointer.as(IUnknown.DEF));
            return Result.success(all.isEmpty() ? HResult.S_FALSE : HResult.S_OK, enumerator);
        });
    }
}
