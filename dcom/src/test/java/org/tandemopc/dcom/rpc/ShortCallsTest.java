package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShortCallsTest {
    private static final long SHORT = ShortCalls.SHORT_NANOS / 5;
    private static final long LONG = 10 * ShortCalls.COUNTED_NANOS;

    private final ShortCalls calls = new ShortCalls();

    private void took(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            calls.took(nanos);
        }
    }

    @Test
    void theFirstIsTakenForShort() {
        assertThat(calls.isNextShort()).isTrue();
    }

    @Test
    void shortOnesStayWhatTheyAre() {
        took(1_000, SHORT);
        assertThat(calls.isNextShort()).isTrue();
    }

    @Test
    void aLongOneIsEnoughAndAFewShortOnesMakeUpForIt() {
        took(100, SHORT);
        took(1, LONG);
        assertThat(calls.isNextShort()).isFalse();
        took(16, SHORT);
        assertThat(calls.isNextShort()).isTrue();
    }

    /** A call of a tenth of a millisecond keeps those behind it for as long. */
    @Test
    void somewhatLongerOnesAreNotShort() {
        took(100, 2 * ShortCalls.SHORT_NANOS);
        assertThat(calls.isNextShort()).isFalse();
    }

    @Test
    void whereEveryFifthIsLongNoneIsTakenForShort() {
        for (int row = 0; row < 50; row++) {
            took(1, LONG);
            took(4, SHORT);
        }
        assertThat(calls.isNextShort()).isFalse();
    }
}
