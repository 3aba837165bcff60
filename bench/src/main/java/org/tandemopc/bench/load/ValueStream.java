package org.tandemopc.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;
import org.tandemopc.testkit.Await;

/**
 * B-T2: one client gets the ticks of many counters, directly, through HAProxy and through Tandem in hot mode, where both
 * members report all the time.
 */
final class ValueStream implements Scenario {
    private static final int PERIOD_MS = 10;
    private static final int TICKS_PER_SECOND = 1_000 / PERIOD_MS;
    private static final int[] PER_SECOND = {20_000, 100_000};
    private static final int COUNTERS = 1_000;
    private static final double PUBLISHING_MS = 50;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    /** How many times as long as a block the values come that are not counted. */
    private static final int WARM_UP_TIMES = 5;

    @Override
    public void run(LoadRun.Plan plan, Reporter reporter) throws UaException {
        try (World world = World.start(
                List.of("values"),
                "hot",
                "--counters",
                String.valueOf(COUNTERS),
                "--period-ms",
                String.valueOf(PERIOD_MS))) {
            // Not counted: by then the JVMs have compiled what they will, mostly.
            Measured unused = measure(
                    world,
                    Way.TANDEM,
                    TICKS_PER_SECOND * COUNTERS,
                    0,
                    plan.time().multipliedBy(WARM_UP_TIMES));
            for (int run = 1; run <= plan.runs(Load.VALUES); run++) {
                reporter.progress(Load.VALUES, run, plan.runs(Load.VALUES));
                for (int perSecond : PER_SECOND) {
                    for (Way way : Turns.of(run, Way.values())) {
                        reporter.result(measure(world, way, perSecond, run, plan.time()));
                    }
                }
            }
        }
    }

    private static Measured measure(World world, Way way, int perSecond, int run, Duration time) throws UaException {
        int items = perSecond / TICKS_PER_SECOND;
        Ticks ticks = new Ticks(items);
        try (Subscriber subscriber = new Subscriber(world.url(way, 0), PUBLISHING_MS, items, ticks)) {
            long unused = subscriber.subscribe();
            Await.until("every counter has a value", LONG, () -> ticks.reached() >= 0);
            world.awaitItems(way, items, LONG);
            Pauses.pass(WARM_UP);
            int troubles = world.troubles();
            ticks.begin();
            Cpu cpu = world.cpu(way);
            long start = System.nanoTime();
            Pauses.pass(time);
            Ticks.Counts counts = ticks.counts();
            double seconds = (System.nanoTime() - start) / 1e9;
            double values = counts.values();
            return new Measured(
                    Load.VALUES,
                    String.format(Locale.ROOT, "%,d values/s", perSecond),
                    way,
                    run,
                    Map.of(
                            "perSecond", values / seconds,
                            "delivered", values / seconds / perSecond,
                            "serverCpuUs", cpu.serverMicros() / values,
                            "clientCpuUs", cpu.clientMicros() / values,
                            "proxyCpuUs", cpu.usedByProxy() / values,
                            "troubles", (double) world.troubles() - troubles),
                    counts.lost(),
                    counts.doubled(),
                    counts.notGood(),
                    Machine.pressure());
        }
    }
}
