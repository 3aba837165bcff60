package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.Params;

/** As {@link IOPCAsyncIO2}, by age, and with quality and time (DA 3.0 4.4.8). */
public interface IOPCAsyncIO3 extends IOPCAsyncIO2 {
    /** @param maxAgesMs without sign: how old a value may be */
    Result<Started> readMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId)
            throws LinkException, RpcFaultException;

    Result<Started> writeVqt(Ints serverHandles, List<OpcItemVqt> values, int transactionId)
            throws LinkException, RpcFaultException;

    Result<Integer> refreshMaxAge(long maxAgeMs, int transactionId) throws LinkException, RpcFaultException;

    /** The [in] parameters of ReadMaxAge. */
    record ReadMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId) {
        public ReadMaxAge {
            if (maxAgesMs.size() != serverHandles.size()) {
                throw new IllegalArgumentException(maxAgesMs.size() + " maxAgesMs of " + serverHandles.size());
            }
        }

        static ReadMaxAge read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            Ints maxAgesMs = Ints.read(in, "pdwMaxAge", count);
            int transactionId = in.i32("dwTransactionID");
            return new ReadMaxAge(serverHandles, maxAgesMs, transactionId);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            maxAgesMs.write(out);
            out.i32(transactionId);
        }
    }

    /** The [in] parameters of WriteVQT. */
    record WriteVQT(Ints serverHandles, List<OpcItemVqt> values, int transactionId) {
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
            int transactionId = in.i32("dwTransactionID");
            return new WriteVQT(serverHandles, values, transactionId);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            Params.writeArray(out, values, (here, one) -> one.write(here));
            out.i32(transactionId);
        }
    }

    /** The [in] parameters of RefreshMaxAge. */
    record RefreshMaxAge(long maxAgeMs, int transactionId) {
        static RefreshMaxAge read(NdrReader in) throws MalformedException {
            long maxAgeMs = in.u32("dwMaxAge");
            int transactionId = in.i32("dwTransactionID");
            return new RefreshMaxAge(maxAgeMs, transactionId);
        }

        void write(NdrWriter out) {
            out.u32(maxAgeMs, "dwMaxAge");
            out.i32(transactionId);
        }
    }

    Operation<IOPCAsyncIO3, ReadMaxAge, Started> READ_MAX_AGE = Operation.sized(
            9,
            "ReadMaxAge",
            Codec.<ReadMaxAge>of(ReadMaxAge::read, (out, call) -> call.write(out)),
            Started.<ReadMaxAge>out("pdwCancelID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.readMaxAge(in.serverHandles(), in.maxAgesMs(), in.transactionId()));

    Operation<IOPCAsyncIO3, WriteVQT, Started> WRITE_VQT = Operation.sized(
            10,
            "WriteVQT",
            Codec.<WriteVQT>of(WriteVQT::read, (out, call) -> call.write(out)),
            Started.<WriteVQT>out("pdwCancelID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.writeVqt(in.serverHandles(), in.values(), in.transactionId()));

    Operation<IOPCAsyncIO3, RefreshMaxAge, Integer> REFRESH_MAX_AGE = Operation.of(
            11,
            "RefreshMaxAge",
            Codec.<RefreshMaxAge>of(RefreshMaxAge::read, (out, call) -> call.write(out)),
            Params.i32("pdwCancelID"),
            0,
            (target, in) -> target.refreshMaxAge(in.maxAgeMs(), in.transactionId()));

    InterfaceDef<IOPCAsyncIO3> DEF = InterfaceDef.extending(
            IOPCAsyncIO2.DEF,
            "0967b97b-36ef-423e-b6f8-6bff1e40d39d",
            "IOPCAsyncIO3",
            caller -> new IOPCAsyncIO3() {
                @Override
                public Result<Started> read(Ints serverHandles, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCAsyncIO2.READ, new IOPCAsyncIO2.Read(serverHandles, transactionId));
                }

                @Override
                public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(
                            IOPCAsyncIO2.WRITE, new IOPCAsyncIO2.Write(serverHandles, values, transactionId));
                }

                @Override
                public Result<Integer> refresh2(OpcDataSource source, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(IOPCAsyncIO2.REFRESH2, new IOPCAsyncIO2.Refresh2(source, transactionId));
                }

                @Override
                public Result<Nothing> cancel2(int cancelId) throws LinkException, RpcFaultException {
                    return caller.call(IOPCAsyncIO2.CANCEL2, cancelId);
                }

                @Override
                public Result<Nothing> setEnable(boolean isEnabled) throws LinkException, RpcFaultException {
                    return caller.call(IOPCAsyncIO2.SET_ENABLE, isEnabled);
                }

                @Override
                public Result<Boolean> getEnable() throws LinkException, RpcFaultException {
                    return caller.call(IOPCAsyncIO2.GET_ENABLE, Nothing.NOTHING);
                }

                @Override
                public Result<Started> readMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ_MAX_AGE, new ReadMaxAge(serverHandles, maxAgesMs, transactionId));
                }

                @Override
                public Result<Started> writeVqt(Ints serverHandles, List<OpcItemVqt> values, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE_VQT, new WriteVQT(serverHandles, values, transactionId));
                }

                @Override
                public Result<Integer> refreshMaxAge(long maxAgeMs, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(REFRESH_MAX_AGE, new RefreshMaxAge(maxAgeMs, transactionId));
                }
            },
            List.of(READ_MAX_AGE, WRITE_VQT, REFRESH_MAX_AGE));
}
