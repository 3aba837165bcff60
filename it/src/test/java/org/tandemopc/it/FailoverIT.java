package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.Fault;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * The active server is killed, stopped or frozen five times in a row, to and fro between both, while one client keeps
 * its session, subscription, reads, writes and calls.
 */
@ExtendWith(Timelines.class)
@Timeout(300)
class FailoverIT {
    private static final int REPETITIONS = 5;
    private static final int ITEMS = 10;

    static Stream<Arguments> hotAndWarm() {
        return Stream.of(Mode.HOT, Mode.WARM)
                .flatMap(mode -> Stream.of(Fault.values()).map(fault -> Arguments.of(mode, fault)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hotAndWarm")
    @Requirement(
            value = {
                "CON-7", "ARC-1", "MODE-W3", "MODE-W4", "MODE-W6", "MODE-H2", "MODE-H3", "MODE-H4", "GAP-10", "GAP-12",
                "GAP-17", "LIM-7", "S1", "S7", "S8", "S17", "I1", "I3", "I4", "I6", "I7", "I8"
            },
            protocol = Protocol.UA)
    void theClientLosesAndDoublesNothing(Mode mode, Fault fault) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = busyClient(pair);
            List<Long> faults = strikeAgainAndAgain(pair, client, mode, fault);

            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, faults, pair.ledgers());
            Unnoticed.wire(pair.tap());
            assertThat(pair.tap().connections())
                    .as("one for the endpoints, one for the session")
                    .isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest(name = "COLD {0}")
    @EnumSource(Fault.class)
    @Requirement(
            value = {
                "CON-7", "ARC-1", "MODE-C1", "MODE-C2", "MODE-C4", "MODE-C5", "MODE-C6", "MODE-C7", "GAP-10", "LIM-6",
                "S1", "S7", "S8", "I1", "I3", "I4", "I7"
            },
            protocol = Protocol.UA)
    void inColdModeTheClientDoublesNothingAndSeesEachHole(Fault fault) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.COLD)) {
            StreamClient client = busyClient(pair);
            List<Long> faults = strikeAgainAndAgain(pair, client, Mode.COLD, fault);

            Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(client, faults, pair.ledgers());
            Unnoticed.wire(pair.tap());
        }
    }

    private static StreamClient busyClient(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connect();
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(20));
        client.keepWriting("static/0", Duration.ofMillis(20));
        client.keepCalling("c", Duration.ofMillis(20));
        return client;
    }

    private static List<Long> strikeAgainAndAgain(PairUnderTest pair, StreamClient client, Mode mode, Fault fault) {
        List<Long> faults = new ArrayList<>();
        for (int i = 0; i < REPETITIONS; i++) {
            awaitRedundancy(pair, client, mode);
            int active = pair.active();
            ServerProcess victim = pair.server(active);
            faults.add(System.nanoTime());
            fault.strike(victim, i);
            pair.awaitServing(1 - active);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            fault.heal(victim);
        }
        awaitRedundancy(pair, client, mode);
        client.stopWorking();
        report(mode, fault, client);
        return faults;
    }

    private static void awaitRedundancy(PairUnderTest pair, StreamClient client, Mode mode) {
        if (mode == Mode.COLD) {
            client.awaitMore(10, PairUnderTest.LONG);
        } else {
            pair.awaitReady(client);
        }
    }

    private static void report(Mode mode, Fault fault, StreamClient client) {
        StreamVerdict verdict =
                StreamVerdict.of(client.streams().values().iterator().next(), PairUnderTest.PERIOD_MS);
        double slowestRead = client.operations(Operation.Kind.READ).stream()
                .mapToDouble(Operation::tookMs)
                .max()
                .orElse(0);
        long unknown =
                client.operations().stream().filter(each -> !each.isGood()).count();
        System.out.printf(
                Locale.ROOT,
                "%s %s: %d faults, samples %d, lost %d, longest gap %.0f ms, slowest read %.0f ms, unknown outcomes %d%n",
                mode,
                fault,
                REPETITIONS,
                verdict.samples(),
                verdict.lost(),
                verdict.longestGapMs(),
                slowestRead,
                unknown);
    }
}
