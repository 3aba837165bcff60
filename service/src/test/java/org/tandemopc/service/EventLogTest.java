package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** What of a pair's records is there after what happens to processes, disks and folders. */
class EventLogTest {
    private static final int LEAST = 1_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<EventLog> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private SegmentLog disk;

    @SuppressWarnings("NullAway.Init")
    private EventLog log;

    @BeforeEach
    void start() {
        log = start(LEAST);
    }

    @AfterEach
    void close() {
        open.forEach(EventLog::close);
    }

    // ---- restarts

    /** Nothing is closed before: the process was killed, or the machine lost its power after the last force. */
    @Test
    @Requirement({"DIA-6", "DIA-8", "S21"})
    void recordsAreTheSameAfterAKillAndTheNumbersGoOn() {
        addAndDrain(1_100);
        List<LoggedRecord> before = log.newest();

        log = start(LEAST);

        assertThat(log.newest()).isEqualTo(before).hasSize(1_000);
        assertThat(log.newest().getFirst().number()).isEqualTo(101);
        log.add(note("next"));
        assertThat(log.newest().getLast().number()).isEqualTo(1_101);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 5_000, 30_000})
    @Requirement({"DIA-7", "DIA-8", "I9"})
    void oldestGoesWhenThereIsOneTooMany(int maximumEvents) throws IOException {
        log = start(maximumEvents);
        addAndDrain(maximumEvents + 1);

        assertThat(numbers()).hasSize(maximumEvents).startsWith(2L).endsWith(maximumEvents + 1L);
        log = start(maximumEvents);
        assertThat(numbers()).hasSize(maximumEvents).startsWith(2L).endsWith(maximumEvents + 1L);
        addAndDrain(maximumEvents);
        assertThat(linesOnDisk())
                .as("the disk is bounded as well")
                .isBetween((long) maximumEvents, maximumEvents + maximumEvents / 4L);
    }

    @Test
    @Requirement({"DIA-7", "DIA-8"})
    void otherMaximumTakesEffectAtOnce() {
        log = start(3_000);
        addAndDrain(2_500);

        log.keepNewest(1_000);
        assertThat(numbers()).hasSize(1_000).startsWith(1_501L);
        addAndDrain(500);
        log = start(1_000);
        assertThat(numbers()).hasSize(1_000).startsWith(2_001L).endsWith(3_000L);

        log.keepNewest(2_000);
        addAndDrain(1_500);
        assertThat(numbers()).hasSize(2_000).startsWith(2_501L);
        log = start(2_000);
        assertThat(numbers()).hasSize(2_000).startsWith(2_501L).endsWith(4_500L);
    }

    @Test
    @Requirement({"S21", "I9"})
    void manyRestartsLeaveFewFiles() throws IOException {
        for (int i = 0; i < 100; i++) {
            log = start(LEAST);
            addAndDrain(3);
        }

        assertThat(numbers()).hasSize(300);
        assertThat(files()).hasSize(3);
    }

    @Test
    @Requirement("S21")
    void recordThatWasHalfWrittenIsLeftOutWithANoteAndHarmsNoOther() throws IOException {
        addAndDrain(5);
        Files.writeString(files().getLast(), "{\"at\":\"2026-01-0", StandardOpenOption.APPEND);

        log = start(LEAST);
        addAndDrain(2);

        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(log.newest().get(5).record().text()).contains("1 were not written completely");
        log = start(LEAST);
        assertThat(numbers()).as("the half line is gone").hasSize(8);
    }

    /** After a loss of power there may be anything in the blocks that were not forced. */
    @Test
    @Requirement("S21")
    void lineOfRubbishIsLeftOutWithANote() throws IOException {
        addAndDrain(5);
        Files.write(files().getLast(), new byte[] {0, 0, 0, (byte) 0xFF, '\n'}, StandardOpenOption.APPEND);
        Files.writeString(files().getLast(), "{\"at\":17}\n", StandardOpenOption.APPEND);

        log = start(LEAST);

        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(log.newest().getLast().record().text()).contains("2 were not written completely");
    }

    @Test
    void recordsOfAnEarlierTandemAndOfALaterOneAreRead() throws IOException {
        Files.writeString(folder.resolve("records-000007.jsonl"), """
                        {"at":"2026-01-01T10:10:25.202Z","number":7,"pair":"plant1","kind":"CONNECTED","severity":"INFORMATIONAL","text":"old","fields":{"member":0}}
                        {"at":"2030-01-01T00:00:00.000Z","number":8,"pair":"plant1","kind":"NEWER","severity":"ERROR","client":"c","text":"new","fields":{}}
                        """);

        log = start(LEAST);

        assertThat(log.newest())
                .containsExactly(
                        new LoggedRecord(
                                7,
                                Instant.parse("2026-01-01T10:10:25.202Z"),
                                "plant1",
                                new PairRecord(RecordKind.CONNECTED, "old", "tandem", Map.of("member", 0))),
                        new LoggedRecord(
                                8,
                                Instant.parse("2030-01-01T00:00:00Z"),
                                "plant1",
                                new PairRecord(RecordKind.NOTE, "new", "c", Map.of())));
    }

    /** What a kill a moment later must not take with it; everything else may wait for the next second. */
    @ParameterizedTest
    @CsvSource({
        "PROMOTED,, true",
        "STRANDED,, true",
        "ENABLED,, true",
        "DISABLED,, true",
        "OUTCOME_UNKNOWN,, true",
        "CONNECT_FAILED,, true",
        "PINNED, by, true",
        "NOTE, by, true",
        "NOTE, order, true",
        "NOTE,, false",
        "CONNECTED,, false",
        "MONITOR_PASSED,, false"
    })
    @Requirement({"S21", "DIA-6"})
    void whatExplainsAndWhatWasOrderedIsWrittenAtOnce(RecordKind kind, @Nullable String field, boolean atOnce) {
        AtomicInteger wakes = new AtomicInteger();
        EventLog woken = new EventLog(
                "plant1",
                Clock.systemUTC(),
                LEAST,
                _ -> new SegmentLog(folder.resolve("other"), PairHandle.RECORDS, _ -> {}, wakes::incrementAndGet),
                _ -> {});
        open.add(woken);

        woken.add(new PairRecord(kind, "", field == null ? Map.of() : Map.of(field, "ann")));

        assertThat(wakes).hasValue(atOnce ? 1 : 0);
    }

    // ---- trouble

    /** Somebody tidies up: the records go on, are there after a restart, and one line says what happened. */
    @Test
    @Requirement("S23")
    void fileThatIsRemovedIsFollowedByANewOne() throws IOException {
        addAndDrain(3);
        Files.delete(files().getFirst());
        addAndDrain(2);
        addAndDrain(2);

        assertThat(log.newest()).extracting(r -> r.record().kind()).containsOnlyOnce(RecordKind.LOG_LOSS);
        assertThat(numbers()).as("memory has all").hasSize(8);
        log = start(LEAST);
        assertThat(numbers()).containsExactly(4L, 5L, 7L, 8L);
    }

    /** A disk that is full for a day: no attempt may cost an older file, or leave an empty one. */
    @Test
    @Requirement({"S23", "I9"})
    void diskThatFailsForLongCostsNoFileThatIsThereAndIsUsedAgain() throws IOException {
        addAndDrain(450);
        log = start(LEAST);
        List<Path> before = files();
        Path current = before.getLast();
        Path aside = folder.resolve("aside");
        Files.move(current, aside);
        Files.createDirectory(current);

        for (int i = 0; i < 100; i++) {
            addAndDrain(1);
        }
        assertThat(files()).hasSize(4).isEqualTo(before);
        assertThat(log.newest()).extracting(r -> r.record().kind()).containsOnlyOnce(RecordKind.LOG_LOSS);
        assertThat(log.lostOnDisk()).isEqualTo(100);
        Files.delete(current);
        Files.move(aside, current);
        addAndDrain(1);

        log = start(LEAST);
        assertThat(numbers()).hasSize(451).startsWith(1L).endsWith(450L, 552L);
    }

    @Test
    @Requirement("S23")
    void recordsOfEarlierThatCannotBeReadDoNotKeepAPairFromStarting() throws IOException {
        Files.createDirectory(folder.resolve("records-000001.jsonl"));

        log = start(LEAST);
        log.add(note("new"));

        assertThat(log.newest())
                .extracting(r -> r.record().kind())
                .containsExactly(RecordKind.LOG_LOSS, RecordKind.NOTE);
    }

    // ---- reset

    @Test
    @Requirement("DIA-5")
    void resetEmptiesMemoryAndDiskAndPutsTheFilesAside() throws IOException {
        addAndDrain(300);
        log.add(note("waits for the disk"));
        log.reset("ann");
        assertThat(log.newest()).isEmpty();
        disk.drain(true);
        assertThat(files()).isEmpty();
        assertThat(files(folder.resolve("cleared"))).isNotEmpty();

        log = start(LEAST);
        assertThat(log.newest()).isEmpty();
        addAndDrain(2);
        assertThat(numbers())
                .as("nobody who asks for what came after 300 misses these")
                .startsWith(301L);
        log = start(LEAST);
        assertThat(numbers()).hasSize(2);
    }

    @Test
    @Requirement({"DIA-5", "I9"})
    void whatIsPutAsideIsBounded() throws IOException {
        for (int i = 0; i < 50; i++) {
            addAndDrain(1);
            log.reset("ann");
            disk.drain(true);
        }

        assertThat(files(folder.resolve("cleared"))).hasSize(32);
    }

    // ---- what a record is

    @Test
    @Requirement({"DIA-1", "DIA-2", "DIA-9", "GAP-19"})
    void lineHasMillisecondsTheClientAndTheSeverity() throws IOException {
        disk = new SegmentLog(folder, PairHandle.RECORDS, _ -> {}, () -> {});
        Clock clock = Clock.fixed(Instant.parse("2026-01-02T10:10:25.200000999Z"), ZoneOffset.UTC);
        log = new EventLog("plant1", clock, LEAST, _ -> disk, _ -> {});
        open.add(log);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("items", 3);
        fields.put("user", "ann");
        log.add(new PairRecord(RecordKind.GAP, "missed", "HMI 3 (10.0.0.7)", fields));
        log.add(note("plain"));
        disk.drain(true);

        assertThat(Files.readAllLines(files().getLast()))
                .containsExactly(
                        "{\"at\":\"2026-01-02T10:10:25.200Z\",\"number\":1,\"pair\":\"plant1\",\"kind\":\"GAP\","
                                + "\"severity\":\"WARNING\",\"client\":\"HMI 3 (10.0.0.7)\",\"text\":\"missed\","
                                + "\"fields\":{\"items\":3,\"user\":\"ann\"}}",
                        "{\"at\":\"2026-01-02T10:10:25.200Z\",\"number\":2,\"pair\":\"plant1\",\"kind\":\"NOTE\","
                                + "\"severity\":\"INFORMATIONAL\",\"client\":\"tandem\",\"text\":\"plain\","
                                + "\"fields\":{}}");
    }

    /** Servers and clients choose part of the text. */
    @Test
    @Requirement("I9")
    void textsAreBounded() {
        String much = "x".repeat(100_000);
        log.add(new PairRecord(RecordKind.NOTE, much, much, Map.of("detail", much)));

        PairRecord kept = log.newest().getFirst().record();
        assertThat(kept.text()).hasSize(EventLog.TEXT_MAX + 1);
        assertThat(kept.client()).hasSize(EventLog.TEXT_MAX + 1);
        assertThat(kept.fields().get("detail")).asString().hasSize(EventLog.TEXT_MAX + 1);
    }

    @Test
    @Requirement("DIA-6")
    void folderIsAFullyQualifiedPath() {
        assertThat(log.folder()).isAbsolute().isEqualTo(folder.toAbsolutePath());
    }

    // ---- fixtures

    /** A process begins. That the one before has not closed anything is the point. */
    private EventLog start(int maximumEvents) {
        EventLog started = new EventLog(
                "plant1",
                Clock.systemUTC(),
                maximumEvents,
                trouble -> {
                    disk = new SegmentLog(folder, PairHandle.RECORDS, trouble, () -> {});
                    return disk;
                },
                _ -> {});
        open.add(started);
        return started;
    }

    private static PairRecord note(String text) {
        return Fixtures.note(text);
    }

    private void addAndDrain(int count) {
        for (int i = 0; i < count; i++) {
            log.add(note("n" + i));
            if (i % 1_000 == 999) {
                disk.drain(false);
            }
        }
        disk.drain(true);
    }

    private List<Long> numbers() {
        return log.newest().stream().map(LoggedRecord::number).toList();
    }

    private long linesOnDisk() throws IOException {
        long lines = 0;
        for (Path file : files()) {
            lines += Files.readAllLines(file).size();
        }
        return lines;
    }

    private List<Path> files() throws IOException {
        return files(folder);
    }

    private static List<Path> files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(f -> f.toString().endsWith(".jsonl"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
