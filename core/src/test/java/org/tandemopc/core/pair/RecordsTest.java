package org.tandemopc.core.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.core.pair.Pair.PRIMARY;
import static org.tandemopc.core.pair.Pair.SECONDARY;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.PairState.Phase;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** The manual's texts and its once-only rules, requirement section N. */
final class RecordsTest {
    @Test
    @Requirement({"EVT-CON-P", "EVT-CON-S"})
    void connected() {
        Pair pair = Pair.serving(Mode.WARM);

        assertThat(pair.texts())
                .containsOnlyOnce(
                        "Connected to 'Boiler' on primary machine 'alpha'.",
                        "Connected to 'Boiler' on secondary machine 'beta'.");
    }

    @Test
    @Requirement({"EVT-CON-S"})
    void coldDoesNotConnectTheSecondaryWhileThePrimaryServes() {
        Pair pair = Pair.serving(Mode.COLD);
        pair.pass(600);

        assertThat(pair.records(RecordKind.CONNECTED)).hasSize(1);
    }

    @Test
    @Requirement({"EVT-DIS-P", "EVT-DIS-S"})
    void disconnectedIsWhatWeDidOurselves() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.disable();

        assertThat(pair.texts())
                .containsOnlyOnce(
                        "Disconnected from 'Boiler' on primary machine 'alpha'.",
                        "Disconnected from 'Boiler' on secondary machine 'beta'.");
    }

    @Test
    @Requirement({"EVT-DIS-P"})
    void aLossIsNoDisconnect() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.missed(PRIMARY);
        pair.rehomed();

        assertThat(pair.records(RecordKind.DISCONNECTED)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement({"EVT-FAIL-P", "EVT-FAIL-S"})
    void ahundredFailedAttemptsAreOneRecordAndTheNextOutageIsAnother(Mode mode) {
        Pair pair = new Pair(Pair.settings(mode));
        pair.enable();
        for (int i = 0; i < 100; i++) {
            pair.failed(PRIMARY);
            pair.failed(SECONDARY);
            pair.pass(31);
        }
        assertThat(pair.records(RecordKind.CONNECT_FAILED)).hasSize(2);
        assertThat(pair.texts())
                .containsOnlyOnce(
                        "Failed to connect to 'Boiler' on primary machine 'alpha' (Error = 0x800A0000).",
                        "Failed to connect to 'Boiler' on secondary machine 'beta' (Error = 0x800A0000).");

        pair.opened(PRIMARY);
        pair.rehomed();
        pair.skip(60);
        pair.lost(PRIMARY);
        pair.failed(PRIMARY);

        assertThat(pair.records(RecordKind.CONNECT_FAILED)).hasSize(3);
    }

    @Test
    @Requirement({"EVT-FAIL-P", "EVT-FAIL-S"})
    void coldAlternationRecordsEachMemberOnce() {
        Pair pair = new Pair(Pair.settings(Mode.COLD));
        pair.enable();
        for (int i = 0; i < 50; i++) {
            pair.failed(PRIMARY);
            pair.failed(SECONDARY);
            pair.pass(31);
        }

        assertThat(pair.records(RecordKind.CONNECT_FAILED)).hasSize(2);
    }

    @Test
    @Requirement({"EVT-STAT-P", "EVT-STAT-S", "GAP-3"})
    void statusIsLostOncePerLoss() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.missed(PRIMARY);
        pair.missed(PRIMARY);
        pair.lost(PRIMARY);
        pair.rehomed();
        pair.missed(SECONDARY);
        pair.skip(2);
        pair.missed(SECONDARY);

        assertThat(pair.texts())
                .containsOnlyOnce(
                        "Unable to retrieve status for server 'Boiler' on primary machine 'alpha'."
                                + " Server communications has been lost.",
                        "Unable to retrieve status for server 'Boiler' on secondary machine 'beta'."
                                + " Server communications has been lost.");
    }

    /** A server counts down for minutes; Tandem connects to it again meanwhile, for it may change its mind. */
    @Test
    @Requirement({"EVT-SHUT-P"})
    void aShutdownIsRecordedOnceOverAllConnectionsMeanwhile() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.announced(PRIMARY);
        pair.rehomed();
        for (int i = 0; i < 3; i++) {
            pair.pass(40);
            pair.opened(PRIMARY, shuttingDown());
            pair.reported(PRIMARY, shuttingDown());
            pair.announced(PRIMARY);
            pair.lost(PRIMARY);
        }

        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(1);
        assertThat(pair.records(RecordKind.STATUS_LOST)).isEmpty();
        assertThat(pair.records(RecordKind.DISCONNECTED)).hasSize(3);
    }

    /** The link is kept: what it reports next is that the server runs again, or its end. */
    @Test
    @Requirement({"EVT-SHUT-P", "S11"})
    void aServerThatCountsDownIsKeptConnectedAndNotUsed() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.announced(PRIMARY);
        pair.rehomed();
        pair.pass(40);
        pair.opened(PRIMARY, shuttingDown());

        pair.reported(PRIMARY, shuttingDown());
        assertThat(pair.lastOrders()).isEmpty();
        pair.synchronizedOn(PRIMARY);
        assertThat(pair.phase()).isEqualTo(new Phase.Serving(SECONDARY));
        pair.reported(PRIMARY, Pair.running(255));

        assertThat(pair.phase()).isInstanceOf(Phase.Switching.class);
    }

    @Test
    @Requirement({"EVT-SHUT-P"})
    void theNextShutdownHasARecordOfItsOwn() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.announced(PRIMARY);
        pair.rehomed();
        pair.pass(40);
        pair.opened(PRIMARY);

        pair.announced(PRIMARY);

        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(2);
    }

    /** The last member is not left; an answer that was on its way when it announced its end takes nothing back. */
    @Test
    @Requirement({"EVT-SHUT-P"})
    void anOlderAnswerDoesNotMakeASecondRecord() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);
        pair.announced(PRIMARY);
        pair.reported(PRIMARY, Pair.running(255));
        pair.lost(PRIMARY);
        pair.pass(40);

        pair.opened(PRIMARY, shuttingDown());
        pair.reported(PRIMARY, shuttingDown());

        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(1);
    }

    private static ServerCondition shuttingDown() {
        return Pair.in(ServerCondition.State.SHUTDOWN, 255);
    }

    @Test
    @Requirement({"EVT-SHUT-P"})
    void aShutdownIsRecordedOnceAndIsNoLossBesides() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.announced(PRIMARY);
        pair.announced(PRIMARY);
        pair.lost(PRIMARY);

        assertThat(pair.texts())
                .containsOnlyOnce("Received shutdown notification from server 'Boiler' on primary machine 'alpha'.");
        assertThat(pair.records(RecordKind.STATUS_LOST)).isEmpty();
        assertThat(pair.lastOrders()).isEmpty();
    }

    /** It counts down and lets us in meanwhile, again and again: that is one notification. The next one is another. */
    @Test
    @Requirement({"EVT-SHUT-P", "EVT-CON-P", "EVT-STAT-P", "EVT-FAIL-P"})
    void aServerThatCountsDownIsRecordedOnceThoughItCanStillBeConnected() {
        Pair pair = Pair.serving(Pair.withoutFailback(Mode.HOT));
        pair.forget();
        pair.announced(PRIMARY);
        pair.rehomed();
        for (int i = 0; i < 3; i++) {
            pair.pass(31);
            pair.opened(PRIMARY, Pair.in(ServerCondition.State.SHUTDOWN, 255));
            pair.reported(PRIMARY, Pair.in(ServerCondition.State.SHUTDOWN, 255));
        }
        pair.pass(31);
        pair.opened(PRIMARY, Pair.in(ServerCondition.State.SHUTDOWN, 255));
        pair.lost(PRIMARY);
        pair.pass(31);
        pair.failed(PRIMARY);
        pair.pass(31);
        pair.failed(PRIMARY);

        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(1);
        assertThat(pair.records(RecordKind.STATUS_LOST)).isEmpty();
        // The connection that it let us have meanwhile began and ended.
        assertThat(pair.records(RecordKind.CONNECTED)).hasSize(1);
        assertThat(pair.records(RecordKind.DISCONNECTED)).hasSize(1);
        assertThat(pair.records(RecordKind.CONNECT_FAILED)).hasSize(1);

        pair.pass(31);
        pair.opened(PRIMARY);
        pair.announced(PRIMARY);
        assertThat(pair.records(RecordKind.CONNECTED)).hasSize(2);
        assertThat(pair.records(RecordKind.SHUTDOWN_RECEIVED)).hasSize(2);
    }

    @Test
    @Requirement("S18")
    void aClockThatDiffersByMoreThanASecondIsAWarningOncePerConnection() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.lost(SECONDARY);
        pair.pass(2);
        pair.opened(SECONDARY, skewed(-3_600_000_000_000L));
        pair.reported(SECONDARY, skewed(-3_600_000_000_000L));

        assertThat(pair.records(RecordKind.CLOCK_SKEW))
                .singleElement()
                .satisfies(r -> assertThat(r.text())
                        .isEqualTo("The clock of server 'Boiler' on secondary machine 'beta' differs from Tandem's by"
                                + " -3600000 ms."));
        for (long skewNanos : new long[] {0, 1_000_000_000L, -1_000_000_000L, Long.MIN_VALUE}) {
            pair.forget();
            pair.lost(SECONDARY);
            pair.pass(31);
            pair.opened(SECONDARY, skewed(skewNanos));
            assertThat(pair.records(RecordKind.CONNECTED)).hasSize(1);
            assertThat(pair.records(RecordKind.CLOCK_SKEW)).isEmpty();
        }
    }

    @Test
    @Requirement("S18")
    void aClockThatIsSetWhileConnectedIsAWarningOnceForTheConnection() {
        Pair pair = Pair.serving(Mode.HOT);
        pair.reported(PRIMARY, skewed(0));
        assertThat(pair.records(RecordKind.CLOCK_SKEW)).isEmpty();

        for (int i = 1; i <= 3; i++) {
            pair.reported(PRIMARY, skewed(i * 3_600_000_000_000L));
            pair.reported(PRIMARY, skewed(0));
        }
        assertThat(pair.records(RecordKind.CLOCK_SKEW)).hasSize(1);

        pair.lost(PRIMARY);
        pair.pass(2);
        pair.opened(PRIMARY, skewed(3_600_000_000_000L));
        assertThat(pair.records(RecordKind.CLOCK_SKEW)).hasSize(2);
    }

    private static ServerCondition skewed(long skewNanos) {
        return new ServerCondition(ServerCondition.State.RUNNING, 255, skewNanos, 1_000_000);
    }

    @Test
    @Requirement({"EVT-SHUT-S"})
    void aShutdownOfTheStandbyIsRecorded() {
        Pair pair = Pair.serving(Mode.WARM);

        pair.reported(SECONDARY, Pair.in(ServerCondition.State.SHUTDOWN, 0));

        assertThat(pair.texts())
                .containsOnlyOnce("Received shutdown notification from server 'Boiler' on secondary machine 'beta'.");
    }

    @Test
    @Requirement({"EVT-PROM-P", "EVT-PROM-S"})
    void promotedOncePerSwitch() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.switchTo(SECONDARY);
        pair.rehomed();
        pair.switchTo(PRIMARY);
        pair.rehomed();

        assertThat(pair.records(RecordKind.PROMOTED).stream().map(r -> r.text()))
                .containsExactly(
                        "Promoted active connection for server 'Boiler' to secondary machine 'beta'.",
                        "Promoted active connection for server 'Boiler' to primary machine 'alpha'.");
    }

    @Test
    @Requirement({"EVT-MERR-P", "EVT-MERR-S", "EVT-MOK-P", "EVT-MOK-S"})
    void monitorTestsAreRecordedAtTransitions() {
        Pair pair = Pair.serving(Mode.WARM);
        for (int i = 0; i < 100; i++) {
            pair.tested(SECONDARY, false);
        }
        pair.tested(SECONDARY, true);
        pair.tested(PRIMARY, true);
        pair.tested(PRIMARY, false);

        assertThat(pair.texts())
                .containsOnlyOnce(
                        "Monitor item test in error for 'Boiler' on secondary machine 'beta'.",
                        "Monitor item test passed for 'Boiler' on secondary machine 'beta'.",
                        "Monitor item test passed for 'Boiler' on primary machine 'alpha'.",
                        "Monitor item test in error for 'Boiler' on primary machine 'alpha'.");
    }

    @Test
    @Requirement({"S34"})
    void aWrongServerIsRecordedOnceEvenAfterAPlainFailure() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.lost(SECONDARY);
        pair.failed(SECONDARY);
        for (int i = 0; i < 5; i++) {
            pair.pass(31);
            pair.on(new PairEvent.LinkFailed(
                    pair.now(), SECONDARY, LossCause.WRONG_SERVER, 0, "its ApplicationUri is 'urn:other'"));
        }

        assertThat(pair.records(RecordKind.WRONG_SERVER))
                .singleElement()
                .satisfies(r -> assertThat(r.text())
                        .isEqualTo("The server found for 'Boiler' on secondary machine 'beta' is not usable as a"
                                + " member: its ApplicationUri is 'urn:other'."));
    }

    @Test
    @Requirement({"I12"})
    void fieldsKeepTheirOrder() {
        Pair pair = Pair.serving(Mode.WARM);
        pair.switchTo(SECONDARY);
        pair.rehomed();

        assertThat(pair.records(RecordKind.PROMOTED).getFirst().fields().keySet())
                .containsExactly(
                        "cause",
                        "evidence",
                        "from",
                        "to",
                        "epoch",
                        "durationMs",
                        "sessions",
                        "requestsRepeated",
                        "requestsNotSent",
                        "requestsUnknown",
                        "itemsContinuous",
                        "itemsDoubtful",
                        "by");
    }
}
