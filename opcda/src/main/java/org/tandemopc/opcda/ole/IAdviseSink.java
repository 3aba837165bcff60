package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** The client's object that a group of DA 1.0 sends its data to (DA 2.05a 4.6.3). OPC uses OnDataChange, with a stream in the format that was advised. */
public interface IAdviseSink {
    /** Named RemoteOnDataChange on the wire, where it answers. */
    Result<Nothing> onDataChange(Change change) throws LinkException, RpcFaultException;

    Result<Nothing> onViewChange(long aspect, int index) throws LinkException, RpcFaultException;

    Result<Nothing> onRename(Optional<ComPointer<IUnknown>> moniker) throws LinkException, RpcFaultException;

    Result<Nothing> onSave() throws LinkException, RpcFaultException;

    Result<Nothing> onClose() throws LinkException, RpcFaultException;

    /** The [in] parameters of OnViewChange. */
    record OnViewChange(long aspect, int index) {
        static OnViewChange read(NdrReader in) throws MalformedException {
            long aspect = in.u32("dwAspect");
            int index = in.i32("lindex");
            return new OnViewChange(aspect, index);
        }

        void write(NdrWriter out) {
            out.u32(aspect, "dwAspect");
            out.i32(index);
        }
    }

    /** The [in] parameters of OnDataChange. Immutable. */
    record Change(Optional<FormatEtc> format, Optional<StorageMedium> medium) {
        static final Codec<Change> CODEC =
                Codec.<Change>of(Change::read, (out, change, pointers) -> change.write(out, pointers));

        static Change read(NdrReader in, Pointers pointers) throws MalformedException {
            Optional<FormatEtc> format = FormatEtc.OPTIONAL.read(in, pointers);
            return new Change(format, StorageMedium.OPTIONAL.read(in, pointers));
        }

        void write(NdrWriter out, Pointers pointers) {
            FormatEtc.OPTIONAL.write(out, format, pointers);
            StorageMedium.OPTIONAL.write(out, medium, pointers);
        }
    }

    Operation<IAdviseSink, Change, Nothing> ON_DATA_CHANGE =
            Operation.of(3, "OnDataChange", Change.CODEC, IAdviseSink::onDataChange);

    Operation<IAdviseSink, OnViewChange, Nothing> ON_VIEW_CHANGE = Operation.of(
            4,
            "OnViewChange",
            Codec.<OnViewChange>of(OnViewChange::read, (out, call) -> call.write(out)),
            (target, in) -> target.onViewChange(in.aspect(), in.index()));

    Operation<IAdviseSink, Optional<ComPointer<IUnknown>>, Nothing> ON_RENAME = Operation.of(
            5,
            "OnRename",
            Codec.<Optional<ComPointer<IUnknown>>>of(
                    (in, pointers) -> pointers.read(in, "pmk", IUnknown.DEF),
                    (out, pointer, pointers) -> pointers.write(out, pointer)),
            IAdviseSink::onRename);

    Operation<IAdviseSink, Nothing, Nothing> ON_SAVE =
            Operation.of(6, "OnSave", Nothing.CODEC, (target, in) -> target.onSave());

    Operation<IAdviseSink, Nothing, Nothing> ON_CLOSE =
            Operation.of(7, "OnClose", Nothing.CODEC, (target, in) -> target.onClose());

    InterfaceDef<IAdviseSink> DEF = InterfaceDef.of(
            "0000010f-0000-0000-c000-000000000046",
            "IAdviseSink",
            caller -> new IAdviseSink() {
                @Override
                public Result<Nothing> onDataChange(Change change) throws LinkException, RpcFaultException {
                    return caller.call(ON_DATA_CHANGE, change);
                }

                @Override
                public Result<Nothing> onViewChange(long aspect, int index) throws LinkException, RpcFaultException {
                    return caller.call(ON_VIEW_CHANGE, new OnViewChange(aspect, index));
                }

                @Override
                public Result<Nothing> onRename(Optional<ComPointer<IUnknown>> moniker)
                        throws LinkException, RpcFaultException {
                    return caller.call(ON_RENAME, moniker);
                }

                @Override
                public Result<Nothing> onSave() throws LinkException, RpcFaultException {
                    return caller.call(ON_SAVE, Nothing.NOTHING);
                }

                @Override
                public Result<Nothing> onClose() throws LinkException, RpcFaultException {
                    return caller.call(ON_CLOSE, Nothing.NOTHING);
                }
            },
            List.of(ON_DATA_CHANGE, ON_VIEW_CHANGE, ON_RENAME, ON_SAVE, ON_CLOSE));
}
