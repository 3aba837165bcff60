package org.tandemopc.relay.da.front;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.da.front.GroupTransactions.Refreshing;
import org.tandemopc.relay.da.front.GroupTransactions.Starting;
import org.tandemopc.relay.da.front.Transactions.Asking;
import org.tandemopc.relay.da.front.Transactions.Kind;
import org.tandemopc.relay.da.front.Transactions.Transaction;

/**
 * Transactions of a group that end in a callback: reads, writes and refreshes (DA 3.0 4.4.7, 4.4.8). Any thread; blocks for
 * {@link DaSession#CALL_MAX} at most.
 */
final class GroupAsyncIo implements IOPCAsyncIO3 {
    private final DaGroup group;
    private final DaSession session;
    private final GroupCallbacks callbacks;
    private final Replies replies;
    private final GroupTransactions transactions;

    GroupAsyncIo(DaGroup group, DaSession session, GroupCallbacks callbacks, GroupTransactions transactions) {
        this.group = group;
        this.session = session;
        this.callbacks = callbacks;
        this.replies = new CallbackReplies(group, callbacks);
        this.transactions = transactions;
    }

    // ---- reads and writes

    @Override
    public Result<Started> read(Ints serverHandles, int transactionId) {
        return begin(
                Kind.READ,
                serverHandles,
                transactionId,
                (there, one, deadline) -> there.readLater(one.items(), one.id(), deadline));
    }

    @Override
    public Result<Started> readMaxAge(Ints serverHandles, Ints maxAgesMs, int transactionId) {
        Map<Integer, Integer> ages = new HashMap<>();
        for (int i = 0; i < Math.min(serverHandles.size(), maxAgesMs.size()); i++) {
            ages.put(serverHandles.at(i), maxAgesMs.at(i));
        }
        return begin(
                Kind.READ,
                serverHandles,
                transactionId,
                // where it is asked again, of those items that the first member took
                (there, one, deadline) -> there.io3()
                        .readMaxAgeLater(
                                one.items(),
                                one.isRepeated() ? agesOf(one.items(), ages) : maxAgesMs,
                                one.id(),
                                deadline));
    }

    private static Ints agesOf(Ints items, Map<Integer, Integer> ages) {
        return Ints.of(
                items.stream().mapToInt(item -> ages.getOrDefault(item, 0)).toArray());
    }

    @Override
    public Result<Started> write(Ints serverHandles, List<Variant> values, int transactionId) {
        return beginWrite(
                Kind.WRITE,
                serverHandles,
                values.size(),
                transactionId,
                (there, one, deadline) ->
                        there.writeLater(serverHandles, values, one.id(), deadline, transactions.lateTo(one)));
    }

    @Override
    public Result<Started> writeVqt(Ints serverHandles, List<OpcItemVqt> values, int transactionId) {
        return beginWrite(
                Kind.WRITE_VQT,
                serverHandles,
                values.size(),
                transactionId,
                (there, one, deadline) ->
                        there.io3().writeVqtLater(serverHandles, values, one.id(), deadline, transactions.lateTo(one)));
    }

    private Result<Started> beginWrite(Kind kind, Ints serverHandles, int values, int clientId, Asking asking) {
        if (values != serverHandles.size()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return session.mayWrite()
                ? begin(kind, serverHandles, clientId, asking)
                : transactions.unasked(kind, replies, serverHandles);
    }

    private Result<Started> begin(Kind kind, Ints serverHandles, int clientId, Asking asking) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        if (serverHandles.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return transactions.answered(
                kind,
                replies,
                serverHandles,
                transactions.begun(kind, serverHandles, clientId, replies, asking, new ItemsStarting()));
    }

    /** For reads and writes: where every item failed at once no callback comes (DA 2.05a 4.5.6.1). */
    private final class ItemsStarting implements Starting<Started> {
        @Override
        public Result<Started> started(Transaction one, Result<Started> answer) {
            if (!answer.isSuccess() || answer.value().errors().stream().noneMatch(HResult::isSuccess)) {
                transactions.refused(one);
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
            transactions.started(one, answer.value().id(), Ints.of(taken));
            return Result.success(answer.hresult(), new Started(one.id(), errors));
        }

        @Override
        public Started completed(Transaction one) {
            return new Started(one.id(), Ints.repeat(HResult.S_OK, one.items().size()));
        }
    }

    // ---- refreshes, and the rest

    @Override
    public Result<Integer> refresh2(OpcDataSource source, int transactionId) {
        return refresh(transactionId, (there, one, deadline) -> there.refresh(source, one, deadline));
    }

    @Override
    public Result<Integer> refreshMaxAge(long maxAgeMs, int transactionId) {
        return refresh(transactionId, (there, one, deadline) -> there.io3().refreshMaxAge(maxAgeMs, one, deadline));
    }

    private Result<Integer> refresh(int clientId, Refreshing refreshing) {
        if (group.isDeleted()) {
            return Result.failure(HResult.E_FAIL);
        }
        return callbacks.isEmpty()
                ? Result.failure(OpcResult.CONNECT_E_NOCONNECTION)
                : transactions.refresh(clientId, replies, refreshing);
    }

    /** OnCancelComplete comes from the member, or from us if no member has it. */
    @Override
    public Result<Nothing> cancel2(int cancelId) {
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        return transactions.find(cancelId).map(transactions::cancel).orElseGet(() -> Result.failure(HResult.E_FAIL));
    }

    @Override
    public Result<Nothing> setEnable(boolean isEnabled) {
        if (callbacks.isEmpty()) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        group.enable(isEnabled);
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
