package org.tandemopc.dcom.orpc.client;

import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.rpc.BindRefusedException;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.dcom.rpc.SyntaxId;

/** The object resolver of a host, as a client sees it: one connection for all that is asked there. Thread-safe. */
final class Resolver implements AutoCloseable {
    static final List<Integer> TOWERS = List.of(StringBinding.TCP);

    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

    /** What a resolver without ServerAlive2 or ResolveOxid2 speaks ([MS-DCOM] 3.2.4.1.1.1, 3.2.4.1.2.2). */
    private static final ComVersion OLD = new ComVersion(5, 1);

    /** Rounds of one ping: new sets, and changes that do not fit one call. */
    private static final int ROUNDS_MAX = 100;

    private final Reach.Target target;
    private final Dials dials;
    private final SharedConnection connection;
    private final PingSet pings = new PingSet();
    private final AtomicBoolean isPinging = new AtomicBoolean();
    private volatile @Nullable ComVersion version;
    private volatile boolean isOldActivation;
    private volatile int failedPings;

    Resolver(Reach.Target target, Dials dials) {
        this.target = target;
        this.dials = dials;
        this.connection = new SharedConnection(
                toString(),
                (first, deadline) -> dials.dial(target, first, dials.security().resolver(), deadline));
    }

    Reach.Target target() {
        return target;
    }

    SharedConnection connection() {
        return connection;
    }

    /** Whether the host is known to have only the older way to activate. */
    boolean isOldActivation() {
        return isOldActivation;
    }

    void isOldActivation(boolean isOld) {
        isOldActivation = isOld;
    }

    // ---- the version

    /**
     * What both sides speak. Asked once, without login, as Windows does ([MS-DCOM] 3.2.4.1.1.1). The answer is advice: whoever
     * answers it badly, as j-Interop does, or not at all, is taken to speak what we do.
     *
     * @throws LinkException the host is not reached
     */
    ComVersion version(Deadline deadline) throws LinkException {
        ComVersion known = version;
        if (known == null) {
            known = askVersion(deadline);
            version = known;
        }
        return known;
    }

