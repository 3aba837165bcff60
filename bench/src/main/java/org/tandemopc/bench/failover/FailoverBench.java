package org.tandemopc.bench.failover;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.world.HaProxy;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.ServerPair;
import org.tandemopc.bench.world.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * Measures faults of the active server. One pair of servers lives as long as this object; the victim of a repetition is
 * started anew afterwards. A proxy lives for one block of repetitions, an application for one repetition. One thread at
 * a time.
 */
public final class FailoverBench implements AutoCloseable {
    private static final String PAIR = "bench";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration START_MAX = Duration.ofSeconds(20);
    private static final long START_PAUSE_NANOS = 200_000_000;
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(20);
    private static final Duration AFTER_RECOVERY = Duration.ofSeconds(1);
    private static final Duration AFTER_FAULT_MIN = Duration.ofMillis(1600);
    private static final Duration AFTER_THAW = Duration.ofSeconds(1);
    /** Long enough for the other member to be ready again. */
    private static final Duration SUSPICION_EVERY = Duration.ofSeconds(3);

    private static final Duration JOURNAL_MAX = Duration.ofSeconds(3);
    private static final int ALARMS_MAX = 5;
    /** Reads by which the active server is told from the other. */
    private static final int READS_MIN = 5;

    private static final long READ_EVERY_NANOS = 20_000_000;

    /** A value that is older than this when it comes is not current; a few ticks at least. */
    private static final long CURRENT_MS = 200;

    private static final int CURRENT_TICKS_MIN = 3;

    private final Feed feed;
    private final ServerPair servers;
    private final Duration hang;
    private final Duration stress;
    private final Pace pace;
    private @Nullable ServerProcess starting;
    private boolean isVisited;

    /**
     * @param hang of the server where the zombie is to be a late one; it ends no earlier than a second after the recovery
     * @param stress how long a false suspicion is provoked
     */
    public FailoverBench(Feed feed, Duration hang, Duration stress, Pace pace) {
        this.feed = feed;
        servers = ServerPair.start(
                List.of("-Xmx256m"),
                "--period-ms",
                String.valueOf(feed.periodMs()),
                "--counters",
                String.valueOf(feed.items()));
        this.hang = hang;
        this.stress = stress;
        this.pace = pace;
    }

    /** The proxy of a block of repetitions of one subject, if the subject has one. */
    public final class Block implements AutoCloseable {
        private final Subject subject;
        private final @Nullable TandemProcess tandem;
        private long lastTroubleNanos;

        private Block(Subject subject) {
            this.subject = subject;
            tandem = subject.isTandem()
                    ? TandemProcess.start(
                            servers,
                            List.of(new TandemProcess.Pair(
                                    PAIR,
                                    subject.mode(),
                                    "None",
                                    pace.of(subject).statusInterval(),
                                    pace.of(subject).statusTimeout())))
                    : null;
            // Not before: a server that was still starting is a trouble of a Tandem that started meanwhile.
            lastTroubleNanos = System.nanoTime();
        }

        /**
         * Measures one fault.
         *
         * @param isLong whether a server that hangs does so for long, and goes on afterwards
         */
        public Repetition measure(Fault fault, int number, boolean isLong) throws UaException {
            // HAProxy has a memory of its own for failed servers, so each repetition has a fresh one.
            awaitServers();
            try (HaProxy haProxy = subject == Subject.HAPROXY ? HaProxy.start(servers) : null) {
                return new Round(this, haProxy, fault, number, isLong).run();
            }
        }

        /** What Tandem printed, for messages. */
        public String log() {
            return tandem == null ? "" : tandem.log();
        }

        @Override
        public void close() {
            if (tandem != null) {
                tandem.close();
            }
        }
    }

    public Block block(Subject subject) {
        return new Block(subject);
    }

    @Override
    public void close() {
        servers.close();
    }

