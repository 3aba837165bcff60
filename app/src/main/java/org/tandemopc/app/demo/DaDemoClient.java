package org.tandemopc.app.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
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
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * An ordinary OPC DA client that knows nothing of redundancy: one group with the counters, advised of their changes, and a read of one
 * now and then.
 */
final class DaDemoClient implements DemoClient {
    /** More than a switch may hold a call. */
    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    private static final String COMPUTER = "DEMO";
    private static final int ENGLISH = 0x409;

    private final Tally tally;
    private final DcomServer own;
    private final DcomClient client;
    private final CountDownLatch closing = new CountDownLatch(1);

    private DaDemoClient(RemoteHost door, Account account, Tally tally) throws IOException {
        this.tally = tally;
        char[] password = account.password().reveal().toCharArray();
        NtHash hash = NtHash.of(password);
        this.own = DcomServer.startWithoutClasses(DcomServerSettings.of(
                        new NtlmAcceptor(
                                NtlmServerSettings.of(COMPUTER),
                                (_, user) -> user.equals(account.user()) ? Optional.of(hash) : Optional.empty()),
                        PeerPolicy.strict())
                .at(InetAddress.getLoopbackAddress())
                .withResolverPorts(PortRange.ANY)
                .withOnePort());
        ClientSecurity login =
                ClientSecurity.of(NtlmClientSettings.of(COMPUTER), NtlmCredentials.of(account.user(), password));
        this.client = new DcomClient(DcomClientSettings.of(door, login).withOwnObjects(own));
    }

    /**
     * Connects and subscribes; values count from now on.
     *
     * @throws IOException with a sentence for people
     */
    static DaDemoClient connect(RemoteHost door, Guid clsid, Account account, Tally tally) throws IOException {
        DaDemoClient demo = new DaDemoClient(door, account, tally);
        try {
            demo.subscribe(door, clsid);
            return demo;
        } catch (IOException | RpcFaultException | RuntimeException e) {
            demo.close();
            throw new IOException("The client cannot connect to Tandem: " + e.getMessage(), e);
        }
    }

    private void subscribe(RemoteHost door, Guid clsid) throws IOException, RpcFaultException {
        ComPointer<IOPCServer> server =
                needed("activation", client.activate(door, clsid, IOPCServer.DEF, Deadline.after(CALL_MAX)));
        advise(server, IOPCShutdown.DEF, this::announced);
        IOPCServer.AddedGroup added = needed(
                "AddGroup",
                server.within(CALL_MAX)
                        .addGroup(new IOPCServer.NewGroup(
                                "demo",
                                true,
                                PERIOD_MS,
                                1,
                                Optional.empty(),
                                Optional.empty(),
                                ENGLISH,
                                IOPCItemMgt.DEF.iid())));
        ComPointer<IOPCItemMgt> group = added.group()
                .orElseThrow(() -> new IOException("AddGroup gave no group"))
                .as(IOPCItemMgt.DEF);
        Ints items = add(group.within(CALL_MAX));
        advise(group, IOPCDataCallback.DEF, new Sink());
        IOPCSyncIO reads = as(group, IOPCSyncIO.DEF).within(CALL_MAX);
        Thread.ofVirtual().name("demo-reads").start(() -> read(reads, Ints.of(items.at(0))));
    }

    private static Ints add(IOPCItemMgt group) throws IOException, RpcFaultException {
        List<OpcItemDef> counters = IntStream.range(0, COUNTERS)
                .mapToObj(i -> OpcItemDef.of("counter." + i, i))
                .toList();
        PerItem<OpcItemResult> added = needed("AddItems", group.addItems(counters));
        for (int i = 0; i < COUNTERS; i++) {
            if (!added.isOf(COUNTERS) || added.errors().at(i) < 0) {
                throw new IOException("the server has no item counter." + i);
            }
        }
        return Ints.copyOf(
                added.values().stream().map(OpcItemResult::serverHandle).toList());
    }

    private static <T> ComPointer<T> as(ComPointer<?> object, InterfaceDef<T> type)
            throws IOException, RpcFaultException {
        return needed("QueryInterface", object.queryInterface(type, Deadline.after(CALL_MAX)));
    }

    private static <T> void advise(ComPointer<?> object, InterfaceDef<T> type, T sink)
            throws IOException, RpcFaultException {
        Optional<ComPointer<IUnknown>> pointer = ComObject.named("demo")
                .with(type, sink)
                .build()
                .pointer(IUnknown.DEF)
                .map(one -> one);
        var point = needed(
                "FindConnectionPoint",
                as(object, IConnectionPointContainer.DEF).within(CALL_MAX).findConnectionPoint(type.iid()));
        needed(
                "Advise",
                point.orElseThrow(() -> new IOException("there is no connection point"))
                        .within(CALL_MAX)
                        .advise(pointer));
    }

    private static <T> T needed(String what, Result<T> result) throws IOException {
        if (!result.isSuccess()) {
            throw new IOException(what + " answered " + OpcResult.describe(result.hresult()));
        }
        return result.value();
    }

    private Result<Nothing> announced(String reason) {
        error("the server announced its end: " + reason);
        return Result.ok(Nothing.NOTHING);
    }

    /** What the group calls. Nothing but changes is asked for. */
    private final class Sink implements IOPCDataCallback {
        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            change.items().forEach(DaDemoClient.this::arrived);
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            return unasked();
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            return unasked();
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            return unasked();
        }

        private Result<Nothing> unasked() {
            error("a transaction ended that nobody began");
            return Result.ok(Nothing.NOTHING);
        }
    }

    private void arrived(OpcItemChange item) {
        int counter = item.clientHandle();
        if (item.error() < 0) {
            error("a value came with " + OpcResult.describe(item.error()));
        } else if (!item.quality().isGood()) {
            error("a value came with quality 0x%02X".formatted(item.quality().bits()));
        } else if (counter >= 0 && counter < COUNTERS && item.value() instanceof Variant.R8(double number)) {
            tally.value(counter, (long) number, System.nanoTime());
        } else {
            error("a value came that is of no counter");
        }
    }

    /** One read at a time, as an operator's screen would do. */
    private void read(IOPCSyncIO reads, Ints item) {
        try {
            do {
                readOnce(reads, item);
            } while (!closing.await(READ_EVERY_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOnce(IOPCSyncIO reads, Ints item) {
        try {
            PerItem<OpcItemState> read = needed("a read", reads.read(OpcDataSource.DEVICE, item));
            if (!read.isOf(1) || read.errors().at(0) < 0) {
                error("a read answered nothing");
            } else if (!read.values().getFirst().quality().isGood()) {
                error("a read answered quality 0x%02X"
                        .formatted(read.values().getFirst().quality().bits()));
            }
        } catch (IOException | RpcFaultException | IllegalStateException e) {
            error("a read failed: " + e.getMessage());
        }
    }

    private void error(String what) {
        if (closing.getCount() > 0) {
            tally.error(what);
        }
    }

    /** Gives back all that it has of the server, and ends its own door. */
    @Override
    public void close() {
        closing.countDown();
        client.close();
        own.close();
    }
}
