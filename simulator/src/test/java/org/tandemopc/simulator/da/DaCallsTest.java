package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCDataCallback;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCDataCallback.WriteComplete;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCGroupStateMgt.GroupState;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcReading;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.testkit.Await;

/** Groups, items, and calls of DA 2.05a and 3.0, over DCOM: one rule of the specification each. */
@Timeout(120)
class DaCallsTest {
    private DaSimulatedServer server;
    private DaTestClient client;
    private ComPointer<IOPCServer> opc;

    @BeforeEach
    void start() throws Exception {
        server = DaSimulatedServer.start(DaTestClient.settings());
        client = DaTestClient.of(server);
        opc = client.server();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    // Groups

    @Test
    void aGroupThatIsRemovedWhileReferencesAreLeftGoesWithTheLast() throws Exception {
        var group = client.group(opc, "a", 100);

        assertThat(opc.within(soon()).removeGroup(group.handle, false).hresult())
                .isEqualTo(OpcResult.OPC_S_INUSE);

        assertThat(group.items().removeItems(Ints.of(1))).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(server.groups()).isZero();
        assertThat(opc.within(soon()).removeGroup(group.handle, true))
                .isEqualTo(Result.failure(OpcResult.OPC_E_INVALIDHANDLE));
        group.items.close();
        client.group(opc, "a", 100);
    }

    @Test
    void aGroupThatIsRemovedByForceIsGone() throws Exception {
        var group = client.group(opc, "a", 100);
        group.add("static.1");
        group.advise();

        assertThat(client.exported()).as("control").isEqualTo(1);

        assertThat(opc.within(soon()).removeGroup(group.handle, true)).isEqualTo(Answers.DONE);

        assertThat(server.groups()).isZero();
        assertThat(server.sinks()).isZero();
        assertThat(code(group)).isEqualTo(HResult.RPC_E_DISCONNECTED);
        Await.until("the sink is given back", PATIENCE, () -> client.exported() == 0);
    }

    static int code(DaTestClient.Group group) throws Exception {
        try {
            return group.items().removeItems(Ints.of(1)).hresult();
        } catch (org.tandemopc.dcom.rpc.RpcFaultException e) {
            return HResult.ofStatus(e.status());
        }
    }

    @Test
    void theStateIsWhatWasSetAndTheRestStays() throws Exception {
        IOPCGroupStateMgt state = client.group(opc, "a", 100).as(IOPCGroupStateMgt.DEF);

        Result<Long> revised = state.setState(new StateChange(
                Optional.of(205L),
                Optional.of(false),
                Optional.of(-60),
                Optional.of(2.5f),
                Optional.empty(),
                Optional.of(-5)));

        assertThat(revised).isEqualTo(Result.success(OpcResult.OPC_S_UNSUPPORTEDRATE, 210L));
        GroupState now = state.getState().value();
        assertThat(now.rateMs()).isEqualTo(210);
        assertThat(now.isActive()).isFalse();
        assertThat(now.name()).contains("a");
        assertThat(now.timeBias()).isEqualTo(-60);
        assertThat(now.percentDeadband()).isEqualTo(2.5f);
        assertThat(now.lcid()).isEqualTo(0x409);
        assertThat(now.clientHandle()).isEqualTo(-5);
    }

    @Test
    void namesAreChangedToFreeOnesOnly() throws Exception {
        client.group(opc, "a", 100);
        IOPCGroupStateMgt state = client.group(opc, "b", 100).as(IOPCGroupStateMgt.DEF);

        assertThat(state.setName("a")).isEqualTo(Result.failure(OpcResult.OPC_E_DUPLICATENAME));
        assertThat(state.setName("b")).as("its own").isEqualTo(Answers.DONE);
        assertThat(state.setName("A")).as("case matters").isEqualTo(Answers.DONE);
        assertThat(names(OpcEnumScope.ALL)).containsExactly("a", "A");
    }

    private List<String> names(OpcEnumScope scope) throws Exception {
        Result<Optional<ComPointer<IUnknown>>> made =
                opc.within(soon()).createGroupEnumerator(scope, IEnumString.DEF.iid());
        try (ComPointer<IEnumString> names = made.value().orElseThrow().as(IEnumString.DEF)) {
            List<String> all = names.within(soon()).next(100).value();
            assertThat(made.hresult()).isEqualTo(all.isEmpty() ? HResult.S_FALSE : HResult.S_OK);
            return all;
        }
    }

    @Test
    void publicGroupsAreNoneAndPrivateOnesAll() throws Exception {
        assertThat(names(OpcEnumScope.PRIVATE)).isEmpty();
        client.group(opc, "a", 100);

        assertThat(names(OpcEnumScope.PRIVATE_CONNECTIONS)).containsExactly("a");
        assertThat(names(OpcEnumScope.PUBLIC)).isEmpty();
    }

    @Test
    void groupsAreEnumeratedAsObjectsToo() throws Exception {
        client.group(opc, "a", 100);
        client.group(opc, "b", 200);

        Result<Optional<ComPointer<IUnknown>>> made =
                opc.within(soon()).createGroupEnumerator(OpcEnumScope.ALL, IEnumUnknown.DEF.iid());
        List<Optional<ComPointer<IUnknown>>> groups = made.value()
                .orElseThrow()
                .as(IEnumUnknown.DEF)
                .within(soon())
                .next(10)
                .value();

        assertThat(groups).hasSize(2);
        ComPointer<IOPCGroupStateMgt> second = client.ask(groups.get(1).orElseThrow(), IOPCGroupStateMgt.DEF);
        assertThat(second.within(soon()).getState().value().name()).contains("b");
    }

    @Test
    void aCloneHasTheItemsAndIsNotActive() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("static.1");
        IOPCGroupStateMgt state = group.as(IOPCGroupStateMgt.DEF);

        ComPointer<IUnknown> clone =
                state.cloneGroup("b", IOPCSyncIO.DEF.iid()).value().orElseThrow();

        var read = clone.as(IOPCSyncIO.DEF).within(soon()).read(OpcDataSource.DEVICE, handles);
        assertThat(read.value().values().getFirst().value()).isEqualTo(new Variant.I4(1));
        assertThat(client.ask(clone, IOPCGroupStateMgt.DEF)
                        .within(soon())
                        .getState()
                        .value()
                        .isActive())
                .isFalse();
        assertThat(state.cloneGroup("b", IOPCSyncIO.DEF.iid()))
                .isEqualTo(Result.failure(OpcResult.OPC_E_DUPLICATENAME));
    }