    private ComVersion askVersion(Deadline deadline) throws LinkException {
        Deadline half = Deadline.after(Duration.ofNanos(deadline.remainingNanos() / 2));
        try (RpcClient client = dials.dialOpen(target, IObjectExporter.SYNTAX, half)) {
            RpcAnswer answer =
                    client.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE2, null, Bytes.EMPTY, half);
            ComVersion theirs = ComVersion.read(reader(answer));
            return agreed(ComVersion.OURS, theirs);
        } catch (RpcFaultException e) {
            return e.status() == RpcStatus.OPNUM_OUT_OF_RANGE ? OLD : ComVersion.OURS;
        } catch (MalformedException e) {
            return ComVersion.OURS;
        } catch (LinkException e) {
            if (deadline.isOver() || !isAnswering(e)) {
                throw e;
            }
            LOG.debug("{} does not tell its version: {}", this, e.getMessage());
            return ComVersion.OURS;
        }
    }

    /** The lower of both; a version that is none of this protocol says nothing. */
    static ComVersion agreed(ComVersion ours, ComVersion theirs) {
        return theirs.major() == ours.major() ? ours.with(theirs) : ours;
    }

    /** Somebody is there, though he did not like the question. */
    private static boolean isAnswering(LinkException e) {
        return !e.isNotSent() || e instanceof BindRefusedException;
    }

    // ---- the login

    /**
     * Has a question answered, under the login, that everybody may ask: what comes back shows whether the login is taken.
     *
     * @throws RpcFaultException access is denied
     */
    void logIn(Deadline deadline) throws LinkException, RpcFaultException {
        try {
            var unused =
                    connection.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE, null, Bytes.EMPTY, deadline);
        } catch (RpcFaultException e) {
            if (e.status() == RpcStatus.ACCESS_DENIED || e.status() == RpcStatus.SECURITY_PACKAGE_ERROR) {
                throw e;
            }
            // not liked, but answered
            LOG.debug("{} answers ServerAlive with {}.", this, e.getMessage());
        }
    }

    // ---- resolution

    /**
     * Where an exporter is.
     *
     * @return empty: the host knows no such exporter, or not any more
     */
    Optional<ExporterInfo> resolve(long oxid, Deadline deadline) throws LinkException, RpcFaultException {
        NdrWriter in = new NdrWriter();
        new IObjectExporter.ResolveOxidRequest(oxid, TOWERS).write(in);
        IObjectExporter.ResolveOxid2Response answer;
        try {
            answer = call(IObjectExporter.RESOLVE_OXID2, in, IObjectExporter.ResolveOxid2Response::read, deadline);
        } catch (RpcFaultException e) {
            if (e.status() != RpcStatus.OPNUM_OUT_OF_RANGE) {
                throw e;
            }
            IObjectExporter.ResolveOxidResponse old =
                    call(IObjectExporter.RESOLVE_OXID, in, IObjectExporter.ResolveOxidResponse::read, deadline);
            answer = new IObjectExporter.ResolveOxid2Response(
                    old.bindings(), old.ipidRemUnknown(), old.authnHint(), OLD, old.status());
        }
        if (answer.status() == IObjectExporter.INVALID_OXID) {
            return Optional.empty();
        }
        if (answer.status() != 0 || answer.bindings().isEmpty()) {
            throw new LinkException(
                    "%s answered the resolution of OXID %016x with status %d and %s bindings"
                            .formatted(
                                    this,
                                    oxid,
                                    answer.status(),
                                    answer.bindings().isEmpty() ? "no" : "its"),
                    true);
        }
        return Optional.of(new ExporterInfo(
                oxid,
                answer.bindings().get(),
                answer.ipidRemUnknown(),
                answer.authnHint(),
                agreed(ComVersion.OURS, answer.version())));
    }

    // ---- pings

    void use(long oid) {
        synchronized (pings) {
            pings.use(oid);
        }
    }

    void unuse(long oid) {
        synchronized (pings) {
            pings.unuse(oid);
        }
    }

    boolean isUnused() {
        synchronized (pings) {
            return pings.isEmpty();
        }
    }

    /** Says what is in use. A ping that fails is told in the log, and ends nothing: objects may live on without. */
    void ping(Deadline deadline) {
        if (!isPinging.compareAndSet(false, true)) {
            return;
        }
        try {
            boolean isMore = true;
            for (int round = 0; isMore && round < ROUNDS_MAX; round++) {
                isMore = pingOnce(deadline);
            }
            if (failedPings > 0) {
                LOG.info("{} is pinged again, after {} failures.", this, failedPings);
                failedPings = 0;
            }
        } catch (LinkException | RpcFaultException e) {
            failedPings++;
            LOG.atLevel(failedPings == 1 ? Level.WARN : Level.DEBUG)
                    .log(
                            "{} was not pinged ({} in a row): {}. Objects there may be given up after some minutes.",
                            this,
                            failedPings,
                            e.getMessage());
        } finally {
            isPinging.set(false);
        }
    }

    /** @return whether there is more to say */
    private boolean pingOnce(Deadline deadline) throws LinkException, RpcFaultException {
        Optional<PingSet.Ping> next;
        synchronized (pings) {
            next = pings.next();
        }
        if (next.isEmpty()) {
            return false;
        }
        PingSet.Ping ping = next.get();
        NdrWriter in = new NdrWriter();
        long setId = 0;
        int status = switch (ping) {
            case PingSet.Ping.Simple(IObjectExporter.SimplePingRequest request) -> {
                request.write(in);
                setId = request.setId();
                yield call(IObjectExporter.SIMPLE_PING, in, IObjectExporter.Status::read, deadline)
                        .status();
            }
            case PingSet.Ping.Complex(IObjectExporter.ComplexPingRequest request) -> {
                request.write(in);
                IObjectExporter.ComplexPingResponse answer =
                        call(IObjectExporter.COMPLEX_PING, in, IObjectExporter.ComplexPingResponse::read, deadline);
                setId = answer.setId();
                yield answer.status();
            }
        };
        if (status != 0 && status != IObjectExporter.INVALID_SET && status != IObjectExporter.INVALID_OID) {
            throw new LinkException("%s answered a ping with status %d".formatted(this, status));
        }
        synchronized (pings) {
            return pings.answered(ping, setId, status);
        }
    }

    // ---- calls

    private <R> R call(int opnum, NdrWriter in, NdrReader.Decoder<R> decoder, Deadline deadline)
            throws LinkException, RpcFaultException {
        return read(connection.call(IObjectExporter.SYNTAX, opnum, null, in.toBytes(), deadline), decoder);
    }

    /** A call of activation: without object, with whatever stands before the parameters. */
    <R> R call(SyntaxId syntax, int opnum, NdrWriter in, NdrReader.Decoder<R> decoder, Deadline deadline)
            throws LinkException, RpcFaultException {
        return read(connection.call(syntax, opnum, null, in.toBytes(), deadline), decoder);
    }

    private <R> R read(RpcAnswer answer, NdrReader.Decoder<R> decoder) throws LinkException {
        try {
            return decoder.read(reader(answer));
        } catch (MalformedException e) {
            throw new LinkException("%s answered what cannot be read: %s".formatted(this, e.getMessage()), e);
        }
    }

    private static NdrReader reader(RpcAnswer answer) {
        ByteOrder order = answer.order();
        return NdrReader.over(answer.stub(), order);
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public String toString() {
        return "resolver of " + target.host() + " at port " + target.address().getPort();
    }
}
