package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.ClipFormat;
import org.tandemopc.opcda.ole.FormatEtc;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.relay.da.VersionedMember.Versions;
import org.tandemopc.relay.da.back.Offered;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** DA 1.0 on both sides: clients of it before members of any version, and clients of DA 2.05a before members of DA 1.0 alone. */
@Timeout(180)
class FirstVersionTest {
    private static final int TICKS = 3;

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private VersionedMember one;

    @SuppressWarnings("NullAway.Init")
    private VersionedMember other;

    @SuppressWarnings("NullAway.Init")
    private TestTandem tandem;

    @SuppressWarnings("NullAway.Init")
    private static final Offered BOTH_VERSIONS = new Offered(
            Offered.DA_2_05A.server(),
            Set.of(
                    IOPCAsyncIO.DEF.iid(),
                    IDataObject.DEF.iid(),
                    IOPCAsyncIO2.DEF.iid(),
                    IConnectionPointContainer.DEF.iid()));

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    private Mode mode = Mode.COLD;

    private void begin(Mode with, Versions versions) throws Exception {
        mode = with;
        one = new VersionedMember("127.0.0.2", versions);
        other = new VersionedMember("127.0.0.3", versions);
        // as a client sees it whose objects were made when the members were of another version
        tandem = new TestTandem(
                mode, folder, List.of(one.config(), other.config()), account -> true, any -> BOTH_VERSIONS);
        tandem.awaitServing(0);
        client = new TestClient(tandem.host());
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        tandem.close();
        one.close();
        other.close();
    }

    private void switchTo(int member) {
        if (mode != Mode.COLD) {
            tandem.awaitStandbyReady(member);
        }
        assertThat(tandem.pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        tandem.awaitServing(member);
    }

    private static List<Long> values(List<String> told, int item) {
        String start = item + "=";
        return told.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> Long.valueOf(line.substring(start.length(), line.indexOf(' '))))
                .toList();
    }

    private static void awaitFlow(List<String> told) {
        int before = values(told, 1).size();
        Await.until("values flow", Rig.PATIENCE, () -> values(told, 1).size() >= before + TICKS);
    }

    private static void requireEachOnceInOrder(List<String> told) {
        for (int item = 1; item <= 2; item++) {
            List<Long> values = values(told, item);
            assertThat(values)
                    .containsExactlyElementsOf(LongStream.rangeClosed(values.getFirst(), values.getLast())
                            .boxed()
                            .toList());
        }
    }

    /** Switches there and back, a death, and a hang, with values between. */
    private void switchInAllWays(List<String> told) throws Exception {
        awaitFlow(told);
        switchTo(1);
        awaitFlow(told);
        switchTo(0);
        awaitFlow(told);
        tandem.awaitStandbyReady(1);
        one.die();
        tandem.awaitServing(1);
        awaitFlow(told);
        one.comeBack();
        switchTo(0);
        awaitFlow(told);
        tandem.awaitStandbyReady(1);
        one.server().faults().hang(true);
        tandem.awaitServing(1);
        awaitFlow(told);
        one.server().faults().hang(false);
    }

    // ---- clients of DA 1.0

