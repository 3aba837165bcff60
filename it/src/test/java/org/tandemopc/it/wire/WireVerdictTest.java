package org.tandemopc.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WireVerdictTest {
    private static WirePublish message(long number, Long... available) {
        return new WirePublish(0, 7, number, false, List.of(available));
    }

    private static WirePublish keepAlive(long number) {
        return new WirePublish(0, 7, number, true, List.of());
    }

    private static List<String> faults(WirePublish... publishes) {
        return WireVerdict.of(List.of(publishes)).faults();
    }

    @Test
    void messagesInOrderWithKeepAlivesBetweenAreFine() {
        assertThat(faults(keepAlive(1), message(1, 1L), message(2, 1L, 2L), keepAlive(3), message(3)))
                .isEmpty();
    }

    @Test
    void swappedRepeatedAndLeftOutNumbersAreFaults() {
        assertThat(faults(message(1), message(3), message(2))).isNotEmpty();
        assertThat(faults(message(1), message(1))).isNotEmpty();
        assertThat(faults(message(1), message(3))).isNotEmpty();
    }

    @Test
    void aKeepAliveThatUsesUpANumberIsAFault() {
        assertThat(faults(message(1), keepAlive(2), message(3))).hasSize(1);
        assertThat(faults(message(1), keepAlive(1))).hasSize(1);
    }

    @Test
    void anOfferOfANumberThatWasNotSentIsAFault() {
        assertThat(faults(message(1, 1L, 2L))).hasSize(1);
    }

    @Test
    void subscriptionsCountForThemselves() {
        assertThat(faults(message(1), new WirePublish(0, 8, 1, false, List.of(1L)), message(2)))
                .isEmpty();
    }
}
