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

/** As {@link IOPCSyncIO}, by age, and with quality and time (DA 3.0 4.4.6). */
public interface IOPCSyncIO2 extends IOPCSyncIO {
    /**
     * @param maxAgesMs without sign: how old a value may be; 0: the device is asked; 0xFFFFFFFF: the cache
     * @return S_FALSE: some of them failed, which their HRESULTs say.
     */
    Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs) throws LinkException, RpcFaultException;

    /** @return S_FALSE: some of them failed, which their HRESULTs say. */
    Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values) throws LinkException, RpcFaultException;

    /** The [in] parameters of ReadMaxAge. */
    record ReadMaxAge(Ints serverHandles, Ints maxAgesMs) {
        public ReadMaxAge {
            if (maxAgesMs.size() != serverHandles.size()) {
                throw new IllegalArgumentException(maxAgesMs.size() + " maxAgesMs of " + serverHandles.size());
            }
        }

        static ReadMaxAge read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            Ints maxAgesMs = Ints.read(in, "pdwMaxAge", count);
            return new ReadMaxAge(serverHandles, maxAgesMs);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            maxAgesMs.write(out);
        }
    }

    /** The [in] parameters of WriteVQT. */
    record WriteVQT(Ints serverHandles, List<OpcItemVqt> values) {
        public WriteVQT {
            values = List.copyOf(values);
            if (values.size() != serverHandles.size()) {
                throw new IllegalArgumentException(values.size() + " values of " + serverHandles.size());
            }
        }

        static WriteVQT read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            List<OpcItemVqt> values = Params.array(in, "pItemVQT", count, OpcItemVqt.BYTES, OpcItemVqt::fixed);
            return new WriteVQT(serverHandles, values);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            Params.writeArray(out, values, (here, one) -> one.write(here));
        }
    }

    Operation<IOPCSyncIO2, ReadMaxAge, PerItem<OpcReading>> READ_MAX_AGE = Operation.sized(
            5,
            "ReadMaxAge",
            Codec.<ReadMaxAge>of(ReadMaxAge::read, (out, call) -> call.write(out)),
            Readings.<ReadMaxAge>out(in -> in.serverHandles().size()),
            in -> PerItem.none(),
            (target, in) -> target.readMaxAge(in.serverHandles(), in.maxAgesMs()));

    Operation<IOPCSyncIO2, WriteVQT, Ints> WRITE_VQT = Operation.sized(
            6,
            "WriteVQT",
            Codec.<WriteVQT>of(WriteVQT::read, (out, call) -> call.write(out)),
            Params.<WriteVQT>errors(in -> in.serverHandles().size()),
            in -> Ints.EMPTY,
            (target, in) -> target.writeVqt(in.serverHandles(), in.values()));

    InterfaceDef<IOPCSyncIO2> DEF = InterfaceDef.extending(
            IOPCSyncIO.DEF,
            "730f5f0f-55b1-4c81-9e18-ff8a0904e1fa",
            "IOPCSyncIO2",
            caller -> new IOPCSyncIO2() {
                @Override
                public Result<PerItem<OpcItemState>> read(OpcDataSource source, Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCSyncIO.READ, new IOPCSyncIO.Read(source, serverHandles));
                }

                @Override
                public Result<Ints> write(Ints serverHandles, List<Variant> values)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCSyncIO.WRITE, new IOPCSyncIO.Write(serverHandles, values));
                }

                @Override
                public Result<PerItem<OpcReading>> readMaxAge(Ints serverHandles, Ints maxAgesMs)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ_MAX_AGE, new ReadMaxAge(serverHandles, maxAgesMs));
                }

                @Override
                public Result<Ints> writeVqt(Ints serverHandles, List<OpcItemVqt> values)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE_VQT, new WriteVQT(serverHandles, values));
                }
            },
            List.of(READ_MAX_AGE, WRITE_VQT));
}