    @ParameterizedTest
    @EnumSource(Versions.class)
    @Requirement(
            value = {"SYS-5", "SYS-6", "S17", "I4", "I7"},
            protocol = Protocol.DA)
    void inHotModeAClientOfTheFirstVersionGetsEachValueOnceWhateverTheMembersAre(Versions versions) throws Exception {
        begin(Mode.HOT, versions);
        StreamGroup group = new StreamGroup(client, "Counters");
        group.add("counter.0", "counter.1");
        group.advise(StreamFormat.DATA_TIME);

        switchInAllWays(group.told);

        requireEachOnceInOrder(group.told);
        assertThat(tandem.records(RecordKind.GAP)).isZero();
        assertThat(group.times).doesNotContain(FileTime.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"COLD,FIRST", "COLD,ALL", "WARM,FIRST", "WARM,SECOND"})
    @Requirement(
            value = {"SYS-5", "SYS-6", "S17", "I7"},
            protocol = Protocol.DA)
    void inTheOtherModesNothingComesTwiceAndTheGapIsTold(Mode mode, Versions versions) throws Exception {
        begin(mode, versions);
        StreamGroup group = new StreamGroup(client, "Counters");
        group.add("counter.0", "counter.1");
        group.advise(StreamFormat.DATA_TIME);
        awaitFlow(group.told);

        switchTo(1);
        awaitFlow(group.told);
        if (mode == Mode.WARM) {
            tandem.awaitStandbyReady(0);
        }
        other.die();
        tandem.awaitServing(0);
        awaitFlow(group.told);

        for (int item = 1; item <= 2; item++) {
            assertThat(values(group.told, item)).isSorted().doesNotHaveDuplicates();
        }
        assertThat(tandem.records(RecordKind.GAP)).isPositive();
    }

    /** A standby in warm mode has the items, and nobody listens there; in hot mode we do. */
    @ParameterizedTest
    @CsvSource({"WARM,0", "HOT,2"})
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void aStandbyOfTheFirstVersionIsAdvisedInHotModeAlone(Mode mode, int sinks) throws Exception {
        begin(mode, Versions.FIRST);
        StreamGroup group = new StreamGroup(client, "Counters");
        group.add("counter.0");
        group.advise(StreamFormat.DATA_TIME);
        tandem.awaitStandbyReady(1);

        Await.until("the group is there", Rig.PATIENCE, () -> other.server().items() == 1);
        Await.until("advised", Rig.PATIENCE, () -> other.server().sinks() == sinks);
        assertThat(one.server().sinks()).isEqualTo(2);
    }

    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void connectionsAreOneForEachFormatAndEndByTheirNumber() throws Exception {
        begin(Mode.COLD, Versions.ALL);
        StreamGroup group = new StreamGroup(client, "Statics");
        group.add("static.0", "static.3");

        int timed = group.advise(StreamFormat.DATA_TIME);
        group.awaitTold("2=I4[value=3] C0");
        assertThat(group.tryAdvise(StreamFormat.DATA_TIME)).isEqualTo(Result.failure(OpcResult.CONNECT_E_ADVISELIMIT));
        group.told.clear();
        int plain = group.advise(StreamFormat.DATA);
        group.awaitTold("2=I4[value=3] C0");

        assertThat(plain).isNotEqualTo(timed);
        assertThat(group.told).containsExactlyInAnyOrder("1=I4[value=0] C0", "2=I4[value=3] C0");
        assertThat(group.data.dUnadvise(timed).isSuccess()).isTrue();
        assertThat(group.data.dUnadvise(timed)).isEqualTo(Result.failure(OpcResult.OLE_E_NOCONNECTION));
        assertThat(group.io.refresh(timed, OpcDataSource.CACHE))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        assertThat(group.data.dUnadvise(plain).isSuccess()).isTrue();
        Await.until(
                "nobody listens at the member", Rig.PATIENCE, () -> one.server().sinks() == 1);
        group.told.clear();
        group.advise(StreamFormat.DATA);
        group.awaitTold("2=I4[value=3] C0");
    }

    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void whatIsNoFormatOfOpcIsRefused() throws Exception {
        begin(Mode.COLD, Versions.FIRST);
        StreamGroup group = new StreamGroup(client, "Statics");
        FormatEtc strange = FormatEtc.of(ClipFormat.named("OPCSTMFORMATNONE"));
        FormatEtc onDisk =
                new FormatEtc(StreamFormat.DATA.format().format(), Optional.empty(), FormatEtc.CONTENT, -1, 2);

        assertThat(advised(group, strange)).isEqualTo(Result.failure(OpcResult.DV_E_FORMATETC));
        assertThat(advised(group, onDisk)).isEqualTo(Result.failure(OpcResult.DV_E_TYMED));
        assertThat(group.data.dAdvise(new IDataObject.DataAdvise(StreamFormat.DATA.format(), 0, Optional.empty())))
                .isEqualTo(Result.failure(HResult.E_INVALIDARG));
    }

