package org.tandemopc.simulator.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.ntlm.Accounts;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.orpc.server.ExportLimits;
import org.tandemopc.dcom.orpc.server.PingLimits;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.ListedClass;
import org.tandemopc.opcda.common.OpcEnum;
import org.tandemopc.simulator.Ledger;

/**
 * A simulated OPC DA server, served over DCOM: its class, and OpcEnum, which lists it. Its faults are on command
 * ({@link #faults()}), and what clients wrote is in its {@link #ledger()}. Any thread.
 */
public final class DaSimulatedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DaSimulatedServer.class);
    private static final int SINK_PEERS_MAX = 1_000;
    private static final Set<Leniency> OLD_LOGINS =
            Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION, Leniency.NO_KEY_EXCHANGE);

    private final Instant started = Instant.now();
    private final Set<ServerObject> clients = new LinkedHashSet<>();
    private final AtomicInteger made = new AtomicInteger();
    private final String vendor;
    private final Ledger ledger;
    private final DaFaults faults;
    private final DaHost host;
    private final DaClockwork clockwork;
    private final SinkClients sinks;
    private final DcomServer server;

    /**
     * Begins to serve.
     *
     * @throws IOException an address or port is not to be had, or the ledger cannot be written; nothing is served then
     */
    public static DaSimulatedServer start(DaSimulatorSettings settings) throws IOException {
        return start(settings, dcom -> dcom);
    }

    /**
     * The same, served in another way: such as behind a proxy, whose address clients are to be told.
     *
     * @throws IOException an address or port is not to be had, or the ledger cannot be written; nothing is served then
     */
    public static DaSimulatedServer start(DaSimulatorSettings settings, UnaryOperator<DcomServerSettings> served)
            throws IOException {
        return new DaSimulatedServer(settings, System::currentTimeMillis, served);
    }

    private DaSimulatedServer(
            DaSimulatorSettings settings, LongSupplier clockMs, UnaryOperator<DcomServerSettings> served)
            throws IOException {
        DaAddressSpace space = DaAddressSpace.of(settings.items());
        DaRates rates = new DaRates(settings.rateStepMs(), settings.rateMinMs());
        this.ledger = new Ledger(settings.ledger());
        DaPlant plant = new DaPlant(space, settings.periodMs(), ledger, clockMs);
        this.faults = new DaFaults(plant);
        this.clockwork = new DaClockwork(clockMs, this::tick);
        this.host = new DaHost(space, plant, faults, rates, settings.versions(), new Exported(), clockwork::hurry);
        this.sinks = sinks(settings);
        this.vendor = settings.name().isEmpty() ? ServerObject.VENDOR : ServerObject.VENDOR + " " + settings.name();
        List<ListedClass> listed = List.of(listed(settings, vendor));
        try {
            this.server = DcomServer.start(
                    served.apply(dcom(settings, sinks)),
                    Activator.of(Map.of(
                            settings.clsid(),
                            call -> activate(),
                            OpcDa.CLSID_OPCSERVERLIST,
                            call -> OpcEnum.object(() -> listed))));
        } catch (IOException e) {
            sinks.close();
            ledger.close();
            throw e;
        }
        clockwork.start();
    }

    private static ListedClass listed(DaSimulatorSettings settings, String vendor) {
        return new ListedClass(
                settings.clsid(),
                settings.progId(),
                settings.progId().replaceFirst("\\.[0-9]+$", ""),
                vendor,
                settings.versions().stream().map(DaVersion::category).collect(Collectors.toUnmodifiableSet()));
    }

    private static DcomServerSettings dcom(DaSimulatorSettings settings, SinkClients sinks) {
        NtHash hash = NtHash.of(settings.password().toCharArray());
        String user = settings.user().toLowerCase(Locale.ROOT);
        Accounts accounts =
                (domain, name) -> name.toLowerCase(Locale.ROOT).equals(user) ? Optional.of(hash) : Optional.empty();
        NtlmServerSettings logins = NtlmServerSettings.of("SIMULATOR");
        PeerPolicy peers = PeerPolicy.strict();
        if (settings.forgivesOldPeers()) {
            logins = logins.withLeniencies(OLD_LOGINS);
            peers = peers.withMinCallLevel(AuthLevel.CONNECT).withMinActivationLevel(AuthLevel.CONNECT);
        }
        PortRange objects = settings.objectPort() == 0 ? PortRange.ANY : PortRange.only(settings.objectPort());
        DcomServerSettings dcom = DcomServerSettings.of(new NtlmAcceptor(logins, accounts), peers)
                .at(settings.addresses().toArray(InetAddress[]::new))
                .withResolverPorts(PortRange.only(settings.resolverPort()))
                .withPublished(
                        settings.published().isEmpty(),
                        settings.published().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .withCallbacks(sinks, Set.of())
                .withLimits(
                        ServerLimits.defaults(),
                        ExportLimits.DEFAULT,
                        PingLimits.DEFAULT.withTimeout(settings.silence()));
        return settings.objectPort() == settings.resolverPort() ? dcom.withOnePort() : dcom.withObjectPorts(objects);
    }

    private static SinkClients sinks(DaSimulatorSettings settings) {
        if (settings.forgivesOldPeers()) {
            return new SinkClients(DaSimulatedServer::unprotected, SINK_PEERS_MAX);
        }
        ClientSecurity account = ClientSecurity.of(
                NtlmClientSettings.of("SIMULATOR"),
                NtlmCredentials.of(settings.user(), settings.password().toCharArray()));
        return SinkClients.of(account, SINK_PEERS_MAX);
    }

    private static DcomClientSettings unprotected(Importer.Origin origin) {
        return DcomClientSettings.of(RemoteHost.of(origin.address()), ClientSecurity.none())
                .withOptions(ClientOptions.defaults(PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE)));
    }

    private final class Exported implements DaHost.Exports {
        @Override
        public void disconnect(ComObject object) {
            server.disconnect(object);
        }

        @Override
        public boolean retireIfUnreferenced(ComObject object) {
            return server.retireIfUnreferenced(object);
        }
    }

    private ComObject activate() {
        ServerObject client = new ServerObject(host, started, vendor, "client " + made.incrementAndGet(), this::forget);
        synchronized (clients) {
            clients.add(client);
        }
        return client.object();
    }

    private void forget(ServerObject client) {
        synchronized (clients) {
            clients.remove(client);
        }
    }

    private List<ServerObject> living() {
        synchronized (clients) {
            return List.copyOf(clients);
        }
    }

    private void tick(long nowMs) {
        if (!faults.isHung()) {
            living().forEach(client -> client.tick(nowMs));
        }
    }

    public DaFaults faults() {
        return faults;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Where clients activate. */
    public InetSocketAddress resolverAddress() {
        return server.resolverAddresses().getFirst();
    }

    /** Where objects are called. */
    public InetSocketAddress objectAddress() {
        return server.objectAddresses().getFirst();
    }

    /** Server objects, one for each activation whose client has a reference on it still. */
    public int clients() {
        return living().size();
    }

    /** Of all clients; those that were removed do not count. */
    public int groups() {
        return living().stream().mapToInt(client -> client.groups().size()).sum();
    }

    /** In all groups. */
    public int items() {
        return living().stream()
                .flatMap(client -> client.groups().stream())
                .mapToInt(group -> group.peek(DaGroupModel::size))
                .sum();
    }

    /** Clients' objects that are called back, for data and for the shutdown. */
    public int sinks() {
        return living().stream().mapToInt(ServerObject::sinks).sum();
    }

    /** All objects that clients have references on, enumerators and connection points among them. */
    public int objects() {
        return server.objects();
    }

    public int connections() {
        return server.connections();
    }

    /** Tells all clients that the server is going to stop, one after the other, and stays. @return how many were told */
    public int requestShutdown(String reason) {
        return Math.toIntExact(living().stream()
                .filter(client -> client.requestShutdown(reason))
                .count());
    }

    /** Is gone at once, without a word: what a process does that is killed. */
    public void vanish() {
        end(Duration.ZERO);
    }

    /** Lets running calls end; tells nobody: see {@link #requestShutdown}. */
    @Override
    public void close() {
        end(Duration.ofSeconds(1));
    }

    private void end(Duration grace) {
        clockwork.close();
        server.close(grace);
        // what hangs has been interrupted by now, so that nobody hears of the end by an answer
        faults.end();
        sinks.close();
        try {
            ledger.close();
        } catch (IOException e) {
            LOG.warn("The ledger was not closed.", e);
        }
    }
}
