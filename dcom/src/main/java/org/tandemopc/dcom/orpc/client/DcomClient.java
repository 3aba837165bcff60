package org.tandemopc.dcom.orpc.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.DeadPointer;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IClassFactory;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.LocalPointer;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.UnfollowedPointer;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.rpc.RpcConnection;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.WeakCalls;

/**
 * Has objects made on other hosts, and calls them ([MS-DCOM] 3.2). Thread-safe; calls run on the caller's thread and end at their
 * deadline.
 *
 * <p>Only the hosts of its settings are ever connected to. Object references are strangers' octets: their bindings are compared
 * with the names and addresses of those hosts, are never looked up, and where none of them fits the pointer leads nowhere and
 * says why.
 *
 * <p>All pointers into one process share one connection, on which calls go side by side if the server takes them so. A
 * connection that ends is made anew for the next call. If the process itself is gone, which its host's resolver tells, calls end
 * in {@link DisconnectedException} from then on: {@link ActivatedObject} makes the object anew.
 */
public final class DcomClient implements AutoCloseable {
    private final DcomClientSettings settings;
    private final Dials dials;
    private final AtomicInteger pointers = new AtomicInteger();

    /** Guards the three below it. */
    private final Object tables = new Object();

    private final Map<Reach.Target, Resolver> resolvers = new HashMap<>();
    private final Map<RemoteExporter.Key, RemoteExporter> exporters = new HashMap<>();
    private Ticker.@Nullable Ticking pinging;

    private volatile boolean closed;

    public DcomClient(DcomClientSettings settings) {
        this(settings, new WeakCalls());
    }

    /** @param weak says what is called without protection */
    DcomClient(DcomClientSettings settings, WeakCalls weak) {
        this.settings = settings;
        this.dials = new Dials(settings.security(), settings.options(), weak);
    }

    // ---- activation

    /**
     * Has an object of a class made.
     *
     * @param host one of the settings
     * @param deadline of all that must be asked and connected
     * @return the object as the interface, or what the host said: REGDB_E_CLASSNOTREG, E_ACCESSDENIED, E_NOINTERFACE
     * @throws LinkException no answer; whether an object was made is unknown unless {@link LinkException#isNotSent}. Nobody
     *     refers to such an object, and its server gives it up. Or this client is closed
     * @throws RpcFaultException an answer of RPC or COM, such as access denied
     */
    public <T> Result<ComPointer<T>> activate(RemoteHost host, Guid clsid, InterfaceDef<T> type, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<List<Result<ComPointer<IUnknown>>>> made = activate(host, clsid, List.of(type.iid()), deadline);
        return only(made, type);
    }

    /**
     * Has an object of a class made, and takes several of its interfaces at once.
     *
     * @param iids 1 to 0x8000
     * @return for each IID a pointer to it, of which {@link ComPointer#as} makes the interface; or why there is none
     */
    public Result<List<Result<ComPointer<IUnknown>>>> activate(
            RemoteHost host, Guid clsid, List<Guid> iids, Deadline deadline) throws LinkException, RpcFaultException {
        return activate(host, clsid, iids, false, deadline);
    }

    /** The class itself, which makes any number of objects. */
    public Result<ComPointer<IClassFactory>> classObject(RemoteHost host, Guid clsid, Deadline deadline)
            throws LinkException, RpcFaultException {
        Result<List<Result<ComPointer<IUnknown>>>> made =
                activate(host, clsid, List.of(IClassFactory.DEF.iid()), true, deadline);
        return only(made, IClassFactory.DEF);
    }

    private static <T> Result<ComPointer<T>> only(
            Result<List<Result<ComPointer<IUnknown>>>> made, InterfaceDef<T> type) {
        if (!made.isSuccess()) {
            return Result.failure(made.hresult());
        }
        Result<ComPointer<IUnknown>> one = made.value().getFirst();
        return one.isSuccess() ? Result.success(one.hresult(), one.value().as(type)) : Result.failure(one.hresult());
    }

    private Result<List<Result<ComPointer<IUnknown>>>> activate(
            RemoteHost host, Guid clsid, List<Guid> iids, boolean isClassObject, Deadline deadline)
            throws LinkException, RpcFaultException {
        if (iids.isEmpty()) {
            throw new IllegalArgumentException("no interface is asked for");
        }
        Resolver resolver = openResolver(host);
        Activation.Answer answer = Activation.ask(resolver, clsid, iids, isClassObject, deadline);
        if (answer.exporter().isEmpty()) {
            return Result.failure(answer.hresult());
        }
        ExporterInfo where = answer.exporter().get();
        List<Result<ComPointer<IUnknown>>> made = new ArrayList<>();
        for (int i = 0; i < iids.size(); i++) {
            made.add(activated(answer.interfaces().get(i), iids.get(i), where, resolver));
        }
        return Result.success(answer.hresult(), List.copyOf(made));
    }

