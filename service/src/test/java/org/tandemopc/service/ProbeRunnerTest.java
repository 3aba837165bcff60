package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.testkit.Requirement;

class ProbeRunnerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final PauseDetector pauses = new PauseDetector(time, time);
    private final ProbeRunner probes = new ProbeRunner(time, time, pauses, Fixtures.SETTINGS);
    private final List<Long> askedAtMs = new ArrayList<>();
    private final List<String> askedOther = new ArrayList<>();
    private final List<Long> timeouts = new ArrayList<>();
    private final List<EventLog> logs = new ArrayList<>();

    @BeforeEach
    void twoMembers() {
        probes.add(new ControlLink() {
            @Override
            public void open() {}

            @Override
            public void close() {}

            @Override
            public void probe(long timeoutMs) {
                askedAtMs.add((time.getAsLong() - 1_000_000_000L) / 1_000_000);
                timeouts.add(timeoutMs);
            }

            @Override
            public void monitor(long revision, List<MonitorItem> items) {}
        });
        probes.add(new FakeProtocol.FakeLink("other", askedOther));
    }

    @AfterEach
    void closeLogs() {
        logs.forEach(EventLog::close);
    }

    private MonitorRunner monitors(Mailbox box) {
        EventLog log = Fixtures.log(Fixtures.disk(folder));
        logs.add(log);
        return Fixtures.monitors(time, time, pauses, box, log);
    }

    @Test
    @Requirement({"GEN-7", "GEN-9"})
    void memberIsAskedOncePerIntervalWhileItsLinkIsOpenAndTheOtherNotAtAll() {
        probes.expect(0);
        probes.start(0);

        time.advanceMs(10_100);
        probes.stop(0);
        time.advanceMs(10_000);

        assertThat(askedAtMs).containsExactly(2500L, 5000L, 7500L, 10_000L);
        assertThat(timeouts).containsOnly(1000L);
        assertThat(askedOther).isEmpty();
    }

    @Test
    void lateReportOfAnOpeningAfterTheOrderToCloseStartsNoQuestions() {
        probes.expect(0);
        probes.forget(0);

        probes.start(0);
        time.advanceMs(10_000);

        assertThat(askedAtMs).isEmpty();
    }

    /** Fifty sessions that fail at once are one suspicion. */
    @Test
    @Requirement("S16")
    void manySuspicionsAtOnceAreOneQuestion() {
        probes.expect(0);
        probes.start(0);

        for (int i = 0; i < 50; i++) {
            probes.suspect(0);
        }
        time.advanceMs(60);
        probes.suspect(0);

        assertThat(askedAtMs).containsExactly(0L, 60L);
    }

    @Test
    void questionsMissedDuringAPauseAreNotMadeUpFor() {
        probes.expect(0);
        probes.start(0);

        time.pauseMs(60_000);
        time.advanceMs(2600);

        assertThat(askedAtMs).containsExactly(60_000L, 62_500L);
    }

    @Test
    @Requirement("S35")
    void pauseOfOurOwnIsInTheMailboxBeforeTheAccusationThatRestsOnIt() {
        Mailbox box = new Mailbox();
        pauses.subscribe(500_000_000L, paused -> box.fact(-1, now -> new PairEvent.OwnPauseNoticed(now, paused)));
        pauses.start();
        LinkEvents link = new LinkEvents(0, box, probes, monitors(box), pauses);
        time.advanceMs(1000);

        time.pauseMs(5000);
        link.timedOut(7);
        time.advanceMs(1000);

        List<PairEvent> events = Fixtures.drain(box);
        assertThat(events).hasSize(2);
        assertThat(events.get(0))
                .isInstanceOfSatisfying(
                        PairEvent.OwnPauseNoticed.class,
                        e -> assertThat(e.pausedNanos()).isBetween(4_900_000_000L, 5_000_000_000L));
        assertThat(events.get(1)).isEqualTo(new PairEvent.ProbeTimedOut(0, 0, 7));
    }

    @Test
    @Requirement("S35")
    void silenceOfAMemberWithoutAPauseOfOurOwnIsJustThat() {
        Mailbox box = new Mailbox();
        pauses.subscribe(500_000_000L, paused -> box.fact(-1, now -> new PairEvent.OwnPauseNoticed(now, paused)));
        pauses.start();
        time.advanceMs(5000);

        new LinkEvents(0, box, probes, monitors(box), pauses).timedOut(7);

        assertThat(Fixtures.drain(box)).containsExactly(new PairEvent.ProbeTimedOut(0, 0, 7));
    }
}
