package org.tandemopc.relay.da.front;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.relay.da.front.GroupTransactions.Starting;
import org.tandemopc.relay.da.front.StreamPoints.Connection;
import org.tandemopc.relay.da.front.Transactions.Asking;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;
import org.tandemopc.relay.delivery.Outcome;

/**
 * Reads and writes of DA 1.0 on a group of ours (DA 2.05a 4.5.9), whatever the member has for them: transactions have Tandem's numbers,
 * and one item that is wrong means that nothing is begun. Calls come on virtual threads, several at once.
 */
record GroupAsyncIo1(DaGroup group, StreamPoints points, GroupSyncIo sync, GroupTransactions transactions)
        implements IOPCAsyncIO {
    /** FACILITY_ITF with a code of OPC: what is wrong with an item, not with its value. */
    private static final int OPC_ERRORS = 0xC004;

    /** The connection that the answer goes to. */
    private Result<Connection> to(int connection, boolean isForValues) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        return points.find(connection)
                .filter(found -> found.isForValues() == isForValues)
                .map(Result::ok)
                .orElseGet(() -> Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
    }

    @Override
    public Result<Started> read(int connection, OpcDataSource source, Ints serverHandles) {
        if (serverHandles.isEmpty() || source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Result<Connection> to = to(connection, true);
        if (!to.isSuccess()) {
            return Result.failure(to.hresult());
        }
        Ints errors = group.knownErrors(serverHandles);
        if (isAnyFailed(errors)) {
            return Result.partly(new Started(0, errors));
        }
        return source == OpcDataSource.CACHE
                ? readCache(to.value(), serverHandles)
                : begin(
                        Kind.READ,
                        to.value(),
                        serverHandles,
                        // the client knows by then that all of it was begun
                        (there, one, deadline) -> one.isRepeated()
                                ? there.readLater(one.items(), one.id(), deadline)
                                : there.readWhole(serverHandles, one.id(), deadline));
    }

    /** AsyncIO2 reads devices alone. The cache answers at once, so the stream is on its way when the call ends. */
    private Result<Started> readCache(Connection to, Ints serverHandles) {
        Result<PerItem<OpcItemState>> read = sync.read(OpcDataSource.CACHE, serverHandles);
        if (!read.isSuccess()) {
            return Result.failure(read.hresult());
        }
        Ints errors = read.value().errors();
        if (errors.stream().anyMatch(GroupAsyncIo1::isOfItem)) {
            return Result.partly(new Started(0, errors));
        }
        List<OpcItemChange> told = new ArrayList<>();
        for (int i = 0; i < errors.size(); i++) {
            OpcItemState state = read.value().values().get(i);
            told.add(new OpcItemChange(
                    state.clientHandle(), state.value(), state.quality(), state.timestamp(), errors.at(i)));
        }
        int transaction = transactions.number();
        int clientGroup = group.view().clientHandle();
        to.send(() -> ClientStreams.data(clientGroup, transaction, told, to.format()), true);
        return Result.ok(new Started(transaction, Ints.repeat(HResult.S_OK, errors.size())));
    }

    private static boolean isOfItem(int error) {
        return error >>> Short.SIZE == OPC_ERRORS;
    }

    private static boolean isAnyFailed(Ints errors) {
        return !errors.stream().allMatch(HResult::isSuccess);
    }

    @Override
    public Result<Started> write(int connection, Ints serverHandles, List<Variant> values) {
        if (serverHandles.isEmpty() || values.size() != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Result<Connection> to = to(connection, false);
        if (!to.isSuccess()) {
            return Result.failure(to.hresult());
        }
        if (!group.session().mayWrite()) {
            return transactions.unasked(Kind.WRITE, new StreamReplies(group, to.value(), serverHandles), serverHandles);
        }
        Ints errors = group.knownErrors(serverHandles);
        if (isAnyFailed(errors)) {
            return Result.partly(new Started(0, errors));
        }
        return begin(
                Kind.WRITE,
                to.value(),
                serverHandles,
                (there, one, deadline) ->
                        there.writeWhole(serverHandles, values, one.id(), deadline, transactions.lateTo(one)));
    }

    private Result<Started> begin(Kind kind, Connection to, Ints serverHandles, Asking asking) {
        StreamReplies replies = new StreamReplies(group, to, serverHandles);
        ItemsStarting starting = new ItemsStarting(transactions, replies);
        Outcome<Result<Started>> outcome = transactions.begun(
                kind,
                serverHandles,
                0,
                replies,
                (there, one, deadline) -> {
                    starting.beginsWhole = there.beginsWhole();
                    return asking.at(there, one, deadline);
                },
                starting);
        return transactions.answered(kind, replies, serverHandles, outcome);
    }

    /** A read of which the member has begun a part is none; of a write that cannot be said, so its end tells of all items. */
    private static final class ItemsStarting implements Starting<Started> {
        private final GroupTransactions transactions;
        private final StreamReplies replies;
        private volatile boolean beginsWhole;

        ItemsStarting(GroupTransactions transactions, StreamReplies replies) {
            this.transactions = transactions;
            this.replies = replies;
        }

        @Override
        public Result<Started> started(Transaction one, Result<Started> answer) {
            if (!isBegun(one.kind(), answer)) {
                transactions.refused(one);
                replies.refused();
                return answer.isSuccess()
                        ? Result.partly(new Started(0, answer.value().errors()))
                        : answer;
            }
            transactions.started(one, answer.value().id(), one.items());
            replies.accepted(answer.value().errors());
            return Result.ok(completed(one.id(), one.items().size()));
        }

        private boolean isBegun(Kind kind, Result<Started> answer) {
            if (!answer.isSuccess()) {
                return false;
            }
            Ints errors = answer.value().errors();
            boolean isPartEnough = kind == Kind.WRITE && !beginsWhole;
            return isPartEnough ? errors.stream().anyMatch(HResult::isSuccess) : !isAnyFailed(errors);
        }

        @Override
        public Started completed(Transaction one) {
            int count = one.items().size();
            replies.accepted(Ints.repeat(HResult.S_OK, count));
            return completed(one.id(), count);
        }

        private static Started completed(int transaction, int count) {
            return new Started(transaction, Ints.repeat(HResult.S_OK, count));
        }
    }

    @Override
    public Result<Integer> refresh(int connection, OpcDataSource source) {
        if (source == OpcDataSource.OTHER) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        Result<Connection> to = to(connection, true);
        return to.isSuccess()
                ? transactions.refresh(
                        0,
                        new StreamReplies(group, to.value(), Ints.EMPTY),
                        (there, one, deadline) -> there.refresh(source, one, deadline))
                : Result.failure(to.hresult());
    }

    /** S_OK: no stream comes of it, whatever the member may still send. */
    @Override
    public Result<Nothing> cancel(int transactionId) {
        Optional<Transaction> one = transactions.find(transactionId);
        if (group.isDeleted() || one.isEmpty() || !(one.get().replies() instanceof StreamReplies replies)) {
            return Result.failure(HResult.E_FAIL);
        }
        Result<Nothing> answer = transactions.cancel(one.get());
        if (!answer.isSuccess()) {
            return answer;
        }
        transactions.cancelled(transactionId);
        return replies.isCancelled() ? Result.ok(Nothing.NOTHING) : Result.failure(HResult.E_FAIL);
    }
}