    // Items

    private static OpcItemDef item(String id, int type) {
        return new OpcItemDef("some path", id, true, 1, Bytes.EMPTY, type);
    }

    @Test
    void itemsThatCannotBeAddedSayWhyAndValidationAddsNone() throws Exception {
        var group = client.group(opc, "a", 100);
        List<OpcItemDef> all = List.of(
                item("static.1", 0),
                item("static.99", 0),
                item("", 0),
                item("static.2", VarType.UNKNOWN.code()),
                item("units", 0),
                item("rights.readOnly", VarType.BSTR.code()));

        Result<PerItem<OpcItemResult>> validated = group.items().validateItems(all, false);
        assertThat(server.items()).isZero();
        Result<PerItem<OpcItemResult>> added = group.items().addItems(all);

        for (Result<PerItem<OpcItemResult>> each : List.of(validated, added)) {
            assertThat(each.hresult()).isEqualTo(HResult.S_FALSE);
            assertThat(each.value().errors())
                    .containsExactly(
                            0,
                            OpcResult.OPC_E_UNKNOWNITEMID,
                            OpcResult.OPC_E_INVALIDITEMID,
                            OpcResult.OPC_E_BADTYPE,
                            OpcResult.OPC_E_UNKNOWNITEMID,
                            0);
            assertThat(each.value().values().getLast().canonicalType()).isEqualTo(VarType.R8.code());
            assertThat(each.value().values().getLast().accessRights()).isEqualTo(1);
        }
        assertThat(server.items()).isEqualTo(2);
        assertThat(group.items().addItems(List.of())).isEqualTo(Result.failure(HResult.E_INVALIDARG));
    }

