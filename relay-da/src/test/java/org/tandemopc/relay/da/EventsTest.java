package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Servers fail in every way that a fault can be made; the records say what happened, once, in the manual's words. */
@Timeout(60)
class EventsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest one;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest other;

    @BeforeEach
    void begin() throws IOException {
        one = new MemberUnderTest("127.0.0.2");
        other = new MemberUnderTest("127.0.0.3");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
    }

    private interface Change {
        void make(MemberUnderTest member) throws IOException;
    }

    /** A fault of the active member, and what it must be called. */
    private enum Blow {
        DEATH("CONNECTION_CLOSED", ".+", RecordKind.STATUS_LOST, MemberUnderTest::die, MemberUnderTest::comeBack),
        SILENCE(
                "NO_ANSWER",
                "no answer within \\d+ ms",
                RecordKind.STATUS_LOST,
                member -> member.faults().hang(true),
                member -> member.faults().hang(false)),
        NOTICE(
                "SHUTDOWN_ANNOUNCED",
                "ShutdownRequest: maintenance",
                RecordKind.SHUTDOWN_RECEIVED,
                Blow::shutDown,
                MemberUnderTest::comeBack),
        STATE(
                "NOT_RUNNING",
                "state FAILED",
                RecordKind.PROMOTED,
                member -> member.faults().state(OpcServerState.FAILED),
                member -> member.faults().state(OpcServerState.RUNNING));

        private final String cause;
        private final String evidence;
        private final RecordKind kind;
        // made of constants alone
        @SuppressWarnings("ImmutableEnumChecker")
        private final Change strike;

        @SuppressWarnings("ImmutableEnumChecker")
        private final Change heal;

        Blow(String cause, String evidence, RecordKind kind, Change strike, Change heal) {
            this.cause = cause;
            this.evidence = evidence;
            this.kind = kind;
            this.strike = strike;
            this.heal = heal;
        }

        private static void shutDown(MemberUnderTest member) {
            assertThat(member.server().requestShutdown("maintenance")).isPositive();
            member.die();
        }

        String text(int member, String machine) {
            return switch (this) {
                case DEATH, SILENCE -> RecordTexts.statusLost(PairUnderTest.NAME, member, machine);
                case NOTICE -> RecordTexts.shutdownReceived(PairUnderTest.NAME, member, machine);
                case STATE -> RecordTexts.promoted(PairUnderTest.NAME, 1 - member, "");
            };
        }
    }

    private MemberUnderTest member(int index) {
        return index == 0 ? one : other;
    }

    /** The primary first, then the secondary, which is the active one by then. */
    @ParameterizedTest
    @EnumSource(Blow.class)
    @Requirement(
            value = {
                "CON-2",
                "CON-8",
                "CON-9",
                "EVT-STAT-P",
                "EVT-STAT-S",
                "EVT-SHUT-P",
                "EVT-SHUT-S",
                "EVT-PROM-P",
                "EVT-PROM-S",
                "GAP-4",
                "I12"
            },
            protocol = Protocol.DA)
    void eachLossHasItsRecordsOnceAndTheSwitchNamesItsCause(Blow blow) throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(
                        folder, PairUnderTest.Spec.of(Mode.HOT, one, other).withStatus(100, 400));
                CounterClient stream = new CounterClient(pair.host())) {
            for (int dead = 0; dead < 2; dead++) {
                pair.awaitReady(1 - dead);
                strike(pair, blow, dead);
            }
            stream.flow();
            stream.requireInOrder();
        }
    }

    private void strike(PairUnderTest pair, Blow blow, int dead) throws IOException {
        int heir = 1 - dead;
        long before = pair.pair().records().getLast().number();
        long epoch = pair.snapshot().epoch();
        blow.strike.make(member(dead));
        pair.awaitServing(heir);
        blow.heal.make(member(dead));
        pair.awaitReady(dead);

        List<PairRecord> found = pair.pair().records().stream()
                .filter(one -> one.number() > before)
                .map(LoggedRecord::record)
                .toList();
        assertThat(found)
                .filteredOn(one -> one.kind() == RecordKind.PROMOTED)
                .singleElement()
                .satisfies(promoted -> {
                    assertThat(promoted.text())
                            .isEqualTo(RecordTexts.promoted(
                                    PairUnderTest.NAME, heir, member(heir).machine()));
                    assertThat(promoted.fields())
                            .containsEntry("cause", blow.cause)
                            .containsEntry("from", member(dead).machine())
                            .containsEntry("to", member(heir).machine())
                            .containsEntry("epoch", epoch + 1)
                            .containsEntry("sessions", 1)
                            .containsKeys("durationMs", "requestsRepeated", "requestsNotSent", "requestsUnknown");
                    assertThat(String.valueOf(promoted.fields().get("evidence")))
                            .matches(blow.evidence);
                    assertThat(promoted.client()).isEqualTo(PairRecord.TANDEM);
                });
        List<RecordKind> losses = List.of(RecordKind.STATUS_LOST, RecordKind.SHUTDOWN_RECEIVED);
        if (losses.contains(blow.kind)) {
            assertThat(found)
                    .filteredOn(one -> losses.contains(one.kind()))
                    .extracting(PairRecord::text)
                    .containsExactly(blow.text(dead, member(dead).machine()));
        } else {
            assertThat(found).noneMatch(one -> losses.contains(one.kind()));
        }
    }

    @Test
    @Requirement(
            value = {"EVT-CON-P", "EVT-CON-S", "EVT-DIS-P", "EVT-DIS-S", "CON-9"},
            protocol = Protocol.DA)
    void eachMemberIsConnectedOnceAndDisconnectedOnceWhenThePairIsDisabled() throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(folder, PairUnderTest.Spec.of(Mode.WARM, one, other))) {
            pair.awaitRecords(RecordKind.CONNECTED, 2);
            pair.pair().disable("test");
            pair.awaitRecords(RecordKind.DISABLED, 1);

            assertThat(pair.texts())
                    .containsOnlyOnce(
                            RecordTexts.connected(PairUnderTest.NAME, 0, one.machine()),
                            RecordTexts.connected(PairUnderTest.NAME, 1, other.machine()),
                            RecordTexts.disconnected(PairUnderTest.NAME, 0, one.machine()),
                            RecordTexts.disconnected(PairUnderTest.NAME, 1, other.machine()));
            assertThat(pair.texts().get(1))
                    .startsWith("Connected to 'Plant.Server.1' on ")
                    .contains(" machine '127.0.0.");
            Await.until(
                    "nobody is connected",
                    Rig.PATIENCE,
                    () -> one.server().clients() + other.server().clients() == 0);
        }
    }

    /** The secondary is connected when the primary is left, and not before; a loss is no disconnection of ours. */
    @Test
    @Requirement(
            value = {"EVT-CON-P", "EVT-CON-S", "EVT-DIS-P", "EVT-PROM-S"},
            protocol = Protocol.DA)
    void inColdModeTheRecordsAreThoseOfOneConnectionAtATime() throws Exception {
        try (PairUnderTest pair = PairUnderTest.serving(folder, PairUnderTest.Spec.of(Mode.COLD, one, other))) {
            assertThat(pair.texts())
                    .containsExactly(
                            RecordTexts.enabled(PairUnderTest.NAME, "start"),
                            RecordTexts.connected(PairUnderTest.NAME, 0, one.machine()));
            pair.switchTo(1);

            assertThat(pair.texts())
                    .containsExactly(
                            RecordTexts.enabled(PairUnderTest.NAME, "start"),
                            RecordTexts.connected(PairUnderTest.NAME, 0, one.machine()),
                            RecordTexts.disconnected(PairUnderTest.NAME, 0, one.machine()),
                            RecordTexts.connected(PairUnderTest.NAME, 1, other.machine()),
                            RecordTexts.promoted(PairUnderTest.NAME, 1, other.machine()));
            assertThat(pair.records(RecordKind.PROMOTED).getFirst().fields())
                    .containsEntry("cause", "ORDERED")
                    .containsEntry("by", "test");
        }
    }

    /** So many attempts, one record; after a connection the next failure is another one. */
    @Test
    @Requirement(
            value = {"EVT-FAIL-P", "EVT-FAIL-S"},
            protocol = Protocol.DA)
    void attemptsThatFailAreOneRecordUntilOneSucceeds() throws Exception {
        one.die();
        other.die();
        List<String> rings = new CopyOnWriteArrayList<>();
        Doorbell a = new Doorbell(one.host(), one.port(), rings);
        Doorbell b = new Doorbell(other.host(), other.port(), rings);
        try (PairUnderTest pair = new PairUnderTest(folder, PairUnderTest.Spec.of(Mode.WARM, one, other))) {
            Await.until("three attempts each", Rig.PATIENCE, () -> count(rings, one) >= 3 && count(rings, other) >= 3);
            assertThat(pair.records(RecordKind.CONNECT_FAILED))
                    .extracting(PairRecord::text)
                    .containsExactlyInAnyOrder(failed(pair, 0), failed(pair, 1))
                    .allMatch(text -> text.matches(
                            "Failed to connect to 'Plant.Server.1' on (primary|secondary) machine '127.0.0.[23]:\\d+'"
                                    + " \\(Error = 0x[0-9A-F]{8}\\)\\."));

            a.close();
            one.comeBack();
            pair.awaitServing(0);
            one.die();
            pair.awaitRecords(RecordKind.CONNECT_FAILED, 3);
            assertThat(pair.records(RecordKind.CONNECT_FAILED).getLast().text())
                    .isEqualTo(RecordTexts.connectFailed(PairUnderTest.NAME, 0, one.machine(), 0x8007_06BAL));
        } finally {
            a.close();
            b.close();
        }
    }

    /** By the second mail server when the first one is gone; a mail that neither takes is a record, and is tried no more. */
    @Test
    @Requirement(
            value = {"CON-8", "CON-10", "EVT-MAIL"},
            protocol = Protocol.DA)
    void switchesAreMailedAndAMailThatNobodyTakesIsARecord() throws Exception {
        PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.COLD, one, other);
        int nobody = PortPicker.pick();
        try (MailCatcher mails = new MailCatcher();
                PairUnderTest pair =
                        new PairUnderTest(folder, spec, spec.text() + """
                    notifications:
                      smtp:
                        primary: { host: 127.0.0.1, port: %d, security: none }
                        secondary: { host: 127.0.0.1, port: %d, security: none }
                      from: tandem@plant.example
                      to: [bob@plant.example]
                      events: [PROMOTED_PRIMARY, PROMOTED_SECONDARY]
                """.formatted(nobody, mails.port()))) {
            pair.awaitServing(0);
            pair.switchTo(1);
            Await.until(
                    "the switch is mailed", Rig.PATIENCE, () -> !mails.taken().isEmpty());
            assertThat(mails.taken())
                    .singleElement()
                    .asString()
                    .contains(RecordTexts.promoted(PairUnderTest.NAME, 1, other.machine()));

            mails.takeNoMore();
            pair.switchTo(0);
            pair.awaitRecords(RecordKind.NOTIFICATION_FAILED, 1);

            assertThat(pair.records(RecordKind.NOTIFICATION_FAILED))
                    .singleElement()
                    .extracting(PairRecord::text)
                    .isEqualTo(
                            "E-mail notification could not be sent through '127.0.0.1:%d' or '127.0.0.1:%d' and was discarded."
                                    .formatted(nobody, mails.port()));
            assertThat(mails.taken()).hasSize(1);
        }
    }

    private static long count(List<String> rings, MemberUnderTest member) {
        return rings.stream().filter(String.valueOf(member.port())::equals).count();
    }

    /** The manual's text with the code that the record names. */
    private String failed(PairUnderTest pair, int member) {
        Map<String, Object> fields = pair.records(RecordKind.CONNECT_FAILED).stream()
                .map(PairRecord::fields)
                .filter(one -> Objects.equals(one.get("member"), member))
                .findFirst()
                .orElseThrow();
        return RecordTexts.connectFailed(
                PairUnderTest.NAME,
                member,
                member(member).machine(),
                ((Number) fields.getOrDefault("code", -1L)).longValue());
    }
}
