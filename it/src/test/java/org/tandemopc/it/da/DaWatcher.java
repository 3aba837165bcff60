package org.tandemopc.it.da;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
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
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A client on our own stack that subscribes, reads, and writes each number once, single, in batches and asynchronously, until it is
 * closed; it keeps what came of all of that. While nobody may be there to serve it, it is told so ({@link #outage}).
 */
final class DaWatcher implements IOPCDataCallback, AutoCloseable {
    static final String COUNTER = "counter.0";
    /** How many items a batch and a transaction write. */
    static final int BATCH = 5;
    /** Of what did not end, so much is told. */
    private static final int OPEN_SHOWN = 20;
    /** How many items are watched. */
    static final int ITEMS = 1 + BATCH;

    private static final Duration CALL = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(5);
    /** Client handles: of the counter, and of the first item that is written. */
    private static final int COUNTED = 1;

    private static final int WRITTEN_FIRST = 2;
    private static final int RATE_MS = 50;

    /**
     * @param error HRESULT of the item; empty: none has come yet
     * @param fromMs when it was begun, in ms since the epoch
     * @param untilMs when it ended
     */
    record Written(int number, Optional<Integer> error, long fromMs, long untilMs) {}

    /**
     * A good value of the counter.
     *
     * @param isAfterBad whether the client was told that the counter was bad since the value before
     */
    record Counted(long number, boolean isAfterBad) {}

    /** Values of the counter, as they came. */
    private final List<Counted> values = new ArrayList<>();
    /** Guarded by values. */
    private boolean isBad;
    /** What a client with one healthy server would not have seen. */
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();

    private final Map<Integer, Written> writes = new ConcurrentHashMap<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    /** Of transactions that were begun, the numbers by transaction. */
    private final Map<Integer, int[]> transactions = new ConcurrentHashMap<>();

    private final AtomicInteger reads = new AtomicInteger();
    /** What there is while nobody serves; null: somebody does. */
    private volatile @Nullable Outage outage;

    private final Duration pause;
    private final AtomicInteger numbers;
    private final AtomicInteger transactionIds = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Thread> workers = new ArrayList<>();
    private final DcomServer own;
    private final DcomClient client;
    private final ComPointer<IOPCItemMgt> group;
    private final IOPCSyncIO sync;
    private final IOPCAsyncIO2 async;
    private final Ints handles;

    /** @param first of the numbers that are written */
    DaWatcher(InetAddress host, int first) throws Exception {
        this(host, first, PAUSE);
    }

    /** @param pause between two calls of a kind */
    DaWatcher(InetAddress host, int first, Duration pause) throws Exception {
        this.pause = pause;
        numbers = new AtomicInteger(first);
        NtHash hash = NtHash.of(DaPair.PASSWORD.toCharArray());
        own = DcomServer.startWithoutClasses(DcomServerSettings.of(
                        new NtlmAcceptor(NtlmServerSettings.of("CLIENT"), (domain, user) -> Optional.of(hash)),
                        PeerPolicy.strict())
                .at(InetAddress.ofLiteral("127.0.0.1"))
                .withResolverPorts(PortRange.only(PortPicker.pick()))
                .withOnePort());
        ClientSecurity account = ClientSecurity.of(
                NtlmClientSettings.of("CLIENT"), NtlmCredentials.of(DaPair.USER, DaPair.PASSWORD.toCharArray()));
        RemoteHost tandem = RemoteHost.of(host);
        client = new DcomClient(DcomClientSettings.of(tandem, account).withOwnObjects(own));
        IOPCServer server = client.activate(tandem, DaSimulatorSettings.CLSID, IOPCServer.DEF, Deadline.after(CALL))
                .value()
                .within(CALL);
        group = server.addGroup(new IOPCServer.NewGroup(
                        "watcher", true, RATE_MS, 1, Optional.empty(), Optional.of(0f), 0, IOPCItemMgt.DEF.iid()))
                .value()
                .group()
                .orElseThrow()
                .as(IOPCItemMgt.DEF);
        List<OpcItemDef> defs = new ArrayList<>();
        defs.add(OpcItemDef.of(COUNTER, COUNTED));
        for (int i = 0; i < BATCH; i++) {
            defs.add(OpcItemDef.of("static." + i, WRITTEN_FIRST + i));
        }
        handles = Ints.copyOf(group.within(CALL).addItems(defs).value().values().stream()
                .map(OpcItemResult::serverHandle)
                .toList());
        sync = as(IOPCSyncIO.DEF);
        async = as(IOPCAsyncIO2.DEF);
        advise();
        work("reads", this::read);
        work("writes", this::write);
        work("batches", this::writeBatch);
        work("transactions", this::writeLater);
    }

    private <T> T as(InterfaceDef<T> type) throws LinkException, RpcFaultException {
        return group.queryInterface(type, Deadline.after(CALL)).value().within(CALL);
    }

    private void advise() throws LinkException, RpcFaultException {
        ComObject sink =
                ComObject.named("sink").with(IOPCDataCallback.DEF, this).build();
        Optional<ComPointer<IUnknown>> unknown = sink.pointer(IUnknown.DEF).map(one -> one);
        var unused = as(IConnectionPointContainer.DEF)
                .findConnectionPoint(IOPCDataCallback.DEF.iid())
                .value()
                .orElseThrow()
                .within(CALL)
                .advise(unknown)
                .value();
    }

    /** One turn of something that goes on. */
    @FunctionalInterface
    private interface Turn {
        void take() throws LinkException, RpcFaultException;
    }

    private void work(String name, Turn turn) {
        workers.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                do {
                    turn(name, turn);
                } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void turn(String name, Turn turn) {
        Outage before = outage;
        long start = System.nanoTime();
        try {
            turn.take();
        } catch (LinkException | RpcFaultException e) {
            errors.add(name + ": " + e);
        }
        if (before != null) {
            before.ended(start);
        }
    }

    private void read() throws LinkException, RpcFaultException {
        Result<PerItem<OpcItemState>> answer = sync.read(OpcDataSource.DEVICE, Ints.of(handles.at(0)));
        Outage now = outage;
        if (now != null && now.mayAnswer(answer)) {
            return;
        }
        reads.incrementAndGet();
        if (answer.hresult() != HResult.S_OK
                || !answer.value().values().getFirst().quality().isGood()) {
            errors.add("a read answered %08X %s".formatted(answer.hresult(), answer.isSuccess() ? answer.value() : ""));
        }
    }

    private void write() throws LinkException, RpcFaultException {
        write(1);
    }

    private void writeBatch() throws LinkException, RpcFaultException {
        write(BATCH);
    }

    private void write(int count) throws LinkException, RpcFaultException {
        int[] mine = take(count);
        Result<Ints> answer = sync.write(targets(count), variants(mine));
        if (!answer.isSuccess()) {
            errors.add("a write answered %08X".formatted(answer.hresult()));
            return;
        }
        for (int i = 0; i < count; i++) {
            ended(mine[i], answer.value().at(i));
        }
    }

    private void writeLater() throws LinkException, RpcFaultException {
        int[] mine = take(BATCH);
        int id = transactionIds.incrementAndGet();
        transactions.put(id, mine);
        Result<Started> answer = async.write(targets(BATCH), variants(mine), id);
        if (!answer.isSuccess()) {
            errors.add("a transaction was answered with %08X".formatted(answer.hresult()));
            return;
        }
        for (int i = 0; i < BATCH; i++) {
            int error = answer.value().errors().at(i);
            if (!HResult.isSuccess(error)) {
                ended(mine[i], error);
            }
        }
    }

    /** Under numbers that nobody else writes. */
    private int[] take(int count) {
        int first = numbers.getAndAdd(count);
        int[] mine = new int[count];
        for (int i = 0; i < count; i++) {
            mine[i] = first + i;
            writes.put(mine[i], new Written(mine[i], Optional.empty(), System.currentTimeMillis(), Long.MAX_VALUE));
        }
        return mine;
    }

    private Ints targets(int count) {
        return Ints.of(handles.stream()
                .skip(1)
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray());
    }

    private static List<Variant> variants(int[] all) {
        List<Variant> variants = new ArrayList<>();
        for (int one : all) {
            variants.add(new Variant.I4(one));
        }
        return variants;
    }

    private void ended(int number, int error) {
        Written one = Objects.requireNonNull(writes.get(number));
        if (one.error().isPresent()) {
            errors.add("the write of %d ended twice: %08X and %08X"
                    .formatted(number, one.error().get(), error));
            return;
        }
        writes.put(number, new Written(number, Optional.of(error), one.fromMs(), System.currentTimeMillis()));
        ended.incrementAndGet();
        if (error == HResult.CALL_FAILED) {
            unknown.incrementAndGet();
        }
    }

    @Override
    public Result<Nothing> onDataChange(DataChange change) {
        synchronized (values) {
            for (OpcItemChange item : change.items()) {
                Outage now = outage;
                if (now != null) {
                    now.value(item);
                }
                boolean isOut = now != null && item.quality().equals(Quality.COMM_FAILURE);
                if (!item.quality().isGood() && !isOut) {
                    errors.add("a value came with " + item.quality());
                }
                if (item.clientHandle() == COUNTED) {
                    count(item);
                }
            }
        }
        return Result.ok(Nothing.NOTHING);
    }

    /** Under the lock of the values. */
    private void count(OpcItemChange item) {
        if (!item.quality().isGood()) {
            isBad = true;
        } else if (item.value() instanceof Variant.R8 number) {
            values.add(new Counted((long) number.value(), isBad));
            isBad = false;
        } else {
            errors.add("a value came as " + item.value());
        }
    }

    @Override
    public Result<Nothing> onReadComplete(DataChange change) {
        errors.add("a read ended that nobody began");
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Nothing> onWriteComplete(WriteComplete call) {
        int[] mine = transactions.remove(call.transactionId());
        if (mine == null) {
            errors.add("transaction %d ended that was not open".formatted(call.transactionId()));
            return Result.ok(Nothing.NOTHING);
        }
        for (int i = 0; i < call.clientHandles().size(); i++) {
            ended(
                    mine[call.clientHandles().at(i) - WRITTEN_FIRST],
                    call.errors().at(i));
        }
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
        errors.add("a transaction was cancelled that nobody cancelled");
        return Result.ok(Nothing.NOTHING);
    }

    List<Counted> values() {
        synchronized (values) {
            return List.copyOf(values);
        }
    }

    int reads() {
        return reads.get();
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Every number that was written or was to be. */
    List<Written> writes() {
        return List.copyOf(writes.values());
    }

    /** How many writes there are, ended or not. */
    int begun() {
        return writes.size();
    }

    int ended() {
        return ended.get();
    }

    /** How many of them ended with an unknown outcome. */
    int unknown() {
        return unknown.get();
    }

    /** What has not ended, in words, for who waits for it in vain. */
    String open() {
        String writesOpen = writes.values().stream()
                .filter(one -> one.error().isEmpty())
                .limit(OPEN_SHOWN)
                .map(Written::toString)
                .collect(Collectors.joining(", "));
        String transactionsOpen = transactions.entrySet().stream()
                .limit(OPEN_SHOWN)
                .map(one -> one.getKey() + " of " + one.getValue()[0])
                .collect(Collectors.joining(", "));
        return writesOpen + "; transactions " + transactionsOpen;
    }

    /** Numbers of transactions that have not ended, of those that are begun from now on. */
    Supplier<Set<Integer>> openFromNow() {
        int first = transactionIds.get();
        return () -> transactions.entrySet().stream()
                .filter(one -> one.getKey() > first)
                .flatMap(one -> IntStream.of(one.getValue()).boxed())
                .collect(Collectors.toSet());
    }

    /** From now on nobody may be there to serve, until {@link #outageOver}. */
    Outage outage() {
        Outage begun = new Outage();
        outage = begun;
        return begun;
    }

    /** From now on whatever a client with one healthy server would not see is an error again. */
    void outageOver() {
        outage = null;
    }

    /** Nothing new is begun; what is under way ends. */
    void stop() throws InterruptedException {
        closing.countDown();
        for (Thread worker : workers) {
            worker.join();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        client.close();
        own.close();
    }
}
