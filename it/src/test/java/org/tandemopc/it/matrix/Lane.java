package org.tandemopc.it.matrix;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.History;
import org.tandemopc.it.history.HistoryCheck;
import org.tandemopc.it.history.Injected;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.ServerProcess;

/** Runs cells of one mode, one after the other, on one pair that every cell leaves as it found it. One thread. */
final class Lane implements AutoCloseable {
    private static final Duration LONG = PairUnderTest.LONG;
    /** How long a fault stays of which nothing must come. */
    private static final Duration OBSERVED = Duration.ofSeconds(3);
    /** What else may follow when both members are in trouble, or one is while it is moved to. */
    private static final Set<LossCause> OF_MOVING =
            Set.of(LossCause.CONNECT_FAILED, LossCause.REHOME_FAILED, LossCause.NO_FIRST_NOTIFICATION);
    /** Values that stand still, and devices that are gone. */
    private static final String MONITOR = """
            failureCount: 1
            items:
              - item: ns=2;s=watchdog/0
                updateRate: 200ms
                trigger: noChange
                time: 4s
              - item: ns=2;s=watchdog/1
                updateRate: 200ms
                trigger: badQuality
            """;

    private final Mode mode;
    private final ServerProcess stranger;
    private final PairUnderTest pair;
    private int cells;

    Lane(Mode mode, ServerProcess stranger) {
        this.mode = mode;
        this.stranger = stranger;
        pair = PairUnderTest.behindProxies(mode, spec -> spec.withMonitor(MONITOR), "--no-rate-limit");
    }

    /** @return what was wrong, for people */
    List<String> run(Cell cell) throws UaException {
        begin();
        Before before = new Before();
        try (StreamClient client = StreamClient.connect(pair.url())) {
            cell.load().start(client);
            awaitWorking(client, cell.load());
            awaitWell();
            long fromMs = System.currentTimeMillis();
            strike(cell, before);
            awaitWell();
            awaitWorking(client, cell.load());
            long untilMs = System.currentTimeMillis();
            client.stopWorking();
            History history = before.history(client, injected(cell, before, fromMs, untilMs), isGapless(cell));
            List<String> findings = new ArrayList<>(HistoryCheck.findings(history));
            if (cell.target() == Target.STANDBY && pair.epoch() != before.epoch) {
                findings.add("a fault of the standby moved the pair");
            }
            return findings;
        }
    }

    /** A pair that has no memory of the cells before, and serves from one member and the other by turns. */
    private void begin() {
        order("disable");
        pair.tandem().awaitPhase(PairUnderTest.NAME, "disabled", LONG);
        order("reset");
        order("enable");
        awaitWell();
        int wanted = cells++ % 2;
        if (pair.active() != wanted) {
            pair.tandem().command("switch " + PairUnderTest.NAME + " " + wanted);
            pair.awaitServing(wanted);
            awaitWell();
        }
    }

    private void order(String order) {
        pair.tandem().command(order + " " + PairUnderTest.NAME);
    }

    // ---- the fault

    private void strike(Cell cell, Before before) {
        Random chance = new Random(cell.toString().hashCode());
        Victim active = victim(before.active, chance);
        Victim standby = victim(1 - before.active, chance);
        CellFault fault = cell.fault();
        switch (cell.target()) {
            case ACTIVE -> {
                fault.strike().to(active);
                if (cell.mustMove()) {
                    pair.awaitServing(1 - before.active);
                } else {
                    observe(() -> false);
                }
                awaitRecord(fault, before);
                fault.heal().to(active);
            }
            case STANDBY -> {
                fault.strike().to(standby);
                observe(() -> fault.effect() == Effect.LOST && !isReady(1 - before.active));
                awaitRecord(fault, before);
                fault.heal().to(standby);
            }
            case BOTH -> {
                fault.strike().to(active);
                fault.strike().to(standby);
                observe(() -> isPhase("stranded"));
                fault.heal().to(active);
                fault.heal().to(standby);
            }
            case IN_TURN -> {
                fault.strike().to(active);
                observe(() -> !isPhase("serving") || pair.active() != before.active);
                fault.strike().to(standby);
                fault.heal().to(active);
                if (fault.effect() == Effect.LOST) {
                    pair.awaitServing(before.active);
                } else {
                    observe(() -> false);
                }
                fault.heal().to(standby);
            }
        }
    }

