package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

/** The commands as people start them, against a service in its own process. */
@Timeout(400)
class CommandsIT {
    private static final String MAIN = "org.tandemopc.app.Main";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private int runs;

    @Test
    @Requirement(
            value = {"ADM-4", "ENA-2", "ENA-4", "DIA-4", "DEP-8", "ADD-1"},
            protocol = Protocol.UA)
    void aServiceIsWatchedAndCommandedFromOtherProcesses() throws Exception {
        try (ServerProcess a = ServerProcess.launchOnly("A", List.of("-Xmx192m"));
                ServerProcess b = ServerProcess.launchOnly("B", List.of("-Xmx192m"))) {
            a.awaitReady();
            b.awaitReady();
            String config = config(a.url(), b.url());
            try (TestProcess service = start("run", "--config", config, "--data", data())) {
                service.awaitLine("READY", LONG);
                expect(0, "'plant1' is enabled.", "enable", "plant1");
                awaitStatus("\"phase\":\"serving\"", "\"active\":0", "\"ready\":true,\"verdict\":\"healthy\"");
                awaitBothReady();
                try (TestProcess follower = start("events", "--follow", "--limit", "0", "--data", data());
                        StreamClient client = StreamClient.connect(address(service))) {
                    client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                    Await.until("values", LONG, () -> client.fewestSamples() >= 5);

                    expect(0, "is on the secondary", "switch", "plant1");

                    assertThat(expect(0, "active: secondary", "status"))
                            .anyMatch(l -> l.contains("why:") && l.contains("ORDERED"))
                            .anyMatch(l -> l.contains("127.0.0.1") && l.matches(".*\\b3$"));
                    Await.until(
                            "the follower tells it",
                            LONG,
                            () -> follower.output().stream().anyMatch(l -> l.contains("Promoted active connection")));
                    assertThat(expect(0, "time,pair", "events", "plant1", "--all", "--csv"))
                            .anyMatch(l -> l.contains("PROMOTED"));
                    int seen = client.fewestSamples();
                    Await.until("values go on", LONG, () -> client.fewestSamples() >= seen + 5);

                    expect(0, "'plant1' is disabled.", "disable", "plant1");
                    Await.until("every session is closed", LONG, () -> a.stat("sessions") + b.stat("sessions") == 0);
                    expect(5, "is disabled", "switch", "plant1", "primary");
                    expect(0, "'plant1' is enabled.", "enable", "plant1");
                }
                awaitBothReady();
                expect(0, "pinned to the secondary", "pin", "plant1", "secondary");
                service.signal(Posix.Signal.TERM);
                assertThat(service.awaitExit(LONG)).isZero();
            }
            expect(4, "tandem run", "status");
            try (TestProcess service = start("run", "--config", config, "--data", data())) {
                service.awaitLine("READY", LONG);
                awaitStatus("\"active\":1", "\"pinned\":1");
                expect(0, "is not pinned", "unpin", "plant1");
                expect(0, "ok    subscription", "check", "plant1");
                b.kill();
                assertThat(expect(1, "FAIL  port", "check", "plant1"))
                        .anyMatch(l -> l.contains("-> Start the server"))
                        .anyMatch(l -> l.contains("ok    subscription"));
                assertClosedToStrangers();
            }
        }
    }

    /** Before anything is served, and with a server that is not like the other. */
    @Test
    @Requirement(
            value = {"DEP-8", "ADD-1"},
            protocol = Protocol.UA)
    void aConfigurationIsCheckedWithoutAService() throws Exception {
        try (ServerProcess a = ServerProcess.launchOnly("A", List.of("-Xmx192m"));
                ServerProcess b = ServerProcess.launchOnly("B", List.of("-Xmx192m"));
                ServerProcess other = ServerProcess.launchOnly("C", List.of("-Xmx192m"), "--extra-namespace-first")) {
            a.awaitReady();
            b.awaitReady();
            other.awaitReady();

            assertThat(expect(0, "ok    subscription", "check", "--config", config(a.url(), b.url())))
                    .filteredOn(l -> l.contains("ok    "))
                    .hasSize(20);
            assertThat(expect(1, "FAIL  namespaces", "check", "--config", config(a.url(), other.url())))
                    .anyMatch(l -> l.contains("-> Give both servers the same namespaces"));
            expect(1, "FAIL  name", "check", "--config", config(a.url(), "opc.tcp://no-such-host.invalid:4840"));
            expect(3, "is not an address", "check", "--config", config(a.url(), "nowhere"));
        }
    }

