package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What a client sees of a server object behind which one member serves. */
@Timeout(120)
class ThroughTandemTest {
    @TempDir
    Path folder;

    private Rig rig;
    private TestClient client;

    @BeforeEach
    void begin() throws Exception {
        rig = new Rig(Mode.COLD, folder);
        rig.awaitServing(0);
        client = new TestClient(rig.host());
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        rig.close();
    }

    @Test
    @Requirement(value = "GAP-16", protocol = Protocol.DA)
    void theStatusIsThatOfTheActiveMemberWithTheGroupsOfTheClient() throws Exception {
        client.group("A", 7);
        rig.primary.state(OpcServerState.TEST);

        OpcServerStatus status = client.server.getStatus().value().orElseThrow();

        assertThat(status.vendorInfo()).isEqualTo("Model");
        assertThat(status.state()).isEqualTo(OpcServerState.TEST);
        assertThat(status.groupCount()).isEqualTo(1);
    }

    @Test
    void aGroupIsMadeWithTheNumbersOfTandemAndTheRateOfTheMember() throws Exception {
        Result<IOPCServer.AddedGroup> added = client.server.addGroup(new IOPCServer.NewGroup(
                "Fast", true, 130, 7, Optional.empty(), Optional.of(2f), 0x409, IOPCGroupStateMgt.DEF.iid()));

        assertThat(added.hresult()).isEqualTo(OpcResult.OPC_S_UNSUPPORTEDRATE);
        assertThat(added.value().revisedRateMs()).isEqualTo(200);
        assertThat(added.value().serverHandle()).isLessThan(100_000);
        IOPCGroupStateMgt state =
                added.value().group().orElseThrow().as(IOPCGroupStateMgt.DEF).within(TestClient.CALL);
        assertThat(state.getState().value())
                .isEqualTo(new IOPCGroupStateMgt.GroupState(
                        200,
                        true,
                        Optional.of("Fast"),
                        -60,
                        2f,
                        0x409,
                        7,
                        added.value().serverHandle()));
    }

    @Test
    void namesOfGroupsAreUniqueForTheClientAndFoundAgain() throws Exception {
        TestClient.Group one = client.group("A", 7);
        IOPCServer.NewGroup same = new IOPCServer.NewGroup(
                "A", true, 100, 8, Optional.empty(), Optional.empty(), 0, IOPCItemMgt.DEF.iid());

        assertThat(client.server.addGroup(same)).isEqualTo(Result.failure(OpcResult.OPC_E_DUPLICATENAME));
        assertThat(client.server.getGroupByName("A", IOPCItemMgt.DEF.iid()).value())
                .isPresent();
        assertThat(client.server.getGroupByName("B", IOPCItemMgt.DEF.iid()))
                .isEqualTo(Result.failure(OpcResult.OPC_E_NOTFOUND));
        assertThat(one.state.setName("B")).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(names()).containsExactly("B");
        try (TestClient other = new TestClient(rig.host())) {
            other.group("B", 1);
        }
    }

    private List<String> names() throws Exception {
        return client.server
                .createGroupEnumerator(OpcEnumScope.ALL, IEnumString.DEF.iid())
                .value()
                .orElseThrow()
                .as(IEnumString.DEF)
                .within(TestClient.CALL)
                .next(10)
                .value();
    }

    @Test
    void withoutGroupsTheEnumeratorIsThereAndEmpty() throws Exception {
        assertThat(client.server
                        .createGroupEnumerator(OpcEnumScope.PRIVATE, IEnumString.DEF.iid())
                        .hresult())
                .isEqualTo(HResult.S_FALSE);
        assertThat(names()).isEmpty();
    }

    @Test
    void aRemovedGroupIsGoneHereAndAtTheMember() throws Exception {
        TestClient.Group group = client.group("A", 7);

        assertThat(client.server.removeGroup(group.handle, true)).isEqualTo(Result.ok(Nothing.NOTHING));

        Await.until("gone", Rig.PATIENCE, () -> rig.primary.groups().isEmpty());
        assertThat(client.server.removeGroup(group.handle, true).isSuccess()).isFalse();
    }

