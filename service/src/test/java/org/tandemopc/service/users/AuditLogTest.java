package org.tandemopc.service.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private AuditLog open() throws IOException {
        return AuditLog.open(folder, Clock.systemUTC());
    }

    @Test
    void entriesAreOnTheDiskForTheOwnerOnlyWhenAddReturnsAndOutliveTheProcess() throws IOException {
        try (AuditLog log = open()) {
            log.add("anna", "10.0.0.1", "switch", "plant1", "member 1", "done");
            Path file = folder.resolve("audit-000001.jsonl");
            assertThat(Files.readString(file))
                    .contains("\"user\":\"anna\"", "\"address\":\"10.0.0.1\"", "\"action\":\"switch\"")
                    .endsWith("\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        try (AuditLog log = open()) {
            log.add("ben", "10.0.0.2", "pin", "plant1", "", "refused");

            List<AuditEntry> page = log.page(10, Long.MAX_VALUE);
            assertThat(page).extracting(AuditEntry::number).containsExactly(2L, 1L);
            assertThat(page.getLast().target()).isEqualTo("plant1");
            assertThat(log.page(10, 2))
                    .singleElement()
                    .extracting(AuditEntry::user)
                    .isEqualTo("anna");
        }
    }

    @Test
    void halfALineOfAKilledProcessSpoilsNoOther() throws IOException {
        try (AuditLog log = open()) {
            log.add("anna", "10.0.0.1", "switch", "plant1", "", "done");
        }
        Files.writeString(folder.resolve("audit-000001.jsonl"), "{\"number\":2,\"at\":\"20", StandardOpenOption.APPEND);
        try (AuditLog log = open()) {
            log.add("ben", "10.0.0.2", "pin", "plant1", "", "done");
        }
        try (AuditLog log = open()) {
            assertThat(log.page(10, Long.MAX_VALUE))
                    .extracting(AuditEntry::user)
                    .containsExactly("ben", "anna");
        }
    }

    @Test
    void filesAreBoundedAndOlderOnesArePaged() throws IOException {
        String text = "x".repeat(AuditLog.TEXT_MAX);
        String line = "{\"number\":%d,\"at\":\"2026-01-01T00:00:00Z\",\"user\":\"anna\",\"detail\":\"" + text + "\"}\n";
        int full = AuditLog.FILE_BYTES_MAX / (line.length() - 1) + 1;
        int few = 100;
        long number = 0;
        for (int file = 1; file <= AuditLog.FILES_MAX; file++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < (file == AuditLog.FILES_MAX ? full : few); i++) {
                number++;
                lines.append(line.formatted(number));
            }
            Files.writeString(folder.resolve("audit-%06d.jsonl".formatted(file)), lines);
        }
        try (AuditLog log = open()) {
            log.add("ben", "10.0.0.2", "pin", "plant1", "", "done");

            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.map(f -> f.getFileName().toString()))
                        .hasSize(AuditLog.FILES_MAX)
                        .doesNotContain("audit-000001.jsonl")
                        .contains("audit-000017.jsonl");
            }
            assertThat(log.page(3, Long.MAX_VALUE))
                    .extracting(AuditEntry::number)
                    .startsWith(number + 1, number);
            long old = number - full - few + 2; // the second one of the file before
            assertThat(log.page(3, old)).extracting(AuditEntry::number).containsExactly(old - 1, old - 2, old - 3);
        }
    }

    @Test
    void textsOfOthersAreCutAndCannotForgeALineOrMoveACursor() throws IOException {
        try (AuditLog log = open()) {
            log.add("a\n{\"number\":9}\u001b[31m\u202e" + "x".repeat(5_000), "10.0.0.1", "login", "", "", "wrong");

            AuditEntry entry = log.page(1, Long.MAX_VALUE).getFirst();
            assertThat(entry.user()).hasSizeLessThan(AuditLog.TEXT_MAX + 10).doesNotContain("\n", "\u001b", "\u202e");
            assertThat(Files.readAllLines(folder.resolve("audit-000001.jsonl"))).hasSize(1);
        }
    }

    /** Nobody is held, nobody's deed is lost, and none is there twice or half once there is room again. */
    @Test
    @Timeout(60)
    void whatAFullDiskDidNotTakeIsWrittenOnceThereIsRoom() throws Exception {
        try (FullDisk disk = FullDisk.at(folder.resolve("small"))) {
            try (AuditLog log = AuditLog.open(disk.folder(), Clock.systemUTC())) {
                log.add("anna", "10.0.0.1", "switch", "plant1", "", "done");
                disk.fill("audit-000001.jsonl");
                long start = System.nanoTime();
                for (int i = 2; i <= 100; i++) {
                    log.add("ben", "10.0.0.2", "pin", "plant" + i, "x".repeat(200), "done");
                }

                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
                assertThat(log.page(1_000, Long.MAX_VALUE)).as("shown").hasSize(100);
                assertThat(numbers(disk.folder()))
                        .as("control: not all of it fits")
                        .hasSizeLessThan(100);

                disk.makeRoom();
                Await.until(
                        "all is written",
                        Duration.ofSeconds(20),
                        () -> numbers(disk.folder()).size() >= 100);
            }
            assertThat(numbers(disk.folder()))
                    .isEqualTo(LongStream.rangeClosed(1, 100).boxed().toList());
            try (AuditLog log = AuditLog.open(disk.folder(), Clock.systemUTC())) {
                assertThat(log.page(1_000, Long.MAX_VALUE)).hasSize(100);
            }
        }
    }

    /** Of the lines of the first file, which must all be whole. */
    private static List<Long> numbers(Path folder) {
        try {
            Path file = folder.resolve("audit-000001.jsonl");
            if (Files.size(file) == 0) {
                return List.of();
            }
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isEmpty())
                    .map(line -> new JsonMapper().readTree(line).path("number").asLong())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A full or lost disk holds nobody, and what was done is still shown. */
    @Test
    void entryThatCannotBeWrittenIsStillInMemory() throws IOException {
        try (AuditLog log = open()) {
            Files.createDirectory(folder.resolve("audit-000001.jsonl"));

            log.add("anna", "10.0.0.1", "switch", "plant1", "", "done");

            assertThat(log.page(1, Long.MAX_VALUE)).hasSize(1);
        }
    }
}
