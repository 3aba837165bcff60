package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.OpcProperty;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** Properties as DA 2.05a has them (4.4.6): without 7 and 8, which it reserves. */
record ItemProperties(DaHost host) implements IOPCItemProperties {
    @Override
    public Result<List<OpcPropertyInfo>> queryAvailableProperties(String itemId) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        Result<DaItem> item = host.find(itemId);
        return item.isSuccess()
                ? Result.ok(host.properties().available(item.value(), false))
                : Result.failure(item.hresult());
    }

    @Override
    public Result<PerItem<Variant>> getItemProperties(String itemId, Ints propertyIds) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        Result<DaItem> item = host.find(itemId);
        return item.isSuccess()
                ? Answers.each(
                        propertyIds.size(),
                        Variant.EMPTY,
                        i -> host.properties().value(item.value(), propertyIds.at(i)))
                : Result.failure(item.hresult());
    }

    /** No property is an item of its own here. */
    @Override
    public Result<PerItem<String>> lookupItemIds(String itemId, Ints propertyIds) {
        host.faults().pass(DaFaults.Kind.BROWSE);
        Result<DaItem> item = host.find(itemId);
        if (!item.isSuccess()) {
            return Result.failure(item.hresult());
        }
        return Answers.each(propertyIds.size(), "", i -> {
            int id = propertyIds.at(i);
            boolean isOfEveryItem =
                    OpcProperty.of(id).filter(OpcProperty::isOfEveryItem).isPresent();
            boolean isThere =
                    !isOfEveryItem && host.properties().value(item.value(), id).isSuccess();
            return Result.failure(isThere ? HResult.E_FAIL : OpcResult.OPC_E_INVALID_PID);
        });
    }
}
