package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IEnumFORMATETC;
import org.tandemopc.opcda.ole.IEnumSTATDATA;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What comes of a member's streams and answers. The member is of this process. */
class MemberStreamsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final FileTime TIME = FileTime.of(Instant.parse("2026-11-30T11:00:00Z"));

    private final Deadline deadline = Deadline.after(Duration.ofMinutes(1));
    private final Member member = new Member();
    private final List<String> told = new ArrayList<>();
    private final MemberStreams streams = new MemberStreams(
            "the member",
            pointer(IDataObject.DEF, member),
            pointer(IOPCAsyncIO.DEF, member),
            7,
            new Told(),
            () -> {},
            () -> NOW);

    private static <T> ComPointer<T> pointer(InterfaceDef<T> type, T target) {
        return ComObject.named("member")
                .with(type, target)
                .build()
                .pointer(type)
                .orElseThrow();
    }

    /** The relay. */
    private final class Told implements IOPCDataCallback {
        private Result<Nothing> data(String what, DataChange change) {
            List<String> lines = change.items().stream()
                    .map(item -> "%d=%s %02X %X"
                            .formatted(
                                    item.clientHandle(),
                                    item.value(),
                                    item.quality().bits(),
                                    item.error()))
                    .toList();
            told.add("%s %d %s".formatted(what, change.transactionId(), lines));
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            return data("data", change);
        }

        @Override
        public Result<Nothing> onReadComplete(DataChange change) {
            return data("read", change);
        }

        @Override
        public Result<Nothing> onWriteComplete(WriteComplete call) {
            told.add("written %d %s %s"
                    .formatted(call.transactionId(), List.copyOf(call.clientHandles()), List.copyOf(call.errors())));
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Nothing> onCancelComplete(int transactionId, int clientGroup) {
            told.add("cancelled " + transactionId);
            return Result.ok(Nothing.NOTHING);
        }
    }

    /** Answers what it is told to, and keeps our sinks. */
    private static final class Member implements IDataObject, IOPCAsyncIO {
        final Map<StreamFormat, ComPointer<IAdviseSink>> sinks = new HashMap<>();
        final List<String> calls = new ArrayList<>();
        final Deque<Result<Started>> answers = new ArrayDeque<>();
        final List<StreamFormat> refused = new ArrayList<>();
        Runnable inTheCall = () -> {};

        void send(StreamFormat format, Bytes octets) throws Exception {
            var unused = Objects.requireNonNull(sinks.get(format))
                    .within(Duration.ofSeconds(5))
                    .onDataChange(new IAdviseSink.Change(
                            Optional.of(format.format()), Optional.of(StorageMedium.of(octets))));
        }

        private Result<Started> answer(String call) {
            calls.add(call);
            inTheCall.run();
            return answers.remove();
        }

        @Override
        public Result<Integer> dAdvise(DataAdvise call) {
            StreamFormat format = StreamFormat.of(call.format().format()).orElseThrow();
            if (refused.contains(format)) {
                return Result.failure(OpcResult.DV_E_FORMATETC);
            }
            sinks.put(format, call.sink().orElseThrow());
            return Result.ok(format == StreamFormat.WRITE_COMPLETE ? 102 : 101);
        }

        @Override
        public Result<Nothing> dUnadvise(int connection) {
            calls.add("unadvise " + connection);
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Started> read(int connection, OpcDataSource source, Ints serverHandles) {
            return answer("read %d %s %s".formatted(connection, source, List.copyOf(serverHandles)));
        }

        @Override
        public Result<Started> write(int connection, Ints serverHandles, List<Variant> values) {
            return answer("write %d %s %s".formatted(connection, List.copyOf(serverHandles), values));
        }

        @Override
        public Result<Integer> refresh(int connection, OpcDataSource source) {
            Result<Started> answer = answer("refresh %d %s".formatted(connection, source));
            return Result.success(answer.hresult(), answer.value().id());
        }

        @Override
        public Result<Nothing> cancel(int transactionId) {
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<StorageMedium> getData(FormatEtc format) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Nothing> queryGetData(FormatEtc format) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<FormatEtc> getCanonicalFormatEtc(Optional<FormatEtc> format) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IEnumFORMATETC>>> enumFormatEtc(long direction) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Optional<ComPointer<IEnumSTATDATA>>> enumDAdvise() {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    private static Bytes values(int transaction, int status, int... items) {
        List<DataStream.Item> all = new ArrayList<>();
        for (int item : items) {
            all.add(new DataStream.Item(item, Quality.GOOD, TIME, new Variant.I4(10 * item)));
        }
        return new DataStream(7, transaction, status, all).write(true);
    }

    private static Bytes written(int transaction, int item, int error) {
        return new WriteStream(7, transaction, HResult.S_OK, List.of(new WriteStream.Item(item, error))).write();
    }

    private Result<Started> write(int transaction, boolean isWhole) throws Exception {
        return streams.write(
                Ints.of(901, 902),
                Ints.of(1, 2),
                List.of(new Variant.I4(5), new Variant.I4(6)),
                transaction,
                isWhole,
                deadline,
                late -> {});
    }

    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void valuesAreToldAsByASinkOfTheSecondVersion() throws Exception {
        streams.advise(deadline);

        member.send(StreamFormat.DATA_TIME, values(0, HResult.S_OK, 1, 2));

        assertThat(told).containsExactly("data 0 [1=I4[value=10] C0 0, 2=I4[value=20] C0 0]");
    }

    /** A stream that breaks off, and one that leads beyond its end: neither ends anything, nor tells anything. */
    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void everyPrefixOfAStreamIsLeftOutAndTheNextOneIsRead() throws Exception {
        streams.advise(deadline);
        byte[] whole = values(0, HResult.S_OK, 1).toArray();

        for (int length = 0; length < whole.length; length++) {
            member.send(StreamFormat.DATA_TIME, Bytes.of(whole, 0, length));
        }
        assertThat(told).isEmpty();

        member.send(StreamFormat.DATA_TIME, Bytes.of(whole));
        assertThat(told).hasSize(1);
    }

    /** The member has done it, and what came of it is not known. */
    @Test
    @Requirement(value = "S3", protocol = Protocol.DA)
    void aTransactionWhoseEndCannotBeReadEndsAsUnknown() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.ok(new Started(77, Ints.of(0, 0))));
        member.answers.add(Result.ok(new Started(78, Ints.of(0))));
        assertThat(write(11, false).isSuccess()).isTrue();
        assertThat(streams.read(Ints.of(901), Ints.of(1), 12, false, deadline).isSuccess())
                .isTrue();

        member.send(StreamFormat.WRITE_COMPLETE, Bytes.of(written(77, 1, 0).toArray(), 0, 20));
        member.send(StreamFormat.DATA_TIME, Bytes.of(values(78, 0, 1).toArray(), 0, 24));
        member.send(StreamFormat.WRITE_COMPLETE, written(77, 1, 0));

        int unknown = HResult.CALL_FAILED;
        assertThat(told)
                .containsExactly(
                        "written 11 [1, 2] [%d, %d]".formatted(unknown, unknown),
                        "read 12 [1=%s 00 800706BE]".formatted(Variant.EMPTY));
    }

    @Test
    void theEndOfATransactionMayComeBeforeTheAnswerOfItsCall() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.ok(new Started(77, Ints.of(0, 0))));
        member.inTheCall = () -> {
            try {
                member.send(StreamFormat.WRITE_COMPLETE, written(77, 1, 0));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };

        assertThat(write(11, false).isSuccess()).isTrue();

        assertThat(told).containsExactly("written 11 [1] [0]");
    }

    /** DA 1.0 begins nothing then; as the member gave no number, nothing was written, and the other item is asked for alone. */
    @Test
    @Requirement(value = "I1", protocol = Protocol.DA)
    void whereOneItemIsWrongTheOthersAreAskedForAlone() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.partly(new Started(0, Ints.of(OpcResult.OPC_E_BADRIGHTS, 0))));
        member.answers.add(Result.ok(new Started(78, Ints.of(0))));

        assertThat(write(11, false)).isEqualTo(Result.partly(new Started(78, Ints.of(OpcResult.OPC_E_BADRIGHTS, 0))));

        assertThat(member.calls)
                .containsExactly("write 102 [901, 902] [I4[value=5], I4[value=6]]", "write 102 [902] [I4[value=6]]");
        member.send(StreamFormat.WRITE_COMPLETE, written(78, 2, 0));
        assertThat(told).containsExactly("written 11 [2] [0]");
    }

    /** One that gave a number has begun something: asked again, it might write twice. */
    @Test
    @Requirement(value = "I1", protocol = Protocol.DA)
    void aMemberThatBeginsAPartIsNotAskedAgain() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.partly(new Started(77, Ints.of(OpcResult.OPC_E_BADRIGHTS, 0))));

        assertThat(write(11, false).value().id()).isEqualTo(77);

        assertThat(member.calls).hasSize(1);
        member.send(StreamFormat.WRITE_COMPLETE, written(77, 2, 0));
        assertThat(told).containsExactly("written 11 [2] [0]");
    }

    @Test
    void whoWantsAllOrNothingGetsTheMembersAnswer() throws Exception {
        streams.advise(deadline);
        Result<Started> refusal = Result.partly(new Started(0, Ints.of(OpcResult.OPC_E_BADRIGHTS, 0)));
        member.answers.add(refusal);

        assertThat(write(11, true)).isEqualTo(refusal);

        assertThat(member.calls).hasSize(1);
    }

    /** The stream of a refresh that failed has no items: those that were asked for are bad. */
    @Test
    void aRefreshThatFailedTellsItsItemsToBeBad() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.ok(new Started(77, Ints.EMPTY)));
        assertThat(streams.refresh(OpcDataSource.DEVICE, 13, Ints.of(1), deadline)
                        .value())
                .isEqualTo(77);

        member.send(StreamFormat.DATA_TIME, values(77, HResult.E_FAIL));

        assertThat(told).containsExactly("data 13 [1=%s 00 80004005]".formatted(Variant.EMPTY));
    }

    @Test
    void whatWasCancelledIsToldOnceAndEndsNoMore() throws Exception {
        streams.advise(deadline);
        member.answers.add(Result.ok(new Started(77, Ints.of(0, 0))));
        assertThat(write(11, false).isSuccess()).isTrue();

        assertThat(streams.cancel(77, deadline).isSuccess()).isTrue();
        assertThat(streams.cancel(77, deadline)).isEqualTo(Result.failure(HResult.E_FAIL));
        member.send(StreamFormat.WRITE_COMPLETE, written(77, 1, 0));

        assertThat(told).containsExactly("cancelled 11");
    }

    @Test
    void aMemberThatTakesNoSinkForResultsWritesNothingLater() throws Exception {
        member.refused.add(StreamFormat.WRITE_COMPLETE);
        streams.advise(deadline);

        assertThat(write(11, false)).isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));

        assertThat(member.calls).isEmpty();
    }

    @Test
    void aMemberThatTakesNoSinkForValuesIsOfNoUse() {
        member.refused.add(StreamFormat.DATA);
        member.refused.add(StreamFormat.DATA_TIME);

        assertThatThrownBy(() -> streams.advise(deadline))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("takes no sink");
    }

    @Test
    void bothConnectionsEnd() throws Exception {
        streams.advise(deadline);

        streams.unadvise(deadline);

        assertThat(member.calls).containsExactly("unadvise 101", "unadvise 102");
        assertThat(streams.refresh(OpcDataSource.CACHE, 13, Ints.EMPTY, deadline))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
    }
}
