package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Times in ms. */
class KeepAliveClockTest {
    private static final long MS = 1_000_000;
    private final KeepAliveClock clock = new KeepAliveClock();

    @Test
    void itIsDueAPeriodAfterTheLastCallbackAndNotBefore() {
        clock.set(500, 1_000 * MS);

        assertThat(clock.untilDueNanos(1_200 * MS)).isEqualTo(300 * MS);
        clock.told(1_400 * MS);
        assertThat(clock.untilDueNanos(1_500 * MS)).isEqualTo(400 * MS);
        assertThat(clock.untilDueNanos(1_900 * MS)).isZero();
        assertThat(clock.untilDueNanos(5_000 * MS)).isZero();
    }

    @Test
    void withoutAPeriodItIsNeverDue() {
        assertThat(clock.untilDueNanos(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        clock.set(500, 0);
        clock.set(0, 0);
        assertThat(clock.untilDueNanos(10_000 * MS)).isEqualTo(Long.MAX_VALUE);
        assertThat(clock.periodMs()).isZero();
    }

    @Test
    void theLongestPeriodDoesNotOverflowAndTheShortestIsBounded() {
        clock.set(0xFFFF_FFFFL, 0);
        assertThat(clock.untilDueNanos(0)).isEqualTo(0xFFFF_FFFFL * MS);
        assertThat(KeepAliveClock.revised(1)).isEqualTo(KeepAliveClock.PERIOD_MIN_MS);
        assertThat(KeepAliveClock.revised(0)).isZero();
        assertThat(KeepAliveClock.revised(250)).isEqualTo(250);
    }
}
