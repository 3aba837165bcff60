package org.tandemopc.bench.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.bench.world.Heap;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;
import org.tandemopc.testkit.Await;

/**
 * B-S1: one client with very many items, directly and through Tandem in hot mode: how fast they are made, what each of
 * them costs, and what a kill of the active server does to them.
 */
final class ManyItems implements Scenario {
    private static final int PERIOD_MS = 1_000;
    private static final double PUBLISHING_MS = 500;
    private static final Duration LONG = Duration.ofSeconds(180);
    /** The standby has to have the items, too, and to have been heard for a while. */
    private static final Duration STEADY_MIN = Duration.ofSeconds(5);
    /** After a recovery: what comes again would come by then. */
    private static final Duration AFTERWARDS = Duration.ofMillis(2L * PERIOD_MS);
    /**
     * Of the client before the one that counts: what a process keeps since its first client is no item's. Far more than Tandem
     * itself has at a server.
     */
    private static final int FIRST_ITEMS = 100;

    @Override
    public void run(LoadRun.Plan plan, Reporter reporter) throws UaException {
        for (int run = 1; run <= plan.runs(Load.ITEMS); run++) {
            reporter.progress(Load.ITEMS, run, plan.runs(Load.ITEMS));
            for (int items : plan.items()) {
                try (World world = World.start(
                        List.of("items"),
                        "hot",
                        "--counters",
                        String.valueOf(items),
                        "--period-ms",
                        String.valueOf(PERIOD_MS))) {
                    // Tandem last, for it ends with the death of a server.
                    reporter.result(measure(world, Way.DIRECT, items, run, plan.time()));
                    reporter.result(measure(world, Way.TANDEM, items, run, plan.time()));
                }
            }
        }
    }

    private static void visit(World world, Way way) throws UaException {
        Ticks ticks = new Ticks(FIRST_ITEMS);
        try (Subscriber first = new Subscriber(world.url(way, 0), PUBLISHING_MS, FIRST_ITEMS, ticks)) {
            long unused = first.subscribe();
            Await.until("every counter has a value", LONG, () -> ticks.reached() >= 0);
        }
        Await.until("the first client has left nothing", LONG, () -> world.items() < FIRST_ITEMS);
    }

    private static Measured measure(World world, Way way, int items, int run, Duration time) throws UaException {
        Map<String, Double> figures = new HashMap<>();
        Ticks ticks = new Ticks(items);
        visit(world, way);
        long heapBefore = Heap.used(world.keeper(way));
        try (Subscriber subscriber = new Subscriber(world.url(way, 0), PUBLISHING_MS, items, ticks)) {
            figures.put("perSecond", items / (subscriber.subscribe() / 1e9));
            Await.until("every counter has a value", LONG, () -> ticks.reached() >= 0);
            world.awaitItems(way, items, LONG);
            Pauses.pass(STEADY_MIN);
            ticks.begin();
            double cpuBefore = Machine.cpuMicros(world.keeper(way));
            long start = System.nanoTime();
            Pauses.pass(time);
            double micros = (System.nanoTime() - start) / 1e3;
            figures.put("cpuPercent", 100 * (Machine.cpuMicros(world.keeper(way)) - cpuBefore) / micros);
            figures.put("heapBytes", (double) (Heap.used(world.keeper(way)) - heapBefore) / items);
            if (way == Way.TANDEM) {
                figures.put("gapMs", Kill.of(world, PERIOD_MS, ticks).gapMs(LONG));
                Pauses.pass(AFTERWARDS);
            }
            Ticks.Counts counts = ticks.counts();
            return new Measured(
                    Load.ITEMS,
                    String.format(Locale.ROOT, "%,d items", items),
                    way,
                    run,
                    figures,
                    counts.lost(),
                    counts.doubled(),
                    counts.notGood(),
                    Machine.pressure());
        }
    }
}
