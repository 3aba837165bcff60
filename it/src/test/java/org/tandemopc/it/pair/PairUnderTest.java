package org.tandemopc.it.pair;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientCertificate;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.wire.WireTap;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.UaMessages;

/** Two simulated servers, Tandem with one pair of them, and a tap in front of it; each in its own process. */
public final class PairUnderTest implements AutoCloseable {
    /** Name of the pair. */
    public static final String NAME = "plant";

    /** Length of a tick of the servers. */
    public static final int PERIOD_MS = 100;

    /** Longer than any step takes on a busy machine. */
    public static final Duration LONG = Duration.ofSeconds(40);

    private final List<ServerProcess> servers;
    private final List<FaultProxy> proxies;
    private final List<String> machines;
    private final TandemProcess tandem;
    private final WireTap tap;
    private final List<StreamClient> clients = new ArrayList<>();

    private PairUnderTest(List<ServerProcess> servers, List<FaultProxy> proxies, PairSpec spec) {
        this(servers, proxies, spec, TandemProcess.start(spec));
    }

    private PairUnderTest(List<ServerProcess> servers, List<FaultProxy> proxies, PairSpec spec, TandemProcess tandem) {
        this.servers = servers;
        this.proxies = proxies;
        this.tandem = tandem;
        machines = spec.urls();
        if (spec.trustsListed()) {
            tandem.trustMembers(tandem.awaitRefusedMembers(machines.size(), LONG));
        }
        String url = tandem.url(NAME);
        tap = WireTap.before(Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1")));
        if (proxies.isEmpty() && !spec.trustsListed()) {
            tandem.awaitServing(NAME, 0, LONG);
        } else {
            // Whoever works with a network that fails, or with members that are strangers at first, asks which one it
            // is.
            tandem.awaitPhase(NAME, "serving", LONG);
        }
    }

    /** Both servers with the same options. */
    public static PairUnderTest start(Mode mode, UnaryOperator<PairSpec> change, String... options) {
        ServerProcess a = ServerProcess.launchOnly("A", List.of("-Xmx256m"), options);
        ServerProcess b = ServerProcess.launchOnly("B", List.of("-Xmx256m"), options);
        a.awaitReady();
        b.awaitReady();
        return of(mode, change, a, b);
    }

    public static PairUnderTest start(Mode mode, String... options) {
        return start(mode, spec -> spec, options);
    }

    public static PairUnderTest of(Mode mode, UnaryOperator<PairSpec> change, ServerProcess a, ServerProcess b) {
        return new PairUnderTest(List.of(a, b), List.of(), change.apply(PairSpec.of(NAME, mode, a.url(), b.url())));
    }

    /** The same with more flags for the JVM of Tandem. */
    public static PairUnderTest of(PairSpec spec, List<String> jvmFlags, ServerProcess a, ServerProcess b) {
        return new PairUnderTest(List.of(a, b), List.of(), spec, TandemProcess.startWith(jvmFlags, spec));
    }

    /** With a network between Tandem and each server that can be told to fail: {@link #proxy}. */
    public static PairUnderTest behindProxies(Mode mode, UnaryOperator<PairSpec> change, String... options) {
        List<ServerProcess> servers = List.of(
                ServerProcess.launchOnly("A", List.of("-Xmx256m"), options),
                ServerProcess.launchOnly("B", List.of("-Xmx256m"), options));
        servers.forEach(ServerProcess::awaitReady);
        List<FaultProxy> proxies = servers.stream()
                .map(server -> FaultProxy.before(server.port(), UaMessages.FRAMER))
                .toList();
        List<String> urls = IntStream.range(0, servers.size())
                .mapToObj(i -> proxies.get(i).url(servers.get(i).url()))
                .toList();
        PairSpec spec = PairSpec.of(NAME, mode, urls.get(0), urls.get(1));
        return new PairUnderTest(servers, proxies, change.apply(spec));
    }

    /** A client through the tap. */
    public StreamClient connect() throws UaException {
        StreamClient client = StreamClient.connect(url());
        clients.add(client);
        return client;
    }

    /** A client of this user over a secured channel, which no tap can read. */
    public StreamClient connectAs(String user, String password) throws Exception {
        ClientCertificate certificate = ClientCertificate.make();
        StreamClient client = StreamClient.connect(tandem.url(NAME), SecurityPolicy.Basic256Sha256, config -> {
            certificate.showIn(config);
            config.setIdentityProvider(new UsernameProvider(user, password));
        });
        clients.add(client);
        return client;
    }

    /** Where clients go: the tap. */
    public String url() {
        return tap.url(tandem.url(NAME));
    }

    public ServerProcess server(int member) {
        return servers.get(member);
    }

    /** URL of each member as configured. */
    public List<String> machines() {
        return machines;
    }

    /** The network between Tandem and the server, of a pair that was started behind proxies. */
    public FaultProxy proxy(int member) {
        return proxies.get(member);
    }

    public TandemProcess tandem() {
        return tandem;
    }

    public WireTap tap() {
        return tap;
    }

    /** The member that Tandem serves from. */
    public int active() {
        return (int) tandem.figure(NAME, "active");
    }

    public long epoch() {
        return tandem.figure(NAME, "epoch");
    }

    public void awaitServing(int member) {
        awaitServing(member, LONG);
    }

    public void awaitServing(int member, Duration most) {
        tandem.awaitServing(NAME, member, most);
    }

    /** Waits until Tandem could switch to the standby without a gap, so that a fault may be asked to cost nothing. */
    public void awaitReady() {
        Await.until("the standby is ready", LONG, () -> {
            int standby = 1 - active();
            return tandem.status(NAME, "ready").charAt(standby) == '1';
        });
    }

    /**
     * Likewise, and until the client has ten more values of each item: a standby that has only begun to watch cannot show that nothing is
     * missing before its first value.
     */
    public void awaitReady(StreamClient client) {
        awaitReady();
        client.awaitMore(10, LONG);
    }

    /** What Tandem recorded of values that clients may have missed. */
    public List<String> gaps() {
        return tandem.gaps(NAME);
    }

    /** What both servers applied. */
    public List<List<LedgerEntry>> ledgers() {
        return servers.stream().map(ServerProcess::ledger).toList();
    }

    /** Everything that may explain a failure. */
    public String timeline() {
        String wire = "wire: " + tap.republishes() + " republish requests, " + tap.publishes();
        try {
            return wire + "\n" + String.join("\n", tandem.records(NAME)) + "\n" + tandem.log();
        } catch (AssertionError e) {
            return wire + "\n" + tandem.log();
        }
    }

    @Override
    public void close() throws UaException {
        Timelines.keep(timeline());
        for (StreamClient client : clients) {
            client.close();
        }
        tap.close();
        tandem.close();
        proxies.forEach(FaultProxy::close);
        servers.forEach(ServerProcess::close);
    }
}