    @Test
    void itemsHaveTheHandlesOfTandemAndErrorsOfTheMember() throws Exception {
        TestClient.Group group = client.group("A", 7);

        var added = group.items.addItems(
                List.of(OpcItemDef.of("Boiler.Level", 11), OpcItemDef.of("Moon", 12), OpcItemDef.of("Line.Speed", 13)));

        assertThat(added.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(added.value().errors()).containsExactly(0, OpcResult.OPC_E_UNKNOWNITEMID, 0);
        assertThat(added.value().values()).extracting(one -> one.serverHandle()).allMatch(handle -> handle < 100_000);
        assertThat(group.items
                        .validateItems(List.of(OpcItemDef.of("Boiler.Valve", 1), OpcItemDef.of("Sun", 2)), false)
                        .value()
                        .errors())
                .containsExactly(0, OpcResult.OPC_E_UNKNOWNITEMID);
        assertThat(attributes(group))
                .extracting(OpcItemAttributes::itemId, OpcItemAttributes::clientHandle)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Boiler.Level", 11),
                        org.assertj.core.groups.Tuple.tuple("Line.Speed", 13));
    }

    private static List<OpcItemAttributes> attributes(TestClient.Group group) throws Exception {
        return group.items
                .createEnumerator(IEnumOPCItemAttributes.DEF.iid())
                .value()
                .orElseThrow()
                .as(IEnumOPCItemAttributes.DEF)
                .within(TestClient.CALL)
                .next(100)
                .value();
    }

