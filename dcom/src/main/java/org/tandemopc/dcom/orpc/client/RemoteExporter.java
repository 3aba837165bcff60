package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.DeadPointerException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.OrpcStub;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.orpc.wire.RemQiResult;
import org.tandemopc.dcom.rpc.LateReply;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * A process that has objects which this client points to, known by its OXID: the connection that all these pointers share, and
 * the references owned there. {@link ExporterRoute} knows the way to it. Thread-safe.
 */
final class RemoteExporter {
    /** References asked for at once, as Windows does: some to hand on without asking again. */
    static final int REFERENCES_ASKED = 5;

    private static final Logger LOG = LoggerFactory.getLogger(RemoteExporter.class);
    private static final int RELEASES_MAX = 1_000;
    private static final Duration RELEASE_WITHIN = Duration.ofSeconds(5);

    /** Faults of a process that does not know what it is asked for: it may be another one than we think. */
    private static final Set<Integer> STRANGE = Set.of(
            HResult.RPC_E_DISCONNECTED,
            HResult.RPC_E_INVALID_IPID,
            HResult.RPC_E_INVALID_OBJECT,
            RpcStatus.UNKNOWN_INTERFACE);

    private final Key key;
    private final DcomClient client;
    private final ExporterRoute route;
    private final SharedConnection connection;

    /** Where the names of our chains of calls begin. */
    private final Guid chains = Guid.random();

    private final AtomicLong chain = new AtomicLong();

    /** Guarded by itself. */
    private final References references = new References();

    private final AtomicBoolean isReleasing = new AtomicBoolean();

    /** Held from when references are taken to be given back until they are: the connection must not end in between. */
    private final ReentrantLock release = new ReentrantLock();

    /** With how many connections it was last known that the process behind them is the same. */
    private volatile int knownAt = 1;

    RemoteExporter(Key key, DcomClient client) {
        this.key = key;
        this.client = client;
        this.route = new ExporterRoute(key, client.dials(), client.hosts(), this::isGone);
        this.connection = new SharedConnection(toString(), route::dial);
    }

    /**
     * By which it is known: no host speaks for the exporters of another.
     *
     * @param host whose resolver knows it
     */
    record Key(RemoteHost host, long oxid) {
        @Override
        public String toString() {
            return "exporter %016x at %s".formatted(oxid, host);
        }
    }

    Key key() {
        return key;
    }

    /** The way there. */
    ExporterRoute route() {
        return route;
    }

    /** For the route: the process has ended, and all its objects with it. */
    private void isGone() {
        synchronized (references) {
            references.clear();
        }
        client.forget(this);
        connection.close();
    }

    // ---- calls

    /** @param late null: a late answer is for nobody */
    <T, I, O> Result<O> call(
            Imported target, Operation<T, I, O> operation, I in, Deadline deadline, @Nullable LateAnswer late)
            throws LinkException, RpcFaultException {
        ExporterInfo where = route.info(deadline);
        SyntaxId syntax = syntax(target.iid());
        RpcClient open = connection.open(syntax, deadline);
        Pointers pointers = new Pointers(client.marshaler(open));
        RpcAnswer answer;
        boolean mayHaveArrived = false;
        try {
            Bytes stub = OrpcStub.request(header(where), operation, in, pointers);
            mayHaveArrived = true;
            LateReply reply = late == null ? null : new Late<>(operation, in, pointers, late);
            answer = ask(syntax, operation.opnum(), target.ipid(), stub, deadline, reply);
        } catch (DeadPointerException e) {
            throw new LinkException(
                    "%s was not called, as a pointer for it leads nowhere: %s".formatted(operation, e.getMessage()),
                    e,
                    true);
        } catch (LinkException e) {
            mayHaveArrived = !e.isNotSent();
            throw e;
        } catch (RpcFaultException e) {
            mayHaveArrived = !e.didNotExecute();
            throw e;
        } finally {
            if (!mayHaveArrived) {
                pointers.revokeGiven();
            }
        }
        try {
            return OrpcStub.result(answer, operation, in, pointers);
        } catch (MalformedException e) {
            throw new LinkException(
                    "%s answered %s with what cannot be read: %s".formatted(this, operation, e.getMessage()), e);
        }
    }

