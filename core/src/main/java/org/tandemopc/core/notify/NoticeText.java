package org.tandemopc.core.notify;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.tandemopc.core.record.Printable;

/** The text of notifications for people. Pure. */
public final class NoticeText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private NoticeText() {}

    /**
     * Header, event, footer (NOT-8, NOT-9), each on lines of its own that end in a line feed. What others chose of an
     * event is printable and stays on its line, so that it cannot pretend to be another one.
     *
     * @param header may have several lines; empty: none
     * @param footer the same
     */
    public static String body(String header, Batch batch, String footer) {
        StringBuilder out = new StringBuilder();
        block(out, header);
        batch.first().forEach(notice -> line(out, notice));
        if (batch.omitted() > 0) {
            out.append(omitted(batch.omitted())).append('\n');
        }
        batch.last().forEach(notice -> line(out, notice));
        block(out, footer);
        return out.toString();
    }

    /** Half a log is worse than one that says so. */
    public static String omitted(long count) {
        return count == 1
                ? "1 more event was suppressed; it is in the records."
                : "%d more events were suppressed; they are in the records.".formatted(count);
    }

    private static void line(StringBuilder out, Notice notice) {
        out.append(TIME.format(notice.at()))
                .append("  ")
                .append(Printable.of(notice.record().text()))
                .append('\n');
    }

    private static void block(StringBuilder out, String text) {
        if (!text.isEmpty()) {
            out.append(text);
            if (!text.endsWith("\n")) {
                out.append('\n');
            }
        }
    }
}
