package org.tandemopc.it.matrix;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.History;
import org.tandemopc.it.history.HistoryCheck;
import org.tandemopc.it.history.Injected;
import org.tandemopc.it.history.Promises;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Fault;

/** Runs cells of one mode, one after the other, on one pair that every cell leaves as it found it. One thread. */
final class Lane implements AutoCloseable {
    private static final Duration LONG = PairUnderTest.LONG;
    /** How long a fault stays of which nothing must come. */
    private static final Duration OBSERVED = Duration.ofSeconds(3);
    /** By how much longer than promised everything may take: lanes and builds share the processors. */
    private static final int PATIENCE = 3;
    /** How long the other member takes when it is ready, and when all must be made anew. */
    private static final Duration MOVED = Duration.ofSeconds(1);

    private static final Duration MOVED_COLD = Duration.ofSeconds(3);
    /** How soon cold mode goes back to a member that failed its test, when the other one fails it too. */
    private static final Duration TRIED_AGAIN = Duration.ofMinutes(1);

    private static final int HOLD_MS = 5_000;
    /** So late answers the second member when the first one fails, that there is time to strike it in the switch. */
    private static final Duration SLOWED = Duration.ofMillis(700);
    /** What else may follow when both members are in trouble, or one is while it is moved to. */
    private static final Set<LossCause> OF_MOVING =
            Set.of(LossCause.CONNECT_FAILED, LossCause.REHOME_FAILED, LossCause.NO_FIRST_NOTIFICATION);
    /** Values that stand still, and devices that are gone. */
    private static final String MONITOR =
            """
            failureCount: 1
            items:
              - item: ns=2;s=watchdog/0
                updateRate: %dms
                trigger: noChange
                time: %dms
              - item: ns=2;s=watchdog/1
                updateRate: %dms
                trigger: badQuality
            """.formatted(CellFault.UPDATE_RATE_MS, CellFault.NO_CHANGE_MS, CellFault.UPDATE_RATE_MS);

    private final Mode mode;
    private final ServerProcess stranger;
    private final Selection selection;
    private final PairUnderTest pair;
    private int cells;
    private int republishes;
    private int wireFaults;

    Lane(Mode mode, ServerProcess stranger, Selection selection) {
        this.mode = mode;
        this.stranger = stranger;
        this.selection = selection;
        pair = PairUnderTest.behindProxies(
                mode,
                spec -> spec.withMonitor(MONITOR)
                        .withStatus(CellFault.INTERVAL_MS, CellFault.TIMEOUT_MS)
                        .withHold(HOLD_MS),
                "--no-rate-limit");
    }

    /**
     * What a cell found.
     *
     * @param findings what was wrong, for people
     * @param inSwitch whether the second of two faults fell into the switch that the first one caused; empty: there was
     *     no second one, or no switch
     * @param story what Tandem wrote down meanwhile
     */
    record Outcome(List<String> findings, Optional<Boolean> inSwitch, List<TandemRecord> story) {}

    Outcome run(Cell cell) throws UaException {
        begin();
        Before before = new Before();
        try (StreamClient client = StreamClient.connect(pair.url())) {
            cell.load().start(client);
            awaitWorking(client, cell.load());
            awaitWell();
            Strikes strikes = new Strikes(cell, before);
            strikes.make();
            awaitWorking(client, cell.load());
            awaitWell();
            client.stopWorking();
            History history = before.history(
                    client, strikes.injected(System.currentTimeMillis()), promises(cell, strikes.struckMs()));
            List<String> findings = new ArrayList<>(strikes.findings);
            findings.addAll(HistoryCheck.findings(history));
            if (cell.target() == Target.STANDBY && pair.epoch() != before.epoch) {
                findings.add("a fault of the standby moved the pair");
            }
            findings.addAll(wire());
            return new Outcome(findings, strikes.inSwitch(history.records()), history.records());
        }
    }

    // ---- what is promised

    private Promises promises(Cell cell, long struckMs) {
        boolean isBoth = cell.target() == Target.BOTH || cell.target() == Target.IN_TURN;
        // Who failed for long is tried again after as long, and a quarter of jitter.
        long triedAgainMs = isBoth ? struckMs * 5 / 4 + 625 : 0;
        long moved = moved().toMillis();
        return new Promises(
                HOLD_MS,
                PATIENCE * moved,
                PATIENCE * moved + triedAgainMs,
                PATIENCE * (cell.fault().noticed().toMillis() + moved) + (isBoth ? struckMs : 0),
                outages(cell),
                isGapless(cell));
    }