    /** A client that is closed asks nobody, or what it would have made and connected to stayed for good. */
    private Resolver openResolver(RemoteHost host) throws LinkException {
        if (!settings.hosts().contains(host)) {
            throw new IllegalArgumentException(host + " is none of " + settings.hosts());
        }
        synchronized (tables) {
            if (closed) {
                throw new LinkException("the client is closed: nothing is asked at " + host, true);
            }
            return resolver(new Reach.Target(host, new InetSocketAddress(host.address(), host.resolverPort())));
        }
    }

    private Result<ComPointer<IUnknown>> activated(
            Activation.One one, Guid iid, ExporterInfo where, Resolver resolver) {
        if (one.pointer().isEmpty()) {
            return Result.failure(HResult.isSuccess(one.hresult()) ? HResult.E_NOINTERFACE : one.hresult());
        }
        ObjRef reference;
        try {
            reference = ObjRef.of(one.pointer().get());
        } catch (MalformedException e) {
            return Result.failure(HResult.RPC_E_INVALID_OBJREF);
        }
        Optional<StdObjRef> std = reference.standard();
        if (std.isEmpty() || !reference.iid().equals(iid)) {
            return Result.failure(HResult.RPC_E_INVALID_OBJREF);
        }
        boolean isSame = std.get().oxid() == where.oxid();
        Optional<ExporterInfo> known = isSame ? Optional.of(where) : Optional.empty();
        return Result.success(
                one.hresult(), pointer(reference, std.get(), IUnknown.DEF, known, List.of(resolver.target())));
    }

    // ---- for checks

    /**
     * Logs in at a host, and has nothing made there.
     *
     * @param host one of the settings
     * @throws LinkException not reached, no answer, or the login was refused while connecting
     * @throws RpcFaultException access is denied: account, password, or level
     */
    public void logIn(RemoteHost host, Deadline deadline) throws LinkException, RpcFaultException {
        openResolver(host).logIn(deadline);
    }

    /**
     * Where calls on an object of another process go to, of the places that its host has told. Connects to none of them.
     *
     * @param pointer one of this client's
     * @return no target: calls go nowhere, and {@link Reach#why} says why
     * @throws IllegalArgumentException it is not one of this client's that leads to another process
     */
    public Reach reach(ComPointer<?> pointer, Deadline deadline) throws LinkException, RpcFaultException {
        if (!(pointer instanceof RemotePointer<?> remote)) {
            throw new IllegalArgumentException(pointer + " leads to no other process");
        }
        return remote.reach(deadline);
    }

    // ---- references

