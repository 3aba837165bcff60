package org.tandemopc.bench.load;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.MiloClients;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;

/** B-T1: one client that always has a number of reads under way, directly, through HAProxy and through Tandem. */
final class PipelinedReads implements Scenario {
    private static final int UNDER_WAY = 32;
    private static final int[] NODES = {1, 100};
    private static final int NODES_MAX = 100;
    private static final long ANSWER_SECONDS_MAX = 60;

    static String kind(int nodes) {
        return nodes == 1 ? "1 value" : nodes + " values";
    }

    @Override
    public void run(LoadRun.Plan plan, Reporter reporter) throws UaException {
        try (World world = World.start(List.of("reads"), "warm", "--static", String.valueOf(NODES_MAX))) {
            Map<Way, OpcUaClient> clients = new EnumMap<>(Way.class);
            try {
                for (Way way : Way.values()) {
                    OpcUaClient client = MiloClients.plain(world.url(way, 0), config -> {});
                    clients.put(way, client);
                    client.connect();
                    for (int nodes : NODES) {
                        // Not counted: by then the JVMs have compiled what they will, mostly.
                        new Pipeline(client, nodes).run(plan.time());
                    }
                }
                for (int run = 1; run <= plan.runs(Load.READS); run++) {
                    reporter.progress(Load.READS, run, plan.runs(Load.READS));
                    measure(world, clients, run, plan.time(), reporter);
                }
            } finally {
                for (OpcUaClient client : clients.values()) {
                    OpcUaClient unused = client.disconnect();
                }
            }
        }
    }

    private static void measure(World world, Map<Way, OpcUaClient> clients, int run, Duration time, Reporter reporter) {
        for (int nodes : NODES) {
            for (Way way : Turns.of(run, Way.values())) {
                Cpu cpu = world.cpu(way);
                long start = System.nanoTime();
                Pipeline pipeline = new Pipeline(Objects.requireNonNull(clients.get(way)), nodes);
                pipeline.run(time);
                double seconds = (System.nanoTime() - start) / 1e9;
                double reads = pipeline.good.sum();
                reporter.result(new Measured(
                        Load.READS,
                        kind(nodes),
                        way,
                        run,
                        Map.of(
                                "perSecond", reads / seconds,
                                "serverCpuUs", cpu.serverMicros() / reads,
                                "clientCpuUs", cpu.clientMicros() / reads,
                                "proxyCpuUs", cpu.usedByProxy() / reads),
                        0,
                        0,
                        pipeline.bad.sum(),
                        Machine.pressure()));
            }
        }
    }

    /** Each good answer sends the next read, until the time is over; one that is not good ends its turn. */
    private static final class Pipeline {
        private final OpcUaClient client;
        private final List<NodeId> nodes;
        private final CountDownLatch ended = new CountDownLatch(UNDER_WAY);
        final LongAdder good = new LongAdder();
        final LongAdder bad = new LongAdder();
        private long endNanos;

        Pipeline(OpcUaClient client, int nodes) {
            this.client = client;
            this.nodes = IntStream.range(0, nodes)
                    .mapToObj(i -> new NodeId(2, "static/" + i))
                    .toList();
        }

        void run(Duration time) {
            endNanos = System.nanoTime() + time.toNanos();
            for (int i = 0; i < UNDER_WAY; i++) {
                next();
            }
            try {
                if (!ended.await(time.toSeconds() + ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new AssertionError("a read of a pipeline was never answered");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        private void next() {
            if (System.nanoTime() - endNanos >= 0) {
                ended.countDown();
                return;
            }
            var unused =
                    client.readValuesAsync(0, TimestampsToReturn.Both, nodes).whenComplete(this::answered);
        }

        private void answered(@Nullable List<DataValue> values, @Nullable Throwable failure) {
            boolean isGood = failure == null
                    && values != null
                    && values.size() == nodes.size()
                    && values.stream().allMatch(each -> each.statusCode().isGood());
            if (isGood) {
                good.increment();
                next();
            } else {
                // No next one: a client without a connection fails at once, and that would never end.
                bad.increment();
                ended.countDown();
            }
        }
    }
}
