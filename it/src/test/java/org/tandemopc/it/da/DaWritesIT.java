package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.it.history.Tenure;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.RpcMessages;

/**
 * Writes of all kinds without a pause while connections are cut between the doing and the answer, again and again: of one client's
 * link, or of all at once with nobody getting in any more, as of a server that died. The proxy cuts before or inside the answer to a
 * write, so that it was done for certain; or the member does transactions and tells nobody. {@code -Dcuts=500} asks for so many
 * cuts in each mode, with 20 writes for each at least; {@code -Dcuts.seed} repeats the order in which they come.
 */
@Timeout(3600)
@Execution(ExecutionMode.CONCURRENT)
class DaWritesIT {
    private static final int CUTS = Integer.getInteger("cuts", 10);
    private static final long SEED = Long.getLong("cuts.seed", 1);
    private static final int WRITES_PER_CUT = 20;
    /** One cut in so many takes all connections, and so causes a switch. */
    private static final int ALL_IN = 5;
    /** One of those in so many is of a transaction that is done and not told. */
    private static final int UNTOLD_IN = 2;

    private static final Duration PAUSE = Duration.ofMillis(CUTS > 50 ? 20 : 5);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /**
     * Cold: members that were connected for so long are connected to at once when they are lost. Who was lost sooner is waited for
     * ever longer, and in the end longer than requests wait.
     */
    private static final long LASTED_MS = 10_500;
    /** Of the newest entries of a ledger, in which a transaction is looked for. */
    private static final int NEWEST = 500;

    private static final Pattern NUMBER = Pattern.compile("\"value\":\"(\\d+)\"");

    /** Answers to writes: single, and in batches. What became of a transaction its callback tells, whatever its call was answered. */
    private static final List<Predicate<ByteBuffer>> ANSWERS =
            List.of(RpcMessages.ofResults(0, 1), RpcMessages.ofResults(0, DaWatcher.BATCH));

