package org.tandemopc.bench.console;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * {@code tandem run} in a process of its own, with the JVM settings of {@code ./tandem}: pairs whose members nobody is, and records of
 * an earlier run of the first of them. One thread.
 */
final class ConsoleTandem implements AutoCloseable {
    /** In one record of a hundred. */
    static final String WORD = "needle";

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final List<String> PRODUCT_FLAGS =
            List.of("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4");
    /** Nobody listens there. */
    private static final String NOBODY = "opc.tcp://127.0.0.1:9/";

    private static final int FILES = 4;
    private static final int HUNDRED = 100;

    private final TestFolder folder = new TestFolder("console");
    private final int port = PortPicker.pick();
    private final List<String> pairs;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestProcess process;
    private final String token;
    private final String cookie;

    /** @param records of the first pair, to 30,000 */
    ConsoleTandem(int pairs, int records) {
        this.pairs = IntStream.rangeClosed(1, pairs)
                .mapToObj(i -> String.format(Locale.ROOT, "p%02d", i))
                .toList();
        try {
            Path config = Files.writeString(folder.path().resolve("tandem.yaml"), config());
            if (records > 0) {
                writeRecords(records);
            }
            process = TestProcess.startJava(
                    "tandem",
                    folder.path().resolve("errors.txt"),
                    PRODUCT_FLAGS,
                    "org.tandemopc.app.Main",
                    List.of("run", "--config", config.toString(), "--data", data().toString(), "--enable-all"));
            try {
                String unused = process.awaitLine("READY", START_MAX);
                token = line("rest.token");
                cookie = firstUser();
            } catch (AssertionError | IOException e) {
                process.close();
                throw e;
            }
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        }
    }

    List<String> pairs() {
        return pairs;
    }

    String address() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** Of a user that is logged in: {@code name=value}. */
    String cookie() {
        return cookie;
    }

    private Path data() {
        return folder.path().resolve("data");
    }

    private String line(String name) throws IOException {
        return Files.readString(data().resolve(name)).strip();
    }

    private String config() {
        StringBuilder yaml = new StringBuilder("""
                version: 1
                rest:
                  listen: 127.0.0.1:%d
                opcua:
                  listen: 127.0.0.1:%d
                  security: [None]
                  trust: all
                pairs:%s
                """.formatted(port, PortPicker.pick(), pairs.isEmpty() ? " []" : ""));
        for (String pair : pairs) {
            yaml.append("""
                      - name: %s
                        maximumEvents: 30000
                        members:
                          - url: %s%s/a
                            security: None
                          - url: %s%s/b
                            security: None
                    """.formatted(pair, NOBODY, pair, NOBODY, pair).indent(2));
        }
        return yaml.toString();
    }

    /** As Tandem writes them: what a pair goes through that is left by its server each minute. */
    private void writeRecords(int count) throws IOException {
        String pair = pairs.getFirst();
        Path log = Files.createDirectories(data().resolve("log").resolve(pair));
        Instant begin = Instant.now().minus(Duration.ofDays(2)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        int each = Math.ceilDiv(count, FILES);
        for (int file = 0; file < FILES; file++) {
            try (BufferedWriter out =
                    Files.newBufferedWriter(log.resolve(String.format(Locale.ROOT, "records-%06d.jsonl", file + 1)))) {
                for (int i = file * each + 1; i <= Math.min(count, (file + 1) * each); i++) {
                    out.write(record(pair, i, begin.plusMillis(i * 5_001L)));
                    out.write('\n');
                }
            }
        }
    }

    private static String record(String pair, int number, Instant at) {
        boolean isError = number % 3 == 0;
        return ("{\"at\":\"%s\",\"number\":%d,\"pair\":\"%s\",\"kind\":\"%s\",\"severity\":\"%s\",\"client\":\"Tandem\","
                        + "\"text\":\"%s\",\"fields\":{\"member\":%d,\"machine\":\"scada-%d\",\"cause\":\"timeout\"}}")
                .formatted(
                        at,
                        number,
                        pair,
                        isError ? "DISCONNECTED" : "CONNECTED",
                        isError ? "ERROR" : "INFORMATIONAL",
                        (isError ? "Lost the connection with" : "Connected to")
                                + " '" + pair + "' on machine 'scada-" + number % HUNDRED + "' ("
                                + NOBODY + pair + "), record " + number + (number % HUNDRED == 0 ? ", " + WORD : "")
                                + ".",
                        number % 2,
                        number % HUNDRED);
    }

    /** Made as the console would, who is then logged in. */
    private String firstUser() throws IOException {
        HttpResponse<String> answer = post(
                "setup",
                "{\"token\":\"%s\",\"user\":\"bench\",\"password\":\"a password of many words\"}"
                        .formatted(line("setup.token")));
        return answer.headers()
                .firstValue("Set-Cookie")
                .map(set -> set.substring(0, set.indexOf(';')))
                .orElseThrow(() -> new AssertionError("no login: " + answer.body()));
    }

    /** Makes one more record of the first pair, in which the word stands. */
    void makeRecord(String word) {
        HttpResponse<String> answer =
                post("pairs/" + pairs.getFirst() + "/reset-damping", "{\"by\":\"" + word + "\"}", "Bearer " + token);
        if (answer.statusCode() >= 300) {
            throw new AssertionError("no record: " + answer.body());
        }
    }

    private HttpResponse<String> post(String path, String body, String... authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + "api/v1/" + path))
                .header("Content-Type", "application/json")
                .timeout(START_MAX)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (authorization.length > 0) {
            request.header("Authorization", authorization[0]);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.close();
        http.close();
        folder.close();
    }
}
