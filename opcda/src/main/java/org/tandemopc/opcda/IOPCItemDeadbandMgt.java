package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;
import org.tandemopc.opcda.params.PerItem;

/** Deadbands of single items, before that of the group (DA 3.0 4.4.9). */
public interface IOPCItemDeadbandMgt {
    /** @param percents 0 to 100 */
    Result<Ints> setItemDeadband(Ints serverHandles, List<Float> percents) throws LinkException, RpcFaultException;

    /** @return OPC_E_DEADBANDNOTSET for an item: it has none */
    Result<PerItem<Float>> getItemDeadband(Ints serverHandles) throws LinkException, RpcFaultException;

    Result<Ints> clearItemDeadband(Ints serverHandles) throws LinkException, RpcFaultException;

    /** The [in] parameters of SetItemDeadband. */
    record SetItemDeadband(Ints serverHandles, List<Float> percents) {
        public SetItemDeadband {
            percents = List.copyOf(percents);
            if (percents.size() != serverHandles.size()) {
                throw new IllegalArgumentException(percents.size() + " percents of " + serverHandles.size());
            }
        }

        static SetItemDeadband read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            List<Float> percents =
                    in.conformant("pPercentDeadband", count, Float.BYTES, here -> here.f32("pPercentDeadband"));
            return new SetItemDeadband(serverHandles, percents);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            out.conformant(percents, NdrWriter::f32);
        }
    }

    Operation<IOPCItemDeadbandMgt, SetItemDeadband, Ints> SET_ITEM_DEADBAND = Operation.sized(
            3,
            "SetItemDeadband",
            Codec.<SetItemDeadband>of(SetItemDeadband::read, (out, call) -> call.write(out)),
            Params.<SetItemDeadband>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.setItemDeadband(in.serverHandles(), in.percents()));

    Operation<IOPCItemDeadbandMgt, Ints, PerItem<Float>> GET_ITEM_DEADBAND = Operation.sized(
            4,
            "GetItemDeadband",
            Params.counted("phServer"),
            Params.<Ints, Float>perItem(
                    "ppPercentDeadband",
                    Ints::size,
                    Float.BYTES,
                    in -> Late.of(in.f32("ppPercentDeadband")),
                    NdrWriter::f32),
            in -> PerItem.none(),
            IOPCItemDeadbandMgt::getItemDeadband);

    Operation<IOPCItemDeadbandMgt, Ints, Ints> CLEAR_ITEM_DEADBAND = Operation.sized(
            5,
            "ClearItemDeadband",
            Params.counted("phServer"),
            Params.<Ints>errors(Ints::size),
            in -> Ints.EMPTY,
            IOPCItemDeadbandMgt::clearItemDeadband);

    InterfaceDef<IOPCItemDeadbandMgt> DEF = InterfaceDef.of(
            "5946da93-8b39-4ec8-ab3d-aa73df5bc86f",
            "IOPCItemDeadbandMgt",
            caller -> new IOPCItemDeadbandMgt() {
                @Override
                public Result<Ints> setItemDeadband(Ints serverHandles, List<Float> percents)
                        throws LinkException, RpcFaultException {
                    return caller.call(SET_ITEM_DEADBAND, new SetItemDeadband(serverHandles, percents));
                }

                @Override
                public Result<PerItem<Float>> getItemDeadband(Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_ITEM_DEADBAND, serverHandles);
                }

                @Override
                public Result<Ints> clearItemDeadband(Ints serverHandles) throws LinkException, RpcFaultException {
                    return caller.call(CLEAR_ITEM_DEADBAND, serverHandles);
                }
            },
            List.of(SET_ITEM_DEADBAND, GET_ITEM_DEADBAND, CLEAR_ITEM_DEADBAND));
}
