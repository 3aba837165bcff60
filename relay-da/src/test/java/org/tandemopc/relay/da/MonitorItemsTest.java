package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorResult;
import org.tandemopc.core.monitor.MonitorSnapshot;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.Quality;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Servers that answer every question, and whose devices are cut off: only the monitor items tell. */
@Timeout(180)
class MonitorItemsTest {
    private static final MonitorItem BAD = item("static.1", MonitorType.DEFAULT, new MonitorTrigger.BadQuality());
    private static final MonitorItem MANUAL =
            item("static.2", MonitorType.INT16, new MonitorTrigger.SpecificValue("77"));
    private static final MonitorItem WATCHDOG =
            item("watchdog.0", MonitorType.DEFAULT, new MonitorTrigger.NoChange(Duration.ofSeconds(1)));

    @TempDir
    Path folder;

    private static MonitorItem item(String id, MonitorType type, MonitorTrigger trigger) {
        return new MonitorItem(id, type, Duration.ofMillis(100), trigger, false);
    }

    private static Monitoring watching(int failureCount, MonitorItem... items) {
        return new Monitoring(failureCount, List.of(items));
    }

    private final class Run implements AutoCloseable {
        final SimulatedMember one = new SimulatedMember("127.0.0.2");
        final SimulatedMember other = new SimulatedMember("127.0.0.3");
        final TestTandem tandem;

        Run(Mode mode, Monitoring monitoring, boolean failback) throws IOException {
            tandem = new TestTandem(
                    mode, folder, List.of(one.config(), other.config()), account -> true, monitoring, failback);
            tandem.awaitServing(0);
        }

        /** @param letters of each member: P passed, F failed, U untested */
        void awaitTests(String letters) {
            Await.until("monitor tests " + letters, TestTandem.PATIENCE, () -> tests().equals(letters));
        }

        private String tests() {
            return tandem.pair().snapshot().members().stream()
                    .map(member -> member.monitor().result())
                    .map(MonitorResult::name)
                    .map(name -> name.substring(0, 1))
                    .collect(Collectors.joining());
        }

        void awaitRecords(RecordKind kind, int count) {
            Await.until(count + " of " + kind, TestTandem.PATIENCE, () -> tandem.records(kind) == count);
        }

        /** Until a client has some more ticks: what was to come of a fault has come. */
        void letTimePass(TestClient.Group ticking) {
            int before = ticking.told.size();
            Await.until("some time passes", TestTandem.PATIENCE, () -> ticking.told.size() >= before + 20);
        }

        TestClient.Group ticking(TestClient client) throws Exception {
            TestClient.Group group = client.group("Counters", 7);
            group.add("counter.0");
            group.advise();
            return group;
        }

        @Override
        public void close() throws IOException {
            tandem.close();
            one.close();
            other.close();
        }
    }

    /** What is wrong with the device of the primary, and how it is mended. */
    private enum Trouble {
        BAD_QUALITY("bad quality") {
            @Override
            MonitorItem item() {
                return BAD;
            }

            @Override
            void begin(SimulatedMember member) {
                member.faults().quality("static.1", Optional.of(Quality.DEVICE_FAILURE));
            }

            @Override
            void end(SimulatedMember member) {
                member.faults().quality("static.1", Optional.empty());
            }
        },
        SPECIFIC_VALUE("has the value '77'") {
            @Override
            MonitorItem item() {
                return MANUAL;
            }

            @Override
            void begin(SimulatedMember member) throws Exception {
                member.write("static.2", new Variant.I4(77));
            }

            @Override
            void end(SimulatedMember member) throws Exception {
                member.write("static.2", new Variant.I4(2));
            }
        },
        NO_CHANGE("no data change for 1000 ms") {
            @Override
            MonitorItem item() {
                return WATCHDOG;
            }

            @Override
            void begin(SimulatedMember member) {
                member.faults().freeze("watchdog.0", true);
            }

            @Override
            void end(SimulatedMember member) {
                member.faults().freeze("watchdog.0", false);
            }
        };

        final String told;

        Trouble(String told) {
            this.told = told;
        }

        abstract MonitorItem item();

        abstract void begin(SimulatedMember member) throws Exception;

        abstract void end(SimulatedMember member) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    @Requirement(
            value = {
                "CON-3",
                "S9",
                "MON-2",
                "MON-3",
                "MON-4",
                "MON-9",
                "MON-10",
                "MON-13",
                "MON-17",
                "MON-21",
                "EVT-MERR-P",
                "EVT-MOK-P",
                "EVT-MOK-S",
                "I12"
            },
            protocol = Protocol.DA)
    void aDeviceInTroubleMovesThePairAndOneThatIsWellAgainBringsItBack(Trouble trouble) throws Exception {
        try (Run run = new Run(Mode.HOT, watching(1, trouble.item()), true)) {
            run.awaitTests("PP");
            run.tandem.awaitStandbyReady(1);

            trouble.begin(run.one);
            run.tandem.awaitServing(1);
            run.awaitTests("FP");
            run.awaitRecords(RecordKind.PROMOTED, 1);
            assertThat(run.tandem.pair().records().stream()
                            .map(one -> one.record().toString()))
                    .anyMatch(record -> record.contains("secondary machine")
                            && record.contains("MONITOR_TEST")
                            && record.contains(trouble.told));

            trouble.end(run.one);
            run.tandem.awaitServing(0);
            run.awaitTests("PP");
            run.awaitRecords(RecordKind.PROMOTED, 2);
            assertThat(run.tandem.records(RecordKind.MONITOR_ERROR)).isEqualTo(1);
        }
    }

