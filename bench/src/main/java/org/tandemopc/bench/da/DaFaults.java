package org.tandemopc.bench.da;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.testkit.Await;

/**
 * B-D3: the active member is killed or hangs while a client of ours gets values through Tandem in hot mode, and reads. Witnesses at both
 * members say which ticks they showed.
 */
final class DaFaults implements DaRun.Scenario {
    private static final int PERIOD_MS = 100;
    private static final int ITEMS = 100;
    private static final int PER_BLOCK = 10;
    private static final int ALARMS_MAX = 5;
    private static final long READ_EVERY_NANOS = 20_000_000;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(20);
    /** The 1.5 s that are the control, and some. */
    private static final Duration QUIET = Duration.ofMillis(1_700);
    /** The 1.5 s that are judged, and some. */
    private static final Duration AFTER = Duration.ofMillis(1_600);

    private static final Duration AFTER_THAW = Duration.ofMillis(500);
    /** A tick before the fault is to be had of the member that took over, too; further back only the active one's matter. */
    private static final int TICKS_OF_BOTH = 10;

    private enum Kind {
        KILL("kill -9"),
        HANG("SIGSTOP, then SIGCONT");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    @Override
    public void run(DaRun.Plan plan, DaRun.Reporter reporter) throws IOException, LinkException, RpcFaultException {
        try (DaWorld world = DaWorld.start(PERIOD_MS, ITEMS)) {
            for (int done = 0; done < plan.faults(); done += PER_BLOCK) {
                for (Kind kind : Kind.values()) {
                    try (DaTandemProcess tandem = world.tandem(plan.interval(), plan.timeout())) {
                        int until = Math.min(done + PER_BLOCK, plan.faults());
                        for (int i = done + 1; i <= until; i++) {
                            reporter.progress(DaBenchmark.FAULTS, i, plan.faults());
                            reporter.result(new Repetition(world, tandem, kind, i).measure());
                        }
                    }
                }
            }
        }
    }

    /** One fault. */
    private static final class Repetition {
        private final DaWorld world;
        private final DaTandemProcess tandem;
        private final Kind kind;
        private final int number;
        private final AtomicBoolean isReading = new AtomicBoolean(true);
        private final List<Reading> reads = new ArrayList<>();
        private int alarms;

        private record Reading(long startNanos, long endNanos, boolean isGood) {}

        Repetition(DaWorld world, DaTandemProcess tandem, Kind kind, int number) {
            this.world = world;
            this.tandem = tandem;
            this.kind = kind;
            this.number = number;
        }

        DaMeasured measure() throws LinkException, RpcFaultException {
            tandem.awaitReady(DaSubscriber.LEVEL);
            try (DaSubscriber first = DaSubscriber.at(world.server(0), world.sinks(), 1, PERIOD_MS);
                    DaSubscriber second = DaSubscriber.at(world.server(1), world.sinks(), 1, PERIOD_MS);
                    DaSubscriber client = DaSubscriber.at(tandem, world.sinks(), ITEMS, PERIOD_MS)) {
                List<DaTicks> witnesses = List.of(first.ticks(), second.ticks());
                Thread reader = Thread.ofPlatform().daemon().name("reads").start(() -> read(client));
                try {
                    return measure(witnesses, client.ticks(), reader);
                } finally {
                    isReading.set(false);
                }
            }
        }