    /** One member is well all the time, and what came meanwhile waits there. */
    private boolean isGapless(Cell cell) {
        return mode != Mode.COLD && (cell.target() == Target.ACTIVE || cell.target() == Target.STANDBY);
    }

    private void awaitRecord(CellFault fault, Before before) {
        boolean isConnected = mode != Mode.COLD || fault.effect() == Effect.BORNE;
        if (isConnected && !fault.record().isEmpty()) {
            Await.until(
                    "a record of the kind " + fault.record(),
                    LONG,
                    () -> before.records().stream().anyMatch(each -> each.kind().equals(fault.record())));
        }
    }

    private Victim victim(int member, Random chance) {
        return new Victim(pair.server(member), pair.proxy(member), stranger, chance);
    }

    /** Until the condition holds, but not for ever: there may be nothing to see. */
    private static void observe(BooleanSupplier condition) {
        long end = System.nanoTime() + OBSERVED.toNanos();
        Await.until("time passes", LONG, () -> System.nanoTime() > end || condition.getAsBoolean());
    }

    private static List<Injected> injected(Cell cell, Before before, long fromMs, long untilMs) {
        IntStream members = switch (cell.target()) {
            case ACTIVE -> IntStream.of(before.active);
            case STANDBY -> IntStream.of(1 - before.active);
            case BOTH, IN_TURN -> IntStream.range(0, 2);
        };
        boolean both = (cell.target() == Target.BOTH || cell.target() == Target.IN_TURN)
                && cell.fault().effect() != Effect.BORNE;
        Set<LossCause> causes = Stream.of(
                        cell.fault().causes(),
                        both ? cell.fault().more() : Set.<LossCause>of(),
                        both ? OF_MOVING : Set.<LossCause>of())
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
        return members.mapToObj(each -> cell.fault().trace().of(each, fromMs, untilMs, causes))
                .toList();
    }

    // ---- before and after

    private boolean isPhase(String phase) {
        return pair.tandem().status(PairUnderTest.NAME, "phase").equalsIgnoreCase(phase);
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
            case IDLE -> Await.until("a read is answered", LONG, () -> canRead(client));
            case WATCH -> {
                client.awaitPresent(PairUnderTest.PERIOD_MS, LONG);
                awaitMoreGood(client, Operation.Kind.READ);
            }
            case WORK -> {
                awaitMoreGood(client, Operation.Kind.WRITE);
                awaitMoreGood(client, Operation.Kind.CALL);
            }
        }
    }

    private static boolean canRead(StreamClient client) {
        try {
            return client.milo()
                    .readValues(0, TimestampsToReturn.Both, List.of(new NodeId(2, "counter/0")))
                    .getFirst()
                    .statusCode()
                    .isGood();
        } catch (UaException notYet) {
            return false;
        }
    }

    private static void awaitMoreGood(StreamClient client, Operation.Kind kind) {
        long seen = good(client, kind);
        Await.until(kind + " is answered with Good", LONG, () -> good(client, kind) >= seen + 3);
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

        History history(StreamClient client, List<Injected> injected, boolean gapless) {
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
                    gapless,
                    PairUnderTest.PERIOD_MS,
                    History.wallMinusNanosNow());
        }
    }

    /** Faults on the wire to the clients, over all cells. */
    List<String> wire() {
        List<String> faults = new ArrayList<>(pair.tap().verdict().faults());
        if (pair.tap().republishes() > 0) {
            faults.add("messages were asked for again");
        }
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
