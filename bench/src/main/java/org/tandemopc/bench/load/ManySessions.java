package org.tandemopc.bench.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfig;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.bench.MiloClients;
import org.tandemopc.bench.world.Heap;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;
import org.tandemopc.testkit.Await;

/**
 * B-S2: very many sessions with a few items each come at once, directly and through Tandem in warm mode; then the active
 * server is killed. Two pairs of the same servers share the sessions, because a pair takes 500; Tandem lets 20 links a
 * second through to each member of each pair.
 */
final class ManySessions implements Scenario {
    private static final List<String> PAIRS = List.of("one", "two");
    /** Connects that are under way at a time. */
    private static final int AT_A_TIME = 32;

    private static final int ITEMS = 10;
    private static final int PERIOD_MS = 1_000;
    private static final Duration LONG = Duration.ofSeconds(120);
    /** The standby has to have been there for a while, and after the kill values have to go on for a while. */
    private static final Duration STEADY_MIN = Duration.ofMillis(3L * PERIOD_MS);

    private static final long CONNECT_SECONDS_MAX = 300;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(CONNECT_SECONDS_MAX);

    @Override
    public void run(LoadRun.Plan plan, Reporter reporter) throws UaException {
        for (int run = 1; run <= plan.runs(Load.SESSIONS); run++) {
            reporter.progress(Load.SESSIONS, run, plan.runs(Load.SESSIONS));
            try (World world = World.start(
                    PAIRS, "warm", "--counters", String.valueOf(ITEMS), "--period-ms", String.valueOf(PERIOD_MS))) {
                // Tandem last, for it ends with the death of a server.
                reporter.result(measure(world, Way.DIRECT, run, plan.sessions()));
                reporter.result(measure(world, Way.TANDEM, run, plan.sessions()));
            }
        }
    }

    private static Measured measure(World world, Way way, int run, int sessions) throws UaException {
        Map<String, Double> figures = new HashMap<>();
        long heapBefore = Heap.used(world.keeper(way));
        Crowd crowd = new Crowd(world, way, sessions);
        try {
            double seconds = crowd.come();
            figures.put("perSecond", crowd.connected.size() / seconds);
            figures.put("connectP50Ms", crowd.times.getValueAtPercentile(50) / 1e6);
            figures.put("connectP99Ms", crowd.times.getValueAtPercentile(99) / 1e6);
            figures.put(
                    "heapKilobytes",
                    (Heap.used(world.keeper(way)) - heapBefore) / 1024.0 / Math.max(1, crowd.connected.size()));
            figures.put("threads", (double) Heap.threads(world.keeper(way)));
            if (crowd.refused.get() == 0) {
                crowd.awaitSteady(world, way);
                if (way == Way.TANDEM) {
                    figures.put("gapMs", Kill.of(world, PERIOD_MS, crowd.ticks).gapMs(LONG));
                    Pauses.pass(STEADY_MIN);
                }
            }
            Ticks.Counts counts = crowd.ticks.counts();
            return new Measured(
                    Load.SESSIONS,
                    String.format(Locale.ROOT, "%,d sessions", sessions),
                    way,
                    run,
                    figures,
                    counts.lost(),
                    counts.doubled(),
                    counts.notGood() + crowd.refused.get() + crowd.sessionsLost(),
                    Machine.pressure());
        } finally {
            crowd.leave();
        }
    }

    /** Clients that have asked for the endpoints once, all together. */
    private static final class Crowd {
        private final OpcUaClientConfig[] configs = new OpcUaClientConfig[PAIRS.size()];
        private final int sessions;
        private final Ticks ticks;
        private final Queue<Subscriber> connected = new ConcurrentLinkedQueue<>();
        private final AtomicLong refused = new AtomicLong();
        private final Histogram times = new ConcurrentHistogram(HIGHEST_NANOS, 3);

        Crowd(World world, Way way, int sessions) throws UaException {
            this.sessions = sessions;
            ticks = new Ticks(sessions * ITEMS);
            for (int i = 0; i < configs.length; i++) {
                configs[i] = MiloClients.plain(world.url(way, i), config -> {}).getConfig();
            }
        }

        /** @return seconds until the last of them was in, or was not */
        double come() {
            long start = System.nanoTime();
            each(sessions, this::connect);
            return (System.nanoTime() - start) / 1e9;
        }

        private void connect(int number) {
            long start = System.nanoTime();
            try {
                Subscriber session = new Subscriber(
                        OpcUaClient.create(configs[number % configs.length]), PERIOD_MS, ITEMS, ticks, number * ITEMS);
                times.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - start));
                connected.add(session);
                long unused = session.subscribe();
            } catch (UaException e) {
                refused.incrementAndGet();
            }
        }

        void awaitSteady(World world, Way way) {
            Await.until("every session has its values", LONG, () -> ticks.reached() >= 0);
            world.awaitItems(way, sessions * ITEMS, LONG);
            Pauses.pass(STEADY_MIN);
        }

        long sessionsLost() {
            return connected.stream().mapToLong(Subscriber::sessionsLost).sum();
        }

        void leave() {
            List<Subscriber> all = List.copyOf(connected);
            each(all.size(), i -> all.get(i).close());
        }

        private static void each(int count, IntConsumer step) {
            ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
            try {
                for (int i = 0; i < count; i++) {
                    int number = i;
                    threads.execute(() -> step.accept(number));
                }
                threads.shutdown();
                if (!threads.awaitTermination(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new AssertionError("not done within " + CONNECT_SECONDS_MAX + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