    private Duration moved() {
        return mode == Mode.COLD ? MOVED_COLD : MOVED;
    }

    private static int outages(Cell cell) {
        return switch (cell.target()) {
            case ACTIVE, STANDBY -> 0;
            case BOTH ->
                switch (cell.fault().effect()) {
                    case LOST -> 1;
                    case WORSE, BORNE -> 0;
                    // Each of them is of use again as soon as it was connected anew.
                    case BROKEN, DOUBTFUL, LATE -> -1;
                    case USELESS -> cell.mode() == Mode.COLD ? -1 : 0;
                };
            case IN_TURN -> cell.fault().effect() == Effect.BORNE ? 0 : -1;
        };
    }

    /** A pair that has no memory of the cells before, and serves from one member and the other by turns. */
    private void begin() {
        order("disable");
        pair.tandem().awaitPhase(PairUnderTest.NAME, "disabled", LONG);
        order("reset");
        order("enable");
        awaitWell();
        if (cells == 0) {
            // Cold mode learns who a member is when it is first connected to it: not from a stranger (S34).
            serveFrom(1);
        }
        serveFrom(cells++ % 2);
    }

    private void serveFrom(int member) {
        if (pair.active() != member) {
            order("switch", " " + member);
            pair.awaitServing(member);
            awaitWell();
        }
    }

    private void order(String order) {
        order(order, "");
    }

    private void order(String order, String words) {
        pair.tandem().command(order + " " + PairUnderTest.NAME + words);
    }

    // ---- the fault

    /** The faults of one cell: how they are made, when, and what comes of it while they last. */
    private final class Strikes {
        final List<String> findings = new ArrayList<>();
        private final Cell cell;
        private final CellFault fault;
        private final Before before;
        private final List<Victim> victims;
        private final long[] fromMs = new long[2];
        private final long[] hitMs = new long[2];
        private final long[] healedMs = new long[2];

        Strikes(Cell cell, Before before) {
            this.cell = cell;
            this.fault = cell.fault();
            this.before = before;
            Random chance = selection.chanceOf(cell);
            victims = IntStream.range(0, 2)
                    .mapToObj(member -> victim(member, chance))
                    .toList();
        }

        private Victim victim(int member, Random chance) {
            boolean isActive = member == before.active;
            return new Victim(
                    pair.server(member),
                    pair.proxy(member),
                    stranger,
                    chance,
                    cell.load().requestsTo(isActive),
                    cell.load().answersOf(isActive));
        }

        void make() {
            int active = before.active;
            int standby = 1 - active;
            switch (cell.target()) {
                case ACTIVE -> {
                    strike(active);
                    awaitHit(active);
                    if (cell.mustMove()) {
                        pair.awaitServing(standby);
                    } else {
                        observe(OBSERVED, () -> false);
                    }
                    awaitRecord();
                    heal(active);
                }
                case STANDBY -> {
                    strike(standby);
                    awaitHit(standby);
                    observe(OBSERVED, () -> fault.isFatal() && !isReady(standby));
                    awaitRecord();
                    heal(standby);
                }
                case BOTH -> {
                    strike(active);
                    strike(standby);
                    awaitHit(active);
                    awaitHit(standby);
                    awaitOutage();
                    heal(active);
                    heal(standby);
                }
                case IN_TURN -> {
                    pair.proxy(standby).set(Direction.ANSWERS, new Fault.Delay(SLOWED, Duration.ZERO, 0));
                    strike(active);
                    awaitHit(active);
                    Duration most = fault.isReasonToLeave(mode) ? noticed() : OBSERVED;
                    observe(most, () -> !isPhase("serving") || pair.active() != active);
                    pair.proxy(standby).set(Direction.ANSWERS, new Fault.Pass());
                    strike(standby);
                    heal(active);
                    if (fault.isFatal()) {
                        pair.awaitServing(active, isTriedAgainLater() ? LONG.plus(TRIED_AGAIN) : LONG);
                    } else {
                        observe(OBSERVED, () -> false);
                    }
                    heal(standby);
                }
            }
        }

