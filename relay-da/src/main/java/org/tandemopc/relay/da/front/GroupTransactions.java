package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.da.front.Transactions.Asking;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.relay.delivery.Outcome;

/**
 * How transactions of a group go on, of whatever version of DA: begun at the active member, ended once, whatever becomes of that member.
 * Reads that a lost member has not ended are asked of the next one (S1), writes never: those are of unknown outcome (S3), and what
 * comes of them later is recorded (S8). Any thread; what begins or cancels blocks for {@link DaSession#CALL_MAX} at most.
 */
final class GroupTransactions {
    private final DaGroup group;
    private final DaSession session;
    private final Transactions open = new Transactions();
    private final Doubts doubts = new Doubts();

    GroupTransactions(DaGroup group, DaSession session) {
        this.group = group;
        this.session = session;
    }

    /** A number that no open transaction has. */
    int number() {
        return open.number();
    }

    Optional<Transaction> find(int transaction) {
        return open.find(transaction);
    }

    // ---- what members tell

    void refreshed(int transaction, List<OpcItemChange> changes) {
        open.take(transaction).ifPresent(one -> refreshed(one, changes));
    }

    /** In its place among the values. */
    private void refreshed(Transaction one, List<OpcItemChange> changes) {
        group.inOrder(() -> one.replies().refreshed(one, changes));
    }

    void read(int transaction, List<OpcItemChange> changes) {
        open.take(transaction).ifPresent(one -> read(one, changes));
    }

    private void read(Transaction one, List<OpcItemChange> changes) {
        List<OpcItemChange> all = new ArrayList<>(changes);
        if (one.isRepeated()) {
            // the client was told that these are asked for, by a member that has them
            Set<Integer> there =
                    changes.stream().map(OpcItemChange::clientHandle).collect(Collectors.toSet());
            Map<Integer, Integer> refused = new LinkedHashMap<>();
            one.items().forEach(item -> refused.put(item, HResult.E_FAIL));
            refused.putAll(one.refused());
            refused.keySet().removeAll(there);
            all.addAll(group.bad(refused));
        }
        one.replies().read(one, all);
    }

    void written(WriteComplete call) {
        Optional<Transaction> ended = open.take(call.transactionId());
        if (ended.isEmpty()) {
            writtenLate(call);
            return;
        }
        Transaction one = ended.get();
        var unusedDoubt = doubts.take(one.id());
        one.replies().written(one, call.masterError(), call.clientHandles(), call.errors());
        audit(one, WriteReport.resultOf(call.errors()));
    }

    /** By a member that was left. */
    void writtenLate(WriteComplete call) {
        doubts.find(call.transactionId()).ifPresent(doubt -> doubt.heard(Result.partly(call.errors())));
    }

    void cancelled(int transaction) {
        open.take(transaction).ifPresent(this::cancelled);
    }

    private void cancelled(Transaction one) {
        one.replies().cancelled(one);
        if (one.kind().isWrite()) {
            var unusedDoubt = doubts.take(one.id());
            audit(one, WriteReport.CANCELLED);
        }
    }

    /** Hears an answer to the beginning of a write that comes when nobody waits for it any more. */
    LateAnswer lateTo(Transaction one) {
        return late -> doubts.find(one.id()).ifPresent(doubt -> doubt.heard(late));
    }

    // ---- ends that no member tells

    /**
     * The member ends no transactions any more. What was written may have been done, and is told so (S3); what was to be read is
     * asked of the next active one (S1).
     *
     * @return writes among them
     */
    int lost(int member) {
        Transactions.Lost lost = open.lost(member);
        for (Transaction one : lost.ended()) {
            Ints unknown = Ints.repeat(HResult.CALL_FAILED, one.items().size());
            one.replies().written(one, HResult.S_FALSE, one.items(), unknown);
            leftInDoubt(one, "the member was lost");
        }
        lost.orphaned().forEach(one -> Repetition.begin(group, session, this, open, one));
        return lost.ended().size();
    }

