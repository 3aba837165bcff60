package org.tandemopc.simulator.da;

import java.time.Duration;
import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.OpcItemChange;

/** A client's object of DA 2.05a and 3.0. */
record CallbackSink(ComPointer<IOPCDataCallback> pointer) implements DaSender.Sink {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    @Override
    public void send(DaCallback callback) throws LinkException, RpcFaultException {
        IOPCDataCallback client = pointer.within(ANSWER_WITHIN);
        // a client that answers a failure has been told nevertheless
        var unused = switch (callback) {
            case DaCallback.Changed change ->
                client.onDataChange(values(change.transactionId(), change.clientGroup(), change.items()));
            case DaCallback.ReadDone read ->
                client.onReadComplete(values(read.transactionId(), read.clientGroup(), read.items()));
            case DaCallback.WriteDone write -> client.onWriteComplete(write.result());
            case DaCallback.Cancelled cancelled ->
                client.onCancelComplete(cancelled.transactionId(), cancelled.clientGroup());
        };
    }

    private static DataChange values(int transactionId, int clientGroup, List<OpcItemChange> items) {
        boolean isGood = items.stream().allMatch(item -> item.quality().isGood());
        boolean isWhole = items.stream().allMatch(item -> item.error() == HResult.S_OK);
        return new DataChange(
                transactionId,
                clientGroup,
                isGood ? HResult.S_OK : HResult.S_FALSE,
                isWhole ? HResult.S_OK : HResult.S_FALSE,
                items);
    }
}