    @Test
    @Requirement(
            value = {"MODE-C7", "MON-3"},
            protocol = Protocol.DA)
    void inColdModeTheActiveAloneIsTestedAndLeft() throws Exception {
        try (Run run = new Run(Mode.COLD, watching(1, WATCHDOG), true)) {
            run.awaitTests("PU");
            assertThat(run.other.clients()).isZero();

            run.one.faults().freeze("watchdog.0", true);
            run.tandem.awaitServing(1);

            run.awaitTests("UP");
        }
    }

    /** The device changes it each 100 ms; what the server really delivers decides which time fits. */
    @Test
    @Requirement(value = "MON-15", protocol = Protocol.DA)
    void theRateAtWhichAWatchdogReallyComesIsMeasuredAndTwiceThatIsProposed() throws Exception {
        MonitorItem patient = new MonitorItem(
                "watchdog.0",
                MonitorType.DEFAULT,
                Duration.ofMillis(300),
                new MonitorTrigger.NoChange(Duration.ofSeconds(60)),
                false);
        try (Run run = new Run(Mode.COLD, watching(1, patient), false)) {
            Await.until(
                    "a time is proposed",
                    TestTandem.PATIENCE,
                    () -> watched(run).proposedTimeMs() != MonitorSnapshot.UNKNOWN);

            MonitorSnapshot.Item item = watched(run);
            assertThat(item.slowestMs()).isGreaterThanOrEqualTo(200);
            // each is rounded for itself
            assertThat(item.proposedTimeMs()).isBetween(2 * item.slowestMs() - 1, 2 * item.slowestMs() + 1);
        }
    }

    private static MonitorSnapshot.Item watched(Run run) {
        return run.tandem
                .pair()
                .snapshot()
                .members()
                .getFirst()
                .monitor()
                .items()
                .getFirst();
    }

    /** MON-22: nothing is won by moving. */
    @Test
    @Requirement(
            value = {
                "MON-3",
                "MON-4",
                "MON-12",
                "MON-16",
                "MON-22",
                "GAP-6",
                "EVT-ADD-P",
                "EVT-ADD-S",
                "EVT-ARR-P",
                "EVT-ARR-S",
                "EVT-MERR-P",
                "EVT-MERR-S"
            },
            protocol = Protocol.DA)
    void aBadStandbyIsARecordOnlyAndTwoBadMembersStayWhereTheyAre() throws Exception {
        MonitorItem nowhere = item("nowhere", MonitorType.DEFAULT, new MonitorTrigger.BadQuality());
        MonitorItem array = item("arrays.I4", MonitorType.INT32, new MonitorTrigger.SpecificValue("1"));
        try (Run run = new Run(Mode.HOT, watching(2, nowhere, BAD, array), true);
                TestClient client = new TestClient(run.tandem.host())) {
            run.awaitTests("PP");
            TestClient.Group ticking = run.ticking(client);
            for (RecordKind kind : List.of(RecordKind.MONITOR_NOT_ADDED, RecordKind.MONITOR_ARRAY)) {
                run.awaitRecords(kind, 2);
            }
            long epoch = run.tandem.pair().snapshot().epoch();

            run.other.faults().quality("static.1", Optional.of(Quality.BAD));
            run.awaitTests("PF");
            run.one.faults().quality("static.1", Optional.of(Quality.BAD));
            run.awaitTests("FF");
            run.letTimePass(ticking);
            assertThat(run.tandem.pair().snapshot().epoch()).isEqualTo(epoch);

            run.other.faults().quality("static.1", Optional.empty());
            run.tandem.awaitServing(1);
            assertThat(run.tandem.records(RecordKind.MONITOR_NOT_ADDED)).isEqualTo(2);
        }
    }

    /** Control: the same fault without monitor items moves nobody. */
    @Test
    @Requirement(
            value = {"MON-2", "S9"},
            protocol = Protocol.DA)
    void withoutMonitorItemsAFrozenDeviceIsNotNoticed() throws Exception {
        try (Run run = new Run(Mode.HOT, Monitoring.NONE, true);
                TestClient client = new TestClient(run.tandem.host())) {
            TestClient.Group ticking = run.ticking(client);
            long epoch = run.tandem.pair().snapshot().epoch();

            run.one.faults().freeze("watchdog.0", true);
            run.letTimePass(ticking);

            assertThat(run.tandem.pair().snapshot().epoch()).isEqualTo(epoch);
        }
    }

    /** A primary that was dead is not returned to before its watchdog is seen to move. */
    @Test
    @Requirement(
            value = {"GAP-9", "S14", "MON-21"},
            protocol = Protocol.DA)
    void aPrimaryThatIsConnectedAnewIsNotReturnedToBeforeItsItemsPass() throws Exception {
        try (Run run = new Run(Mode.HOT, watching(1, WATCHDOG), true)) {
            run.awaitTests("PP");
            run.tandem.awaitStandbyReady(1);
            run.one.die();
            run.tandem.awaitServing(1);

            run.one.comeBack();
            run.one.faults().freeze("watchdog.0", true);
            run.awaitTests("FP");
            assertThat(run.tandem.pair().snapshot().active()).isEqualTo(1);
            run.one.faults().freeze("watchdog.0", false);

            run.tandem.awaitServing(0);
            run.awaitRecords(RecordKind.PROMOTED, 2);
        }
    }
}
