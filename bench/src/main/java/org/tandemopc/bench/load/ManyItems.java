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

    @Override
    public void run(LoadRun.Plan plan, Reporter reporter) throws UaException {
        for (int run = 1; run <= plan.runs(); run++) {
            reporter.progress(Load.ITEMS, run, plan.runs());
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

    private static Measured measure(World world, Way way, int items, int run, Duration time) throws UaException {
        Map<String, Double> figures = new HashMap<>();
        Ticks ticks = new Ticks(items);
        long heapBefore = Heap.used(world.keeper(way));
        try (Subscriber subscriber = new Subscriber(world.url(way, 0), PUBLISHING_MS, items, ticks)) {
            figures.put("perSecond", items / (subscriber.subscribe() / 1e9));
            Await.until("every counter has a value", LONG, () -> ticks.reached() >= 0);
            steady(world, way, items);
            ticks.begin();
            double cpuBefore = Machine.cpuMicros(world.keeper(way));
            long start = System.nanoTime();
            pass(time);
            double micros = (System.nanoTime() - start) / 1e3;
            figures.put("cpuPercent", 100 * (Machine.cpuMicros(world.keeper(way)) - cpuBefore) / micros);
            figures.put("heapBytes", (double) (Heap.used(world.keeper(way)) - heapBefore) / items);
            if (way == Way.TANDEM) {
                figures.put("gapMs", kill(world, ticks));
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

    private static void steady(World world, Way way, int items) {
        int members = way == Way.TANDEM ? 2 : 1;
        for (int member = 0; member < members; member++) {
            int at = member;
            Await.until(
                    "the server has the items",
                    LONG,
                    () -> world.servers().get(at).stat("monitoredItems") >= items);
        }
        pass(STEADY_MIN);
    }

    /** @return ms until the item that waits longest shows a tick that began after the fault; a period is a part of them */
    private static double kill(World world, Ticks ticks) {
        long fault = System.nanoTime();
        world.servers().get(0).kill();
        long tick = System.currentTimeMillis() / PERIOD_MS + 1;
        Await.until("every counter goes on", LONG, () -> ticks.reached() >= tick);
        return (ticks.lastHeardNanos() - fault) / 1e6;
    }

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", time.plus(LONG), () -> System.nanoTime() - end >= 0);
    }
}
