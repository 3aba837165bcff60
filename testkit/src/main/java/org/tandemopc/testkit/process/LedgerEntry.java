package org.tandemopc.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A write or call that a simulated server applied.
 *
 * @param time ms since the epoch
 * @param kind {@code write} or {@code call}
 */
public record LedgerEntry(long time, String kind, String node, String value, String session) {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\d+))");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-f]{4}|.)");

    /** The entries of a ledger file; none when there is no such file. */
    public static List<LedgerEntry> readAll(Path file) {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().map(LedgerEntry::parse).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LedgerEntry parse(String line) {
        Map<String, String> fields = new HashMap<>();
        Matcher matcher = FIELD.matcher(line);
        while (matcher.find()) {
            String text = matcher.group(2);
            fields.put(matcher.group(1), text == null ? matcher.group(3) : unescape(text));
        }
        return new LedgerEntry(
                Long.parseLong(field(fields, "time", line)),
                field(fields, "kind", line),
                field(fields, "node", line),
                field(fields, "value", line),
                field(fields, "session", line));
    }

    private static String field(Map<String, String> fields, String name, String line) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " in the ledger line " + line);
        }
        return value;
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        switch (match.group(1).charAt(0)) {
                            case 'n' -> "\n";
                            case 'r' -> "\r";
                            case 't' -> "\t";
                            case 'u' ->
                                match.group(1).length() == 5
                                        ? String.valueOf((char)
                                                Integer.parseInt(match.group(1).substring(1), 16))
                                        : "u";
                            default -> match.group(1);
                        }));
    }
}
