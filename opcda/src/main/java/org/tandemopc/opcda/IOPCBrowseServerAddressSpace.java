package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Params;

/** Browses from a position that the server keeps for its client (DA 2.05a 4.4.8); optional, and not in 3.0. */
public interface IOPCBrowseServerAddressSpace {
    Result<OpcNamespaceType> queryOrganization() throws LinkException, RpcFaultException;

    /**
     * @param name of a branch for DOWN; a fully qualified id for TO, empty for the root
     * @return E_FAIL: not in that direction, or no such name
     */
    Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name)
            throws LinkException, RpcFaultException;

    /**
     * Short names at the position, or all below it.
     *
     * @param filter in the server's syntax; empty: none
     * @param dataType a VARTYPE; 0: any
     * @param accessRights 0: any
     * @return S_FALSE: nothing, and the enumerator is empty
     */
    Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
            OpcBrowseType type, String filter, int dataType, int accessRights) throws LinkException, RpcFaultException;

    /**
     * The fully qualified id of a short name at the position.
     *
     * @param name empty: the position itself
     */
    Result<String> getItemId(String name) throws LinkException, RpcFaultException;

    /** @return E_NOTIMPL: the server has no access paths */
    Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId) throws LinkException, RpcFaultException;

    /** The [in] parameters of ChangeBrowsePosition. */
    record ChangeBrowsePosition(OpcBrowseDirection direction, String name) {
        static ChangeBrowsePosition read(NdrReader in) throws MalformedException {
            OpcBrowseDirection direction = OpcBrowseDirection.of(in.enum16("dwBrowseDirection"));
            String name = in.string("szString");
            return new ChangeBrowsePosition(direction, name);
        }

        void write(NdrWriter out) {
            out.enum16(direction.code(), "dwBrowseDirection");
            out.string(name);
        }
    }

    /** The [in] parameters of BrowseOPCItemIDs. */
    record BrowseOPCItemIDs(OpcBrowseType type, String filter, int dataType, int accessRights) {
        static BrowseOPCItemIDs read(NdrReader in) throws MalformedException {
            OpcBrowseType type = OpcBrowseType.of(in.enum16("dwBrowseFilterType"));
            String filter = in.string("szFilterCriteria");
            int dataType = in.u16("vtDataTypeFilter");
            int accessRights = in.i32("dwAccessRightsFilter");
            return new BrowseOPCItemIDs(type, filter, dataType, accessRights);
        }

        void write(NdrWriter out) {
            out.enum16(type.code(), "dwBrowseFilterType");
            out.string(filter);
            out.u16(dataType, "vtDataTypeFilter");
            out.i32(accessRights);
        }
    }

    Operation<IOPCBrowseServerAddressSpace, Nothing, OpcNamespaceType> QUERY_ORGANIZATION = Operation.of(
            3,
            "QueryOrganization",
            Nothing.CODEC,
            Params.enumeration("pNameSpaceType", OpcNamespaceType.KNOWN, OpcNamespaceType.OTHER),
            OpcNamespaceType.OTHER,
            (target, in) -> target.queryOrganization());

    Operation<IOPCBrowseServerAddressSpace, ChangeBrowsePosition, Nothing> CHANGE_BROWSE_POSITION = Operation.of(
            4,
            "ChangeBrowsePosition",
            Codec.<ChangeBrowsePosition>of(ChangeBrowsePosition::read, (out, call) -> call.write(out)),
            (target, in) -> target.changeBrowsePosition(in.direction(), in.name()));

    Operation<IOPCBrowseServerAddressSpace, BrowseOPCItemIDs, Optional<ComPointer<IEnumString>>> BROWSE_OPC_ITEM_IDS =
            Operation.of(
                    5,
                    "BrowseOPCItemIDs",
                    Codec.<BrowseOPCItemIDs>of(BrowseOPCItemIDs::read, (out, call) -> call.write(out)),
                    Params.pointer("ppIEnumString", () -> IEnumString.DEF),
                    Optional.empty(),
                    (target, in) -> target.browseOpcItemIds(in.type(), in.filter(), in.dataType(), in.accessRights()));

    Operation<IOPCBrowseServerAddressSpace, String, Optional<String>> GET_ITEM_ID = Params.textOperation(
            6, "GetItemID", Params.string("szItemDataID"), "szItemID", IOPCBrowseServerAddressSpace::getItemId);

    Operation<IOPCBrowseServerAddressSpace, String, Optional<ComPointer<IEnumString>>> BROWSE_ACCESS_PATHS =
            Operation.of(
                    7,
                    "BrowseAccessPaths",
                    Params.string("szItemID"),
                    Params.pointer("ppIEnumString", () -> IEnumString.DEF),
                    Optional.empty(),
                    IOPCBrowseServerAddressSpace::browseAccessPaths);

    InterfaceDef<IOPCBrowseServerAddressSpace> DEF = InterfaceDef.of(
            "39c13a4f-011e-11d0-9675-0020afd8adb3",
            "IOPCBrowseServerAddressSpace",
            caller -> new IOPCBrowseServerAddressSpace() {
                @Override
                public Result<OpcNamespaceType> queryOrganization() throws LinkException, RpcFaultException {
                    return caller.call(QUERY_ORGANIZATION, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name)
                        throws LinkException, RpcFaultException {
                    return caller.call(CHANGE_BROWSE_POSITION, new ChangeBrowsePosition(direction, name));
                }

                @Override
                public Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
                        OpcBrowseType type, String filter, int dataType, int accessRights)
                        throws LinkException, RpcFaultException {
                    return caller.call(BROWSE_OPC_ITEM_IDS, new BrowseOPCItemIDs(type, filter, dataType, accessRights));
                }

                @Override
                public Result<String> getItemId(String name) throws LinkException, RpcFaultException {
                    return Params.text(caller.call(GET_ITEM_ID, name));
                }

                @Override
                public Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId)
                        throws LinkException, RpcFaultException {
                    return caller.call(BROWSE_ACCESS_PATHS, itemId);
                }
            },
            List.of(QUERY_ORGANIZATION, CHANGE_BROWSE_POSITION, BROWSE_OPC_ITEM_IDS, GET_ITEM_ID, BROWSE_ACCESS_PATHS));
}