    @Test
    void simulatedServerRunsInTheForegroundAndEndsByItsConsole() {
        try (TestProcess server = start("simulate", "--name", "X", "--counters", "1")) {
            assertThat(server.awaitLine("READY ", LONG)).contains("url=opc.tcp://");
            server.send("exit");
            assertThat(server.awaitExit(LONG)).isZero();
        }
    }

    /** Whoever is not this machine's user of Tandem gets nothing, whatever he calls the machine. */
    private void assertClosedToStrangers() throws IOException {
        Path token = Path.of(data()).resolve("rest.token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        String place = Files.readString(Path.of(data()).resolve("rest.port")).strip();
        String bearer = "Authorization: Bearer " + Files.readString(token).strip() + "\r\n";
        assertThat(status(place, place, bearer)).as("control").isEqualTo("200");
        assertThat(status(place, place, "")).isEqualTo("401");
        assertThat(status(place, "evil.example", bearer)).isEqualTo("403");
    }

    private static String status(String place, String host, String headers) throws IOException {
        int colon = place.indexOf(':');
        try (Socket socket = new Socket(place.substring(0, colon), Integer.parseInt(place.substring(colon + 1)))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /api/v1/status HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                                    + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).substring(9);
        }
    }

    private void awaitBothReady() {
        Await.until("both members are ready", LONG, () -> {
            String status = String.join("", expect(0, "", "status", "--json"));
            return status.split("\"ready\":true", -1).length == 3;
        });
    }

    private void awaitStatus(String... parts) {
        Await.until("status says " + Arrays.toString(parts), LONG, () -> {
            String status = String.join("", expect(0, "", "status", "--json"));
            return Stream.of(parts).allMatch(status::contains);
        });
    }

    /** Runs a command to its end. @return all that it printed */
    private List<String> expect(int exit, String part, String... line) {
        runs++;
        Path errors = folder.resolve("errors" + runs + ".txt");
        List<String> words = new ArrayList<>(Arrays.asList(line));
        words.addAll(List.of("--data", data()));
        try (TestProcess command = TestProcess.startJava("tandem", errors, List.of("-Xmx128m"), MAIN, words)) {
            assertThat(command.awaitExit(LONG)).as(words + "\n" + command.log()).isEqualTo(exit);
            List<String> all = new ArrayList<>();
            // The end of the process may be seen before the last of its lines.
            Await.until(words + " prints " + part, LONG, () -> {
                all.clear();
                all.addAll(command.log().lines().toList());
                return all.stream().anyMatch(l -> l.contains(part));
            });
            return all;
        }
    }

    private TestProcess start(String... line) {
        return TestProcess.startJava(
                "tandem", folder.resolve("errors.txt"), List.of("-Xmx256m"), MAIN, Arrays.asList(line));
    }

    private static String address(TestProcess tandem) {
        String line = tandem.awaitLine("plant1", LONG);
        return line.substring(line.indexOf("opc.tcp://"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private String config(String one, String other) throws IOException {
        return Files.writeString(folder.resolve("tandem.yaml"), """
                        version: 1
                        opcua:
                          listen: 127.0.0.1:0
                          security: [None]
                          trust: all
                        pairs:
                          - name: plant1
                            mode: hot
                            members:
                              - url: %s
                                security: None
                              - url: %s
                                security: None
                        """.formatted(one, other))
                .toString();
    }
}
