package org.tandemopc.service;

import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.record.RecordKind;

/**
 * The newest record of each kind that says why a pair is in its phase, also when the log has let it go for newer ones of
 * other kinds. An immutable value; any thread.
 *
 * @param lifeBegan records with a greater number are of this life of the pair; with a smaller one, of an earlier process or
 *     of before the pair was made anew
 */
record LastRecords(long lifeBegan, Map<RecordKind, LoggedRecord> byKind) {
    LastRecords {
        byKind = Map.copyOf(byKind);
    }

    static boolean isKept(RecordKind kind) {
        return switch (kind) {
            case PROMOTED, STRANDED, ENABLED, DISABLED -> true;
            default -> false;
        };
    }

    Optional<LoggedRecord> of(RecordKind kind) {
        return Optional.ofNullable(byKind.get(kind));
    }

    Optional<LoggedRecord> ofThisLife(RecordKind kind) {
        return of(kind).filter(logged -> logged.number() > lifeBegan);
    }
}
