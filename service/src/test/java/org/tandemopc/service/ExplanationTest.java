package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** What is said of why a pair is where it is: what a record says, or that nobody knows any more; never a guess. */
class ExplanationTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<RecordKind, LoggedRecord> last = new EnumMap<>(RecordKind.class);
    private long lifeBegan;

    @Test
    void promotionOfThisEpochExplains() {
        note(RecordKind.ENABLED, 1, Map.of("by", "start"));
        LoggedRecord promoted = note(RecordKind.PROMOTED, 7, Map.of("epoch", 4L));

        assertThat(explained("serving", 4)).isEqualTo(new Explanation(Explanation.Kind.RECORD, promoted, at(7)));
    }

    @Test
    void firstMemberAfterTheStartHasNoRecordAndTheTimeOfTheStart() {
        note(RecordKind.ENABLED, 3, Map.of("by", "start"));

        assertThat(explained("serving", 1)).isEqualTo(new Explanation(Explanation.Kind.FIRST_READY, null, at(3)));
        assertThat(explained("starting", 0)).isEqualTo(new Explanation(Explanation.Kind.UNDER_WAY, null, at(3)));
    }

    /** Another process's promotion and epochs say nothing of this one's. */
    @Test
    void recordsOfAnEarlierLifeExplainNoPresentActive() {
        note(RecordKind.PROMOTED, 2, Map.of("epoch", 1));
        note(RecordKind.STRANDED, 3, Map.of());
        lifeBegan = 3;
        note(RecordKind.ENABLED, 4, Map.of("by", "start"));

        assertThat(explained("serving", 1)).isEqualTo(new Explanation(Explanation.Kind.FIRST_READY, null, at(4)));
        assertThat(explained("stranded", 1).kind()).isEqualTo(Explanation.Kind.UNKNOWN);
    }

    @Test
    void promotionWithoutItsRecordIsUnknown() {
        note(RecordKind.ENABLED, 1, Map.of("by", "start"));
        note(RecordKind.PROMOTED, 2, Map.of("epoch", 2L));

        assertThat(explained("serving", 3)).isEqualTo(new Explanation(Explanation.Kind.UNKNOWN, null, null));
    }

    @Test
    void clientsOfADisabledPairThatThePrimaryServesAreExplainedByTheDisabling() {
        note(RecordKind.ENABLED, 1, Map.of("by", "start"));
        LoggedRecord disabled = note(RecordKind.DISABLED, 2, Map.of("by", "ann"));

        assertThat(explained("serving", 1)).isEqualTo(new Explanation(Explanation.Kind.RECORD, disabled, at(2)));
    }

    @Test
    void disablingByAPersonIsKnownOverARestartAndAStopOfTheServiceExplainsNothing() {
        LoggedRecord byAnn = note(RecordKind.DISABLED, 5, Map.of("by", "ann"));
        lifeBegan = 5;
        assertThat(explained("disabled", 0)).isEqualTo(new Explanation(Explanation.Kind.RECORD, byAnn, at(5)));

        note(RecordKind.DISABLED, 5, Map.of("by", Explanation.BY_STOP));
        assertThat(explained("disabled", 0).kind()).isEqualTo(Explanation.Kind.UNKNOWN);

        lifeBegan = 4;
        assertThat(explained("disabled", 0).kind()).as("of this life").isEqualTo(Explanation.Kind.RECORD);
    }

    private Explanation explained(String phase, long epoch) {
        return Explanation.of(phase, epoch, new LastRecords(lifeBegan, last));
    }

    private LoggedRecord note(RecordKind kind, long number, Map<String, Object> fields) {
        LoggedRecord logged = new LoggedRecord(number, at(number), "plant1", new PairRecord(kind, "", fields));
        last.put(kind, logged);
        return logged;
    }

    private static Instant at(long number) {
        return START.plusSeconds(number);
    }
}
