package org.tandemopc.service;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;

/**
 * Records as files for people and programs (DIA-1, DIA-4). Pure; any thread. In the forms that people open, what others
 * chose (names of sessions, messages of servers) can neither begin a line nor turn the direction of writing, and a cell
 * of a table is never a formula.
 */
public final class RecordExport {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    /** What the columns of a table of records are called. */
    public static final String CSV_HEAD = "Date,Time,Pair,Number,Severity,Kind,Client,Event,Details";

    private static final String LINE_END = "\r\n";
    /** What spreadsheets take for the beginning of a formula. */
    private static final String FORMULA = "=+-@";

    private RecordExport() {}

    /** How a severity is called in the manual's event view. */
    public static String nameOf(RecordKind.Severity severity) {
        return switch (severity) {
            case INFORMATIONAL -> "Informational";
            case WARNING -> "Warning";
            case ERROR -> "Error";
        };
    }

    /** Date and time as people write them, in columns. */
    public static String when(Instant at, ZoneId zone) {
        return DATE.format(at.atZone(zone)) + "  " + TIME.format(at.atZone(zone));
    }

    /** The manual's columns Date, Time, Process and Event, in columns; Process is the client. */
    public static String text(List<LoggedRecord> records, ZoneId zone) {
        int width = clientWidth(records);
        return records.stream()
                .map(logged -> textLine(logged, zone, width) + "\n")
                .collect(Collectors.joining());
    }

    /** How wide the column of the clients is. */
    public static int clientWidth(List<LoggedRecord> records) {
        return records.stream()
                .mapToInt(r -> Printable.of(r.record().client()).length())
                .max()
                .orElse(0);
    }

    /** One record of a text, without the end of its line. @param clientWidth {@link #clientWidth} of all of them */
    public static String textLine(LoggedRecord logged, ZoneId zone, int clientWidth) {
        return when(logged.at(), zone) + "  "
                + padded(Printable.of(logged.record().client()), clientWidth) + "  "
                + Printable.of(logged.record().text());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    /** RFC 4180 with a line of headings; the details of a record as {@code name=value} in the last column. */
    public static String csv(List<LoggedRecord> records, ZoneId zone) {
        StringBuilder out = new StringBuilder(CSV_HEAD).append(LINE_END);
        for (LoggedRecord logged : records) {
            out.append(csvLine(logged, zone)).append(LINE_END);
        }
        return out.toString();
    }

    /** One record under {@link #CSV_HEAD}, without the end of its line. */
    public static String csvLine(LoggedRecord logged, ZoneId zone) {
        List<String> cells = new ArrayList<>();
        cells.add(DATE.format(logged.at().atZone(zone)));
        cells.add(TIME.format(logged.at().atZone(zone)));
        cells.add(logged.pair());
        cells.add(String.valueOf(logged.number()));
        cells.add(nameOf(logged.record().kind().severity()));
        cells.add(logged.record().kind().name());
        cells.add(logged.record().client());
        cells.add(logged.record().text());
        cells.add(details(logged));
        return cells.stream().map(RecordExport::cell).collect(Collectors.joining(","));
    }

    private static String details(LoggedRecord logged) {
        return logged.record().fields().entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining("; "));
    }

    static String cell(String text) {
        String shown = Printable.of(text);
        // Some programs look past spaces at the beginning.
        String begin = shown.strip();
        if (!begin.isEmpty() && FORMULA.indexOf(begin.charAt(0)) >= 0) {
            shown = "'" + shown;
        }
        boolean isQuoted = shown.contains(",") || shown.contains("\"");
        return isQuoted ? '"' + shown.replace("\"", "\"\"") + '"' : shown;
    }

    /** One record as it is on the disk or comes over REST; empty when it is not a whole one. */
    public static Optional<LoggedRecord> ofJson(String json) {
        return Optional.ofNullable(JsonLines.readRecord(json));
    }

    /** As they are on the disk: one JSON object a line. */
    public static String jsonLines(List<LoggedRecord> records) {
        return records.stream().map(r -> JsonLines.record(r) + "\n").collect(Collectors.joining());
    }
}
