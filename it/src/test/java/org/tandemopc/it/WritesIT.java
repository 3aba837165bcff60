package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.History;
import org.tandemopc.it.history.HistoryCheck;
import org.tandemopc.it.history.Injected;
import org.tandemopc.it.history.Promises;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.UaMessages;

/**
 * Writes and calls without a pause while connections are cut between the doing and the answer, again and again: of one
 * client's link, or of all at once, as of a server that died. {@code -Dcuts=500} asks for so many cuts, with 20 writes
 * and 2 calls for each at least; {@code -Dcuts.seed} repeats the order in which they come.
 */
@ExtendWith(Timelines.class)
@Timeout(3600)
class WritesIT {
    private static final int HOLD_MS = 5_000;
    /** A cut is seen at once; more only because the machine is shared. */
    private static final int NOTICED_MS = 3_000;

    private static final int CUTS = Integer.getInteger("cuts", 50);
    private static final long SEED = Long.getLong("cuts.seed", 1);
    private static final int WRITES_PER_CUT = 20;
    private static final int CALLS_PER_CUT = 2;
    private static final int WRITERS = 4;
    private static final Duration PAUSE = Duration.ofMillis(5);
    /**
     * One cut in so many takes all connections, and so causes a switch. More often, and the pair waits ever longer to
     * connect a member; more seldom, and the session waits ever longer to connect to the same one.
     */
    private static final int ALL_IN = 5;

    private final List<Injected> injected = new ArrayList<>();
    private final List<TandemRecord> records = new ArrayList<>();
    private final Random chance = new Random(SEED);
    private long lastRecord;

    @Test
    @Requirement(
            value = {"S3", "S4", "S5", "I1", "I2", "I3", "I12", "GAP-10"},
            protocol = Protocol.UA)
    void nothingIsDoneTwiceOrOnTheWrongMemberOrSaidToBeDoneWithoutBeing() throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, spec -> spec)) {
            pair.awaitReady();
            int active = pair.active();
            long epoch = pair.epoch();
            lastRecord =
                    pair.tandem().newestRecords(PairUnderTest.NAME, 1).getLast().number();
            StreamClient client = pair.connect();
            for (int i = 0; i < WRITERS; i++) {
                client.keepWriting("static/" + i, PAUSE);
            }
            client.keepCalling("c", PAUSE);
            long start = System.nanoTime();
            for (int i = 1; i <= CUTS; i++) {
                cut(pair, client, i % ALL_IN == 0);
                awaitMore(client, i);
            }
            client.stopWorking();
            takeRecords(pair);

            report(client, System.nanoTime() - start);
            assertThat(HistoryCheck.findings(history(pair, client, active, epoch)))
                    .isEmpty();
            assertThat(client.operations())
                    .as("answers that are neither Good nor of unknown outcome")
                    .allMatch(each -> each.isGood() || each.status() == LedgerCheck.OUTCOME_UNKNOWN);
            assertThat(unknown(client)).as("unknown outcomes").isGreaterThanOrEqualTo(CUTS);
            assertThat(doneAndUnknown(pair, client))
                    .as("unknown outcomes that were done")
                    .isGreaterThanOrEqualTo(CUTS);
        }
    }

    private void cut(PairUnderTest pair, StreamClient client, boolean all) {
        int active = pair.active();
        FaultProxy network = pair.proxy(active);
        long from = System.currentTimeMillis();
        long before = unknown(client);
        network.set(Direction.ANSWERS, cutOff(all ? Ending.RESET_ALL : Ending.RESET));
        Await.until("a cut", PairUnderTest.LONG, () -> network.hasFired(Direction.ANSWERS));
        if (all) {
            pair.awaitServing(1 - active);
        }
        Await.until("the client is told", PairUnderTest.LONG, () -> unknown(client) > before);
        pair.awaitReady();
        // The pair shall be as new for each cut, not warier with each.
        pair.tandem().command("reset " + PairUnderTest.NAME);
        takeRecords(pair);
        Set<LossCause> causes = all ? Set.of(LossCause.CONNECTION_CLOSED) : Set.of();
        long until = System.currentTimeMillis();
        injected.add(
                Injected.of("cut", causes).of(active, causes).at(from, 0, until).noticedIn(NOTICED_MS, false));
    }

    /** Before the answer or in the middle of it: the request was done in both cases. */
    private Fault.Line cutOff(Ending ending) {
        int type = chance.nextInt(CALLS_PER_CUT + WRITES_PER_CUT) < CALLS_PER_CUT * 2
                ? UaMessages.CALL_RESPONSE
                : UaMessages.WRITE_RESPONSE;
        return chance.nextBoolean()
                ? new Fault.CutBefore(UaMessages.ofType(type), ending)
                : new Fault.CutInside(UaMessages.ofType(type), ending);
    }

    private static void awaitMore(StreamClient client, int cuts) {
        Await.until(
                "more writes and calls",
                PairUnderTest.LONG,
                () -> client.operations(Operation.Kind.WRITE).size() >= cuts * WRITES_PER_CUT
                        && client.operations(Operation.Kind.CALL).size() >= cuts * CALLS_PER_CUT);
    }

    private void takeRecords(PairUnderTest pair) {
        for (TandemRecord record : pair.tandem().recordsAfter(PairUnderTest.NAME, lastRecord)) {
            records.add(record);
            lastRecord = record.number();
        }
    }

    private History history(PairUnderTest pair, StreamClient client, int active, long epoch) {
        return new History(
                client.operations(),
                Map.of(),
                client.events(),
                pair.ledgers(),
                records,
                injected,
                pair.machines(),
                active,
                epoch,
                pair.epoch(),
                new Promises(HOLD_MS, NOTICED_MS, PairUnderTest.LONG.toMillis(), 0, 0, true),
                PairUnderTest.PERIOD_MS,
                History.wallMinusNanosNow());
    }

    private static long unknown(StreamClient client) {
        return client.operations().stream()
                .filter(each -> each.status() == LedgerCheck.OUTCOME_UNKNOWN)
                .count();
    }

    private static long doneAndUnknown(PairUnderTest pair, StreamClient client) {
        Set<String> done = pair.ledgers().stream()
                .flatMap(List::stream)
                .map(LedgerCheck::token)
                .collect(java.util.stream.Collectors.toSet());
        return client.operations().stream()
                .filter(each -> each.status() == LedgerCheck.OUTCOME_UNKNOWN && done.contains(each.token()))
                .count();
    }

    private void report(StreamClient client, long tookNanos) {
        System.out.printf(
                Locale.ROOT,
                "WRITES %d cuts (seed %d, %d with all connections) in %.0f s: %d writes, %d calls, %d outcomes unknown,"
                        + " %d switches%n",
                CUTS,
                SEED,
                CUTS / ALL_IN,
                tookNanos / 1e9,
                client.operations(Operation.Kind.WRITE).size(),
                client.operations(Operation.Kind.CALL).size(),
                unknown(client),
                records.stream().filter(each -> each.kind().equals("PROMOTED")).count());
    }
}
