package org.tandemopc.bench.da;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tandemopc.bench.da.DaCaller.Block;
import org.tandemopc.bench.da.DaCaller.Call;
import org.tandemopc.bench.da.DaCaller.Target;
import org.tandemopc.bench.da.DaCaller.Whose;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.world.DcomHaProxy;
import org.tandemopc.bench.world.LoopbackAddress;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.process.PortPicker;

/**
 * B-D1: SyncIO.Read of 1 and 100 items, one read after the other, directly, through HAProxy and through Tandem, in interleaved
 * blocks. Utgard reads at CONNECT, our own client signed and sealed. Tandem calls its members signed for Utgard, and else as it is called.
 */
final class DaReads implements DaRun.Scenario {
    private static final int PERIOD_MS = 1_000;
    private static final int[] ITEMS = {1, 100};
    /** In the order of a caller's targets. */
    private static final List<Way> WAYS = List.of(Way.DIRECT, Way.HAPROXY, Way.TANDEM);

    private static final int WARM_UP_BLOCKS_MAX = 16;
    private static final Duration INTERVAL = Duration.ofMillis(2_500);
    private static final Duration TIMEOUT = Duration.ofMillis(1_000);

    /** Who reads, and how. */
    private record Driver(Whose whose, AuthLevel level, DaTandem.Pair pair) {
        String text(int items) {
            return "%s at %s, %d %s"
                    .formatted(whose == Whose.UTGARD ? "Utgard" : "ours", level, items, items == 1 ? "item" : "items");
        }
    }

    private static final List<Driver> DRIVERS = List.of(
            new Driver(Whose.UTGARD, AuthLevel.CONNECT, DaTandem.pair(AuthLevel.PKT_INTEGRITY)),
            new Driver(Whose.OURS, AuthLevel.PKT_INTEGRITY, DaTandem.pair(AuthLevel.PKT_INTEGRITY)),
            new Driver(Whose.OURS, AuthLevel.PKT_PRIVACY, DaTandem.pair(AuthLevel.PKT_PRIVACY)));

    private record Place(Driver driver, int items, Way way) {}

    @Override
    public void run(DaRun.Plan plan, DaRun.Reporter reporter) throws IOException {
        InetAddress proxyAddress = LoopbackAddress.free();
        InetAddress behind = LoopbackAddress.free();
        int behindPort = PortPicker.pick();
        try (DaServerProcess first = DaServerProcess.forgiving(
                        "A", PERIOD_MS, DaCaller.ITEMS_MAX, behind, behindPort, proxyAddress);
                DaServerProcess second = DaServerProcess.strict("B", PERIOD_MS, DaCaller.ITEMS_MAX)) {
            first.awaitReady();
            second.awaitReady();
            try (DcomHaProxy proxy = DcomHaProxy.start(proxyAddress, behind, behindPort);
                    DaTandemProcess tandem = DaTandemProcess.start(
                            Mode.WARM,
                            INTERVAL,
                            TIMEOUT,
                            List.of(first, second),
                            AuthLevel.PKT_INTEGRITY,
                            AuthLevel.PKT_PRIVACY)) {
                new Session(plan, reporter, first, proxy, proxyAddress.getHostAddress(), tandem).run();
            }
        }
    }

    /** All callers of a measurement. */
    private static final class Session {
        private final DaRun.Plan plan;
        private final DaRun.Reporter reporter;
        private final DaServerProcess server;
        private final DcomHaProxy proxy;
        private final String proxyAddress;
        private final DaTandemProcess tandem;
        private final Map<Driver, DaCaller> callers = new LinkedHashMap<>();

        Session(
                DaRun.Plan plan,
                DaRun.Reporter reporter,
                DaServerProcess server,
                DcomHaProxy proxy,
                String proxyAddress,
                DaTandemProcess tandem) {
            this.plan = plan;
            this.reporter = reporter;
            this.server = server;
            this.proxy = proxy;
            this.proxyAddress = proxyAddress;
            this.tandem = tandem;
        }