    private final Random chance = new Random(SEED);
    private long switchedMs;

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S3", "S4", "I1", "I2", "I3", "GAP-10"},
            protocol = Protocol.DA)
    void nothingIsDoneTwiceOrOnTheWrongMemberOrSaidToBeDoneWithoutBeing(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000, PAUSE)) {
            switchedMs = System.currentTimeMillis();
            for (int i = 1; i <= CUTS; i++) {
                if (mode == Mode.COLD && i % ALL_IN == 0) {
                    awaitLasted();
                }
                cut(pair, client, i);
                int wanted = client.ended() + WRITES_PER_CUT;
                Await.until("more writes", PATIENCE, () -> client.ended() >= wanted);
                assertThat(pair.records()).isNotNull();
            }
            client.stop();
            Await.until("everything ended", PATIENCE, () -> client.ended() == client.begun());
            judge(mode, pair, client);
        }
    }

    private static void judge(Mode mode, DaPair pair, DaWatcher client) {
        List<DaWatcher.Written> writes = client.writes();
        List<List<LedgerEntry>> ledgers = pair.ledgers();
        List<Tenure> tenures = pair.tenures();
        Map<Integer, Integer> done = DaVerdict.done(ledgers);
        long doneAndUnknown = writes.stream()
                .filter(one -> isUnknown(one) && done.containsKey(one.number()))
                .count();
        List<TandemRecord> unknown = pair.records().stream()
                .filter(one -> one.kind().equals("OUTCOME_UNKNOWN"))
                .toList();
        System.out.printf(
                Locale.ROOT,
                "DA WRITES %s: %d cuts (seed %d), %d writes, of unknown outcome %d, done of those %d, records of it %d,"
                        + " switches %d in up to %d ms, done after the switch %d%n",
                mode,
                CUTS,
                SEED,
                writes.size(),
                client.unknown(),
                doneAndUnknown,
                unknown.size(),
                tenures.size() - 1,
                longest(pair),
                DaVerdict.doneLate(ledgers, tenures));
        assertThat(DaVerdict.ofWrites(writes, done)).isEmpty();
        assertThat(DaVerdict.ofMembers(writes, ledgers, tenures)).isEmpty();
        assertThat(doneAndUnknown).as("unknown outcomes that were done").isGreaterThanOrEqualTo(CUTS);
        assertThat(unknown.stream()
                        .mapToLong(one -> Long.parseLong(one.field("operations")))
                        .sum())
                .as("unknown outcomes that were recorded")
                .isEqualTo(client.unknown());
        assertThat(tenures).as("switches, and the first").hasSize(CUTS / ALL_IN + 1);
        assertThat(client.errors()).isEmpty();
    }

    private static long longest(DaPair pair) {
        return pair.records().stream()
                .filter(one -> one.kind().equals("PROMOTED"))
                .mapToLong(one -> Long.parseLong(one.field("durationMs")))
                .max()
                .orElse(0);
    }

    private void awaitLasted() {
        Await.until("the connection has lasted", PATIENCE, () -> System.currentTimeMillis() - switchedMs > LASTED_MS);
    }

    private void cut(DaPair pair, DaWatcher client, int number) {
        int active = pair.active();
        if (number % ALL_IN != 0) {
            cutLink(pair.proxy(active), client, number);
        } else {
            pair.proxy(active).set(Fault.Door.REFUSE);
            if (number / ALL_IN % UNTOLD_IN == 0) {
                cutBeforeCallback(pair, active, client);
            } else {
                pair.proxy(active).set(Direction.ANSWERS, cutOff(number, Ending.RESET_ALL));
            }
            pair.awaitServing(1 - active);
            switchedMs = System.currentTimeMillis();
            pair.server(active).faults().mute(false);
        }
        pair.proxy(active).heal();
        pair.forgetFaults();
        pair.awaitStandbyReady(1 - pair.active());
    }

    /** Until the client is told: an answer that comes late, over a connection that was left, is nobody's any more. */
    private void cutLink(FaultProxy network, DaWatcher client, int number) {
        int before = client.unknown();
        network.set(Direction.ANSWERS, cutOff(number, Ending.RESET));
        Await.until("the client is told of cut " + number, PATIENCE, () -> {
            boolean isTold = client.unknown() > before;
            if (!isTold && network.hasFired(Direction.ANSWERS)) {
                network.set(Direction.ANSWERS, cutOff(number, Ending.RESET));
            }
            return isTold;
        });
    }

    /** Before the answer or in the middle of it: the request was done in both cases. */
    private Fault.Line cutOff(int number, Ending ending) {
        Predicate<ByteBuffer> which = ANSWERS.get(number % ANSWERS.size());
        return chance.nextBoolean() ? new Fault.CutBefore(which, ending) : new Fault.CutInside(which, ending);
    }

    /** The call that begins a transaction is answered, the transaction is done, and its end is not told before all is cut. */
    private static void cutBeforeCallback(DaPair pair, int active, DaWatcher client) {
        DaSimulatedServer server = pair.server(active);
        server.faults().mute(true);
        Supplier<Set<Integer>> open = client.openFromNow();
        Await.until("a transaction is done that is not told", PATIENCE, () -> isAnyIn(server, open.get()));
        pair.proxy(active).strike(Fault.Strike.RESET);
    }

    private static boolean isAnyIn(DaSimulatedServer server, Set<Integer> numbers) {
        ArrayDeque<String> newest = new ArrayDeque<>(server.ledger().lines());
        for (int i = 0; i < NEWEST && !newest.isEmpty(); i++) {
            Matcher found = NUMBER.matcher(newest.removeLast());
            if (found.find() && numbers.contains(Integer.parseInt(found.group(1)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnknown(DaWatcher.Written write) {
        return write.error().orElse(HResult.S_OK) == HResult.CALL_FAILED;
    }
}