        private DaMeasured measure(List<DaTicks> witnesses, DaTicks ticks, Thread reader) {
            Await.until("every counter has a value", LONG, () -> ticks.reached() >= 0);
            world.awaitItems(0, ITEMS + 1);
            world.awaitItems(1, ITEMS + 1);
            long from = world.tick() + 1;
            awaitSteady(ticks);
            int victim = tandem.state(DaSubscriber.LEVEL).active();
            double pressure = Machine.pressure();
            long faultNanos = System.nanoTime();
            strike(world.server(victim));
            long faultTick = world.tick();
            awaitTick(faultTick + 1, ticks);
            passSince(faultNanos);
            long to = world.tick() - 1;
            awaitTick(to, ticks);
            if (kind == Kind.HANG) {
                world.server(victim).thaw();
                DaWorld.pass(AFTER_THAW);
            }
            isReading.set(false);
            join(reader);
            if (kind == Kind.KILL) {
                world.server(victim).relaunch();
                world.server(victim).awaitReady();
            }
            DaTicks active = witnesses.get(victim);
            DaTicks other = witnesses.get(1 - victim);
            long lost = ticks.lost(active::has, from, faultTick - TICKS_OF_BOTH - 1)
                    + ticks.lost(tick -> active.has(tick) && other.has(tick), faultTick - TICKS_OF_BOTH, faultTick)
                    + ticks.lost(other::has, faultTick + 1, to);
            DaOutcome outcome = DaOutcome.of(ticks.arrivals(), faultNanos, faultTick);
            return new DaMeasured(
                    DaBenchmark.FAULTS,
                    kind.text,
                    "tandem",
                    number,
                    Map.of(
                            "gapMs", outcome.gapMs(),
                            "longestBeforeMs", outcome.longestBeforeMs(),
                            "longestAfterMs", outcome.longestAfterMs(),
                            "slowestReadMs", slowestRead(faultNanos),
                            "alarms", (double) alarms),
                    lost,
                    ticks.doubled(),
                    ticks.notGood() + badReads(),
                    pressure);
        }

        /** Until nothing has happened for a while: a fault in the middle of a false alarm is another measurement. */
        private void awaitSteady(DaTicks ticks) {
            while (true) {
                tandem.awaitReady(DaSubscriber.LEVEL);
                int before = tandem.state(DaSubscriber.LEVEL).troubles();
                DaWorld.pass(QUIET);
                // the fault falls anywhere between two ticks
                DaWorld.pass(Duration.ofNanos(ThreadLocalRandom.current().nextLong(PERIOD_MS * 1_000_000L)));
                Await.until("the values are current", LONG, () -> ticks.reached() >= world.tick() - 2);
                if (tandem.state(DaSubscriber.LEVEL).troubles() == before || alarms >= ALARMS_MAX) {
                    return;
                }
                alarms++;
            }
        }

        private void strike(DaServerProcess victim) {
            switch (kind) {
                case KILL -> victim.kill();
                case HANG -> victim.freeze();
            }
        }

        private static void awaitTick(long tick, DaTicks ticks) {
            try {
                Await.until("recovery", RECOVERY_MAX, () -> ticks.reached() >= tick);
            } catch (AssertionError e) {
                // that it does not recover is a result: what is missing counts as lost
                return;
            }
        }

        private static void passSince(long nanos) {
            Await.until("time passes", AFTER.plus(LONG), () -> System.nanoTime() - nanos >= AFTER.toNanos());
        }

        private void read(DaSubscriber client) {
            while (isReading.get()) {
                long start = System.nanoTime();
                boolean isGood = client.read();
                long end = System.nanoTime();
                synchronized (reads) {
                    reads.add(new Reading(start, end, isGood));
                }
                LockSupport.parkNanos(Math.max(1, start + READ_EVERY_NANOS - System.nanoTime()));
            }
        }

        private static void join(Thread reader) {
            try {
                if (!reader.join(LONG)) {
                    throw new AssertionError("a read does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }

        private long badReads() {
            synchronized (reads) {
                return reads.stream().filter(one -> !one.isGood()).count();
            }
        }

        private double slowestRead(long faultNanos) {
            synchronized (reads) {
                return reads.stream()
                        .filter(one -> one.endNanos() - faultNanos >= 0)
                        .mapToDouble(one -> (one.endNanos() - one.startNanos()) / 1e6)
                        .max()
                        .orElse(Double.NaN);
            }
        }
    }
}
