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

/** Reads and writes items of a group, and answers when it is done (DA 3.0 4.4.5, DA 2.05a 4.5.5). */
public interface IOPCSyncIO {
    /** @return S_FALSE: some of them failed, which their HRESULTs say. */
    Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles)
            throws LinkException, RpcFaultException;

    /** @return S_FALSE: some of them failed, which their HRESULTs say. OPC_S_CLAMP for an item: written, but clamped */
    Result<Ints> write(Ints serverHandles, List<Variant> values) throws LinkException, RpcFaultException;

    /** The [in] parameters of Read. */
    record Read(OpcDataSource source, Ints serverHandles) {
        static Read read(NdrReader in) throws MalformedException {
            OpcDataSource source = OpcDataSource.of(in.enum16("dwSource"));
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            return new Read(source, serverHandles);
        }

        void write(NdrWriter out) {
            out.enum16(source.code(), "dwSource");
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
        }
    }

    /** The [in] parameters of Write. */
    record Write(Ints serverHandles, List<Variant> values) {
        public Write {
            values = List.copyOf(values);
            if (values.size() != serverHandles.size()) {
                throw new IllegalArgumentException(values.size() + " values of " + serverHandles.size());
            }
        }

        static Write read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            List<Variant> values = Params.variants(in, "pItemValues", count);
            return new Write(serverHandles, values);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            Params.writeVariants(out, values);
        }
    }

    Operation<IOPCSyncIO, Read, PerItem<OpcItemState>> READ = Operation.sized(
            3,
            "Read",
            Codec.<Read>of(Read::read, (out, call) -> call.write(out)),
            Params.<Read, OpcItemState>perItem(
                    "ppItemValues",
                    in -> in.serverHandles().size(),
                    OpcItemState.BYTES,
                    OpcItemState::fixed,
                    (out, one) -> one.write(out)),
            in -> PerItem.none(),
            (target, in) -> target.read(in.source(), in.serverHandles()));

    Operation<IOPCSyncIO, Write, Ints> WRITE = Operation.sized(
            4,
            "Write",
            Codec.<Write>of(Write::read, (out, call) -> call.write(out)),
            Params.<Write>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.write(in.serverHandles(), in.values()));

    InterfaceDef<IOPCSyncIO> DEF = InterfaceDef.of(
            "39c13a52-011e-11d0-9675-0020afd8adb3",
            "IOPCSyncIO",
            caller -> new IOPCSyncIO() {
                @Override
                public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ, new Read(source, serverHandles));
                }

                @Override
                public Result<Ints> write(Ints serverHandles, List<Variant> values)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE, new Write(serverHandles, values));
                }
            },
            List.of(READ, WRITE));
}