    private void awaitServers() throws UaException {
        ServerProcess late = starting;
        if (late != null) {
            late.awaitReady();
            starting = null;
            Visits.to(late.url(), feed);
        } else if (!isVisited) {
            for (int member = 0; member < 2; member++) {
                Visits.to(servers.url(member), feed);
            }
        }
        isVisited = true;
    }

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", time.plus(LONG), () -> System.nanoTime() - end >= 0);
    }

    /** One repetition. */
    private final class Round {
        private final Block block;
        private final Subject subject;
        private final @Nullable TandemProcess tandem;
        private final @Nullable HaProxy haProxy;
        private final Fault fault;
        private final int number;
        private final boolean isLong;
        private final Recorder recorder;
        private final AtomicBoolean isReading = new AtomicBoolean(true);
        private double steadyStalledMicros;
        private int alarms;
        private int active;
        private boolean isReplaced;

        Round(Block block, @Nullable HaProxy haProxy, Fault fault, int number, boolean isLong) {
            this.block = block;
            this.subject = block.subject;
            this.tandem = block.tandem;
            this.haProxy = haProxy;
            this.fault = fault;
            this.number = number;
            this.isLong = isLong;
            recorder = new Recorder(feed.items(), subject == Subject.MILO_HOT);
        }

        Repetition run() throws UaException {
            Application application = started();
            int victim = -1;
            try {
                Thread reader = Thread.ofPlatform().daemon().name("reads").start(() -> read(application));
                Await.until("every counter is current", LONG, this::isCurrent);
                long steadyNanos = awaitSteady();
                victim = active;
                double load = Machine.load();
                double pressure = Machine.pressure();
                double quietPressure = 100
                        * (Machine.stalledMicros() - steadyStalledMicros)
                        * 1000
                        / (System.nanoTime() - steadyNanos);
                int healthyBefore = healthyLost(victim);
                Moments moments = strike(servers.get(victim), steadyNanos);
                int survivorLost = healthyLost(victim) - healthyBefore;
                Recording recording = recorder.recording();
                isReading.set(false);
                replace(victim);
                application.close();
                reader.join(LONG);
                OptionalLong decided = decision(moments);
                Outcome outcome = Outcome.of(recording, moments, feed.items(), feed.periodMs());
                double detectMs = decided.isPresent()
                        ? (decided.getAsLong() - moments.faultNanos()) / 1e6
                        : subject.isTandem() ? Double.NaN : outcome.noticedMs();
                return new Repetition(
                        fault,
                        feed,
                        subject,
                        number,
                        servers.get(victim).name(),
                        outcome,
                        told(recording, moments),
                        detectMs,
                        alarms,
                        survivorLost,
                        fault == Fault.SUSPICION ? stress.toMillis() / 1e3 : 0,
                        load,
                        pressure,
                        quietPressure);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } finally {
                isReading.set(false);
                replace(victim);
                application.close();
            }
        }

        /** Starts the victim anew, once, while the rest of the repetition is still done: it is to be ready for the next. */
        private void replace(int victim) {
            if (victim >= 0 && fault != Fault.SUSPICION && !isReplaced) {
                isReplaced = true;
                servers.get(victim).relaunch();
                starting = servers.get(victim);
            }
        }

        private static String told(Recording recording, Moments moments) {
            return recording.events().stream()
                    .map(e -> (e.nanos() - moments.faultNanos()) / 1_000_000 + " ms " + e.what())
                    .collect(Collectors.joining("; "));
        }

        /** A proxy that has just lost a server, or cut everything for a false alarm, gets some time. */
        private Application started() throws UaException {
            long end = System.nanoTime() + START_MAX.toNanos();
            while (true) {
                try {
                    return start();
                } catch (UaException e) {
                    if (System.nanoTime() - end >= 0) {
                        throw e;
                    }
                    LockSupport.parkNanos(START_PAUSE_NANOS);
                }
            }
        }

        private Application start() throws UaException {
            Application application = application();
            try {
                application.start();
                return application;
            } catch (UaException e) {
                application.close();
                throw e;
            }
        }

        private Application application() throws UaException {
            List<String> urls = List.of(servers.url(0), servers.url(1));
            if (tandem != null) {
                return new Application.Plain(tandem.url(PAIR), recorder, feed);
            }
            if (haProxy != null) {
                return new Application.Plain(haProxy.url(servers.url(0)), recorder, feed);
            }
            return switch (subject) {
                case MILO_COLD -> new Application.Cold(urls, recorder, feed);
                case MILO_WARM -> new Application.Warm(urls, recorder, feed);
                case MILO_HOT -> new Application.Hot(urls, recorder, feed);
                default -> throw new IllegalStateException(subject + " has no proxy");
            };
        }

        private void read(Application application) {
            while (isReading.get()) {
                long start = System.nanoTime();
                boolean isGood = application.read();
                if (isReading.get()) {
                    recorder.read(start, isGood);
                }
                long rest = start + READ_EVERY_NANOS - System.nanoTime();
                if (rest > 0) {
                    LockSupport.parkNanos(rest);
                }
            }
        }

        /**
         * Waits until nothing has happened for a while, the standby being armed: a fault in the middle of a false alarm is
         * another measurement. Tries to its bound, and then measures what there is.
         *
         * @return when the quiet time began, monotonic
         */
        private long awaitSteady() {
            while (true) {
                if (subject.hasStandbyItems()) {
                    Await.until("the standby has the items", LONG, this::isArmed);
                }
                int before = troubles();
                active = active();
                passSince(block.lastTroubleNanos, pace.quietBefore(subject).minus(pace.quiet()));
                long begin = System.nanoTime();
                steadyStalledMicros = Machine.stalledMicros();
                pass(pace.quiet());
                // The fault falls anywhere between two ticks.
                pass(Duration.ofNanos(ThreadLocalRandom.current().nextLong(feed.periodMs() * 1_000_000)));
                int after = troubles();
                if (after == before || alarms >= ALARMS_MAX) {
                    return begin;
                }
                alarms++;
                block.lastTroubleNanos = System.nanoTime();
            }
        }

        private int troubles() {
            return tandem == null ? 0 : tandem.troubles();
        }

        private int troubles(int member) {
            return tandem == null ? 0 : tandem.troubles(member);
        }

        /** How often Tandem has lost a server that nothing happens to in this repetition. */
        private int healthyLost(int victim) {
            return fault == Fault.SUSPICION ? troubles() : troubles(1 - victim);
        }

        private boolean isCurrent() {
            long ticks = Math.max(CURRENT_TICKS_MIN, CURRENT_MS / feed.periodMs());
            return recorder.reached() >= System.currentTimeMillis() / feed.periodMs() - ticks;
        }

        /** Items alone prove nothing: a session that Tandem gave up in a false alarm leaves its items behind for a while. */
        private boolean isArmed() {
            for (int member = 0; member < 2; member++) {
                boolean isConnected = tandem == null || tandem.isConnected(member);
                if (!isConnected || servers.get(member).stat("monitoredItems") < feed.items()) {
                    return false;
                }
            }
            return true;
        }

        /** The server that answers the reads of the application. */
        private int active() {
            long[] before = servers.clientReads();
            Await.until("a server answers reads", LONG, () -> {
                long[] now = servers.clientReads();
                return Math.abs(now[0] - before[0] - (now[1] - before[1])) >= READS_MIN;
            });
            long[] now = servers.clientReads();
            return now[0] - before[0] > now[1] - before[1] ? 0 : 1;
        }

        private Moments strike(ServerProcess victim, long steadyNanos) {
            long faultNanos = System.nanoTime();
            switch (fault) {
                case KILL -> victim.kill();
                case HANG -> victim.freeze();
                case SUSPICION -> provoke();
            }
            Instant struck = Instant.now();
            long tick = struck.toEpochMilli() / feed.periodMs();
            awaitRecovery(tick + 1);
            block.lastTroubleNanos = System.nanoTime();
            pass(AFTER_RECOVERY);
            passSince(faultNanos, AFTER_FAULT_MIN);
            long thawNanos = Moments.NEVER;
            // What a zombie says late is judged of Tandem alone; a peer is seen with the long ones.
            if (fault == Fault.HANG && (subject.isTandem() || isLong)) {
                passSince(faultNanos, isLong ? hang : AFTER_FAULT_MIN);
                thawNanos = System.nanoTime();
                victim.thaw();
                pass(AFTER_THAW);
            }
            return new Moments(steadyNanos, faultNanos, ChronoUnit.MICROS.between(Instant.EPOCH, struck), thawNanos);
        }

        private void provoke() {
            Duration shortest = pace.of(subject).statusTimeout().dividedBy(2);
            try (Stress cause = new Stress(servers, shortest, SUSPICION_EVERY)) {
                cause.last(stress);
            }
        }

        private void awaitRecovery(long tick) {
            try {
                Await.until("recovery", RECOVERY_MAX, () -> recorder.reached() >= tick);
            } catch (AssertionError e) {
                // It is a result that a subject does not recover.
                return;
            }
        }

        private void passSince(long nanos, Duration time) {
            Await.until("time passes", time.plus(LONG), () -> System.nanoTime() - nanos >= time.toNanos());
        }

        private OptionalLong decision(Moments moments) {
            if (tandem == null) {
                return OptionalLong.empty();
            }
            long end = System.nanoTime() + JOURNAL_MAX.toNanos();
            OptionalLong decided = tandem.leftActiveAfter(PAIR, moments.faultNanos());
            while (decided.isEmpty() && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(50_000_000);
                decided = tandem.leftActiveAfter(PAIR, moments.faultNanos());
            }
            return decided;
        }
    }
}
