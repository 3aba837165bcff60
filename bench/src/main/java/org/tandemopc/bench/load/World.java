package org.tandemopc.bench.load;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.tandemopc.bench.world.HaProxy;
import org.tandemopc.bench.world.ServerPair;
import org.tandemopc.bench.world.TandemProcess;
import org.tandemopc.bench.world.Way;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

/** Two servers, and HAProxy and Tandem before them. Ends with all of its processes. */
final class World implements AutoCloseable {
    /** As fast as the JVM makes them: here the servers are a part of what is measured. */
    private static final List<String> FLAGS = List.of("-Xmx1g", "-XX:TieredStopAtLevel=4");

    private final ServerPair servers;
    private final HaProxy haProxy;
    private final TandemProcess tandem;
    private final List<String> pairs;

    private World(ServerPair servers, HaProxy haProxy, TandemProcess tandem, List<String> pairs) {
        this.servers = servers;
        this.haProxy = haProxy;
        this.tandem = tandem;
        this.pairs = pairs;
    }

    /**
     * @param pairs names of Tandem's pairs, all of the same two servers
     * @param options of the simulator
     */
    static World start(List<String> pairs, String mode, String... options) {
        ServerPair servers = ServerPair.start(FLAGS, options);
        try {
            HaProxy haProxy = HaProxy.start(servers);
            try {
                return new World(
                        servers,
                        haProxy,
                        TandemProcess.start(
                                servers,
                                pairs.stream().map(name -> pair(name, mode)).toList()),
                        pairs);
            } catch (AssertionError | UncheckedIOException e) {
                haProxy.close();
                throw e;
            }
        } catch (AssertionError | UncheckedIOException e) {
            servers.close();
            throw e;
        }
    }

    private static TandemProcess.Pair pair(String name, String mode) {
        return new TandemProcess.Pair(name, mode, "None", Duration.ofMillis(2500), Duration.ofMillis(1000));
    }

    /** Until the server that the way ends at has the items, and with Tandem the standby, too. */
    void awaitItems(Way way, int items, Duration atMost) {
        int members = way == Way.TANDEM ? 2 : 1;
        for (int member = 0; member < members; member++) {
            ServerProcess server = servers.get(member);
            Await.until(
                    "server " + server.name() + " has " + items + " items",
                    atMost,
                    () -> server.stat("monitoredItems") >= items);
        }
    }

    /** Of both servers together, Tandem's own among them. */
    long items() {
        return servers.get(0).stat("monitoredItems") + servers.get(1).stat("monitoredItems");
    }

    /** How often Tandem has lost a member so far: figures for two live members are none when it did meanwhile. */
    int troubles() {
        return tandem.troubles();
    }

    ServerPair servers() {
        return servers;
    }

    /** Of the n-th client: clients of Tandem take turns among its pairs. */
    String url(Way way, int client) {
        return switch (way) {
            case DIRECT -> servers.url(0);
            case HAPROXY -> haProxy.url(servers.url(0));
            case TANDEM -> tandem.url(pairs.get(client % pairs.size()));
        };
    }

    /** The process in between; 0: none. */
    long proxy(Way way) {
        return switch (way) {
            case DIRECT -> 0;
            case HAPROXY -> haProxy.pid();
            case TANDEM -> tandem.pid();
        };
    }

    /** The process that has to remember the client: Tandem, or else the server. */
    long keeper(Way way) {
        return way == Way.TANDEM ? tandem.pid() : servers.get(0).pid();
    }

    Cpu cpu(Way way) {
        return new Cpu(proxy(way), servers.get(0).pid(), servers.get(1).pid());
    }

    @Override
    public void close() {
        tandem.close();
        haProxy.close();
        servers.close();
    }
}
