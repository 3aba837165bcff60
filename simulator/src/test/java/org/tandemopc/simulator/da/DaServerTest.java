package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCDataCallback.DataChange;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCServer.NewGroup;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** The way from activation to values, over DCOM. */
@Timeout(120)
class DaServerTest {
    private DaSimulatedServer server;
    private DaTestClient client;

    @BeforeEach
    void start() throws Exception {
        server = DaSimulatedServer.start(DaTestClient.settings());
        client = DaTestClient.of(server);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private static OpcItemState only(Result<PerItem<OpcItemState>> read) {
        assertThat(read.hresult()).isZero();
        return read.value().values().getFirst();
    }

    @Test
    void theStatusIsTold() throws Exception {
        var status = client.server().within(soon()).getStatus().value().orElseThrow();

        assertThat(status.state()).isEqualTo(OpcServerState.RUNNING);
        assertThat(status.groupCount()).isZero();
        assertThat(status.vendorInfo()).isEqualTo(ServerObject.VENDOR);
    }

    /** DA 3.0 4.3.4.1: the revised rate is told, and the code says that it is another. */
    @Test
    void aRateThatTheServerHasNotIsRoundedUp() throws Exception {
        IOPCServer opc = client.server().within(PATIENCE);

        assertThat(opc.addGroup(DaTestClient.newGroup("a", 100)).hresult()).isZero();
        Result<IOPCServer.AddedGroup> odd = opc.addGroup(DaTestClient.newGroup("b", 101));
        assertThat(odd.hresult()).isEqualTo(OpcResult.OPC_S_UNSUPPORTEDRATE);
        assertThat(odd.value().revisedRateMs()).isEqualTo(110);
        assertThat(opc.addGroup(DaTestClient.newGroup("c", 0)).value().revisedRateMs())
                .isEqualTo(10);
    }

    @Test
    void aNameIsTakenOnceAndAnEmptyOneIsFound() throws Exception {
        ComPointer<IOPCServer> opc = client.server();
        client.group(opc, "a", 100);

        assertThat(opc.within(soon()).addGroup(DaTestClient.newGroup("a", 100)).hresult())
                .isEqualTo(OpcResult.OPC_E_DUPLICATENAME);
        IOPCGroupStateMgt fresh = client.group(opc, "", 100).as(IOPCGroupStateMgt.DEF);
        assertThat(fresh.getState().value().name().orElseThrow()).isNotEmpty();
        assertThat(client.server()
                        .within(soon())
                        .addGroup(DaTestClient.newGroup("a", 100))
                        .hresult())
                .as("another client's names are its own")
                .isZero();
    }

    @Test
    void aGroupOfAnInterfaceThatItHasNotIsNotMade() throws Exception {
        IOPCServer opc = client.server().within(PATIENCE);
        NewGroup like = DaTestClient.newGroup("a", 100);
        NewGroup wrong =
                new NewGroup("a", true, 100, 7, Optional.empty(), Optional.empty(), 0x409, IOPCServer.DEF.iid());

        assertThat(opc.addGroup(wrong).hresult()).isEqualTo(HResult.E_NOINTERFACE);
        assertThat(server.groups()).isZero();
        assertThat(opc.addGroup(like).hresult()).isZero();
    }

    @Test
    void aDeviceReadGivesWhatTheDeviceHas() throws Exception {
        var group = client.group(client.server(), "a", 60_000);
        Ints handles = group.add("static.3");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);

        OpcItemState cached = only(io.read(OpcDataSource.CACHE, handles));
        assertThat(cached.quality()).isEqualTo(Quality.WAITING_FOR_INITIAL_DATA);
        OpcItemState read = only(io.read(OpcDataSource.DEVICE, handles));
        assertThat(read.value()).isEqualTo(new Variant.I4(3));
        assertThat(read.quality()).isEqualTo(Quality.GOOD);
        assertThat(read.timestamp()).isEqualTo(DaPlant.FIXED);
        assertThat(read.clientHandle()).isEqualTo(1);
    }

