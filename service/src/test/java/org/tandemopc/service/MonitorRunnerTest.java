package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorResult;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.monitor.MonitorValue.Quality;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** From what the links report to the pair's mailbox and records, with time that stands. */
class MonitorRunnerTest {
    private static final MonitorItem DOG = new MonitorItem(
            "ns=2;s=dog",
            MonitorType.DEFAULT,
            Duration.ofSeconds(1),
            new MonitorTrigger.NoChange(Duration.ofSeconds(3)),
            false);
    private static final MonitorItem DEVICE = new MonitorItem(
            "ns=2;s=device", MonitorType.DEFAULT, Duration.ofSeconds(1), new MonitorTrigger.BadQuality(), false);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final PauseDetector pauses = new PauseDetector(time, time);
    private final Mailbox mailbox = new Mailbox();
    private final List<String> calls = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private EventLog log;

    @SuppressWarnings("NullAway.Init")
    private MonitorRunner monitors;

    @BeforeEach
    void twoMembers() {
        log = Fixtures.log(Fixtures.disk(folder));
        PairConfig plain = Fixtures.pair();
        monitors = new MonitorRunner(
                new PairConfig(
                        plain.settings(),
                        plain.members(),
                        plain.originalName(),
                        new Monitoring(1, List.of(DOG)),
                        plain.maximumEvents(),
                        plain.whenDisabled()),
                time,
                time,
                pauses,
                mailbox,
                log);
        monitors.add(new FakeProtocol.FakeLink("link0", calls));
        monitors.add(new FakeProtocol.FakeLink("link1", calls));
        pauses.subscribe(200_000_000L, monitors::paused);
        pauses.start();
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private void report(int member, long revision, MonitorReport... reports) {
        monitors.reported(member, revision, List.of(reports));
    }

    private void value(int member, long revision, int number) {
        report(member, revision, new MonitorReport.Value(0, MonitorValue.of(Quality.GOOD, BigInteger.valueOf(number))));
    }

    private void connectAlive(int member) {
        monitors.opened(member);
        report(member, 0, new MonitorReport.Added(0, Duration.ofSeconds(1)));
        value(member, 0, 1);
        value(member, 0, 2);
    }

    private List<Boolean> results(int member) {
        return Fixtures.drain(mailbox).stream()
                .map(PairEvent.MonitorTestChanged.class::cast)
                .filter(e -> e.member() == member)
                .map(PairEvent.MonitorTestChanged::passed)
                .toList();
    }

    private long count(RecordKind kind) {
        return log.newest().stream().filter(r -> r.record().kind() == kind).count();
    }

    @Test
    @Requirement("MON-3")
    void bothLinksAreToldToMonitorAndEachMemberIsTestedByItself() {
        assertThat(calls).containsExactly("link0 monitor r0 ns=2;s=dog", "link1 monitor r0 ns=2;s=dog");

        connectAlive(0);
        connectAlive(1);
        time.advanceMs(2_000);
        value(1, 0, 3);
        time.advanceMs(1_001);

        assertThat(monitors.snapshot(0).result()).isEqualTo(MonitorResult.FAILED);
        assertThat(monitors.snapshot(1).result()).isEqualTo(MonitorResult.PASSED);
        assertThat(results(0)).containsExactly(true, false);
    }

    @Test
    @Requirement("MON-18")
    void theTimeIsNoticedWithoutAReport() {
        connectAlive(0);

        time.advanceMs(2_999);
        assertThat(results(0)).containsExactly(true);
        time.advanceMs(1);

        assertThat(results(0)).containsExactly(false);
    }

    @Test
    @Requirement({"EVT-ADD-P", "MON-16"})
    void aRefusedItemIsRecordedOnceForEachConnection() {
        monitors.opened(0);
        report(0, 0, new MonitorReport.Refused(0, 0x80340000L));
        report(0, 0, new MonitorReport.Refused(0, 0x80340000L));
        time.advanceMs(1);
        assertThat(count(RecordKind.MONITOR_NOT_ADDED)).isEqualTo(1);
        assertThat(results(0)).containsExactly(false);

        monitors.closed(0);
        monitors.opened(0);
        report(0, 0, new MonitorReport.Refused(0, 0x80340000L));
        time.advanceMs(1);

        assertThat(count(RecordKind.MONITOR_NOT_ADDED)).isEqualTo(2);
        assertThat(results(0)).containsExactly(false);
    }

    /** A pause of ours: the values wait in the socket, and the time ends first. */
    @Test
    @Requirement("S35")
    void whatWasNotHeardDuringAPauseOfOurOwnIsNoError() {
        connectAlive(0);
        time.advanceMs(1_000);

        time.pauseMs(60_000);
        time.advanceMs(500);
        value(0, 0, 3);
        time.advanceMs(2_000);

        assertThat(results(0)).containsExactly(true);
    }

    @Test
    @Requirement("S8")
    void whatAnEarlierConnectionBroughtIsNotHandedOn() {
        connectAlive(0);
        report(0, 0, new MonitorReport.Refused(0, 1));

        monitors.closed(0);
        monitors.opened(0);
        time.advanceMs(1);

        assertThat(results(0)).isEmpty();
        assertThat(monitors.snapshot(0).result()).isEqualTo(MonitorResult.UNTESTED);
    }

    @Test
    @Requirement("MON-20")
    void otherItemsReplaceTheOnesBeforeAndLateReportsOfThoseAreNotHeard() {
        connectAlive(0);
        time.advanceMs(1);

        monitors.monitor(new Monitoring(1, List.of(DEVICE)));
        report(0, 0, new MonitorReport.Value(0, MonitorValue.of(Quality.BAD, null)));
        report(0, 1, new MonitorReport.Added(0, Duration.ofSeconds(1)));
        value(0, 1, 1);
        time.advanceMs(10_000);

        assertThat(calls).endsWith("link0 monitor r1 ns=2;s=device", "link1 monitor r1 ns=2;s=device");
        assertThat(results(0)).containsExactly(true);
        monitors.monitor(new Monitoring(1, List.of(DEVICE)));
        assertThat(calls).hasSize(4);
    }

    /** The pair forgets the result when the last item goes: a late one would never be taken back. */
    @Test
    @Requirement({"MON-20", "GAP-8"})
    void whatItemsShowedThatAreAllGoneIsNotHandedOn() {
        connectAlive(0);
        report(0, 0, new MonitorReport.Refused(0, 1));

        monitors.monitor(Monitoring.NONE);
        time.advanceMs(60_000);

        assertThat(results(0)).isEmpty();
        assertThat(count(RecordKind.MONITOR_NOT_ADDED)).isZero();
        assertThat(monitors.snapshot(0).result()).isEqualTo(MonitorResult.UNTESTED);
    }

    @Test
    @Requirement("MON-15")
    void theSnapshotHasTheMeasuredRateAndTheProposal() {
        connectAlive(0);
        for (int i = 0; i < 6; i++) {
            time.advanceMs(1_500);
            value(0, 0, 10 + i);
        }
        time.advanceMs(1);

        assertThat(monitors.snapshot(0).items().getFirst().rateMs()).isEqualTo(1_000);
        assertThat(monitors.snapshot(0).items().getFirst().slowestMs()).isEqualTo(1_500);
        assertThat(monitors.snapshot(0).items().getFirst().proposedTimeMs()).isEqualTo(3_000);
    }

    private static List<MonitorReport> values(int count) {
        return IntStream.range(0, count)
                .<MonitorReport>mapToObj(
                        number -> new MonitorReport.Value(0, MonitorValue.of(Quality.GOOD, BigInteger.valueOf(number))))
                .toList();
    }

    /** It is reports that take memory and time, not messages: a member decides how many are in one. */
    @Test
    @Requirement("I9")
    void ofReportsInLargeMessagesTheOldestGoToo() {
        connectAlive(0);

        for (int i = 0; i < 1_000; i++) {
            monitors.reported(0, 0, values(100));
        }

        assertThat(monitors.dropped())
                .isBetween(100_003L - MonitorRunner.WAITING_MAX, 100_003L - MonitorRunner.WAITING_MAX + 100);
    }

    /** The last value of an item is what it is; the others of the same message were over when they came. */
    @Test
    @Requirement("I9")
    void ofAMessageThatIsLargerThanTheBoxTheLastValueOfEachItemStays() {
        monitors.monitor(new Monitoring(1, List.of(DEVICE)));
        monitors.opened(0);
        report(0, 1, new MonitorReport.Added(0, Duration.ofSeconds(1)));
        value(0, 1, 1);
        time.advanceMs(1);
        List<MonitorReport> flood = new ArrayList<>(values(400_000));
        flood.add(new MonitorReport.Value(0, MonitorValue.of(Quality.BAD, null)));

        monitors.reported(0, 1, flood);
        time.advanceMs(1);

        assertThat(monitors.dropped()).isEqualTo(400_000);
        assertThat(results(0)).containsExactly(true, false);
    }

    /** I9: whoever reports is not held up, and nothing grows, when the work does not get done. */
    @Test
    @Requirement("I9")
    void ofReportsThatWaitTooLongTheOldestGo() {
        connectAlive(0);

        for (int i = 0; i < 10_000; i++) {
            value(0, 0, i);
        }

        assertThat(monitors.dropped()).isEqualTo(10_000 + 4 - MonitorRunner.WAITING_MAX);
        time.advanceMs(1);
        assertThat(monitors.snapshot(0).items()).hasSize(1);
    }
}
