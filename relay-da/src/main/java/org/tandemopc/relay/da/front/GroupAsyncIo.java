package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.back.MemberGroup;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.relay.delivery.Outcome;

/**
 * Transactions of a group: reads, writes and refreshes that end in a callback (DA 3.0 4.4.7, 4.4.8). Each ends once, whatever becomes
 * of the member that was asked. Any thread; calls of clients block for {@link DaSession#CALL_MAX} at most.
 */
final class GroupAsyncIo implements IOPCAsyncIO3 {
    private final DaGroup group;
    private final DaSession session;
    private final GroupCallbacks callbacks;
    private final Transactions transactions = new Transactions();

    GroupAsyncIo(DaGroup group, DaSession session, GroupCallbacks callbacks) {
        this.group = group;
        this.session = session;
        this.callbacks = callbacks;
    }

    // ---- what members tell

    void refreshed(int transaction, List<OpcItemChange> changes) {
        transactions.take(transaction).ifPresent(one -> group.tellRefreshed(one.clientId(), changes));
    }

    void read(int transaction, List<OpcItemChange> changes) {
        transactions.take(transaction).ifPresent(one -> tellRead(one.clientId(), group.forClient(changes)));
    }

    void written(WriteComplete call) {
        transactions.take(call.transactionId()).ifPresent(one -> tellWritten(one, call));
    }

    void cancelled(int transaction) {
        transactions.take(transaction).ifPresent(one -> callbacks.cancelled(one.clientId()));
    }

    private void tellRead(int clientId, List<OpcItemChange> told) {
        callbacks.read(group.data(clientId, told));
    }

    private void tellWritten(Transaction one, WriteComplete call) {
        List<Integer> clients = new ArrayList<>();
        List<Integer> errors = new ArrayList<>();
        for (int i = 0; i < call.clientHandles().size(); i++) {
            int error = call.errors().at(i);
            group.item(call.clientHandles().at(i)).ifPresent(item -> {
                clients.add(item.def().clientHandle());
                errors.add(error);
            });
        }
        tellWritten(one.clientId(), call.masterError(), Ints.copyOf(clients), Ints.copyOf(errors));
    }

    private void tellWritten(int clientId, int masterError, Ints clients, Ints errors) {
        callbacks.written(new WriteComplete(clientId, group.view().clientHandle(), masterError, clients, errors));
    }

    /** Transactions at the member end without an answer: what was written may have been done (S3). */
    void lost(int member) {
        for (Transaction one : transactions.takeOf(member)) {
            if (one.kind().isWrite()) {
                Ints clients = Ints.copyOf(group.known(one.items()).stream()
                        .map(item -> item.def().clientHandle())
                        .toList());
                tellWritten(one.clientId(), HResult.S_FALSE, clients, Ints.repeat(HResult.CALL_FAILED, clients.size()));
                outcomeUnknown(one.kind(), one.member(), one.epoch(), one.items(), "the member was lost");
                continue;
            }
            List<ItemView> asked = one.kind() == Kind.READ ? group.known(one.items()) : group.items();
            List<OpcItemChange> told = group.forClient(asked.stream()
                    .filter(item -> one.kind() == Kind.READ || item.def().isActive())
                    .map(item -> DaGroup.bad(item, HResult.CALL_FAILED))
                    .toList());
            DataChange data = group.data(one.clientId(), told);
            if (one.kind() == Kind.READ) {
                callbacks.read(data);
            } else {
                callbacks.changed(data, true);
            }
        }
    }

    private void outcomeUnknown(Kind kind, int member, long epoch, Ints handles, String why) {
        session.pair().outcomeUnknown(session, kind.operation(), member, epoch, group.itemIds(handles), why);
    }

    // ---- reads and writes

    @Override
    public Result<Started> read(Ints serverHandles, int transactionId) {
        return begin(
                Kind.READ,
                serverHandles,
                transactionId,
                (there, one, deadline) -> there.readLater(serverHandles, one.id(), deadline));
    }

