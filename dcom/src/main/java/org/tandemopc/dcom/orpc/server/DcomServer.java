package org.tandemopc.dcom.orpc.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.FaultLog;
import org.tandemopc.dcom.rpc.InterfaceTable;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.RpcServer;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.dcom.rpc.WeakCalls;

/**
 * A DCOM server ([MS-DCOM] 3.1): makes objects for clients that ask by class, and serves the calls on them. At the resolver's port
 * the resolver, activation and the endpoint mapper; at the objects' port the objects and IRemUnknown. Thread-safe.
 *
 * <p>Clients use one too, for objects of theirs that servers are to call: without classes, at one port of any number.
 */
public final class DcomServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DcomServer.class);

    /** Looks for the dead so many times within the time after which they are. */
    private static final int LOOKS_PER_TIMEOUT = 12;

    private static final Duration LOOK_EVERY_MAX = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final ServerContext context;
    private final ObjectResolver resolver;
    private final RpcServer resolverServer;
    private final RpcServer objectServer;
    private final Map<InetAddress, Integer> resolverPorts = new ConcurrentHashMap<>();
    private final Map<InetAddress, Integer> objectPorts = new ConcurrentHashMap<>();
    private final Thread collector;
    private volatile boolean serving;

    /**
     * Begins to serve.
     *
     * @throws IOException an address or port is not to be had; nothing is served then
     */
    public static DcomServer start(DcomServerSettings settings, Activator activator) throws IOException {
        return new DcomServer(
                settings, Optional.of(activator), System::nanoTime, Names.random(), FaultLog::new, new WeakCalls());
    }

    /** Begins to serve objects that are handed out otherwise than by activation. */
    public static DcomServer startWithoutClasses(DcomServerSettings settings) throws IOException {
        return new DcomServer(
                settings, Optional.empty(), System::nanoTime, Names.random(), FaultLog::new, new WeakCalls());
    }

    /** @param logs a fresh one each time: who floods one fills no other */
    DcomServer(
            DcomServerSettings settings,
            Optional<Activator> activator,
            LongSupplier clock,
            Names names,
            Supplier<FaultLog> logs,
            WeakCalls weak)
            throws IOException {
        ObjectExporter exporter = new ObjectExporter(settings.exports(), clock, names);
        Bindings bindings = new Bindings(settings.tellsReached(), settings.published(), resolverPorts, objectPorts);
        this.context = new ServerContext(
                exporter, bindings, settings.access(), settings.importer(), settings.sinkAddresses(), logs.get(), weak);
        // impacket takes the hint for the level of its calls, also where it has asked by a higher one itself
        ToIntFunction<CallContext> authnHint = call -> Math.max(
                settings.policy().peer(call.remoteAddress()).minCallLevel().code(),
                call.level().code());
        this.resolver = new ObjectResolver(context, settings.pings(), authnHint, clock, names.numbers());
        boolean onePort = settings.objectPorts().isEmpty();
        List<RpcInterface> resolving = resolving(settings, activator, authnHint);
        InterfaceTable first = new Interfaces(resolving, onePort);
        InterfaceTable second = new Interfaces(List.of(), true);
        this.resolverServer =
                new RpcServer(settings.policy(), first, settings.limits(), settings.tap(), logs.get(), weak);
        this.objectServer = onePort
                ? resolverServer
                : new RpcServer(settings.policy(), second, settings.limits(), settings.tap(), logs.get(), weak);
        try {
            listen(settings);
        } catch (IOException e) {
            resolverServer.close();
            objectServer.close();
            throw e;
        }
        serving = true;
        Duration every = settings.pings().timeout().dividedBy(LOOKS_PER_TIMEOUT);
        long everyNanos = Math.clamp(every.toNanos(), 1, LOOK_EVERY_MAX.toNanos());
        this.collector = Thread.ofVirtual().name("dcom-server-collector").start(() -> collectEvery(everyNanos));
    }

    /** Objects first: whoever finds the resolver finds them too. */
    private void listen(DcomServerSettings settings) throws IOException {
        if (settings.objectPorts().isPresent()) {
            listen(objectServer, settings.addresses(), settings.objectPorts().get(), objectPorts);
        }
        listen(resolverServer, settings.addresses(), settings.resolverPorts(), resolverPorts);
        if (settings.objectPorts().isEmpty()) {
            objectPorts.putAll(resolverPorts);
        }
    }

    private static void listen(
            RpcServer server, List<InetAddress> addresses, PortRange range, Map<InetAddress, Integer> ports)
            throws IOException {
        for (InetAddress address : addresses) {
            ports.put(address, server.listen(address, range).getPort());
        }
    }

    private List<RpcInterface> resolving(
            DcomServerSettings settings, Optional<Activator> activator, ToIntFunction<CallContext> authnHint) {
        List<RpcInterface> interfaces = new ArrayList<>(List.of(resolver, new EndpointMapper(this::endpoints)));
        activator.ifPresent(maker -> {
            Activations activations = new Activations(context, maker, settings.policy()::peer);
            interfaces.add(new ScmActivatorInterface(activations, authnHint));
            interfaces.add(new ActivationInterface(activations, authnHint));
        });
        return interfaces;
    }

    /** What is found at a port. Objects' interfaces are those that were ever handed out; which object has which, a call tells. */
    private final class Interfaces implements InterfaceTable {
        private final List<RpcInterface> fixed;
        private final boolean hasObjects;

        Interfaces(List<RpcInterface> resolving, boolean hasObjects) {
            List<RpcInterface> all = new ArrayList<>(resolving);
            if (hasObjects) {
                all.add(new RemUnknown(context, IRemUnknown.IID));
                all.add(new RemUnknown(context, IRemUnknown.IID2));
            }
            this.fixed = List.copyOf(all);
            this.hasObjects = hasObjects;
        }

        @Override
        public @Nullable RpcInterface find(SyntaxId asked) {
            if (!serving) {
                return null;
            }
            for (RpcInterface one : fixed) {
                if (one.syntax().serves(asked)) {
                    return one;
                }
            }
            Guid iid = asked.uuid();
            ObjectInterface objects = new ObjectInterface(context, iid);
            return hasObjects
                            && context.exporter().offers(iid)
                            && objects.syntax().serves(asked)
                    ? objects
                    : null;
        }

        @Override
        public List<SyntaxId> listed() {
            return fixed.stream().map(RpcInterface::syntax).toList();
        }
    }

    private List<EndpointMapper.Endpoint> endpoints() {
        int port = resolverPorts.values().iterator().next();
        return List.of(
                EndpointMapper.Endpoint.of(EndpointMapper.SYNTAX, port, "Endpoint mapper"),
                EndpointMapper.Endpoint.of(IObjectExporter.SYNTAX, port, "Object resolver"),
                EndpointMapper.Endpoint.of(IRemoteSCMActivator.SYNTAX, port, "Activation"),
                EndpointMapper.Endpoint.of(IActivation.SYNTAX, port, "Activation"));
    }

    private void collectEvery(long nanos) {
        while (serving) {
            LockSupport.parkNanos(nanos);
            try {
                if (serving) {
                    collect();
                }
            } catch (RuntimeException | Error e) {
                LOG.error("Objects of the dead were not taken back; the next look may do it.", e);
            }
        }
    }

    /** Takes back what dead clients held; done from time to time of itself. */
    int collect() {
        int objects = resolver.collect();
        if (objects > 0) {
            LOG.info("{} objects were taken back from clients that have been silent for too long.", objects);
        }
        return objects;
    }

    /** Where activation and resolution are. */
    public List<InetSocketAddress> resolverAddresses() {
        return addresses(resolverPorts);
    }

    /** Where objects are called. */
    public List<InetSocketAddress> objectAddresses() {
        return addresses(objectPorts);
    }

    private static List<InetSocketAddress> addresses(Map<InetAddress, Integer> ports) {
        return ports.entrySet().stream()
                .map(one -> new InetSocketAddress(one.getKey(), one.getValue()))
                .toList();
    }

    /**
     * For pointers that go to and come from one peer in calls that this process makes, rather than serves.
     *
     * @param peer whose server it is; references that it sends lead to there, or to what the settings allow
     * @param reached this machine's address on the way to it, where it can call back
     * @param importing makes pointers of its references
     */
    public Marshaler marshaler(InetAddress peer, InetAddress reached, Importer importing) {
        return new PeerMarshaler(
                context.exporter(),
                new Client(Principal.ANONYMOUS, peer),
                CallProtection.NONE,
                () -> context.bindings().resolver(reached),
                importing,
                context.alsoCalled());
    }

    /** Of this server, in the references that it hands out. */
    public long oxid() {
        return context.exporter().oxid();
    }

    /** Whether anybody outside has a reference on the object, or a call to it runs; the next moment may be another. */
    public boolean isReferenced(ComObject object) {
        return context.exporter().isReferenced(object);
    }

    /**
     * Makes all references on an object worth nothing, without telling it: calls are answered with RPC_E_DISCONNECTED from now on.
     * Those that run end as they do. It may be handed out anew.
     *
     * @return false: nobody had one
     */
    public boolean disconnect(ComObject object) {
        return context.exporter().disconnect(object);
    }

    /**
     * Ends an object for good if nobody has a reference on it: it is never handed out again, and a call that tries to is answered
     * with E_OUTOFMEMORY. For objects that go with their last reference and can be found by other means until then.
     *
     * @return false: somebody has one, and nothing was changed
     */
    public boolean retireIfUnreferenced(ComObject object) {
        return context.exporter().retireIfUnreferenced(object);
    }

    /** Objects that somebody outside has references on. */
    public int objects() {
        return context.exporter().objects();
    }

    /** Sets of pings that are alive. */
    public int pingSets() {
        return resolver.sets();
    }

    /** Of clients, at both ports. */
    public int connections() {
        return objectServer.equals(resolverServer)
                ? resolverServer.connections()
                : resolverServer.connections() + objectServer.connections();
    }

    /** As {@link #close(Duration)}, with two seconds for running calls. */
    @Override
    public void close() {
        close(GRACE);
    }

    /**
     * Takes no more clients, lets running calls end, closes, and tells the objects that nobody has them any more.
     *
     * @param grace for running calls, once for each port; those that take longer are interrupted
     */
    public void close(Duration grace) {
        serving = false;
        LockSupport.unpark(collector);
        resolverServer.close(grace);
        objectServer.close(grace);
        context.exporter().close();
    }
}
