package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.it.attack.Netns;
import org.tandemopc.it.client.ClientCertificate;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestProcess;

/** The commands as people start them, against a service in its own process. */
@Timeout(400)
class CommandsIT {
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
            value = {"ADM-4", "ENA-2", "ENA-4", "DIA-4", "DEP-8", "ADD-1"},
            protocol = Protocol.UA)
    void aServiceIsWatchedAndCommandedFromOtherProcesses() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            tandem.config(servers);
            try (TestProcess service = tandem.serve()) {
                tandem.expect(0, "'plant1' is enabled.", "enable", "plant1");
                tandem.awaitStatus("\"phase\":\"serving\"", "\"active\":0", "\"ready\":true,\"verdict\":\"healthy\"");
                tandem.awaitBothReady();
                try (TestProcess follower =
                                tandem.start("events", "--follow", "--limit", "0", "--data", tandem.data());
                        StreamClient client = StreamClient.connect(CommandLine.address(service))) {
                    client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                    Await.until("values", LONG, () -> client.fewestSamples() >= 5);

                    tandem.expect(0, "is on the secondary", "switch", "plant1");

                    assertThat(tandem.expect(0, "active: secondary", "status"))
                            .anyMatch(l -> l.contains("why:") && l.contains("ORDERED"))
                            .anyMatch(l -> l.contains("127.0.0.1") && l.matches(".*\\b3$"));
                    Await.until(
                            "the follower tells it",
                            LONG,
                            () -> follower.output().stream().anyMatch(l -> l.contains("Promoted active connection")));
                    assertThat(tandem.expect(0, "Date,Time,Pair", "events", "plant1", "--all", "--csv"))
                            .anyMatch(l -> l.contains("PROMOTED"));
                    int seen = client.fewestSamples();
                    Await.until("values go on", LONG, () -> client.fewestSamples() >= seen + 5);

                    tandem.expect(0, "'plant1' is disabled.", "disable", "plant1");
                    Await.until(
                            "every session is closed",
                            LONG,
                            () -> servers.a().stat("sessions") + servers.b().stat("sessions") == 0);
                    tandem.expect(5, "is disabled", "switch", "plant1", "primary");
                    tandem.expect(0, "'plant1' is enabled.", "enable", "plant1");
                }
                tandem.awaitBothReady();
                tandem.expect(0, "pinned to the secondary", "pin", "plant1", "secondary");
                service.signal(Posix.Signal.TERM);
                assertThat(service.awaitExit(LONG)).isZero();
            }
            tandem.expect(4, "tandem run", "status");
            try (TestProcess _ = tandem.serve()) {
                tandem.awaitStatus("\"active\":1", "\"pinned\":1");
                tandem.expect(0, "is not pinned", "unpin", "plant1");
                tandem.expect(0, "ok    subscription", "check", "plant1");
                servers.b().kill();
                assertThat(tandem.expect(1, "FAIL  port", "check", "plant1"))
                        .anyMatch(l -> l.contains("-> Start the server"))
                        .anyMatch(l -> l.contains("ok    subscription"));
                assertClosedToStrangers();
            }
        }
    }

    /** What was edited is not what runs until somebody applies it, and what was applied can be taken back. */
    @Test
    @Requirement(
            value = {"APP-2", "ADD-9", "REM-4", "DIA-10"},
            protocol = Protocol.UA)
    void anEditedFileCountsWhenItIsAppliedAndCanBeTakenBack() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            String start = CommandLine.open(
                    "127.0.0.1:0", servers.a().url(), servers.b().url());
            tandem.config(start);
            try (TestProcess _ = tandem.serve("--enable-all")) {
                tandem.awaitBothReady();
                String edited = tandem.config(start.replace("mode: hot", "mode: warm\n    maximumEvents: 2000")
                        + start.substring(start.indexOf("  - name:")).replace("plant1", "plant2"));

                assertThat(tandem.expect(0, "mode: hot -> warm", "plan", edited))
                        .anyMatch(l -> l.startsWith("add-pair") && l.contains("'plant2'"));
                assertThat(tandem.status())
                        .as("neither editing nor planning is applying")
                        .contains("\"mode\":\"hot\"")
                        .doesNotContain("plant2");

                tandem.expect(0, "Applied as version", "apply");
                tandem.awaitStatus("\"mode\":\"warm\"", "\"name\":\"plant2\"");
                tandem.expect(0, "Nothing that runs changes.", "apply");
                assertThat(completed("switch", "pl")).isEqualTo("plant1 plant2");

                tandem.config(start.replace("mode: hot", "mode: tepid"));
                for (String command : List.of("plan", "apply")) {
                    tandem.expect(3, "tandem.yaml:8: pairs[0].mode: 'tepid' is not known here", command, edited);
                }
                assertThat(tandem.status()).contains("\"mode\":\"warm\"", "plant2");

                assertThat(tandem.expect(0, "BY", "rollback", "--list"))
                        .filteredOn(l -> l.matches("[0-9a-f]{16} .*"))
                        .hasSize(1);
                tandem.expect(0, "remove-pair", "rollback");
                tandem.awaitStatus("\"mode\":\"hot\"");
                assertThat(tandem.status()).doesNotContain("plant2");
                assertThat(Files.readString(tandem.configFile())).isEqualTo(start);
                tandem.expect(0, "mode: hot -> warm", "rollback");
            }
        }
    }

    /** Several pairs of one name, each under an alias, for clients on another machine as well. */
    @Test
    @Requirement(
            value = {"ALI-1", "ALI-2", "ALI-8", "UNA-1", "UNA-2", "ADD-5", "LIM-3", "SYS-4", "SYS-11"},
            protocol = Protocol.UA)
    void pairsOfOneNameGetAliasesThatRemoteClientsReach() throws Exception {
        try (Netns elsewhere = Netns.create();
                TwoServers servers = TwoServers.startSecondWith("--application-uri", "urn:another:maker")) {
            String listen = elsewhere.here() + ":" + PortPicker.pick();
            String pair =
                    CommandLine.open(listen, servers.a().url(), servers.b().url());
            tandem.config(pair);
            String another = pair.substring(pair.indexOf("  - name:"));
            try (TestProcess _ = tandem.serve("--enable-all")) {
                tandem.expect(
                        5,
                        "tandem alias plant1 plant1.Alias1",
                        "add",
                        "plant1",
                        servers.a().url(),
                        servers.b().url());
                for (int i = 1; i <= 3; i++) {
                    tandem.expect(0, "is published as 'plant1.Alias" + i + "'.", "alias", "plant1");
                    tandem.config(Files.readString(tandem.configFile()) + another);
                    tandem.expect(0, "reachable under /plant1", "apply");
                }
                assertThat(tandem.expect(0, "plant1.Alias3", "pairs", "--names"))
                        .filteredOn(l -> l.startsWith("plant1"))
                        .containsExactlyInAnyOrder("plant1.Alias1", "plant1.Alias2", "plant1.Alias3", "plant1");

                tandem.expect(5, "plant1", "unalias", "plant1.Alias2");
                tandem.expect(0, "Pair 'plant1' removed.", "remove", "plant1");
                tandem.expect(0, "Pair 'plant1.Alias2' is published as 'plant1' again.", "unalias", "plant1.Alias2");

                for (String name : List.of("plant1.Alias1", "plant1.Alias3", "plant1")) {
                    assertThat(checkFrom(elsewhere, "opc.tcp://" + listen + "/" + name))
                            .filteredOn(l -> l.contains("ok    subscription"))
                            .hasSize(2);
                }
            }
        }
    }

    /** A check is a client like any other: it opens sessions, reads and subscribes. */
    private List<String> checkFrom(Netns elsewhere, String url) throws IOException {
        Path config = Files.writeString(folder.resolve("remote.yaml"), CommandLine.open("127.0.0.1:0", url, url));
        return tandem.expectIn(
                elsewhere.within(List.of()),
                0,
                "ok    subscription",
                List.of(
                        "check",
                        "--config",
                        config.toString(),
                        "--data",
                        folder.resolve("remote").toString()));
    }

    /** Nobody is let in and no server is used before somebody here has compared its thumbprint. */
    @Test
    void refusedServersAndClientsAreTrustedByCommand() throws Exception {
        ClientCertificate certificate = ClientCertificate.make();
        String[] secured = {"--policy", "basic256sha256"};
        try (TwoServers servers = TwoServers.start(secured)) {
            tandem.config(CommandLine.open(
                            "127.0.0.1:0", servers.a().url(), servers.b().url())
                    .replaceAll("\\s+(security: \\[?None]?|trust: all)", ""));
            try (TestProcess service = tandem.serve("--enable-all")) {
                tandem.awaitStatus("\"phase\":\"stranded\"");
                tandem.expect(1, "tandem trust add members THUMBPRINT", "check", "plant1");
                List<String> strangers = refused("members");
                assertThat(strangers).hasSize(2);
                for (String server : strangers) {
                    tandem.expect(0, server + " is trusted.", "trust", "add", "members", server);
                }
                tandem.awaitStatus("\"phase\":\"serving\"");
                tandem.expect(0, "ok    subscription", "check", "plant1");

                String url = CommandLine.address(service);
                assertRefused(url, certificate);
                assertThat(refused("clients")).containsExactly(certificate.thumbprint());
                tandem.expect(0, "is trusted.", "trust", "add", "clients", certificate.thumbprint());
                try (StreamClient client = connect(url, certificate)) {
                    client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                    Await.until("values", LONG, () -> client.fewestSamples() >= 5);
                    tandem.expect(0, "no longer trusted", "trust", "remove", "clients", certificate.thumbprint());
                    int seen = client.fewestSamples();
                    Await.until("living ones stay", LONG, () -> client.fewestSamples() >= seen + 5);
                }
                assertRefused(url, certificate);
            }
        }
    }

    private static StreamClient connect(String url, ClientCertificate certificate) throws UaException {
        return StreamClient.connect(url, SecurityPolicy.Basic256Sha256, certificate::showIn);
    }

    private static void assertRefused(String url, ClientCertificate certificate) {
        assertThatThrownBy(() -> connect(url, certificate).close()).isInstanceOf(UaException.class);
    }

    /** Thumbprints of one side that wait for somebody's word. */
    private List<String> refused(String side) {
        return tandem.expect(0, "refused", "trust", "list").stream()
                .filter(l -> l.startsWith(side + " ") && l.contains(" refused "))
                .map(l -> l.replaceAll(".* ([0-9a-f]{40}) .*", "$1"))
                .toList();
    }

    /** Before anything is served, and with a server that is not like the other. */
    @Test
    @Requirement(
            value = {"DEP-8", "ADD-1", "LIM-14"},
            protocol = Protocol.UA)
    void aConfigurationIsCheckedWithoutAService() throws Exception {
        try (TwoServers servers = TwoServers.start();
                ServerProcess other = ServerProcess.launchOnly("C", List.of("-Xmx192m"), "--extra-namespace-first")) {
            other.awaitReady();

            assertThat(tandem.expect(0, "ok    subscription", "check", "--config", tandem.config(servers)))
                    .filteredOn(l -> l.contains("ok    "))
                    .hasSize(20);
            assertThat(tandem.expect(
                            0,
                            "ok    namespaces",
                            "check",
                            "--config",
                            tandem.config(servers.a().url(), other.url())))
                    .anyMatch(l -> l.contains("they are mapped by URI"));
            tandem.expect(
                    1,
                    "FAIL  name",
                    "check",
                    "--config",
                    tandem.config(servers.a().url(), "opc.tcp://no-such-host.invalid:4840"));
            tandem.expect(
                    3,
                    "is not an address",
                    "check",
                    "--config",
                    tandem.config(servers.a().url(), "nowhere"));
        }
    }

    @Test
    void simulatedServerRunsInTheForegroundAndEndsByItsConsole() {
        try (TestProcess server = tandem.start("simulate", "--name", "X", "--counters", "1")) {
            assertThat(server.awaitLine("READY ", LONG)).contains("url=opc.tcp://");
            server.send("exit");
            assertThat(server.awaitExit(LONG)).isZero();
        }
    }

    /** What a bash with tandem's completion makes of the last word; the command itself is the one under test. */
    private String completed(String... words) {
        String script = """
                java=("$@")
                tandem() { "${java[@]}" "$@"; }
                source <(tandem completion bash)
                COMP_WORDS=(tandem %s --data '%s' %s)
                COMP_CWORD=$((${#COMP_WORDS[@]}-1))
                _tandem
                echo "completed: ${COMPREPLY[*]}"
                """.formatted(words[0], tandem.data(), words[1]);
        return tandem.expectIn(List.of("bash", "-c", script, "tandem"), 0, "completed: ", List.of()).stream()
                .filter(l -> l.startsWith("completed: "))
                .findFirst()
                .orElseThrow()
                .substring("completed: ".length());
    }

    /** Whoever is not this machine's user of Tandem gets nothing, whatever he calls the machine. */
    private void assertClosedToStrangers() throws IOException {
        Path token = Path.of(tandem.data()).resolve("rest.token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        String place =
                Files.readString(Path.of(tandem.data()).resolve("rest.port")).strip();
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
}
