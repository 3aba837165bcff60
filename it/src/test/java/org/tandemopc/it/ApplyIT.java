package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.ServerProcess;

/** The configuration changes while clients are served; whoever is not meant notices nothing. */
@Timeout(300)
class ApplyIT {
    private static final Duration LONG = PairUnderTest.LONG;
    private static final int ITEMS = 5;

    @Test
    @Requirement(
            value = {"S22", "APP-1", "APP-3", "ADD-7", "ADD-10", "GEN-10", "LIM-5", "REM-1", "REM-5"},
            protocol = Protocol.UA)
    void clientsOfOtherPairsMissNothingWhateverHappensToOne() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.HOT, a, b), pair("two", Mode.WARM, a, b))) {
            tandem.awaitServing("one", 0, LONG);
            tandem.awaitServing("two", 0, LONG);
            StreamClient one = busyClient(tandem.url("one"));
            StreamClient two = busyClient(tandem.url("two"));
            awaitSamples(one);
            String start = tandem.configuration();

            assertThat(tandem.apply(start + item("three", a, b))).containsExactly("ADD_PAIR three false");
            try (StreamClient three = busyClient(tandem.urlNow("three"))) {
                awaitSamples(three);
            }
            awaitSamples(one);
            assertThat(tandem.apply(tandem.configuration().replace("mode: warm", "mode: hot")))
                    .containsExactly("CHANGE_SETTINGS two false", "CHANGE_SETTINGS three false");
            awaitSamples(two);
            two.stopWorking();
            Unnoticed.values(two, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(two, List.of(), List.of(a.ledger(), b.ledger()));

            assertThat(tandem.apply(tandem.configuration().replace("name: two", "name: second")))
                    .containsExactly("RESTART_PAIR second true");
            Await.until("the session was closed", LONG, () -> !two.events().isEmpty());
            StreamClient second = busyClient(tandem.urlNow("second"));
            awaitSamples(second);
            second.stopWorking();
            assertThat(tandem.apply(start))
                    .containsExactly("REMOVE_PAIR second true", "REMOVE_PAIR three true", "ADD_PAIR two false");
            Await.until("the session was closed", LONG, () -> !second.events().isEmpty());
            close(second);
            assertThatThrownBy(() -> StreamClient.connect(tandem.url("one").replace("/one", "/three")))
                    .isInstanceOfSatisfying(
                            UaException.class,
                            e -> assertThat(e.getStatusCode().value())
                                    .isEqualTo(StatusCodes.Bad_TcpEndpointUrlInvalid));
            awaitSamples(one);
            one.stopWorking();

            Unnoticed.values(one, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(one, List.of(), List.of(a.ledger(), b.ledger()));
            one.close();
            close(two);
        }
    }

    @Test
    @Requirement(
            value = {"S22", "APP-1", "MON-20", "GEN-10"},
            protocol = Protocol.UA)
    void clientMissesNothingWhileTheSettingsOfItsOwnPairChange() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.WARM, a, b))) {
            tandem.awaitServing("one", 0, LONG);
            StreamClient one = busyClient(tandem.url("one"));
            awaitReady(tandem, "one");
            String start = tandem.configuration();

            change(tandem, one, start.replace("mode: warm", "mode: hot"));
            awaitReady(tandem, "one");
            change(tandem, one, start.replace("mode: warm", "mode: cold"));
            Await.until("the standby is closed", LONG, () -> b.stat("sessions") == 0);
            change(tandem, one, start.replace("statusInterval: 500ms", "statusInterval: 200ms"));
            change(tandem, one, start.replace("holdTimeout: 5000ms", "holdTimeout: 4s"));
            change(
                    tandem,
                    one,
                    start.replace(
                            "    members:",
                            "    maximumEvents: 2000\n    monitor:\n      items:\n"
                                    + "        - item: ns=2;s=counter/0\n    members:"));
            change(tandem, one, start.replace("mode: warm", "mode: hot"));
            awaitReady(tandem, "one");
            awaitSamples(one);
            assertThat(tandem.configFile()).contains("mode: hot");

            // The mode that was set last is the one that runs: a switch costs nothing.
            long fault = System.nanoTime();
            a.kill();
            tandem.awaitServing("one", 1, LONG);
            awaitSamples(one);
            one.stopWorking();
            Unnoticed.values(one, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(one, List.of(fault), List.of(a.ledger(), b.ledger()));
            one.close();
        }
    }

    private static void change(TandemProcess tandem, StreamClient client, String text) {
        List<String> steps = tandem.apply(text);
        assertThat(steps).containsExactly("CHANGE_SETTINGS one false");
        awaitSamples(client);
    }

    @Test
    @Requirement(
            value = {"S22", "S26"},
            protocol = Protocol.UA)
    void applyThatFailsLeavesEveryClientAndTheFile() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.HOT, a, b));
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            tandem.awaitServing("one", 0, LONG);
            StreamClient one = busyClient(tandem.url("one"));
            awaitSamples(one);
            String start = tandem.configuration();
            String otherPort = start.replaceFirst("listen: \\S+", "listen: 127.0.0.1:" + taken.getLocalPort());

            assertThat(tandem.plan(otherPort)).containsExactly("RESTART_FRONT_DOOR  true");
            assertThatThrownBy(() -> tandem.apply(otherPort + item("three", a, b)))
                    .hasMessageContaining("failed: Front door")
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort() + ": the port is in use by")
                    .hasMessageContaining("what ran before runs");
            assertThatThrownBy(() -> tandem.apply(start + "  - name: four\n")).hasMessageContaining("refused");
            awaitSamples(one);
            one.stopWorking();

            assertThat(tandem.configFile()).isEqualTo(start);
            Unnoticed.values(one, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(one, List.of(), List.of(a.ledger(), b.ledger()));
            try (StreamClient late = busyClient(tandem.url("one"))) {
                awaitSamples(late);
            }
            one.close();
        }
    }

    @Test
    @Requirement(value = "S22", protocol = Protocol.UA)
    void frontDoorMovesToAnotherPortAndChangesWhatItOffersOnTheSame() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.HOT, a, b))) {
            tandem.awaitServing("one", 0, LONG);
            StreamClient one = busyClient(tandem.url("one"));
            awaitSamples(one);
            one.stopWorking();
            String before = tandem.url("one");
            int port = PortPicker.pick();

            tandem.apply(tandem.configuration().replaceFirst("listen: \\S+", "listen: 127.0.0.1:" + port));
            Await.until("the session was closed", LONG, () -> !one.events().isEmpty());
            assertThat(tandem.urlNow("one")).isEqualTo("opc.tcp://127.0.0.1:" + port + "/one");
            try (StreamClient moved = busyClient(tandem.urlNow("one"))) {
                awaitSamples(moved);
            }
            assertThatThrownBy(() -> StreamClient.connect(before)).isInstanceOf(UaException.class);

            tandem.apply(tandem.configuration().replace("security: [None]", "security: [None, Basic256Sha256]"));
            assertThat(DiscoveryClient.getEndpoints(tandem.urlNow("one")).get())
                    .extracting(e -> String.valueOf(e.getSecurityPolicyUri()))
                    .anyMatch(uri -> uri.endsWith("Basic256Sha256"));
            try (StreamClient again = busyClient(tandem.urlNow("one"))) {
                awaitSamples(again);
            }
            close(one);
        }
    }

    @Test
    @Requirement(
            value = {"ALI-1", "ALI-7", "UNA-1", "SYS-10"},
            protocol = Protocol.UA)
    void threeAliasesOfOneNameAreThreePairsThatClientsCanFind() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("tank", Mode.HOT, a, b))) {
            tandem.awaitServing("tank", 0, LONG);
            String head =
                    tandem.configuration().substring(0, tandem.configuration().indexOf("  - name"));
            tandem.apply(head + alias("tank", 1, a, b) + alias("tank", 2, a, b) + alias("tank", 3, a, b));
            List<String> names = List.of("tank.Alias1", "tank.Alias2", "tank.Alias3");
            List<StreamClient> clients = new ArrayList<>();
            for (String name : names) {
                tandem.awaitServing(name, 0, LONG);
                clients.add(busyClient(tandem.urlNow(name)));
            }
            awaitReady(tandem, "tank.Alias2");
            tandem.command("switch tank.Alias2 1");
            tandem.awaitServing("tank.Alias2", 1, LONG);
            clients.forEach(ApplyIT::awaitSamples);

            assertThat(tandem.figure("tank.Alias1", "active")).isZero();
            assertThat(tandem.figure("tank.Alias3", "active")).isZero();
            for (String name : names) {
                assertThat(tandem.figure(name, "sessions")).isEqualTo(1);
            }
            String discovery = tandem.urlNow("tank.Alias1").replace("/tank.Alias1", "");
            assertThat(DiscoveryClient.findServers(discovery).get().stream().flatMap(ApplyIT::urls))
                    .extracting(url -> url.substring(url.lastIndexOf('/') + 1))
                    .containsExactlyInAnyOrderElementsOf(names);
            for (StreamClient client : clients) {
                client.stopWorking();
                Unnoticed.values(client, PairUnderTest.PERIOD_MS);
                client.close();
            }
        }
    }

    private static Stream<String> urls(ApplicationDescription application) {
        String[] urls = application.getDiscoveryUrls();
        return urls == null ? Stream.of() : Arrays.stream(urls);
    }

    @Test
    @Requirement(
            value = {"ENA-1", "ENA-2", "ENA-4", "ENA-5", "ENA-6", "LIM-5", "LIM-13"},
            protocol = Protocol.UA)
    void disabledPairIsClosedAtOnceAndEnabledAgainWithoutASave() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.HOT, a, b), pair("two", Mode.HOT, a, b))) {
            tandem.awaitServing("one", 0, LONG);
            tandem.awaitServing("two", 0, LONG);
            String file = tandem.configFile();
            StreamClient one = busyClient(tandem.url("one"));
            StreamClient two = busyClient(tandem.url("two"));
            awaitSamples(two);

            tandem.command("disable one");
            Await.until("the session was closed", LONG, () -> !one.events().isEmpty());
            assertThatThrownBy(() -> StreamClient.connect(tandem.url("one")))
                    .isInstanceOfSatisfying(
                            UaException.class,
                            e -> assertThat(e.getStatusCode().value()).isEqualTo(StatusCodes.Bad_ServerHalted));
            tandem.command("enable one");
            tandem.awaitServing("one", 0, LONG);
            try (StreamClient again = busyClient(tandem.url("one"))) {
                awaitSamples(again);
            }
            awaitSamples(two);
            two.stopWorking();

            Unnoticed.values(two, PairUnderTest.PERIOD_MS);
            assertThat(tandem.configFile()).isEqualTo(file).doesNotContain("enabled");
            two.close();
            close(one);
        }
    }

    @Test
    @Requirement(
            value = {"ENA-1", "ENA-2", "ENA-5", "GAP-21"},
            protocol = Protocol.UA)
    void disabledPairThatPassesThroughKeepsItsClientsOnThePrimary() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.start(pair("one", Mode.HOT, a, b))) {
            tandem.awaitServing("one", 0, LONG);
            StreamClient one = busyClient(tandem.url("one"));
            awaitReady(tandem, "one");
            tandem.apply(tandem.configuration().replace("    members:", "    whenDisabled: primary\n    members:"));

            tandem.command("disable one");
            Await.until("nobody is on the secondary", LONG, () -> b.stat("sessions") == 0);
            awaitSamples(one);
            tandem.command("enable one");
            awaitReady(tandem, "one");
            awaitSamples(one);
            one.stopWorking();

            Unnoticed.values(one, PairUnderTest.PERIOD_MS);
            Unnoticed.operations(one, List.of(), List.of(a.ledger(), b.ledger()));
            assertThat(tandem.records("one", "PROMOTED")).isEmpty();
            one.close();
        }
    }

    private static PairSpec pair(String name, Mode mode, ServerProcess a, ServerProcess b) {
        return PairSpec.of(name, mode, a.url(), b.url());
    }

    private static String alias(String name, int number, ServerProcess a, ServerProcess b) {
        return item(name, a, b)
                .replace("name: " + name, "name: " + name + "\n    alias: " + name + ".Alias" + number)
                .replace("mode: warm", "mode: hot");
    }

    private static String item(String name, ServerProcess a, ServerProcess b) {
        return """
                  - name: %s
                    mode: warm
                    failback: false
                    statusInterval: 500ms
                    statusTimeout: 1500ms
                    members:
                      - url: %s
                        security: None
                        trust: all
                      - url: %s
                        security: None
                        trust: all
                """.formatted(name, a.url(), b.url());
    }

    private static StreamClient busyClient(String url) throws Exception {
        StreamClient client = StreamClient.connect(url);
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(50));
        client.keepCalling("c" + System.nanoTime(), Duration.ofMillis(100));
        return client;
    }

    private static void awaitSamples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("more samples", LONG, () -> client.fewestSamples() >= seen + 10);
    }

    private static void awaitReady(TandemProcess tandem, String pair) {
        Await.until(
                "the standby is ready", LONG, () -> tandem.status(pair, "ready").equals("11"));
    }

    /** Of a client whose session Tandem closed. */
    private static void close(StreamClient client) {
        try {
            client.close();
        } catch (UaException e) {
            // It had no session to close; what it saw was asked before.
            assertThat(client.events()).isNotEmpty();
        }
    }
}
