package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.ua.MessageOrder.Verdict;

class MessageOrderTest {
    private static final long LAST = 0xFFFF_FFFFL;

    private final MessageOrder<Long> order = new MessageOrder<>();
    private final List<Long> taken = new ArrayList<>();

    @Test
    void swappedMessagesAreTakenInTheOrderOfTheirNumbers() {
        assertThat(offer(2)).isEqualTo(Verdict.EARLY);
        assertThat(offer(3)).isEqualTo(Verdict.EARLY);
        assertThat(offer(1)).isEqualTo(Verdict.EXPECTED);

        assertThat(taken).containsExactly(1L, 2L, 3L);
        assertThat(order.isMissing()).isFalse();
    }

    @Test
    void messageThatComesTwiceIsTakenOnce() {
        offer(1);

        assertThat(offer(1)).isEqualTo(Verdict.REPEATED);
        assertThat(offer(3)).isEqualTo(Verdict.EARLY);
        assertThat(offer(3)).isEqualTo(Verdict.REPEATED);
        offer(2);

        assertThat(taken).containsExactly(1L, 2L, 3L);
    }

    /** Part 4, 5.14.5: numbers wrap to 1. A comparison by size would call 1 old and hold everything back for ever. */
    @Test
    void orderHoldsWhereNumbersWrap() {
        startAt(LAST - 1);

        assertThat(offer(1)).isEqualTo(Verdict.EARLY);
        assertThat(offer(LAST)).isEqualTo(Verdict.EARLY);
        assertThat(offer(LAST - 1)).isEqualTo(Verdict.EXPECTED);
        offer(2);

        assertThat(taken).containsExactly(LAST - 1, LAST, 1L, 2L);
    }

    @Test
    void skippingGoesToTheNearestThatWaitsAlsoWhereNumbersWrap() {
        startAt(LAST - 1);
        offer(3);
        offer(1);
        assertThat(order.expected()).isEqualTo(LAST - 1);

        order.skip();
        takeWaiting();

        assertThat(taken).containsExactly(1L);
        assertThat(order.expected()).isEqualTo(2);
        assertThat(order.isMissing()).isTrue();
    }

    @Test
    void keepAliveTellsOfMessagesThatNeverCame() {
        offer(1);
        assertThat(order.keepAlive(2)).isTrue();

        assertThat(order.keepAlive(4)).isFalse();

        assertThat(order.isMissing()).isTrue();
        assertThat(order.expected()).isEqualTo(2);
        order.skip();
        assertThat(order.expected()).isEqualTo(4);
        assertThat(order.isMissing()).isFalse();
    }

    /** Many servers put the number of the last message into a keep-alive instead of the next one's. */
    @Test
    void keepAliveWithTheLastNumberMissesNothing() {
        offer(1);
        offer(2);

        assertThat(order.keepAlive(2)).isTrue();
        assertThat(offer(3)).isEqualTo(Verdict.EXPECTED);
    }

    @Test
    void whatIsHeldBackIsBounded() {
        for (long n = 2; n < 2 + MessageOrder.HELD_BACK_MAX; n++) {
            assertThat(offer(n)).isEqualTo(Verdict.EARLY);
        }

        assertThat(offer(2L + MessageOrder.HELD_BACK_MAX)).isEqualTo(Verdict.TOO_MANY);
    }

    private Verdict offer(long number) {
        Verdict verdict = order.offer(number, number);
        if (verdict == Verdict.EXPECTED) {
            taken.add(number);
            takeWaiting();
        }
        return verdict;
    }

    private void takeWaiting() {
        for (Long next = order.next(); next != null; next = order.next()) {
            taken.add(next);
        }
    }

    /** As after so many messages; two steps, since a number counts as later only within half of the circle. */
    private void startAt(long number) {
        order.keepAlive(0x7000_0000L);
        order.skip();
        order.keepAlive(0xE000_0000L);
        order.skip();
        order.keepAlive(number);
        order.skip();
    }
}
