package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.ClipFormat;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IDataObject.DataAdvise;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.DataStream;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.opcda.stream.WriteStream;
import org.tandemopc.testkit.Await;

/** A server of DA 1.0 alone, whose groups send streams (DA 2.05a 4.5.9, 4.5.10, 4.6.4). */
@Timeout(120)
class DaFirstVersionTest {
    private DaSimulatedServer server;
    private DaTestClient client;
    private ComPointer<IOPCServer> opc;

    @BeforeEach
    void start() throws Exception {
        server = DaSimulatedServer.start(DaTestClient.settings().withVersions(EnumSet.of(DaVersion.DA_1_0)));
        client = DaTestClient.of(server);
        opc = client.server();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    /** A sink, and the streams that it got. */
    private static final class Streams implements IAdviseSink {
        final List<DataStream> data = new CopyOnWriteArrayList<>();
        final List<WriteStream> writes = new CopyOnWriteArrayList<>();
        final List<MalformedException> unreadable = new CopyOnWriteArrayList<>();

        @Override
        public Result<Nothing> onDataChange(Change change) {
            StreamFormat format =
                    StreamFormat.of(change.format().orElseThrow().format()).orElseThrow();
            Bytes octets = change.medium().orElseThrow().octets().orElseThrow();
            try {
                if (format == StreamFormat.WRITE_COMPLETE) {
                    writes.add(WriteStream.read(octets));
                } else {
                    data.add(DataStream.read(octets, format == StreamFormat.DATA_TIME));
                }
            } catch (MalformedException e) {
                unreadable.add(e);
            }
            return Answers.DONE;
        }

        @Override
        public Result<Nothing> onViewChange(long aspect, int index) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Nothing> onRename(Optional<ComPointer<IUnknown>> moniker) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Nothing> onSave() {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<Nothing> onClose() {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    private static DataAdvise advise(FormatEtc format, Streams sink) {
        return new DataAdvise(
                format,
                0,
                ComObject.named("sink")
                        .with(IAdviseSink.DEF, sink)
                        .build()
                        .pointer(IAdviseSink.DEF)
                        .map(pointer -> pointer));
    }

    @Test
    void aSubscriptionTellsAllItemsAndThenWhatChanges() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("static.1", "static.2");
        Streams sink = new Streams();
        group.as(IDataObject.DEF)
                .dAdvise(advise(StreamFormat.DATA_TIME.format(), sink))
                .value();

        Await.until("the first values", PATIENCE, () -> !sink.data.isEmpty());
        DataStream first = sink.data.getFirst();
        assertThat(first.clientGroup()).isEqualTo(7);
        assertThat(first.transactionId()).isZero();
        assertThat(first.status()).isZero();
        assertThat(first.items())
                .containsExactly(
                        new DataStream.Item(1, Quality.GOOD, DaPlant.FIXED, new Variant.I4(1)),
                        new DataStream.Item(2, Quality.GOOD, DaPlant.FIXED, new Variant.I4(2)));
        group.as(IOPCSyncIO.DEF)
                .write(Ints.of(handles.at(0)), List.of(new Variant.I4(9)))
                .value();
        Await.until("the change", PATIENCE, () -> sink.data.size() > 1);
        assertThat(sink.data.get(1).items()).extracting(DataStream.Item::value).containsExactly(new Variant.I4(9));
    }

    @Test
    void aConnectionEndsWhenTheClientSaysSo() throws Exception {
        var group = client.group(opc, "a", 10);
        group.add("counter.0");
        IDataObject data = group.as(IDataObject.DEF);
        Streams sink = new Streams();
        int connection = data.dAdvise(advise(StreamFormat.DATA.format(), sink)).value();
        Await.until("values", PATIENCE, () -> sink.data.size() > 1);
        assertThat(server.sinks()).isEqualTo(1);

        assertThat(data.dUnadvise(connection)).isEqualTo(Answers.DONE);

        assertThat(server.sinks()).isZero();
        assertThat(data.dUnadvise(connection)).isEqualTo(Result.failure(OpcResult.OLE_E_NOCONNECTION));
    }

    @Test
    void formatsThatAreNotOpcsAndSecondOnesAreRefused() throws Exception {
        IDataObject data = client.group(opc, "a", 10).as(IDataObject.DEF);
        FormatEtc good = StreamFormat.DATA.format();

        assertThat(data.dAdvise(advise(FormatEtc.of(ClipFormat.named("OTHER")), new Streams())))
                .isEqualTo(Result.failure(OpcResult.DV_E_FORMATETC));
        assertThat(data.dAdvise(advise(
                        new FormatEtc(good.format(), Optional.empty(), FormatEtc.CONTENT, -1, 4), new Streams())))
                .isEqualTo(Result.failure(OpcResult.DV_E_TYMED));
        assertThat(data.dAdvise(advise(good, new Streams())).isSuccess()).isTrue();
        assertThat(data.dAdvise(advise(good, new Streams())))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_ADVISELIMIT));
        assertThat(data.dAdvise(advise(StreamFormat.WRITE_COMPLETE.format(), new Streams()))
                        .isSuccess())
                .isTrue();
    }

    @Test
    void readsAndRefreshesAnswerByTheConnectionThatTheyName() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1", "static.2");
        Streams sink = new Streams();
        int connection = group.as(IDataObject.DEF)
                .dAdvise(advise(StreamFormat.DATA.format(), sink))
                .value();
        Await.until("the first values", PATIENCE, () -> !sink.data.isEmpty());
        IOPCAsyncIO io = group.as(IOPCAsyncIO.DEF);

        Result<Started> read = io.read(connection, OpcDataSource.DEVICE, Ints.of(handles.at(1)));
        Await.until("the read", PATIENCE, () -> sink.data.size() > 1);
        Result<Integer> refresh = io.refresh(connection, OpcDataSource.CACHE);
        Await.until("the refresh", PATIENCE, () -> sink.data.size() > 2);

        assertThat(read.value().id()).isNotZero();
        assertThat(sink.data.get(1).transactionId()).isEqualTo(read.value().id());
        assertThat(sink.data.get(1).items())
                .extracting(DataStream.Item::clientHandle)
                .containsExactly(2);
        assertThat(sink.data.get(2).transactionId()).isEqualTo(refresh.value());
        assertThat(sink.data.get(2).items()).hasSize(2);
        assertThat(io.read(connection + 1, OpcDataSource.DEVICE, handles))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
    }

