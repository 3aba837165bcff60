package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
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

/** Reads and writes items without a group (DA 3.0 4.3.7). */
public interface IOPCItemIO {
    /**
     * @param maxAgesMs without sign: how old a value may be; 0: the device is asked
     * @return S_FALSE: some of them failed, which their HRESULTs say.
     */
    Result<PerItem<OpcReading>> read(List<String> itemIds, Ints maxAgesMs) throws LinkException, RpcFaultException;

    /** @return S_FALSE: some of them failed, which their HRESULTs say. OPC_E_NOTSUPPORTED: quality or time cannot be written */
    Result<Ints> writeVqt(List<String> itemIds, List<OpcItemVqt> values) throws LinkException, RpcFaultException;

    /** The [in] parameters of Read. */
    record Read(List<String> itemIds, Ints maxAgesMs) {
        public Read {
            itemIds = List.copyOf(itemIds);
            if (maxAgesMs.size() != itemIds.size()) {
                throw new IllegalArgumentException(maxAgesMs.size() + " maxAgesMs of " + itemIds.size());
            }
        }

        static Read read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            List<String> itemIds = Params.strings(in, "pszItemIDs", count);
            Ints maxAgesMs = Ints.read(in, "pdwMaxAge", count);
            return new Read(itemIds, maxAgesMs);
        }

        void write(NdrWriter out) {
            out.u32(itemIds.size(), "dwCount");
            Params.writeStrings(out, itemIds);
            maxAgesMs.write(out);
        }
    }

    /** The [in] parameters of WriteVQT. */
    record WriteVQT(List<String> itemIds, List<OpcItemVqt> values) {
        public WriteVQT {
            itemIds = List.copyOf(itemIds);
            values = List.copyOf(values);
            if (values.size() != itemIds.size()) {
                throw new IllegalArgumentException(values.size() + " values of " + itemIds.size());
            }
        }

        static WriteVQT read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            List<String> itemIds = Params.strings(in, "pszItemIDs", count);
            List<OpcItemVqt> values = Params.array(in, "pItemVQT", count, OpcItemVqt.BYTES, OpcItemVqt::fixed);
            return new WriteVQT(itemIds, values);
        }

        void write(NdrWriter out) {
            out.u32(itemIds.size(), "dwCount");
            Params.writeStrings(out, itemIds);
            Params.writeArray(out, values, (here, one) -> one.write(here));
        }
    }

    Operation<IOPCItemIO, Read, PerItem<OpcReading>> READ = Operation.sized(
            3,
            "Read",
            Codec.<Read>of(Read::read, (out, call) -> call.write(out)),
            Readings.<Read>out(in -> in.itemIds().size()),
            in -> PerItem.none(),
            (target, in) -> target.read(in.itemIds(), in.maxAgesMs()));

    Operation<IOPCItemIO, WriteVQT, Ints> WRITE_VQT = Operation.sized(
            4,
            "WriteVQT",
            Codec.<WriteVQT>of(WriteVQT::read, (out, call) -> call.write(out)),
            Params.<WriteVQT>errors(in -> in.itemIds().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.writeVqt(in.itemIds(), in.values()));

    InterfaceDef<IOPCItemIO> DEF = InterfaceDef.of(
            "85c0b427-2893-4cbc-bd78-e5fc5146f08f",
            "IOPCItemIO",
            caller -> new IOPCItemIO() {
                @Override
                public Result<PerItem<OpcReading>> read(List<String> itemIds, Ints maxAgesMs)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ, new Read(itemIds, maxAgesMs));
                }

                @Override
                public Result<Ints> writeVqt(List<String> itemIds, List<OpcItemVqt> values)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE_VQT, new WriteVQT(itemIds, values));
                }
            },
            List.of(READ, WRITE_VQT));
}
