package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.config.DaIdentity;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.Access;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Discovery;
import org.tandemopc.relay.FrontDoorLostException;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.Protocol;
import org.tandemopc.relay.Relay;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.relay.da.back.DaConnector;
import org.tandemopc.relay.da.back.DaControlLink;
import org.tandemopc.relay.da.back.DaFinder;
import org.tandemopc.relay.da.back.DaMemberAddress;
import org.tandemopc.relay.da.back.DaMemberCheck;
import org.tandemopc.relay.da.back.LastHeard;
import org.tandemopc.relay.da.back.Offered;

/**
 * OPC DA as a protocol of the service: one front door at which clients find and activate the classes of all pairs, one door for members
 * that call back, and for each pair its relay and its control links. Any thread.
 */
public final class DaProtocol implements Protocol {
    private static final Logger LOG = LoggerFactory.getLogger(DaProtocol.class);
    private static final int PEERS_MAX = 1_000;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ASK_AGAIN_EVERY = Duration.ofSeconds(30);

    private final Function<PairConfig, DaPairConfig> pairConfigs;
    /** The front door as configured at present: whose accounts the readers and writers of pairs are. */
    private final AtomicReference<@Nullable OpcDaConfig> door;

    private final Duration askAgainEvery;
    private final UnaryOperator<Offered> shown;
    private final DcomServer sinks;
    private final SinkClients clients;
    /** One opens the door at a time. */
    private final Object reopening = new Object();

    private volatile DaFrontConfig config;
    private final Map<String, DaPair> pairs = new LinkedHashMap<>();
    private final FrontClasses classes = new FrontClasses();
    private volatile @Nullable DcomServer front;
    private boolean closed;

    /** @throws IOException with a sentence for people: no such address, or the door for callbacks cannot be opened */
    public DaProtocol(OpcDaConfig config) throws IOException {
        this(config, new AtomicReference<>(config));
    }

    private DaProtocol(OpcDaConfig config, AtomicReference<@Nullable OpcDaConfig> door) throws IOException {
        this(
                DaSettings.front(config),
                pair -> DaSettings.pair(() -> Objects.requireNonNullElse(door.get(), config), pair),
                ASK_AGAIN_EVERY,
                UnaryOperator.identity(),
                door);
    }

    /**
     * @param pairConfigs what is to be known of a pair; throws IllegalArgumentException if it is none of OPC DA
     * @throws IOException the door for callbacks cannot be opened
     */
    public DaProtocol(DaFrontConfig config, Function<PairConfig, DaPairConfig> pairConfigs) throws IOException {
        this(config, pairConfigs, ASK_AGAIN_EVERY, UnaryOperator.identity());
    }

    /**
     * @param askAgainEvery how often members are asked again for items that they have refused
     * @param shown which interfaces clients find where members have these
     */
    DaProtocol(
            DaFrontConfig config,
            Function<PairConfig, DaPairConfig> pairConfigs,
            Duration askAgainEvery,
            UnaryOperator<Offered> shown)
            throws IOException {
        this(config, pairConfigs, askAgainEvery, shown, new AtomicReference<>());
    }

    private DaProtocol(
            DaFrontConfig config,
            Function<PairConfig, DaPairConfig> pairConfigs,
            Duration askAgainEvery,
            UnaryOperator<Offered> shown,
            AtomicReference<@Nullable OpcDaConfig> door)
            throws IOException {
        this.door = door;
        this.shown = shown;
        this.askAgainEvery = askAgainEvery;
        this.config = config;
        this.pairConfigs = pairConfigs;
        this.clients = new SinkClients(origin -> this.config.toClients().apply(origin), PEERS_MAX);
        this.sinks =
                DcomServer.startWithoutClasses(DcomServerSettings.of(new PresentPolicy(() -> this.config.members()))
                        .at(config.sinkAddress())
                        .withResolverPorts(config.sinkPorts())
                        .withOnePort()
                        .withAccess(Access.ANYBODY));
    }