    @Override
    public Result<Started> readMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId) {
        return begin(
                Kind.READ,
                serverHandles,
                transactionId,
                (there, one, deadline) -> there.io3().readMaxAgeLater(serverHandles, maxAgesMs, one.id(), deadline));
    }

    @Override
    public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId) {
        return beginWrite(
                Kind.WRITE,
                serverHandles,
                values.size(),
                transactionId,
                (there, one, deadline) -> there.writeLater(serverHandles, values, one.id(), deadline));
    }

    @Override
    public Result<Started> writeVqt(Ints serverHandles, List<OpcItemVqt> values, int transactionId) {
        return beginWrite(
                Kind.WRITE_VQT,
                serverHandles,
                values.size(),
                transactionId,
                (there, one, deadline) -> there.io3().writeVqtLater(serverHandles, values, one.id(), deadline));
    }

    /** How a transaction is begun at a member. */
    @FunctionalInterface
    private interface Beginning<X> {
        Result<X> at(MemberGroup there, Transaction one, Deadline deadline) throws LinkException, RpcFaultException;
    }

    private Result<Started> beginWrite(
            Kind kind, Ints serverHandles, int values, int clientId, Beginning<Started> beginning) {
        if (values != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        if (!session.mayWrite()) {
            return Result.partly(new Started(0, Ints.repeat(HResult.E_ACCESSDENIED, serverHandles.size())));
        }
        return begin(kind, serverHandles, clientId, beginning);
    }

    private Result<Started> begin(Kind kind, Ints serverHandles, int clientId, Beginning<Started> beginning) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Outcome<Result<Started>> outcome = begun(kind, serverHandles, clientId, beginning, new ItemsStarting());
        if (outcome instanceof Outcome.Done<Result<Started>> done) {
            return done.answer();
        }
        if (outcome instanceof Outcome.Unknown<Result<Started>> unknown) {
            outcomeUnknown(kind, unknown.member(), unknown.epoch(), serverHandles, unknown.why());
        }
        return Result.partly(new Started(0, Ints.repeat(DaSession.errorOf(outcome), serverHandles.size())));
    }

    /**
     * Begins a transaction at the active member. Its callback may come before the answer, and even where no answer comes: then the
     * client has its callback, and is told that the transaction was begun.
     */
    private <X> Outcome<Result<X>> begun(
            Kind kind, Ints handles, int clientId, Beginning<X> beginning, Starting<X> starting) {
        return session.carry(!kind.isWrite(), (access, deadline) -> {
            MemberGroup there = access.group(group, deadline);
            Optional<Transaction> begun = transactions.begin(kind, clientId, access.member(), access.epoch(), handles);
            if (begun.isEmpty()) {
                return Result.failure(OpcResult.CONNECT_E_ADVISELIMIT);
            }
            Transaction one = begun.get();
            try {
                return starting.started(one, beginning.at(there, one, deadline));
            } catch (LinkException | RpcFaultException e) {
                if (transactions.take(one.id()).isEmpty()) {
                    return Result.ok(starting.completed(one));
                }
                throw e;
            }
        });
    }

    /** What the client is told of a transaction that was begun. */
    private interface Starting<X> {
        Result<X> started(Transaction one, Result<X> answer);

        /** It is over already. */
        X completed(Transaction one);
    }

    /** For reads and writes: where every item failed at once no callback comes (DA 2.05a 4.5.6.1). */
    private final class ItemsStarting implements Starting<Started> {
        @Override
        public Result<Started> started(Transaction one, Result<Started> answer) {
            if (!answer.isSuccess() || answer.value().errors().stream().noneMatch(HResult::isSuccess)) {
                var unused = transactions.take(one.id());
                return answer.isSuccess()
                        ? Result.success(
                                answer.hresult(), new Started(0, answer.value().errors()))
                        : answer;
            }
            Ints errors = answer.value().errors();
            int[] taken = IntStream.range(0, errors.size())
                    .filter(i -> HResult.isSuccess(errors.at(i)))
                    .map(one.items()::at)
                    .toArray();
            transactions.started(one.id(), answer.value().id(), Ints.of(taken));
            return Result.success(
                    answer.hresult(), new Started(one.id(), answer.value().errors()));
        }

        @Override
        public Started completed(Transaction one) {
            return new Started(one.id(), Ints.repeat(HResult.S_OK, one.items().size()));
        }
    }

    private final class RefreshStarting implements Starting<Integer> {
        @Override
        public Result<Integer> started(Transaction one, Result<Integer> answer) {
            if (!answer.isSuccess()) {
                var unused = transactions.take(one.id());
                return answer;
            }
            transactions.started(one.id(), answer.value(), Ints.EMPTY);
            return Result.success(answer.hresult(), one.id());
        }

        @Override
        public Integer completed(Transaction one) {
            return one.id();
        }
    }

    // ---- refreshes, and the rest

    @Override
    public Result<Integer> refresh2(OpcDataSource source, int transactionId) {
        return refresh(transactionId, (there, one, deadline) -> there.refresh(source, one.id(), deadline));
    }

    @Override
    public Result<Integer> refreshMaxAge(long maxAgeMs, int transactionId) {
        return refresh(
                transactionId, (there, one, deadline) -> there.io3().refreshMaxAge(maxAgeMs, one.id(), deadline));
    }

    private Result<Integer> refresh(int clientId, Beginning<Integer> beginning) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        if (!group.view().isActive()
                || group.items().stream().noneMatch(item -> item.def().isActive())) {
            return Result.failure(HResult.E_FAIL);
        }
        return DaSession.overall(begun(Kind.REFRESH, Ints.EMPTY, clientId, beginning, new RefreshStarting()));
    }

    /** The member tells whether it is too late; OnCancelComplete comes from it. */
    @Override
    public Result<Nothing> cancel2(int cancelId) {
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        Optional<Transaction> one = transactions.find(cancelId);
        Optional<Integer> theirs = transactions.cancelId(cancelId);
        if (one.isEmpty() || theirs.isEmpty()) {
            return Result.failure(HResult.E_FAIL);
        }
        return DaSession.overall(session.carry(
                true,
                (access, deadline) -> access.member() == one.get().member()
                        ? access.group(group, deadline).cancel(theirs.get(), deadline)
                        : Result.failure(HResult.E_FAIL)));
    }

    @Override
    public Result<Nothing> setEnable(boolean isEnabled) {
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        group.change(now -> now.withEnabled(isEnabled));
        session.changed();
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Boolean> getEnable() {
        return callbacks.isEmpty()
                ? Result.failure(OpcResult.CONNECT_E_NOCONNECTION)
                : Result.ok(group.view().isEnabled());
    }
}
