package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.DaControlLink;
import org.tandemopc.relay.da.back.DaMemberAddress;
import org.tandemopc.relay.da.back.LastHeard;

/**
 * OPC DA as a protocol of the service: one front door at which clients activate the classes of all pairs, one door for members that
 * call back, and for each pair its relay and its control links. Any thread.
 *
 * <p>What is not there yet is refused by {@link UnsupportedOperationException}: opening the front door anew, and checks.
 */
public final class DaProtocol implements Protocol {
    private static final Logger LOG = LoggerFactory.getLogger(DaProtocol.class);
    private static final int PEERS_MAX = 1_000;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ASK_AGAIN_EVERY = Duration.ofSeconds(30);

    private final DaFrontConfig config;
    private final Map<String, DaPairConfig> pairConfigs;
    private final Duration askAgainEvery;
    private final DcomServer sinks;
    private final SinkClients clients;
    private final Map<String, DaPair> pairs = new LinkedHashMap<>();
    private final Map<Guid, DaPair> classes = new ConcurrentHashMap<>();
    private volatile @Nullable DcomServer front;
    private boolean closed;

    /**
     * @param pairConfigs by the names of the pairs
     * @throws IOException the door for callbacks cannot be opened
     */
    public DaProtocol(DaFrontConfig config, Map<String, DaPairConfig> pairConfigs) throws IOException {
        this(config, pairConfigs, ASK_AGAIN_EVERY);
    }

    /** @param askAgainEvery how often members are asked again for items that they have refused */
    DaProtocol(DaFrontConfig config, Map<String, DaPairConfig> pairConfigs, Duration askAgainEvery) throws IOException {
        this.askAgainEvery = askAgainEvery;
        this.config = config;
        this.pairConfigs = Map.copyOf(pairConfigs);
        this.clients = SinkClients.of(config.toClients(), PEERS_MAX);
        this.sinks = DcomServer.startWithoutClasses(DcomServerSettings.of(config.members())
                .at(config.sinkAddress())
                .withResolverPorts(config.sinkPorts())
                .withOnePort()
                .withAccess(Access.ANYBODY));
    }

    @Override
    public synchronized Plane pair(PairConfig pair, RelayListener listener) {
        DaPairConfig da = pairConfigs.get(pair.name());
        if (da == null || da.members().size() != pair.members().size()) {
            throw new IllegalArgumentException("no OPC DA members are known of pair " + pair.name());
        }
        if (pairs.containsKey(pair.name()) || classes.containsKey(da.clsid())) {
            throw new IllegalArgumentException("a pair of this name or class exists: " + pair.name());
        }
        List<DaConnector> connectors = new ArrayList<>();
        for (int member = 0; member < da.members().size(); member++) {
            DaPairConfig.Member one = da.members().get(member);
            connectors.add(new DaConnector(
                    new DaMemberAddress(member, one.host(), one.clsid()),
                    one.account(),
                    sinks,
                    new LastHeard(System::nanoTime)));
        }
        DaPair made = new DaPair(pair.settings(), connectors, da.writers(), listener, new Exported(), askAgainEvery);
        pairs.put(pair.name(), made);
        classes.put(da.clsid(), made);
        return new DaPlane(pair.name(), da.clsid(), made, connectors);
    }

    /** Before the door opens nothing is handed out. */
    private final class Exported implements DaPair.Exports {
        @Override
        public boolean isReferenced(ComObject object) {
            DcomServer open = front;
            return open != null && open.isReferenced(object);
        }

        @Override
        public void disconnect(ComObject object) {
            DcomServer open = front;
            if (open != null) {
                var unused = open.disconnect(object);
            }
        }
    }

    @Override
    public synchronized void start() throws IOException {
        if (front != null) {
            throw new IllegalStateException("started");
        }
        DcomServerSettings settings = DcomServerSettings.of(config.clients())
                .at(config.address())
                .withResolverPorts(config.resolverPorts())
                .withCallbacks(clients, Set.of());
        front = DcomServer.start(
                config.objectPorts().map(settings::withObjectPorts).orElseGet(settings::withOnePort), new Classes());
    }

    private final class Classes implements Activator {
        @Override
        public boolean hasClass(Guid clsid) {
            return classes.containsKey(clsid);
        }

        @Override
        public Result<ComObject> activate(Guid clsid, List<Guid> iids, ObjectCall call) {
            DaPair pair = classes.get(clsid);
            return pair == null ? Result.failure(HResult.REGDB_E_CLASSNOTREG) : pair.activate(call);
        }
    }

    @Override
    public void reopen(OpcUaConfig frontDoor) {
        throw new UnsupportedOperationException("the front door of OPC DA is not opened anew yet");
    }

    @Override
    public InetSocketAddress boundAddress() {
        DcomServer open = front;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open.resolverAddresses().getFirst();
    }

    /** {@code opcda://host/class}, as some clients write it. */
    @Override
    public String endpointUrl(PairConfig pair) {
        String host = boundAddress().getAddress().getHostAddress();
        return Optional.ofNullable(pairConfigs.get(pair.name()))
                .map(da -> "opcda://" + host + "/{" + da.clsid() + "}")
                .orElseThrow(() -> new IllegalArgumentException("no pair of OPC DA: " + pair.name()));
    }

    /** OPC DA has accounts instead. */
    @Override
    public Certificates certificates() {
        return new NoCertificates();
    }

    @Override
    public void check(PairConfig pair, int member, Consumer<LegResult> legs) {
        throw new UnsupportedOperationException("members of OPC DA are not checked yet");
    }

    @Override
    public void close() {
        List<DaPair> open;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(pairs.values());
            pairs.clear();
            classes.clear();
        }
        open.forEach(pair -> pair.closeSessions(Long.MAX_VALUE));
        DcomServer door = front;
        if (door != null) {
            door.close();
        }
        clients.close();
        sinks.close();
        LOG.debug("The front door of OPC DA is closed.");
    }

    /** One pair: its relay and its control links. */
    private final class DaPlane implements Plane {
        private final String name;
        private final Guid clsid;
        private final DaPair pair;
        private final List<DaConnector> connectors;
        private final List<ControlLink> controls = new ArrayList<>();

        DaPlane(String name, Guid clsid, DaPair pair, List<DaConnector> connectors) {
            this.name = name;
            this.clsid = clsid;
            this.pair = pair;
            this.connectors = connectors;
        }

        @Override
        public Relay relay() {
            return pair;
        }

        @Override
        public ControlLink control(int member, ControlLink.Listener listener) {
            DaControlLink link =
                    new DaControlLink(connectors.get(member), CONNECT_MAX, InstantSource.system(), listener);
            synchronized (controls) {
                controls.add(link);
            }
            return link;
        }

        @Override
        public void remove() {
            synchronized (DaProtocol.this) {
                pairs.remove(name, pair);
                classes.remove(clsid, pair);
            }
            pair.closeSessions(Long.MAX_VALUE);
            synchronized (controls) {
                controls.forEach(ControlLink::close);
            }
        }
    }
}
