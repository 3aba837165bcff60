package org.tandemopc.bench.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.da.DaTicks.Arrival;

class DaOutcomeTest {
    private static final long FAULT_NANOS = 10_000_000_000L;

    private static Arrival at(long msFromFault, long tick) {
        return new Arrival(FAULT_NANOS + msFromFault * 1_000_000, tick);
    }

    @Test
    void intervalsOfAShortTimeBeforeAndAfterTheFaultCount() {
        List<Arrival> arrivals = List.of(
                at(-4_000, 60),
                at(-1_400, 86),
                at(-1_280, 87),
                at(-1_200, 88),
                at(-50, 100),
                at(130, 101),
                at(220, 102),
                at(1_600, 115),
                at(4_000, 140));

        DaOutcome outcome = DaOutcome.of(arrivals, FAULT_NANOS, 100);

        assertThat(outcome.gapMs()).isEqualTo(130);
        assertThat(outcome.longestBeforeMs()).isEqualTo(1_150);
        assertThat(outcome.longestAfterMs()).isEqualTo(1_380);
    }

    @Test
    void whoDoesNotRecoverHasNoGap() {
        DaOutcome outcome = DaOutcome.of(List.of(at(-100, 99), at(-1, 100)), FAULT_NANOS, 100);

        assertThat(outcome.gapMs()).isNaN();
        assertThat(outcome.longestBeforeMs()).isEqualTo(99);
        assertThat(outcome.longestAfterMs()).isNaN();
    }
}
