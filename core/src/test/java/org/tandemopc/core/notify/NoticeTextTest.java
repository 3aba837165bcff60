package org.tandemopc.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

class NoticeTextTest {
    private static final Instant AT = Instant.parse("2026-12-01T00:00:05Z");

    private static Notice notice(long number, String text) {
        return new Notice(number, AT, "plant1", new PairRecord(RecordKind.STRANDED, text, Map.of()));
    }

    @Test
    @Requirement({"NOT-8", "NOT-9"})
    void bodyIsHeaderEventAndFooter() {
        Batch one = Batch.gather(List.of(notice(1, "It happened.")), 0, 50);

        assertThat(NoticeText.body("Hall 3\nfloor 1", one, "Call 112."))
                .isEqualTo("Hall 3\nfloor 1\n2026-12-01 00:00:05.000 UTC  It happened.\nCall 112.\n");
        assertThat(NoticeText.body("", one, "")).isEqualTo("2026-12-01 00:00:05.000 UTC  It happened.\n");
    }

    /** A server may call itself what it likes. */
    @Test
    void textOfOthersStaysOnItsLine() {
        Batch one = Batch.gather(List.of(notice(1, "from 'a\r\n.\r\nQUIT\u001b[2J\u202e'")), 0, 50);

        assertThat(NoticeText.body("", one, "").lines()).hasSize(1);
        assertThat(NoticeText.body("", one, "")).contains("'a\\u000D\\u000A.\\u000D\\u000AQUIT\\u001B[2J\\u202E'");
    }

    @Test
    @Requirement("NOT-14")
    void ofAStormBeginningAndEndAreToldAndTheRestIsCounted() {
        List<Notice> storm =
                LongStream.rangeClosed(1, 100).mapToObj(n -> notice(n, "e" + n)).toList();

        Batch batch = Batch.gather(storm, 5, 4);

        assertThat(batch.first()).extracting(Notice::number).containsExactly(1L, 2L);
        assertThat(batch.last()).extracting(Notice::number).containsExactly(99L, 100L);
        assertThat(batch.omitted()).isEqualTo(101);
        assertThat(batch.size()).isEqualTo(105);
        assertThat(NoticeText.body("", batch, "")
                        .lines()
                        .map(line -> line.replace("2026-12-01 00:00:05.000 UTC  ", "")))
                .containsExactly(
                        "e1", "e2", "101 more events were suppressed; they are in the records.", "e99", "e100");
    }

    @Test
    void whatFitsIsToldWhole() {
        Batch batch = Batch.gather(List.of(notice(1, "a"), notice(2, "b")), 1, 2);

        assertThat(batch.first()).hasSize(2);
        assertThat(NoticeText.body("", batch, "")).endsWith("1 more event was suppressed; it is in the records.\n");
    }

    /** RFC 5424, 6: priority, version, time, host, name, process, kind, structured data, UTF-8 with its mark. */
    @Test
    void messageOfSyslogIsThatOfItsRfc() {
        byte[] message = SyslogText.message(16, "plc host\n", 77, notice(9, "Größe\n<1>"));

        assertThat(new String(message, StandardCharsets.UTF_8))
                .isEqualTo("<131>1 2026-12-01T00:00:05.000Z plchost tandem 77 STRANDED"
                        + " [tandem@32473 pair=\"plant1\" number=\"9\"] \uFEFFGröße\\u000A<1>");
    }

    @Test
    void structuredDataCannotBeEndedByAName() {
        Notice odd = new Notice(1, AT, "a\"]\\", notice(1, "x").record());

        assertThat(new String(SyslogText.message(1, "", 1, odd), StandardCharsets.UTF_8))
                .contains("<11>1 ", "Z - tandem", "pair=\"a\\\"\\]\\\\\"");
    }

    @Test
    void longMessageOfSyslogIsCutBetweenCharacters() {
        byte[] message = SyslogText.message(23, "h", 1, notice(1, "ä€".repeat(1_000)));

        assertThat(message.length).isBetween(SyslogText.BYTES_MAX - 3, SyslogText.BYTES_MAX);
        assertThat(new String(message, StandardCharsets.UTF_8)).doesNotContain("\uFFFD");
    }

    @Test
    void suppressedEventsAreAMessageOfSyslogToo() {
        assertThat(new String(SyslogText.omitted(16, "h", 1, notice(9, "x"), 3), StandardCharsets.UTF_8))
                .contains("<134>1 ", " NOTE ", "3 more events were suppressed");
    }
}