    private static Result<Integer> advised(StreamGroup group, FormatEtc format) throws Exception {
        return group.data.dAdvise(new IDataObject.DataAdvise(format, 0, group.sink()));
    }

    @ParameterizedTest
    @EnumSource(Versions.class)
    @Requirement(
            value = {"SYS-5", "SYS-6"},
            protocol = Protocol.DA)
    void readsWritesAndRefreshesEndOnceInTheFormatOfTheConnection(Versions versions) throws Exception {
        begin(Mode.WARM, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1", "static.2");
        int plain = group.advise(StreamFormat.DATA);
        int timed = group.advise(StreamFormat.DATA_TIME);
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);

        int write = begun(group.io.write(writes, handles, List.of(new Variant.I4(5), new Variant.I4(6))));
        group.awaitCompleted(write + " written 0 [1:00000000, 2:00000000]");
        int device = begun(group.io.read(plain, OpcDataSource.DEVICE, handles));
        group.awaitCompleted(device + " DATA 0 [1=I4[value=5] C0, 2=I4[value=6] C0]");
        group.awaitTold("2=I4[value=6] C0");
        int cache = begun(group.io.read(timed, OpcDataSource.CACHE, Ints.of(handles.at(1))));
        group.awaitCompleted(cache + " DATA_TIME 0 [2=I4[value=6] C0]");
        int refresh = group.io.refresh(timed, OpcDataSource.DEVICE).value();
        group.awaitCompleted(refresh + " DATA_TIME 0 [1=I4[value=5] C0, 2=I4[value=6] C0]");
        int cached = group.io.refresh(plain, OpcDataSource.CACHE).value();
        group.awaitCompleted(cached + " DATA 0 [1=I4[value=5] C0, 2=I4[value=6] C0]");

        assertThat(List.of(write, device, cache, refresh, cached)).doesNotHaveDuplicates();
        assertThat(group.completed).hasSize(5);
        assertThat(one.server().ledger().lines()).hasSize(2);
        // each of the two ended: neither may be cancelled any more
        assertThat(group.io.cancel(write)).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(group.io.cancel(cache)).isEqualTo(Result.failure(HResult.E_FAIL));
    }

    private static int begun(Result<Started> answer) {
        assertThat(answer.hresult()).isEqualTo(HResult.S_OK);
        assertThat(answer.value().errors()).containsOnly(HResult.S_OK);
        return answer.value().id();
    }

    @ParameterizedTest
    @EnumSource(Versions.class)
    @Requirement(
            value = {"SYS-5", "SYS-6"},
            protocol = Protocol.DA)
    void whatIsCancelledEndsInNoStream(Versions versions) throws Exception {
        begin(Mode.WARM, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1");
        int timed = group.advise(StreamFormat.DATA_TIME);
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        group.awaitTold("1=I4[value=1] C0");
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));

