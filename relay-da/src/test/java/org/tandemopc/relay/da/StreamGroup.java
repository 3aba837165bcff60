package org.tandemopc.relay.da;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.testkit.Await;

/** A group of a client that speaks DA 1.0 alone, with what the streams to it said. */
final class StreamGroup {
    final IOPCItemMgt items;
    final IDataObject data;
    final IOPCAsyncIO io;

    /** Values as they came without being asked for: {@code handle=value quality}. */
    final List<String> told = new CopyOnWriteArrayList<>();
    /** Ends of transactions: {@code number format status items}. */
    final List<String> completed = new CopyOnWriteArrayList<>();
    /** Times of all values. */
    final List<FileTime> times = new CopyOnWriteArrayList<>();

    private final ComPointer<IOPCItemMgt> pointer;

    StreamGroup(TestClient client, String name) throws Exception {
        pointer = client.server
                .addGroup(new IOPCServer.NewGroup(
                        name, true, 100, 7, Optional.of(0), Optional.of(0f), 0x409, IOPCItemMgt.DEF.iid()))
                .value()
                .group()
                .orElseThrow()
                .as(IOPCItemMgt.DEF);
        items = pointer.within(TestClient.CALL);
        data = as(IDataObject.DEF);
        io = as(IOPCAsyncIO.DEF);
    }

    <T> T as(InterfaceDef<T> type) throws Exception {
        return pointer.queryInterface(type, Deadline.after(TestClient.CALL))
                .value()
                .within(TestClient.CALL);
    }

    /** @return the server handles; client handles are 1, 2, ... */
    Ints add(String... ids) throws Exception {
        List<OpcItemDef> defs = new ArrayList<>();
        for (String id : ids) {
            defs.add(OpcItemDef.of(id, defs.size() + 1));
        }
        return Ints.copyOf(items.addItems(defs).value().values().stream()
                .map(OpcItemResult::serverHandle)
                .toList());
    }

    /** @return the connection */
    int advise(StreamFormat format) throws Exception {
        return tryAdvise(format).value();
    }

    Result<Integer> tryAdvise(StreamFormat format) throws Exception {
        return data.dAdvise(new IDataObject.DataAdvise(format.format(), 0, sink()));
    }

    /** A new one. */
    Optional<ComPointer<IAdviseSink>> sink() {
        return ComObject.named("stream sink")
                .with(IAdviseSink.DEF, new Sink())
                .build()
                .pointer(IAdviseSink.DEF)
                .map(one -> one);
    }

    private final class Sink implements IAdviseSink {
        private static final Result<Nothing> NO = Result.failure(HResult.E_NOTIMPL);

        @Override
        public Result<Nothing> onDataChange(Change change) {
            StreamFormat format =
                    StreamFormat.of(change.format().orElseThrow().format()).orElseThrow();
            Bytes octets = change.medium().orElseThrow().octets().orElseThrow();
            try {
                if (format == StreamFormat.WRITE_COMPLETE) {
                    written(WriteStream.read(octets));
                } else {
                    read(format, DataStream.read(octets, format == StreamFormat.DATA_TIME));
                }
            } catch (MalformedException e) {
                told.add("unreadable: " + e.getMessage());
            }
            return Result.ok(Nothing.NOTHING);
        }

        private void written(WriteStream stream) {
            List<String> lines = stream.items().stream()
                    .map(item -> "%d:%08X".formatted(item.clientHandle(), item.error()))
                    .toList();
            completed.add("%d written %X %s".formatted(stream.transactionId(), stream.status(), lines));
        }

        private void read(StreamFormat format, DataStream stream) {
            List<String> lines = stream.items().stream().map(StreamGroup::line).toList();
            stream.items().forEach(item -> times.add(item.timestamp()));
            if (stream.transactionId() == 0) {
                told.addAll(lines);
            } else {
                completed.add("%d %s %X %s".formatted(stream.transactionId(), format, stream.status(), lines));
            }
        }

        @Override
        public Result<Nothing> onViewChange(long aspect, int index) {
            return NO;
        }

        @Override
        public Result<Nothing> onRename(Optional<ComPointer<IUnknown>> moniker) {
            return NO;
        }

        @Override
        public Result<Nothing> onSave() {
            return NO;
        }

        @Override
        public Result<Nothing> onClose() {
            return NO;
        }
    }

    private static String line(DataStream.Item item) {
        return "%d=%s %02X"
                .formatted(
                        item.clientHandle(),
                        TestClient.Group.text(item.value()),
                        item.quality().bits());
    }

    void awaitTold(String line) {
        Await.until(line + " in " + told, Rig.PATIENCE, () -> told.contains(line));
    }

    void awaitCompleted(String line) {
        Await.until(line + " in " + completed, Rig.PATIENCE, () -> completed.contains(line));
    }
}
