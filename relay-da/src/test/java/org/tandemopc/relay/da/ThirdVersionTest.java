package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowse.BrowseCall;
import org.tandemopc.opcda.IOPCBrowse.Browsed;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcBrowseElement;
import org.tandemopc.opcda.OpcBrowseFilter;
import org.tandemopc.opcda.OpcEuType;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.simulator.da.DaFaults;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Clients of DA 3.0 before members of DA 3.0 alone, through switches. */
@Timeout(180)
class ThirdVersionTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private SimulatedMember one;

    @SuppressWarnings("NullAway.Init")
    private SimulatedMember other;

    @SuppressWarnings("NullAway.Init")
    private TestTandem tandem;

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    private void begin(Mode mode) throws Exception {
        begin(mode, 10, 10);
    }

    /** @param stepOneMs rates of the primary are multiples of so many ms */
    private void begin(Mode mode, long stepOneMs, long stepOtherMs) throws Exception {
        one = SimulatedMember.withRateStep("127.0.0.2", stepOneMs);
        other = SimulatedMember.withRateStep("127.0.0.3", stepOtherMs);
        tandem = new TestTandem(mode, folder, List.of(one.config(), other.config()), account -> true);
        tandem.awaitServing(0);
        client = new TestClient(tandem.host());
        if (mode != Mode.COLD) {
            tandem.awaitStandbyReady(1);
        }
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        tandem.close();
        one.close();
        other.close();
    }

    private static <T> T of(TestClient.Group group, InterfaceDef<T> type) throws Exception {
        return group.pointer
                .queryInterface(type, Deadline.after(TestClient.CALL))
                .value()
                .within(TestClient.CALL);
    }

    private void switchTo(int member) {
        tandem.awaitStandbyReady(member);
        assertThat(tandem.pair().switchTo(member, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        tandem.awaitServing(member);
    }

    private static Variant number(int value) {
        return new Variant.I4(value);
    }

    // ---- server objects

    private static BrowseCall counters(String point) {
        return new BrowseCall(
                "counter", Optional.of(point), 4, OpcBrowseFilter.ITEMS, "", "", false, false, Ints.EMPTY);
    }

    /** A continuation point is the member's: on another one it is none, and the client begins anew (S1). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S1", protocol = Protocol.DA)
    void browsingGoesOnWithContinuationPointsUntilASwitch(Mode mode) throws Exception {
        begin(mode);
        IOPCBrowse browse = client.as(IOPCBrowse.DEF);

        Browsed first = browse.browse(counters("")).value();
        String point = first.continuationPoint().orElseThrow();
        Browsed second = browse.browse(counters(point)).value();
        assertThat(first.elements()).extracting(OpcBrowseElement::itemId).hasSize(4);
        assertThat(second.elements())
                .extracting(OpcBrowseElement::itemId)
                .hasSize(4)
                .doesNotContainAnyElementsOf(
                        first.elements().stream().map(OpcBrowseElement::itemId).toList());
        one.die();
        tandem.awaitServing(1);

        assertThat(browse.browse(counters(point)).hresult()).isEqualTo(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT);
        assertThat(browse.browse(counters("")).value().elements()).hasSize(4);
        assertThat(browse.browse(counters("nonsense")).hresult()).isEqualTo(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT);
    }

    @Test
    void propertiesAndValuesAreReadByItemIdsAtWhicheverMemberServes() throws Exception {
        begin(Mode.WARM);
        IOPCItemIO io = client.as(IOPCItemIO.DEF);
        IOPCBrowse browse = client.as(IOPCBrowse.DEF);
        for (int member = 0; member < 2; member++) {
            PerItem<OpcReading> read =
                    io.read(List.of("static.3", "moon"), Ints.of(0, 0)).value();
            assertThat(read.values().getFirst().value()).isEqualTo(number(3));
            assertThat(read.errors()).containsExactly(0, OpcResult.OPC_E_UNKNOWNITEMID);
            assertThat(browse.getProperties(List.of("static.3"), true, Ints.of(2))
                            .value()
                            .getFirst()
                            .properties()
                            .getFirst()
                            .value())
                    .isEqualTo(number(3));
            if (member == 0) {
                switchTo(1);
            }
        }
    }

    @Test
    @Requirement(value = "S12", protocol = Protocol.DA)
    void withNoMemberReadsByItemIdsAndAgesAreBadAndWritesAreNotSent() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("static.0");
        one.die();
        other.die();
        tandem.awaitPhase("stranded");

        IOPCItemIO io = client.as(IOPCItemIO.DEF);
        IOPCSyncIO2 sync = of(group, IOPCSyncIO2.DEF);
        List<OpcItemVqt> value = List.of(OpcItemVqt.of(number(5)));
        for (Result<PerItem<OpcReading>> read :
                List.of(io.read(List.of("static.0"), Ints.of(0)), sync.readMaxAge(handles, Ints.of(0)))) {
            assertThat(read.hresult()).isZero();
            assertThat(read.value().values().getFirst().quality()).isEqualTo(Quality.COMM_FAILURE);
        }
        Result<Ints> notSent = Result.partly(Ints.of(HResult.CALL_FAILED_DID_NOT_EXECUTE));
        assertThat(io.writeVqt(List.of("static.0"), value)).isEqualTo(notSent);
        assertThat(sync.writeVqt(handles, value)).isEqualTo(notSent);
    }

    // ---- transactions

    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void transactionsByAgeAndWithQualityEndOnceWithTheNumbersOfTheClient() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("static.0", "rights.withQuality");
        IOPCAsyncIO3 async = of(group, IOPCAsyncIO3.DEF);
        assertThat(async.readMaxAge(handles, Ints.of(0, 0), 5).hresult()).isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
        group.advise();

        OpcItemVqt bad = new OpcItemVqt(
                new Variant.R8(4), Optional.of(Quality.UNCERTAIN), Optional.of(FileTime.of(Instant.EPOCH)));
        assertThat(async.writeVqt(handles, List.of(OpcItemVqt.of(number(8)), bad), 6)
                        .value()
                        .errors())
                .containsExactly(0, 0);
        group.awaitCompleted("6 written 1 00000000");
        group.awaitCompleted("6 written 2 00000000");
        assertThat(async.readMaxAge(Ints.of(handles.at(1), 999_999), Ints.of(0, 0), 7)
                        .value()
                        .errors())
                .containsExactly(0, OpcResult.OPC_E_INVALIDHANDLE);
        group.awaitCompleted("7 read 2=4 40");
        assertThat(async.refreshMaxAge(0, 8).isSuccess()).isTrue();
        group.awaitCompleted("8 read 1=" + number(8) + " C0");
        assertThat(group.completed).hasSize(5);
    }

    /** Begun, and not done when the member is lost: the client hears once that nobody knows (S3). */
    @Test
    @Requirement(
            value = {"S3", "I1"},
            protocol = Protocol.DA)
    void aTransactionWithQualityThatTheLostMemberDoesNotEndIsUnknownAndNotRepeated() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("static.0");
        group.advise();
        tandem.awaitStandbyReady(1);
        one.server().faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));
        IOPCAsyncIO3 async = of(group, IOPCAsyncIO3.DEF);
        assertThat(async.writeVqt(handles, List.of(OpcItemVqt.of(number(5))), 11)
                        .value()
                        .errors())
                .containsExactly(0);

        one.die();

        group.awaitCompleted("11 written 1 800706BE");
        tandem.awaitServing(1);
        Await.until("recorded", Rig.PATIENCE, () -> tandem.records(RecordKind.OUTCOME_UNKNOWN) == 1);
        assertThat(async.writeVqt(handles, List.of(OpcItemVqt.of(number(6))), 12)
                        .isSuccess())
                .isTrue();
        group.awaitCompleted("12 written 1 00000000");
        assertThat(other.server().ledger().lines()).hasSize(1);
        assertThat(group.completed).hasSize(2);
    }

    // ---- keep-alive

    /** Counts callbacks without values, and those with some. */
    private static final class Counting implements IOPCDataCallback {
        final AtomicInteger empty = new AtomicInteger();
        final AtomicInteger filled = new AtomicInteger();
        final List<DataChange> strange = new CopyOnWriteArrayList<>();

        @Override
        public Result<Nothing> onDataChange(DataChange change) {
            (change.items().isEmpty() ? empty : filled).incrementAndGet();
            boolean isPlain = change.transactionId() == 0 && change.clientGroup() == 7;
            if (change.items().isEmpty() && !(isPlain && change.masterQuality() == 0 && change.masterError() == 0)) {
                strange.add(change);
            }
            return Result.ok(Nothing.NOTHING);
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

        void awaitMoreEmpty(String when) {
            int before = empty.get();
            Await.until("callbacks without values " + when, Rig.PATIENCE, () -> empty.get() >= before + 2);
        }
    }

    private Counting advised(TestClient.Group group) throws Exception {
        Counting counting = new Counting();
        Optional<ComPointer<IUnknown>> sink = ComObject.named("sink")
                .with(IOPCDataCallback.DEF, counting)
                .build()
                .pointer(IUnknown.DEF)
                .map(pointer -> pointer);
        IConnectionPoint point = of(group, IConnectionPointContainer.DEF)
                .findConnectionPoint(IOPCDataCallback.DEF.iid())
                .value()
                .orElseThrow()
                .within(TestClient.CALL);
        assertThat(point.advise(sink).isSuccess()).isTrue();
        return counting;
    }

    /** It says that the subscription lives, which is Tandem's: during a switch, and with no member at all (S12). */
    @Test
    @Requirement(value = "S12", protocol = Protocol.DA)
    void callbacksWithoutValuesComeDuringAndAfterSwitchesAndWithNoMember() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        group.add("static.0");
        Counting counting = advised(group);
        IOPCGroupStateMgt2 state = of(group, IOPCGroupStateMgt2.DEF);
        assertThat(state.setKeepAlive(1)).isEqualTo(Result.success(OpcResult.OPC_S_UNSUPPORTEDRATE, 100L));
        assertThat(state.getKeepAlive()).isEqualTo(Result.ok(100L));
        counting.awaitMoreEmpty("while nothing changes");

        // so the group is not there soon, and the switch waits for it
        other.server().faults().delay(DaFaults.Kind.GROUPS, Duration.ofSeconds(4));
        assertThat(tandem.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        tandem.awaitPhase("switching");
        counting.awaitMoreEmpty("during the switch");
        assertThat(tandem.pair().snapshot().phase()).isEqualTo("switching");
        other.server().faults().delay(DaFaults.Kind.GROUPS, Duration.ZERO);
        tandem.awaitServing(1);
        counting.awaitMoreEmpty("after the switch");
        assertThat(state.getKeepAlive()).isEqualTo(Result.ok(100L));

        one.die();
        other.die();
        tandem.awaitPhase("stranded");
        counting.awaitMoreEmpty("with no member");
        assertThat(counting.strange).isEmpty();
    }

    /** Values that come more often than the period leave nothing to be said beside them. */
    @Test
    void whileValuesComeThereAreNoneWithoutValues() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("counter.0");
        Counting counting = advised(group);
        IOPCGroupStateMgt2 state = of(group, IOPCGroupStateMgt2.DEF);
        assertThat(state.setKeepAlive(3_000)).isEqualTo(Result.ok(3_000L));

        Await.until("values for two periods", Rig.PATIENCE, () -> counting.filled.get() >= 60);

        // one, if this machine stood still for a period; without regard to values it would be two
        assertThat(counting.empty).hasValueLessThan(2);
        assertThat(state.setKeepAlive(200)).isEqualTo(Result.ok(200L));
        assertThat(group.items.setActiveState(handles, false).isSuccess()).isTrue();
        counting.awaitMoreEmpty("when values end");
        assertThat(state.setKeepAlive(0)).isEqualTo(Result.ok(0L));
    }

    // ---- deadbands and sampling of items

    /** What a change of the one item does not tell, a later change of another shows not to come. */
    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void theDeadbandOfAnItemHoldsAtTheNextMemberToo() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("units.level", "static.0");
        group.advise();
        group.awaitTold("1=50 C0");
        IOPCItemDeadbandMgt deadbands = of(group, IOPCItemDeadbandMgt.DEF);
        Ints level = Ints.of(handles.at(0));
        assertThat(deadbands.getItemDeadband(level).value().errors()).containsExactly(OpcResult.OPC_E_DEADBANDNOTSET);
        assertThat(deadbands.setItemDeadband(handles, List.of(50f, 50f)))
                .isEqualTo(Result.partly(Ints.of(0, OpcResult.OPC_E_DEADBANDNOTSUPPORTED)));

        switchTo(1);

        assertThat(deadbands.getItemDeadband(handles).value())
                .isEqualTo(new PerItem<>(List.of(50f, 0f), Ints.of(0, OpcResult.OPC_E_DEADBANDNOTSUPPORTED)));
        write(group, handles.at(0), new Variant.R8(60));
        write(group, handles.at(1), number(77));
        group.awaitTold("2=" + number(77) + " C0");
        assertThat(group.told).doesNotContain("1=60 C0");
        assertThat(deadbands.clearItemDeadband(level)).isEqualTo(Result.ok(Ints.of(0)));
        write(group, handles.at(0), new Variant.R8(61));
        group.awaitTold("1=61 C0");

        switchTo(0);

        assertThat(deadbands.getItemDeadband(level).value().errors()).containsExactly(OpcResult.OPC_E_DEADBANDNOTSET);
        write(group, handles.at(0), new Variant.R8(62));
        group.awaitTold("1=62 C0");
    }

    private static void write(TestClient.Group group, int handle, Variant value) throws Exception {
        assertThat(group.io.write(Ints.of(handle), List.of(value))).isEqualTo(Result.ok(Ints.of(0)));
    }

    /** Sampled as often as it ticks, and buffered, a counter comes whole, though the group is ten times slower. */
    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void samplingRatesAndBuffersAreAtTheNextMemberToo() throws Exception {
        begin(Mode.WARM);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("counter.0");
        assertThat(group.state
                        .setState(new StateChange(
                                Optional.of(1_000L),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                        .isSuccess())
                .isTrue();
        IOPCItemSamplingMgt sampling = of(group, IOPCItemSamplingMgt.DEF);
        assertThat(sampling.getItemSamplingRate(handles).value().errors()).containsExactly(OpcResult.OPC_E_RATENOTSET);
        assertThat(sampling.setItemSamplingRate(handles, Ints.of(95)).value())
                .isEqualTo(new PerItem<>(List.of(100L), Ints.of(OpcResult.OPC_S_UNSUPPORTEDRATE)));
        assertThat(sampling.setItemBufferEnable(handles, List.of(true))).isEqualTo(Result.ok(Ints.of(0)));
        group.advise();
        awaitWhole(group);

        switchTo(1);
        awaitWhole(group);

        assertThat(sampling.getItemSamplingRate(handles).value()).isEqualTo(new PerItem<>(List.of(100L), Ints.of(0)));
        assertThat(sampling.getItemBufferEnable(handles).value()).isEqualTo(new PerItem<>(List.of(true), Ints.of(0)));
    }

    /** Whichever serves: what the slower one makes of a rate is the client's from the beginning. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement(value = "GAP-15", protocol = Protocol.DA)
    void samplingRatesAreThoseOfTheSlowerMember(boolean isActiveSlower) throws Exception {
        begin(Mode.WARM, isActiveSlower ? 150 : 100, isActiveSlower ? 100 : 150);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("counter.0", "counter.1", "static.0");
        Ints three = Ints.of(handles.at(0), handles.at(1), 77_777);
        IOPCItemSamplingMgt sampling = of(group, IOPCItemSamplingMgt.DEF);

        PerItem<Long> told =
                sampling.setItemSamplingRate(three, Ints.of(200, 600, 200)).value();

        assertThat(told.values().subList(0, 2)).containsExactly(300L, 600L);
        assertThat(told.errors())
                .containsExactly(OpcResult.OPC_S_UNSUPPORTEDRATE, HResult.S_OK, OpcResult.OPC_E_INVALIDHANDLE);
        for (int member : new int[] {1, 0}) {
            switchTo(member);
            assertThat(sampling.getItemSamplingRate(handles).value())
                    .isEqualTo(new PerItem<>(List.of(300L, 600L, 0L), Ints.of(0, 0, OpcResult.OPC_E_RATENOTSET)));
        }
    }

    /** A standby that is not connected is not waited for, and changes nothing later. */
    @Test
    @Requirement(value = "GAP-15", protocol = Protocol.DA)
    void samplingRatesAreThoseOfTheOneMemberThatIsThere() throws Exception {
        begin(Mode.COLD, 100, 150);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("counter.0");
        IOPCItemSamplingMgt sampling = of(group, IOPCItemSamplingMgt.DEF);

        assertThat(sampling.setItemSamplingRate(handles, Ints.of(200)).value())
                .isEqualTo(new PerItem<>(List.of(200L), Ints.of(0)));
        assertThat(tandem.pair().switchTo(1, "test")).isInstanceOf(OrderAnswer.Accepted.class);
        tandem.awaitServing(1);

        assertThat(sampling.getItemSamplingRate(handles).value()).isEqualTo(new PerItem<>(List.of(200L), Ints.of(0)));
    }

    /** Of what comes from now on, ten in a row are whole. */
    private static void awaitWhole(TestClient.Group group) {
        int before = group.told.size();
        Await.until("every tick", Rig.PATIENCE, () -> {
            List<Long> values = group.told.stream()
                    .skip(before)
                    .map(line -> Long.valueOf(line.substring(2, line.indexOf(' '))))
                    .toList();
            return IntStream.range(0, Math.max(0, values.size() - 9))
                    .anyMatch(i -> values.get(i + 9) == values.get(i) + 9);
        });
    }

    // ---- the rest

    @Test
    void itemAttributesTellTheUnitsThatTheMemberTells() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        Ints handles = group.add("units.level", "static.0");

        List<OpcItemAttributes> all = group.items
                .createEnumerator(IEnumOPCItemAttributes.DEF.iid())
                .value()
                .orElseThrow()
                .as(IEnumOPCItemAttributes.DEF)
                .within(TestClient.CALL)
                .next(10)
                .value();

        assertThat(all).extracting(OpcItemAttributes::serverHandle).containsExactlyElementsOf(handles);
        assertThat(all).extracting(OpcItemAttributes::euType).containsExactly(OpcEuType.ANALOG, OpcEuType.NONE);
        assertThat(all.getFirst().euInfo()).isEqualTo(new Variant.Array(SafeArray.ofR8(0, 200)));
    }

    @Test
    void connectionPointsAndWhoHasAdvisedThemAreListed() throws Exception {
        begin(Mode.COLD);
        TestClient.Group group = client.group("One", 7);
        group.advise();

        IConnectionPoint point = of(group, IConnectionPointContainer.DEF)
                .enumConnectionPoints()
                .value()
                .orElseThrow()
                .within(TestClient.CALL)
                .next(5)
                .value()
                .getFirst()
                .orElseThrow()
                .within(TestClient.CALL);

        assertThat(point.getConnectionInterface()).isEqualTo(Result.ok(IOPCDataCallback.DEF.iid()));
        List<ConnectData> sinks = point.enumConnections()
                .value()
                .orElseThrow()
                .within(TestClient.CALL)
                .next(5)
                .value();
        assertThat(sinks).hasSize(1);
        assertThat(sinks.getFirst().sink()).isPresent();
        assertThat(point.unadvise(sinks.getFirst().cookie())).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(point.enumConnections()
                        .value()
                        .orElseThrow()
                        .within(TestClient.CALL)
                        .next(5)
                        .value())
                .isEmpty();
    }
}