        void run() {
            try {
                for (Driver driver : DRIVERS) {
                    callers.put(driver, new DaCaller(driver.whose(), driver.level(), targets(driver)));
                }
                blocks(Math.min(WARM_UP_BLOCKS_MAX, 2 * plan.blocks()), new LinkedHashMap<>());
                for (int run = 1; run <= plan.runs(); run++) {
                    reporter.progress(DaBenchmark.READS, run, plan.runs());
                    Map<Place, Sample> samples = new LinkedHashMap<>();
                    blocks(plan.blocks(), samples);
                    for (Map.Entry<Place, Sample> each : samples.entrySet()) {
                        reporter.result(each.getValue().measured(each.getKey(), run));
                    }
                }
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + tandem.log(), e);
            } finally {
                callers.values().forEach(DaCaller::close);
            }
        }

        /** In the order of {@link #WAYS}. */
        private List<Target> targets(Driver driver) {
            Guid simulated = DaSimulatorSettings.CLSID;
            return List.of(
                    new Target(server.address(), simulated),
                    new Target(proxyAddress, simulated),
                    new Target(tandem.address(), driver.pair().clsid()));
        }

        private void blocks(int count, Map<Place, Sample> samples) {
            for (int block = 0; block < count; block++) {
                for (Driver driver : DRIVERS) {
                    for (int items : ITEMS) {
                        List<Way> turns = new ArrayList<>(WAYS);
                        // each comes first, second and last equally often
                        Collections.rotate(turns, -block);
                        for (Way way : turns) {
                            Sample sample =
                                    samples.computeIfAbsent(new Place(driver, items, way), place -> new Sample());
                            block(driver, items, way, sample);
                        }
                    }
                }
            }
        }

        private void block(Driver driver, int items, Way way, Sample sample) {
            long between = between(way);
            double serverBefore = Machine.cpuMicros(server.pid());
            double betweenBefore = between == 0 ? Double.NaN : Machine.cpuMicros(between);
            Block block = Objects.requireNonNull(callers.get(driver))
                    .block(Call.READ, WAYS.indexOf(way), items, plan.reads());
            double serverCpu = Machine.cpuMicros(server.pid()) - serverBefore;
            double betweenCpu = between == 0 ? Double.NaN : Machine.cpuMicros(between) - betweenBefore;
            sample.add(block, serverCpu, betweenCpu);
        }

        private long between(Way way) {
            return switch (way) {
                case DIRECT -> 0;
                case HAPROXY -> proxy.pid();
                case TANDEM -> tandem.pid();
            };
        }
    }

    /** The blocks of one place in one run: the median of their medians. */
    private static final class Sample {
        private final List<Block> blocks = new ArrayList<>();
        private double serverCpu;
        private double betweenCpu;
        private double pressure;

        void add(Block block, double serverMicros, double betweenMicros) {
            blocks.add(block);
            serverCpu += serverMicros;
            betweenCpu += betweenMicros;
            pressure = Math.max(pressure, Machine.pressure());
        }

        DaMeasured measured(Place place, int run) {
            double calls = blocks.stream().mapToInt(Block::calls).sum();
            return new DaMeasured(
                    DaBenchmark.READS,
                    place.driver().text(place.items()),
                    place.way().word(),
                    run,
                    Map.of(
                            "p50Us",
                                    Spread.of(blocks.stream().map(Block::p50).toList())
                                                    .median()
                                            / 1_000,
                            "p99Us",
                                    Spread.of(blocks.stream().map(Block::p99).toList())
                                                    .median()
                                            / 1_000,
                            "serverCpuUs", serverCpu / calls,
                            "clientCpuUs",
                                    blocks.stream()
                                                    .mapToDouble(Block::cpuMicros)
                                                    .sum()
                                            / calls,
                            "proxyCpuUs", betweenCpu / calls),
                    0,
                    0,
                    0,
                    pressure);
        }
    }
}
