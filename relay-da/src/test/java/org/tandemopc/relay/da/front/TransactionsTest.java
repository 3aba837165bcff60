package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

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
        return begin(Kind.READ, clientId, member, Ints.of(4)).orElseThrow();
    }

    private Optional<Transaction> begin(Kind kind, int clientId, int member, Ints items) {
        return all.begin(
                kind,
                clientId,
                HEARD,
                member,
                1,
                items,
                "ann",
                (there, one, deadline) -> Result.failure(HResult.E_FAIL));
    }

    @Test
    void eachIsTakenOnce() {
        Transaction one = begin(77, 0);

        assertThat(all.take(one.id())).contains(one);
        assertThat(all.take(one.id())).isEmpty();
        assertThat(all.lost(0).orphaned()).isEmpty();
    }

    @Test
    void theLossOfAMemberEndsItsOwnWritesAlone() {
        Transaction one = begin(Kind.WRITE, 1, 0, Ints.of(4)).orElseThrow();
        Transaction other = begin(Kind.WRITE, 2, 1, Ints.of(4)).orElseThrow();

        assertThat(all.lost(0).ended()).containsExactly(one);
        assertThat(all.take(one.id())).isEmpty();
        assertThat(all.take(other.id())).contains(other);
    }

    /** A read that a member is lost with goes on at another one, under the client's number. */
    @Test
    @Requirement(value = "S1", protocol = Protocol.DA)
    void aReadOutlivesTheLossOfItsMember() {
        Transaction one = begin(1, 0);
        all.started(one.id(), 4711, one.items());

        assertThat(all.lost(0).orphaned()).extracting(Transaction::id).containsExactly(one.id());
        assertThat(all.cancelId(one.id())).isEmpty();
        assertThat(all.lost(0).orphaned()).isEmpty();
        assertThat(all.moved(one.id(), 1, 2).orElseThrow().member()).isEqualTo(1);
        assertThat(all.takeOrphan(one.id())).isEmpty();
        assertThat(all.take(one.id()).orElseThrow().isRepeated()).isTrue();
        assertThat(all.moved(one.id(), 0, 3)).isEmpty();
    }

    @Test
    void whatIsAtNoMemberCanBeTakenAsSuch() {
        Transaction one = begin(1, 0);
        assertThat(all.takeOrphan(one.id())).isEmpty();
        var unused = all.lost(0);

        assertThat(all.takeOrphan(one.id())).isPresent();
        assertThat(all.moved(one.id(), 1, 2)).isEmpty();
    }

    @Test
    void whatTheMemberRefusedAtOnceIsNotInItAnyMore() {
        Transaction one = begin(Kind.WRITE, 7, 0, Ints.of(4, 5)).orElseThrow();

        all.started(one.id(), 4711, Ints.of(5));

        assertThat(all.lost(0).ended()).extracting(Transaction::items).containsExactly(Ints.of(5));
    }

    @Test
    void aSwitchWaitsForThoseOfTheMemberThatIsLeftAlone() {
        Transaction one = begin(1, 0);
        Deadline over = Deadline.after(Duration.ZERO);
        assertThat(all.awaitNoneOf(1, over)).isTrue();
        assertThat(all.awaitNoneOf(0, over)).isFalse();

        var unused = Thread.ofVirtual().start(() -> all.take(one.id()));

        assertThat(all.awaitNoneOf(0, Deadline.after(Duration.ofSeconds(20)))).isTrue();
    }

    @Test
    void whatNobodyHearsIsNotWaitedFor() {
        Transaction one = begin(1, 0);

        var unused = all.forget();

        assertThat(all.awaitNoneOf(0, Deadline.after(Duration.ZERO))).isTrue();
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
        assertThat(begin(Kind.READ, 1, 0, Ints.EMPTY)).isEmpty();

        var unused = all.take(first.id());

        assertThat(begin(Kind.READ, 1, 0, Ints.EMPTY)).isPresent();
    }
}