    /** Reads an answer for whoever is interested in it though the caller has gone. */
    private record Late<I, O>(Operation<?, I, O> operation, I in, Pointers pointers, LateAnswer target)
            implements LateReply {
        @Override
        public void answered(RpcAnswer answer) {
            try {
                target.heard(OrpcStub.result(answer, operation, in, pointers));
            } catch (MalformedException e) {
                LOG.debug("A late answer to {} cannot be read: {}", operation, e.getMessage());
            }
        }

        @Override
        public void refused(RpcFaultException fault) {
            target.heard(Result.failure(HResult.ofStatus(fault.status())));
        }
    }

    /** As {@link SharedConnection#desert}. */
    int desert() {
        return connection.desert();
    }

    private static SyntaxId syntax(Guid iid) {
        return new SyntaxId(iid, 0, 0);
    }

    /** Calls that are made while one from outside is served belong to its chain. */
    private OrpcThis header(ExporterInfo where) {
        return OrpcThis.of(
                where.version(), ObjectCall.current().map(ObjectCall::causality).orElseGet(this::nextChain));
    }

    /** Unlike all others ([MS-DCOM] 3.2.4.2), which need not be hard to guess: randomness for each would cost a part of the call. */
    private Guid nextChain() {
        return new Guid(chains.high(), chains.low() + chain.incrementAndGet());
    }

    private RpcAnswer ask(
            SyntaxId syntax, int opnum, Guid ipid, Bytes stub, Deadline deadline, @Nullable LateReply late)
            throws LinkException, RpcFaultException {
        try {
            return connection.call(syntax, opnum, ipid, stub, deadline, late);
        } catch (RpcFaultException e) {
            int made = connection.made();
            if (STRANGE.contains(e.status()) && made > knownAt && !deadline.isOver()) {
                // the connection is a new one: whoever answers may be another process at the same port
                knownAt = made;
                route.checkThatItLives(e, deadline);
            }
            throw e;
        }
    }

    private record Answered<R>(R values, int hresult) {}

    /** A method of the exporter's own IRemUnknown. */
    private <R> Answered<R> remUnknown(int opnum, Consumer<NdrWriter> in, NdrReader.Decoder<R> out, Deadline deadline)
            throws LinkException, RpcFaultException {
        ExporterInfo where = route.info(deadline);
        NdrWriter stub = new NdrWriter();
        header(where).write(stub);
        in.accept(stub);
        RpcAnswer answer = ask(syntax(IRemUnknown.IID), opnum, where.ipidRemUnknown(), stub.toBytes(), deadline, null);
        try {
            NdrReader reader = NdrReader.over(answer.stub(), answer.order());
            OrpcThat.read(reader);
            R values = out.read(reader);
            return new Answered<>(values, reader.i32("HRESULT"));
        } catch (MalformedException e) {
            throw new LinkException(
                    "%s answered opnum %d of IRemUnknown with what cannot be read: %s"
                            .formatted(this, opnum, e.getMessage()),
                    e);
        }
    }

    // ---- references

    /** The same as another, of an interface that is known by its own IPID. */
    Result<RemQiResult> queryInterface(Imported of, Guid iid, Deadline deadline)
            throws LinkException, RpcFaultException {
        IRemUnknown.QueryInterfaceRequest request =
                new IRemUnknown.QueryInterfaceRequest(of.ipid(), REFERENCES_ASKED, List.of(iid));
        Answered<IRemUnknown.QueryInterfaceResponse> answer = remUnknown(
                IRemUnknown.REM_QUERY_INTERFACE, request::write, IRemUnknown.QueryInterfaceResponse::read, deadline);
        List<RemQiResult> results = answer.values().results();
        if (!HResult.isSuccess(answer.hresult()) || results.isEmpty()) {
            return Result.failure(HResult.isSuccess(answer.hresult()) ? HResult.E_NOINTERFACE : answer.hresult());
        }
        RemQiResult result = results.getFirst();
        return HResult.isSuccess(result.hresult()) ? Result.ok(result) : Result.failure(result.hresult());
    }

    /** Asks for references to what came without any, before it is used ([MS-DCOM] 3.2.4.4). */
    void requireReferences(Imported of, Deadline deadline) throws LinkException, RpcFaultException {
        synchronized (references) {
            if (!references.isWithout(of.ipid())) {
                return;
            }
        }
        askForReferences(of, deadline);
    }

