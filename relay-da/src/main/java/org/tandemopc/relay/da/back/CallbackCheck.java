package org.tandemopc.relay.da.back;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.params.PerItem;

/**
 * Proves that a server can call us: by a sink for its shutdown, which it must ask for its interface to take it, and by one value of any
 * item, in a group that is taken away again. Blocks until its deadline.
 */
final class CallbackCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackCheck.class);
    private static final long RATE_MS = 100;
    private static final int TRANSACTION = 1;

    private final DaConnection connection;
    private final Deadline deadline;

    CallbackCheck(DaConnection connection, Deadline deadline) {
        this.connection = connection;
        this.deadline = deadline;
    }

    /** What it came to. */
    sealed interface Outcome {
        /** @param how half a sentence */
        record Proven(String how) implements Outcome {}

        /** A server of DA 1.0 alone calls nobody in the way that Tandem is called. */
        record NotOffered() implements Outcome {}

        record Refused(int hresult) implements Outcome {}

        /** It took our sink, and nothing came. */
        record Silent() implements Outcome {}
    }

    Outcome run() throws LinkException, RpcFaultException, InterruptedException {
        Result<Integer> advised = connection.adviseShutdown(reason -> {}, deadline);
        boolean hasPoint = advised.isSuccess() || advised.hresult() != OpcResult.CONNECT_E_NOCONNECTION;
        if (!advised.isSuccess() && hasPoint) {
            return new Outcome.Refused(advised.hresult());
        }
        Optional<String> item = new DaBrowser(connection).anyItem(deadline);
        if (item.isEmpty()) {
            return advised.isSuccess()
                    ? new Outcome.Proven("took our sink for its shutdown; no item was found to be told a value of")
                    : new Outcome.NotOffered();
        }
        return value(item.get(), advised.isSuccess());
    }

    private Outcome value(String itemId, boolean isAdvised)
            throws LinkException, RpcFaultException, InterruptedException {
        Sink sink = new Sink();
        GroupSpec plain = new GroupSpec(0, "", true, RATE_MS, Optional.empty(), 0, 0, true, false);
        Result<MemberGroup> made = MemberGroup.add(connection, plain, sink, deadline);
        if (!made.isSuccess()) {
            return new Outcome.Refused(made.hresult());
        }
        MemberGroup group = made.value();
        try {
            ItemSpec item = new ItemSpec(1, itemId, "", Bytes.EMPTY, true, 0);
            Result<PerItem<OpcItemResult>> added = group.addItems(List.of(item), deadline);
            if (!isReadable(added)) {
                return isAdvised
                        ? new Outcome.Proven(
                                "took our sink for its shutdown; the item '%s' is not to be read".formatted(itemId))
                        : new Outcome.NotOffered();
            }
            return told(group, sink, item);
        } catch (SinkRefusedException e) {
            return new Outcome.Refused(e.hresult());
        } finally {
            remove(group);
        }
    }

    private static boolean isReadable(Result<PerItem<OpcItemResult>> added) {
        return added.isSuccess()
                && HResult.isSuccess(added.value().errors().at(0))
                && (added.value().values().getFirst().accessRights() & OpcDa.READABLE) != 0;
    }

    private Outcome told(MemberGroup group, Sink sink, ItemSpec item)
            throws LinkException, RpcFaultException, InterruptedException {
        group.bring(
                new GroupSpec(0, "", true, group.revisedRateMs(), Optional.empty(), 0, 0, true, true),
                List.of(item),
                deadline);
        if (!group.isAdvised()) {
            return new Outcome.NotOffered();
        }
        if (group.hasTransactions()) {
            // not every server tells what it has when it is advised; when it is asked, it must
            Result<Integer> asked = group.refresh(OpcDataSource.CACHE, TRANSACTION, deadline);
            if (!asked.isSuccess()) {
                return new Outcome.Proven("took our sink, and does not refresh '%s': %s"
                        .formatted(item.itemId(), OpcResult.describe(asked.hresult())));
            }
        }
        return sink.isTold.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                ? new Outcome.Proven("told us a value of '%s'%s".formatted(item.itemId(), sink.atLevel()))
                : new Outcome.Silent();
    }

    private void remove(MemberGroup group) {
        try {
            group.remove(deadline);
        } catch (LinkException | RpcFaultException e) {
            LOG.debug("The group of a check stays at {}: {}", connection.address(), e.getMessage());
        }
    }

    private static final class Sink implements IOPCDataCallback {
        final CountDownLatch isTold = new CountDownLatch(1);
        final AtomicReference<@Nullable Object> level = new AtomicReference<>();

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            // none: what came before the answer to the refresh is handed on by who asked for it
            ObjectCall.current().ifPresent(call -> level.compareAndSet(null, call.level()));
            isTold.countDown();
            return Result.ok(Nothing.NOTHING);
        }

        String atLevel() {
            Object known = level.get();
            return known == null ? "" : ", at level " + known;
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            return Result.ok(Nothing.NOTHING);
        }
    }
}
