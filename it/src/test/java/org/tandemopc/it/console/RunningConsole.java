package org.tandemopc.it.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestProcess;

/** A whole Tandem as a process, with two simulated servers behind it, a first user, and the address of its console. */
final class RunningConsole implements AutoCloseable {
    static final String USER = "anna";
    static final String PASSWORD = "a watchdog that never sleeps";
    static final Duration LONG = Duration.ofSeconds(60);

    private final Path folder;
    private final ServerProcess one = ServerProcess.launchOnly("A", List.of("-Xmx192m"));
    private final ServerProcess other = ServerProcess.launchOnly("B", List.of("-Xmx192m"));
    private final int port = PortPicker.pick();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Start how;
    private @Nullable TestProcess service;

    /**
     * How a Tandem of a test begins.
     *
     * @param enablesAll whether each of its pairs is served without anybody enabling it
     * @param more of the configuration, such as a front door of OPC DA
     */
    record Start(boolean enablesAll, String more) {
        static final Start NORMAL = new Start(true, "");
        /** On a machine that knows none of the pairs. */
        static final Start STRANGE = new Start(false, "");

        Start with(String lines) {
            return new Start(enablesAll, lines);
        }
    }

    /** @param pairs names; each is a hot pair of the same two servers */
    RunningConsole(Path folder, String... pairs) {
        this(folder, Start.NORMAL, pairs);
    }

    RunningConsole(Path folder, Start how, String... pairs) {
        this(folder, how, List.of(), List.of(pairs));
    }

    /** @param da names of pairs of OPC DA, at whose members nobody answers */
    RunningConsole(Path folder, Start how, List<String> da, List<String> ua) {
        this.folder = folder;
        this.how = how;
        one.awaitReady();
        other.awaitReady();
        write(configuration(da, ua));
        start();
    }

    ServerProcess primary() {
        return one;
    }

    ServerProcess secondary() {
        return other;
    }

    Path folder() {
        return folder;
    }

    String address() {
        return "http://127.0.0.1:" + port + "/";
    }

    private String configuration(List<String> da, List<String> ua) {
        StringBuilder text = new StringBuilder("""
            version: 1
            # kept by every save
            rest:
              listen: 127.0.0.1:%d
            opcua:
              listen: 127.0.0.1:0
              security: [None]
              trust: all
            %spairs:%s
            """.formatted(
                port, how.more() + (da.isEmpty() ? "" : doorOfDa()), da.isEmpty() && ua.isEmpty() ? " []" : ""));
        for (String pair : da) {
            text.append(
                    """
                  - name: %s
                    mode: hot
                    members:
                      - host: 127.0.0.11
                        port: %d
                        clsid: f8582cf2-88fb-11d0-b850-00c0f0104305
                        user: opc
                        password: Secret1!
                      - host: 127.0.0.12
                        port: %d
                        clsid: f8582cf2-88fb-11d0-b850-00c0f0104305
                        user: opc
                        password: Secret1!
                """.formatted(pair, PortPicker.pick(), PortPicker.pick()).indent(2));
        }
        for (String pair : ua) {
            text.append("""
                  - name: %s
                    mode: hot
                    members:
                      - url: %s
                        security: None
                      - url: %s
                        security: None
                """.formatted(pair, one.url(), other.url()).indent(2));
        }
        return text.toString();
    }

    private static String doorOfDa() {
        return """
            opcda:
              listen: 127.0.0.1:%d
              accounts:
                - user: opc
                  password: Secret1!
            """.formatted(PortPicker.pick());
    }

    String file() {
        try {
            return Files.readString(configFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path configFile() {
        return folder.resolve("tandem.yaml");
    }

    /** Takes another configuration's text in the place of its own, before it is started again. */
    void copyHere(String text) {
        if (service != null) {
            throw new IllegalStateException("the service runs");
        }
        write(text);
    }

    private void write(String text) {
        try {
            Files.writeString(configFile(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String setupToken() {
        try {
            return Files.readString(folder.resolve("data").resolve("setup.token"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the first user as the console would. */
    RunningConsole withUser() {
        String body = "{\"token\":\"%s\",\"user\":\"%s\",\"password\":\"%s\"}".formatted(setupToken(), USER, PASSWORD);
        HttpRequest request = HttpRequest.newBuilder(URI.create(address() + "api/v1/setup"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return this;
    }

    void start() {
        List<String> words = new ArrayList<>(List.of(
                "run",
                "--config",
                configFile().toString(),
                "--data",
                folder.resolve("data").toString()));
        if (how.enablesAll()) {
            words.add("--enable-all");
        }
        TestProcess started = TestProcess.startJava(
                "tandem", folder.resolve("errors.txt"), List.of("-Xmx256m"), "org.tandemopc.app.Main", words);
        started.awaitLine("READY", LONG);
        service = started;
    }

    /** Waits until it has ended by itself. @return its exit code */
    int awaitEnd() {
        int code = Objects.requireNonNull(service).awaitExit(LONG);
        service = null;
        return code;
    }

    /** Ends the process as a loss of power would. */
    void kill() {
        TestProcess running = service;
        if (running != null) {
            running.close();
            Await.until("the service is gone", LONG, () -> !running.isAlive());
        }
        service = null;
    }

    @Override
    public void close() {
        kill();
        one.close();
        other.close();
        http.close();
    }
}
