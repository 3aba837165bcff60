package org.tandemopc.bench.da;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tandemopc.bench.world.Heap;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;

/** B-D4: many clients, each with one group of counters that it is told, through Tandem in hot mode. */
final class DaManyClients implements DaRun.Scenario {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofMillis(2_500);
    private static final Duration TIMEOUT = Duration.ofMillis(1_000);
    /** Of a tick: with very many items they are slow, for what is measured is memory. */
    private static final int SLOW_MS = 5_000;

    private static final int FAST_MS = 1_000;
    private static final int FAST_ITEMS_MAX = 10_000;
    /** What waits of the standby is full by then. */
    private static final int TICKS = 3;

    @Override
    public void run(DaRun.Plan plan, DaRun.Reporter reporter) throws IOException, LinkException, RpcFaultException {
        reporter.progress(DaBenchmark.CLIENTS, 1, 1);
        int all = plan.clients() * plan.items();
        int periodMs = all > FAST_ITEMS_MAX ? SLOW_MS : FAST_MS;
        try (DaWorld world = DaWorld.start(periodMs, plan.items());
                DaTandemProcess tandem = world.tandem(INTERVAL, TIMEOUT)) {
            try (DaSubscriber visitor = DaSubscriber.at(tandem, world.sinks(), plan.items(), periodMs)) {
                Await.until(
                        "a first client has values", LONG, () -> visitor.ticks().reached() >= 0);
                world.awaitItems(1, plan.items());
            }
            Await.until(
                    "the first client is gone",
                    LONG,
                    () -> world.server(0).items() + world.server(1).items() == 0);
            reporter.result(new Crowd(world, tandem, plan).measure());
        }
    }

    private static final class Crowd {
        private final DaWorld world;
        private final DaTandemProcess tandem;
        private final DaRun.Plan plan;
        private final List<DaSubscriber> clients = new ArrayList<>();

        Crowd(DaWorld world, DaTandemProcess tandem, DaRun.Plan plan) {
            this.world = world;
            this.tandem = tandem;
            this.plan = plan;
        }

        DaMeasured measure() throws LinkException, RpcFaultException {
            int all = plan.clients() * plan.items();
            long before = Heap.used(tandem.pid());
            int active = tandem.state(DaSubscriber.LEVEL).active();
            try (DaSubscriber witness = DaSubscriber.at(world.server(active), world.sinks(), 1, world.periodMs())) {
                for (int i = 0; i < plan.clients(); i++) {
                    clients.add(DaSubscriber.at(tandem, world.sinks(), plan.items(), world.periodMs()));
                }
                Await.until(
                        "every client has values",
                        LONG,
                        () -> clients.stream().allMatch(client -> client.ticks().reached() >= 0));
                world.awaitItems(1 - active, all);
                double seconds =
                        clients.stream().mapToDouble(DaSubscriber::addSeconds).sum();
                long from = world.tick() + 1;
                double cpuBefore = Machine.cpuMicros(tandem.pid());
                long start = System.nanoTime();
                Await.until("some ticks pass", LONG, () -> world.tick() > from + TICKS);
                double cpu = (Machine.cpuMicros(tandem.pid()) - cpuBefore) * 1_000 / (System.nanoTime() - start);
                long heap = Heap.used(tandem.pid()) - before;
                long to = world.tick() - 1;
                Await.until(
                        "the last tick has come",
                        LONG,
                        () -> witness.ticks().reached() >= to
                                && clients.stream()
                                        .allMatch(client -> client.ticks().reached() >= to));
                Map<String, Double> figures = new HashMap<>(Map.of(
                        "perSecond", all / seconds,
                        "heapKilobytes", heap / 1024.0 / plan.clients(),
                        "heapBytes", heap / (double) all,
                        "threads", (double) Heap.threads(tandem.pid()),
                        "cpuPercent", 100 * cpu));
                return new DaMeasured(
                        DaBenchmark.CLIENTS,
                        String.format(Locale.ROOT, "%,d clients, %,d items each", plan.clients(), plan.items()),
                        "tandem",
                        1,
                        figures,
                        clients.stream()
                                .mapToLong(client -> client.ticks().lost(witness.ticks()::has, from, to))
                                .sum(),
                        clients.stream()
                                .mapToLong(client -> client.ticks().doubled())
                                .sum(),
                        clients.stream()
                                .mapToLong(client -> client.ticks().notGood())
                                .sum(),
                        Machine.pressure());
            } finally {
                clients.forEach(DaSubscriber::close);
            }
        }
    }
}
