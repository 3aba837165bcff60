package org.tandemopc.bench.da;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;

/**
 * B-D2: one client of ours gets the ticks of many counters, directly and through Tandem in hot mode, where both members report all
 * the time. A witness at the server says which ticks it showed: one that stood still leaves some out.
 */
final class DaStream implements DaRun.Scenario {
    private static final int PERIOD_MS = 100;
    private static final int TICKS_PER_SECOND = 1_000 / PERIOD_MS;
    private static final int[] PER_SECOND = {1_000, 10_000, 50_000};
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LATE_MAX = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    /** How many times as long as a block the values come that are not counted. */
    private static final int WARM_UP_TIMES = 4;

    private static final Duration INTERVAL = Duration.ofMillis(2_500);
    private static final Duration TIMEOUT = Duration.ofMillis(1_000);

    @Override
    public void run(DaRun.Plan plan, DaRun.Reporter reporter) throws IOException, LinkException, RpcFaultException {
        int most = PER_SECOND[PER_SECOND.length - 1];
        try (DaWorld world = DaWorld.start(PERIOD_MS, most / TICKS_PER_SECOND);
                DaTandemProcess tandem = world.tandem(INTERVAL, TIMEOUT)) {
            // Not counted: by then the JVMs have compiled what they will, mostly.
            Duration warmUp = plan.time().multipliedBy(WARM_UP_TIMES);
            DaMeasured unused = new Block(world, tandem, most, 0, warmUp).measure();
            for (int run = 1; run <= plan.streams(); run++) {
                reporter.progress(DaBenchmark.VALUES, run, plan.streams());
                for (int perSecond : PER_SECOND) {
                    List<@Nullable DaTandemProcess> ways = new ArrayList<>();
                    ways.add(null);
                    ways.add(tandem);
                    Collections.rotate(ways, -run);
                    for (DaTandemProcess way : ways) {
                        reporter.result(new Block(world, way, perSecond, run, plan.time()).measure());
                    }
                }
            }
        }
    }

    /**
     * One client for some seconds.
     *
     * @param tandem null: directly
     */
    private record Block(DaWorld world, @Nullable DaTandemProcess tandem, int perSecond, int run, Duration time) {
        DaMeasured measure() throws LinkException, RpcFaultException {
            int items = perSecond / TICKS_PER_SECOND;
            int member = tandem == null ? 0 : tandem.state(DaSubscriber.LEVEL).active();
            try (DaSubscriber witness = DaSubscriber.at(world.server(member), world.sinks(), 1, PERIOD_MS);
                    DaSubscriber subscriber = tandem == null
                            ? DaSubscriber.at(world.server(member), world.sinks(), items, PERIOD_MS)
                            : DaSubscriber.at(tandem, world.sinks(), items, PERIOD_MS)) {
                Await.until(
                        "every counter has a value",
                        LONG,
                        () -> subscriber.ticks().reached() >= 0
                                && witness.ticks().reached() >= 0);
                if (tandem != null) {
                    world.awaitItems(1 - member, items);
                }
                DaWorld.pass(WARM_UP);
                return measure(member, witness.ticks(), subscriber.ticks());
            }
        }

        private DaMeasured measure(int member, DaTicks witness, DaTicks ticks) {
            int troubles = troubles();
            long from = world.tick() + 1;
            Usage before = usage();
            long valuesBefore = ticks.values();
            long start = System.nanoTime();
            DaWorld.pass(time);
            double values = ticks.values() - valuesBefore;
            double seconds = (System.nanoTime() - start) / 1e9;
            Usage used = usage().since(before);
            double pressure = Machine.pressure();
            long to = world.tick() - 1;
            awaitTick(to, witness, ticks);
            Map<String, Double> figures = new HashMap<>(Map.of(
                    "perSecond", values / seconds,
                    "shown",
                            LongStream.rangeClosed(from, to)
                                            .filter(witness::has)
                                            .count()
                                    / (double) (to - from + 1),
                    "serverCpuUs", used.servers() / values,
                    "clientCpuUs", used.client() / values));
            if (tandem != null) {
                figures.put("proxyCpuUs", used.tandem() / values);
                figures.put("troubles", (double) troubles() - troubles);
                if (tandem.state(DaSubscriber.LEVEL).active() != member) {
                    throw new IllegalStateException("Tandem switched while nothing was wrong:\n" + tandem.log());
                }
            }
            return new DaMeasured(
                    DaBenchmark.VALUES,
                    String.format(Locale.ROOT, "%,d values/s", perSecond),
                    tandem == null ? "direct" : "tandem",
                    run,
                    figures,
                    ticks.lost(witness::has, from, to),
                    ticks.doubled(),
                    ticks.notGood(),
                    pressure);
        }

        /** What is still missing then is lost. */
        private static void awaitTick(long to, DaTicks witness, DaTicks ticks) {
            try {
                Await.until("the last tick has come", LATE_MAX, () -> witness.reached() >= to && ticks.reached() >= to);
            } catch (AssertionError e) {
                // counted by the caller
                return;
            }
        }

        private int troubles() {
            return tandem == null ? 0 : tandem.state(DaSubscriber.LEVEL).troubles();
        }

        private Usage usage() {
            return new Usage(
                    Machine.cpuMicros(world.server(0).pid())
                            + Machine.cpuMicros(world.server(1).pid()),
                    Machine.cpuMicros(ProcessHandle.current().pid()),
                    tandem == null ? 0 : Machine.cpuMicros(tandem.pid()));
        }
    }

    /** Processor time in microseconds. */
    private record Usage(double servers, double client, double tandem) {
        Usage since(Usage before) {
            return new Usage(servers - before.servers, client - before.client, tandem - before.tandem);
        }
    }
}
