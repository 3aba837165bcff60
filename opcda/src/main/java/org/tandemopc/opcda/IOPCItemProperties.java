package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;
import org.tandemopc.opcda.params.PerItem;

/** Properties of items (DA 2.05a 4.4.6). */
public interface IOPCItemProperties {
    Result<List<OpcPropertyInfo>> queryAvailableProperties(String itemId) throws LinkException, RpcFaultException;

    /** S_FALSE: some of them failed, which their HRESULTs say. */
    Result<PerItem<Variant>> getItemProperties(String itemId, Ints propertyIds) throws LinkException, RpcFaultException;

    /**
     * The item that has a property for its value, if there is one.
     *
     * @return S_FALSE: not for all of them
     */
    Result<PerItem<String>> lookupItemIds(String itemId, Ints propertyIds) throws LinkException, RpcFaultException;

    /** The [in] parameters of GetItemProperties. */
    record GetItemProperties(String itemId, Ints propertyIds) {
        static GetItemProperties read(NdrReader in) throws MalformedException {
            String itemId = in.string("szItemID");
            long count = in.u32("dwCount");
            Ints propertyIds = Ints.read(in, "pdwPropertyIDs", count);
            return new GetItemProperties(itemId, propertyIds);
        }

        void write(NdrWriter out) {
            out.string(itemId);
            out.u32(propertyIds.size(), "dwCount");
            propertyIds.write(out);
        }
    }

    /** The [in] parameters of LookupItemIDs. */
    record LookupItemIDs(String itemId, Ints propertyIds) {
        static LookupItemIDs read(NdrReader in) throws MalformedException {
            String itemId = in.string("szItemID");
            long count = in.u32("dwCount");
            Ints propertyIds = Ints.read(in, "pdwPropertyIDs", count);
            return new LookupItemIDs(itemId, propertyIds);
        }

        void write(NdrWriter out) {
            out.string(itemId);
            out.u32(propertyIds.size(), "dwCount");
            propertyIds.write(out);
        }
    }

    private static List<OpcPropertyInfo> readInfos(NdrReader in) throws MalformedException {
        long count = in.u32("pdwCount");
        Ints ids = Params.ints(in, "ppPropertyIDs", count);
        List<String> descriptions = Params.stringList(in, "ppDescriptions", count);
        Ints types = Params.u16List(in, "ppvtDataTypes", count);
        int size = ids.size();
        return Params.zip(
                size,
                descriptions.size() == size && types.size() == size,
                i -> new OpcPropertyInfo(ids.at(i), descriptions.get(i), types.at(i)));
    }

    private static void writeInfos(NdrWriter out, List<OpcPropertyInfo> infos) {
        int count = infos.size();
        out.u32(count, "pdwCount");
        Params.writeInts(
                out, Ints.copyOf(infos.stream().map(OpcPropertyInfo::id).toList()), count);
        Params.writeStringList(
                out, infos.stream().map(OpcPropertyInfo::description).toList(), count);
        Params.writeU16List(
                out, Ints.copyOf(infos.stream().map(OpcPropertyInfo::type).toList()), count);
    }

    Operation<IOPCItemProperties, String, List<OpcPropertyInfo>> QUERY_AVAILABLE_PROPERTIES = Operation.of(
            3,
            "QueryAvailableProperties",
            Params.string("szItemID"),
            Codec.<List<OpcPropertyInfo>>of(IOPCItemProperties::readInfos, IOPCItemProperties::writeInfos),
            List.of(),
            IOPCItemProperties::queryAvailableProperties);

    Operation<IOPCItemProperties, GetItemProperties, PerItem<Variant>> GET_ITEM_PROPERTIES = Operation.sized(
            4,
            "GetItemProperties",
            Codec.<GetItemProperties>of(GetItemProperties::read, (out, call) -> call.write(out)),
            Params.<GetItemProperties, Variant>perItem(
                    "ppvData",
                    in -> in.propertyIds().size(),
                    Integer.BYTES,
                    Variant::slot,
                    (out, value) -> value.write(out)),
            in -> PerItem.none(),
            (target, in) -> target.getItemProperties(in.itemId(), in.propertyIds()));

    Operation<IOPCItemProperties, LookupItemIDs, PerItem<String>> LOOKUP_ITEM_IDS = Operation.sized(
            5,
            "LookupItemIDs",
            Codec.<LookupItemIDs>of(LookupItemIDs::read, (out, call) -> call.write(out)),
            Params.<LookupItemIDs, String>perItem(
                    "ppszNewItemIDs",
                    in -> in.propertyIds().size(),
                    Integer.BYTES,
                    in -> Params.text(in, "ppszNewItemIDs"),
                    Params::writeText),
            in -> PerItem.none(),
            (target, in) -> target.lookupItemIds(in.itemId(), in.propertyIds()));

    InterfaceDef<IOPCItemProperties> DEF = InterfaceDef.of(
            "39c13a72-011e-11d0-9675-0020afd8adb3",
            "IOPCItemProperties",
            caller -> new IOPCItemProperties() {
                @Override
                public Result<List<OpcPropertyInfo>> queryAvailableProperties(String itemId)
                        throws LinkException, RpcFaultException {
                    return caller.call(QUERY_AVAILABLE_PROPERTIES, itemId);
                }

                @Override
                public Result<PerItem<Variant>> getItemProperties(String itemId, Ints propertyIds)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_ITEM_PROPERTIES, new GetItemProperties(itemId, propertyIds));
                }

                @Override
                public Result<PerItem<String>> lookupItemIds(String itemId, Ints propertyIds)
                        throws LinkException, RpcFaultException {
                    return caller.call(LOOKUP_ITEM_IDS, new LookupItemIDs(itemId, propertyIds));
                }
            },
            List.of(QUERY_AVAILABLE_PROPERTIES, GET_ITEM_PROPERTIES, LOOKUP_ITEM_IDS));
}
