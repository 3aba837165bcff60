package org.tandemopc.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally(2);

    @Test
    void valuesInARowAreNeitherLostNorDoubled() {
        for (long v = 100; v < 200; v++) {
            tally.value(0, v, v);
            tally.value(1, v, v);
        }

        assertThat(tally.figures().received()).isEqualTo(200);
        assertThat(tally.figures().lost()).isZero();
        assertThat(tally.figures().doubled()).isZero();
        assertThat(tally.reached()).isEqualTo(199);
    }

    @Test
    void holeCountsEveryMissingValueOfThatCounterOnly() {
        tally.value(0, 10, 1);
        tally.value(1, 10, 1);
        tally.value(0, 14, 2);
        tally.value(1, 11, 2);

        assertThat(tally.figures().lost()).isEqualTo(3);
    }

    @Test
    void valueSeenBeforeAndOldValueCountAsDoubledAndDoNotOpenAHoleLater() {
        tally.value(0, 10, 1);
        tally.value(0, 10, 2);
        tally.value(0, 7, 3);
        tally.value(0, 11, 4);

        assertThat(tally.figures().doubled()).isEqualTo(2);
        assertThat(tally.figures().lost()).isZero();
    }

    @Test
    void gapIsTheLongestTimeWithoutAValueSinceTheMark() {
        tally.value(0, 1, 1_000);
        tally.value(0, 2, 9_000);
        tally.mark();
        tally.value(0, 3, 12_000);
        tally.value(1, 3, 12_500);

        assertThat(tally.figures().gapNanos()).isEqualTo(3_000);
    }

    @Test
    void counterWithoutAnyValueHasReachedNothing() {
        tally.value(0, 5, 1);

        assertThat(tally.reached()).isEqualTo(-1);
    }
}
