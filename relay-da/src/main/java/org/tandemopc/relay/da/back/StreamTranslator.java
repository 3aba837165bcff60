package org.tandemopc.relay.da.back;

import java.time.InstantSource;
import java.util.List;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.relay.da.back.StreamTransactions.Asked;

/** Tells by the callbacks of DA 2.05a what streams of DA 1.0 say, so that the relay knows one kind of member only. Any thread. */
record StreamTranslator(int group, IOPCDataCallback target, InstantSource clock) {
    /** Values that nobody asked for. Those of a stream that says it failed, or that cannot be read, are none. */
    void told(StreamMessage message) {
        if (message instanceof StreamMessage.Data data && !data.stream().items().isEmpty()) {
            List<OpcItemChange> changes = data.changes(now());
            call(() -> target.onDataChange(change(0, changes)));
        }
    }

    void ended(Asked asked, StreamMessage message) {
        switch (message) {
            case StreamMessage.Data data ->
                told(asked, data.isFailed() ? bad(asked, data.stream().status()) : data.changes(now()));
            case StreamMessage.Written(WriteStream stream) -> written(asked, stream);
            case StreamMessage.Broken broken -> unreadable(asked);
        }
    }

    /** The member has done it, and what came of it is not known. */
    private void unreadable(Asked asked) {
        if (asked.isWrite()) {
            Ints errors = Ints.repeat(HResult.CALL_FAILED, asked.items().size());
            WriteComplete lost = new WriteComplete(asked.ours(), group, HResult.S_FALSE, asked.items(), errors);
            call(() -> target.onWriteComplete(lost));
        } else {
            told(asked, bad(asked, HResult.CALL_FAILED));
        }
    }

    void cancelled(Asked asked) {
        call(() -> target.onCancelComplete(asked.ours(), group));
    }

    private void told(Asked asked, List<OpcItemChange> changes) {
        DataChange change = change(asked.ours(), changes);
        call(() -> asked.kind() == StreamTransactions.Kind.READ
                ? target.onReadComplete(change)
                : target.onDataChange(change));
    }

    private void written(Asked asked, WriteStream stream) {
        boolean isFailed = !HResult.isSuccess(stream.status()) && stream.items().isEmpty();
        Ints handles = isFailed
                ? asked.items()
                : Ints.copyOf(stream.items().stream()
                        .map(WriteStream.Item::clientHandle)
                        .toList());
        Ints errors = isFailed
                ? Ints.repeat(stream.status(), handles.size())
                : Ints.copyOf(
                        stream.items().stream().map(WriteStream.Item::error).toList());
        call(() -> target.onWriteComplete(new WriteComplete(asked.ours(), group, stream.status(), handles, errors)));
    }

    private List<OpcItemChange> bad(Asked asked, int error) {
        FileTime now = now();
        return asked.items().stream()
                .map(item -> new OpcItemChange(item, Variant.EMPTY, Quality.BAD, now, error))
                .toList();
    }

    private DataChange change(int transaction, List<OpcItemChange> changes) {
        boolean isGood = changes.stream().allMatch(one -> one.quality().isGood());
        boolean isDone = changes.stream().allMatch(one -> one.error() == HResult.S_OK);
        return new DataChange(
                transaction,
                group,
                isGood ? HResult.S_OK : HResult.S_FALSE,
                isDone ? HResult.S_OK : HResult.S_FALSE,
                changes);
    }

    private FileTime now() {
        return FileTime.of(clock.instant());
    }

    @FunctionalInterface
    private interface Telling {
        Object tell() throws LinkException, RpcFaultException;
    }

    /** The relay is of this process: nothing of a network can fail. */
    private static void call(Telling telling) {
        try {
            var unused = telling.tell();
        } catch (LinkException | RpcFaultException e) {
            throw new IllegalStateException("the relay hears no callback", e);
        }
    }
}
