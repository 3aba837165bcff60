package org.tandemopc.simulator.da;

import java.time.Duration;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IEnumFORMATETC;
import org.tandemopc.opcda.ole.IEnumSTATDATA;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.stream.StreamFormat;

/** The connections of DA 1.0 (DA 2.05a 4.5.10), one for each format. */
record GroupData(GroupObject group) implements IDataObject {
    private static final Duration SINK_WITHIN = Duration.ofSeconds(10);

    @Override
    public Result<Integer> dAdvise(DataAdvise call) {
        Optional<StreamFormat> format = StreamFormat.of(call.format().format());
        if (format.isEmpty()) {
            return Result.failure(OpcResult.DV_E_FORMATETC);
        }
        if ((call.format().media() & FormatEtc.HGLOBAL) == 0) {
            return Result.failure(OpcResult.DV_E_TYMED);
        }
        if (call.sink().isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        group.host().faults().pass(DaFaults.Kind.GROUPS);
        try (ComPointer<IAdviseSink> given = call.sink().get()) {
            Result<ComPointer<IAdviseSink>> own = given.queryInterface(IAdviseSink.DEF, Deadline.after(SINK_WITHIN));
            return own.isSuccess()
                    ? group.connect(format.get(), own.value())
                    : Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        } catch (LinkException | RpcFaultException e) {
            return Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT);
        }
    }

    @Override
    public Result<Nothing> dUnadvise(int connection) {
        return group.disconnect(connection) ? Answers.DONE : Result.failure(OpcResult.OLE_E_NOCONNECTION);
    }

    @Override
    public Result<StorageMedium> getData(FormatEtc format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Nothing> queryGetData(FormatEtc format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<FormatEtc> getCanonicalFormatEtc(Optional<FormatEtc> format) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Optional<ComPointer<IEnumFORMATETC>>> enumFormatEtc(long direction) {
        return Result.failure(HResult.E_NOTIMPL);
    }

    @Override
    public Result<Optional<ComPointer<IEnumSTATDATA>>> enumDAdvise() {
        return Result.failure(HResult.E_NOTIMPL);
    }
}
