package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OutCodec;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;

/** Browses without a position, with properties (DA 3.0 4.3.6). */
public interface IOPCBrowse {
    /**
     * @param propertyIds empty: all
     * @return for each item, in their order; S_FALSE: some failed
     */
    Result<List<OpcItemProperties>> getProperties(List<String> itemIds, boolean returnValues, Ints propertyIds)
            throws LinkException, RpcFaultException;

    /** @return S_FALSE: some elements failed; OPC_E_UNKNOWNITEMID; OPC_E_INVALIDCONTINUATIONPOINT */
    Result<Browsed> browse(BrowseCall call) throws LinkException, RpcFaultException;

    /** The [in] parameters of GetProperties. */
    record GetProperties(List<String> itemIds, boolean returnValues, Ints propertyIds) {
        public GetProperties {
            itemIds = List.copyOf(itemIds);
        }

        static GetProperties read(NdrReader in) throws MalformedException {
            long count = in.u32("dwItemCount");
            List<String> itemIds = Params.strings(in, "pszItemIDs", count);
            boolean returnValues = in.bool32("bReturnPropertyValues");
            long propertyCount = in.u32("dwPropertyCount");
            Ints propertyIds = Ints.read(in, "pdwPropertyIDs", propertyCount);
            return new GetProperties(itemIds, returnValues, propertyIds);
        }

        void write(NdrWriter out) {
            out.u32(itemIds.size(), "dwItemCount");
            Params.writeStrings(out, itemIds);
            out.bool32(returnValues);
            out.u32(propertyIds.size(), "dwPropertyCount");
            propertyIds.write(out);
        }
    }

    /**
     * The [in] parameters of Browse. Immutable.
     *
     * @param itemId of the branch; empty: the root
     * @param continuationPoint empty at first; then what the call before gave, all else being the same
     * @param maxElements 0: as many as there are; to 4,294,967,295
     * @param nameFilter wildcards; empty: none
     * @param vendorFilter in the server's syntax; empty: none
     * @param returnValues whether properties come with their values
     * @param propertyIds those that are wanted, unless all are
     */
    record BrowseCall(
            String itemId,
            Optional<String> continuationPoint,
            long maxElements,
            OpcBrowseFilter filter,
            String nameFilter,
            String vendorFilter,
            boolean allProperties,
            boolean returnValues,
            Ints propertyIds) {
        static BrowseCall read(NdrReader in) throws MalformedException {
            String itemId = in.string("szItemID");
            Optional<String> continuationPoint =
                    in.uniqueString("pszContinuationPoint").get();
            long maxElements = in.u32("dwMaxElementsReturned");
            OpcBrowseFilter filter = OpcBrowseFilter.of(in.enum16("dwBrowseFilter"));
            String nameFilter = in.string("szElementNameFilter");
            String vendorFilter = in.string("szVendorFilter");
            boolean allProperties = in.bool32("bReturnAllProperties");
            boolean returnValues = in.bool32("bReturnPropertyValues");
            long propertyCount = in.u32("dwPropertyCount");
            Ints propertyIds = Ints.read(in, "pdwPropertyIDs", propertyCount);
            return new BrowseCall(
                    itemId,
                    continuationPoint,
                    maxElements,
                    filter,
                    nameFilter,
                    vendorFilter,
                    allProperties,
                    returnValues,
                    propertyIds);
        }

        void write(NdrWriter out) {
            out.string(itemId);
            out.uniqueString(continuationPoint);
            out.u32(maxElements, "dwMaxElementsReturned");
            out.enum16(filter.code(), "dwBrowseFilter");
            out.string(nameFilter);
            out.string(vendorFilter);
            out.bool32(allProperties);
            out.bool32(returnValues);
            out.u32(propertyIds.size(), "dwPropertyCount");
            propertyIds.write(out);
        }
    }

    /**
     * The [out] parameters of Browse. Immutable.
     *
     * @param continuationPoint empty: this was all; else there is more, which the next call gets with it
     * @param moreElements there is more, and the server has no continuation points
     */
    record Browsed(Optional<String> continuationPoint, boolean moreElements, List<OpcBrowseElement> elements) {
        static final Browsed NONE = new Browsed(Optional.empty(), false, List.of());

        public Browsed {
            elements = List.copyOf(elements);
        }

        static Browsed read(NdrReader in) throws MalformedException {
            Optional<String> continuationPoint =
                    in.uniqueString("pszContinuationPoint").get();
            boolean moreElements = in.bool32("pbMoreElements");
            long count = in.u32("pdwCount");
            List<OpcBrowseElement> elements =
                    Params.list(in, "ppBrowseElements", count, OpcBrowseElement.BYTES, OpcBrowseElement::fixed);
            return new Browsed(continuationPoint, moreElements, elements);
        }

        void write(NdrWriter out) {
            out.uniqueString(continuationPoint).bool32(moreElements).u32(elements.size(), "pdwCount");
            Params.writeList(out, elements, elements.size(), (here, one) -> one.write(here));
        }
    }

    Operation<IOPCBrowse, GetProperties, List<OpcItemProperties>> GET_PROPERTIES = Operation.sized(
            3,
            "GetProperties",
            Codec.<GetProperties>of(GetProperties::read, (out, call) -> call.write(out)),
            OutCodec.<GetProperties, OpcItemProperties>array(
                    "ppItemProperties",
                    in -> in.itemIds().size(),
                    OpcItemProperties.BYTES,
                    OpcItemProperties::fixed,
                    (out, one) -> one.write(out)),
            in -> List.of(),
            (target, in) -> target.getProperties(in.itemIds(), in.returnValues(), in.propertyIds()));

    Operation<IOPCBrowse, BrowseCall, Browsed> BROWSE = Operation.of(
            4,
            "Browse",
            Codec.<BrowseCall>of(BrowseCall::read, (out, call) -> call.write(out)),
            Codec.<Browsed>of(Browsed::read, (out, browsed) -> browsed.write(out)),
            Browsed.NONE,
            IOPCBrowse::browse);

    InterfaceDef<IOPCBrowse> DEF = InterfaceDef.of(
            "39227004-a18f-4b57-8b0a-5235670f4468",
            "IOPCBrowse",
            caller -> new IOPCBrowse() {
                @Override
                public Result<List<OpcItemProperties>> getProperties(
                        List<String> itemIds, boolean returnValues, Ints propertyIds)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_PROPERTIES, new GetProperties(itemIds, returnValues, propertyIds));
                }

                @Override
                public Result<Browsed> browse(BrowseCall call) throws LinkException, RpcFaultException {
                    return caller.call(BROWSE, call);
                }
            },
            List.of(GET_PROPERTIES, BROWSE));
}