    /** Nobody listens any more. What a member was told to write may be done all the same. */
    void forget() {
        open.forget().forEach(one -> leftInDoubt(one, "the client does not listen any more"));
    }

    /** For {@link Repetition}: no member ends it. @param errors by item, why */
    void ended(Transaction one, Map<Integer, Integer> errors) {
        List<OpcItemChange> told = group.bad(errors);
        if (one.kind() == Kind.READ) {
            read(one, told);
        } else {
            refreshed(one, told);
        }
    }

    /** Of a refresh those of now. */
    List<Integer> itemsOf(Transaction one) {
        return one.kind() == Kind.REFRESH
                ? group.items().stream()
                        .filter(item -> item.def().isActive())
                        .map(ItemView::handle)
                        .toList()
                : one.items().stream().toList();
    }

    /** Until the member has ended all transactions of the group. @return false: not in time */
    boolean awaitEnded(int member, Deadline deadline) {
        return open.awaitNoneOf(member, deadline);
    }

    // ---- records

    private void leftInDoubt(Transaction one, String why) {
        outcomeUnknown(one.operation(), one.member(), one.epoch(), one.items(), why);
        doubts.find(one.id()).ifPresent(doubt -> doubt.unknown(one.member(), one.epoch()));
        audit(one, WriteReport.UNKNOWN);
    }

    private void outcomeUnknown(String operation, int member, long epoch, Ints handles, String why) {
        session.pair().outcomeUnknown(session, operation, member, epoch, group.itemIds(handles), why);
    }

    private void audit(Transaction one, String outcome) {
        Ints handles = one.items();
        session.pair()
                .written(
                        session,
                        new WriteReport(
                                one.operation(),
                                one.account(),
                                one.member(),
                                one.epoch(),
                                group.itemIds(handles),
                                handles.size(),
                                outcome));
    }

    /** The answer to a write of an account that may not write. */
    Result<Started> unasked(Kind kind, Replies replies, Ints handles) {
        Writes.unasked(session, kind.operation(replies), handles.size(), group.itemIds(handles));
        return Result.partly(new Started(0, Ints.repeat(HResult.E_ACCESSDENIED, handles.size())));
    }

    /** What a client's call is answered, and the record of it: without an answer of a member the same error for each item. */
    Result<Started> answered(Kind kind, Replies replies, Ints handles, Outcome<Result<Started>> outcome) {
        String operation = kind.operation(replies);
        if (kind.isWrite()) {
            auditBegun(operation, outcome, handles);
        }
        if (outcome instanceof Outcome.Done<Result<Started>> done) {
            return done.answer();
        }
        if (outcome instanceof Outcome.Unknown<Result<Started>> unknown) {
            outcomeUnknown(operation, unknown.member(), unknown.epoch(), handles, unknown.why());
        }
        return Result.partly(new Started(0, Ints.repeat(DaSession.errorOf(outcome), handles.size())));
    }

    /** What fails at once has no end that would tell it. */
    private void auditBegun(String operation, Outcome<Result<Started>> outcome, Ints handles) {
        WriteReport report = WriteReport.of(
                operation, session.caller(), group.itemIds(handles), handles.size(), outcome, Started::errors);
        if (!report.outcome().equals(WriteReport.DONE)) {
            session.pair().written(session, report);
        }
    }

    // ---- beginnings

    /** What the client is told of a transaction that was begun. */
    interface Starting<X> {
        Result<X> started(Transaction one, Result<Started> answer);

        /** It is over already. */
        X completed(Transaction one);
    }

