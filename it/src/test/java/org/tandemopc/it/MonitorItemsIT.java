package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Servers that answer every question, and whose devices are cut off: only the monitor items tell. */
@ExtendWith(Timelines.class)
@Timeout(180)
class MonitorItemsIT {
    private static final int ITEMS = 3;

    private static final String WATCHDOG = """
            failureCount: 1
            items:
              - item: nsu=urn:tandemopc:simulator;s=watchdog/0
                updateRate: 200ms
                trigger: noChange
                time: 2s
            """;

    /** One that exists nowhere, one by its quality, one whose value is an array. */
    private static final String DEVICE = """
            failureCount: 2
            items:
              - item: ns=2;s=nowhere
                updateRate: 200ms
              - item: ns=2;s=static/1
                updateRate: 200ms
              - item: ns=2;s=static/Int32Array
                dataType: Int32
                updateRate: 200ms
                trigger: specificValue
                value: 1
            """;

    private static void awaitTests(PairUnderTest pair, String letters) {
        Await.until(
                "monitor tests " + letters,
                PairUnderTest.LONG,
                () -> pair.tandem().status(PairUnderTest.NAME, "monitor").equals(letters));
    }

    private static List<String> records(PairUnderTest pair, String kind) {
        return pair.tandem().records(PairUnderTest.NAME, kind);
    }

    private static List<String> records(PairUnderTest pair, String kind, String role) {
        return records(pair, kind).stream()
                .filter(line -> line.contains(" on " + role + " machine "))
                .toList();
    }

