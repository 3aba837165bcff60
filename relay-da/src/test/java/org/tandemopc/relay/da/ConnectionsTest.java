package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.relay.SessionSnapshot;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Clients of a pair: what they are given, and what they notice of a switch. */
@Timeout(120)
class ConnectionsTest {
    private static final int CLIENTS = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest one;

    @SuppressWarnings("NullAway.Init")
    private MemberUnderTest other;

    @BeforeEach
    void begin() throws IOException {
        one = new MemberUnderTest("127.0.0.2");
        other = new MemberUnderTest("127.0.0.3");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
    }

    private MemberUnderTest member(int index) {
        return index == 0 ? one : other;
    }

    private PairUnderTest serving(Mode mode) throws IOException {
        return PairUnderTest.serving(folder, PairUnderTest.Spec.of(mode, one, other));
    }

    /** The client has another host, and nothing else: the class is the same, and so is each answer, on both sides of a switch. */
    @Test
    @Requirement(
            value = {"ARC-1", "CON-1"},
            protocol = Protocol.DA)
    void aScriptOfEveryCallIsAnsweredAsWithoutTandemOnBothSidesOfALoss() throws Exception {
        List<String> direct;
        try (TestClient client = new TestClient(one.address())) {
            direct = ClientScript.run(client);
        }
        assertThat(direct).hasSizeGreaterThan(50);
        try (PairUnderTest pair = serving(Mode.HOT);
                TestClient client = new TestClient(pair.host())) {
            int before = one.writes();
            assertThat(ClientScript.run(client)).containsExactlyElementsOf(direct);
            int writes = one.writes() - before;
            assertThat(writes).isPositive();
            assertThat(other.writes()).isZero();

            pair.awaitReady(1);
            one.die();
            pair.awaitServing(1);
            assertThat(ClientScript.run(client)).containsExactlyElementsOf(direct);
            assertThat(other.writes()).as("asked of the new active").isEqualTo(writes);
        }
    }

    /** {@code -Dswitches=1000} for the number of the manual's row. */
    @Test
    @Timeout(3_600)
    @Requirement(value = "CON-7", protocol = Protocol.DA)
    void handlesGroupsAndCallbacksOutliveManySwitches() throws Exception {
        int switches = Integer.getInteger("switches", 20);
        try (PairUnderTest pair = serving(Mode.HOT);
                CounterClient stream = new CounterClient(pair.host())) {
            Ints stored = stream.addStored();
            for (int round = 1; round <= switches; round++) {
                int active = round % 2;
                pair.awaitReady(active);
                pair.switchTo(active);
                assertThat(stream.group.io.write(stored, List.of(new Variant.I4(round))))
                        .as("round %d", round)
                        .isEqualTo(Result.ok(Ints.of(0)));
                String told = "9=" + new Variant.I4(round) + " C0";
                stream.group.awaitTold(told);
                assertThat(stream.group.state.getState().value().serverHandle()).isEqualTo(stream.group.handle);
            }
            stream.flow();
            stream.requireInOrder();
            assertThat(pair.pair().sessions()).hasSize(1);
            assertThat(one.server().clients())
                    .as("the session's, and the control link's")
                    .isEqualTo(2);
            assertThat(other.server().clients()).isEqualTo(2);
            assertThat(pair.snapshot().epoch()).isGreaterThanOrEqualTo(switches);
        }
    }

    @Test
    @Requirement(value = "GEN-2", protocol = Protocol.DA)
    void aNewClientComesToTheActiveMember() throws Exception {
        try (PairUnderTest pair = serving(Mode.COLD);
                TestClient first = new TestClient(pair.host())) {
            first.group("First", 1);
            assertThat(one.server().groups()).isEqualTo(1);
            one.die();
            pair.awaitServing(1);
            one.comeBack();
            try (TestClient late = new TestClient(pair.host())) {
                late.group("Late", 1);
                assertThat(other.server().groups()).isEqualTo(2);
                assertThat(one.server().groups()).isZero();
            }
        }
    }

    /** One active member for all, whoever they are; records and sessions tell them apart. */
    @Test
    @Requirement(
            value = {"ARC-4", "ARC-2"},
            protocol = Protocol.DA)
    void allClientsOfAPairAreAtOneMember() throws Exception {
        try (PairUnderTest pair = serving(Mode.WARM);
                CounterClient first = new CounterClient(pair.host());
                CounterClient second = new CounterClient(pair.host())) {
            for (int active : List.of(0, 1)) {
                if (active == 1) {
                    pair.awaitReady(1);
                    one.die();
                    pair.awaitServing(1);
                }
                int before = member(active).writes();
                for (CounterClient client : List.of(first, second)) {
                    assertThat(client.group.io.write(client.addStored(), List.of(new Variant.I4(active))))
                            .isEqualTo(Result.ok(Ints.of(0)));
                    client.flow();
                    client.requireInOrder();
                }
                assertThat(member(active).writes()).isEqualTo(before + 2);
            }
            assertThat(other.writes()).isEqualTo(2);
            assertThat(pair.pair().sessions())
                    .extracting(SessionSnapshot::items)
                    .containsExactly(4, 4);
        }
    }

