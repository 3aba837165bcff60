package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.RecordExport;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;

/** Records as files, page by page, and their reset. */
@Timeout(60)
class RecordFileRoutesTest {
    private static final String RECORDS = "/api/v1/pairs/plant1/records";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        service = new RunningService(folder);
        for (int i = 0; i < 450; i++) {
            record(RecordKind.GAP, "gap " + i, "HMI" + i % 3);
        }
        record(RecordKind.CONNECT_FAILED, "failed", "=cmd|' /C calc'!A0");
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private void record(RecordKind kind, String text, String client) {
        service.protocol.planes.getFirst().listener.record(new PairRecord(kind, text, client, Map.of("n", 1)));
    }

    private static String unchunked(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        StringBuilder text = new StringBuilder();
        byte[] all = answer.body().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int at = 0;
        while (at < all.length) {
            int end = at;
            while (all[end] != '\r') {
                end++;
            }
            int length =
                    Integer.parseInt(new String(all, at, end - at, java.nio.charset.StandardCharsets.US_ASCII), 16);
            text.append(new String(all, end + 2, length, java.nio.charset.StandardCharsets.UTF_8));
            at = end + 2 + length + 2;
        }
        return text.toString();
    }

    @Test
    @Requirement("DIA-4")
    void fileHoldsWhatTheViewShows() throws IOException {
        List<LoggedRecord> records = service.pair().records();
        ZoneId zone = ZoneId.systemDefault();

        Answer text = service.get(RECORDS + "/export?format=text");
        assertThat(unchunked(text)).isEqualTo(RecordExport.text(records, zone));
        assertThat(text.head())
                .containsIgnoringCase("content-disposition: attachment; filename=\"plant1-records.txt\"");
        assertThat(unchunked(service.get(RECORDS + "/export?format=csv"))).isEqualTo(RecordExport.csv(records, zone));
        assertThat(unchunked(service.get(RECORDS + "/export?format=json"))).isEqualTo(RecordExport.jsonLines(records));
    }

    /** What a client calls itself must not run where a spreadsheet opens the file. */
    @Test
    void cellThatBeginsLikeAFormulaIsAText() throws IOException {
        assertThat(unchunked(service.get(RECORDS + "/export?format=csv&severity=error")))
                .contains(",'=cmd|")
                .doesNotContain(",=cmd");
    }

    @Test
    void fileIsFilteredLikeTheView() throws IOException {
        assertThat(unchunked(service.get(RECORDS + "/export?format=json&text=gap%207"))
                        .lines())
                .hasSize(11);
        assertThat(service.get(RECORDS + "/export?format=xlsx").status()).isEqualTo(400);
        assertThat(service.get(RECORDS + "/export?limit=1").status()).isEqualTo(400);
        assertThat(service.get("/api/v1/pairs/plant9/records/export").status()).isEqualTo(404);
    }

    @Test
    void recordsAreLeafedBackPageByPage() throws IOException {
        List<Long> numbers = new ArrayList<>();
        String before = "";
        boolean hasMore = true;
        while (hasMore) {
            JsonNode page = service.get(RECORDS + "?limit=100" + before).json();
            List<Long> some = page.path("records").values().stream()
                    .map(record -> record.path("number").asLong())
                    .toList();
            numbers.addAll(0, some);
            before = "&before=" + some.getFirst();
            hasMore = page.path("more").asBoolean();
        }

        assertThat(numbers)
                .isEqualTo(service.pair().records().stream()
                        .map(LoggedRecord::number)
                        .toList());
    }

    @Test
    void timesAreFromAndToOrSinceAndUntil() throws IOException {
        assertThat(service.get(RECORDS + "?to=2020-01-01T00:00:00Z")
                        .json()
                        .path("records")
                        .size())
                .isZero();
        assertThat(service.get(RECORDS + "?from=2020-01-01T00:00:00Z&limit=1000")
                        .json()
                        .path("records")
                        .size())
                .isGreaterThan(450);
        assertThat(service.get(RECORDS + "?from=2020-01-01T00:00:00Z&since=2020-01-01T00:00:00Z")
                        .status())
                .isEqualTo(400);
    }

    @Test
    @Requirement("DIA-5")
    void resetEmptiesTheViewAndTheDisk() throws IOException {
        Path records = service.pair().recordsFolder();
        Await.until(
                "the records are on the disk",
                RunningService.SOON,
                () -> onDisk(records).contains("gap 449"));

        assertThat(service.post(RECORDS + "/reset", "{\"by\":\"ann\"}").status())
                .isEqualTo(200);

        assertThat(service.get(RECORDS).json().path("records").size()).isZero();
        Await.until(
                "the disk is empty", RunningService.SOON, () -> !onDisk(records).contains("gap"));
        assertThat(service.post("/api/v1/pairs/plant9/records/reset", "").status())
                .isEqualTo(404);
    }

    /** What the files hold; the writer makes the folder and takes files away while this looks. */
    private static String onDisk(Path records) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(records)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("records-"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        } catch (NoSuchFileException e) {
            return all.toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return all.toString();
    }
}