    private static StreamClient watch(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connect();
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(20));
        return client;
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {
                "CON-3",
                "S9",
                "MON-2",
                "MON-3",
                "MON-4",
                "MON-13",
                "MON-15",
                "MON-21",
                "GAP-9",
                "EVT-MERR-P",
                "EVT-MOK-P",
                "EVT-MOK-S",
                "I10",
                "I12"
            },
            protocol = Protocol.UA)
    void aWatchdogThatStandsStillMovesThePairAndOneThatGoesOnBringsItBack(Mode mode) throws Exception {
        try (PairUnderTest pair =
                PairUnderTest.start(mode, spec -> spec.withFailback().withMonitor(WATCHDOG))) {
            StreamClient client = watch(pair);
            pair.awaitReady(client);
            awaitTests(pair, "PP");
            long epoch = pair.epoch();

            pair.server(0).command("freeze watchdog/0");
            pair.awaitServing(1);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            assertThat(pair.epoch()).isEqualTo(epoch + 1);
            assertThat(records(pair, "MONITOR_ERROR", "primary")).hasSize(1);
            assertThat(records(pair, "PROMOTED"))
                    .singleElement()
                    .asString()
                    .contains("cause=MONITOR_TEST", "watchdog/0 no data change for 2000 ms", "to secondary machine");

            pair.server(0).command("thaw watchdog/0");
            pair.awaitServing(0);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();

            assertThat(pair.epoch()).isEqualTo(epoch + 2);
            assertThat(records(pair, "MONITOR_ERROR")).hasSize(1);
            assertThat(records(pair, "MONITOR_PASSED", "primary")).hasSize(2);
            assertThat(records(pair, "MONITOR_PASSED", "secondary")).hasSize(1);
            assertThat(records(pair, "PROMOTED")).hasSize(2).last().asString().contains("cause=FAILBACK");
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
            // A rate is measured over several values, and on the primary they have just begun again.
            Await.until(
                    "a time is proposed on both",
                    PairUnderTest.LONG,
                    () -> !pair.tandem().status(PairUnderTest.NAME, "proposed").contains("-1"));
        }
    }

    @Test
    @Requirement(
            value = {
                "CON-3",
                "MON-3",
                "MON-4",
                "MON-9",
                "MON-12",
                "MON-16",
                "MON-17",
                "MON-22",
                "GAP-6",
                "GAP-7",
                "EVT-ADD-P",
                "EVT-ADD-S",
                "LIM-8",
                "EVT-ARR-P",
                "EVT-ARR-S",
                "EVT-MERR-P",
                "EVT-MERR-S",
                "S11",
                "I10"
            },
            protocol = Protocol.UA)
    void aBadStandbyIsARecordOnlyAndTwoBadMembersStayWhereTheyAre() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT, spec -> spec.withMonitor(DEVICE))) {
            StreamClient client = watch(pair);
            pair.awaitReady(client);
            awaitTests(pair, "PP");
            long epoch = pair.epoch();
            for (String role : List.of("primary", "secondary")) {
                assertThat(records(pair, "MONITOR_NOT_ADDED", role))
                        .singleElement()
                        .asString()
                        .contains("'ns=2;s=nowhere'");
                assertThat(records(pair, "MONITOR_ARRAY", role))
                        .singleElement()
                        .asString()
                        .contains("'ns=2;s=static/Int32Array'");
            }

            pair.server(1).command("bad static/1");
            awaitTests(pair, "PF");
            pair.server(0).command("bad static/1");
            awaitTests(pair, "FF");
            int seen = client.fewestSamples();
            Await.until("some time passes", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 20);
            assertThat(pair.epoch()).as("nothing is won by moving").isEqualTo(epoch);
            assertThat(records(pair, "MONITOR_ERROR", "secondary")).hasSize(1);
            assertThat(records(pair, "MONITOR_ERROR", "primary")).hasSize(1);

            pair.server(1).command("good static/1");
            pair.awaitServing(1);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            assertThat(pair.epoch()).isEqualTo(epoch + 1);
            assertThat(records(pair, "MONITOR_NOT_ADDED")).hasSize(2);
            assertThat(records(pair, "MONITOR_ARRAY")).hasSize(2);
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
        }
    }

    /** The frozen primary is killed and started again: as long as its watchdog is not seen to move, nobody goes back. */
    @Test
    @Requirement(
            value = {"GAP-9", "S14", "MON-21", "I10"},
            protocol = Protocol.UA)
    void aPrimaryThatIsConnectedAnewIsNotReturnedToBeforeItsItemsPass() throws Exception {
        try (PairUnderTest pair =
                PairUnderTest.start(Mode.HOT, spec -> spec.withFailback().withMonitor(WATCHDOG))) {
            StreamClient client = watch(pair);
            pair.awaitReady(client);
            awaitTests(pair, "PP");
            pair.server(0).kill();
            pair.awaitServing(1);
            pair.server(0).awaitEnd(PairUnderTest.LONG);

            pair.server(0).relaunch();
            pair.server(0).awaitReady();
            pair.awaitServing(0);

            List<String> records = pair.tandem().records(PairUnderTest.NAME);
            int passed = last(records, " MONITOR_PASSED ", "primary machine");
            int promoted = last(records, " PROMOTED ", "primary machine");
            assertThat(passed).isLessThan(promoted);
            assertThat(passed).isGreaterThan(last(records, " CONNECTED ", "primary machine"));
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
        }
    }

    private static int last(List<String> records, String kind, String role) {
        int found = -1;
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).contains(kind) && records.get(i).contains(role)) {
                found = i;
            }
        }
        assertThat(found).as(kind + role).isNotNegative();
        return found;
    }

    @Test
    @Requirement(
            value = {"CON-3", "MON-3", "MON-4", "MODE-C7", "EVT-MERR-P"},
            protocol = Protocol.UA)
    void inColdModeTheActiveAloneIsTestedAndLeft() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.COLD, spec -> spec.withMonitor(WATCHDOG))) {
            StreamClient client = watch(pair);
            awaitTests(pair, "PU");
            assertThat(pair.server(1).stat("sessions")).isZero();
            long epoch = pair.epoch();

            pair.server(0).command("freeze watchdog/0");
            pair.awaitServing(1);
            awaitTests(pair, "UP");
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            pair.server(0).command("thaw watchdog/0");
            int seen = client.fewestSamples();
            Await.until("some time passes", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 20);
            client.stopWorking();

            assertThat(pair.epoch()).isEqualTo(epoch + 1);
            assertThat(records(pair, "PROMOTED")).hasSize(1);
            Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
        }
    }

    /** Control: the same fault without monitor items moves nobody. */
    @Test
    @Requirement(
            value = {"MON-2", "S9"},
            protocol = Protocol.UA)
    void withoutMonitorItemsAFrozenDeviceIsNotNoticed() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT, PairSpec::withFailback)) {
            StreamClient client = watch(pair);
            pair.awaitReady(client);
            long epoch = pair.epoch();

            pair.server(0).command("freeze watchdog/0");
            int seen = client.fewestSamples();
            Await.until("the watchdog's time passes", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 40);

            assertThat(pair.epoch()).isEqualTo(epoch);
        }
    }
}
