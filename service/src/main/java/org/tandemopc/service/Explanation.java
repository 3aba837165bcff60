package org.tandemopc.service;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.record.RecordKind;

/**
 * Why a pair is in its present phase, and since when. What cannot be known any more is said to be unknown, never guessed.
 *
 * @param record what explains it, with {@link Kind#RECORD} only
 * @param since of the present phase; null where it is not known
 */
public record Explanation(
        Kind kind, @Nullable LoggedRecord record, @Nullable Instant since) {
    /** By a stop of the service or by a configuration: says nothing of why a pair is not enabled after the next start. */
    static final String BY_STOP = "stop of the service";

    static final String BY_CONFIGURATION = "configuration";

    private static final Explanation UNKNOWN = new Explanation(Kind.UNKNOWN, null, null);

    /** What is known of it. */
    public enum Kind {
        /** A record says it. */
        RECORD,
        /** The member was the first that was ready when the pair was enabled; that is no switch and has no record. */
        FIRST_READY,
        /** The pair starts or switches. */
        UNDER_WAY,
        /** No record of it is known any more. */
        UNKNOWN
    }

    /** Pure. @param phase as {@link PairSnapshot#phase} */
    static Explanation of(String phase, long epoch, LastRecords last) {
        return switch (phase) {
            case "serving" -> serving(epoch, last);
            case "stranded" -> by(last.ofThisLife(RecordKind.STRANDED));
            case "disabled" -> by(disabled(last));
            case "starting" -> new Explanation(Kind.UNDER_WAY, null, enabledAt(last));
            default -> new Explanation(Kind.UNDER_WAY, null, null);
        };
    }

    private static Explanation serving(long epoch, LastRecords last) {
        Optional<LoggedRecord> promoted = last.ofThisLife(RecordKind.PROMOTED);
        // An epoch belongs to one promotion.
        if (promoted.filter(p -> p.record().fields().get("epoch") instanceof Number n && n.longValue() == epoch)
                .isPresent()) {
            return by(promoted);
        }
        Optional<LoggedRecord> enabled = last.ofThisLife(RecordKind.ENABLED);
        Optional<LoggedRecord> disabled = last.ofThisLife(RecordKind.DISABLED);
        if (isNewer(promoted, enabled) && isNewer(promoted, disabled)) {
            return UNKNOWN;
        }
        return isNewer(disabled, enabled)
                ? by(disabled) // its clients are served by the primary alone
                : new Explanation(Kind.FIRST_READY, null, enabledAt(last));
    }

    /** Whether the one is there, and the other is older or not there. */
    private static boolean isNewer(Optional<LoggedRecord> one, Optional<LoggedRecord> other) {
        return numberOf(one) > numberOf(other);
    }

    private static long numberOf(Optional<LoggedRecord> logged) {
        return logged.map(LoggedRecord::number).orElse(0L);
    }

    private static Optional<LoggedRecord> disabled(LastRecords last) {
        Optional<LoggedRecord> now = last.ofThisLife(RecordKind.DISABLED);
        return now.isPresent()
                ? now
                : last.of(RecordKind.DISABLED)
                        .filter(d -> isNewer(Optional.of(d), last.of(RecordKind.ENABLED)))
                        .filter(d ->
                                isByAPerson(String.valueOf(d.record().fields().get("by"))));
    }

    private static boolean isByAPerson(String by) {
        return !by.equals(BY_STOP) && !by.equals(BY_CONFIGURATION);
    }

    private static @Nullable Instant enabledAt(LastRecords last) {
        return last.ofThisLife(RecordKind.ENABLED).map(LoggedRecord::at).orElse(null);
    }

    private static Explanation by(Optional<LoggedRecord> logged) {
        return logged.map(record -> new Explanation(Kind.RECORD, record, record.at()))
                .orElse(UNKNOWN);
    }
}