    @Test
    void oneItemMayBeAddedTwiceWithAHandleForEach() throws Exception {
        var group = client.group(opc, "a", 100);

        Ints handles = group.add("static.1", "static.1");

        assertThat(handles).doesNotHaveDuplicates();
        assertThat(group.items().removeItems(Ints.of(handles.at(0)))).isEqualTo(Result.ok(Ints.of(0)));
        assertThat(group.items().removeItems(handles).value()).containsExactly(OpcResult.OPC_E_INVALIDHANDLE, 0);
    }

    @Test
    void itemsTellWhatTheyAreAndWhatWasMadeOfThem() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("units.level", "static.1");
        assertThat(group.items().setActiveState(Ints.of(handles.at(1)), false).hresult())
                .isZero();
        assertThat(group.items()
                        .setClientHandles(Ints.of(handles.at(1)), Ints.of(-9))
                        .hresult())
                .isZero();
        assertThat(group.items()
                        .setDatatypes(handles, Ints.of(77, VarType.R8.code()))
                        .value())
                .containsExactly(OpcResult.OPC_E_BADTYPE, 0);

        ComPointer<IUnknown> made = group.items()
                .createEnumerator(IEnumOPCItemAttributes.DEF.iid())
                .value()
                .orElseThrow();
        Result<List<OpcItemAttributes>> all =
                made.as(IEnumOPCItemAttributes.DEF).within(soon()).next(10);

        assertThat(all.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(all.value()).extracting(OpcItemAttributes::itemId).containsExactly("units.level", "static.1");
        assertThat(all.value().getFirst().euInfo())
                .isEqualTo(new DaUnits.Analog(0, 200, "mm", DaUnits.Beyond.WRITTEN).info());
        OpcItemAttributes second = all.value().getLast();
        assertThat(second.isActive()).isFalse();
        assertThat(second.clientHandle()).isEqualTo(-9);
        assertThat(second.requestedType()).isEqualTo(VarType.R8.code());
        assertThat(second.canonicalType()).isEqualTo(VarType.I4.code());
        assertThat(second.accessPath()).isEmpty();
    }

    // Reads and writes

    /** DA 3.0 4.4.5.1: the cache of what is not active is out of service, and that is no error. */
    @Test
    void theCacheOfWhatIsNotActiveIsOutOfService() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("static.1");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        Await.until(
                "a sample",
                PATIENCE,
                () -> quality(io, OpcDataSource.CACHE, handles).isGood());

