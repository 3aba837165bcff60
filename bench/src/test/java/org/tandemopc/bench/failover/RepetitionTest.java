package org.tandemopc.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.report.Line;

class RepetitionTest {
    @Test
    void lineHoldsAllThatARepetitionIs() {
        Repetition repetition = new Repetition(
                Fault.HANG,
                Feed.WIDE,
                Subject.TANDEM_WARM,
                7,
                "B",
                new Outcome(
                        true,
                        1.25,
                        1,
                        2,
                        List.of(-12L, 40L),
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9,
                        10,
                        11,
                        12.5,
                        13.5,
                        14.5,
                        15.5,
                        16.5,
                        Double.NaN),
                "3 ms client: \"gone\"",
                17.5,
                18,
                19,
                4.5,
                20.5,
                21.5,
                22.5);

        assertThat(Repetition.of(Line.parse(repetition.json()))).isEqualTo(repetition);
    }

    /** What a client notices of a suspicion that was wrong is a defect, in whichever way it notices. */
    @Test
    void falseSuspicionMustNotBeNoticed() {
        assertThat(suspicion(0, 0).faults()).isEmpty();
        assertThat(suspicion(1, 0).faults()).containsExactly("1 events of sessions or subscriptions");
        assertThat(suspicion(0, 2).faults()).containsExactly("2 reads failed");
    }

    private static Repetition suspicion(int events, int readErrors) {
        Outcome outcome = new Outcome(
                true, 1, 0, 0, List.of(), 0, 0, 0, 0, 0, 0, 0, events, readErrors, 1, 1, 1, 1, 1, Double.NaN);
        return new Repetition(
                Fault.SUSPICION, Feed.FAST, Subject.TANDEM_HOT, 1, "A", outcome, "", 1, 0, 3, 15, 1, 1, 1);
    }
}
