package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A small OPC DA server of one process, behind real DCOM on an address of its own: it can be killed, come back at the same port,
 * hang, and hold the answers of writes. It writes down what it is made to do. Each server's handles are numbers of its own.
 */
public final class ModelServer implements AutoCloseable {
    public static final Guid CLSID = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70001");
    private static final AtomicInteger SERVERS = new AtomicInteger();

    /** A value as a client gets it. */
    public record Sample(Variant value, Quality quality, FileTime time) {}

    final Map<String, Sample> space = new ConcurrentHashMap<>();
    /** Writes that were carried out, in their order: {@code item=value}. */
    final List<String> ledger = new CopyOnWriteArrayList<>();
    /** Calls that matter, in their order. */
    final List<String> log = new CopyOnWriteArrayList<>();

    /** When GetStatus was asked for, monotonic, over all objects. */
    final List<Long> statusNanos = new CopyOnWriteArrayList<>();

    final List<ModelObject> objects = new CopyOnWriteArrayList<>();
    final AtomicInteger handles = new AtomicInteger(100_000 * SERVERS.incrementAndGet());
    volatile OpcServerState state = OpcServerState.RUNNING;
    volatile boolean hasStatus = true;
    /** DAdvise takes no format with times. */
    volatile boolean refusesTimes;

    /** Transactions of DA 1.0 end before the call is answered that begins them, which is how their answers may overtake each other. */
    volatile boolean endsFirst;

    volatile boolean refusesLogons;

    /** No group is made for anybody; those that are there work on. */
    volatile boolean refusesGroups;

    /** Reads that have come, answered or not. */
    final AtomicInteger reads = new AtomicInteger();

    /** AddGroup has been asked for so many times. */
    final AtomicInteger groupsAsked = new AtomicInteger();

    /** Objects that are activated from now on have IOPCServerPublicGroups, with no group behind it. */
    volatile boolean hasPublicGroups;

    /** Rates of groups are rounded up to a multiple of it. */
    volatile long rateStepMs = 100;

    /** Of DA 1.0 alone; else of DA 2.05a alone. */
    final boolean isFirstVersion;

    /** Items are to be had by this access path alone; empty: by any. */
    volatile String accessPath = "";

    private final InetAddress host;
    private final int port = PortPicker.pick();
    private final Object gate = new Object();
    private boolean hangs;
    private boolean holdsWrites;
    private boolean holdsReads;
    private boolean holdsGroups;
    private boolean holdsItems;
    private boolean holdsClients;
    private @Nullable DcomServer server;
    private @Nullable SinkClients sinks;

    public ModelServer(InetAddress host) throws IOException {
        this(host, false);
    }

    ModelServer(InetAddress host, boolean isFirstVersion) throws IOException {
        this.host = host;
        this.isFirstVersion = isFirstVersion;
        start();
    }

    /** Begins to serve, as a new process at the same port if it served before. */
    public void start() throws IOException {
        sinks = SinkClients.of(Logins.account(), 64);
        server = DcomServer.start(
                DcomServerSettings.of(Logins.acceptor(), PeerPolicy.strict())
                        .at(host)
                        .withResolverPorts(PortRange.only(port))
                        .withOnePort()
                        .withCallbacks(sinks, Set.of()),
                Activator.of(Map.of(CLSID, call -> activated())));
    }

    private ComObject activated() {
        await(() -> holdsClients);
        ModelObject made = new ModelObject(this);
        objects.add(made);
        return made.object();
    }

    public RemoteHost address() {
        return RemoteHost.of(host).withResolverPort(port);
    }

    /** Ends as a process does: connections are reset, objects are gone. */
    public void kill() {
        DcomServer running = server;
        SinkClients calling = sinks;
        server = null;
        sinks = null;
        objects.clear();
        if (running != null) {
            running.close(Duration.ZERO);
        }
        if (calling != null) {
            calling.close();
        }
    }

    @Override
    public void close() {
        thaw();
        kill();
    }