    private void askForReferences(Imported of, Deadline deadline) throws LinkException, RpcFaultException {
        IRemUnknown.ReferencesRequest request =
                new IRemUnknown.ReferencesRequest(List.of(new RemInterfaceRef(of.ipid(), REFERENCES_ASKED, 0)));
        Answered<IRemUnknown.AddRefResponse> answer =
                remUnknown(IRemUnknown.REM_ADD_REF, request::write, IRemUnknown.AddRefResponse::read, deadline);
        List<Integer> results = answer.values().results();
        int hresult = HResult.isSuccess(answer.hresult()) && !results.isEmpty() ? results.getFirst() : answer.hresult();
        if (!HResult.isSuccess(hresult)) {
            throw new RpcFaultException(HResult.RPC_E_DISCONNECTED, true);
        }
        synchronized (references) {
            references.add(of.ipid(), REFERENCES_ASKED);
        }
    }

    void take(Guid ipid, long count) {
        synchronized (references) {
            references.take(ipid, count);
        }
    }

    /**
     * Gives one away, and gets more in time, so that the next can be given too.
     *
     * @throws DeadPointerException the process is gone
     */
    int handOn(Imported of) {
        route.gone().ifPresent(why -> {
            throw new DeadPointerException(why);
        });
        int given;
        boolean isShort;
        synchronized (references) {
            given = references.handOn(of.ipid());
            isShort = references.isShort(of.ipid());
        }
        if (isShort && of.beginsToAsk()) {
            Thread.ofVirtual().name("dcom-client-references").start(() -> askForMore(of));
        }
        return given;
    }

    private void askForMore(Imported of) {
        try {
            askForReferences(of, Deadline.after(RELEASE_WITHIN));
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("No further references to {}: {}", of, e.getMessage());
        } finally {
            of.hasAsked();
        }
    }

    /** Gives back what a closed pointer had, on a thread of its own. */
    void drop(Guid ipid) {
        synchronized (references) {
            references.drop(ipid);
        }
        releaseSoon();
    }

    /** References that came with what nobody points to. */
    void owe(Guid ipid, long count) {
        synchronized (references) {
            references.owe(ipid, count);
        }
        releaseSoon();
    }

    boolean isUnused() {
        synchronized (references) {
            return references.isUnused() && references.isNothingOwed();
        }
    }

    boolean isConnected() {
        return connection.isOpen();
    }

    private void releaseSoon() {
        if (isReleasing.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("dcom-client-release-" + Long.toHexString(key.oxid()))
                    .start(() -> {
                        release(RELEASE_WITHIN);
                        client.forgetIfUnused(this);
                    });
        }
    }

    /** What gathers while one batch is under way goes with the next. */
    private void release(Duration each) {
        do {
            try {
                giveBack(() -> Deadline.after(each));
            } finally {
                isReleasing.set(false);
            }
            // one that came between the last look and the line above
        } while (!isNothingOwed() && isReleasing.compareAndSet(false, true));
    }

    private void giveBack(Supplier<Deadline> each) {
        release.lock();
        try {
            List<RemInterfaceRef> batch = batch();
            while (!batch.isEmpty()) {
                release(batch, each.get());
                batch = batch();
            }
        } finally {
            release.unlock();
        }
    }

    private boolean isNothingOwed() {
        synchronized (references) {
            return references.isNothingOwed();
        }
    }

    private List<RemInterfaceRef> batch() {
        synchronized (references) {
            return references.takeOwed(RELEASES_MAX);
        }
    }

    /** References that do not come through are the server's to reclaim: their objects are not pinged any more. */
    private void release(List<RemInterfaceRef> batch, Deadline deadline) {
        if (route.gone().isPresent()) {
            return;
        }
        try {
            var unused = remUnknown(
                    IRemUnknown.REM_RELEASE,
                    new IRemUnknown.ReferencesRequest(batch)::write,
                    nothing -> batch,
                    deadline);
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("References to {} interfaces of {} were not given back: {}", batch.size(), this, e.getMessage());
        }
    }

    /** Gives everything back, whoever still points there, and ends. Takes as long as it may. */
    void close(Deadline deadline) {
        connection.resume();
        synchronized (references) {
            references.dropAll();
        }
        try {
            if (release.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    giveBackUntil(deadline);
                } finally {
                    release.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }

    private void giveBackUntil(Deadline deadline) {
        List<RemInterfaceRef> batch = batch();
        while (!batch.isEmpty() && !deadline.isOver()) {
            release(batch, deadline);
            batch = batch();
        }
    }

    /** Ends the connection, as nobody points there; references that are being given back go first. */
    void end() {
        release.lock();
        try {
            connection.drop();
        } finally {
            release.unlock();
        }
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
