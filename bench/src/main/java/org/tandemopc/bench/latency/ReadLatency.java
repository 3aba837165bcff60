package org.tandemopc.bench.latency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
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
    public record Plan(int runs, int blocks, int reads, int warmUp) {}

    /** The ways to the server. */
    enum Path {
        DIRECT,
        HAPROXY,
        TANDEM
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

    private static final int NODES_MAX = 100;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String PLAIN = "plain";
    private static final String SECURED = "secured";

    private final Plan plan;
    private final java.io.PrintStream progress;

    public ReadLatency(Plan plan, java.io.PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    public LatencyReport run() throws UaException {
        // As fast as the JVM makes them: here the servers are a part of what is measured.
        List<String> flags = List.of("-Xmx256m", "-XX:TieredStopAtLevel=4");
        try (ServerPair servers = ServerPair.start(
                        flags, "--policy", "none,basic256sha256", "--static", String.valueOf(NODES_MAX));
                HaProxy haProxy = HaProxy.start(servers);
                TandemProcess tandem =
                        TandemProcess.start(servers, List.of(pair(PLAIN, "None"), pair(SECURED, "Basic256Sha256")))) {
            return new Session(servers, haProxy, tandem).run();
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
        private final Map<Boolean, Map<Path, OpcUaClient>> clients = new LinkedHashMap<>();
        private final List<Kind> kinds = new ArrayList<>();

        Session(ServerPair servers, HaProxy haProxy, TandemProcess tandem) {
            this.servers = servers;
            this.haProxy = haProxy;
            this.tandem = tandem;
        }

        LatencyReport run() throws UaException {
            try {
                for (boolean secured : new boolean[] {false, true}) {
                    clients.put(secured, connect(secured));
                    kinds.add(new Kind(secured, 1));
                    kinds.add(new Kind(secured, NODES_MAX));
                }
                return measure();
            } finally {
                for (OpcUaClient client : connected) {
                    client.disconnect();
                }
            }
        }

        private Map<Path, OpcUaClient> connect(boolean secured) throws UaException {
            Map<Path, OpcUaClient> byPath = new EnumMap<>(Path.class);
            for (Path path : Path.values()) {
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

        private LatencyReport measure() throws UaException {
            progress.println("B-L1 warm-up");
            blocks(plan.warmUp(), new LatencyReport.Run());
            List<LatencyReport.Run> runs = new ArrayList<>();
            for (int i = 0; i < plan.runs(); i++) {
                progress.println("B-L1 run " + (i + 1));
                LatencyReport.Run run = new LatencyReport.Run();
                blocks(plan.blocks(), run);
                runs.add(run);
            }
            return new LatencyReport(runs, Machine.pressure());
        }

        private void blocks(int count, LatencyReport.Run run) throws UaException {
            Path[] paths = Path.values();
            for (int block = 0; block < count; block++) {
                for (Kind kind : kinds) {
                    for (int i = 0; i < paths.length; i++) {
                        // Each path comes first, second and last equally often.
                        block(kind, paths[(i + block) % paths.length], run.of(kind, paths[(i + block) % paths.length]));
                    }
                }
            }
        }

        private void block(Kind kind, Path path, LatencyReport.Sample sample) throws UaException {
            OpcUaClient client =
                    java.util.Objects.requireNonNull(java.util.Objects.requireNonNull(clients.get(kind.isSecured()))
                            .get(path));
            List<NodeId> nodes = IntStream.range(0, kind.nodes())
                    .mapToObj(i -> new NodeId(2, "static/" + i))
                    .toList();
            long[] pids = {servers.get(0).pid(), ProcessHandle.current().pid(), proxy(path)};
            double[] before = cpu(pids);
            Histogram times = sample.times();
            for (int i = 0; i < plan.reads(); i++) {
                long start = System.nanoTime();
                List<DataValue> values = client.readValues(0, TimestampsToReturn.Both, nodes);
                times.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - start));
                check(values, kind);
            }
            double[] after = cpu(pids);
            sample.addCpu(after[0] - before[0], after[1] - before[1], after[2] - before[2]);
        }

        private long proxy(Path path) {
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
