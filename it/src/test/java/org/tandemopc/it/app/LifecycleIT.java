package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.TestProcess;

/** A service begins, ends and moves, as people see it who have commands alone. */
@Timeout(400)
class LifecycleIT {
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

    /** Clients and servers are told, nothing is left to a timeout, and the process says that all went well. */
    @Test
    @Requirement(
            value = {"MENU-3", "ADM-1", "ADM-2", "ADM-5"},
            protocol = Protocol.UA)
    void stopClosesEveryClientAndEndsTheProcessWithZero() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            tandem.config(servers);
            try (TestProcess service = tandem.serve("--enable-all");
                    StreamClient client = StreamClient.connect(CommandLine.address(service))) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                Await.until("values through Tandem", LONG, () -> client.fewestSamples() >= 5);
                String console = tandem.expect(0, "http://", "open", "--print").stream()
                        .filter(line -> line.startsWith("http"))
                        .findFirst()
                        .orElseThrow();
                assertThat(status(URI.create(console + "health/live"))).isEqualTo(200);

                tandem.expect(0, "has stopped", "stop");

                assertThat(service.awaitExit(Duration.ofSeconds(5))).isZero();
                assertThat(servers.a().stat("sessions")).isZero();
                assertThat(servers.b().stat("sessions")).isZero();
                Await.until(
                        "the client is told",
                        LONG,
                        () -> client.events().stream()
                                .anyMatch(e -> e.toString().contains("service fault")));
                int port = Integer.parseInt(CommandLine.address(service).replaceAll(".*:(\\d+)/.*", "$1"));
                assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
                tandem.expect(4, "tandem run", "stop");
            }
        }
    }

    private static int status(URI address) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    /** It outlives the command that started it, serves what it served before, and is not started twice. */
    @Test
    @Requirement(
            value = {"ADM-1", "ADM-4", "MENU-2"},
            protocol = Protocol.UA)
    void startLeavesAServiceInTheBackground() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            String config = tandem.config(servers);
            tandem.expect(0, "'plant1'", "enable", "plant1", "--config", config);

            String line = tandem.expect(0, "Tandem runs (process", "start", "--config", config).stream()
                    .filter(l -> l.startsWith("Tandem runs"))
                    .findFirst()
                    .orElseThrow();
            long pid = Long.parseLong(line.replaceAll("\\D", ""));
            Optional<ProcessHandle> service = ProcessHandle.of(pid);
            assertThat(service).isPresent();
            try {
                tandem.awaitStatus("\"phase\":\"serving\"", "\"pid\":" + pid);
                tandem.expect(0, "runs already (process " + pid + ")", "start", "--config", config);
                assertThat(Path.of(tandem.data(), "log", "service.log")).isNotEmptyFile();

                tandem.expect(0, "has stopped", "stop");

                assertThat(service.get().isAlive()).isFalse();
                assertThat(servers.a().stat("sessions")).isZero();
            } finally {
                service.ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /** What run would say is said, with its exit code. */
    @Test
    @Requirement("ADM-4")
    void startSaysWhyAServiceCannotRun() {
        String config = tandem.config("version: 7\npairs: []\n");

        tandem.expect(3, "Version '7'", "start", "--config", config);

        tandem.expect(4, "tandem run", "status");
    }

    /** The same file on another machine, which knows none of its pairs. */
    @Test
    @Requirement(
            value = {"DEP-2", "DEP-3", "DEP-4", "DEP-5", "ENA-2", "ENA-6"},
            protocol = Protocol.UA)
    void copiedConfigurationStartsWithEveryPairDisabledAndSaysHowToEnableIt() throws Exception {
        try (TwoServers servers = TwoServers.start()) {
            String text = CommandLine.open(
                    "127.0.0.1:0", servers.a().url(), servers.b().url());
            tandem.config(text);
            tandem.expect(
                    0,
                    "'plant1'",
                    "enable",
                    "plant1",
                    "--config",
                    tandem.configFile().toString());
            try (TestProcess _ = tandem.serve()) {
                tandem.awaitStatus("\"phase\":\"serving\"");
            }
            assertThat(Files.readString(tandem.configFile())).isEqualTo(text).doesNotContain("enabled");

            CommandLine other = new CommandLine(Files.createDirectories(folder.resolve("other")));
            other.config(Files.readString(tandem.configFile()));
            try (TestProcess _ = other.serve()) {
                other.awaitStatus("\"name\":\"plant1\"", "\"enabled\":false", "\"phase\":\"disabled\"");
                other.expect(0, "tandem enable plant1", "events", "plant1");

                other.expect(0, "'plant1' is enabled.", "enable", "plant1");

                other.awaitStatus("\"phase\":\"serving\"");
            }
            assertThat(Files.readString(other.configFile())).isEqualTo(text);
        }
    }

    /** Keys too: clients and servers that trusted the one trust the other. */
    @Test
    @Requirement("DEP-2")
    void backupOfARunningServiceIsRestoredElsewhere() throws Exception {
        tandem.config(CommandLine.open("127.0.0.1:0", "opc.tcp://127.0.0.1:9", "opc.tcp://127.0.0.1:10"));
        String file = folder.resolve("kept.zip").toString();
        try (TestProcess _ = tandem.serve("--enable-all")) {
            tandem.expect(
                    0,
                    "private keys",
                    "backup",
                    file,
                    "--config",
                    tandem.configFile().toString());
        }
        CommandLine other = new CommandLine(Files.createDirectories(folder.resolve("other")));

        other.expect(
                0,
                "before-restore",
                "restore",
                file,
                "--config",
                other.configFile().toString());

        assertThat(Files.readString(other.configFile())).isEqualTo(Files.readString(tandem.configFile()));
        assertThat(own(other)).isNotEmpty().isEqualTo(own(tandem));
        try (TestProcess _ = other.serve("--enable-all")) {
            tandem.expect(4, "tandem run", "status");
            other.awaitStatus("plant1");
        }
        assertThat(own(other)).isEqualTo(own(tandem));
    }

    private static List<String> own(CommandLine tandem) throws IOException {
        try (var files = Files.walk(Path.of(tandem.data(), "pki", "own"))) {
            List<String> all = new java.util.ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.add(file.getFileName() + " " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
            return all;
        }
    }
}
