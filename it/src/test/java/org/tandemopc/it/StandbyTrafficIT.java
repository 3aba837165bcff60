package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** What the two servers have to do in each mode, by their own counts. */
@ExtendWith(Timelines.class)
@Timeout(180)
class StandbyTrafficIT {
    private static final int ITEMS = 6;

    @Test
    @Requirement(
            value = {"CON-5", "MODE-C1", "MODE-C8", "GEN-9", "M7"},
            protocol = Protocol.UA)
    void inColdModeNothingTouchesTheStandby() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.COLD)) {
            work(pair);
            ServerProcess standby = pair.server(1);
            assertThat(standby.stat("acceptedConnections")).isZero();
            assertThat(standby.stat("statusReads")).isZero();
            assertThat(pair.server(0).stat("statusReads")).isPositive();
        }
    }

    @Test
    @Requirement(
            value = {"MODE-W1", "MODE-W2", "MODE-W4", "MODE-W8"},
            protocol = Protocol.UA)
    void inWarmModeTheStandbyHoldsTheItemsAndDoesNotPublishThem() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.WARM)) {
            work(pair);
            assertThat(pair.server(1).stat("monitoredItems"))
                    .isEqualTo(pair.server(0).stat("monitoredItems"));
            assertThat(pair.server(0).stat("publishingItems")).isGreaterThanOrEqualTo(ITEMS);
            assertThat(pair.server(1).stat("publishingItems")).isLessThan(ITEMS);
            assertThat(pair.server(1).stat("writes")).isZero();
            assertThat(pair.server(1).stat("calls")).isZero();
            assertThat(pair.server(1).stat("statusReads")).isPositive();
        }
    }

    @Test
    @Requirement(
            value = {"MODE-H1", "MODE-H2", "MODE-H4", "MODE-H6"},
            protocol = Protocol.UA)
    void inHotModeBothPublishAndOnlyTheActiveIsWrittenTo() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            work(pair);
            assertThat(pair.server(1).stat("publishingItems")).isGreaterThanOrEqualTo(ITEMS);
            assertThat(pair.server(1).stat("writes")).isZero();
            assertThat(pair.server(1).stat("calls")).isZero();
        }
    }

    private static void work(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connect();
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepWriting("static/0", Duration.ofMillis(10));
        client.keepCalling("c", Duration.ofMillis(10));
        if (pair.tandem().records(PairUnderTest.NAME, "CONNECTED").size() == 2) {
            pair.awaitReady();
        }
        Await.until("samples", PairUnderTest.LONG, () -> client.fewestSamples() >= 30);
        client.stopWorking();
        assertThat(client.operations()).isNotEmpty().allMatch(Operation::isGood);
        Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"MODE-ALL3", "MODE-W5", "MODE-H5"},
            protocol = Protocol.UA)
    void theLossOfTheStandbyDisturbsNobody(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            pair.awaitReady();
            long epoch = pair.epoch();
            pair.server(1).kill();
            Await.until(
                    "the loss is recorded",
                    PairUnderTest.LONG,
                    () -> !pair.tandem()
                            .records(PairUnderTest.NAME, "STATUS_LOST")
                            .isEmpty());
            pair.server(1).awaitEnd(PairUnderTest.LONG);
            pair.server(1).restart();
            pair.awaitReady();
            client.stopWorking();

            assertThat(pair.epoch()).isEqualTo(epoch);
            assertThat(pair.active()).isZero();
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
        }
    }

    @Test
    @Requirement(
            value = {"GEN-7"},
            protocol = Protocol.UA)
    void theStatusIsAskedForAtTheConfiguredInterval() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.COLD, spec -> spec.withStatus(400, 300))) {
            long before = pair.server(0).stat("statusReads");
            Await.until("20 questions", PairUnderTest.LONG, () -> pair.server(0).stat("statusReads") >= before + 20);
            long[] times = statusTimes(pair.server(0));
            long[] last = Arrays.copyOfRange(times, times.length - 15, times.length);
            // The mean, since a busy machine delays the single question; the clients have no part in it.
            double mean = (last[last.length - 1] - last[0]) / (double) (last.length - 1);
            assertThat(mean).isBetween(360.0, 480.0);
            assertThat(IntStream.range(1, last.length)
                            .mapToLong(i -> last[i] - last[i - 1])
                            .min()
                            .orElse(0))
                    .isGreaterThan(100);
        }
    }

    private static long[] statusTimes(ServerProcess server) {
        String stats = server.command("stats").get(0);
        String list = stats.replaceAll(".*\"statusReadTimes\":\\[([0-9,]*)\\].*", "$1");
        return Arrays.stream(list.split(",")).mapToLong(Long::parseLong).toArray();
    }
}