        group.items().setActiveState(handles, false).value();
        assertThat(quality(io, OpcDataSource.CACHE, handles)).isEqualTo(Quality.OUT_OF_SERVICE);
        assertThat(quality(io, OpcDataSource.DEVICE, handles)).isEqualTo(Quality.GOOD);
        group.items().setActiveState(handles, true).value();
        assertThat(quality(io, OpcDataSource.CACHE, handles)).isEqualTo(Quality.GOOD);
        group.as(IOPCGroupStateMgt.DEF)
                .setState(new StateChange(
                        Optional.empty(),
                        Optional.of(false),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .value();
        assertThat(quality(io, OpcDataSource.CACHE, handles)).isEqualTo(Quality.OUT_OF_SERVICE);
    }

    private static Quality quality(IOPCSyncIO io, OpcDataSource source, Ints handles) {
        try {
            var read = io.read(source, handles);
            assertThat(read.value().errors()).containsOnly(0);
            return read.value().values().getFirst().quality();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyTypeGoesThereAndBack() throws Exception {
        var group = client.group(opc, "a", 100);
        Map<String, Variant> scalars = DaContents.scalars();
        Map<String, Variant> arrays = DaContents.arrays();
        List<String> ids = new ArrayList<>();
        List<Variant> values = new ArrayList<>();
        scalars.forEach((name, value) -> {
            ids.add("types." + name);
            values.add(value);
        });
        arrays.forEach((name, value) -> {
            ids.add("arrays." + name);
            values.add(value);
        });
        Ints handles = group.add(ids.toArray(String[]::new));
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);

        assertThat(ids).hasSize(16 + 1 + 16 + 2);
        assertThat(io.read(OpcDataSource.DEVICE, handles).value().values())
                .extracting(each -> each.value())
                .isEqualTo(values);
        assertThat(io.write(handles, values).hresult()).isZero();
        assertThat(io.read(OpcDataSource.DEVICE, handles).value().values())
                .extracting(each -> each.value())
                .isEqualTo(values);
        DaTestClient.Heard heard = group.advise();
        Await.until("all values", PATIENCE, () -> !heard.changes.isEmpty());
        assertThat(heard.changes.getFirst().items())
                .extracting(OpcItemChange::value)
                .isEqualTo(values);
    }

    @Test
    void valuesAreWrittenInTheTypeOfTheItem() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("static.1", "static.2", "types.UI1", "units.clamped", "units.refused");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);

        Result<Ints> written = io.write(
                handles,
                List.of(
                        Variant.Str.of("17"),
                        Variant.Str.of("no number"),
                        new Variant.I4(300),
                        new Variant.I4(-3),
                        new Variant.I4(-3)));

        assertThat(written.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(written.value())
                .containsExactly(
                        0,
                        OpcResult.OPC_E_BADTYPE,
                        OpcResult.OPC_E_RANGE,
                        OpcResult.OPC_S_CLAMP,
                        OpcResult.OPC_E_RANGE);
        assertThat(io.read(OpcDataSource.DEVICE, handles).value().values())
                .extracting(each -> each.value())
                .containsExactly(
                        new Variant.I4(17),
                        new Variant.I4(2),
                        new Variant.UI1(200),
                        new Variant.R8(0),
                        new Variant.R8(50));
    }

    @Test
    void qualityAndTimeAreWrittenWhereTheItemTakesThem() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("rights.withQuality", "static.1");
        IOPCSyncIO2 io = group.as(IOPCSyncIO2.DEF);
        FileTime then = FileTime.of(java.time.Instant.parse("2020-02-02T02:02:02Z"));
        OpcItemVqt vqt = new OpcItemVqt(new Variant.R8(1), Optional.of(Quality.LOCAL_OVERRIDE), Optional.of(then));

        assertThat(io.writeVqt(handles, List.of(vqt, vqt)).value()).containsExactly(0, OpcResult.OPC_E_NOTSUPPORTED);

        assertThat(io.readMaxAge(handles, Ints.of(0, 0)).value().values())
                .first()
                .isEqualTo(new OpcReading(new Variant.R8(1), Quality.LOCAL_OVERRIDE, then));
        OpcItemVqt bad = new OpcItemVqt(Variant.EMPTY, Optional.of(Quality.BAD), Optional.empty());
        assertThat(io.writeVqt(Ints.of(handles.at(0)), List.of(bad)).hresult()).isZero();
        OpcReading kept = io.readMaxAge(Ints.of(handles.at(0)), Ints.of(0))
                .value()
                .values()
                .getFirst();
        assertThat(kept.value()).isEqualTo(new Variant.R8(1));
        assertThat(kept.quality()).isEqualTo(Quality.BAD);
    }

    @Test
    void aReadByAgeTakesTheCacheWhileItIsYoung() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("counter.0");
        IOPCSyncIO2 io = group.as(IOPCSyncIO2.DEF);
        OpcReading first = io.readMaxAge(handles, Ints.of(0)).value().values().getFirst();
        Await.until("the next tick", PATIENCE, () -> !read(io, handles, 0).equals(first));
        OpcReading second = read(io, handles, -1);