    @Test
    void aWriteAnswersWithWhatBecameOfIt() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1", "units.refused");
        Streams sink = new Streams();
        int connection = group.as(IDataObject.DEF)
                .dAdvise(advise(StreamFormat.WRITE_COMPLETE.format(), sink))
                .value();

        Result<Started> written =
                group.as(IOPCAsyncIO.DEF).write(connection, handles, List.of(new Variant.I4(3), new Variant.R8(900)));

        Await.until("the answer", PATIENCE, () -> !sink.writes.isEmpty());
        assertThat(sink.writes)
                .containsExactly(new WriteStream(
                        7,
                        written.value().id(),
                        HResult.S_FALSE,
                        List.of(new WriteStream.Item(1, 0), new WriteStream.Item(2, OpcResult.OPC_E_RANGE))));
        assertThat(server.ledger().lines()).hasSize(1);
    }

    @Test
    void eachConnectionGetsWhatItsFormatIsFor() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("static.1", "counter.0");
        IDataObject data = group.as(IDataObject.DEF);
        Streams values = new Streams();
        Streams results = new Streams();
        assertThat(data.dAdvise(advise(StreamFormat.DATA.format(), values)).isSuccess())
                .isTrue();
        int connection = data.dAdvise(advise(StreamFormat.WRITE_COMPLETE.format(), results))
                .value();

        assertThat(group.as(IOPCAsyncIO.DEF)
                        .write(connection, Ints.of(handles.at(0)), List.of(new Variant.I4(3)))
                        .hresult())
                .isZero();

        Await.until("values", PATIENCE, () -> values.data.size() > 3);
        Await.until("the result", PATIENCE, () -> !results.writes.isEmpty());
        assertThat(results.writes).hasSize(1);
        assertThat(results.unreadable).isEmpty();
        assertThat(values.unreadable).isEmpty();
        assertThat(results.data).isEmpty();
        assertThat(values.writes).isEmpty();
    }

    /** A stream of nothing says nothing: keep-alives are of DA 3.0. */
    @Test
    void aKeepAliveIsNoStream() throws Exception {
        try (DaSimulatedServer all = DaSimulatedServer.start(DaTestClient.settings());
                DaTestClient other = DaTestClient.of(all)) {
            var group = other.group(other.server(), "a", 10);
            group.add("static.1");
            assertThat(group.as(IOPCGroupStateMgt2.DEF).setKeepAlive(20).hresult())
                    .isZero();
            Streams sink = new Streams();
            DaTestClient.Heard heard = group.advise();
            assertThat(group.as(IDataObject.DEF)
                            .dAdvise(advise(StreamFormat.DATA.format(), sink))
                            .isSuccess())
                    .isTrue();

            Await.until("the values", PATIENCE, () -> !sink.data.isEmpty());
            int known = heard.changes.size();
            Await.until("keep-alives", PATIENCE, () -> heard.changes.size() > known + 3);
            assertThat(sink.data)
                    .allSatisfy(stream -> assertThat(stream.items()).isNotEmpty());
        }
    }

    /** Unlike in DA 2.0, one wrong item and nothing is done. */
    @Test
    void oneWrongItemAndNothingIsBegun() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1");
        Streams sink = new Streams();
        int connection = group.as(IDataObject.DEF)
                .dAdvise(advise(StreamFormat.WRITE_COMPLETE.format(), sink))
                .value();

        Result<Started> written = group.as(IOPCAsyncIO.DEF)
                .write(connection, Ints.of(handles.at(0), 99), List.of(new Variant.I4(3), new Variant.I4(3)));

        assertThat(written.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(written.value().errors()).containsExactly(0, OpcResult.OPC_E_INVALIDHANDLE);
        group.as(IOPCAsyncIO.DEF)
                .write(connection, handles, List.of(new Variant.I4(4)))
                .value();
        Await.until("the other one", PATIENCE, () -> !sink.writes.isEmpty());
        assertThat(sink.writes).hasSize(1);
        assertThat(server.ledger().lines()).hasSize(1);
    }

    @Test
    void whatIsCancelledIsNotDoneAndNobodyIsTold() throws Exception {
        server.faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1");
        Streams sink = new Streams();
        int connection = group.as(IDataObject.DEF)
                .dAdvise(advise(StreamFormat.WRITE_COMPLETE.format(), sink))
                .value();
        IOPCAsyncIO io = group.as(IOPCAsyncIO.DEF);
        int transaction = io.write(connection, handles, List.of(new Variant.I4(3)))
                .value()
                .id();

        assertThat(io.cancel(transaction)).isEqualTo(Answers.DONE);
        assertThat(io.cancel(transaction)).isEqualTo(Result.failure(HResult.E_FAIL));

        server.faults().delay(DaFaults.Kind.ASYNC, Duration.ZERO);
        io.write(connection, handles, List.of(new Variant.I4(4))).value();
        Await.until("the other one", PATIENCE, () -> !sink.writes.isEmpty());
        assertThat(sink.writes).hasSize(1);
        assertThat(server.ledger().lines()).hasSize(1);
    }

    /** New in 2.0, so that servers of 1.0 know nothing of it. */
    @Test
    void theBrowserGoesUpAndDownOnly() throws Exception {
        IOPCBrowseServerAddressSpace space =
                client.ask(opc, IOPCBrowseServerAddressSpace.DEF).within(PATIENCE);

        assertThat(space.changeBrowsePosition(OpcBrowseDirection.TO, ""))
                .isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.DOWN, "static"))
                .isEqualTo(Answers.DONE);
        assertThat(opc.within(soon()).getStatus().hresult()).isZero();
    }
}