    /**
     * Begins a transaction at the active member. Its callback may come before the answer, and even where no answer comes: then the
     * client has its callback, and is told that the transaction was begun.
     */
    <X> Outcome<Result<X>> begun(
            Kind kind, Ints handles, int clientId, Replies replies, Asking asking, Starting<X> starting) {
        String account = session.caller();
        return session.carry(!kind.isWrite(), (access, deadline) -> {
            MemberGroup there = access.group(group, deadline);
            Optional<Transaction> begun =
                    open.begin(kind, clientId, replies, access.member(), access.epoch(), handles, account, asking);
            if (begun.isEmpty()) {
                return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
            }
            Transaction one = begun.get();
            if (kind.isWrite()) {
                Doubt doubt = new Doubt(session, one.operation(), account, group.itemIds(handles));
                doubt.goesTo(access);
                doubts.put(one.id(), doubt);
            }
            try {
                return starting.started(one, asking.at(there, one, deadline));
            } catch (LinkException | RpcFaultException e) {
                if (open.take(one.id()).isEmpty()) {
                    return Result.ok(starting.completed(one));
                }
                unanswered(one, e);
                throw e;
            }
        });
    }

    private void unanswered(Transaction one, Exception why) {
        boolean mayHaveBegun = why instanceof LinkException link && !link.isNotSent();
        if (mayHaveBegun) {
            // the answer or the end may still come
            doubts.find(one.id()).ifPresent(doubt -> doubt.unknown(one.member(), one.epoch()));
        } else {
            var unusedDoubt = doubts.take(one.id());
        }
    }

    /** The member took it, under this number. @param items that it took of it */
    void started(Transaction one, int cancelId, Ints items) {
        open.started(one.id(), cancelId, items);
    }

    /** It was not begun. */
    void refused(Transaction one) {
        var unused = open.take(one.id());
        var unusedDoubt = doubts.take(one.id());
    }

    /** How a member is asked for a refresh. */
    @FunctionalInterface
    interface Refreshing {
        /** @return the member's cancel id */
        Result<Integer> at(MemberGroup there, int transaction, Deadline deadline)
                throws LinkException, RpcFaultException;
    }

    Result<Integer> refresh(int clientId, Replies replies, Refreshing refreshing) {
        if (!group.view().isActive()
                || group.items().stream().noneMatch(item -> item.def().isActive())) {
            return Result.failure(HResult.E_FAIL);
        }
        Asking asking = (there, one, deadline) -> {
            Result<Integer> begun = refreshing.at(there, one.id(), deadline);
            return begun.isSuccess()
                    ? Result.success(begun.hresult(), new Started(begun.value(), Ints.EMPTY))
                    : Result.failure(begun.hresult());
        };
        return DaSession.overall(begun(Kind.REFRESH, Ints.EMPTY, clientId, replies, asking, new RefreshStarting()));
    }

    private final class RefreshStarting implements Starting<Integer> {
        @Override
        public Result<Integer> started(Transaction one, Result<Started> answer) {
            if (!answer.isSuccess()) {
                refused(one);
                return Result.failure(answer.hresult());
            }
            GroupTransactions.this.started(one, answer.value().id(), Ints.EMPTY);
            return Result.success(answer.hresult(), one.id());
        }

        @Override
        public Integer completed(Transaction one) {
            return one.id();
        }
    }

    // ---- cancelling

    /**
     * The member tells whether it is too late; what is at no member just now is ours to cancel.
     *
     * @return E_FAIL: it is over, too late, or at a member that does not serve any more
     */
    Result<Nothing> cancel(Transaction one) {
        if (cancelOrphan(one.id())) {
            return Result.ok(Nothing.NOTHING);
        }
        Optional<Integer> theirs = open.cancelId(one.id());
        if (theirs.isEmpty()) {
            return Result.failure(HResult.E_FAIL);
        }
        Outcome<Result<Nothing>> asked = session.carryNow((access, deadline) -> access.member() == one.member()
                ? access.group(group, deadline).cancel(theirs.get(), deadline)
                : Result.failure(HResult.E_FAIL));
        if (asked instanceof Outcome.Done<Result<Nothing>> done) {
            return done.answer();
        }
        // perhaps the member was lost just now
        return cancelOrphan(one.id()) ? Result.ok(Nothing.NOTHING) : Result.failure(HResult.E_FAIL);
    }

    private boolean cancelOrphan(int transaction) {
        Optional<Transaction> orphan = open.takeOrphan(transaction);
        orphan.ifPresent(this::cancelled);
        return orphan.isPresent();
    }
}
