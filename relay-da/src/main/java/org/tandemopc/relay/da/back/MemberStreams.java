package org.tandemopc.relay.da.back;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.record.Printable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.relay.da.back.StreamTransactions.Asked;
import org.tandemopc.relay.da.back.StreamTransactions.Kind;

/**
 * A group on a member of DA 1.0 alone (DA 2.05a 4.5.9, 4.5.10): IDataObject and IOPCAsyncIO there, and our sinks, whose streams reach
 * the relay as the callbacks of DA 2.05a do. A stream that cannot be read is left out, and the log says so once.
 *
 * <p>Calls block until their deadline; advising is for one thread at a time, the rest for any.
 */
final class MemberStreams {
    private static final Logger LOG = LoggerFactory.getLogger(MemberStreams.class);

    private final StreamTranslator translator;
    private final StreamTransactions transactions = new StreamTransactions();
    private final String whose;
    private final Runnable heard;
    private final ComPointer<IDataObject> data;
    private final ComPointer<IOPCAsyncIO> io;
    private final AtomicBoolean hasWarned = new AtomicBoolean();

    // The member's connections.
    private volatile @Nullable Integer values;
    private volatile @Nullable Integer results;

    /**
     * @param whose for the log and for errors
     * @param heard called when something has come from the member
     */
    MemberStreams(
            String whose,
            ComPointer<IDataObject> data,
            ComPointer<IOPCAsyncIO> io,
            int group,
            IOPCDataCallback target,
            Runnable heard,
            InstantSource clock) {
        this.whose = whose;
        this.heard = heard;
        this.data = data;
        this.io = io;
        this.translator = new StreamTranslator(group, target, clock);
    }

    void close() {
        transactions.forget();
        data.close();
        io.close();
    }

    // ---- what the member is to tell

    /** Times come along where the member has them; else what comes counts as of when it came. */
    void advise(Deadline deadline) throws LinkException, RpcFaultException {
        Result<Integer> forResults = advise(StreamFormat.WRITE_COMPLETE, deadline);
        results = forResults.isSuccess() ? forResults.value() : null;
        Result<Integer> forValues = advise(StreamFormat.DATA_TIME, deadline);
        if (!forValues.isSuccess()) {
            forValues = advise(StreamFormat.DATA, deadline);
        }
        if (!forValues.isSuccess()) {
            throw new LinkException("%s takes no sink: %s".formatted(whose, OpcResult.describe(forValues.hresult())));
        }
        values = forValues.value();
    }

    private Result<Integer> advise(StreamFormat format, Deadline deadline) throws LinkException, RpcFaultException {
        Optional<ComPointer<IAdviseSink>> sink = ComObject.named("stream sink at " + whose)
                .with(IAdviseSink.DEF, new Sink(format))
                .build()
                .pointer(IAdviseSink.DEF)
                .map(pointer -> pointer);
        Result<Integer> advised = data.within(deadline).dAdvise(new IDataObject.DataAdvise(format.format(), 0, sink));
        heard.run();
        return advised;
    }

    void unadvise(Deadline deadline) throws LinkException, RpcFaultException {
        transactions.forget();
        Integer forValues = values;
        Integer forResults = results;
        values = null;
        results = null;
        if (forValues != null) {
            var unused = data.within(deadline).dUnadvise(forValues);
        }
        if (forResults != null) {
            var unused = data.within(deadline).dUnadvise(forResults);
        }
    }

    /** All active items are told as they are, as if they had changed. */
    void tellAll(Deadline deadline) throws LinkException, RpcFaultException {
        var unused = refresh(OpcDataSource.CACHE, 0, Ints.EMPTY, deadline);
    }

    // ---- transactions

    /** What a call begins, for the items at these places of it. */
    @FunctionalInterface
    private interface Beginning {
        Result<Started> of(int[] places) throws LinkException, RpcFaultException;
    }

    /**
     * Reads the device.
     *
     * @param ours Tandem's handles of the items
     * @param isWhole as DA 1.0 has it: one item that is wrong, and nothing is begun; else the others are
     * @return by the member's number
     */
    Result<Started> read(Ints theirs, Ints ours, int transaction, boolean isWhole, Deadline deadline)
            throws LinkException, RpcFaultException {
        Integer connection = values;
        if (connection == null) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        Asked asked = new Asked(Kind.READ, transaction, ours);
        return begun(
                asked,
                isWhole,
                places -> io.within(deadline).read(connection, OpcDataSource.DEVICE, some(theirs, places)));
    }

    /** As {@link #read}. @param late hears of a beginning that is answered when nobody waits any more */
    Result<Started> write(
            Ints theirs,
            Ints ours,
            List<Variant> all,
            int transaction,
            boolean isWhole,
            Deadline deadline,
            LateAnswer late)
            throws LinkException, RpcFaultException {
        Integer connection = results;
        if (connection == null) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        Asked asked = new Asked(Kind.WRITE, transaction, ours);
        return begun(
                asked,
                isWhole,
                places -> io.within(deadline, answer -> lateStarted(asked, places, answer, late))
                        .write(
                                connection,
                                some(theirs, places),
                                IntStream.of(places).mapToObj(all::get).toList()));
    }

    /** @param active Tandem's handles of the items that the stream will have */
    Result<Integer> refresh(OpcDataSource source, int transaction, Ints active, Deadline deadline)
            throws LinkException, RpcFaultException {
        Integer connection = values;
        if (connection == null) {
            return Result.failure(OpcResult.CONNECT_E_NOCONNECTION);
        }
        transactions.calling();
        try {
            Result<Integer> answer = io.within(deadline).refresh(connection, source);
            heard.run();
            if (answer.isSuccess()) {
                started(answer.value(), new Asked(Kind.REFRESH, transaction, active));
            }
            return answer;
        } finally {
            transactions.called();
        }
    }

