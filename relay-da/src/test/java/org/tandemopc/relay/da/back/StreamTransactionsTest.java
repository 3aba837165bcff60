package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.relay.da.back.StreamTransactions.Asked;
import org.tandemopc.relay.da.back.StreamTransactions.Kind;

class StreamTransactionsTest {
    private static final Asked READ = new Asked(Kind.READ, 1, Ints.of(4));
    private static final Asked WRITE = new Asked(Kind.WRITE, 2, Ints.of(4));

    private final StreamTransactions all = new StreamTransactions();

    private static StreamMessage values(int transaction) {
        return new StreamMessage.Data(new DataStream(7, transaction, 0, List.of()), true);
    }

    private static StreamMessage written(int transaction) {
        return new StreamMessage.Written(new WriteStream(7, transaction, 0, List.of()));
    }

    @Test
    void eachEndsOnce() {
        assertThat(all.started(77, READ)).isEmpty();

        assertThat(all.ended(values(77))).contains(READ);
        assertThat(all.ended(values(77))).isEmpty();
    }

    @Test
    void oneThatEndsBeforeItsCallIsAnsweredIsKnownByTheAnswer() {
        all.calling();
        assertThat(all.ended(values(77))).isEmpty();

        assertThat(all.started(77, READ)).contains(values(77));

        all.called();
        assertThat(all.ended(values(77))).isEmpty();
    }

    @Test
    void whatCameEarlyAndIsNobodysGoesWithTheLastCall() {
        all.calling();
        all.calling();
        assertThat(all.ended(values(77))).isEmpty();
        all.called();
        all.called();

        assertThat(all.started(77, READ)).isEmpty();
    }

    /** Nobody waits for it, so it is not kept either. */
    @Test
    void whatNobodyAskedForIsNotKept() {
        assertThat(all.ended(values(77))).isEmpty();
        all.calling();

        assertThat(all.started(77, READ)).isEmpty();
    }

    @Test
    void writesAndReadsMayHaveTheSameNumber() {
        assertThat(all.started(5, READ)).isEmpty();
        assertThat(all.started(5, WRITE)).isEmpty();

        assertThat(all.ended(written(5))).contains(WRITE);
        assertThat(all.ended(values(5))).contains(READ);
    }

    @Test
    void whatWasCancelledOrForgottenEndsNoMore() {
        assertThat(all.started(5, WRITE)).isEmpty();
        assertThat(all.cancelled(5)).contains(WRITE);
        assertThat(all.cancelled(5)).isEmpty();
        assertThat(all.started(6, READ)).isEmpty();
        all.forget();

        assertThat(all.ended(written(5))).isEmpty();
        assertThat(all.ended(values(6))).isEmpty();
    }

    @Test
    void ofWhatComesEarlyNoMoreIsKeptThanTheLimit() {
        all.calling();
        for (int i = 1; i <= StreamTransactions.EARLY_MAX + 1; i++) {
            assertThat(all.ended(values(i))).isEmpty();
        }

        assertThat(all.started(StreamTransactions.EARLY_MAX, READ)).isPresent();
        assertThat(all.started(StreamTransactions.EARLY_MAX + 1, READ)).isEmpty();
    }
}
