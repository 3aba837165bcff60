package org.tandemopc.opcda;

import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
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

/** The client's object that a group gives its values to (DA 3.0 4.5.1, DA 2.05a 4.6.1). What it answers is not looked at. */
public interface IOPCDataCallback {
    /** Values that changed, or all that a refresh asked for. None: the server lives, and has nothing to say. */
    Result<Nothing> onDataChange(DataChange change) throws LinkException, RpcFaultException;

    /** What a Read gave. */
    Result<Nothing> onReadComplete(DataChange change) throws LinkException, RpcFaultException;

    Result<Nothing> onWriteComplete(WriteComplete call) throws LinkException, RpcFaultException;

    Result<Nothing> onCancelComplete(int transactionId, int clientGroup) throws LinkException, RpcFaultException;

    /**
     * The [in] parameters of OnWriteComplete. Immutable.
     *
     * @param clientGroup the client handle of the group
     * @param masterError S_OK: all are written
     * @param errors for each client handle
     */
    record WriteComplete(int transactionId, int clientGroup, int masterError, Ints clientHandles, Ints errors) {
        public WriteComplete {
            if (errors.size() != clientHandles.size()) {
                throw new IllegalArgumentException(errors.size() + " errors of " + clientHandles.size());
            }
        }

        static WriteComplete read(NdrReader in) throws MalformedException {
            int transactionId = in.i32("dwTransid");
            int clientGroup = in.i32("hGroup");
            int masterError = in.i32("hrMastererr");
            long count = in.u32("dwCount");
            Ints clientHandles = Ints.read(in, "pClienthandles", count);
            Ints errors = Ints.read(in, "pErrors", count);
            return new WriteComplete(transactionId, clientGroup, masterError, clientHandles, errors);
        }

        void write(NdrWriter out) {
            out.i32(transactionId);
            out.i32(clientGroup);
            out.i32(masterError);
            out.u32(clientHandles.size(), "dwCount");
            clientHandles.write(out);
            errors.write(out);
        }
    }

    /** The [in] parameters of OnCancelComplete. */
    record OnCancelComplete(int transactionId, int clientGroup) {
        static OnCancelComplete read(NdrReader in) throws MalformedException {
            int transactionId = in.i32("dwTransid");
            int clientGroup = in.i32("hGroup");
            return new OnCancelComplete(transactionId, clientGroup);
        }

        void write(NdrWriter out) {
            out.i32(transactionId);
            out.i32(clientGroup);
        }
    }

    /**
     * The [in] parameters of OnDataChange and OnReadComplete. Immutable.
     *
     * @param transactionId 0: nobody asked
     * @param clientGroup the client handle of the group
     * @param masterQuality S_OK: all are good; else S_FALSE
     * @param masterError S_OK: none failed; else S_FALSE
     */
    record DataChange(
            int transactionId, int clientGroup, int masterQuality, int masterError, List<OpcItemChange> items) {
        static final Codec<DataChange> CODEC = Codec.of(DataChange::read, (out, change) -> change.write(out));

        public DataChange {
            items = List.copyOf(items);
        }

        static DataChange read(NdrReader in) throws MalformedException {
            int transaction = in.i32("dwTransid");
            int group = in.i32("hGroup");
            int quality = in.i32("hrMasterquality");
            int error = in.i32("hrMastererror");
            long count = in.u32("dwCount");
            Ints handles = Ints.read(in, "phClientItems", count);
            List<Variant> values = Params.variants(in, "pvValues", count);
            Ints qualities = Ints.readU16(in, "pwQualities", count);
            List<FileTime> times =
                    in.conformant("pftTimeStamps", count, Long.BYTES, here -> FileTime.read(here, "pftTimeStamps"));
            Ints errors = Ints.read(in, "pErrors", count);
            return new DataChange(
                    transaction,
                    group,
                    quality,
                    error,
                    Params.zip(
                            handles.size(),
                            true,
                            i -> new OpcItemChange(
                                    handles.at(i),
                                    values.get(i),
                                    Quality.of(qualities.at(i)),
                                    times.get(i),
                                    errors.at(i))));
        }

        /** All five arrays, if they are empty too. */
        void write(NdrWriter out) {
            out.i32(transactionId).i32(clientGroup).i32(masterQuality).i32(masterError);
            out.u32(items.size(), "dwCount").conformant(items, (here, item) -> here.i32(item.clientHandle()));
            out.construct(
                    () -> out.conformant(items, (here, item) -> item.value().write(here)));
            out.conformant(items, (here, item) -> here.u16(item.quality().bits(), "pwQualities"));
            out.conformant(items, (here, item) -> item.timestamp().write(here));
            out.conformant(items, (here, item) -> here.i32(item.error()));
        }
    }

    Operation<IOPCDataCallback, DataChange, Nothing> ON_DATA_CHANGE =
            Operation.of(3, "OnDataChange", DataChange.CODEC, IOPCDataCallback::onDataChange);

    Operation<IOPCDataCallback, DataChange, Nothing> ON_READ_COMPLETE =
            Operation.of(4, "OnReadComplete", DataChange.CODEC, IOPCDataCallback::onReadComplete);

    Operation<IOPCDataCallback, WriteComplete, Nothing> ON_WRITE_COMPLETE = Operation.of(
            5,
            "OnWriteComplete",
            Codec.<WriteComplete>of(WriteComplete::read, (out, call) -> call.write(out)),
            IOPCDataCallback::onWriteComplete);

    Operation<IOPCDataCallback, OnCancelComplete, Nothing> ON_CANCEL_COMPLETE = Operation.of(
            6,
            "OnCancelComplete",
            Codec.<OnCancelComplete>of(OnCancelComplete::read, (out, call) -> call.write(out)),
            (target, in) -> target.onCancelComplete(in.transactionId(), in.clientGroup()));

    InterfaceDef<IOPCDataCallback> DEF = InterfaceDef.of(
            "39c13a70-011e-11d0-9675-0020afd8adb3",
            "IOPCDataCallback",
            caller -> new IOPCDataCallback() {
                @Override
                public Result<Nothing> onDataChange(DataChange change) throws LinkException, RpcFaultException {
                    return caller.call(ON_DATA_CHANGE, change);
                }

                @Override
                public Result<Nothing> onReadComplete(DataChange change) throws LinkException, RpcFaultException {
                    return caller.call(ON_READ_COMPLETE, change);
                }

                @Override
                public Result<Nothing> onWriteComplete(WriteComplete call) throws LinkException, RpcFaultException {
                    return caller.call(ON_WRITE_COMPLETE, call);
                }

                @Override
                public Result<Nothing> onCancelComplete(int transactionId, int clientGroup)
                        throws LinkException, RpcFaultException {
                    return caller.call(ON_CANCEL_COMPLETE, new OnCancelComplete(transactionId, clientGroup));
                }
            },
            List.of(ON_DATA_CHANGE, ON_READ_COMPLETE, ON_WRITE_COMPLETE, ON_CANCEL_COMPLETE));
}