        /** Cold mode knows of the first one only that it failed its test, and goes back to see once a minute (MON-22). */
        private boolean isTriedAgainLater() {
            return mode == Mode.COLD && fault.causes().contains(LossCause.MONITOR_TEST);
        }

        private void strike(int member) {
            fromMs[member] = System.currentTimeMillis();
            hitMs[member] = fromMs[member];
            fault.strike().to(victims.get(member));
        }

        private void heal(int member) {
            fault.heal().to(victims.get(member));
            healedMs[member] = System.currentTimeMillis();
        }

        /** A fault that waits for a message is none before it came by. */
        private void awaitHit(int member) {
            if (fault.once() && cell.isReached(member == before.active)) {
                Await.until(
                        fault.name() + " strikes member " + member,
                        LONG,
                        () -> victims.get(member).isHit());
                hitMs[member] = System.currentTimeMillis();
            }
        }

        /** Two that are lost leave nobody; two that say that they are of no use are still better than nobody (S11). */
        private void awaitOutage() {
            switch (fault.effect()) {
                case LOST -> {
                    Duration most = noticed().multipliedBy(2).plus(moved().multipliedBy(PATIENCE));
                    observe(most, () -> isPhase("stranded"));
                    if (!isPhase("stranded")) {
                        findings.add("both are lost, and after %s the pair is %s".formatted(most, phase()));
                    }
                }
                case USELESS, WORSE -> observe(fault.noticed().plusSeconds(1), () -> isPhase("stranded"));
                case BROKEN, LATE, DOUBTFUL, BORNE -> observe(OBSERVED, () -> isPhase("stranded"));
            }
        }

        private Duration noticed() {
            return fault.noticed().multipliedBy(PATIENCE);
        }

        private void awaitRecord() {
            boolean isConnected = mode != Mode.COLD || fault.effect() == Effect.BORNE;
            if (isConnected && !fault.record().isEmpty()) {
                Await.until(
                        "a record of the kind " + fault.record(),
                        LONG,
                        () -> before.records().stream()
                                .anyMatch(each -> each.kind().equals(fault.record())));
            }
        }

        /** From the first strike to the last healing. */
        long struckMs() {
            return LongStream.of(healedMs).max().orElse(0)
                    - LongStream.of(fromMs).filter(ms -> ms > 0).min().orElse(0);
        }

        List<Injected> injected(long untilMs) {
            boolean both =
                    (cell.target() == Target.BOTH || cell.target() == Target.IN_TURN) && fault.effect() != Effect.BORNE;
            Set<LossCause> causes = Stream.of(
                            fault.causes(),
                            both ? fault.more() : Set.<LossCause>of(),
                            both ? OF_MOVING : Set.<LossCause>of())
                    .flatMap(Set::stream)
                    .collect(Collectors.toSet());
            return IntStream.range(0, 2)
                    .filter(member -> fromMs[member] > 0)
                    .boxed()
                    .flatMap(member -> Stream.concat(
                            Stream.of(fault.trace()
                                    .of(member, causes)
                                    .at(fromMs[member], healedMs[member], untilMs)
                                    .noticedIn(noticed().toMillis() + hitMs[member] - fromMs[member], cell.mustMove())),
                            ofHealing(member, untilMs)))
                    .toList();
        }

        /** The member may have been left and be the active one again by then. */
        private Stream<Injected> ofHealing(int member, long untilMs) {
            return fault.ofHealing().isEmpty()
                    ? Stream.empty()
                    : Stream.of(Injected.of(fault.name() + ", healed by new connections", fault.ofHealing())
                            .of(member, fault.ofHealing())
                            .at(healedMs[member], healedMs[member], untilMs)
                            .noticedIn(noticed().toMillis(), false));
        }

        /** By the records of the switch, not by what was asked meanwhile. */
        Optional<Boolean> inSwitch(List<TandemRecord> records) {
            long secondMs = fromMs[1 - before.active];
            return cell.target() != Target.IN_TURN
                    ? Optional.empty()
                    : records.stream()
                            .filter(each -> each.kind().equals("PROMOTED")
                                    || each.kind().equals("SWITCH_FAILED"))
                            .findFirst()
                            .map(each -> {
                                long endMs = Instant.parse(each.at()).toEpochMilli();
                                return secondMs <= endMs
                                        && secondMs >= endMs - Long.parseLong(each.field("durationMs"));
                            });
        }
    }

