package org.tandemopc.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The check itself: each fault is seen, and nothing is seen where there is none. */
class StreamVerdictTest {
    private static final long GOOD = 0;
    private static final long GOOD_OVERFLOW = 0x480;
    private static final long BAD = 0x8000_0000L;

    private static Sample sample(long tick, long status) {
        return new Sample(tick * 1_000_000, tick, true, tick * 100, status);
    }

    private static List<Sample> ticks(long... ticks) {
        return LongStream.of(ticks).mapToObj(tick -> sample(tick, GOOD)).toList();
    }

    private static StreamVerdict of(List<Sample> samples) {
        return StreamVerdict.of(samples, 100);
    }

    @Test
    void aGaplessStreamIsPerfect() {
        assertThat(of(ticks(5, 6, 7, 8)).isPerfect()).isTrue();
    }

    @Test
    void anEmptyStreamIsNotPerfect() {
        assertThat(of(List.of()).isPerfect()).isFalse();
    }

    @Test
    void missingTicksAreLost() {
        StreamVerdict verdict = of(ticks(5, 6, 9));
        assertThat(verdict.lost()).isEqualTo(2);
        assertThat(verdict.lostUnmarked()).isEqualTo(2);
        assertThat(verdict.isPerfect()).isFalse();
    }

    @Test
    void aGapBeforeAnOverflowBitIsLostButMarked() {
        StreamVerdict verdict = of(List.of(sample(5, GOOD), sample(9, GOOD_OVERFLOW)));
        assertThat(verdict.lost()).isEqualTo(3);
        assertThat(verdict.lostUnmarked()).isZero();
        assertThat(verdict.marked()).isZero();
        assertThat(verdict.notGood()).isZero();
    }

    @Test
    void anOverflowBitWithoutAGapIsAFaultOfItsOwn() {
        StreamVerdict verdict = of(List.of(sample(5, GOOD), sample(6, GOOD_OVERFLOW), sample(7, GOOD)));
        assertThat(verdict.marked()).isEqualTo(1);
        assertThat(verdict.notGood() + verdict.lost()).isZero();
        assertThat(verdict.isPerfect()).isFalse();
    }

    @Test
    void aGapAfterABadStatusIsLostButMarkedAndTheNextOneIsNot() {
        Sample bad = new Sample(0, 0, false, -1, BAD);
        StreamVerdict verdict = of(List.of(sample(5, GOOD), bad, sample(9, GOOD), sample(11, GOOD)));
        assertThat(verdict.lost()).isEqualTo(4);
        assertThat(verdict.lostUnmarked()).isEqualTo(1);
    }

    @Test
    void aRepeatedTickIsDoubledAndNotBackwards() {
        StreamVerdict verdict = of(ticks(5, 6, 7, 6, 8));
        assertThat(verdict.doubled()).isEqualTo(1);
        assertThat(verdict.backwards()).isZero();
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void aLateTickIsBackwardsAndNotLost() {
        StreamVerdict verdict = of(ticks(5, 7, 6, 8));
        assertThat(verdict.backwards()).isEqualTo(1);
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void aBadStatusAndAWrongSourceTimeAreSeen() {
        StreamVerdict verdict =
                of(List.of(sample(5, GOOD), new Sample(0, 0, false, 600, BAD), new Sample(0, 6, true, 601, GOOD)));
        assertThat(verdict.notGood()).isEqualTo(1);
        assertThat(verdict.wrongTime()).isEqualTo(1);
    }
}
