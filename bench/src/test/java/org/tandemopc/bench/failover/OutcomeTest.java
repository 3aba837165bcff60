package org.tandemopc.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ticks of 10 ms; the fault is at 10 s of both clocks, and a value arrives 1 ms after its tick began. */
class OutcomeTest {
    private static final long PERIOD_MS = 10;
    private static final long FAULT_TICK = 1000;
    private static final Moments KILLED = new Moments(nanos(8000), nanos(10_000), 10_000_000L, Moments.NEVER);
    private static final Moments HUNG = new Moments(nanos(8000), nanos(10_000), 10_000_000L, nanos(10_500));

    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Recording.Event> events = new ArrayList<>();
    private final List<Recording.Reading> reads = new ArrayList<>();

    private static long nanos(double ms) {
        return (long) (ms * 1_000_000);
    }

    private void ticks(long from, long to) {
        for (long tick = from; tick <= to; tick++) {
            arrive(tick, tick * PERIOD_MS + 1);
        }
    }

    private void arrive(long tick, double atMs) {
        arrivals.add(new Arrival(nanos(atMs), 0, tick, tick * PERIOD_MS));
    }

    private Outcome outcome(Moments moments) {
        return Outcome.of(new Recording(arrivals, events, reads, 0), moments, 1, PERIOD_MS);
    }

    @Test
    void streamWithoutAFaultInItIsPerfect() {
        ticks(700, 1300);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.isPerfect()).isTrue();
        assertThat(outcome.isRecovered()).isTrue();
        assertThat(outcome.gapMs()).isCloseTo(11, within(0.01));
        assertThat(outcome.longestBeforeMs()).isCloseTo(10, within(0.01));
        assertThat(outcome.longestAfterMs()).isCloseTo(10, within(0.01));
        assertThat(outcome.ageBeforeMs()).isCloseTo(1, within(0.01));
    }

    @Test
    void gapEndsWithATickThatBeganAfterTheFaultAndNotWithWhatWasOnItsWay() {
        ticks(700, 999);
        arrive(FAULT_TICK, 10_004);
        for (long tick = 1001; tick <= 1011; tick++) {
            arrive(tick, 10_120);
        }
        ticks(1012, 1300);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.gapMs()).isCloseTo(120, within(0.01));
        assertThat(outcome.longestAfterMs()).isCloseTo(116, within(0.01));
        assertThat(outcome.lost()).isZero();
    }

    @Test
    void itemThatFaresWorstCountsAndTheFirstThatGoesOnEndsTheGap() {
        ticks(700, 1300);
        for (long tick = 700; tick <= 1300; tick++) {
            if (tick < 998 || tick > 1003) {
                arrivals.add(new Arrival(nanos(tick * PERIOD_MS + 2), 1, tick, tick * PERIOD_MS));
            }
        }

        Outcome outcome = Outcome.of(new Recording(arrivals, events, reads, 0), KILLED, 2, PERIOD_MS);

        assertThat(outcome.lost()).isEqualTo(6);
        assertThat(outcome.gapMs()).isCloseTo(11, within(0.01));
        assertThat(Outcome.of(new Recording(arrivals, events, reads, 0), KILLED, 3, PERIOD_MS)
                        .isRecovered())
                .isFalse();
    }

    @Test
    void holeIsLossAndItsPlaceIsTold() {
        ticks(700, 995);
        ticks(1010, 1300);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.lost()).isEqualTo(14);
        assertThat(outcome.lostBefore()).isZero();
        assertThat(outcome.holesMs()).containsExactly(-40L);
        assertThat(outcome.isPerfect()).isFalse();
    }

    @Test
    void holeBeforeTheQuietTimeIsCountedApart() {
        ticks(700, 740);
        ticks(743, 1300);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.lost()).isZero();
        assertThat(outcome.lostBefore()).isEqualTo(2);
        assertThat(outcome.isPerfect()).isFalse();
    }

    @Test
    void lateTickIsReorderedAndNotLost() {
        ticks(700, 1009);
        arrive(1011, 10_111);
        arrive(1010, 10_112);
        ticks(1012, 1300);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.lost()).isZero();
        assertThat(outcome.reordered()).isEqualTo(1);
        assertThat(outcome.doubled()).isZero();
    }

    @Test
    void oldValuesOfTheZombieAreStaleWhenTheyComeAfterItGoesOn() {
        ticks(700, 1049);
        arrive(1001, 10_499);
        arrive(1002, 10_501);
        ticks(1050, 1300);

        Outcome outcome = outcome(HUNG);

        assertThat(outcome.doubled()).isEqualTo(2);
        assertThat(outcome.stale()).isEqualTo(1);
    }

    @Test
    void streamThatEndsIsNotRecovered() {
        ticks(700, 1000);

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.isRecovered()).isFalse();
        assertThat(outcome.gapMs()).isNaN();
    }

    @Test
    void worstItemCounts() {
        ticks(700, 1300);
        for (long tick = 700; tick <= 1300; tick++) {
            if (tick != 1100) {
                arrivals.add(new Arrival(nanos(tick * PERIOD_MS + 1), 1, tick, tick * PERIOD_MS));
            }
        }

        Outcome outcome = Outcome.of(new Recording(arrivals, events, reads, 0), KILLED, 2, PERIOD_MS);

        assertThat(outcome.lost()).isEqualTo(1);
    }

    @Test
    void sourceTimeOfAnotherTickIsWrong() {
        ticks(700, 1300);
        arrivals.set(10, new Arrival(arrivals.get(10).nanos(), 0, 710, 7101));

        assertThat(outcome(KILLED).wrongTime()).isEqualTo(1);
    }

    @Test
    void longOutageIsTheLongestIntervalThoughItReachesBeyondTheWindow() {
        ticks(700, 1000);
        ticks(1300, 1400);

        assertThat(outcome(KILLED).longestAfterMs()).isCloseTo(3000, within(0.01));
    }

    @Test
    void eventsAndReadsBelongToTheirSideOfTheFault() {
        ticks(700, 1300);
        events.add(new Recording.Event(nanos(9000), "a false alarm", true));
        events.add(new Recording.Event(nanos(10_050), "session inactive", true));
        events.add(new Recording.Event(nanos(11_000), "session active again", false));
        reads.add(new Recording.Reading(nanos(9500), nanos(9503), true));
        reads.add(new Recording.Reading(nanos(9990), nanos(10_090), false));

        Outcome outcome = outcome(KILLED);

        assertThat(outcome.alarmsBefore()).isEqualTo(1);
        assertThat(outcome.eventsBefore()).isEqualTo(1);
        assertThat(outcome.events()).isEqualTo(2);
        assertThat(outcome.noticedMs()).isCloseTo(50, within(0.01));
        assertThat(outcome.readErrors()).isEqualTo(1);
        assertThat(outcome.slowestReadMs()).isCloseTo(100, within(0.01));
        assertThat(outcome.slowestReadBeforeMs()).isCloseTo(3, within(0.01));
    }
}
