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

/** Reads and writes, and answers by IAdviseSink (DA 2.05a 4.5.9); of DA 1.0. S_FALSE with errors: nothing was begun, and no callback comes. */
public interface IOPCAsyncIO {
    /**
     * @param connection that DAdvise gave, whose format the answer has
     * @return the transaction, not 0
     */
    Result<Started> read(int connection, OpcDataSource source, Ints serverHandles)
            throws LinkException, RpcFaultException;

    Result<Started> write(int connection, Ints serverHandles, List<Variant> values)
            throws LinkException, RpcFaultException;

    Result<Integer> refresh(int connection, OpcDataSource source) throws LinkException, RpcFaultException;

    /** @return S_OK: no callback comes; E_FAIL: it may come, or has come */
    Result<Nothing> cancel(int transactionId) throws LinkException, RpcFaultException;

    /** The [in] parameters of Read. */
    record Read(int connection, OpcDataSource source, Ints serverHandles) {
        static Read read(NdrReader in) throws MalformedException {
            int connection = in.i32("dwConnection");
            OpcDataSource source = OpcDataSource.of(in.enum16("dwSource"));
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            return new Read(connection, source, serverHandles);
        }

        void write(NdrWriter out) {
            out.i32(connection);
            out.enum16(source.code(), "dwSource");
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
        }
    }

    /** The [in] parameters of Write. */
    record Write(int connection, Ints serverHandles, List<Variant> values) {
        public Write {
            values = List.copyOf(values);
            if (values.size() != serverHandles.size()) {
                throw new IllegalArgumentException(values.size() + " values of " + serverHandles.size());
            }
        }

        static Write read(NdrReader in) throws MalformedException {
            int connection = in.i32("dwConnection");
            long count = in.u32("dwCount");
            Ints serverHandles = Ints.read(in, "phServer", count);
            List<Variant> values = Params.variants(in, "pItemValues", count);
            return new Write(connection, serverHandles, values);
        }

        void write(NdrWriter out) {
            out.i32(connection);
            out.u32(serverHandles.size(), "dwCount");
            serverHandles.write(out);
            Params.writeVariants(out, values);
        }
    }

    /** The [in] parameters of Refresh. */
    record Refresh(int connection, OpcDataSource source) {
        static Refresh read(NdrReader in) throws MalformedException {
            int connection = in.i32("dwConnection");
            OpcDataSource source = OpcDataSource.of(in.enum16("dwSource"));
            return new Refresh(connection, source);
        }

        void write(NdrWriter out) {
            out.i32(connection);
            out.enum16(source.code(), "dwSource");
        }
    }

    Operation<IOPCAsyncIO, Read, Started> READ = Operation.sized(
            3,
            "Read",
            Codec.<Read>of(Read::read, (out, call) -> call.write(out)),
            Started.<Read>out("pTransactionID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.read(in.connection(), in.source(), in.serverHandles()));

    Operation<IOPCAsyncIO, Write, Started> WRITE = Operation.sized(
            4,
            "Write",
            Codec.<Write>of(Write::read, (out, call) -> call.write(out)),
            Started.<Write>out("pTransactionID", in -> in.serverHandles().size()),
            in -> Started.NONE,
            (target, in) -> target.write(in.connection(), in.serverHandles(), in.values()));

    Operation<IOPCAsyncIO, Refresh, Integer> REFRESH = Operation.of(
            5,
            "Refresh",
            Codec.<Refresh>of(Refresh::read, (out, call) -> call.write(out)),
            Params.i32("pTransactionID"),
            0,
            (target, in) -> target.refresh(in.connection(), in.source()));

    Operation<IOPCAsyncIO, Integer, Nothing> CANCEL =
            Operation.of(6, "Cancel", Params.i32("dwTransactionID"), IOPCAsyncIO::cancel);

    InterfaceDef<IOPCAsyncIO> DEF = InterfaceDef.of(
            "39c13a53-011e-11d0-9675-0020afd8adb3",
            "IOPCAsyncIO",
            caller -> new IOPCAsyncIO() {
                @Override
                public Result<Started> read(int connection, OpcDataSource source, Ints serverHandles)
                        throws LinkException, RpcFaultException {
                    return caller.call(READ, new Read(connection, source, serverHandles));
                }

                @Override
                public Result<Started> write(int connection, Ints serverHandles, List<Variant> values)
                        throws LinkException, RpcFaultException {
                    return caller.call(WRITE, new Write(connection, serverHandles, values));
                }

                @Override
                public Result<Integer> refresh(int connection, OpcDataSource source)
                        throws LinkException, RpcFaultException {
                    return caller.call(REFRESH, new Refresh(connection, source));
                }

                @Override
                public Result<Nothing> cancel(int transactionId) throws LinkException, RpcFaultException {
                    return caller.call(CANCEL, transactionId);
                }
            },
            List.of(READ, WRITE, REFRESH, CANCEL));
}
