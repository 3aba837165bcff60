package org.tandemopc.service.rest;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;

/**
 * Which records are wanted. Pure; any thread.
 *
 * @param kind null: every kind
 * @param atLeast the least severe that is wanted
 * @param text that the record's text contains, in lower case; empty: anything
 * @param since null: from the beginning
 * @param until null: no end
 */
record RecordFilter(
        @Nullable RecordKind kind,
        RecordKind.Severity atLeast,
        String text,
        @Nullable Instant since,
        @Nullable Instant until) {
    private static final int TEXT_CHARS_MAX = 200;
    static final String[] PARAMETERS = {"kind", "severity", "text", "since", "until", "after", "limit", "follow"};

    static RecordFilter of(Call call) throws Problem {
        String text = call.query("text").orElse("");
        if (text.length() > TEXT_CHARS_MAX) {
            throw Problem.badRequest("'text' has at most %d characters.".formatted(TEXT_CHARS_MAX));
        }
        Optional<String> kind = call.query("kind");
        Optional<String> severity = call.query("severity");
        return new RecordFilter(
                kind.isEmpty() ? null : named(RecordKind.values(), "kind", kind.get()),
                severity.isEmpty()
                        ? RecordKind.Severity.INFORMATIONAL
                        : named(RecordKind.Severity.values(), "severity", severity.get()),
                text.toLowerCase(Locale.ROOT),
                call.instant("since").orElse(null),
                call.instant("until").orElse(null));
    }

    private static <E extends Enum<E>> E named(E[] all, String parameter, String name) throws Problem {
        for (E each : all) {
            if (each.name().equalsIgnoreCase(name)) {
                return each;
            }
        }
        throw Problem.badRequest("'" + parameter + "' is one of " + List.of(all) + ".");
    }

    boolean wants(LoggedRecord logged) {
        return (kind == null || logged.record().kind() == kind)
                && logged.record().kind().severity().compareTo(atLeast) >= 0
                && (text.isEmpty()
                        || logged.record().text().toLowerCase(Locale.ROOT).contains(text))
                && (since == null || !logged.at().isBefore(since))
                && (until == null || logged.at().isBefore(until));
    }
}