    /** @return S_OK: the relay has been told OnCancelComplete */
    Result<Nothing> cancel(int theirs, Deadline deadline) throws LinkException, RpcFaultException {
        Result<Nothing> answer = io.within(deadline).cancel(theirs);
        heard.run();
        if (!answer.isSuccess()) {
            return answer;
        }
        Optional<Asked> asked = transactions.cancelled(theirs);
        asked.ifPresent(translator::cancelled);
        return asked.isPresent() ? answer : Result.failure(HResult.E_FAIL);
    }

    /**
     * Where the member begins nothing because of some items, the others are asked for alone. That repeats no write: the member has
     * given no number, and so has begun none.
     */
    private Result<Started> begun(Asked asked, boolean isWhole, Beginning beginning)
            throws LinkException, RpcFaultException {
        int count = asked.items().size();
        Result<Started> first = once(asked, allOf(count), beginning);
        if (isWhole || !first.isSuccess() || !isRefusedWhole(first.value())) {
            return first;
        }
        Ints errors = first.value().errors();
        int[] good = successes(errors);
        if (errors.size() != count || good.length == 0) {
            return first;
        }
        Result<Started> second = once(asked, good, beginning);
        if (!second.isSuccess() || second.value().errors().size() != good.length) {
            return second;
        }
        boolean isRefused = isRefusedWhole(second.value());
        int[] merged = errors.toInts();
        for (int i = 0; i < good.length; i++) {
            int error = second.value().errors().at(i);
            merged[good[i]] = isRefused && HResult.isSuccess(error) ? HResult.E_FAIL : error;
        }
        return Result.partly(new Started(second.value().id(), Ints.of(merged)));
    }

    private Result<Started> once(Asked asked, int[] places, Beginning beginning)
            throws LinkException, RpcFaultException {
        boolean isOwed = false;
        transactions.calling();
        try {
            Result<Started> answer = beginning.of(places);
            heard.run();
            if (answer.isSuccess() && isBegun(answer.value(), places)) {
                begun(asked, places, answer.value());
            }
            return answer;
        } catch (LinkException e) {
            isOwed = asked.isWrite() && !e.isNotSent();
            throw e;
        } finally {
            if (!isOwed) {
                transactions.called();
            }
        }
    }

    /** From then on the end of it can be told from others, which may have come already. */
    private void lateStarted(Asked asked, int[] places, Result<?> answer, LateAnswer late) {
        try {
            if (answer.isSuccess() && answer.value() instanceof Started begun && isBegun(begun, places)) {
                begun(asked, places, begun);
            }
        } finally {
            transactions.called();
        }
        late.heard(answer);
    }

    private static boolean isBegun(Started answer, int[] places) {
        return answer.errors().size() == places.length && !isRefusedWhole(answer);
    }

    private void begun(Asked asked, int[] places, Started answer) {
        Ints taken = some(some(asked.items(), places), successes(answer.errors()));
        started(answer.id(), new Asked(asked.kind(), asked.ours(), taken));
    }

    private void started(int theirs, Asked asked) {
        transactions.started(theirs, asked).ifPresent(early -> translator.ended(asked, early));
    }

    /** One that has a number was begun for the items without errors, whatever the specification says. */
    private static boolean isRefusedWhole(Started answer) {
        boolean isAll = answer.errors().stream().allMatch(HResult::isSuccess);
        boolean isAny = answer.errors().stream().anyMatch(HResult::isSuccess);
        return !isAny || (!isAll && answer.id() == 0);
    }

    private static int[] allOf(int count) {
        return IntStream.range(0, count).toArray();
    }

    private static int[] successes(Ints errors) {
        return IntStream.range(0, errors.size())
                .filter(i -> HResult.isSuccess(errors.at(i)))
                .toArray();
    }

    private static Ints some(Ints all, int[] places) {
        return places.length == all.size()
                ? all
                : Ints.of(IntStream.of(places).map(all::at).toArray());
    }

    // ---- what the member tells

    /** One for each connection, so that a stream without a format is known. */
    private final class Sink implements IAdviseSink {
        private static final Result<Nothing> NOT_OF_OPC = Result.failure(HResult.E_NOTIMPL);

        private final StreamFormat advised;

        Sink(StreamFormat advised) {
            this.advised = advised;
        }

        /** Always taken: what is wrong with one stream is no reason for the member to give the sink up. */
        @Override
        public Result<Nothing> onDataChange(Change change) throws LinkException, RpcFaultException {
            heard.run();
            StreamMessage message = StreamMessage.of(change, advised);
            if (message instanceof StreamMessage.Broken broken) {
                warn(broken.why());
            }
            if (message.transactionId() == 0) {
                translator.told(message);
            } else {
                transactions.ended(message).ifPresent(asked -> translator.ended(asked, message));
            }
            return Result.ok(Nothing.NOTHING);
        }

        private void warn(String why) {
            if (hasWarned.compareAndSet(false, true)) {
                LOG.warn(
                        "{} sends a stream that cannot be read; such streams are left out: {}",
                        whose,
                        Printable.of(why));
            }
        }

        @Override
        public Result<Nothing> onViewChange(long aspect, int index) {
            return NOT_OF_OPC;
        }

        @Override
        public Result<Nothing> onRename(Optional<ComPointer<IUnknown>> moniker) {
            moniker.ifPresent(ComPointer::close);
            return NOT_OF_OPC;
        }

        @Override
        public Result<Nothing> onSave() {
            return NOT_OF_OPC;
        }

        @Override
        public Result<Nothing> onClose() {
            return NOT_OF_OPC;
        }
    }
}