    @Test
    void valuesAreReadAndWrittenUnderTheHandlesOfTheClient() throws Exception {
        TestClient.Group group = client.group("A", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");
        rig.primary.set("Line.Speed", new Variant.R8(42));

        PerItem<OpcItemState> read = group.io
                .read(OpcDataSource.DEVICE, Ints.of(handles.at(1), 999_999, handles.at(0)))
                .value();
        assertThat(read.errors()).containsExactly(0, OpcResult.OPC_E_INVALIDHANDLE, 0);
        assertThat(read.values().getFirst().clientHandle()).isEqualTo(2);
        assertThat(read.values().getFirst().value()).isEqualTo(new Variant.R8(42));
        assertThat(read.values().get(2).clientHandle()).isEqualTo(1);

        assertThat(group.io.write(handles, List.of(new Variant.R8(5), new Variant.R8(6))))
                .isEqualTo(Result.ok(Ints.of(0, 0)));
        assertThat(rig.primary.ledger())
                .containsExactly("Boiler.Level=" + new Variant.R8(5), "Line.Speed=" + new Variant.R8(6));
        assertThat(rig.secondary.ledger()).isEmpty();
    }

    @Test
    void handlesOfTheClientAndTypesAndActiveStatesCanBeChanged() throws Exception {
        TestClient.Group group = client.group("A", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");

        assertThat(group.items.setClientHandles(handles, Ints.of(71, 72))).isEqualTo(Result.ok(Ints.of(0, 0)));
        assertThat(group.items.setActiveState(Ints.of(handles.at(1), 5), false))
                .isEqualTo(Result.partly(Ints.of(0, OpcResult.OPC_E_INVALIDHANDLE)));
        assertThat(group.items.setDatatypes(handles, Ints.of(8, 13)))
                .isEqualTo(Result.partly(Ints.of(0, OpcResult.OPC_E_BADTYPE)));

        assertThat(rig.primary.groups()).containsExactly("A 100 ms active {Boiler.Level=active, Line.Speed=inactive}");
        OpcItemState cached = group.io
                .read(OpcDataSource.CACHE, Ints.of(handles.at(1)))
                .value()
                .values()
                .getFirst();
        assertThat(cached.quality()).isEqualTo(Quality.OUT_OF_SERVICE);
        assertThat(cached.clientHandle()).isEqualTo(72);
        assertThat(attributes(group))
                .extracting(OpcItemAttributes::requestedType)
                .containsExactly(8, 0);
        assertThat(group.items.removeItems(Ints.of(handles.at(0)))).isEqualTo(Result.ok(Ints.of(0)));
        assertThat(rig.primary.groups()).containsExactly("A 100 ms active {Line.Speed=inactive}");
    }

    @Test
    void theStateOfAGroupIsSetHereAndAtTheMember() throws Exception {
        TestClient.Group group = client.group("A", 7);

        Result<Long> set = group.state.setState(new IOPCGroupStateMgt.StateChange(
                Optional.of(250L),
                Optional.of(false),
                Optional.of(60),
                Optional.empty(),
                Optional.empty(),
                Optional.of(70)));

        assertThat(set).isEqualTo(Result.ok(300L));
        assertThat(group.state.getState().value())
                .isEqualTo(new IOPCGroupStateMgt.GroupState(
                        300, false, Optional.of("A"), 60, 0f, 0x409, 70, group.handle));
        assertThat(rig.primary.groups()).containsExactly("A 300 ms inactive {}");
    }

    @Test
    void changesComeUnderTheHandlesOfTheClientOnceAdvised() throws Exception {
        TestClient.Group group = client.group("A", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");

        group.advise();
        group.awaitTold("1=1 C0");
        group.awaitTold("2=1 C0");
        rig.primary.set("Line.Speed", new Variant.R8(2));
        group.awaitTold("2=2 C0");
        group.items.setClientHandles(handles, Ints.of(71, 72));
        rig.primary.set("Boiler.Level", new Variant.R8(3));
        group.awaitTold("71=3 C0");
        group.unadvise();
        Await.until(
                "not advised",
                Rig.PATIENCE,
                () -> rig.primary.groups().stream().noneMatch(one -> one.contains("advised")));

        rig.primary.set("Boiler.Level", new Variant.R8(4));

        assertThat(group.told).containsExactly("1=1 C0", "2=1 C0", "2=2 C0", "71=3 C0");
    }

    @Test
    void transactionsEndWithTheNumbersOfTheClient() throws Exception {
        TestClient.Group group = client.group("A", 7);
        Ints handles = group.add("Boiler.Level", "Line.Speed");
        assertThat(group.async.read(handles, 5)).isEqualTo(Result.failure(OpcResult.CONNECT_E_NOCONNECTION));
        group.advise();

        Result<Started> read = group.async.read(Ints.of(handles.at(0), 999_999), 0x7000_0001);
        assertThat(read.value().errors()).containsExactly(0, OpcResult.OPC_E_INVALIDHANDLE);
        group.awaitCompleted("1879048193 read 1=1 C0");
        assertThat(group.async
                        .write(handles, List.of(new Variant.R8(8), new Variant.R8(9)), 6)
                        .value()
                        .errors())
                .containsExactly(0, 0);
        group.awaitCompleted("6 written 1 00000000");
        group.awaitCompleted("6 written 2 00000000");
        assertThat(group.async.refresh2(OpcDataSource.CACHE, 77).isSuccess()).isTrue();
        group.awaitCompleted("77 read 2=9 C0");
        assertThat(group.async.cancel2(12_345)).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(group.async.setEnable(false)).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(group.async.getEnable()).isEqualTo(Result.ok(false));
    }

    @Test
    void theAddressSpaceIsTheMembers() throws Exception {
        IOPCBrowseServerAddressSpace browse = client.as(IOPCBrowseServerAddressSpace.DEF);

        assertThat(browse.queryOrganization()).isEqualTo(Result.ok(OpcNamespaceType.HIERARCHICAL));
        assertThat(browsed(browse, OpcBrowseType.BRANCH)).containsExactly("Boiler", "Line");
        assertThat(browse.changeBrowsePosition(OpcBrowseDirection.DOWN, "Boiler")
                        .isSuccess())
                .isTrue();
        assertThat(browsed(browse, OpcBrowseType.LEAF)).containsExactly("Level", "Valve");
        assertThat(browse.getItemId("Level")).isEqualTo(Result.ok("Boiler.Level"));
        assertThat(browse.changeBrowsePosition(OpcBrowseDirection.DOWN, "Moon"))
                .isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(client.as(IOPCItemProperties.DEF)
                        .getItemProperties("Boiler.Level", Ints.of(2))
                        .value()
                        .values())
                .containsExactly(new Variant.R8(1));
    }

    static List<String> browsed(IOPCBrowseServerAddressSpace browse, OpcBrowseType type) throws Exception {
        return browse.browseOpcItemIds(type, "", 0, 0)
                .value()
                .orElseThrow()
                .within(TestClient.CALL)
                .next(100)
                .value();
    }

    @Test
    void languageAndTextsOfErrorsAreTheMembers() throws Exception {
        IOPCCommon common = client.as(IOPCCommon.DEF);

        assertThat(common.setLocaleId(0x407)).isEqualTo(Result.ok(Nothing.NOTHING));
        assertThat(common.getLocaleId()).isEqualTo(Result.ok(0x407));
        assertThat(common.setLocaleId(0x40C)).isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(client.server.getErrorString(0x8004_9001, 0x409)).isEqualTo(Result.ok("error 80049001 in 409"));
    }

    @Test
    void aClientThatGoesTakesItsGroupsAlongAndNobodyElses() throws Exception {
        client.group("Stays", 1);
        try (TestClient other = new TestClient(rig.host())) {
            other.group("Goes", 2);
            assertThat(rig.pair().sessions()).hasSize(2);
        }

        Await.until("one session", Rig.PATIENCE, () -> rig.pair().sessions().size() == 1);
        List<String> left = new CopyOnWriteArrayList<>(rig.primary.groups());
        assertThat(new ArrayList<>(left)).contains("Stays 100 ms active {}");
        assertThat(client.server.getStatus().value().orElseThrow().groupCount()).isEqualTo(1);
    }
}
