package org.tandemopc.relay.da;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** A client of the tests: one server object, on a DCOM client with an address for its sinks. */
final class TestClient implements AutoCloseable {
    static final Duration CALL = Duration.ofSeconds(20);

    private final DcomServer own;
    private final DcomClient client;
    final ComPointer<IOPCServer> pointer;
    final IOPCServer server;

    TestClient(RemoteHost host) throws Exception {
        this(host, Logins.account());
    }

    TestClient(RemoteHost host, ClientSecurity account) throws Exception {
        this(host, account, Rig.PAIR_CLSID);
    }

    /** @param clsid of a pair, or of a member without a Tandem in between */
    TestClient(RemoteHost host, ClientSecurity account, Guid clsid) throws Exception {
        own = DcomServer.startWithoutClasses(DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                .at(InetAddress.ofLiteral("127.0.0.1"))
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort());
        client = new DcomClient(DcomClientSettings.of(host, account).withOwnObjects(own));
        pointer = client.activate(host, clsid, IOPCServer.DEF, Deadline.after(CALL))
                .value();
        server = pointer.within(CALL);
    }

    <T> T as(InterfaceDef<T> type) throws Exception {
        return pointer.queryInterface(type, Deadline.after(CALL)).value().within(CALL);
    }

    /** A group of the client with what it has been told. */
    final class Group implements IOPCDataCallback {
        final int handle;
        final long rateMs;
        final ComPointer<IOPCItemMgt> pointer;
        final IOPCItemMgt items;
        final IOPCSyncIO io;
        final IOPCGroupStateMgt state;
        final IOPCAsyncIO2 async;
        /** Values as they came: {@code handle=value quality}, each on its own. */
        final List<String> told = new CopyOnWriteArrayList<>();
        /** Ends of transactions. */
        final List<String> completed = new CopyOnWriteArrayList<>();

        private int cookie;

        Group(String name, int clientHandle) throws Exception {
            IOPCServer.AddedGroup added = server.addGroup(new IOPCServer.NewGroup(
                            name,
                            true,
                            100,
                            clientHandle,
                            Optional.of(-120),
                            Optional.of(0f),
                            0x409,
                            IOPCItemMgt.DEF.iid()))
                    .value();
            handle = added.serverHandle();
            rateMs = added.revisedRateMs();
            pointer = added.group().orElseThrow().as(IOPCItemMgt.DEF);
            items = pointer.within(CALL);
            io = as(IOPCSyncIO.DEF);
            state = as(IOPCGroupStateMgt.DEF);
            async = as(IOPCAsyncIO2.DEF);
        }

        private <T> T as(InterfaceDef<T> type) throws Exception {
            return pointer.queryInterface(type, Deadline.after(CALL)).value().within(CALL);
        }

        /** @return the server handles; client handles are 1, 2, ... */
        Ints add(String... ids) throws Exception {
            List<OpcItemDef> defs = new ArrayList<>();
            for (String id : ids) {
                defs.add(OpcItemDef.of(id, defs.size() + 1));
            }
            Result<PerItem<OpcItemResult>> added = items.addItems(defs);
            return Ints.copyOf(added.value().values().stream()
                    .map(OpcItemResult::serverHandle)
                    .toList());
        }

        void advise() throws Exception {
            ComObject sink =
                    ComObject.named("sink").with(IOPCDataCallback.DEF, this).build();
            Optional<ComPointer<IUnknown>> unknown = sink.pointer(IUnknown.DEF).map(one -> one);
            cookie = point().advise(unknown).value();
        }

        void unadvise() throws Exception {
            var unused = point().unadvise(cookie);
        }

        private IConnectionPoint point() throws Exception {
            return as(IConnectionPointContainer.DEF)
                    .findConnectionPoint(IOPCDataCallback.DEF.iid())
                    .value()
                    .orElseThrow()
                    .within(CALL);
        }

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            (change.transactionId() == 0 ? told : completed).addAll(lines(change));
            return Result.ok(Nothing.NOTHING);
        }

        private static List<String> lines(DataChange change) {
            String start = change.transactionId() == 0 ? "" : change.transactionId() + " read ";
            return change.items().stream().map(item -> start + line(item)).toList();
        }

        private static String line(OpcItemChange item) {
            String error = item.error() == 0 ? "" : " %08X".formatted(item.error());
            return "%d=%s %02X%s"
                    .formatted(
                            item.clientHandle(),
                            text(item.value()),
                            item.quality().bits(),
                            error);
        }

        static String text(Variant value) {
            return value instanceof Variant.R8 number ? String.valueOf((long) number.value()) : value.toString();
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            completed.addAll(lines(change));
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            for (int i = 0; i < call.clientHandles().size(); i++) {
                completed.add("%d written %d %08X"
                        .formatted(
                                call.transactionId(),
                                call.clientHandles().at(i),
                                call.errors().at(i)));
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            completed.add(transactionId + " cancelled");
            return Result.ok(Nothing.NOTHING);
        }

        void awaitTold(String line) {
            Await.until(line + " in " + told, Rig.PATIENCE, () -> told.contains(line));
        }

        void awaitCompleted(String line) {
            Await.until(line + " in " + completed, Rig.PATIENCE, () -> completed.contains(line));
        }
    }

    Group group(String name, int clientHandle) throws Exception {
        return new Group(name, clientHandle);
    }

    @Override
    public void close() {
        client.close();
        own.close();
    }
}