        assertThat(second).isNotEqualTo(first);
        assertThat(read(io, handles, 60_000)).isEqualTo(second);
    }

    private static OpcReading read(IOPCSyncIO2 io, Ints handles, int ageMs) {
        try {
            return io.readMaxAge(handles, Ints.of(ageMs)).value().values().getFirst();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void itemsAreReadAndWrittenWithoutAGroup() throws Exception {
        IOPCItemIO io = client.ask(opc, IOPCItemIO.DEF).within(PATIENCE);

        assertThat(io.writeVqt(
                                List.of("static.1", "nowhere"),
                                List.of(OpcItemVqt.of(new Variant.I4(5)), OpcItemVqt.of(new Variant.I4(5))))
                        .value())
                .containsExactly(0, OpcResult.OPC_E_UNKNOWNITEMID);
        Result<PerItem<OpcReading>> read =
                io.read(List.of("static.1", "nowhere", "rights.writeOnly"), Ints.of(0, 0, 0));
        assertThat(read.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(read.value().values().getFirst().value()).isEqualTo(new Variant.I4(5));
        assertThat(read.value().errors()).containsExactly(0, OpcResult.OPC_E_UNKNOWNITEMID, OpcResult.OPC_E_BADRIGHTS);
    }

    // Asynchronous calls

    @Test
    void withoutASinkNothingIsBegun() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("static.1");
        IOPCAsyncIO2 io = group.as(IOPCAsyncIO2.DEF);

        assertThat(io.read(handles, 1).hresult()).isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
        assertThat(io.write(handles, List.of(new Variant.I4(1)), 1).hresult())
                .isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
        assertThat(io.refresh2(OpcDataSource.CACHE, 1).hresult()).isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
        assertThat(io.setEnable(false).hresult()).isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
        assertThat(io.getEnable().hresult()).isEqualTo(OpcResult.CONNECT_E_NOCONNECTION);
    }

    @Test
    void whatIsWrongAtOnceIsNotInTheCallbackAndNothingRightMakesNone() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1", "rights.writeOnly");
        DaTestClient.Heard heard = group.advise();
        IOPCAsyncIO2 io = group.as(IOPCAsyncIO2.DEF);

        Result<Started> none = io.read(Ints.of(handles.at(1), 99), 31);
        assertThat(none.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(none.value().errors()).containsExactly(OpcResult.OPC_E_BADRIGHTS, OpcResult.OPC_E_INVALIDHANDLE);
        Result<Started> some = io.read(Ints.of(handles.at(1), handles.at(0)), 32);
        assertThat(some.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(some.value().errors()).containsExactly(OpcResult.OPC_E_BADRIGHTS, 0);

        Await.until("the answer", PATIENCE, () -> !heard.reads.isEmpty());
        DataChange read = heard.reads.getFirst();
        assertThat(read.transactionId()).isEqualTo(32);
        assertThat(read.clientGroup()).isEqualTo(7);
        assertThat(read.items()).singleElement().satisfies(item -> {
            assertThat(item.clientHandle()).isEqualTo(1);
            assertThat(item.value()).isEqualTo(new Variant.I4(1));
        });
        assertThat(heard.reads).hasSize(1);
    }

    @Test
    void aWriteIsToldWhenItIsDone() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1", "rights.readOnly", "units.refused");
        DaTestClient.Heard heard = group.advise();

        Result<Started> started = group.as(IOPCAsyncIO2.DEF)
                .write(handles, List.of(new Variant.I4(6), new Variant.R8(6), new Variant.R8(600)), 41);

        assertThat(started.value().errors()).containsExactly(0, OpcResult.OPC_E_BADRIGHTS, 0);
        Await.until("the answer", PATIENCE, () -> !heard.writes.isEmpty());
        assertThat(heard.writes)
                .containsExactly(
                        new WriteComplete(41, 7, HResult.S_FALSE, Ints.of(1, 3), Ints.of(0, OpcResult.OPC_E_RANGE)));
        assertThat(server.ledger().lines()).hasSize(1);
    }

    @Test
    void aRefreshBringsAllActiveItemsWithItsTransaction() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1", "static.2");
        group.items().setActiveState(Ints.of(handles.at(1)), false).value();
        DaTestClient.Heard heard = group.advise();
        Await.until("the first values", PATIENCE, () -> !heard.changes.isEmpty());
        IOPCAsyncIO2 io = group.as(IOPCAsyncIO2.DEF);

        assertThat(io.setEnable(false)).isEqualTo(Answers.DONE);
        assertThat(io.getEnable()).isEqualTo(Result.ok(false));
        assertThat(io.refresh2(OpcDataSource.CACHE, 55).isSuccess()).isTrue();

        Await.until("the refresh", PATIENCE, () -> heard.changes.size() > 1);
        assertThat(heard.changes.get(1).transactionId()).isEqualTo(55);
        assertThat(heard.changes.get(1).items())
                .extracting(OpcItemChange::clientHandle)
                .containsExactly(1);
    }

    @Test
    void whatIsCancelledIsNotDoneAndTheClientIsTold() throws Exception {
        server.faults().delay(DaFaults.Kind.ASYNC, Duration.ofMinutes(1));
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("static.1");
        DaTestClient.Heard heard = group.advise();
        IOPCAsyncIO2 io = group.as(IOPCAsyncIO2.DEF);
        int id = io.write(handles, List.of(new Variant.I4(6)), 61).value().id();

        assertThat(io.cancel2(id)).isEqualTo(Answers.DONE);

        Await.until("the cancellation", PATIENCE, () -> !heard.cancelled.isEmpty());
        assertThat(heard.cancelled).containsExactly(61);
        assertThat(io.cancel2(id)).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(server.ledger().lines()).isEmpty();
        assertThat(heard.writes).isEmpty();
    }

    @Test
    void callsOf3ReadByAgeWriteQualitiesAndRefreshByAge() throws Exception {
        var group = client.group(opc, "a", 60_000);
        Ints handles = group.add("rights.withQuality");
        DaTestClient.Heard heard = group.advise();
        Await.until("the first values", PATIENCE, () -> !heard.changes.isEmpty());
        IOPCAsyncIO3 io = group.as(IOPCAsyncIO3.DEF);
        OpcItemVqt vqt = new OpcItemVqt(new Variant.R8(3), Optional.of(Quality.LOCAL_OVERRIDE), Optional.empty());

        assertThat(io.writeVqt(handles, List.of(vqt), 1).hresult()).isZero();
        Await.until("the write", PATIENCE, () -> !heard.writes.isEmpty());
        assertThat(io.readMaxAge(handles, Ints.of(0), 2).hresult()).isZero();
        Await.until("the read", PATIENCE, () -> !heard.reads.isEmpty());
        assertThat(io.refreshMaxAge(0, 3).isSuccess()).isTrue();
        Await.until("the refresh", PATIENCE, () -> heard.changes.size() > 1);

        assertThat(heard.writes.getFirst().masterError()).isZero();
        assertThat(heard.reads.getFirst().items().getFirst().quality()).isEqualTo(Quality.LOCAL_OVERRIDE);
        assertThat(heard.changes.get(1).items().getFirst().value()).isEqualTo(new Variant.R8(3));
    }

    /** DA 3.0 4.4.11: Advise fails where there is a sink already, and for what is none. */
    @Test
    void aGroupTakesOneSinkThatIsOne() throws Exception {
        var group = client.group(opc, "a", 100);
        DaTestClient.Heard heard = group.advise();

        assertThat(heard.point.within(soon()).advise(heard.pointer()))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_ADVISELIMIT));
        assertThat(heard.point.within(soon()).unadvise(heard.cookie + 1))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        assertThat(heard.point.within(soon()).unadvise(heard.cookie)).isEqualTo(Answers.DONE);
        Optional<ComPointer<IUnknown>> none = org.tandemopc.dcom.orpc.ComObject.named("none")
                .build()
                .pointer(IUnknown.DEF)
                .map(pointer -> pointer);
        assertThat(heard.point.within(soon()).advise(none))
                .isEqualTo(Result.failure(OpcResult.CONNECT_E_CANNOTCONNECT));
    }

    @Test
    void pointsAndWhoHasAdvisedThemAreEnumerated() throws Exception {
        var group = client.group(opc, "a", 100);
        DaTestClient.Heard heard = group.advise();

        List<Optional<ComPointer<IConnectionPoint>>> points = group.as(IConnectionPointContainer.DEF)
                .enumConnectionPoints()
                .value()
                .orElseThrow()
                .within(soon())
                .next(10)
                .value();
        assertThat(points).hasSize(1);
        IConnectionPoint point = points.getFirst().orElseThrow().within(PATIENCE);
        assertThat(point.getConnectionInterface()).isEqualTo(Result.ok(IOPCDataCallback.DEF.iid()));
        List<ConnectData> connections = point.enumConnections()
                .value()
                .orElseThrow()
                .within(soon())
                .next(10)
                .value();

        assertThat(connections).singleElement().satisfies(one -> {
            assertThat(one.cookie()).isEqualTo(heard.cookie);
            assertThat(one.sink()).isPresent();
        });
        ComPointer<IOPCDataCallback> own =
                client.ask(connections.getFirst().sink().orElseThrow(), IOPCDataCallback.DEF);
        assertThat(own.within(soon()).onCancelComplete(99, 7).hresult()).isZero();
        assertThat(heard.cancelled).as("it is the client's own").containsExactly(99);
    }

    // DA 3.0

    @Test
    void aSilentGroupSaysThatItLives() throws Exception {
        var group = client.group(opc, "a", 100);
        IOPCGroupStateMgt2 state = group.as(IOPCGroupStateMgt2.DEF);
        assertThat(state.setKeepAlive(55)).isEqualTo(Result.success(OpcResult.OPC_S_UNSUPPORTEDRATE, 60L));
        assertThat(state.getKeepAlive()).isEqualTo(Result.ok(60L));
        DaTestClient.Heard heard = group.advise();

        Await.until("signs of life", PATIENCE, () -> heard.changes.size() > 2);
        assertThat(heard.changes).allSatisfy(change -> {
            assertThat(change.items()).isEmpty();
            assertThat(change.transactionId()).isZero();
            assertThat(change.masterQuality()).isZero();
        });
    }

    @Test
    void deadbandsOfItemsAreSetToldAndCleared() throws Exception {
        var group = client.group(opc, "a", 100);
        Ints handles = group.add("units.level", "static.1");
        IOPCItemDeadbandMgt deadbands = group.as(IOPCItemDeadbandMgt.DEF);

        assertThat(deadbands.getItemDeadband(handles).value().errors())
                .containsExactly(OpcResult.OPC_E_DEADBANDNOTSET, OpcResult.OPC_E_DEADBANDNOTSUPPORTED);
        assertThat(deadbands.setItemDeadband(handles, List.of(5f, 5f)).value())
                .containsExactly(0, OpcResult.OPC_E_DEADBANDNOTSUPPORTED);
        assertThat(deadbands
                        .setItemDeadband(Ints.of(handles.at(0)), List.of(101f))
                        .value())
                .containsExactly(HResult.E_INVALIDARG);
        assertThat(deadbands.getItemDeadband(handles).value().values()).first().isEqualTo(5f);
        assertThat(deadbands.clearItemDeadband(handles).value())
                .containsExactly(0, OpcResult.OPC_E_DEADBANDNOTSUPPORTED);
        assertThat(deadbands.clearItemDeadband(Ints.of(handles.at(0))).value())
                .containsExactly(OpcResult.OPC_E_DEADBANDNOTSET);
    }

    @Test
    void bufferedItemsBringAllTheirTicks() throws Exception {
        var group = client.group(opc, "a", 1_000);
        Ints handles = group.add("counter.0");
        IOPCItemSamplingMgt sampling = group.as(IOPCItemSamplingMgt.DEF);
        assertThat(sampling.getItemSamplingRate(handles).value().errors()).containsExactly(OpcResult.OPC_E_RATENOTSET);
        assertThat(sampling.setItemSamplingRate(handles, Ints.of(95)).value())
                .isEqualTo(new PerItem<>(List.of(100L), Ints.of(OpcResult.OPC_S_UNSUPPORTEDRATE)));
        assertThat(sampling.setItemBufferEnable(handles, List.of(true)).hresult())
                .isZero();
        assertThat(sampling.getItemBufferEnable(handles).value().values()).containsExactly(true);
        DaTestClient.Heard heard = group.advise();

        Await.until("values", PATIENCE, () -> heard.changes.size() > 2);
        assertThat(heard.changes.get(2).items()).hasSize(10);
        double first = ((Variant.R8) heard.changes.get(2).items().getFirst().value()).value();
        for (int i = 0; i < 10; i++) {
            assertThat(heard.changes.get(2).items().get(i).value()).isEqualTo(new Variant.R8(first + i));
        }
        assertThat(sampling.clearItemSamplingRate(handles).hresult()).isZero();
        assertThat(sampling.clearItemSamplingRate(handles).value()).containsExactly(OpcResult.OPC_E_RATENOTSET);
    }
}
