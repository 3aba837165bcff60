package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.core.record.RecordKind.Severity;
import org.tandemopc.testkit.Requirement;

class RecordQueryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Numbers 1 to 9, a second apart. */
    private static final List<LoggedRecord> ALL = List.of(
            logged(1, RecordKind.ENABLED, "enabled", "tandem"),
            logged(2, RecordKind.CONNECTED, "Connected to 'Boiler' on primary machine 'alpha'.", "tandem"),
            logged(3, RecordKind.CONNECTED, "Connected to 'Boiler' on secondary machine 'beta'.", "tandem"),
            logged(4, RecordKind.STATUS_LOST, "lost", "tandem"),
            logged(5, RecordKind.PROMOTED, "Promoted to 'beta'", "tandem"),
            logged(6, RecordKind.OUTCOME_UNKNOWN, "unknown", "HMI (10.0.0.7)"),
            logged(7, RecordKind.GAP, "gap", "HMI (10.0.0.7)"),
            logged(8, RecordKind.GAP, "gap", "Historian (10.0.0.8)"),
            logged(9, RecordKind.CONNECTED, "Connected again", "tandem"));

    private static LoggedRecord logged(long number, RecordKind kind, String text, String client) {
        return new LoggedRecord(
                number,
                START.plusSeconds(number),
                "Boiler",
                new PairRecord(kind, text, client, Map.of("epoch", number)));
    }

    private static List<Long> numbers(RecordPage page) {
        return page.records().stream().map(LoggedRecord::number).toList();
    }

    @Test
    void newestAreTheLastOnesInTheirOrder() {
        RecordPage page = RecordQuery.newest(3).of(ALL);

        assertThat(numbers(page)).containsExactly(7L, 8L, 9L);
        assertThat(page.hasMore()).isTrue();
        assertThat(page.found()).isEqualTo(9);
        assertThat(RecordQuery.newest(9).of(ALL).hasMore()).isFalse();
    }

    /** A console that was away asks until there is no more, and misses and doubles nothing. */
    @Test
    void pagesSinceANumberMissAndDoubleNothing() {
        List<Long> seen = new ArrayList<>();
        long last = 2;
        RecordPage page;
        do {
            page = RecordQuery.since(last, 3).of(ALL);
            seen.addAll(numbers(page));
            last = page.records().getLast().number();
        } while (page.hasMore());

        assertThat(seen).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(numbers(RecordQuery.since(9, 3).of(ALL))).isEmpty();
    }

    @Test
    void leafingBackFromTheNewestComesToTheOldest() {
        assertThat(numbers(RecordQuery.newest(4).before(6).of(ALL))).containsExactly(2L, 3L, 4L, 5L);
        assertThat(numbers(RecordQuery.newest(4).before(2).of(ALL))).containsExactly(1L);
    }

    @Test
    @Requirement("DIA-9")
    void severitiesAndKindsSelect() {
        assertThat(numbers(RecordQuery.newest(9)
                        .ofSeverities(Set.of(Severity.ERROR))
                        .of(ALL)))
                .containsExactly(4L);
        assertThat(numbers(RecordQuery.newest(9)
                        .ofSeverities(Set.of(Severity.ERROR, Severity.WARNING))
                        .of(ALL)))
                .containsExactly(4L, 6L, 7L, 8L);
        assertThat(numbers(RecordQuery.newest(9).ofKinds(Set.of(RecordKind.GAP)).of(ALL)))
                .containsExactly(7L, 8L);
    }

    @Test
    @Requirement({"DIA-2", "GAP-19"})
    void textIsLookedForInTextClientAndFields() {
        assertThat(numbers(RecordQuery.newest(9).containing("PRIMARY machine").of(ALL)))
                .containsExactly(2L);
        assertThat(numbers(RecordQuery.newest(9).containing("hmi").of(ALL))).containsExactly(6L, 7L);
        assertThat(numbers(RecordQuery.newest(9).containing("epoch=5").of(ALL))).containsExactly(5L);
        assertThat(numbers(RecordQuery.newest(9).containing("nowhere").of(ALL))).isEmpty();
    }

    @Test
    void timeRangeIsFromInclusiveToExclusive() {
        Instant from = START.plusSeconds(3);
        Instant until = START.plusSeconds(5);

        assertThat(numbers(RecordQuery.newest(9).between(from, until).of(ALL))).containsExactly(3L, 4L);
        assertThat(numbers(RecordQuery.newest(9).between(null, from).of(ALL))).containsExactly(1L, 2L);
        assertThat(numbers(RecordQuery.newest(9)
                        .between(START.plusSeconds(8), null)
                        .of(ALL)))
                .containsExactly(8L, 9L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 30_001, Integer.MAX_VALUE})
    void countOutOfRangeIsRefused(int count) {
        assertThatThrownBy(() -> RecordQuery.newest(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Between 1 and 30000")
                .hasMessageContaining(String.valueOf(count));
    }

    @Test
    void textThatIsTooLongIsRefused() {
        RecordQuery query = RecordQuery.newest(1);

        assertThatThrownBy(() -> query.containing("x".repeat(201))).isInstanceOf(IllegalArgumentException.class);
    }
}
