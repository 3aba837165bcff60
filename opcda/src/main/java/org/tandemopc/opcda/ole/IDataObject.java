package org.tandemopc.opcda.ole;

import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.Codec;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.params.Params;

/**
 * A group as a source of data, in DA 1.0 (DA 2.05a 4.5.10). Of its methods OPC uses
 * DAdvise and DUnadvise; servers answer E_NOTIMPL to the others. GetDataHere and SetData, of which OPC has no use, are not described:
 * RPC refuses them.
 */
public interface IDataObject {
    Result<StorageMedium> getData(FormatEtc format) throws LinkException, RpcFaultException;

    Result<Nothing> queryGetData(FormatEtc format) throws LinkException, RpcFaultException;

    Result<FormatEtc> getCanonicalFormatEtc(Optional<FormatEtc> format) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IEnumFORMATETC>>> enumFormatEtc(long direction) throws LinkException, RpcFaultException;

    /** @return the connection, which IOPCAsyncIO takes; DV_E_FORMATETC; DV_E_TYMED; CONNECT_E_ADVISELIMIT: one of the format is there */
    Result<Integer> dAdvise(DataAdvise call) throws LinkException, RpcFaultException;

    /** @return OLE_E_NOCONNECTION: no such connection */
    Result<Nothing> dUnadvise(int connection) throws LinkException, RpcFaultException;

    Result<Optional<ComPointer<IEnumSTATDATA>>> enumDAdvise() throws LinkException, RpcFaultException;

    /**
     * The [in] parameters of DAdvise. Immutable.
     *
     * @param flags ADVF; servers of OPC do not look at them, and send all active items at once
     * @param sink that the data is sent to
     */
    record DataAdvise(FormatEtc format, long flags, Optional<ComPointer<IAdviseSink>> sink) {
        static final Codec<DataAdvise> CODEC =
                Codec.<DataAdvise>of(DataAdvise::read, (out, call, pointers) -> call.write(out, pointers));

        static DataAdvise read(NdrReader in, Pointers pointers) throws MalformedException {
            FormatEtc format = in.construct(FormatEtc::fixed);
            long flags = in.u32("advf");
            return new DataAdvise(format, flags, pointers.read(in, "pAdvSink", IAdviseSink.DEF));
        }

        void write(NdrWriter out, Pointers pointers) {
            out.construct(() -> format.write(out)).u32(flags, "advf");
            pointers.write(out, sink);
        }
    }

    Operation<IDataObject, FormatEtc, StorageMedium> GET_DATA =
            Operation.of(3, "GetData", FormatEtc.CODEC, StorageMedium.CODEC, StorageMedium.NONE, IDataObject::getData);

    Operation<IDataObject, FormatEtc, Nothing> QUERY_GET_DATA =
            Operation.of(5, "QueryGetData", FormatEtc.CODEC, IDataObject::queryGetData);

    Operation<IDataObject, Optional<FormatEtc>, FormatEtc> GET_CANONICAL_FORMAT_ETC = Operation.of(
            6,
            "GetCanonicalFormatEtc",
            FormatEtc.OPTIONAL,
            FormatEtc.CODEC,
            FormatEtc.NONE,
            IDataObject::getCanonicalFormatEtc);

    Operation<IDataObject, Long, Optional<ComPointer<IEnumFORMATETC>>> ENUM_FORMAT_ETC = Operation.of(
            8,
            "EnumFormatEtc",
            Params.u32("dwDirection"),
            Params.pointer("ppenumFormatEtc", () -> IEnumFORMATETC.DEF),
            Optional.empty(),
            IDataObject::enumFormatEtc);

    Operation<IDataObject, DataAdvise, Integer> D_ADVISE =
            Operation.of(9, "DAdvise", DataAdvise.CODEC, Params.i32("pdwConnection"), 0, IDataObject::dAdvise);

    Operation<IDataObject, Integer, Nothing> D_UNADVISE =
            Operation.of(10, "DUnadvise", Params.i32("dwConnection"), IDataObject::dUnadvise);

    Operation<IDataObject, Nothing, Optional<ComPointer<IEnumSTATDATA>>> ENUM_D_ADVISE = Operation.of(
            11,
            "EnumDAdvise",
            Nothing.CODEC,
            Params.pointer("ppenumAdvise", () -> IEnumSTATDATA.DEF),
            Optional.empty(),
            (target, in) -> target.enumDAdvise());

    InterfaceDef<IDataObject> DEF = InterfaceDef.of(
            "0000010e-0000-0000-c000-000000000046",
            "IDataObject",
            caller -> new IDataObject() {
                @Override
                public Result<StorageMedium> getData(FormatEtc format) throws LinkException, RpcFaultException {
                    return caller.call(GET_DATA, format);
                }

                @Override
                public Result<Nothing> queryGetData(FormatEtc format) throws LinkException, RpcFaultException {
                    return caller.call(QUERY_GET_DATA, format);
                }

                @Override
                public Result<FormatEtc> getCanonicalFormatEtc(Optional<FormatEtc> format)
                        throws LinkException, RpcFaultException {
                    return caller.call(GET_CANONICAL_FORMAT_ETC, format);
                }

                @Override
                public Result<Optional<ComPointer<IEnumFORMATETC>>> enumFormatEtc(long direction)
                        throws LinkException, RpcFaultException {
                    return caller.call(ENUM_FORMAT_ETC, direction);
                }

                @Override
                public Result<Integer> dAdvise(DataAdvise call) throws LinkException, RpcFaultException {
                    return caller.call(D_ADVISE, call);
                }

                @Override
                public Result<Nothing> dUnadvise(int connection) throws LinkException, RpcFaultException {
                    return caller.call(D_UNADVISE, connection);
                }

                @Override
                public Result<Optional<ComPointer<IEnumSTATDATA>>> enumDAdvise()
                        throws LinkException, RpcFaultException {
                    return caller.call(ENUM_D_ADVISE, Nothing.NOTHING);
                }
            },
            List.of(
                    GET_DATA,
                    QUERY_GET_DATA,
                    GET_CANONICAL_FORMAT_ETC,
                    ENUM_FORMAT_ETC,
                    D_ADVISE,
                    D_UNADVISE,
                    ENUM_D_ADVISE));
}
