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

/** Sampling rates of single items, and buffering (DA 3.0 4.4.10); optional. */
public interface IOPCItemSamplingMgt {
    /**
     * @param requestedRatesMs without sign
     * @return the rates that they are, in ms
     */
    Result<PerItem<Long>> setItemSamplingRate(Ints serverHandles, Ints requestedRatesMs)
            throws LinkException, RpcFaultException;

    /** @return in ms; OPC_E_RATENOTSET for an item: it has that of the group */
    Result<PerItem<Long>> getItemSamplingRate(Ints serverHandles) throws LinkException, RpcFaultException;

    Result<Ints> clearItemSamplingRate(Ints serverHandles) throws LinkException, RpcFaultException;

    Result<Ints> setItemBufferEnable(Ints serverHandles, List<Boolean> enabled) throws LinkException, RpcFaultException;

    Result<PerItem<Boolean>> getItemBufferEnable(Ints serverHandles) throws LinkException, RpcFaultException;

    /** The [in] parameters of SetItemSamplingRate. */
    record SetItemSamplingRate(Ints serverHandles, Ints requestedRatesMs) {
        public SetItemSamplingRate {
            if (requestedRatesMs.size() != serverHandles.size()) {
                throw new IllegalArgumentException(
                        requestedRatesMs.size() + " requestedRatesMs of " + serverHandles.size());
            }
        }

        static SetItemSamplingRate read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            Ints requestedRatesMs = Ints.read(in, "pdwRequestedSamplingRate", count);
            return new SetItemSamplingRate(serverHandles, requestedRatesMs);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            requestedRatesMs.write(out);
        }
    }

    /** The [in] parameters of SetItemBufferEnable. */
    record SetItemBufferEnable(Ints serverHandles, List<Boolean> enabled) {
        public SetItemBufferEnable {
            enabled = List.copyOf(enabled);
            if (enabled.size() != serverHandles.size()) {
                throw new IllegalArgumentException(enabled.size() + " enabled of " + serverHandles.size());
            }
        }

        static SetItemBufferEnable read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            List<Boolean> enabled = in.conformant("pbEnable", count, Integer.BYTES, here -> here.bool32("pbEnable"));
            return new SetItemBufferEnable(serverHandles, enabled);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            out.conformant(enabled, NdrWriter::bool32);
        }
    }

    Operation<IOPCItemSamplingMgt, SetItemSamplingRate, PerItem<Long>> SET_ITEM_SAMPLING_RATE = Operation.sized(
            3,
            "SetItemSamplingRate",
            Codec.<SetItemSamplingRate>of(SetItemSamplingRate::read, (out, call) -> call.write(out)),
            Params.<SetItemSamplingRate, Long>perItem(
                    "ppdwRevisedSamplingRate",
                    in -> in.serverHandles().size(),
                    Integer.BYTES,
                    in -> Late.of(in.u32("ppdwRevisedSamplingRate")),
                    (out, rate) -> out.u32(rate, "ppdwRevisedSamplingRate")),
            in -> PerItem.none(),
            (target, in) -> target.setItemSamplingRate(in.serverHandles(), in.requestedRatesMs()));

    Operation<IOPCItemSamplingMgt, Ints, PerItem<Long>> GET_ITEM_SAMPLING_RATE = Operation.sized(
            4,
            "GetItemSamplingRate",
            Params.counted("phServer"),
            Params.<Ints, Long>perItem(
                    "ppdwSamplingRate",
                    Ints::size,
                    Integer.BYTES,
                    in -> Late.of(in.u32("ppdwSamplingRate")),
                    (out, rate) -> out.u32(rate, "ppdwSamplingRate")),
            in -> PerItem.none(),
            IOPCItemSamplingMgt::getItemSamplingRate);

    Operation<IOPCItemSamplingMgt, Ints, Ints> CLEAR_ITEM_SAMPLING_RATE = Operation.sized(
            5,
            "ClearItemSamplingRate",
            Params.counted("phServer"),
            Params.<Ints>errors(Ints::size),
            in -> Ints.EMPTY,
            IOPCItemSamplingMgt::clearItemSamplingRate);

    Operation<IOPCItemSamplingMgt, SetItemBufferEnable, Ints> SET_ITEM_BUFFER_ENABLE = Operation.sized(
            6,
            "SetItemBufferEnable",
            Codec.<SetItemBufferEnable>of(SetItemBufferEnable::read, (out, call) -> call.write(out)),
            Params.<SetItemBufferEnable>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.setItemBufferEnable(in.serverHandles(), in.enabled()));

    Operation<IOPCItemSamplingMgt, Ints, PerItem<Boolean>> GET_ITEM_BUFFER_ENABLE = Operation.sized(
            7,
            "GetItemBufferEnable",
            Params.counted("phServer"),
            Params.<Ints, Boolean>perItem(
                    "ppbEnable", Ints::size, Integer.BYTES, in -> Late.of(in.bool32("ppbEnable")), NdrWriter::bool32),
            in -> PerItem.none(),
            IOPCItemSamplingMgt::getItemBufferEnable);

    InterfaceDef<IOPCItemSamplingMgt> DEF = InterfaceDef.of(
            "3e22d313-f08b-41a5-86c8-95e95cb49ffc",
            "IOPCItemSamplingMgt",
            caller -> new IOPCItemSamplingMgt() {
                @Override
                public Result<PerItem<Long>> setItemSamplingRate(Ints serverHandles, Ints requestedRatesMs)
                        throws LinkException, RpcFaultException {
                    return caller.call(
                            SET_ITEM_SAMPLING_RATE, new SetItemSamplingRate(serverHandles, requestedRatesMs));
                }

                @Override
                public Result<PerItem<Long>> getItemSamplingRate(Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_ITEM_SAMPLING_RATE, serverHandles);
                }

                @Override
                public Result<Ints> clearItemSamplingRate(Ints serverHandles) throws LinkException, RpcFaultException {
                    return caller.call(CLEAR_ITEM_SAMPLING_RATE, serverHandles);
                }

                @Override
                public Result<Ints> setItemBufferEnable(Ints serverHandles, List<Boolean> enabled)
                        throws LinkException, RpcFaultException {
                    return caller.call(SET_ITEM_BUFFER_ENABLE, new SetItemBufferEnable(serverHandles, enabled));
                }

                @Override
                public Result<PerItem<Boolean>> getItemBufferEnable(Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_ITEM_BUFFER_ENABLE, serverHandles);
                }
            },
            List.of(
                    SET_ITEM_SAMPLING_RATE,
                    GET_ITEM_SAMPLING_RATE,
                    CLEAR_ITEM_SAMPLING_RATE,
                    SET_ITEM_BUFFER_ENABLE,
                    GET_ITEM_BUFFER_ENABLE));
}
