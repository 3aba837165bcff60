package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

/** A pair from its handle to the orders at its relay and links, with the real machine and with time that stands. */
class PairHandleTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long SILENT = Long.MAX_VALUE;
    private static final ServerCondition NO_DATA = new ServerCondition(ServerCondition.State.RUNNING, 0, 0, 1_000_000);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final ManualTime monitorTime = new ManualTime();
    private final PauseDetector pauses = new PauseDetector(time, time);
    private final FakeProtocol protocol = new FakeProtocol();
    private final DiskWriter disk = new DiskWriter();

    @SuppressWarnings("NullAway.Init")
    private PairHandle pair;

    @BeforeEach
    void start() {
        pauses.start();
        pair = startPair();
    }

    @AfterEach
    void stop() {
        pair.endStop();
        disk.close();
    }

    @Test
    @Requirement({"GEN-2", "CON-8", "M6", "I12"})
    void lossOfThePrimaryMovesTheRelayAndMakesOnePromotionRecord() {
        serveFromThePrimary();
        protocol.calls.clear();

        link(0).lost(LossCause.CONNECTION_CLOSED, 0x80AE0000L, "reset");
        awaitCall("rehome e2 1");
        relay().rehomed(2, RehomeReport.EMPTY);
        awaitCall("release e2 1");

        assertThat(protocol.calls).containsSubsequence("hold e2", "rehome e2 1", "release e2 1");
        assertThat(protocol.calls).contains("detach 0");
        assertThat(pair.snapshot().active()).isEqualTo(1);
        assertThat(count(RecordKind.PROMOTED)).isEqualTo(1);
        assertThat(pair.records().stream()
                        .filter(r -> r.record().kind() == RecordKind.PROMOTED)
                        .findFirst()
                        .orElseThrow()
                        .record()
                        .fields())
                .containsKeys("cause", "evidence", "from", "to", "epoch", "durationMs");
    }

    /** A standby whose monitor test flaps makes a record every 2 s; after three hours the switch has left the log. */
    @Test
    @Requirement("I12")
    void whyAndSinceAreKnownWhenTheirRecordsHaveLeftTheLog() {
        serveFromThePrimary();
        Explanation first = pair.snapshot().explanation();
        flood();
        assertThat(pair.snapshot().explanation()).isEqualTo(first);
        assertThat(first.kind()).isEqualTo(Explanation.Kind.FIRST_READY);
        assertThat(first.since()).isNotNull();

        link(0).lost(LossCause.CONNECTION_CLOSED, 0x80AE0000L, "reset");
        awaitCall("rehome e2 1");
        relay().rehomed(2, RehomeReport.EMPTY);
        Await.until("recorded", SOON, () -> count(RecordKind.PROMOTED) == 1);
        LoggedRecord promoted = pair.records().stream()
                .filter(r -> r.record().kind() == RecordKind.PROMOTED)
                .findFirst()
                .orElseThrow();
        flood();

        assertThat(count(RecordKind.PROMOTED) + count(RecordKind.ENABLED))
                .as("gone")
                .isZero();
        assertThat(pair.snapshot().explanation())
                .isEqualTo(new Explanation(Explanation.Kind.RECORD, promoted, promoted.at()));
    }

    private void flood() {
        for (int i = 0; i < PairConfig.EVENTS_DEFAULT; i++) {
            relay().record(Fixtures.note("n" + i));
        }
    }

    /** A server that hangs: the question gets no answer within its timeout, one interval after the last one. */
    @Test
    @Requirement("GEN-8")
    void memberThatDoesNotAnswerWithinTheTimeoutIsLeft() {
        serveFromThePrimary();
        relay().synchronizedOn(1);
        Await.until(
                "the secondary is ready",
                SOON,
                () -> pair.snapshot().members().get(1).isReady());
        protocol.calls.clear();

        advance(2500);
        awaitCall("link0 probe 1000");
        advance(1000);
        link(0).timedOut(SILENT);

        awaitCall("hold e2");
    }

    /** The link says that something else of the member has come in: it is asked again and kept. */
    @Test
    @Requirement("GAP-3")
    void memberThatIsHeardIsNotLeftForALateAnswer() {
        serveFromThePrimary();
        protocol.calls.clear();

        advance(2500);
        awaitCall("link0 probe 1000");
        advance(1000);
        link(0).timedOut(200_000_000L);

        Await.until("the question again", SOON, () -> calls("link0 probe 1000") == 2);
        assertThat(protocol.calls).noneMatch(c -> c.startsWith("hold"));
    }

    /** Control for the test above: an answer in time changes nothing. */
    @Test
    @Requirement("GEN-8")
    void memberThatAnswersStays() {
        serveFromThePrimary();
        protocol.calls.clear();

        advance(2500);
        awaitCall("link0 probe 1000");
        link(0).condition(Fixtures.RUNNING);
        advance(2500);
        Await.until("the next question", SOON, () -> calls("link0 probe 1000") == 2);

        assertThat(protocol.calls).noneMatch(c -> c.startsWith("hold"));
    }

    @Test
    @Requirement("S35")
    void silenceDuringAPauseOfOurOwnLeavesNobody() {
        serveFromThePrimary();
        protocol.calls.clear();

        time.pauseMs(60_000);
        link(0).timedOut(SILENT);
        link(1).timedOut(SILENT);
        advance(100);
        link(0).condition(Fixtures.RUNNING);
        link(1).condition(Fixtures.RUNNING);
        advance(2500);
        Await.until("questions go on", SOON, () -> calls("link0 probe 1000") >= 2);

        assertThat(protocol.calls).noneMatch(c -> c.startsWith("hold"));
        assertThat(pair.snapshot().active()).isZero();
    }

    @Test
    void personSwitchesAndPinsAndThePinIsThereAfterARestart() {
        serveFromThePrimary();
        relay().synchronizedOn(1);

        assertThat(pair.pin(1, "ann")).isEqualTo(new OrderAnswer.Accepted());
        awaitCall("rehome e2 1");
        relay().rehomed(2, RehomeReport.EMPTY);
        Await.until("served by the pinned member", SOON, () -> pair.snapshot().active() == 1);
        pair.endStop();
        pair = startPair();

        assertThat(pair.snapshot().pinned()).hasValue(1);
        assertThat(StateFile.read(stateFile()).pinned("plant1")).hasValue(1);
        assertThat(pair.unpin("ann")).isEqualTo(new OrderAnswer.Accepted());
        assertThat(StateFile.read(stateFile()).pinned("plant1")).isEqualTo(OptionalInt.empty());
    }

    /** What was refused must not come true at the next start. */
    @Test
    void pinThatThePairRefusesIsToldSoAndNotRemembered() {
        serveFromThePrimary();
        relay().synchronizedOn(1);
        link(1).condition(NO_DATA);

        OrderAnswer answer = pair.pin(1, "ann");

        assertThat(answer)
                .isInstanceOfSatisfying(
                        OrderAnswer.Refused.class,
                        refused -> assertThat(refused.reason())
                                .contains("ordered by 'ann', was refused", "cannot be used"));
        assertThat(pair.snapshot().pinned()).isEmpty();
        assertThat(StateFile.read(stateFile()).pinned("plant1")).isEmpty();
        assertThat(pair.pin(0, "ann")).isEqualTo(new OrderAnswer.Accepted());
        assertThat(StateFile.read(stateFile()).pinned("plant1")).hasValue(0);
    }

    @Test
    void orderIsAnsweredWithWhatThePairDecided() {
        serveFromThePrimary();

        assertThat(pair.switchTo(0, "ann"))
                .isInstanceOfSatisfying(
                        OrderAnswer.Refused.class,
                        refused -> assertThat(refused.reason())
                                .endsWith("was refused: it is the active machine already."));
        assertThat(pair.switchTo(1, "ann")).isEqualTo(new OrderAnswer.Accepted());
    }

    /** The relay could follow it without a gap, and the server says that there is nothing to follow. */
    @Test
    void standbyThatCannotBeUsedIsNotReady() {
        serveFromThePrimary();
        relay().synchronizedOn(1);
        Await.until(
                "the standby is ready",
                SOON,
                () -> pair.snapshot().members().get(1).isReady());

        link(1).condition(NO_DATA);
        Await.until(
                "it says that it has no data",
                SOON,
                () -> NO_DATA.equals(pair.snapshot().members().get(1).condition()));

        assertThat(pair.snapshot().members().get(1).isReady()).isFalse();
        assertThat(pair.snapshot().members().get(0).isReady()).isTrue();
        link(1).condition(Fixtures.RUNNING);
        Await.until(
                "it is ready again",
                SOON,
                () -> pair.snapshot().members().get(1).isReady());
    }

    @Test
    @Requirement("ADM-5")
    void stopClosesSessionsAndBothLinks() {
        serveFromThePrimary();
        protocol.calls.clear();

        pair.beginStop();
        pair.awaitDisabled(System.nanoTime() + SOON.toNanos());

        assertThat(protocol.calls).anyMatch(c -> c.startsWith("closeSessions"));
        assertThat(protocol.calls).contains("link0 close", "link1 close");
        assertThat(pair.snapshot().phase()).isEqualTo("disabled");
        assertThat(StateFile.read(stateFile()).isEnabled("plant1")).isTrue();
    }

    /** Items come and go while clients are served; only what they show moves anybody. */
    @Test
    @Requirement({"MON-3", "MON-4", "MON-20", "EVT-MERR-P", "S22"})
    void itemsThatAreAddedWhileServingMoveNobodyUntilOneIsInError() throws IOException {
        serveFromThePrimary();
        protocol.calls.clear();
        MonitorItem device = new MonitorItem(
                "ns=2;s=device", MonitorType.DEFAULT, Duration.ofSeconds(1), new MonitorTrigger.BadQuality(), false);

        pair.reconfigure(Fixtures.pair(new Monitoring(1, List.of(device))));
        for (int member = 0; member < 2; member++) {
            link(member)
                    .monitored(
                            1,
                            List.of(
                                    new MonitorReport.Added(0, Duration.ofSeconds(1)),
                                    new MonitorReport.Value(0, MonitorValue.of(Quality.GOOD, true))));
        }
        advance(1);
        Await.until("tested", SOON, () -> count(RecordKind.MONITOR_PASSED) == 2);
        assertThat(protocol.calls).contains("link0 monitor r1 ns=2;s=device", "link1 monitor r1 ns=2;s=device");
        assertThat(protocol.calls).noneMatch(c -> c.startsWith("hold") || c.contains("close"));
        link(0).monitored(1, List.of(new MonitorReport.Value(0, MonitorValue.of(Quality.BAD, null))));
        advance(1);

        awaitCall("rehome e2 1");
        assertThat(count(RecordKind.MONITOR_ERROR)).isEqualTo(1);
        assertThat(pair.snapshot().members().getFirst().monitor().inError()).isEqualTo(1);
        pair.reconfigure(Fixtures.pair(Monitoring.NONE));
        awaitCall("link0 monitor r2 ");
    }

    /** How much there is to do is up to the members: pings of all pairs and the beat of the process do not wait for it. */
    @Test
    @Requirement("I9")
    void theTestsOfMonitorItemsRunOnASchedulerOfTheirOwn() throws IOException {
        MonitorItem device = new MonitorItem(
                "ns=2;s=device", MonitorType.DEFAULT, Duration.ofSeconds(1), new MonitorTrigger.BadQuality(), false);
        pair.reconfigure(Fixtures.pair(new Monitoring(1, List.of(device))));
        advance(1);
        int timers = time.tasks();
        int monitorTimers = monitorTime.tasks();

        link(0).monitored(1, List.of(new MonitorReport.Added(0, Duration.ofSeconds(1))));

        assertThat(monitorTime.tasks()).isEqualTo(monitorTimers + 1);
        assertThat(time.tasks()).isEqualTo(timers);
    }

    @Test
    @Requirement({"DIA-5", "DIA-6", "DIA-7", "DIA-8"})
    void recordsAreAsManyAsTheConfigurationSaysAndCanBeFoundAndReset() {
        PairConfig usual = Fixtures.pair();
        pair.endStop();
        pair = startPair(new PairConfig(
                usual.settings(),
                usual.members(),
                usual.originalName(),
                usual.monitoring(),
                PairConfig.EVENTS_LEAST,
                usual.whenDisabled()));
        for (int i = 0; i < 1_200; i++) {
            relay().record(Fixtures.note("n" + i));
        }

        assertThat(pair.records()).hasSize(1_000);
        assertThat(pair.records(RecordQuery.newest(10).containing("n1199")).records())
                .singleElement()
                .isEqualTo(pair.records().getLast());
        assertThat(pair.recordsFolder()).isEqualTo(folder.resolve("log/plant1").toAbsolutePath());
        pair.keepRecords(2_000);
        for (int i = 0; i < 500; i++) {
            relay().record(Fixtures.note("m" + i));
        }
        assertThat(pair.records()).hasSize(1_500);

        pair.resetRecords("ann");

        assertThat(pair.records()).isEmpty();
    }

    /** As when a configuration takes a pair away and brings it back: what waited for the disk is there at once. */
    @Test
    @Requirement({"DIA-6", "I9"})
    void pairThatIsMadeAnewHasTheRecordsOfTheOneBeforeAndItsFilesAreClosed() throws IOException {
        for (int i = 0; i < 20; i++) {
            for (int n = 0; n < 10; n++) {
                relay().record(Fixtures.note("n" + n));
            }
            List<LoggedRecord> before = pair.records();
            pair.endStop();
            pair = startPair();
            assertThat(pair.records()).startsWith(before.toArray(LoggedRecord[]::new));
        }

        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(files.filter(f -> isIn(f, folder)).count()).isLessThanOrEqualTo(2);
        }
    }

    private static boolean isIn(Path descriptor, Path folder) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(folder);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    @Requirement({"ENA-1", "ENA-4", "ENA-5", "LIM-5", "GAP-21"})
    void disabledPairPassesThroughToThePrimaryWhereItIsSetSo() throws IOException {
        pair.reconfigure(passingThrough());
        serveFromThePrimary();
        protocol.calls.clear();

        assertThat(pair.disable("ann")).isEqualTo(new OrderAnswer.Accepted());
        awaitCall("link1 close");

        assertThat(protocol.calls).containsExactly("detach 1", "link1 close");
        assertThat(pair.snapshot().phase()).isEqualTo("serving");
        assertThat(pair.isEnabled()).isFalse();
        assertThat(pair.switchTo(1, "ann")).isEqualTo(new OrderAnswer.Refused("'plant1' is disabled."));
        assertThat(StateFile.read(stateFile()).isEnabled("plant1")).isFalse();
    }

    @Test
    @Requirement({"ENA-1", "ENA-6"})
    void pairThatWasDisabledPassesThroughFromTheStartAndAnUnknownOneDoesNot() throws IOException {
        pair.reconfigure(passingThrough());
        assertThat(pair.snapshot().phase()).isEqualTo("disabled");
        pair.endStop();
        StateFile.read(stateFile()).saveEnabled("plant1", false);

        pair = startPair(passingThrough());
        awaitCall("link0 open");
        link(0).opened(Fixtures.RUNNING);
        awaitCall("rehome e1 0");

        assertThat(protocol.calls).doesNotContain("link1 open");
        assertThat(pair.isEnabled()).isFalse();
    }

    @Test
    @Requirement({"ENA-1", "APP-1"})
    void disabledPairFollowsItsSettingAtOnce() throws IOException {
        pair.enable("ann");
        awaitCall("link0 open");
        pair.disable("ann");
        Await.until("closed", SOON, () -> pair.snapshot().phase().equals("disabled"));
        protocol.calls.clear();

        pair.reconfigure(passingThrough());
        awaitCall("link0 open");
        link(0).opened(Fixtures.RUNNING);
        awaitCall("rehome e1 0");
        pair.reconfigure(Fixtures.pair());

        Await.until("closed again", SOON, () -> pair.snapshot().phase().equals("disabled"));
        assertThat(protocol.calls).anyMatch(c -> c.startsWith("closeSessions"));
    }

    /** A long interval must not keep a short one waiting. */
    @Test
    @Requirement("APP-1")
    void shorterIntervalCountsFromNowOn() throws IOException {
        serveFromThePrimary();
        protocol.calls.clear();

        pair.reconfigure(withInterval(500));
        awaitCall("settings HOT");
        advance(500);

        awaitCall("link0 probe 1000");
    }

    private static PairConfig passingThrough() {
        PairConfig pair = Fixtures.pair();
        return new PairConfig(
                pair.settings(),
                pair.members(),
                pair.originalName(),
                pair.monitoring(),
                pair.maximumEvents(),
                WhenDisabled.PRIMARY);
    }

    private static PairConfig withInterval(long ms) {
        PairConfig pair = Fixtures.pair();
        PairSettings s = pair.settings();
        return PairConfig.of(
                new PairSettings(
                        s.name(),
                        s.members(),
                        s.mode(),
                        s.failback(),
                        Duration.ofMillis(ms),
                        s.pingTimeout(),
                        s.holdTimeout(),
                        s.failbackDwell()),
                pair.members());
    }

    private void serveFromThePrimary() {
        assertThat(pair.enable("ann")).isEqualTo(new OrderAnswer.Accepted());
        awaitCall("link0 open");
        awaitCall("link1 open");
        link(0).opened(Fixtures.RUNNING);
        link(1).opened(Fixtures.RUNNING);
        awaitCall("rehome e1 0");
        relay().rehomed(1, RehomeReport.EMPTY);
        awaitCall("release e1 0");
        Await.until("serving", SOON, () -> pair.snapshot().phase().equals("serving"));
    }

    private PairHandle startPair() {
        return startPair(Fixtures.pair());
    }

    private PairHandle startPair(PairConfig config) {
        PairHandle started = new PairHandle(
                config,
                protocol,
                new PairHandle.Shared(
                        time,
                        Clock.systemUTC(),
                        time,
                        monitorTime,
                        pauses,
                        disk,
                        folder.resolve("log"),
                        StateFile.read(stateFile()),
                        new RecordListeners()));
        started.start(false);
        return started;
    }

    private void advance(long ms) {
        time.advanceMs(ms);
        monitorTime.advanceMs(ms);
    }

    private Path stateFile() {
        return folder.resolve("state.json");
    }

    private ControlLink.Listener link(int member) {
        return protocol.planes.getLast().links.get(member);
    }

    private RelayListener relay() {
        return protocol.planes.getLast().listener;
    }

    private void awaitCall(String call) {
        Await.until(call + " in " + protocol.calls, SOON, () -> protocol.calls.contains(call));
    }

    private long calls(String call) {
        return List.copyOf(protocol.calls).stream().filter(call::equals).count();
    }

    private long count(RecordKind kind) {
        return pair.records().stream().filter(r -> r.record().kind() == kind).count();
    }
}
