package org.tandemopc.opcda;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;
import org.tandemopc.opcda.params.PerItem;

/** The items of a group (DA 3.0 4.4.2, DA 2.05a 4.5.2). */
public interface IOPCItemMgt {
    /** @return S_FALSE: some of them failed, which their HRESULTs say. */
    Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> items) throws LinkException, RpcFaultException;

    /** As AddItems, and adds nothing. */
    Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> items, boolean blobUpdate)
            throws LinkException, RpcFaultException;

    /** @return S_FALSE: some of them failed, which their HRESULTs say. */
    Result<Ints> removeItems(Ints serverHandles) throws LinkException, RpcFaultException;

    Result<Ints> setActiveState(Ints serverHandles, boolean isActive) throws LinkException, RpcFaultException;

    Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles) throws LinkException, RpcFaultException;

    /**
     * @param requestedTypes VARTYPEs
     * @return OPC_E_BADTYPE for an item: it keeps the type that it had
     */
    Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes) throws LinkException, RpcFaultException;

    /**
     * @param iid of IEnumOPCItemAttributes
     * @return S_FALSE: there are no items
     */
    Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid) throws LinkException, RpcFaultException;

    /** The [in] parameters of ValidateItems. */
    record ValidateItems(List<OpcItemDef> items, boolean blobUpdate) {
        public ValidateItems {
            items = List.copyOf(items);
        }

        static ValidateItems read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            List<OpcItemDef> items = Params.array(in, "pItemArray", count, OpcItemDef.BYTES, OpcItemDef::fixed);
            boolean blobUpdate = in.bool32("bBlobUpdate");
            return new ValidateItems(items, blobUpdate);
        }

        void write(NdrWriter out) {
            out.u32(items.size(), "dwCount");
            Params.writeArray(out, items, (here, one) -> one.write(here));
            out.bool32(blobUpdate);
        }
    }

    /** The [in] parameters of SetActiveState. */
    record SetActiveState(Ints serverHandles, boolean isActive) {
        static SetActiveState read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            boolean isActive = in.bool32("bActive");
            return new SetActiveState(serverHandles, isActive);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            out.bool32(isActive);
        }
    }

    /** The [in] parameters of SetClientHandles. */
    record SetClientHandles(Ints serverHandles, Ints clientHandles) {
        public SetClientHandles {
            if (clientHandles.size() != serverHandles.size()) {
                throw new IllegalArgumentException(clientHandles.size() + " clientHandles of " + serverHandles.size());
            }
        }

        static SetClientHandles read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            Ints clientHandles = Ints.read(in, "phClient", count);
            return new SetClientHandles(serverHandles, clientHandles);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            clientHandles.write(out);
        }
    }

    /** The [in] parameters of SetDatatypes. */
    record SetDatatypes(Ints serverHandles, Ints requestedTypes) {
        public SetDatatypes {
            if (requestedTypes.size() != serverHandles.size()) {
                throw new IllegalArgumentException(
                        requestedTypes.size() + " requestedTypes of " + serverHandles.size());
            }
        }

        static SetDatatypes read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            Ints requestedTypes = Ints.readU16(in, "pRequestedDatatypes", count);
            return new SetDatatypes(serverHandles, requestedTypes);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            requestedTypes.writeU16(out);
        }
    }

    /** The items to be added: how many, and each. */
    Codec<List<OpcItemDef>> ITEMS = Codec.of(
            (NdrReader in) -> Params.array(in, "pItemArray", in.u32("dwCount"), OpcItemDef.BYTES, OpcItemDef::fixed),
            (out, items) -> {
                out.u32(items.size(), "dwCount");
                Params.writeArray(out, items, (here, one) -> one.write(here));
            });

    Operation<IOPCItemMgt, List<OpcItemDef>, PerItem<OpcItemResult>> ADD_ITEMS = Operation.sized(
            3,
            "AddItems",
            IOPCItemMgt.ITEMS,
            Params.<List<OpcItemDef>, OpcItemResult>perItem(
                    "ppAddResults",
                    List::size,
                    OpcItemResult.BYTES,
                    OpcItemResult::fixed,
                    (out, one) -> one.write(out)),
            in -> PerItem.none(),
            IOPCItemMgt::addItems);

    Operation<IOPCItemMgt, ValidateItems, PerItem<OpcItemResult>> VALIDATE_ITEMS = Operation.sized(
            4,
            "ValidateItems",
            Codec.<ValidateItems>of(ValidateItems::read, (out, call) -> call.write(out)),
            Params.<ValidateItems, OpcItemResult>perItem(
                    "ppValidationResults",
                    in -> in.items().size(),
                    OpcItemResult.BYTES,
                    OpcItemResult::fixed,
                    (out, one) -> one.write(out)),
            in -> PerItem.none(),
            (target, in) -> target.validateItems(in.items(), in.blobUpdate()));

    Operation<IOPCItemMgt, Ints, Ints> REMOVE_ITEMS = Operation.sized(
            5,
            "RemoveItems",
            Params.counted("phServer"),
            Params.<Ints>errors(Ints::size),
            in -> Ints.EMPTY,
            IOPCItemMgt::removeItems);

    Operation<IOPCItemMgt, SetActiveState, Ints> SET_ACTIVE_STATE = Operation.sized(
            6,
            "SetActiveState",
            Codec.<SetActiveState>of(SetActiveState::read, (out, call) -> call.write(out)),
            Params.<SetActiveState>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.setActiveState(in.serverHandles(), in.isActive()));

    Operation<IOPCItemMgt, SetClientHandles, Ints> SET_CLIENT_HANDLES = Operation.sized(
            7,
            "SetClientHandles",
            Codec.<SetClientHandles>of(SetClientHandles::read, (out, call) -> call.write(out)),
            Params.<SetClientHandles>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.setClientHandles(in.serverHandles(), in.clientHandles()));

    Operation<IOPCItemMgt, SetDatatypes, Ints> SET_DATATYPES = Operation.sized(
            8,
            "SetDatatypes",
            Codec.<SetDatatypes>of(SetDatatypes::read, (out, call) -> call.write(out)),
            Params.<SetDatatypes>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.setDatatypes(in.serverHandles(), in.requestedTypes()));

    Operation<IOPCItemMgt, Guid, Optional<ComPointer<IUnknown>>> CREATE_ENUMERATOR = Operation.of(
            9,
            "CreateEnumerator",
            Params.guid("riid"),
            Params.pointer("ppUnk", () -> IUnknown.DEF),
            Optional.empty(),
            IOPCItemMgt::createEnumerator);

    InterfaceDef<IOPCItemMgt> DEF = InterfaceDef.of(
            "39c13a54-011e-11d0-9675-0020afd8adb3",
            "IOPCItemMgt",
            caller -> new IOPCItemMgt() {
                @Override
                public Result<PerItem<OpcItemResult>> addItems(List<OpcItemDef> items)
                        throws LinkException, RpcFaultException {
                    return caller.call(ADD_ITEMS, items);
                }

                @Override
                public Result<PerItem<OpcItemResult>> validateItems(List<OpcItemDef> items, boolean blobUpdate)
                        throws LinkException, RpcFaultException {
                    return caller.call(VALIDATE_ITEMS, new ValidateItems(items, blobUpdate));
                }

                @Override
                public Result<Ints> removeItems(Ints serverHandles) throws LinkException, RpcFaultException {
                    return caller.call(REMOVE_ITEMS, serverHandles);
                }

                @Override
                public Result<Ints> setActiveState(Ints serverHandles, boolean isActive)
                        throws LinkException, RpcFaultException {
                    return caller.call(SET_ACTIVE_STATE, new SetActiveState(serverHandles, isActive));
                }

                @Override
                public Result<Ints> setClientHandles(Ints serverHandles, Ints clientHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(SET_CLIENT_HANDLES, new SetClientHandles(serverHandles, clientHandles));
                }

                @Override
                public Result<Ints> setDatatypes(Ints serverHandles, Ints requestedTypes)
                        throws LinkException, RpcFaultException {
                    return caller.call(SET_DATATYPES, new SetDatatypes(serverHandles, requestedTypes));
                }

                @Override
                public Result<Optional<ComPointer<IUnknown>>> createEnumerator(Guid iid)
                        throws LinkException, RpcFaultException {
                    return caller.call(CREATE_ENUMERATOR, iid);
                }
            },
            List.of(
                    ADD_ITEMS,
                    VALIDATE_ITEMS,
                    REMOVE_ITEMS,
                    SET_ACTIVE_STATE,
                    SET_CLIENT_HANDLES,
                    SET_DATATYPES,
                    CREATE_ENUMERATOR));
}
