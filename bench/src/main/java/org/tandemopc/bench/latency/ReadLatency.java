package org.tandemopc.bench.latency;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.tandemopc.bench.MiloClients;
import org.tandemopc.bench.world.HaProxy;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.ServerPair;
import org.tandemopc.bench.world.TandemProcess;
import org.tandemopc.bench.world.Way;

/**
 * B-L1: sequential reads of one client from one server, directly, through HAProxy and through Tandem, in interleaved
 * blocks. Several runs, each with all subjects, so that the ratio has a spread.
 */
public final class ReadLatency {
    /**
     * How much is measured.
     *
     * @param runs each gives one ratio
     * @param blocks of each subject and kind of read in a run
     * @param reads in a block
     * @param warmUp blocks that are not counted, before the first run
     */
    public record Plan(int runs, int blocks, int reads, int warmUp) {
        private static final double START_SECONDS = 15;
        private static final double READ_SECONDS = 0.4e-3;
        private static final int PATHS_AND_KINDS = 12;

        /** How long it takes, by experience. */
        public double seconds() {
            return START_SECONDS + READ_SECONDS * PATHS_AND_KINDS * reads * (warmUp + runs * blocks);
        }
    }

    /**
     * A kind of read.
     *
     * @param nodes read at once
     */
    record Kind(boolean isSecured, int nodes) {
        String text() {
            return (isSecured ? "Basic256Sha256 SignAndEncrypt" : "None") + ", " + nodes
                    + (nodes == 1 ? " node" : " nodes");
        }
    }

    private record Place(Kind kind, Way path) {}

    private static final int NODES_MAX = 100;
    private static final String PLAIN = "plain";
    private static final String SECURED = "secured";

    private final Plan plan;
    private final Consumer<String> results;
    private final PrintStream progress;

    /** @param results gets a line of JSON for each kind of read and path, after each run */
    public ReadLatency(Plan plan, Consumer<String> results, PrintStream progress) {
        this.plan = plan;
        this.results = results;
        this.progress = progress;
    }

    public void run() throws UaException {
        // As fast as the JVM makes them: here the servers are a part of what is measured.
        List<String> flags = List.of("-Xmx256m", "-XX:TieredStopAtLevel=4");
        try (ServerPair servers = ServerPair.start(
                        flags, "--policy", "none,basic256sha256", "--static", String.valueOf(NODES_MAX));
                HaProxy haProxy = HaProxy.start(servers);
                TandemProcess tandem =
                        TandemProcess.start(servers, List.of(pair(PLAIN, "None"), pair(SECURED, "Basic256Sha256")))) {
            new Session(servers, haProxy, tandem).run();
        }
    }

    private static TandemProcess.Pair pair(String name, String security) {
        return new TandemProcess.Pair(name, "warm", security, Duration.ofMillis(2500), Duration.ofMillis(1000));
    }

    /** All clients of a measurement. */
    private final class Session {
        private final ServerPair servers;
        private final HaProxy haProxy;
        private final TandemProcess tandem;
        private final MiloClients.Keys keys = MiloClients.Keys.make();
        private final List<OpcUaClient> connected = new ArrayList<>();
        private final Map<Boolean, Map<Way, OpcUaClient>> clients = new LinkedHashMap<>();
        private final List<Kind> kinds = new ArrayList<>();

        Session(ServerPair servers, HaProxy haProxy, TandemProcess tandem) {
            this.servers = servers;
            this.haProxy = haProxy;
            this.tandem = tandem;
        }

        void run() throws UaException {
            try {
                for (boolean secured : new boolean[] {false, true}) {
                    clients.put(secured, connect(secured));
                    kinds.add(new Kind(secured, 1));
                    kinds.add(new Kind(secured, NODES_MAX));
                }
                measure();
            } finally {
                for (OpcUaClient client : connected) {
                    client.disconnect();
                }
            }
        }

        private Map<Way, OpcUaClient> connect(boolean secured) throws UaException {
            Map<Way, OpcUaClient> byPath = new EnumMap<>(Way.class);
            for (Way path : Way.values()) {
                String url = switch (path) {
                    case DIRECT -> servers.url(0);
                    case HAPROXY -> haProxy.url(servers.url(0));
                    case TANDEM -> tandem.url(secured ? SECURED : PLAIN);
                };
                OpcUaClient client = secured ? MiloClients.secured(url, keys) : MiloClients.plain(url, config -> {});
                client.connect();
                connected.add(client);
                byPath.put(path, client);
            }
            return byPath;
        }

        private void measure() throws UaException {
            progress.println("B-L1 warm-up");
            blocks(plan.warmUp(), new LinkedHashMap<>());
            for (int run = 1; run <= plan.runs(); run++) {
                progress.println("B-L1 run " + run + " of " + plan.runs());
                Map<Place, Sample> samples = new LinkedHashMap<>();
                blocks(plan.blocks(), samples);
                for (Map.Entry<Place, Sample> each : samples.entrySet()) {
                    Place place = each.getKey();
                    results.accept(each.getValue()
                            .figures(run, place.kind(), place.path())
                            .json());
                }
            }
        }

        private void blocks(int count, Map<Place, Sample> samples) throws UaException {
            Way[] paths = Way.values();
            for (int block = 0; block < count; block++) {
                for (Kind kind : kinds) {
                    for (int i = 0; i < paths.length; i++) {
                        // Each path comes first, second and last equally often.
                        Way path = paths[(i + block) % paths.length];
                        block(kind, path, samples.computeIfAbsent(new Place(kind, path), place -> new Sample()));
                    }
                }
            }
        }

        private void block(Kind kind, Way path, Sample sample) throws UaException {
            OpcUaClient client = Objects.requireNonNull(
                    Objects.requireNonNull(clients.get(kind.isSecured())).get(path));
            List<NodeId> nodes = IntStream.range(0, kind.nodes())
                    .mapToObj(i -> new NodeId(2, "static/" + i))
                    .toList();
            long[] pids = {servers.get(0).pid(), ProcessHandle.current().pid(), proxy(path)};
            double[] before = cpu(pids);
            for (int i = 0; i < plan.reads(); i++) {
                long start = System.nanoTime();
                List<DataValue> values = client.readValues(0, TimestampsToReturn.Both, nodes);
                sample.addRead(System.nanoTime() - start);
                check(values, kind);
            }
            double[] after = cpu(pids);
            sample.addBlock(after[0] - before[0], after[1] - before[1], after[2] - before[2], Machine.pressure());
        }

        private long proxy(Way path) {
            return switch (path) {
                case DIRECT -> 0;
                case HAPROXY -> haProxy.pid();
                case TANDEM -> tandem.pid();
            };
        }

        private static double[] cpu(long[] pids) {
            double[] micros = new double[pids.length];
            for (int i = 0; i < pids.length; i++) {
                micros[i] = pids[i] == 0 ? 0 : Machine.cpuMicros(pids[i]);
            }
            return micros;
        }

        private static void check(List<DataValue> values, Kind kind) {
            if (values.size() != kind.nodes()
                    || values.stream().anyMatch(each -> !each.statusCode().isGood())) {
                throw new AssertionError("a read of " + kind.text() + " did not answer with good values");
            }
        }
    }
}
