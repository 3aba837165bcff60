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

/** Reads and writes, and answers by {@link IOPCDataCallback} (DA 3.0 4.4.7, DA 2.05a 4.5.6). CONNECT_E_NOCONNECTION: nobody has advised. */
public interface IOPCAsyncIO2 {
    /**
     * Asks the device; the answer is OnReadComplete.
     *
     * @param transactionId that the answer has, as the client likes
     * @return S_FALSE: some items failed at once and are not in the answer; if all did, none comes
     */
    Result<Started> read(Ints serverHandles, int transactionId) throws LinkException, RpcFaultException;

    /** The answer is OnWriteComplete. */
    Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId)
            throws LinkException, RpcFaultException;

    /**
     * All active items, by OnDataChange.
     *
     * @return E_FAIL: the group is not active, or none of its items is
     */
    Result<Integer> refresh2(OpcDataSource source, int transactionId) throws LinkException, RpcFaultException;

    /** @return S_OK: OnCancelComplete comes; E_FAIL: too late, or no such */
    Result<Nothing> cancel2(int cancelId) throws LinkException, RpcFaultException;

    /** Whether OnDataChange comes by itself; what was asked for comes anyhow. */
    Result<Nothing> setEnable(boolean isEnabled) throws LinkException, RpcFaultException;

    Result<Boolean> getEnable() throws LinkException, RpcFaultException;

    /** The [in] parameters of Read. */
    record Read(Ints serverHandles, int transactionId) {
        static Read read(NdrReader in) throws MalformedException {
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            int transactionId = in.i32("dwTransactionID");
            return new Read(serverHandles, transactionId);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            out.i32(transactionId);
        }
    }

    /** The [in] parameters of Write. */
    record Write(Ints serverHandles, List<Variant> values, int transactionId) {
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
            int transactionId = in.i32("dwTransactionID");
            return new Write(serverHandles, values, transactionId);
        }

        void write(NdrWriter out) {
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            Params.writeVariants(out, values);
            out.i32(transactionId);
        }
    }

    /** The [in] parameters of Refresh2. */
    record Refresh2(OpcDataSource source, int transactionId) {
        static Refresh2 read(NdrReader in) throws MalformedException {
            OpcDataSource source = OpcDataSource.of(in.enum16("dwSource"));
            int transactionId = in.i32("dwTransactionID");
            return new Refresh2(source, transactionId);
        }

        void write(NdrWriter out) {
            out.enum16(source.code(), "dwSource");
            out.i32(transactionId);
        }
    }

    Operation<IOPCAsyncIO2, Read, Started> READ = Operation.sized(
            3,
            "Read",
            Codec.<Read>of(Read::read, (out, call) -> call.write(out)),
            Started.<Read>out("pdwCancelID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.read(in.serverHandles(), in.transactionId()));

    Operation<IOPCAsyncIO2, Write, Started> WRITE = Operation.sized(
            4,
            "Write",
            Codec.<Write>of(Write::read, (out, call) -> call.write(out)),
            Started.<Write>out("pdwCancelID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.write(in.serverHandles(), in.values(), in.transactionId()));

    Operation<IOPCAsyncIO2, Refresh2, Integer> REFRESH2 = Operation.of(
            5,
            "Refresh2",
            Codec.<Refresh2>of(Refresh2::read, (out, call) -> call.write(out)),
            Params.i32("pdwCancelID"),
            0,
            (target, in) -> target.refresh2(in.source(), in.transactionId()));

    Operation<IOPCAsyncIO2, Integer, Nothing> CANCEL2 =
            Operation.of(6, "Cancel2", Params.i32("dwCancelID"), IOPCAsyncIO2::cancel2);

    Operation<IOPCAsyncIO2, Boolean, Nothing> SET_ENABLE =
            Operation.of(7, "SetEnable", Params.bool("bEnable"), IOPCAsyncIO2::setEnable);

    Operation<IOPCAsyncIO2, Nothing, Boolean> GET_ENABLE = Operation.of(
            8, "GetEnable", Nothing.CODEC, Params.bool("pbEnable"), false, (target, in) -> target.getEnable());

    InterfaceDef<IOPCAsyncIO2> DEF = InterfaceDef.of(
            "39c13a71-011e-11d0-9675-0020afd8adb3",
            "IOPCAsyncIO2",
            caller -> new IOPCAsyncIO2() {
                @Override
                public Result<Started> read(Ints serverHandles, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ, new Read(serverHandles, transactionId));
                }

                @Override
                public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE, new Write(serverHandles, values, transactionId));
                }

                @Override
                public Result<Integer> refresh2(OpcDataSource source, int transactionId)
                        throws LinkException, RpcFaultException {
                    return caller.call(REFRESH2, new Refresh2(source, transactionId));
                }

                @Override
                public Result<Nothing> cancel2(int cancelId) throws LinkException, RpcFaultException {
                    return caller.call(CANCEL2, cancelId);
                }

                @Override
                public Result<Nothing> setEnable(boolean isEnabled) throws LinkException, RpcFaultException {
                    return caller.call(SET_ENABLE, isEnabled);
                }

                @Override
                public Result<Boolean> getEnable() throws LinkException, RpcFaultException {
                    return caller.call(GET_ENABLE, Nothing.NOTHING);
                }
            },
            List.of(READ, WRITE, REFRESH2, CANCEL2, SET_ENABLE, GET_ENABLE));
}
