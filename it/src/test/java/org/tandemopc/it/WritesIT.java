package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.Story;
import org.tandemopc.it.pair.PairUnderTest;
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
 * Writes, batches of writes and calls without a pause while connections are cut between the doing and the answer, again and
 * again: of one client's link, or of all at once, as of a server that died. {@code -Dcuts=500} asks for so many cuts in
 * each mode, with 20 single writes and 2 calls for each at least; {@code -Dcuts.seed} repeats the order in which they come.
 */
@ExtendWith(Timelines.class)
@Timeout(3600)
class WritesIT {
    private static final int CUTS = Integer.getInteger("cuts", 15);
    private static final long SEED = Long.getLong("cuts.seed", 1);
    private static final int WRITES_PER_CUT = 20;
    private static final int CALLS_PER_CUT = 2;
    private static final List<String> SINGLES =
            IntStream.range(0, 4).mapToObj(i -> "static/" + i).toList();
    private static final List<String> BATCH =
            IntStream.range(4, 104).mapToObj(i -> "static/" + i).toList();
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration BATCH_PAUSE = Duration.ofMillis(50);
    /**
     * One cut in so many takes all connections, and so causes a switch. More often, and the pair waits ever longer to
     * connect a member; more seldom, and the session waits ever longer to connect to the same one.
     */
    private static final int ALL_IN = 5;
    /** One cut in so many is before or inside the answer to a call; the others are of a write. */
    private static final int CALL_IN = 4;

    /** Longer than a switch takes on a machine that is busy with other things: none of them is to end without a member. */
    private static final int HOLD_MS = 20_000;
    /**
     * Cold: whoever was connected for so long is connected to at once when it is lost, and so is the other one. Who was lost
     * sooner is waited for ever longer.
     */
    private static final long LASTED_MS = 10_500;

    /** A run is long, and a machine that does other things may stand still for a while within it. */
    private static final Duration PATIENCE = PairUnderTest.LONG.multipliedBy(6);