    /** From now on nothing is answered and nothing told, though connections stay. */
    public void hang() {
        synchronized (gate) {
            hangs = true;
        }
    }

    /** Writes are carried out and not answered. */
    public void holdWrites() {
        synchronized (gate) {
            holdsWrites = true;
        }
    }

    /** Reads are not answered; the server answers everything else. */
    public void holdReads() {
        synchronized (gate) {
            holdsReads = true;
        }
    }

    /** Groups are made, and nobody is told; the server answers everything else. */
    public void holdGroups() {
        synchronized (gate) {
            holdsGroups = true;
        }
    }

    /** Items are not added; the server answers everything else. */
    void holdItems() {
        synchronized (gate) {
            holdsItems = true;
        }
    }

    /** No server object is made for anybody; those that are there work on. */
    void holdClients() {
        synchronized (gate) {
            holdsClients = true;
        }
    }

    public void thaw() {
        synchronized (gate) {
            hangs = false;
            holdsGroups = false;
            holdsItems = false;
            holdsClients = false;
            holdsReads = false;
            holdsWrites = false;
            gate.notifyAll();
        }
    }

    boolean isHanging() {
        synchronized (gate) {
            return hangs;
        }
    }

    /** Called by every method first. */
    void pass() {
        await(() -> false);
    }

    /** Called by every write that has been done. */
    void passWritten() {
        await(() -> holdsWrites);
    }

    /** Called by every group that has been made. */
    void passGroup() {
        await(() -> holdsGroups);
    }

    /** Called by every addition of items. */
    void passItems() {
        await(() -> holdsItems);
    }

    /** Called by every read. */
    void passRead() {
        reads.incrementAndGet();
        await(() -> holdsReads);
    }

    private void await(BooleanSupplier isHeld) {
        synchronized (gate) {
            while (hangs || isHeld.getAsBoolean()) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    public void set(String item, Variant value) {
        set(item, value, FileTime.of(Instant.now()));
    }

    /** A new value, told to every group that has it, is active and has somebody to tell. */
    public void set(String item, Variant value, FileTime time) {
        space.put(item, new Sample(value, Quality.GOOD, time));
        if (!isHanging()) {
            List.copyOf(objects).forEach(object -> object.changed(item));
        }
    }

    Sample sample(String item) {
        return Objects.requireNonNull(space.get(item), item);
    }

    /** The item is no more: groups that have it keep it, and it is not taken again. */
    void withdraw(String item) {
        space.remove(item);
    }

    void write(String item, Variant value) {
        ledger.add(item + "=" + value);
        set(item, value);
    }

    public void state(OpcServerState now) {
        state = now;
    }

    /** GetStatus fails from now on. */
    public void refuseStatus() {
        hasStatus = false;
    }

    public List<String> ledger() {
        return List.copyOf(ledger);
    }

    /** To all sinks of DA 1.0, whatever it is. */
    void sendRaw(Bytes octets) {
        objects.forEach(object -> object.groups().forEach(group -> group.streams.sendRaw(octets)));
    }

    /** Group names of all objects, with their items; without the one that is made to ask it for interfaces. */
    public List<String> groups() {
        List<String> all = new ArrayList<>();
        objects.forEach(object -> object.groups().stream()
                .filter(group -> !group.name.startsWith("Tandem asks"))
                .forEach(group -> all.add(group.describe())));
        return all;
    }

    /** How many there are to ask them for interfaces. */
    public long groupsToAsk() {
        return objects.stream()
                .flatMap(object -> object.groups().stream())
                .filter(group -> group.name.startsWith("Tandem asks"))
                .count();
    }

    /** As a server that has taken its clients' groups away without a word: calls on them find nobody. */
    public void loseGroups() {
        DcomServer running = server;
        if (running != null) {
            objects.forEach(object -> object.loseGroups(running));
        }
    }

    public void shutDown(String reason) throws Exception {
        for (ModelObject object : objects) {
            object.shutDown(reason);
        }
    }
}
