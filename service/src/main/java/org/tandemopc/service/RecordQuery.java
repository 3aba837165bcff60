package org.tandemopc.service;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.record.RecordKind;

/**
 * Which records somebody wants to see, and how many at once. An immutable value; any thread.
 *
 * @param after records with a greater number only: who has seen up to 17 asks for what came after it; 0 = from the oldest
 * @param before records with a smaller number only, for leafing back; {@link Long#MAX_VALUE} = up to the newest
 * @param kinds empty = all
 * @param severities empty = all
 * @param text in the text, the client or a field, whatever its capitals; empty = all
 * @param from not older than this; null = any
 * @param until older than this; null = any
 * @param count at most so many, 1 to {@link #COUNT_MAX}
 * @param order which of them, where more are found than asked for
 */
public record RecordQuery(
        long after,
        long before,
        Set<RecordKind> kinds,
        Set<RecordKind.Severity> severities,
        String text,
        @Nullable Instant from,
        @Nullable Instant until,
        int count,
        Order order) {
    /** As many as are kept at most: who wants a file asks for all. */
    public static final int COUNT_MAX = 30_000;

    static final int TEXT_MAX = 200;

    /** Records are always given oldest first; this says at which end the first page is. */
    public enum Order {
        /** The page ends with the newest record that is asked for. */
        NEWEST,
        /** The page begins with the oldest one. */
        OLDEST
    }

    /** @throws IllegalArgumentException with a sentence for people, when a number is out of range */
    public RecordQuery {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "Between 1 and %d records can be asked for at once, not %d.".formatted(COUNT_MAX, count));
        }
        if (text.length() > TEXT_MAX) {
            throw new IllegalArgumentException("A text to look for has at most %d characters.".formatted(TEXT_MAX));
        }
        kinds = Set.copyOf(kinds);
        severities = Set.copyOf(severities);
    }

    /** The newest so many. */
    public static RecordQuery newest(int count) {
        return new RecordQuery(0, Long.MAX_VALUE, Set.of(), Set.of(), "", null, null, count, Order.NEWEST);
    }

    /** What came after that number, the oldest first if it is too much for once. */
    public static RecordQuery since(long number, int count) {
        return new RecordQuery(number, Long.MAX_VALUE, Set.of(), Set.of(), "", null, null, count, Order.OLDEST);
    }

    public RecordQuery before(long number) {
        return new RecordQuery(after, number, kinds, severities, text, from, until, count, order);
    }

    public RecordQuery ofKinds(Set<RecordKind> some) {
        return new RecordQuery(after, before, some, severities, text, from, until, count, order);
    }

    public RecordQuery ofSeverities(Set<RecordKind.Severity> some) {
        return new RecordQuery(after, before, kinds, some, text, from, until, count, order);
    }

    public RecordQuery containing(String wanted) {
        return new RecordQuery(after, before, kinds, severities, wanted, from, until, count, order);
    }

    /** @param newUntil exclusive */
    public RecordQuery between(@Nullable Instant newFrom, @Nullable Instant newUntil) {
        return new RecordQuery(after, before, kinds, severities, text, newFrom, newUntil, count, order);
    }

    /** @param all oldest first; of several pairs only where no numbers are asked for, for each pair counts its own */
    public RecordPage of(List<LoggedRecord> all) {
        List<LoggedRecord> found = all.stream().filter(this::asksFor).toList();
        boolean hasMore = found.size() > count;
        List<LoggedRecord> page = switch (order) {
            case NEWEST -> found.subList(Math.max(0, found.size() - count), found.size());
            case OLDEST -> found.subList(0, Math.min(count, found.size()));
        };
        return new RecordPage(page, hasMore, found.size());
    }

    /** Whether the record is one of those that are asked for, however many there are. */
    public boolean asksFor(LoggedRecord logged) {
        RecordKind kind = logged.record().kind();
        return logged.number() > after
                && logged.number() < before
                && (kinds.isEmpty() || kinds.contains(kind))
                && (severities.isEmpty() || severities.contains(kind.severity()))
                && (from == null || !logged.at().isBefore(from))
                && (until == null || logged.at().isBefore(until))
                && (text.isEmpty() || mentions(logged, text.toLowerCase(Locale.ROOT)));
    }

    private static boolean mentions(LoggedRecord logged, String wanted) {
        return mentions(logged.record().text(), wanted)
                || mentions(logged.record().client(), wanted)
                || logged.record().fields().entrySet().stream().anyMatch(field -> mentions(field, wanted));
    }

    private static boolean mentions(Map.Entry<String, Object> field, String wanted) {
        return mentions(field.getKey() + "=" + field.getValue(), wanted);
    }

    private static boolean mentions(String text, String wanted) {
        return text.toLowerCase(Locale.ROOT).contains(wanted);
    }
}
