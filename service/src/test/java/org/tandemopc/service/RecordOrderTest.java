package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Requirement;

class RecordOrderTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void pairsGoTogetherByTime() {
        assertThat(merged(List.of(List.of(at("a", 1, 0), at("a", 2, 20)), List.of(at("b", 1, 10), at("b", 2, 30)))))
                .containsExactly("a1", "b1", "a2", "b2");
    }

    /** The numbers say what came first, whatever the clock was set to. */
    @Test
    @Requirement("S18")
    void clockThatWasSetBackTurnsNoOrderOfAPairRound() {
        List<LoggedRecord> setBack = List.of(at("a", 1, 3_600), at("a", 2, 3_610), at("a", 3, 5), at("a", 4, 15));

        assertThat(merged(List.of(setBack))).containsExactly("a1", "a2", "a3", "a4");
        assertThat(merged(List.of(setBack, List.of(at("b", 1, 10), at("b", 2, 20)))))
                .as("the newest are at the end, also beside another pair")
                .containsExactly("a1", "a2", "a3", "b1", "a4", "b2");
    }

    private static List<String> merged(List<List<LoggedRecord>> logs) {
        return RecordOrder.merged(logs, LoggedRecord::at).stream()
                .map(r -> r.pair() + r.number())
                .toList();
    }

    private static LoggedRecord at(String pair, long number, long seconds) {
        return new LoggedRecord(number, NOON.plusSeconds(seconds), pair, Fixtures.note(""));
    }
}
