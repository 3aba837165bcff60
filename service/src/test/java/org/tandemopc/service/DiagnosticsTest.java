package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairMachine;
import org.tandemopc.core.pair.PairState;
import org.tandemopc.core.pair.Step;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;

class DiagnosticsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void recordIsOnTheDiskAsOneLineOfJson() throws IOException {
        SegmentLog disk = Fixtures.disk(folder);
        try (EventLog log = Fixtures.log(disk)) {
            log.add(Fixtures.note("Promoted \"x\""));
            disk.drain(true);
        }

        assertThat(lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("\"text\":\"Promoted \\\"x\\\"\"", "\"pair\":\"plant1\"", "\"number\":1"));
    }

    @Test
    @Requirement("I9")
    void memoryKeepsTheNewestFiveThousandRecords() {
        try (EventLog log = Fixtures.log(Fixtures.disk(folder))) {
            for (int i = 1; i <= 5100; i++) {
                log.add(Fixtures.note("n" + i));
            }

            assertThat(log.newest()).hasSize(5000);
            assertThat(log.newest().getFirst().number()).isEqualTo(101);
        }
    }

    @Test
    @Requirement("I9")
    void oldestFileGoesWhenTheLastOneIsFull() throws IOException {
        SegmentLog disk = new SegmentLog(folder, new SegmentLog.Limits("records", 100, 3, 5000), _ -> {}, () -> {});
        for (int i = 0; i < 50; i++) {
            String line = "line-%04d-%s".formatted(i, "x".repeat(40));
            disk.append(() -> line, false);
            disk.drain(false);
        }
        disk.close();

        assertThat(files()).hasSize(3);
        assertThat(lines()).last().asString().startsWith("line-0049");
    }

    /** Case S23: a disk that fails is told once; nobody waits for it; it is used again when it works again. */
    @Test
    @Requirement("S23")
    void diskThatFailsIsToldOnceAndUsedAgainWhenItWorks() throws IOException {
        Path notAFolder = folder.resolve("log");
        Files.writeString(notAFolder, "in the way");
        List<String> troubles = new ArrayList<>();
        SegmentLog disk =
                new SegmentLog(notAFolder, new SegmentLog.Limits("records", 1 << 20, 3, 5000), troubles::add, () -> {});

        disk.append(() -> "one", false);
        disk.drain(false);
        disk.append(() -> "two", false);
        disk.drain(false);
        Files.delete(notAFolder);
        disk.append(() -> "three", false);
        disk.drain(false);
        disk.close();

        assertThat(troubles).hasSize(1);
        assertThat(disk.lost()).isEqualTo(2);
        assertThat(Files.readAllLines(notAFolder.resolve("records-000001.jsonl")))
                .containsExactly("{\"lost\":2}", "three");
    }

    @Test
    void lineThatCannotBeMadeCostsNoOther() throws IOException {
        SegmentLog disk = Fixtures.disk(folder);
        disk.append(() -> "one", false);
        disk.append(
                () -> {
                    throw new IllegalStateException("planted");
                },
                false);
        disk.append(() -> "three", false);
        disk.close();

        assertThat(lines()).containsExactly("one", "three");
    }

    @Test
    @Requirement({"S23", "I9"})
    void diskThatHangsCostsLinesButNoMemory() {
        SegmentLog disk = new SegmentLog(folder, new SegmentLog.Limits("records", 1 << 20, 3, 10), _ -> {}, () -> {});

        for (int i = 0; i < 25; i++) {
            disk.append(() -> "x", false);
        }

        assertThat(disk.lost()).isEqualTo(15);
    }

    @Test
    void listenerThatHangsDelaysNobodyAndMissesTheOldest() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<Long> heard = new CopyOnWriteArrayList<>();
        try (EventLog log = Fixtures.log(Fixtures.disk(folder));
                AutoCloseable _ = log.listen(r -> {
                    awaitQuietly(release);
                    heard.add(r.number());
                })) {
            for (int i = 0; i < 3000; i++) {
                log.add(Fixtures.note("n"));
            }
            release.countDown();

            Await.until("the newest is heard", Duration.ofSeconds(20), () -> heard.contains(3000L));
            assertThat(heard).hasSizeLessThan(1100);
        }
    }

    /** An incident can be replayed: from a checkpoint on, the events of the file lead to the states of the file. */
    @Test
    void journalReplaysToTheSameStates() throws IOException {
        SegmentLog disk = Fixtures.disk(folder);
        PairJournal journal = new PairJournal(disk);
        PairState state = PairMachine.initial(Fixtures.SETTINGS);
        List<PairEvent> events = List.of(
                new PairEvent.EnableRequested(1, "ann"),
                new PairEvent.LinkOpened(2, 0, Fixtures.RUNNING),
                new PairEvent.LinkOpened(3, 1, Fixtures.RUNNING),
                new PairEvent.MemberSynchronized(4, 1),
                new PairEvent.SettingsChanged(5, Fixtures.SETTINGS),
                new PairEvent.ProbeTimedOut(6, 0, Long.MAX_VALUE),
                new PairEvent.DisableRequested(7, "ann"));
        for (PairEvent event : events) {
            Step step = PairMachine.next(state, event);
            journal.add(state, event, step.effects(), step.state());
            state = step.state();
        }
        disk.close();

        List<String> lines = lines();
        PairState replayed = JsonLines.readCheckpoint(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            replayed = PairMachine.next(replayed, JsonLines.readEvent(line)).state();
            assertThat(line).contains("\"state\":\"" + JsonLines.hash(replayed) + "\"");
        }
        assertThat(lines).hasSize(events.size() + 1);
        assertThat(replayed).isEqualTo(state);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.addAll(Files.readAllLines(file));
        }
        return lines;
    }
}