    @Test
    void aWriteIsReadBackAndStandsInTheLedger() throws Exception {
        var group = client.group(client.server(), "a", 100);
        Ints handles = group.add("static.3");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);

        assertThat(io.write(handles, List.of(new Variant.I4(42)))).isEqualTo(Result.ok(Ints.of(0)));
        assertThat(only(io.read(OpcDataSource.DEVICE, handles)).value()).isEqualTo(new Variant.I4(42));
        assertThat(server.ledger().lines())
                .singleElement()
                .asString()
                .contains(
                        "\"kind\":\"write\"", "\"node\":\"static.3\"", "\"value\":\"42\"", "\"session\":\"client 1\"");
    }

    @Test
    void whatFailsSaysWhyAndTheRestIsDone() throws Exception {
        var group = client.group(client.server(), "a", 100);
        Ints handles = group.add("static.3", "rights.readOnly", "rights.writeOnly");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        Ints asked = Ints.of(handles.at(0), handles.at(1), handles.at(2), 999);
        List<Variant> values = List.of(new Variant.I4(1), new Variant.R8(1), new Variant.R8(1), new Variant.I4(1));

        Result<PerItem<OpcItemState>> read = io.read(OpcDataSource.DEVICE, asked);
        assertThat(read.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(read.value().errors())
                .containsExactly(0, 0, OpcResult.OPC_E_BADRIGHTS, OpcResult.OPC_E_INVALIDHANDLE);
        assertThat(read.value().values().get(2).value()).isEqualTo(Variant.EMPTY);

        Result<Ints> written = io.write(asked, values);
        assertThat(written.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(written.value()).containsExactly(0, OpcResult.OPC_E_BADRIGHTS, 0, OpcResult.OPC_E_INVALIDHANDLE);
        assertThat(server.ledger().lines()).hasSize(2);
    }

    /** DA 3.0 4.5.1: all items once, then what changes. */
    @Test
    void whoAdvisesIsToldAllItemsAndThenWhatChanges() throws Exception {
        var group = client.group(client.server(), "a", 100);
        Ints handles = group.add("static.1", "static.2");
        DaTestClient.Heard heard = group.advise();

        Await.until("the first values", PATIENCE, () -> !heard.changes.isEmpty());
        DataChange first = heard.changes.getFirst();
        assertThat(first.transactionId()).isZero();
        assertThat(first.clientGroup()).isEqualTo(7);
        assertThat(first.masterQuality()).isZero();
        assertThat(first.masterError()).isZero();
        assertThat(first.items()).extracting(OpcItemChange::clientHandle).containsExactly(1, 2);

        group.as(IOPCSyncIO.DEF)
                .write(Ints.of(handles.at(1)), List.of(new Variant.I4(77)))
                .value();
        Await.until("the change", PATIENCE, () -> heard.changes.size() > 1);
        assertThat(heard.changes.get(1).items()).singleElement().satisfies(item -> {
            assertThat(item.clientHandle()).isEqualTo(2);
            assertThat(item.value()).isEqualTo(new Variant.I4(77));
            assertThat(item.quality()).isEqualTo(Quality.GOOD);
        });
    }

    @Test
    void whoHasUnadvisedHearsNothing() throws Exception {
        var group = client.group(client.server(), "a", 10);
        group.add("counter.0");
        DaTestClient.Heard heard = group.advise();
        Await.until("values", PATIENCE, () -> heard.changes.size() > 2);
        assertThat(server.sinks()).isEqualTo(1);

        assertThat(heard.point.within(soon()).unadvise(heard.cookie).hresult()).isZero();

        assertThat(server.sinks()).isZero();
        int known = heard.changes.size();
        DaTestClient.Heard next = group.advise();
        Await.until("values", PATIENCE, () -> next.changes.size() > 2);
        assertThat(heard.changes.size()).isLessThanOrEqualTo(known + 1);
    }

    @Test
    void countersRunWithoutGapsInOrder() throws Exception {
        var group = client.group(client.server(), "a", 100);
        group.add("counter.0");
        DaTestClient.Heard heard = group.advise();

        Await.until("values", PATIENCE, () -> heard.changes.size() > 10);
        double expected = 0;
        for (DataChange change : heard.changes.subList(1, 10)) {
            assertThat(change.items()).hasSize(1);
            Variant value = change.items().getFirst().value();
            assertThat(value).isInstanceOf(Variant.R8.class);
            double tick = ((Variant.R8) value).value();
            assertThat(change.items().getFirst().timestamp().toInstant().toEpochMilli())
                    .isEqualTo(Math.round(tick) * 100);
            assertThat(tick).isGreaterThan(expected);
            expected = tick;
        }
    }

    @Test
    void aClientThatReleasesItsServerObjectLeavesNothing() throws Exception {
        ComPointer<IOPCServer> opc = client.server();
        var group = client.group(opc, "a", 10);
        group.add("counter.0");
        group.advise();
        assertThat(server.clients()).isEqualTo(1);
        assertThat(server.groups()).isEqualTo(1);
        assertThat(server.items()).isEqualTo(1);

        opc.close();

        Await.until("nothing is left", PATIENCE, () -> server.clients() == 0);
        assertThat(server.groups()).isZero();
        assertThat(server.items()).isZero();
        assertThat(server.sinks()).isZero();
        Await.until("the sink is given back", PATIENCE, () -> client.exported() == 0);
        assertThat(DaCallsTest.code(group)).as("the group went with it").isEqualTo(HResult.RPC_E_DISCONNECTED);
    }

    @Test
    void aGroupLivesWithoutReferencesAndIsFoundByItsName() throws Exception {
        ComPointer<IOPCServer> opc = client.server();
        var group = client.group(opc, "a", 10);
        group.items.close();

        ComPointer<IUnknown> found = opc.within(soon())
                .getGroupByName("a", IOPCItemMgt.DEF.iid())
                .value()
                .orElseThrow();
        assertThat(found.as(IOPCItemMgt.DEF)
                        .within(soon())
                        .removeItems(Ints.of(1))
                        .value())
                .containsExactly(OpcResult.OPC_E_INVALIDHANDLE);
        assertThat(opc.within(soon()).getGroupByName("b", IUnknown.IID).hresult())
                .isEqualTo(OpcResult.OPC_E_NOTFOUND);
    }

    /** What a switch between two servers cost is counted by this: at the same rate both tell the same ticks with the same times. */
    @Test
    void twoServersTellTheSameTicks() throws Exception {
        InetAddress elsewhere = InetAddress.ofLiteral("127.0.0.3");
        try (DaSimulatedServer second = DaSimulatedServer.start(
                        DaSimulatorSettings.at(elsewhere).withPorts(PortPicker.pick(), 0));
                DaTestClient other = DaTestClient.of(second)) {
            var here = client.group(client.server(), "a", 200);
            var there = other.group(other.server(), "a", 200);
            here.add("counter.0");
            there.add("counter.0");
            DaTestClient.Heard first = here.advise();
            DaTestClient.Heard also = there.advise();
            Await.until("values", PATIENCE, () -> first.changes.size() > 12 && also.changes.size() > 12);

            // the first ones are told at once, whenever that is
            List<OpcItemChange> ours = updates(first);
            List<OpcItemChange> theirs = updates(also);
            List<OpcItemChange> common = ours.stream().filter(theirs::contains).toList();
            assertThat(common).hasSizeGreaterThan(8);
            int from = ours.indexOf(common.getFirst());
            assertThat(ours.subList(from, from + common.size())).isEqualTo(common);
            int also0 = theirs.indexOf(common.getFirst());
            assertThat(theirs.subList(also0, also0 + common.size())).isEqualTo(common);
        }
    }

    private static List<OpcItemChange> updates(DaTestClient.Heard heard) {
        return heard.changes.stream()
                .skip(1)
                .map(change -> change.items().getFirst())
                .toList();
    }
}
