package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

class RecordExportTest {
    private static final Instant AT = Instant.parse("2026-01-02T10:10:25.202Z");

    private static LoggedRecord logged(long number, RecordKind kind, String text, String client, Object... fields) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            map.put((String) fields[i], fields[i + 1]);
        }
        return new LoggedRecord(number, AT.plusMillis(number), "Boiler", new PairRecord(kind, text, client, map));
    }

    @Test
    @Requirement({"DIA-1", "DIA-2"})
    void textHasTheManualsFourColumns() {
        String text = RecordExport.text(
                List.of(
                        logged(1, RecordKind.CONNECTED, "Connected.", "tandem"),
                        logged(2, RecordKind.GAP, "Missed.", "HMI 3 (10.0.0.7)")),
                ZoneOffset.UTC);

        assertThat(text).isEqualTo("""
                        2026-01-02  10:10:25.203  tandem            Connected.
                        2026-01-02  10:10:25.204  HMI 3 (10.0.0.7)  Missed.
                        """);
    }

    @Test
    void timesAreThoseOfTheReadersZone() {
        List<LoggedRecord> records = List.of(logged(1, RecordKind.CONNECTED, "x", "tandem"));

        assertThat(RecordExport.text(records, ZoneId.of("Asia/Tokyo"))).startsWith("2026-01-02  19:10:25.203");
        assertThat(RecordExport.text(records, ZoneId.of("Pacific/Honolulu"))).startsWith("2026-01-02  00:10:25.203");
    }

    @Test
    @Requirement("DIA-9")
    void csvHasAHeadingSeverityKindAndDetails() {
        String csv = RecordExport.csv(
                List.of(logged(
                        3,
                        RecordKind.PROMOTED,
                        "Promoted \"a\", at last.",
                        "tandem",
                        "cause",
                        "NO_ANSWER",
                        "epoch",
                        2L)),
                ZoneOffset.UTC);

        assertThat(csv)
                .isEqualTo("Date,Time,Pair,Number,Severity,Kind,Client,Event,Details\r\n"
                        + "2026-01-02,10:10:25.205,Boiler,3,Informational,PROMOTED,tandem,\"Promoted \"\"a\"\", at last.\","
                        + "cause=NO_ANSWER; epoch=2\r\n");
    }

    /** A client may call its session as it likes; an engineer opens the file in a spreadsheet. */
    @ParameterizedTest
    @Requirement("DIA-4")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "=HYPERLINK(1) | '=HYPERLINK(1)",
                "+1 | '+1",
                "-2+3 | '-2+3",
                "@SUM(A1) | '@SUM(A1)",
                "` =1` | `' =1`",
                "=1,2 | \"'=1,2\"",
                "plain | plain",
                "a=b | a=b",
                "`` | ``"
            })
    void cellIsNeverAFormula(String text, String cell) {
        assertThat(RecordExport.cell(text)).isEqualTo(cell);
    }

    @Test
    void nameThatHoldsALineOrTurnsTheWritingIsShownWithItsCodes() {
        List<LoggedRecord> records = List.of(
                logged(1, RecordKind.GAP, "Missed.", "a\n2026-01-02  10:10:25.999  tandem  Forged. \u202Eevil (::1)"));

        assertThat(RecordExport.text(records, ZoneOffset.UTC).lines())
                .singleElement()
                .asString()
                .contains("a\\u000A2026", "\\u202Eevil");
        assertThat(RecordExport.csv(records, ZoneOffset.UTC).lines()).hasSize(2);
        assertThat(RecordExport.csv(records, ZoneOffset.UTC)).contains("a\\u000A2026", "\\u202Eevil");
        assertThat(RecordExport.jsonLines(records).lines()).hasSize(1);
    }

    @Test
    void jsonLinesAreReadBackAsTheSameRecords() {
        List<LoggedRecord> records = List.of(
                logged(1, RecordKind.CONNECTED, "x\n\"y\" \u202E", "tandem", "member", 0),
                logged(2, RecordKind.PROMOTED, "y", "c (1)", "epoch", 5_000_000_000L, "by", "", "late", true));

        assertThat(RecordExport.jsonLines(records)
                        .lines()
                        .map(JsonLines::readRecord)
                        .toList())
                .isEqualTo(records);
    }
}
