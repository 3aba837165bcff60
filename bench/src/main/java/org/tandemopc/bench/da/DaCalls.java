package org.tandemopc.bench.da;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.tandemopc.bench.da.DaCaller.Block;
import org.tandemopc.bench.da.DaCaller.Call;
import org.tandemopc.bench.da.DaCaller.Target;
import org.tandemopc.bench.da.DaCaller.Whose;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.world.LoopbackAddress;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.process.PortPicker;

/**
 * B-C4: SyncIO.Read and AddItems of one client, ours and Utgard's, in interleaved blocks on one simulated server at CONNECT, which is all
 * that Utgard can do: calls one after the other, and of several callers who share the connection of the client.
 */
final class DaCalls implements DaRun.Scenario {
    private static final int PERIOD_MS = 1_000;
    private static final int WARM_UP_BLOCKS_MAX = 10;

    /** Who share a connection, as the clients behind a relay do. */
    private static final int CALLERS = 16;

    /**
     * @param share of the calls of a block with one item: large ones take longer
     * @param callers who call at once, each as often as one who is alone
     */
    private record Kind(Call call, int items, int share, int callers) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%s %,d %s%s",
                    call == Call.READ ? "Read" : "AddItems",
                    items,
                    items == 1 ? "item" : "items",
                    callers == 1 ? "" : ", " + callers + " callers");
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(Call.READ, 1, 1, 1),
            new Kind(Call.READ, 1, 1, CALLERS),
            new Kind(Call.READ, 100, 3, 1),
            new Kind(Call.READ, 1_000, 12, 1),
            new Kind(Call.ADD, 100, 10, 1),
            new Kind(Call.ADD, 1_000, 40, 1));

    private record Place(Kind kind, Whose whose) {}

    @Override
    public void run(DaRun.Plan plan, DaRun.Reporter reporter) throws IOException {
        // the one behind a proxy is not called here
        try (DaServerProcess server = DaServerProcess.forgiving(
                "A",
                PERIOD_MS,
                DaCaller.ITEMS_MAX,
                LoopbackAddress.free(),
                PortPicker.pick(),
                LoopbackAddress.free())) {
            server.awaitReady();
            List<Target> target = List.of(new Target(server.address(), DaSimulatorSettings.CLSID));
            Map<Whose, DaCaller> callers = new EnumMap<>(Whose.class);
            try {
                for (Whose whose : Whose.values()) {
                    callers.put(whose, new DaCaller(whose, AuthLevel.CONNECT, target));
                }
                report(measure(plan, callers, reporter), reporter);
            } finally {
                callers.values().forEach(DaCaller::close);
            }
        }
    }

    private static Map<Place, List<Block>> measure(
            DaRun.Plan plan, Map<Whose, DaCaller> callers, DaRun.Reporter reporter) {
        Map<Place, List<Block>> blocks = new LinkedHashMap<>();
        int count = 2 * plan.blocks();
        reporter.progress(DaBenchmark.CALLS, 1, 1);
        for (int i = -Math.min(WARM_UP_BLOCKS_MAX, count); i < count; i++) {
            for (Kind kind : KINDS) {
                int calls = kind.callers() * Math.max(1, plan.reads() / kind.share());
                Whose[] turns = Math.floorMod(i, 2) == 0
                        ? new Whose[] {Whose.OURS, Whose.UTGARD}
                        : new Whose[] {Whose.UTGARD, Whose.OURS};
                for (Whose whose : turns) {
                    Block done = Objects.requireNonNull(callers.get(whose))
                            .block(kind.call(), 0, kind.items(), calls, kind.callers());
                    if (i >= 0) {
                        blocks.computeIfAbsent(new Place(kind, whose), place -> new ArrayList<>())
                                .add(done);
                    }
                }
            }
        }
        return blocks;
    }

    private static void report(Map<Place, List<Block>> blocks, DaRun.Reporter reporter) {
        blocks.forEach((place, all) -> {
            double calls = all.stream().mapToInt(Block::calls).sum();
            reporter.result(new DaMeasured(
                    DaBenchmark.CALLS,
                    place.kind().text(),
                    place.whose().word(),
                    1,
                    Map.of(
                            "perSecond",
                            calls
                                    * TimeUnit.SECONDS.toNanos(1)
                                    / all.stream().mapToLong(Block::total).sum(),
                            "p50Us",
                            median(all.stream().map(Block::p50).toList()),
                            "p99Us",
                            median(all.stream().map(Block::p99).toList()),
                            "clientCpuUs",
                            all.stream().mapToDouble(Block::cpuMicros).sum() / calls),
                    0,
                    0,
                    0,
                    Machine.pressure()));
        });
    }

    private static double median(List<Long> nanos) {
        return Spread.of(nanos).median() / 1_000;
    }
}