    @Override
    public synchronized Plane pair(PairConfig pair, RelayListener listener) {
        DaPairConfig da = pairConfigs.apply(pair);
        if (da.members().size() != pair.members().size()) {
            throw new IllegalArgumentException("no OPC DA members are known of pair " + pair.name());
        }
        if (pairs.containsKey(pair.name()) || !classes.isFree(da.clsid())) {
            throw new IllegalArgumentException("a pair of this name or class exists: " + pair.name());
        }
        List<DaConnector> connectors = new ArrayList<>();
        for (int member = 0; member < da.members().size(); member++) {
            DaPairConfig.Member one = da.members().get(member);
            connectors.add(new DaConnector(
                    new DaMemberAddress(member, one.host(), one.clsid(), one.progId()),
                    one.account(),
                    sinks,
                    new LastHeard(System::nanoTime)));
        }
        DaPair made = new DaPair(
                pair.settings(),
                connectors,
                da.readers(),
                da.writers(),
                listener,
                new Exported(),
                askAgainEvery,
                shown);
        pairs.put(pair.name(), made);
        classes.add(
                new DaIdentity(pair.name(), da.clsid().toUuid()),
                () -> made.offered().categories(),
                made::activate);
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
        front = open(config);
    }

    private DcomServer open(DaFrontConfig with) throws IOException {
        DcomServerSettings settings = DcomServerSettings.of(with.clients())
                .at(with.address())
                .withResolverPorts(with.resolverPorts())
                .withCallbacks(clients, Set.of());
        return DcomServer.start(
                with.objectPorts().map(settings::withObjectPorts).orElseGet(settings::withOnePort), classes);
    }

    /** The ports of members' callbacks count from the next start on: members hold references to the door that is there. */
    @Override
    public void reopen(DoorConfig frontDoor) throws IOException {
        if (!(frontDoor instanceof OpcDaConfig wanted)) {
            throw new IllegalArgumentException("a front door of " + frontDoor.kind());
        }
        DaFrontConfig now = DaSettings.front(wanted);
        synchronized (reopening) {
            DaFrontConfig before = config;
            OpcDaConfig doorBefore = door.get();
            DcomServer old = front;
            if (old != null) {
                List<DaPair> open;
                synchronized (this) {
                    open = List.copyOf(pairs.values());
                }
                open.forEach(pair -> pair.dropSessions("the front door is opened anew"));
                old.close();
            }
            door.set(wanted);
            try {
                enter(now);
            } catch (IOException e) {
                door.set(doorBefore);
                openAgain(before, e);
                throw e;
            }
        }
    }

    private void enter(DaFrontConfig with) throws IOException {
        config = with;
        DcomServer door = open(with);
        synchronized (this) {
            front = door;
            if (!closed) {
                return;
            }
        }
        door.close();
        throw new IOException("Tandem is stopping.");
    }

    private void openAgain(DaFrontConfig before, IOException why) throws FrontDoorLostException {
        try {
            enter(before);
        } catch (IOException e) {
            front = null;
            throw new FrontDoorLostException(why, e);
        }
    }

    @Override
    public InetSocketAddress boundAddress() {
        DcomServer open = front;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open.resolverAddresses().getFirst();
    }

    /** {@code opcda://host/ProgID/{CLSID}}, as some clients write it. */
    @Override
    public String endpointUrl(PairConfig pair) {
        String host = boundAddress().getAddress().getHostAddress();
        return "opcda://%s/%s/{%s}"
                .formatted(host, pair.name(), pairConfigs.apply(pair).clsid());
    }

    /** OPC DA has accounts instead. */
    @Override
    public Optional<Certificates> certificates() {
        return Optional.empty();
    }

    @Override
    public void check(PairConfig pair, int member, Consumer<LegResult> legs) throws InterruptedException {
        DaPairConfig da = pairConfigs.apply(pair);
        if (member < 0 || member >= da.members().size()) {
            throw new IllegalArgumentException(
                    "no OPC DA member %d is known of pair %s".formatted(member, pair.name()));
        }
        DaPairConfig.Member one = da.members().get(member);
        DaMemberAddress address = new DaMemberAddress(member, one.host(), one.clsid(), one.progId());
        new DaMemberCheck(address, one.account(), sinks, DaMemberCheck.LEG).walk(legs);
    }

    @Override
    public Discovery discovery() {
        return new DaFinder(DaSettings::login, sinks);
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
                if (pairs.remove(name, pair)) {
                    classes.remove(clsid);
                }
            }
            pair.closeSessions(Long.MAX_VALUE);
            synchronized (controls) {
                controls.forEach(ControlLink::close);
            }
        }
    }
}
