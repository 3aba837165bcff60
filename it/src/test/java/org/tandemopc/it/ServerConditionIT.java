package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** Servers that are connected and say that they are not well. */
@ExtendWith(Timelines.class)
@Timeout(180)
class ServerConditionIT {
    private static final int ITEMS = 3;

    @ParameterizedTest
    @ValueSource(strings = {"state Failed", "state Suspended", "state CommunicationFault", "servicelevel 0"})
    @Requirement(
            value = {"GAP-4", "S11", "S17"},
            protocol = Protocol.UA)
    void anActiveThatIsNotRunningIsLeft(String fault) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            pair.awaitReady();
            pair.server(0).command(fault);
            pair.awaitServing(1);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
        }
    }

    @Test
    @Requirement(
            value = {"GAP-17", "GAP-16", "MODE-H3", "EVT-SHUT-P"},
            protocol = Protocol.UA)
    void anAnnouncedShutdownIsLeftBeforeItHappensAndTheClientHearsNothingOfIt() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            pair.awaitReady();
            String startTime = serverNode(client, NodeIds.Server_ServerStatus_StartTime);
            pair.server(0).command("shutdown 8");
            pair.awaitServing(1);
            assertThat(pair.server(0).isAlive()).as("left while it still lived").isTrue();
            assertThat(serverNode(client, NodeIds.Server_ServerStatus_State))
                    .isEqualTo(String.valueOf(ServerState.Running.getValue()));
            assertThat(serverNode(client, NodeIds.Server_ServerStatus_StartTime))
                    .isEqualTo(startTime);
            pair.server(0).awaitEnd(PairUnderTest.LONG);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();

            assertThat(pair.tandem().records(PairUnderTest.NAME, "SHUTDOWN_RECEIVED"))
                    .as("one shutdown, however often it was connected to meanwhile")
                    .hasSize(1);
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
        }
    }

    private static String serverNode(StreamClient client, NodeId nodeId) throws Exception {
        return String.valueOf(client.milo()
                .readValues(0, TimestampsToReturn.Neither, List.of(nodeId))
                .get(0)
                .value()
                .value());
    }

    @Test
    @Requirement(
            value = {"SYS-12", "GAP-13", "S10"},
            protocol = Protocol.UA)
    void anItemThatTheNewActiveDoesNotHaveTurnsBadAloneAndComesBack() throws Exception {
        try (PairUnderTest pair = PairUnderTest.of(
                Mode.HOT,
                spec -> spec,
                ServerProcess.start("A"),
                ServerProcess.start("B", "--omit-node", "counter/1"))) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            Await.until(
                    "the items that B has",
                    PairUnderTest.LONG,
                    () -> pair.server(1).stat("monitoredItems") >= ITEMS - 1);
            pair.tandem().command("switch " + PairUnderTest.NAME + " 1");
            pair.awaitServing(1);
            Await.until("the item turns bad", PairUnderTest.LONG, () -> badSamples(client, 1) > 0);
            client.awaitPresentOf(0, PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.awaitPresentOf(2, PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            assertThat(pair.tandem().records(PairUnderTest.NAME, "ITEM_MISSING"))
                    .isNotEmpty();

            pair.tandem().command("switch " + PairUnderTest.NAME + " 0");
            pair.awaitServing(0);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            assertThat(badSamples(client, 0)).isZero();
            assertThat(badSamples(client, 1)).isEqualTo(1);
            assertThat(badSamples(client, 2)).isZero();
            assertThat(client.events()).isEmpty();
        }
    }

    private static long badSamples(StreamClient client, int item) {
        return client.stream(item).stream().filter(sample -> !sample.isGood()).count();
    }

    /** As long as a collection of garbage of a large heap may take. */
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S35", "I10"},
            protocol = Protocol.UA)
    void aPauseOfTandemItselfIsNotTakenForTheLossOfBoth(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            if (mode != Mode.COLD) {
                pair.awaitReady();
            }
            long epoch = pair.epoch();
            pair.tandem().freeze();
            long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            Await.until("five seconds", Duration.ofSeconds(8), () -> System.nanoTime() > until);
            pair.tandem().thaw();
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            int seen = client.fewestSamples();
            Await.until("more samples", PairUnderTest.LONG, () -> client.fewestSamples() > seen + 20);

            assertThat(pair.epoch()).isEqualTo(epoch);
            assertThat(pair.tandem().records(PairUnderTest.NAME, "STATUS_LOST")).isEmpty();
            assertThat(pair.tandem().records(PairUnderTest.NAME, "STRANDED")).isEmpty();
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
        }
    }
}
