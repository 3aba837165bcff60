package org.tandemopc.relay.da.front;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.relay.delivery.Outcome;

/**
 * A read or refresh that a lost member has not ended is asked of the next active one, as calls are (S1): within the time that requests
 * wait for a switch. The client's transaction and cancel id stay; it ends once, whoever ends it. Writes never come here. On a
 * virtual thread of its own.
 */
final class Repetition {
    private final DaGroup group;
    private final DaSession session;
    private final GroupTransactions ends;
    private final Transactions transactions;
    private final Transaction one;

    /** It has ended meanwhile: there is nothing to ask. */
    private boolean isOver;

    private Repetition(
            DaGroup group, DaSession session, GroupTransactions ends, Transactions transactions, Transaction one) {
        this.group = group;
        this.session = session;
        this.ends = ends;
        this.transactions = transactions;
        this.one = one;
    }

    /** @param one at no member */
    static void begin(
            DaGroup group, DaSession session, GroupTransactions ends, Transactions transactions, Transaction one) {
        Repetition repetition = new Repetition(group, session, ends, transactions, one);
        var unused = Thread.ofVirtual().name("da-repeat").start(repetition::run);
    }

    private void run() {
        Outcome<Result<Started>> outcome = session.carry(true, (access, deadline) -> {
            MemberGroup there = access.group(group, deadline);
            Optional<Transaction> now = transactions.moved(one.id(), access.member(), access.epoch());
            return now.isEmpty() ? over() : asked(there, now.get(), deadline);
        });
        if (!(outcome instanceof Outcome.Done<Result<Started>> done)) {
            // also where it ended meanwhile, as then there is nothing left to take
            failed(HResult.CALL_FAILED);
        } else if (!done.answer().isSuccess()) {
            failed(done.answer().hresult());
        } else if (!isOver) {
            started(done.answer().value());
        }
    }

    /** As with the first: the callback may come though the answer does not. */
    private Result<Started> asked(MemberGroup there, Transaction now, Deadline deadline)
            throws LinkException, RpcFaultException {
        try {
            return now.asking().at(there, now, deadline);
        } catch (LinkException | RpcFaultException e) {
            if (transactions.find(now.id()).isEmpty()) {
                return over();
            }
            throw e;
        }
    }

    private Result<Started> over() {
        isOver = true;
        return Result.ok(new Started(0, Ints.EMPTY));
    }

    private void started(Started answer) {
        Ints errors = answer.errors();
        if (one.kind() == Kind.READ && errors.stream().noneMatch(HResult::isSuccess)) {
            transactions.take(one.id()).ifPresent(last -> ends.ended(last, refused(errors)));
            return;
        }
        int[] taken = IntStream.range(0, errors.size())
                .filter(i -> HResult.isSuccess(errors.at(i)))
                .map(one.items()::at)
                .toArray();
        transactions.started(one.id(), answer.id(), Ints.of(taken), refused(errors));
    }

    /** Those of the items that the member does not take, with its reasons. */
    private Map<Integer, Integer> refused(Ints errors) {
        Map<Integer, Integer> refused = new HashMap<>();
        for (int i = 0; i < errors.size(); i++) {
            if (!HResult.isSuccess(errors.at(i))) {
                refused.put(one.items().at(i), errors.at(i));
            }
        }
        return refused;
    }

    private void failed(int hresult) {
        Map<Integer, Integer> all = new HashMap<>();
        ends.itemsOf(one).forEach(item -> all.put(item, hresult));
        transactions.take(one.id()).ifPresent(last -> ends.ended(last, all));
    }
}
