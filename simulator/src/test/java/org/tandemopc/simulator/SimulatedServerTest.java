package org.tandemopc.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

@Timeout(120)
class SimulatedServerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static SimulatedServer start(String... options) throws Exception {
        return SimulatedServer.start(SimulatorSettings.parse(options));
    }

    private static SimulatedServer start() throws Exception {
        return SimulatedServer.start(SimulatorSettings.named("A"));
    }

    private static long code(DataValue value) {
        return value.statusCode().value();
    }

    @Test
    void twoInstancesDifferInEntryOneOfTheNamespaceArrayOnly() throws Exception {
        try (SimulatedServer a = start("--name", "A");
                SimulatedServer b = start("--name", "B");
                TestClient clientA = TestClient.connect(a.url());
                TestClient clientB = TestClient.connect(b.url())) {
            String[] fromA = namespaces(clientA);
            String[] fromB = namespaces(clientB);
            assertThat(fromA)
                    .containsExactly(
                            "http://opcfoundation.org/UA/", "urn:tandemopc:simulator:A", "urn:tandemopc:simulator");
            assertThat(fromB)
                    .containsExactly(
                            "http://opcfoundation.org/UA/", "urn:tandemopc:simulator:B", "urn:tandemopc:simulator");
        }
    }

    /** As of most servers: whoever knows no path learns it. */
    @Test
    void serverAndItsEndpointsAreFoundByItsPortAlone() throws Exception {
        try (SimulatedServer server = start("--name", "A", "--policy", "none,basic256sha256")) {
            String place = server.url().replace(SimulatedServer.PATH, "/discovery");

            assertThat(DiscoveryClient.findServers(place).get())
                    .extracting(ApplicationDescription::getApplicationUri)
                    .containsExactly("urn:tandemopc:simulator:A");
            assertThat(DiscoveryClient.getEndpoints(place).get())
                    .hasSize(3)
                    .extracting(EndpointDescription::getEndpointUrl)
                    .containsOnly(server.url());
        }
    }

    @Test
    void raisedEventIsToldToWhoeverWatchesTheServerObject() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            List<Variant[]> events = client.collectEvents("SourceName", "Message", "Severity");
            assertThat(client.call("raise", Variant.ofString("one")).getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
            assertThat(client.call("raise", Variant.ofString("two")).getStatusCode())
                    .isEqualTo(StatusCode.GOOD);

            Await.until("two events", LONG, () -> events.size() == 2);
            assertThat(events.get(0))
                    .containsExactly(
                            Variant.ofString("methods"),
                            Variant.ofLocalizedText(new LocalizedText(null, "one")),
                            Variant.ofUInt16(Unsigned.ushort(700)));
            assertThat(events.get(1)[1]).isEqualTo(Variant.ofLocalizedText(new LocalizedText(null, "two")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sessionsAreShownBelowServerDiagnosticsWhereThatIsAskedFor(boolean asked) throws Exception {
        try (SimulatedServer server = asked ? start("--session-diagnostics") : start();
                TestClient client = TestClient.connect(server.url())) {
            if (asked) {
                Await.until("the session is shown", LONG, () -> sessionsShown(client) == 1);
            } else {
                assertThat(sessionsShown(client)).isZero();
            }
        }
    }

    private static long sessionsShown(TestClient client) {
        try {
            return client
                    .milo()
                    .getAddressSpace()
                    .browseNodes(NodeIds.Server_ServerDiagnostics_SessionsDiagnosticsSummary)
                    .stream()
                    .filter(node -> node.getNodeClass() == NodeClass.Object)
                    .count();
        } catch (UaException e) {
            throw new AssertionError(e);
        }
    }

    private static String[] namespaces(TestClient client) throws UaException {
        return (String[]) Objects.requireNonNull(
                client.read(NodeIds.Server_NamespaceArray).value().value());
    }

    @Test
    void anExtraNamespaceMovesTheNodesToIndexThree() throws Exception {
        try (SimulatedServer server = start("--extra-namespace-first");
                TestClient client = TestClient.connect(server.url())) {
            assertThat(namespaces(client)[3]).isEqualTo("urn:tandemopc:simulator");
            assertThat(client.read(new NodeId(3, "static/Int32")).value().value())
                    .isEqualTo(-32_000_000);
        }
    }

    @Test
    void anExtraNamespaceBehindLeavesTheNodesWhereTheyAreAndHasDecoys() throws Exception {
        try (SimulatedServer server = start("--extra-namespace-last");
                TestClient client = TestClient.connect(server.url())) {
            assertThat(namespaces(client)).hasSize(4).endsWith("urn:tandemopc:simulator", DecoyNamespace.URI);
            assertThat(client.read(new NodeId(2, "static/Int32")).value().value())
                    .isEqualTo(-32_000_000);
            assertThat(client.read(new NodeId(3, "static/0")).value().value()).isEqualTo(-1.0);
        }
    }

    @Test
    void everyDataTypeIsReadableAsScalarAndArrayWithTheSameSourceTimeEverywhere() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            for (Map.Entry<String, StaticNodes.Sample> each :
                    StaticNodes.scalars().entrySet()) {
                DataValue scalar = client.read("static/" + each.getKey());
                assertThat(scalar.value().value())
                        .as(each.getKey())
                        .isEqualTo(each.getValue().value());
                assertThat(scalar.sourceTime()).as(each.getKey()).isEqualTo(Times.FIXED);
                DataValue array = client.read("static/" + each.getKey() + "Array");
                assertThat((Object[]) array.value().value())
                        .as(each.getKey())
                        .hasSize(3)
                        .containsOnly(each.getValue().value());
            }
            assertThat(client.read("static/Variant").value().value()).isEqualTo(42);
            assertThat(Values.text(client.read("static/Int32Matrix").value().value()))
                    .isEqualTo("[[1, 2, 3], [4, 5, 6]]");
            assertThat((Variant[]) client.read("static/VariantArray").value().value())
                    .hasSize(3);
            assertThat(client.read("enumeration/mode").value().value()).isEqualTo(1);
        }
    }

    @Test
    void structuresOfAnUnknownTypeAreWrittenAndReadByteForByte() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            ExtensionObject point = StaticNodes.point(Unsigned.ushort(2), 7.0, 8.0, "written");
            assertThat(client.write("structure/point", Variant.of(point)).isGood())
                    .isTrue();
            assertThat(client.read("structure/point").value().value()).isEqualTo(point);
            assertThat((ExtensionObject[])
                            client.read("structure/points").value().value())
                    .hasSize(2);
        }
    }

    @Test
    void appliedWritesAndCallsAreInTheLedgerAndRefusedOnesAreNot(@TempDir Path folder) throws Exception {
        Path ledger = folder.resolve("ledger");
        try (SimulatedServer server = start("--ledger", ledger.toString());
                TestClient client = TestClient.connect(server.url())) {
            assertThat(client.write("static/Int64", Variant.ofInt64(77)).isGood())
                    .isTrue();
            assertThat(client.write("static/Int64", Variant.ofString("wrong")).isBad())
                    .isTrue();
            assertThat(client.write("access/readOnly", Variant.ofInt32(1)).isBad())
                    .isTrue();
            assertThat(client.write("counter/0", Variant.ofInt64(1)).isBad()).isTrue();
            assertThat(client.call("record", Variant.ofString("a \"text\"")).getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
            assertThat(client.call("add", Variant.ofDouble(2), Variant.ofDouble(3))
                            .getOutputArguments())
                    .containsExactly(Variant.ofDouble(5));

            List<String> lines = Files.readAllLines(ledger);
            assertThat(lines).hasSize(3).isEqualTo(server.command("ledger"));
            assertThat(lines.get(0)).contains("\"kind\":\"write\",\"node\":\"ns=2;s=static/Int64\",\"value\":\"77\"");
            assertThat(lines.get(1)).contains("ns=2;s=methods/record", "a \\\"text\\\"");
            assertThat(lines.get(2)).contains("2.0, 3.0");
        }
    }

    @Test
    void aWriteReachesThoseWhoWatch() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            List<DataValue> values = client.collect("static/0", 20, 10);
            Await.until("the first value", LONG, () -> values.size() == 1);
            client.write("static/0", Variant.ofDouble(1.5));
            Await.until("the written value", LONG, () -> values.size() == 2);
            assertThat(values.get(1).value().value()).isEqualTo(1.5);
        }
    }

    @Test
    void anAnswerThatIsSlowComesLateAndTheWriteIsAppliedAtOnce() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            client.read("static/0");
            server.command("slow write 2000");
            long start = System.nanoTime();
            CompletableFuture<List<StatusCode>> answer = client.milo()
                    .writeValuesAsync(List.of(new NodeId(2, "static/0")), List.of(new DataValue(Variant.ofDouble(9))));
            Await.until(
                    "the write in the ledger",
                    Duration.ofMillis(1900),
                    () -> server.command("ledger").size() == 1);
            assertThat(answer).isNotDone();
            assertThat(answer.get()).containsExactly(StatusCode.GOOD);
            assertThat(System.nanoTime() - start).isGreaterThan(1_990_000_000L);
        }
    }

    @Test
    void accessRightsAreKept() throws Exception {
        try (SimulatedServer server = start("--user", "operator:secret");
                TestClient anonymous = TestClient.connect(server.url());
                TestClient operator = TestClient.connect(server.url(), new UsernameProvider("operator", "secret"))) {
            assertThat(code(anonymous.read("access/userDenied"))).isEqualTo(StatusCodes.Bad_UserAccessDenied);
            assertThat(operator.read("access/userDenied").statusCode().isGood()).isTrue();
            assertThat(anonymous.read("access/writeOnly").statusCode().isBad()).isTrue();
            assertThat(anonymous.write("access/writeOnly", Variant.ofInt32(3)).isGood())
                    .isTrue();
            assertThatThrownBy(() -> TestClient.connect(server.url(), new UsernameProvider("operator", "wrong")))
                    .isInstanceOf(UaException.class);
        }
    }

    @Test
    void aUserWhoseRightIsWithdrawnStaysAndComesInNoMoreUntilItIsGivenBack() throws Exception {
        UsernameProvider operator = new UsernameProvider("operator", "secret");
        try (SimulatedServer server = start("--user", "operator:secret", "--user", "other:word");
                TestClient before = TestClient.connect(server.url(), operator)) {
            server.command("revoke operator");
            assertThatThrownBy(() -> TestClient.connect(server.url(), operator)).isInstanceOf(UaException.class);
            TestClient.connect(server.url(), new UsernameProvider("other", "word"))
                    .close();
            assertThat(before.read("access/userDenied").statusCode().isGood()).isTrue();
            server.command("grant operator");
            TestClient.connect(server.url(), operator).close();
            assertThatThrownBy(() -> server.command("revoke nobody")).hasMessage("no user nobody");
        }
    }

    @Test
    void aClockThatIsWrongShowsInTheServersTimeAndInValues() throws Exception {
        try (SimulatedServer server = start("--period-ms", "20");
                TestClient client = TestClient.connect(server.url())) {
            assertThat(skewMs(client.read(NodeIds.Server_ServerStatus_CurrentTime)))
                    .isBetween(-30_000L, 30_000L);
            server.command("skew -3600000");
            assertThat(skewMs(client.read(NodeIds.Server_ServerStatus_CurrentTime)))
                    .isBetween(-3_630_000L, -3_570_000L);
            Await.until("the next tick", LONG, () -> sourceMinusTickMs(client) != 0);
            assertThat(sourceMinusTickMs(client)).isEqualTo(-3_600_000L);
            server.command("skew 0");
            Await.until("right again", LONG, () -> sourceMinusTickMs(client) == 0);
        }
    }

    private static long skewMs(DataValue time) {
        return ((DateTime) Objects.requireNonNull(time.value().value()))
                        .getJavaInstant()
                        .toEpochMilli()
                - System.currentTimeMillis();
    }

    private static long sourceMinusTickMs(TestClient client) {
        DataValue value = readQuietly(client, "counter/0");
        return Objects.requireNonNull(value.sourceTime()).getJavaInstant().toEpochMilli() - tick(value) * 20;
    }

    @Test
    void stateAndServiceLevelAreAsTold() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            server.command("state Suspended");
            server.command("servicelevel 42");
            assertThat(client.read(NodeIds.Server_ServerStatus_State).value().value())
                    .isEqualTo(3);
            assertThat(client.read(NodeIds.Server_ServiceLevel).value().value()).isEqualTo(Unsigned.ubyte(42));
            assertThat(server.command("stats").get(0)).contains("\"statusReads\":2");
        }
    }

    @Test
    void badFrozenAndMutedNodesShowTheirFaultAndRecover() throws Exception {
        try (SimulatedServer server = start("--period-ms", "20");
                TestClient client = TestClient.connect(server.url())) {
            List<DataValue> values = client.collect("counter/0", 20, 1000);
            Await.until("values", LONG, () -> values.size() > 3);
            server.command("bad counter/*");
            Await.until("a bad value", LONG, () -> values.getLast().statusCode().isBad());
            assertThat(code(client.read("counter/0"))).isEqualTo(StatusCodes.Bad_DeviceFailure);
            server.command("good counter/*");
            Await.until(
                    "a good value", LONG, () -> values.getLast().statusCode().isGood());

            server.command("freeze counter/0");
            DataValue frozen = client.read("counter/0");
            DataValue other = client.read("counter/1");
            Await.until(
                    "other counters go on",
                    LONG,
                    () -> !readQuietly(client, "counter/1").value().equals(other.value()));
            assertThat(client.read("counter/0").value()).isEqualTo(frozen.value());
            server.command("thaw");
            Await.until(
                    "the counter goes on",
                    LONG,
                    () -> !readQuietly(client, "counter/0").value().equals(frozen.value()));

            server.command("mute on");
            List<DataValue> muted = client.collect("counter/2", 20, 1000);
            int before = values.size();
            DataValue then = client.read("counter/1");
            Await.until("time passes", LONG, () -> tick(readQuietly(client, "counter/1")) > tick(then) + 20);
            assertThat(muted).isEmpty();
            // What was queued before may still come.
            assertThat(values.size()).isLessThan(before + 5);
        }
    }

    private static long tick(DataValue value) {
        return (Long) Objects.requireNonNull(value.value().value());
    }

    private static DataValue readQuietly(TestClient client, String id) {
        try {
            return client.read(id);
        } catch (UaException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aServerThatVanishedIsUnreachableUntilItIsRevived() throws Exception {
        try (SimulatedServer server = start();
                TestClient client = TestClient.connect(server.url())) {
            assertThat(client.read("counter/0").statusCode().isGood()).isTrue();
            assertThat(server.command("stats").get(0))
                    .contains("\"connections\":1,\"acceptedConnections\":2,\"sessions\":1");
            server.command("vanish");
            assertThatThrownBy(() -> TestClient.connect(server.url())).isInstanceOf(UaException.class);
            Await.until(
                    "no connection", LONG, () -> server.command("stats").get(0).contains("\"connections\":0"));
            server.command("revive");
            try (TestClient again = TestClient.connect(server.url())) {
                assertThat(again.read("counter/0").statusCode().isGood()).isTrue();
            }
        }
    }

    @Test
    void anAnnouncedShutdownCountsDownAndEndsTheProcess() throws Exception {
        try (ServerProcess server = ServerProcess.start("A");
                TestClient client = TestClient.connect(server.url())) {
            server.command("shutdown 2");
            assertThat(client.read(NodeIds.Server_ServerStatus_State).value().value())
                    .isEqualTo(4);
            assertThat((org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger)
                            client.read(NodeIds.Server_ServerStatus_SecondsTillShutdown)
                                    .value()
                                    .value())
                    .isBetween(Unsigned.uint(1), Unsigned.uint(2));
            server.awaitEnd(LONG);
            server.restart();
            assertThat(server.stat("sessions")).isZero();
        }
    }

    @Test
    void theFaultConsoleSaysWhatItDoesNotUnderstand() throws Exception {
        try (SimulatedServer server = start()) {
            assertThatThrownBy(() -> server.command("fly")).hasMessage("unknown command fly: help lists them");
            assertThatThrownBy(() -> server.command("state Flying")).hasMessageContaining("no server state Flying");
            assertThatThrownBy(() -> server.command("bad nothing")).hasMessage("no node matches");
            assertThatThrownBy(() -> server.command("slow much")).hasMessage("a number expected, not much");
            assertThat(server.command("help")).contains("help");
        }
    }

    @Test
    void anOmittedNodeIsUnknown() throws Exception {
        try (SimulatedServer server = start("--omit-node", "counter/3", "--omit-node", "static/Int32");
                TestClient client = TestClient.connect(server.url())) {
            assertThat(code(client.read("counter/3"))).isEqualTo(StatusCodes.Bad_NodeIdUnknown);
            assertThat(code(client.read("static/Int32"))).isEqualTo(StatusCodes.Bad_NodeIdUnknown);
            assertThat(client.read("counter/4").statusCode().isGood()).isTrue();
        }
    }

    @Test
    void aSecuredServerAcceptsSignedAndEncryptedSessionsAndKeepsItsCertificate(@TempDir Path folder) throws Exception {
        SimulatorSettings settings = SimulatorSettings.parse(
                "--policy", "none,basic256sha256", "--data", folder.toString(), "--user", "operator:secret");
        ClientKeys keys = ClientKeys.create();
        for (int i = 0; i < 2; i++) {
            try (SimulatedServer server = SimulatedServer.start(settings);
                    TestClient client = keys.connect(server.url(), new UsernameProvider("operator", "secret"))) {
                assertThat(client.read("access/userDenied").statusCode().isGood())
                        .isTrue();
            }
        }
        try (java.util.stream.Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void countersAreBrowsable() throws Exception {
        try (SimulatedServer server = start("--counters", "2500");
                TestClient client = TestClient.connect(server.url())) {
            assertThat(client.milo().getAddressSpace().browse(new NodeId(2, "counter")))
                    .hasSize(2500);
        }
    }
}
