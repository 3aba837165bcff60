package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

/** A thousand deaths and returns of members later, a pair holds what it held before. */
class LongLifeTest {
    private static final int DEATHS = 1_000;
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final PauseDetector pauses = new PauseDetector(time, time);
    private final FakeProtocol protocol = new FakeProtocol();
    private final DiskWriter disk = new DiskWriter();

    @SuppressWarnings("NullAway.Init")
    private PairHandle pair;

    @BeforeEach
    void start() {
        pauses.start();
        pair = new PairHandle(
                Fixtures.pair(),
                protocol,
                new PairHandle.Shared(
                        time,
                        Clock.systemUTC(),
                        time,
                        time,
                        pauses,
                        disk,
                        folder.resolve("log"),
                        StateFile.read(folder.resolve("state.json")),
                        new RecordListeners()));
        pair.start(true);
    }

    @AfterEach
    void stop() {
        pair.endStop();
        disk.close();
    }

    @Test
    @Requirement({"I9", "I11", "I12", "M6"})
    void timersRecordsAndFilesAreAsManyAsAtTheBeginning() throws IOException {
        serve();
        die(20);
        int timers = time.tasks();
        die(DEATHS - 20);

        assertThat(time.tasks()).as("timers").isLessThanOrEqualTo(timers);
        assertThat(pair.records()).hasSizeLessThanOrEqualTo(PairConfig.EVENTS_DEFAULT);
        assertThat(pair.records().stream().filter(r -> r.record().kind() == RecordKind.PROMOTED))
                .as("one record explains each switch")
                .hasSize(DEATHS);
        Path log = folder.resolve("log/plant1");
        Await.until("the writer has made its folder", SOON, () -> Files.isDirectory(log));
        try (Stream<Path> files = Files.list(log)) {
            assertThat(files).hasSizeLessThanOrEqualTo(16);
        }
        assertThat(pair.snapshot().lostOnDisk()).isZero();
    }

    private void serve() {
        awaitCall("link0 open");
        awaitCall("link1 open");
        link(0).opened(Fixtures.RUNNING);
        awaitCall("rehome e1 0");
        relay().rehomed(1, RehomeReport.EMPTY);
        link(1).opened(Fixtures.RUNNING);
        Await.until("both connected", SOON, () -> isConnected(0) && isConnected(1));
    }

    /** The active member dies, the other one takes over, the dead one comes back in its time. */
    private void die(int times) {
        for (int i = 0; i < times; i++) {
            PairSnapshot before = pair.snapshot();
            int dead = before.active();
            int heir = 1 - dead;
            protocol.calls.clear();
            link(dead).lost(LossCause.CONNECTION_CLOSED, 0x80AE0000L, "reset");
            long epoch = before.epoch() + 1;
            awaitCall("rehome e" + epoch + " " + heir);
            relay().rehomed(epoch, RehomeReport.EMPTY);
            Await.until(
                    "served by " + heir,
                    SOON,
                    () -> pair.snapshot().active() == heir
                            && pair.snapshot().phase().equals("serving"));
            Await.until("connected anew", SOON, () -> {
                time.advanceMs(1_000);
                return protocol.calls.contains("link" + dead + " open");
            });
            link(dead).opened(Fixtures.RUNNING);
            Await.until("back", SOON, () -> isConnected(dead));
        }
    }

    private boolean isConnected(int member) {
        return pair.snapshot().members().get(member).isConnected();
    }

    private ControlLink.Listener link(int member) {
        return protocol.planes.getFirst().links.get(member);
    }

    private RelayListener relay() {
        return protocol.planes.getFirst().listener;
    }

    private void awaitCall(String call) {
        Await.until(call + " in " + protocol.calls, SOON, () -> protocol.calls.contains(call));
    }
}