    private final Random chance = new Random(SEED);
    private long switchedMs;

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S3", "S4", "S5", "I1", "I2", "I3", "I12", "GAP-10"},
            protocol = Protocol.UA)
    void nothingIsDoneTwiceOrOnTheWrongMemberOrSaidToBeDoneWithoutBeing(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(
                mode, spec -> spec.withHold(HOLD_MS), "--static", "104", "--no-rate-limit")) {
            awaitWell(pair, mode);
            StreamClient client = pair.connect();
            Story story = Story.of(pair);
            SINGLES.forEach(each -> client.keepWriting(each, PAUSE));
            client.keepWritingBatches(BATCH, BATCH_PAUSE);
            client.keepCalling("c", PAUSE);
            awaitMore(client, 1);
            long start = System.nanoTime();
            for (int i = 1; i <= CUTS; i++) {
                cut(pair, mode, client, story, i);
                awaitMore(client, i);
            }
            client.stopWorking();

            report(mode, client, story, System.nanoTime() - start);
            assertThat(story.findings(client, true)).isEmpty();
            assertThat(client.operations())
                    .as("answers that are neither Good nor of unknown outcome")
                    .allMatch(each -> each.isGood() || each.status() == LedgerCheck.OUTCOME_UNKNOWN);
            assertThat(unknown(client, Operation.Kind.CALL))
                    .as("unknown outcomes of calls")
                    .isGreaterThanOrEqualTo(CUTS / CALL_IN);
            assertThat(unknown(client, Operation.Kind.WRITE) + unknown(client, Operation.Kind.CALL))
                    .as("unknown outcomes")
                    .isGreaterThanOrEqualTo(CUTS);
            assertThat(doneAndUnknown(pair, client))
                    .as("unknown outcomes that were done")
                    .isGreaterThanOrEqualTo(CUTS);
            assertThat(story.records("PROMOTED")).hasSize(CUTS / ALL_IN);
        }
    }

    private static void awaitWell(PairUnderTest pair, Mode mode) {
        pair.tandem().awaitPhase(PairUnderTest.NAME, "serving", PATIENCE);
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
    }

    private void cut(PairUnderTest pair, Mode mode, StreamClient client, Story story, int number) {
        boolean all = number % ALL_IN == 0;
        if (all && mode == Mode.COLD) {
            Await.until(
                    "the connection has lasted", PATIENCE, () -> System.currentTimeMillis() - switchedMs > LASTED_MS);
        }
        awaitWell(pair, mode);
        int active = pair.active();
        FaultProxy network = pair.proxy(active);
        long from = System.currentTimeMillis();
        Operation.Kind kind = number % CALL_IN == 0 ? Operation.Kind.CALL : Operation.Kind.WRITE;
        long before = unknown(client, kind);
        int switches = story.records("PROMOTED").size();
        network.set(Direction.ANSWERS, cutOff(kind, all ? Ending.RESET_ALL : Ending.RESET));
        Await.until("a cut", PATIENCE, () -> network.hasFired(Direction.ANSWERS));
        if (all && mode == Mode.COLD) {
            // The same server, which is well, may be the first that is found again.
            Await.until("a switch", PATIENCE, () -> story.records("PROMOTED").size() > switches);
        } else if (all) {
            pair.awaitServing(1 - active);
        }
        Await.until("the client is told", PATIENCE, () -> unknown(client, kind) > before);
        awaitWell(pair, mode);
        switchedMs = all ? System.currentTimeMillis() : switchedMs;
        // The pair shall be as new for each cut, not warier with each.
        pair.tandem().command("reset " + PairUnderTest.NAME);
        story.struck("cut", active, from, all ? new LossCause[] {LossCause.CONNECTION_CLOSED} : new LossCause[0]);
        assertThat(story.records()).isNotNull();
    }

    /** Before the answer or in the middle of it: the request was done in both cases. */
    private Fault.Line cutOff(Operation.Kind kind, Ending ending) {
        int type = kind == Operation.Kind.CALL ? UaMessages.CALL_RESPONSE : UaMessages.WRITE_RESPONSE;
        return chance.nextBoolean()
                ? new Fault.CutBefore(UaMessages.ofType(type), ending)
                : new Fault.CutInside(UaMessages.ofType(type), ending);
    }

    private static void awaitMore(StreamClient client, int cuts) {
        Await.until(
                "more writes and calls",
                PATIENCE,
                () -> singles(client) >= cuts * WRITES_PER_CUT
                        && client.operations(Operation.Kind.CALL).size() >= cuts * CALLS_PER_CUT);
    }

    private static long singles(StreamClient client) {
        return client.operations(Operation.Kind.WRITE).stream()
                .filter(each -> SINGLES.contains(each.token().split("=", 2)[0]))
                .count();
    }

    private static long unknown(StreamClient client, Operation.Kind kind) {
        return client.operations(kind).stream()
                .filter(each -> each.status() == LedgerCheck.OUTCOME_UNKNOWN)
                .count();
    }

    private static long doneAndUnknown(PairUnderTest pair, StreamClient client) {
        Set<String> done = pair.ledgers().stream()
                .flatMap(List::stream)
                .map(LedgerCheck::token)
                .collect(Collectors.toSet());
        return client.operations().stream()
                .filter(each -> each.status() == LedgerCheck.OUTCOME_UNKNOWN && done.contains(each.token()))
                .count();
    }

    private static void report(Mode mode, StreamClient client, Story story, long tookNanos) {
        long writes = client.operations(Operation.Kind.WRITE).size();
        long singles = singles(client);
        System.out.printf(
                Locale.ROOT,
                "WRITES %s %d cuts (seed %d, %d with all connections) in %.0f s: %d writes, %d batches of %d, %d calls,"
                        + " unknown %d writes, %d calls, %d records of it, %d switches, done after the switch %d%n",
                mode,
                CUTS,
                SEED,
                CUTS / ALL_IN,
                tookNanos / 1e9,
                singles,
                (writes - singles) / BATCH.size(),
                BATCH.size(),
                client.operations(Operation.Kind.CALL).size(),
                unknown(client, Operation.Kind.WRITE),
                unknown(client, Operation.Kind.CALL),
                story.records("OUTCOME_UNKNOWN").size(),
                story.records("PROMOTED").size(),
                story.untimely(client).size());
    }
}
