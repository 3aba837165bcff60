package org.tandemopc.simulator;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.identity.AnonymousIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.identity.CompositeValidator;
import org.eclipse.milo.opcua.sdk.server.identity.UsernameIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.model.objects.ServerTypeNode;
import org.eclipse.milo.opcua.sdk.server.subscriptions.Subscription;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running simulated OPC UA server. Two of them with the same settings show the same values with the same source times
 * in the same tick, without talking to each other: the wall clock is what they share. Thread-safe.
 */
public final class SimulatedServer implements Foreground.Server {
    /** Path of the endpoint URLs. */
    public static final String PATH = "/sim";

    private static final String PATH_OF_DISCOVERY = "/discovery";
    private static final int START_TRIES_MAX = 5;
    private static final int SHUTDOWN_SECONDS_MAX = 3_600;
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedServer.class);

    private final SimulatorSettings settings;
    private final SimulatorTransport transport = new SimulatorTransport();
    private final Traffic traffic = new Traffic();
    private final Delays delays = new Delays();
    private final Users users;
    private final SkewedTime time = new SkewedTime();
    private final CountDownLatch exit = new CountDownLatch(1);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("simulator").factory());
    private final Ledger ledger;
    private final OpcUaServer server;
    private final SimulatorNamespace namespace;
    private final Ticker ticker;
    private final FaultConsole console;
    private final ControlPort control;
    private boolean closed;

    private SimulatedServer(SimulatorSettings settings) throws Exception {
        this.settings = settings;
        users = new Users(settings.users());
        SimulatorSecurity security = SimulatorSecurity.of(settings);
        ledger = new Ledger(settings.ledger());
        server = new SimulatorServices(config(settings, security, users), profile -> transport, PATH, traffic, delays);
        if (settings.extraNamespaceFirst()) {
            new DecoyNamespace(server, settings).startup();
        }
        long tick = Ticker.tickNow(settings.periodMs());
        namespace = new SimulatorNamespace(server, settings, ledger, tick);
        namespace.startup();
        if (settings.extraNamespaceLast()) {
            new DecoyNamespace(server, settings).startup();
        }
        ticker = new Ticker(settings.periodMs(), tick, namespace.ticking()::tick);
        server.startup().get();
        if (!settings.sessionDiagnostics()) {
            SessionDiagnostics.disable(server);
        }
        serverNode().getServerStatusNode().getCurrentTimeNode().getFilterChain().addFirst(time);
        console = new FaultConsole(this);
        control = ControlPort.open(settings.controlPort(), console);
    }

    /**
     * Starts a server and returns when it serves.
     *
     * @throws IOException no free port, ledger or keys cannot be written, the port is in use
     */
    public static SimulatedServer start(SimulatorSettings settings) throws IOException {
        for (int i = 1; ; i++) {
            int port = settings.port() == 0 ? FreePort.find(settings.host()) : settings.port();
            try {
                return new SimulatedServer(settings.withPort(port));
            } catch (ExecutionException e) {
                if (settings.port() != 0 || i == START_TRIES_MAX) {
                    throw new IOException("cannot listen on " + settings.host() + ":" + port, e);
                }
            } catch (Exception e) {
                throw new IOException("simulated server " + settings.name() + " cannot start: " + e.getMessage(), e);
            }
        }
    }

    /** {@code opc.tcp://host:port/sim} */
    @Override
    public String url() {
        return "opc.tcp://" + settings.host() + ":" + settings.port() + PATH;
    }

    /** The port of the fault console, or -1. */
    @Override
    public int controlPort() {
        return control.port();
    }

    /** Carries out a line of the fault console, and returns the lines of its answer without the closing one. */
    public List<String> command(String line) {
        return console.execute(line);
    }

    @Override
    public LineConsole console() {
        return console;
    }

    /** Waits until {@code exit} was asked for or an announced shutdown has come to its end. */
    @Override
    public void awaitExit() throws InterruptedException {
        exit.await();
    }

    // ---- what the fault console does

    void setState(ServerState state) {
        serverNode().getServerStatusNode().setState(state);
    }

    void setServiceLevel(int level) {
        serverNode().setServiceLevel(ubyte(level));
    }

    int setBad(Predicate<String> ids, boolean bad) {
        return namespace.setBad(ids, bad);
    }

    int setFrozen(Predicate<String> ids, boolean frozen) {
        return namespace.setFrozen(ids, frozen);
    }

    void setMuted(boolean muted) {
        namespace.setMuted(muted);
    }

    Users users() {
        return users;
    }

    /** Sets the server's clock wrong: its own time, and the times of ticking values from the next tick on. */
    void setSkew(long ms) {
        time.setSkew(ms);
        namespace.ticking().setSkew(ms);
    }

    Delays delays() {
        return delays;
    }

    void vanish() throws Exception {
        transport.vanish();
    }

    void revive() throws Exception {
        transport.revive();
    }

    List<String> ledger() {
        return ledger.lines();
    }

    /** Announces the end, counts down, and then ends. */
    void shutDownIn(int seconds) {
        if (seconds < 0 || seconds > SHUTDOWN_SECONDS_MAX) {
            throw new IllegalArgumentException("the seconds must be 0 to " + SHUTDOWN_SECONDS_MAX);
        }
        serverNode().getServerStatusNode().setShutdownReason(LocalizedText.english("told to shut down"));
        setState(ServerState.Shutdown);
        countDown(seconds);
    }

    private void countDown(int seconds) {
        serverNode().getServerStatusNode().setSecondsTillShutdown(uint(seconds));
        if (seconds == 0) {
            requestExit();
        } else {
            var unused = clock.schedule(() -> countDown(seconds - 1), 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void requestExit() {
        exit.countDown();
    }

    /** Figures as one JSON object. */
    String stats() {
        List<Subscription> subscriptions = List.copyOf(server.getSubscriptions().values());
        long publishing =
                subscriptions.stream().filter(Subscription::isPublishingEnabled).count();
        long items = subscriptions.stream()
                .mapToLong(each -> each.getMonitoredItemCount().longValue())
                .sum();
        long publishingItems = subscriptions.stream()
                .filter(Subscription::isPublishingEnabled)
                .mapToLong(each -> each.getMonitoredItemCount().longValue())
                .sum();
        String times = traffic.statusTimes().stream().map(String::valueOf).collect(Collectors.joining(","));
        return "{\"name\":" + Json.quote(settings.name())
                + ",\"pid\":" + ProcessHandle.current().pid()
                + ",\"open\":" + transport.isOpen()
                + ",\"connections\":" + transport.connections()
                + ",\"acceptedConnections\":" + transport.acceptedConnections()
                + ",\"sessions\":" + server.getSessionManager().getCurrentSessionCount()
                + ",\"subscriptions\":" + subscriptions.size()
                + ",\"publishingSubscriptions\":" + publishing
                + ",\"monitoredItems\":" + items
                + ",\"publishingItems\":" + publishingItems
                + ",\"publishRequests\":" + traffic.publishes
                + ",\"reads\":" + traffic.reads
                + ",\"writes\":" + traffic.writes
                + ",\"calls\":" + traffic.calls
                + ",\"browses\":" + traffic.browses
                + ",\"statusReads\":" + traffic.statusReads
                + ",\"statusReadTimes\":[" + times + "]}";
    }

    private ServerTypeNode serverNode() {
        return (ServerTypeNode)
                server.getAddressSpaceManager().getManagedNode(NodeIds.Server).orElseThrow();
    }

    // ---- start and end

    private static OpcUaServerConfig config(SimulatorSettings settings, SimulatorSecurity security, Users users) {
        return OpcUaServerConfig.builder()
                .setApplicationName(LocalizedText.english("Tandem simulator " + settings.name()))
                .setApplicationUri(settings.applicationUri())
                .setProductUri(SimulatorNamespace.URI)
                .setBuildInfo(new BuildInfo(
                        SimulatorNamespace.URI, "Tandem", "Simulator " + settings.name(), "1", "1", Times.FIXED))
                .setEndpoints(endpoints(settings, security))
                .setCertificateManager(security.manager())
                .setIdentityValidator(new CompositeValidator(
                        AnonymousIdentityValidator.INSTANCE, new UsernameIdentityValidator(users::areLetIn)))
                .setEncodingLimits(SimulatorLimits.ENCODING)
                .setLimits(new SimulatorLimits())
                .build();
    }

    private static Set<EndpointConfig> endpoints(SimulatorSettings settings, SimulatorSecurity security) {
        Stream<EndpointConfig> served = settings.policies().stream()
                .flatMap(policy -> modes(policy)
                        .map(mode -> at(settings, PATH)
                                .setCertificate(security.certificate())
                                .setSecurityPolicy(policy)
                                .setSecurityMode(mode)
                                .addTokenPolicies(tokens(settings, policy))
                                .build()));
        // Where who knows host and port alone asks what there is; the SDK serves nothing else there, and lists it
        // nowhere.
        return Stream.concat(served, Stream.of(at(settings, PATH_OF_DISCOVERY).build()))
                .collect(Collectors.toSet());
    }

    private static EndpointConfig.Builder at(SimulatorSettings settings, String path) {
        return EndpointConfig.newBuilder()
                .setBindAddress(settings.host())
                .setBindPort(settings.port())
                .setHostname(settings.host())
                .setPath(path);
    }

    private static Stream<MessageSecurityMode> modes(SecurityPolicy policy) {
        return policy == SecurityPolicy.None
                ? Stream.of(MessageSecurityMode.None)
                : Stream.of(MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt);
    }

    /** Passwords are encrypted as their endpoint is; on an endpoint without security as some other one, if there is any. */
    private static UserTokenPolicy[] tokens(SimulatorSettings settings, SecurityPolicy endpoint) {
        List<UserTokenPolicy> tokens = new ArrayList<>();
        tokens.add(new UserTokenPolicy("anonymous", UserTokenType.Anonymous, null, null, null));
        if (!settings.users().isEmpty()) {
            SecurityPolicy policy = endpoint != SecurityPolicy.None
                    ? endpoint
                    : settings.policies().stream()
                            .max(Comparator.naturalOrder())
                            .orElse(SecurityPolicy.None);
            tokens.add(new UserTokenPolicy("username", UserTokenType.UserName, null, null, policy.getUri()));
        }
        return tokens.toArray(new UserTokenPolicy[0]);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        control.close();
        clock.shutdownNow();
        ticker.close();
        // The network first: nobody shall meet a server that has lost its nodes.
        var unused = server.shutdown();
        namespace.shutdown();
        ledger.close();
        exit.countDown();
        LOG.info("simulated server {} closed", settings.name());
    }
}