    /**
     * Takes over a reference that came by another way than as a parameter. Connects to nobody; octets that are no reference, or
     * one that leads to a host that is not to be connected to, give a pointer whose every call says so.
     */
    public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
        try {
            return adopt(ObjRef.of(octets), type);
        } catch (MalformedException e) {
            return new DeadPointer<>(
                    type, Guid.NULL, "no object reference came for %s: %s".formatted(type, e.getMessage()));
        }
    }

    /** As {@link #unmarshal}. */
    <T> ComPointer<T> adopt(ObjRef reference, InterfaceDef<T> type) {
        Optional<StdObjRef> std = reference.standard();
        if (std.isEmpty()) {
            return dead(
                    reference,
                    type,
                    "a reference for %s came that asks for code of another machine ([MS-DCOM] 2.2.18.6)"
                            .formatted(type));
        }
        return pointer(reference, std.get(), type, Optional.empty(), List.of());
    }

    private static <T> ComPointer<T> dead(ObjRef reference, InterfaceDef<T> type, String why) {
        return new DeadPointer<>(type, reference.iid(), why);
    }

    /** @param known the resolver of the host it came from, if it is certain */
    private <T> ComPointer<T> pointer(
            ObjRef reference,
            StdObjRef std,
            InterfaceDef<T> type,
            Optional<ExporterInfo> where,
            List<Reach.Target> known) {
        Reach reach = Reach.ofResolver(reference.resolvers(), settings.hosts());
        List<Reach.Target> told = known.isEmpty() ? reach.targets() : known;
        if (told.isEmpty()) {
            String why = reach.why(settings.hosts());
            return new UnfollowedPointer<>(
                    type, reference, "a reference for %s leads elsewhere: %s".formatted(type, why));
        }
        RemoteExporter.Key key = new RemoteExporter.Key(told.getFirst().host(), std.oxid());
        synchronized (tables) {
            if (closed) {
                return dead(reference, type, "the client is closed");
            }
            RemoteExporter exporter = exporters.get(key);
            if (exporter == null && exporters.size() >= settings.exportersMax()) {
                int most = settings.exportersMax();
                return dead(reference, type, "more than the limit of %d exporters are pointed to".formatted(most));
            }
            if (exporter == null) {
                exporter = new RemoteExporter(key, this);
                exporters.put(key, exporter);
            }
            where.ifPresent(exporter.route()::isKnown);
            // those of other hosts are not asked for it: they would speak for this one
            exporter.route()
                    .isResolvedBy(told.stream()
                            .filter(target -> target.host().equals(key.host()))
                            .map(this::resolver)
                            .toList());
            if (pointers.get() >= settings.pointersMax()) {
                exporter.owe(std.ipid(), std.publicRefs());
                return dead(reference, type, "more than the limit of %d pointers".formatted(settings.pointersMax()));
            }
            return new RemotePointer<>(this, type, imported(exporter, reference.iid(), std, reference.resolvers()));
        }
    }

    private Imported imported(RemoteExporter exporter, Guid iid, StdObjRef std, DualStringArray resolver) {
        if (std.isPinged()) {
            startPinging();
        }
        pointers.incrementAndGet();
        Optional<Resolver> pinged = exporter.route().resolvers().stream().findFirst();
        return new Imported(exporter, iid, std, resolver, pinged, pointers::decrementAndGet);
    }

    /**
     * Another interface of an object, as QueryInterface gave it.
     *
     * @return a failure: it is one of another exporter, or there is no room for more pointers
     */
    Result<Imported> imported(Imported of, Guid iid, StdObjRef std) {
        RemoteExporter exporter = of.exporter();
        if (std.oxid() != exporter.key().oxid()) {
            return Result.failure(HResult.RPC_E_INVALID_OBJREF);
        }
        synchronized (tables) {
            if (pointers.get() >= settings.pointersMax()) {
                exporter.owe(std.ipid(), std.publicRefs());
                return Result.failure(HResult.E_OUTOFMEMORY);
            }
            // all its pointers may have been closed while this one was on its way
            RemoteExporter known = exporters.putIfAbsent(exporter.key(), exporter);
            return Result.ok(imported(known == null ? exporter : known, iid, std, of.resolver()));
        }
    }

    /** Makes references of pointers and pointers of references, for calls on that connection. */
    Marshaler marshaler(RpcConnection connection) {
        Optional<Marshaler> own = settings.ownObjects()
                .map(server -> server.marshaler(
                        connection.remoteAddress().getAddress(),
                        connection.localAddress().getAddress(),
                        Importer.none()));
        return new ClientMarshaler(own, settings.ownObjects().map(DcomServer::oxid));
    }

    /** Own objects are those of a server of this process; everything else is of the peers. */
    private final class ClientMarshaler implements Marshaler {
        private final Optional<Marshaler> own;
        private final Optional<Long> ownOxid;

        ClientMarshaler(Optional<Marshaler> own, Optional<Long> ownOxid) {
            this.own = own;
            this.ownOxid = ownOxid;
        }

        @Override
        public ObjRef marshal(ComPointer<?> pointer) {
            if (!(pointer instanceof LocalPointer<?> local)) {
                return pointer.handOn();
            }
            return own.orElseThrow(() -> new IllegalStateException(
                            "%s cannot be handed out: the settings of this client name no server for own objects"
                                    .formatted(local)))
                    .marshal(pointer);
        }

        @Override
        public void revoke(ComPointer<?> pointer, ObjRef reference) {
            if (pointer instanceof LocalPointer<?>) {
                own.ifPresent(marshaler -> marshaler.revoke(pointer, reference));
            } else {
                pointer.notHandedOn(reference);
            }
        }

        @Override
        public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
            return isOwn(octets) ? own.orElseThrow().unmarshal(octets, type) : DcomClient.this.unmarshal(octets, type);
        }

        private boolean isOwn(InterfacePointer octets) {
            if (own.isEmpty()) {
                return false;
            }
            try {
                return ObjRef.of(octets).standard().map(StdObjRef::oxid).equals(ownOxid);
            } catch (MalformedException e) {
                return false;
            }
        }
    }

    // ---- tables

    List<RemoteHost> hosts() {
        return settings.hosts();
    }

    Dials dials() {
        return dials;
    }

    private Resolver resolver(Reach.Target target) {
        synchronized (tables) {
            return resolvers.computeIfAbsent(target, key -> new Resolver(key, dials));
        }
    }

    /** The process is gone. */
    void forget(RemoteExporter exporter) {
        List<Resolver> unused;
        synchronized (tables) {
            exporters.remove(exporter.key(), exporter);
            unused = removeUnusedResolvers();
        }
        unused.forEach(Resolver::close);
    }

    /** Nobody points there any more. */
    void forgetIfUnused(RemoteExporter exporter) {
        List<Resolver> unused;
        synchronized (tables) {
            if (!exporter.isUnused()) {
                return;
            }
            exporters.remove(exporter.key(), exporter);
            unused = removeUnusedResolvers();
        }
        unused.forEach(Resolver::close);
        exporter.end();
    }

    /** Those of the hosts themselves stay, for the next activation; what references named goes with them. */
    private List<Resolver> removeUnusedResolvers() {
        List<Resolver> unused = resolvers.values().stream()
                .filter(resolver -> !isOfSettings(resolver.target()) && resolver.isUnused())
                .filter(resolver -> exporters.values().stream()
                        .noneMatch(exporter -> exporter.route().resolvers().contains(resolver)))
                .toList();
        resolvers.values().removeAll(unused);
        return unused;
    }

    private static boolean isOfSettings(Reach.Target target) {
        return target.address().getPort() == target.host().resolverPort();
    }

    /** Pointers that are not closed. */
    public int pointers() {
        return pointers.get();
    }

    /** Whether anything is pointed to. */
    boolean isIdle() {
        return pointers.get() == 0 && exporters() == 0;
    }

    /** Whether its account may log in, or was refused so long ago that it may be tried anew. */
    boolean mayLogIn(Duration afterRefusals) {
        return settings.security().guard().isOpen(afterRefusals);
    }

    /** Processes that are pointed to. */
    public int exporters() {
        synchronized (tables) {
            return exporters.size();
        }
    }

    int resolvers() {
        synchronized (tables) {
            return resolvers.size();
        }
    }

    /** Connections that are open: one to each process that is called, and one to each resolver that was asked. */
    public int connections() {
        synchronized (tables) {
            long toExporters = exporters.values().stream()
                    .filter(RemoteExporter::isConnected)
                    .count();
            long toResolvers = resolvers.values().stream()
                    .filter(resolver -> resolver.connection().isOpen())
                    .count();
            return Math.toIntExact(toExporters + toResolvers);
        }
    }

    /** {@link ClientSecurity#allowLoginsAgain}, for the account of this client. */
    public void allowLoginsAgain() {
        settings.security().allowLoginsAgain();
    }

    // ---- pings

    private void startPinging() {
        synchronized (tables) {
            if (pinging == null && !closed) {
                pinging = settings.ticker().every(settings.pingEvery(), this::ping);
            }
        }
    }

    /** Each resolver on a thread of its own, so that one which does not answer costs the others nothing. */
    private void ping() {
        Collection<Resolver> all;
        synchronized (tables) {
            all = List.copyOf(resolvers.values());
        }
        for (Resolver resolver : all) {
            Thread.ofVirtual()
                    .name("dcom-client-ping")
                    .start(() -> resolver.ping(Deadline.after(settings.pingWithin())));
        }
    }

    /**
     * Leaves the servers without ending the connections: calls that are under way end at once, for their callers; nothing more is sent
     * but pings, until {@link #close}. What is heard from then on are the answers to calls that were made with a {@link LateAnswer}.
     * A caller whose request is just being written is waited for a moment, and then its connection ends.
     *
     * @return how many such answers are still to come
     */
    public int desert() {
        List<RemoteExporter> open;
        synchronized (tables) {
            open = List.copyOf(exporters.values());
        }
        return open.stream().mapToInt(RemoteExporter::desert).sum();
    }

    // ---- the end

    /**
     * Gives all references back, within the time that the settings say, and ends all connections. Pointers that are still open
     * lead nowhere from then on.
     */
    @Override
    public void close() {
        List<RemoteExporter> open;
        Ticker.@Nullable Ticking ticking;
        synchronized (tables) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(exporters.values());
            exporters.clear();
            ticking = pinging;
        }
        if (ticking != null) {
            ticking.close();
        }
        Deadline deadline = Deadline.after(settings.closeWithin());
        List<Thread> closing = new ArrayList<>();
        for (RemoteExporter exporter : open) {
            closing.add(Thread.ofVirtual().name("dcom-client-close").start(() -> exporter.close(deadline)));
        }
        for (Thread thread : closing) {
            await(thread, deadline);
        }
        synchronized (tables) {
            resolvers.values().forEach(Resolver::close);
            resolvers.clear();
        }
    }

    private static void await(Thread thread, Deadline deadline) {
        try {
            thread.join(Duration.ofNanos(deadline.remainingNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
