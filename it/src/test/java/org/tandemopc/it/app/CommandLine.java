package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestProcess;

/** The tandem command as people start it: processes that share one folder with configuration and data. One thread. */
final class CommandLine {
    static final String MAIN = "org.tandemopc.app.Main";
    static final Duration LONG = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private int runs;

    CommandLine(Path folder) {
        this.folder = folder;
    }

    /** The service's data folder. */
    String data() {
        return folder.resolve("data").toString();
    }

    Path configFile() {
        return folder.resolve("tandem.yaml");
    }

    /** Writes a configuration of one hot pair, plant1, without security. @return its file */
    String config(String one, String other) {
        return config(open("127.0.0.1:0", one, other));
    }

    String config(TwoServers servers) {
        return config(servers.a().url(), servers.b().url());
    }

    String config(String text) {
        try {
            return Files.writeString(configFile(), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String open(String listen, String one, String other) {
        return """
                version: 1
                opcua:
                  listen: %s
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
                """.formatted(listen, one, other);
    }

    /** A service that serves when this returns; more options follow. */
    TestProcess serve(String... more) {
        List<String> words =
                new ArrayList<>(List.of("run", "--config", configFile().toString(), "--data", data()));
        words.addAll(Arrays.asList(more));
        TestProcess service = start(words.toArray(String[]::new));
        service.awaitLine("READY", LONG);
        return service;
    }

    /** Starts a command that goes on. */
    TestProcess start(String... line) {
        return TestProcess.startJava(
                "tandem", folder.resolve("errors.txt"), List.of("-Xmx256m"), MAIN, Arrays.asList(line));
    }

    /** Runs a command for this data folder to its end. @return all that it printed */
    List<String> expect(int exit, String part, String... line) {
        List<String> words = new ArrayList<>(Arrays.asList(line));
        words.addAll(List.of("--data", data()));
        return expectIn(List.of(), exit, part, words);
    }

    /** @param wrapper a command that runs the rest of the line, as on another machine */
    List<String> expectIn(List<String> wrapper, int exit, String part, List<String> words) {
        Path errors = folder.resolve("errors" + ++runs + ".txt");
        try (TestProcess command =
                TestProcess.startJavaIn("tandem", wrapper, errors, List.of("-Xmx128m"), MAIN, words)) {
            assertThat(command.awaitExit(LONG)).as(words + "\n" + command.log()).isEqualTo(exit);
            List<String> all = command.log().lines().toList();
            assertThat(all).as(words + "\n" + command.log()).anyMatch(l -> l.contains(part));
            return all;
        }
    }

    /** What the service says of itself, as JSON; asked without a command, for a process each time would take long. */
    String status() {
        try {
            String place = Files.readString(Path.of(data(), "rest.port")).strip();
            String token = Files.readString(Path.of(data(), "rest.token")).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + place + "/api/v1/status"))
                    .header("Authorization", "Bearer " + token)
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "(no answer: " + e + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "(interrupted)";
        }
    }

    void awaitStatus(String... parts) {
        Await.until("status says " + Arrays.toString(parts), LONG, () -> {
            String status = status();
            return Stream.of(parts).allMatch(status::contains);
        });
    }

    void awaitBothReady() {
        Await.until("both members are ready", LONG, () -> status().split("\"ready\":true", -1).length == 3);
    }

    /** Where clients of plant1 connect. */
    static String address(TestProcess service) {
        service.awaitLine("READY", LONG);
        String line = service.awaitLine("plant1", LONG);
        return line.substring(line.indexOf("opc.tcp://"));
    }
}