        int read = begun(group.io.read(timed, OpcDataSource.DEVICE, handles));
        int write = begun(group.io.write(writes, handles, List.of(new Variant.I4(9))));
        int refresh = group.io.refresh(timed, OpcDataSource.DEVICE).value();
        for (int transaction : List.of(read, write, refresh)) {
            assertThat(group.io.cancel(transaction).isSuccess()).isTrue();
            assertThat(group.io.cancel(transaction)).isEqualTo(Result.failure(HResult.E_FAIL));
        }

        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ZERO);
        int last = begun(group.io.read(timed, OpcDataSource.DEVICE, handles));
        group.awaitCompleted(last + " DATA_TIME 0 [1=I4[value=1] C0]");
        assertThat(group.completed).hasSize(1);
        assertThat(one.server().ledger().lines()).isEmpty();
    }

    /** One item that is wrong, and nothing is begun (DA 2.05a 4.5.9). */
    @ParameterizedTest
    @EnumSource(Versions.class)
    @Requirement(
            value = {"SYS-5", "SYS-6"},
            protocol = Protocol.DA)
    void aCallWithAnUnknownItemBeginsNothing(Versions versions) throws Exception {
        begin(Mode.COLD, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1", "rights.writeOnly");
        Ints strange = Ints.of(handles.at(0), 12_345);
        int timed = group.advise(StreamFormat.DATA_TIME);
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        Started nothing = new Started(0, Ints.of(HResult.S_OK, OpcResult.OPC_E_INVALIDHANDLE));

        assertThat(group.io.read(timed, OpcDataSource.DEVICE, strange)).isEqualTo(Result.partly(nothing));
        assertThat(group.io.read(timed, OpcDataSource.CACHE, strange)).isEqualTo(Result.partly(nothing));
        assertThat(group.io.write(writes, strange, List.of(new Variant.I4(9), new Variant.I4(9))))
                .isEqualTo(Result.partly(nothing));
        assertThat(group.io.read(timed, OpcDataSource.DEVICE, handles))
                .isEqualTo(Result.partly(new Started(0, Ints.of(HResult.S_OK, OpcResult.OPC_E_BADRIGHTS))));
        assertThat(group.io.read(timed, OpcDataSource.CACHE, handles))
                .isEqualTo(Result.partly(new Started(0, Ints.of(HResult.S_OK, OpcResult.OPC_E_BADRIGHTS))));
        // of the wrong kind
        assertThat(group.io.read(writes, OpcDataSource.DEVICE, handles))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        assertThat(group.io.write(timed, Ints.of(handles.at(0)), List.of(new Variant.I4(9))))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));

        int last = begun(group.io.read(timed, OpcDataSource.DEVICE, Ints.of(handles.at(0))));
        group.awaitCompleted(last + " DATA_TIME 0 [1=I4[value=1] C0]");
        assertThat(group.completed).hasSize(1);
        assertThat(one.server().ledger().lines()).isEmpty();
    }

    /** Where the member writes what it can, the end of the write tells of all items. */
    @ParameterizedTest
    @EnumSource(Versions.class)
    @Requirement(
            value = {"SYS-5", "SYS-6", "I3"},
            protocol = Protocol.DA)
    void aWriteOfWhichTheMemberRefusesAPartIsNotToldToBeMoreOrLessThanItWas(Versions versions) throws Exception {
        begin(Mode.COLD, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1", "rights.readOnly");
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);

        Result<Started> answer = group.io.write(writes, handles, List.of(new Variant.I4(9), new Variant.R8(9)));

        if (versions == Versions.FIRST) {
            assertThat(answer)
                    .isEqualTo(Result.partly(new Started(0, Ints.of(HResult.S_OK, OpcResult.OPC_E_BADRIGHTS))));
            assertThat(one.server().ledger().lines()).isEmpty();
        } else {
            group.awaitCompleted(begun(answer) + " written 1 [1:00000000, 2:C0040006]");
            assertThat(one.server().ledger().lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"COLD,FIRST", "WARM,SECOND", "HOT,FIRST", "HOT,ALL"})
    @Requirement(
            value = {"SYS-5", "SYS-6", "S1", "S3", "I1"},
            protocol = Protocol.DA)
    void whatTheLostMemberDoesNotEndEndsOnceWritesAsUnknownAndReadsAtTheNext(Mode mode, Versions versions)
            throws Exception {
        begin(mode, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1", "static.2");
        int timed = group.advise(StreamFormat.DATA_TIME);
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        group.awaitTold("2=I4[value=2] C0");
        if (mode != Mode.COLD) {
            tandem.awaitStandbyReady(1);
        }
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));

        int write = begun(group.io.write(writes, handles, List.of(new Variant.I4(5), new Variant.I4(6))));
        int read = begun(group.io.read(timed, OpcDataSource.DEVICE, handles));
        int refresh = group.io.refresh(timed, OpcDataSource.DEVICE).value();
        one.die();
        tandem.awaitServing(1);

        group.awaitCompleted(write + " written 1 [1:800706BE, 2:800706BE]");
        group.awaitCompleted(read + " DATA_TIME 0 [1=I4[value=1] C0, 2=I4[value=2] C0]");
        group.awaitCompleted(refresh + " DATA_TIME 0 [1=I4[value=1] C0, 2=I4[value=2] C0]");
        Await.until("recorded", Rig.PATIENCE, () -> tandem.records(RecordKind.OUTCOME_UNKNOWN) == 1);
        int next = begun(group.io.write(writes, handles, List.of(new Variant.I4(7), new Variant.I4(8))));
        group.awaitCompleted(next + " written 0 [1:00000000, 2:00000000]");
        assertThat(group.completed).hasSize(4);
        assertThat(other.server().ledger().lines()).hasSize(2);
    }

    /** What the former active still does for the client ends before the next one serves (I2, S14). */
    @ParameterizedTest
    @CsvSource({"WARM,FIRST", "WARM,SECOND", "HOT,FIRST"})
    @Requirement(
            value = {"SYS-5", "I2", "S14"},
            protocol = Protocol.DA)
    void aPlannedSwitchWaitsForTransactions(Mode mode, Versions versions) throws Exception {
        begin(mode, versions);
        StreamGroup group = new StreamGroup(client, "Statics");
        Ints handles = group.add("static.1");
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        tandem.awaitStandbyReady(1);
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ofSeconds(1));
        int write = begun(group.io.write(writes, handles, List.of(new Variant.I4(5))));

        switchTo(1);

        group.awaitCompleted(write + " written 0 [1:00000000]");
        assertThat(group.completed).hasSize(1);
        assertThat(one.server().ledger().lines()).hasSize(1);
        assertThat(other.server().ledger().lines()).isEmpty();
        assertThat(tandem.records(RecordKind.OUTCOME_UNKNOWN)).isZero();
    }

    // ---- clients of DA 2.05a before members of DA 1.0

    @Test
    @Requirement(
            value = {"SYS-5", "S17", "I4", "I7"},
            protocol = Protocol.DA)
    void inHotModeAClientOfTheSecondVersionGetsEachValueOnceOfMembersOfTheFirst() throws Exception {
        begin(Mode.HOT, Versions.FIRST);
        TestClient.Group group = client.group("Counters", 7);
        group.add("counter.0", "counter.1");
        group.advise();

        switchInAllWays(group.told);

        requireEachOnceInOrder(group.told);
        assertThat(tandem.records(RecordKind.GAP)).isZero();
    }

    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void transactionsOfTheSecondVersionAreDoneByTheFirst() throws Exception {
        begin(Mode.WARM, Versions.FIRST);
        TestClient.Group group = client.group("Statics", 7);
        Ints handles = group.add("static.1", "rights.readOnly", "rights.writeOnly");
        group.advise();
        group.awaitTold("1=I4[value=1] C0");

        Result<Started> write =
                group.async.write(handles, List.of(new Variant.I4(5), new Variant.R8(9), new Variant.R8(11)), 11);
        assertThat(write.value().errors()).containsExactly(0, OpcResult.OPC_E_BADRIGHTS, 0);
        group.awaitCompleted("11 written 1 00000000");
        group.awaitCompleted("11 written 3 00000000");
        Result<Started> read = group.async.read(handles, 12);
        assertThat(read.value().errors()).containsExactly(0, 0, OpcResult.OPC_E_BADRIGHTS);
        group.awaitCompleted("12 read 1=I4[value=5] C0");
        group.awaitCompleted("12 read 2=10 C0");
        assertThat(group.async.refresh2(OpcDataSource.CACHE, 13).isSuccess()).isTrue();
        group.awaitCompleted("13 read 2=10 C0");

        assertThat(one.server().ledger().lines()).hasSize(2);
        assertThat(group.completed.stream().filter(line -> line.startsWith("11 ")))
                .hasSize(2);
        assertThat(group.completed.stream().filter(line -> line.startsWith("12 ")))
                .hasSize(2);
        assertThat(group.async.write(Ints.of(handles.at(1)), List.of(new Variant.R8(1)), 14))
                .isEqualTo(Result.partly(new Started(0, Ints.of(OpcResult.OPC_E_BADRIGHTS))));
    }

    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void aTransactionOfTheSecondVersionThatTheFirstCancelsIsToldOnce() throws Exception {
        begin(Mode.WARM, Versions.FIRST);
        TestClient.Group group = client.group("Statics", 7);
        Ints handles = group.add("static.1");
        group.advise();
        group.awaitTold("1=I4[value=1] C0");
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));

        int cancel = group.async.read(handles, 21).value().id();
        assertThat(group.async.cancel2(cancel).isSuccess()).isTrue();
        group.awaitCompleted("21 cancelled");

        assertThat(group.async.cancel2(cancel)).isEqualTo(Result.failure(HResult.E_FAIL));
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ZERO);
        assertThat(group.async.read(handles, 22).isSuccess()).isTrue();
        group.awaitCompleted("22 read 1=I4[value=1] C0");
        assertThat(group.completed).hasSize(2);
    }

    /** Members of DA 1.0 tell always; what they told while nobody wanted it is told when it is wanted again. */
    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void whatChangedWhileCallbacksWereDisabledIsToldWhenTheyAreEnabled() throws Exception {
        begin(Mode.WARM, Versions.FIRST);
        TestClient.Group group = client.group("Statics", 7);
        Ints handles = group.add("static.1");
        group.advise();
        group.awaitTold("1=I4[value=1] C0");

        assertThat(group.async.setEnable(false).isSuccess()).isTrue();
        assertThat(group.io.write(handles, List.of(new Variant.I4(5))).isSuccess())
                .isTrue();
        assertThat(group.async.read(handles, 31).isSuccess()).isTrue();
        group.awaitCompleted("31 read 1=I4[value=5] C0");
        assertThat(group.told).containsExactly("1=I4[value=1] C0");
        assertThat(group.async.setEnable(true).isSuccess()).isTrue();

        group.awaitTold("1=I4[value=5] C0");
    }

    /** Members of DA 1.0 have no BROWSE_TO: the next one is brought there name by name. */
    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void theBrowsePositionGoesAlongToMembersOfTheFirstVersion() throws Exception {
        begin(Mode.COLD, Versions.FIRST);
        IOPCBrowseServerAddressSpace browse = client.as(IOPCBrowseServerAddressSpace.DEF);
        for (String name : List.of("deep", "a", "b")) {
            assertThat(browse.changeBrowsePosition(OpcBrowseDirection.DOWN, name)
                            .isSuccess())
                    .isTrue();
        }
        assertThat(browse.changeBrowsePosition(OpcBrowseDirection.UP, "").isSuccess())
                .isTrue();
        List<String> before = ThroughTandemTest.browsed(browse, OpcBrowseType.BRANCH);

        switchTo(1);

        assertThat(before).containsExactly("b");
        assertThat(ThroughTandemTest.browsed(browse, OpcBrowseType.BRANCH)).isEqualTo(before);
        assertThat(browse.getItemId("").value()).isEqualTo("deep.a");
    }

    @Test
    void itemsAreAddedToMembersOfTheFirstVersionWhileTheyTell() throws Exception {
        begin(Mode.HOT, Versions.FIRST);
        StreamGroup group = new StreamGroup(client, "Statics");
        group.add("static.1");
        group.advise(StreamFormat.DATA);
        group.awaitTold("1=I4[value=1] C0");

        assertThat(group.items.addItems(List.of(OpcItemDef.of("static.7", 7))).isSuccess())
                .isTrue();

        group.awaitTold("7=I4[value=7] C0");
        assertThat(group.times).containsOnly(FileTime.ZERO);
    }
}
