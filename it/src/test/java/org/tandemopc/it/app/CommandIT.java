package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestProcess;

/** The command as people start it: a process, without a terminal, without a console. */
@Timeout(300)
class CommandIT {
    private static final Duration LONG = CommandLine.LONG;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private CommandLine tandem;

    @BeforeEach
    void start() {
        tandem = new CommandLine(folder);
    }

    @Test
    @Requirement(
            value = {"ARC-3", "ADM-5", "SYS-7"},
            protocol = Protocol.UA)
    void runServesAConfigurationAloneAndStopsCleanlyOnSigterm() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            tandem.config(servers);
            try (TestProcess service = tandem.serve("--enable-all");
                    StreamClient client = StreamClient.connect(CommandLine.address(service))) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                Await.until("values through Tandem", LONG, () -> client.fewestSamples() >= 20);
                assertThat(servers.a().stat("sessions")).isPositive();

                service.signal(Posix.Signal.TERM);

                assertThat(service.awaitExit(Duration.ofSeconds(20))).isZero();
                assertThat(servers.a().stat("sessions")).isZero();
                assertThat(servers.b().stat("sessions")).isZero();
            }
        }
    }

    /** Nobody is left to find out by a timeout: clients and servers are told, and the port is free for the next start. */
    @Test
    @Requirement(
            value = {"ADM-5", "I9"},
            protocol = Protocol.UA)
    void sigtermEndsEverySessionInOrderAndFreesThePort() throws Exception {
        try (TwoServers servers = TwoServers.start("--no-rate-limit")) {
            List<StreamClient> clients = new ArrayList<>();
            tandem.config(servers);
            try (TestProcess service = tandem.serve("--enable-all")) {
                String url = CommandLine.address(service);
                for (int i = 0; i < 5; i++) {
                    StreamClient client = StreamClient.connect(url);
                    clients.add(client);
                    client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                }
                Await.until(
                        "sessions at both",
                        LONG,
                        () -> servers.a().stat("sessions") == 6 && servers.b().stat("sessions") == 6);

                service.signal(Posix.Signal.TERM);

                assertThat(service.awaitExit(Duration.ofSeconds(20))).isZero();
                for (ServerProcess server : List.of(servers.a(), servers.b())) {
                    assertThat(server.stat("sessions")).isZero();
                    assertThat(server.stat("subscriptions")).isZero();
                    Await.until("no connection is left", LONG, () -> server.stat("connections") == 0);
                }
                for (StreamClient client : clients) {
                    Await.until(
                            "the client is told",
                            LONG,
                            () -> client.events().stream()
                                    .anyMatch(e -> e.toString().contains("service fault")));
                }
                int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
                assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
            } finally {
                for (StreamClient client : clients) {
                    client.close();
                }
            }
        }
    }

    /** Where the machine has IPv6, what is printed can be used as it stands. */
    @Test
    @Requirement(
            value = {"SYS-7"},
            protocol = Protocol.UA)
    void theUrlOfAPairOnAnIpv6AddressWorksAsItIsPrinted() throws Exception {
        assumeThat(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")))
                .as("a machine with ::1")
                .isNotNull();
        try (TwoServers servers = TwoServers.start()) {
            tandem.config(CommandLine.open(
                            "\"[::1]:0\"", servers.a().url(), servers.b().url()) + "rest:\n  listen: \"[::1]:0\"\n");
            try (TestProcess service = tandem.serve("--enable-all")) {
                String url = CommandLine.address(service);

                assertThat(url).matches("opc\\.tcp://\\[::1]:\\d+/plant1");
                assertThat(service.awaitLine("commands:", LONG)).matches("commands: \\[::1]:\\d+");
                StreamClient.connect(url).close();
                for (String command : List.of("status", "pairs")) {
                    tandem.expect(0, url, command);
                }
            }
        }
    }

    /** The plant comes first: clients are served though nobody can command the service. */
    @Test
    @Requirement("S26")
    void anAddressForCommandsThatIsTakenIsSaidAndThePairsAreServed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            tandem.config(CommandLine.open("127.0.0.1:0", "opc.tcp://127.0.0.1:1", "opc.tcp://127.0.0.1:2")
                    + "rest:\n  listen: 127.0.0.1:" + taken.getLocalPort() + "\n");
            try (TestProcess service = tandem.serve("--enable-all")) {
                assertThat(service.log())
                        .contains(
                                "Cannot listen for commands on",
                                String.valueOf(taken.getLocalPort()),
                                "Choose another rest.listen.",
                                "The pairs are served; commands cannot reach this service.");
                assertThat(service.output()).noneMatch(line -> line.startsWith("commands:"));
                int port = Integer.parseInt(CommandLine.address(service).replaceAll(".*:(\\d+)/.*", "$1"));
                new Socket("127.0.0.1", port).close();
                tandem.expect(4, "No Tandem runs with the data folder", "status");

                service.signal(Posix.Signal.TERM);

                assertThat(service.awaitExit(Duration.ofSeconds(20))).isZero();
            }
        }
    }

    /** A configuration that was copied to this machine connects to nothing before somebody enables it here. */
    @Test
    @Requirement(
            value = {"ENA-6", "DEP-4", "LIM-13"},
            protocol = Protocol.UA)
    void pairThatIsNotEnabledOnThisMachineConnectsToNothingUntilItIs() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            String config = tandem.config(servers);
            try (TestProcess service = tandem.serve()) {
                Await.until("the remedy is named", LONG, () -> records().contains("tandem enable plant1"));
                assertThat(servers.a().stat("connections")).isZero();
                service.signal(Posix.Signal.TERM);
                assertThat(service.awaitExit(LONG)).isZero();
            }
            tandem.expect(0, "from the next start on", "enable", "plant1", "--config", config);
            try (TestProcess _ = tandem.serve()) {
                Await.until(
                        "both members are connected",
                        LONG,
                        () -> servers.a().stat("sessions") > 0 && servers.b().stat("sessions") > 0);
            }
        }
    }

    /** Without a terminal it is the script: each mode in turn, a kill and a hang in each. Cold may lose, as documented. */
    @Test
    void demoLosesAndDoublesNothingInWarmAndHotAndDoublesNothingInCold() {
        try (TestProcess demo = tandem.start("demo", "--json")) {
            assertThat(demo.awaitExit(Duration.ofSeconds(240))).as(demo.log()).isZero();
            assertThat(demo.output()).as(demo.log()).hasSize(6);
            for (int i = 0; i < 6; i++) {
                String mode = List.of("cold", "warm", "hot").get(i / 2);
                assertThat(demo.output().get(i))
                        .matches("\\{\"mode\":\"%s\",\"fault\":\"%s\",\"lost\":%s,\"doubled\":0,\"errors\":0,"
                                        .formatted(
                                                mode,
                                                List.of("kill", "hang").get(i % 2),
                                                mode.equals("cold") ? "\\d+" : "0")
                                + "\"gapMs\":\\d+,\"detectMs\":\\d+}");
            }
        }
    }

    /** Nothing of it needs root. Warm and cold may lose, as documented. */
    @Test
    @Requirement(
            value = {"S17"},
            protocol = Protocol.DA)
    void demoInOpcDaLosesAndDoublesNothingInHotModeAndDoublesNothingInTheOthers() {
        try (TestProcess demo = tandem.start("demo", "--da", "--json")) {
            assertThat(demo.awaitExit(Duration.ofSeconds(240))).as(demo.log()).isZero();
            assertThat(demo.output()).as(demo.log()).hasSize(6);
            for (int i = 0; i < 6; i++) {
                String mode = List.of("cold", "warm", "hot").get(i / 2);
                assertThat(demo.output().get(i))
                        .matches("\\{\"mode\":\"%s\",\"fault\":\"%s\",\"lost\":%s,\"doubled\":0,\"errors\":%s,"
                                        .formatted(
                                                mode,
                                                List.of("kill", "hang").get(i % 2),
                                                mode.equals("hot") ? "0" : "\\d+",
                                                mode.equals("hot") ? "0" : "\\d+")
                                + "\"gapMs\":\\d+,\"detectMs\":\\d+}");
            }
        }
    }

    /** A screen in a file or pipe would be nothing to read. Its figures are those of the JSON; one line is enough. */
    @Test
    void demoWithoutATerminalPrintsLinesOfText() {
        try (TestProcess demo = tandem.start("demo", "--mode", "cold")) {
            String line = demo.awaitLine("cold", Duration.ofSeconds(120));

            assertThat(line)
                    .matches("cold +kill +lost +\\d+ +doubled +0 +errors +0 +longest gap +\\d+ ms"
                            + " +detected after +\\d+ ms");
            assertThat(demo.output()).first().asString().startsWith("Starting two simulated servers");
        }
    }

    /** The pair's diagnostics, as they are on the disk. */
    private String records() {
        Path file = folder.resolve("data/log/plant1/records-000001.jsonl");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