    /** Each client machine with a Tandem of its own, or one for all on the way: both have the same two servers. */
    @Test
    @Requirement(
            value = {"ARC-2", "SYS-4", "LIM-3", "SYS-13"},
            protocol = Protocol.DA)
    void aTandemMayBeAtEachClientOrBetweenThemAndTheServers() throws Exception {
        PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.WARM, one, other);
        try (PairUnderTest central = PairUnderTest.serving(folder.resolve("central"), spec);
                PairUnderTest own = PairUnderTest.serving(
                        folder.resolve("own"), spec.withListen("127.0.0.1:" + PortPicker.pick()));
                CounterClient near = new CounterClient(own.host());
                CounterClient far = new CounterClient(central.host());
                CounterClient second = new CounterClient(central.host())) {
            central.awaitReady(1);
            own.awaitReady(1);
            one.die();
            central.awaitServing(1);
            own.awaitServing(1);
            for (CounterClient client : List.of(near, far, second)) {
                client.flow();
                client.requireInOrder();
            }
            assertThat(central.pair().sessions()).hasSize(2);
            assertThat(own.pair().sessions()).hasSize(1);
        }
    }

    @Test
    @Requirement(value = "SYS-14", protocol = Protocol.DA)
    void twentyClientsAreServedThroughALoss() throws Exception {
        List<CounterClient> clients = new ArrayList<>();
        try (PairUnderTest pair = serving(Mode.HOT)) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new CounterClient(pair.host()));
            }
            pair.awaitReady(1);
            assertThat(pair.pair().sessions()).hasSize(CLIENTS);
            one.die();
            pair.awaitServing(1);
            for (CounterClient client : clients) {
                client.flow();
                client.requireInOrder();
            }
            assertThat(other.server().groups()).isEqualTo(CLIENTS);
        } finally {
            clients.forEach(CounterClient::close);
        }
    }

    /** The model has no OpcEnum, and nothing is known of it here but what the configuration says. */
    @Test
    @Requirement(
            value = {"SYS-3", "SYS-8"},
            protocol = Protocol.DA)
    void aServerIsReachedByItsClassWithoutOpcEnumAndWithoutAnythingRegisteredHere() throws Exception {
        try (ModelServer first = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
                ModelServer second = new ModelServer(InetAddress.ofLiteral("127.0.0.3"))) {
            List<ModelServer> servers = List.of(first, second);
            servers.forEach(server -> server.set("Boiler.Level", new Variant.R8(4)));
            List<String> members = servers.stream()
                    .map(server -> PairUnderTest.Spec.member(
                            server.address().name(), server.address().resolverPort(), ModelServer.CLSID))
                    .toList();
            PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.COLD, members);
            // under a class of its own, as if clients knew no other
            String text = spec.text() + "    clsid: %s\n".formatted(Rig.PAIR_CLSID);
            try (PairUnderTest pair = new PairUnderTest(folder, spec, text)) {
                pair.awaitServing(0);
                try (TestClient client = new TestClient(pair.host())) {
                    TestClient.Group group = client.group("One", 1);
                    group.add("Boiler.Level");
                    group.advise();
                    group.awaitTold("1=4 C0");
                    first.kill();
                    pair.awaitServing(1);
                    second.set("Boiler.Level", new Variant.R8(5));
                    group.awaitTold("1=5 C0");
                }
            }
        }
    }

    /** A client of DA 2.05a; what servers offer beside it, or in its place, does not matter to it. */
    @ParameterizedTest
    @EnumSource(
            value = DaVersion.class,
            names = {"DA_2_05A", "DA_3_0"})
    @Requirement(
            value = {"SYS-5", "SYS-6"},
            protocol = Protocol.DA)
    void serversOfOneVersionAloneServe(DaVersion version) throws Exception {
        one.restartWith(EnumSet.of(version));
        other.restartWith(EnumSet.of(version));
        try (PairUnderTest pair = serving(Mode.HOT);
                CounterClient stream = new CounterClient(pair.host())) {
            pair.awaitReady(1);
            one.die();
            pair.awaitServing(1);
            stream.flow();
            stream.requireAll();
            assertThat(stream.client.server.getStatus().value().orElseThrow().state())
                    .isEqualTo(OpcServerState.RUNNING);
            Await.until(
                    "one session", Rig.PATIENCE, () -> pair.pair().sessions().size() == 1);
        }
    }
}