    /** One member is well all the time, and what came meanwhile waits there. */
    private boolean isGapless(Cell cell) {
        return mode != Mode.COLD && (cell.target() == Target.ACTIVE || cell.target() == Target.STANDBY);
    }

    /** Until the condition holds, but not for ever: there may be nothing to see. */
    private static void observe(Duration most, BooleanSupplier condition) {
        long end = System.nanoTime() + most.toNanos();
        Await.until("time passes", most.plus(LONG), () -> System.nanoTime() > end || condition.getAsBoolean());
    }

    // ---- before and after

    private boolean isPhase(String phase) {
        return phase().equalsIgnoreCase(phase);
    }

    private String phase() {
        return pair.tandem().status(PairUnderTest.NAME, "phase");
    }

    private boolean isReady(int member) {
        return pair.tandem().status(PairUnderTest.NAME, "ready").charAt(member) == '1';
    }

    /** The pair serves, and could switch. */
    private void awaitWell() {
        Await.until("the pair serves", LONG, () -> isPhase("serving"));
        if (mode != Mode.COLD) {
            Await.until("both are ready", LONG, () -> isReady(0) && isReady(1));
        }
    }

    private static void awaitWorking(StreamClient client, Load load) {
        switch (load) {
            case IDLE -> Await.until("a read is answered with Good", LONG, client::readOnce);
            case WATCH -> {
                client.awaitPresent(PairUnderTest.PERIOD_MS, LONG);
                awaitMoreValues(client);
                awaitMoreGood(client, Operation.Kind.READ);
            }
            case WORK -> {
                awaitMoreGood(client, Operation.Kind.WRITE);
                awaitMoreGood(client, Operation.Kind.CALL);
            }
        }
    }

    private static void awaitMoreGood(StreamClient client, Operation.Kind kind) {
        long seen = good(client, kind);
        Await.until(kind + " is answered with Good", LONG, () -> good(client, kind) >= seen + 3);
    }

    private static void awaitMoreValues(StreamClient client) {
        Map<String, Integer> seen = counts(client);
        Await.until("each item has another value", LONG, () -> {
            Map<String, Integer> now = counts(client);
            return seen.entrySet().stream().allMatch(each -> now.getOrDefault(each.getKey(), 0) > each.getValue());
        });
    }

    private static Map<String, Integer> counts(StreamClient client) {
        return client.streams().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().size()));
    }

    private static long good(StreamClient client, Operation.Kind kind) {
        return client.operations(kind).stream().filter(Operation::isGood).count();
    }

    /** What there was when a cell began. */
    private final class Before {
        final int active = pair.active();
        final long epoch = pair.epoch();
        private final long record =
                pair.tandem().newestRecords(PairUnderTest.NAME, 1).getLast().number();
        private final List<Integer> ledgers =
                pair.ledgers().stream().map(List::size).toList();

        List<TandemRecord> records() {
            return pair.tandem().recordsAfter(PairUnderTest.NAME, record);
        }

        History history(StreamClient client, List<Injected> injected, Promises promises) {
            long lastEpoch = pair.epoch();
            List<List<LedgerEntry>> now = pair.ledgers();
            return new History(
                    client.operations(),
                    client.streams(),
                    client.events(),
                    IntStream.range(0, now.size())
                            .mapToObj(i -> now.get(i)
                                    .subList(ledgers.get(i), now.get(i).size()))
                            .toList(),
                    records(),
                    injected,
                    pair.machines(),
                    active,
                    epoch,
                    lastEpoch,
                    promises,
                    PairUnderTest.PERIOD_MS,
                    History.wallMinusNanosNow());
        }
    }

    /** New faults on the wire to the clients. */
    private List<String> wire() {
        List<String> faults = new ArrayList<>();
        List<String> all = pair.tap().verdict().faults();
        all.stream().skip(wireFaults).forEach(fault -> faults.add("on the wire: " + fault));
        wireFaults = all.size();
        int asked = pair.tap().republishes();
        if (asked > republishes) {
            faults.add((asked - republishes) + " messages were asked for again");
        }
        republishes = asked;
        return faults;
    }

    String timeline() {
        return pair.timeline();
    }

    @Override
    public void close() throws UaException {
        pair.close();
    }
}
