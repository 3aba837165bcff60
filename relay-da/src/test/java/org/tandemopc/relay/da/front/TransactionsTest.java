package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;

class TransactionsTest {
    private static final Replies HEARD = new Replies() {
        @Override
        public String by() {
            return "a test";
        }

        @Override
        public void read(Transaction one, List<OpcItemChange> changes) {}

        @Override
        public void refreshed(Transaction one, List<OpcItemChange> changes) {}

        @Override
        public void written(Transaction one, int masterError, Ints handles, Ints errors) {}

        @Override
        public void cancelled(Transaction one) {}
    };

    private final Transactions all = new Transactions();

    private Transaction begin(int clientId, int member) {
        return all.begin(Kind.READ, clientId, HEARD, member, 1, Ints.of(4)).orElseThrow();
    }

    @Test
    void eachIsTakenOnce() {
        Transaction one = begin(77, 0);

        assertThat(all.take(one.id())).contains(one);
        assertThat(all.take(one.id())).isEmpty();
        assertThat(all.takeOf(0)).isEmpty();
    }

    @Test
    void theLossOfAMemberEndsItsOwnAlone() {
        Transaction one = begin(1, 0);
        Transaction other = begin(2, 1);

        assertThat(all.takeOf(0)).containsExactly(one);
        assertThat(all.take(one.id())).isEmpty();
        assertThat(all.take(other.id())).contains(other);
    }

    @Test
    void whatTheMemberRefusedAtOnceIsNotInItAnyMore() {
        Transaction one = all.begin(Kind.WRITE, 7, HEARD, 0, 1, Ints.of(4, 5)).orElseThrow();

        all.started(one.id(), 4711, Ints.of(5));

        assertThat(all.takeOf(0)).extracting(Transaction::items).containsExactly(Ints.of(5));
    }

    @Test
    void aSwitchWaitsForThoseOfTheMemberThatIsLeftAlone() {
        Transaction one = begin(1, 0);
        Deadline over = Deadline.after(Duration.ZERO);
        assertThat(all.awaitNone(1, over)).isTrue();
        assertThat(all.awaitNone(0, over)).isFalse();

        var unused = Thread.ofVirtual().start(() -> all.take(one.id()));

        assertThat(all.awaitNone(0, Deadline.after(Duration.ofSeconds(20)))).isTrue();
    }

    @Test
    void whatNobodyHearsIsNotWaitedFor() {
        Transaction one = begin(1, 0);

        all.forget();

        assertThat(all.awaitNone(0, Deadline.after(Duration.ZERO))).isTrue();
        assertThat(all.take(one.id())).isEmpty();
    }

    @Test
    void numbersAreOfNoOpenTransaction() {
        Transaction one = begin(1, 0);

        assertThat(List.of(all.number(), begin(2, 0).id(), all.number())).doesNotContain(one.id(), 0);
    }

    @Test
    void clientsMayUseOneNumberTwice() {
        assertThat(begin(7, 0).id()).isNotEqualTo(begin(7, 0).id());
    }

    @Test
    void aCancelIdIsKnownWhileTheTransactionIsUnderWay() {
        Transaction one = begin(7, 0);
        assertThat(all.cancelId(one.id())).isEmpty();

        all.started(one.id(), 4711, Ints.of(4));
        assertThat(all.cancelId(one.id())).contains(4711);
        var unused = all.take(one.id());
        all.started(one.id(), 4711, Ints.of(4));

        assertThat(all.cancelId(one.id())).isEmpty();
    }

    @Test
    void moreThanTheLimitAreRefusedUntilOneEnds() {
        Transaction first = begin(0, 0);
        for (int i = 1; i < Transactions.OPEN_MAX; i++) {
            begin(i, 0);
        }
        assertThat(all.begin(Kind.READ, 1, HEARD, 0, 1, Ints.EMPTY)).isEmpty();

        var unused = all.take(first.id());

        assertThat(all.begin(Kind.READ, 1, HEARD, 0, 1, Ints.EMPTY)).isPresent();
    }
}
