package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.RelayListener;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a console that stays open is told. */
@Timeout(90)
class LiveRoutesTest {
    private static final String TEXT = """
            version: 1
            opcua:
              listen: 127.0.0.1:4840
            pairs:
              - name: plant1
                members:
                  - url: opc.tcp://a:4840
                  - url: opc.tcp://b:4840
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunningService service;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("tandem.yaml"), TEXT);
        service = new RunningService(folder.resolve("data"), folder.resolve("tandem.yaml"));
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    private record Event(String name, String id, JsonNode data) {}

    /** A browser's side of a stream. */
    private final class Watching implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        Watching(String lastId) throws IOException {
            socket = service.connect();
            String id = lastId.isEmpty() ? "" : RunningService.header("Last-Event-ID", lastId);
            socket.getOutputStream()
                    .write(("GET /api/v1/live HTTP/1.1\r\n" + id + service.usual())
                            .getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).contains("200");
        }

        Event next() throws IOException {
            String name = "";
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    return new Event(name, id, JsonMapper.shared().readTree(line.substring("data: ".length())));
                }
            }
            throw new IOException("the stream ended");
        }

        Event next(String name) throws IOException {
            Event event = next();
            while (!event.name().equals(name)) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private RelayListener relay() {
        return service.protocol.planes.getFirst().listener;
    }

    private void record(String text) {
        relay().record(new PairRecord(RecordKind.GAP, text, "HMI", Map.of()));
    }

    @Test
    void statusComesAtOnceAndAgainWhenItChanged() throws IOException {
        try (Watching console = new Watching("")) {
            Event first = console.next();
            assertThat(first.name()).isEqualTo("status");
            assertThat(first.data()).isNotEmpty();
            assertThat(first.data().path("pairs").path(0).path("phase").asString())
                    .isEqualTo("disabled");

            var unused = service.pair().enable("ann");

            assertThat(console.next("status")
                            .data()
                            .path("pairs")
                            .path(0)
                            .path("enabled")
                            .asBoolean())
                    .isTrue();
        }
    }

    /** Nothing happens; whoever waits learns that the service lives. */
    @Test
    void statusComesAlsoWhenNothingChanged() throws IOException {
        try (Watching console = new Watching("")) {
            Event first = console.next("status");
            Event second = console.next("status");

            assertThat(second.data().path("pid")).isEqualTo(first.data().path("pid"));
        }
    }

    @Test
    @Requirement("DIA-1")
    void recordComesWithWhatTheListOfRecordsSaysOfIt() throws IOException {
        try (Watching console = new Watching("")) {
            console.next("status");
            record("a gap");

            JsonNode told = console.next("record").data();

            assertThat(told)
                    .isEqualTo(service.get("/api/v1/pairs/plant1/records?kind=GAP")
                            .json()
                            .path("records")
                            .path(0));
        }
    }

    @Test
    void saveIsToldWithItsVersion() throws IOException {
        try (Watching console = new Watching("")) {
            String before = console.next("status").data().path("configVersion").asString();

            assertThat(service.post(
                                    "/api/v1/configuration/changes",
                                    "{\"expectedVersion\":\"%s\",\"changes\":[{\"change\":\"set\",\"pair\":\"plant1\",\"path\":\"mode\",\"value\":\"hot\"}]}"
                                            .formatted(before))
                            .status())
                    .isEqualTo(200);

            assertThat(console.next("configuration").data().path("version").asString())
                    .isEqualTo(service.get("/api/v1/configuration")
                            .json()
                            .path("version")
                            .asString())
                    .isNotEqualTo(before);
        }
    }

    /** A browser that lost its connection comes back with the id of what it had last, and misses and doubles nothing. */
    @Test
    @Requirement("ADM-6")
    void streamThatComesBackGoesOnWhereItWas() throws IOException {
        String last;
        try (Watching console = new Watching("")) {
            console.next("status");
            record("one");
            last = console.next("record").id();
        }
        record("two");
        record("three");
        try (Watching console = new Watching(last)) {
            record("four");

            List<String> got = new ArrayList<>();
            while (got.size() < 3) {
                got.add(console.next("record").data().path("text").asString());
            }

            assertThat(got).containsExactly("two", "three", "four");
        }
    }

    /** The service was started anew, and its records are still there. */
    @Test
    @Requirement("ADM-6")
    void streamGoesOnOverARestartOfTheService() throws IOException {
        String last;
        try (Watching console = new Watching("")) {
            console.next("status");
            record("one");
            last = console.next("record").id();
        }
        Await.until(
                "the clock went on",
                RunningService.SOON,
                () -> System.currentTimeMillis() > Long.parseLong(last.substring(last.lastIndexOf('-') + 1)));
        record("two");
        service.close();
        service = new RunningService(folder.resolve("data"), folder.resolve("tandem.yaml"));
        record("three");
        try (Watching console = new Watching(last)) {
            Set<String> got = new HashSet<>();
            while (!got.contains("three")) {
                assertThat(got.add(console.next("record").data().path("text").asString()))
                        .isTrue();
            }

            assertThat(got).contains("two").doesNotContain("one");
        }
    }

    @Test
    void idThatIsNoneIsLeftAside() throws IOException {
        for (String id : List.of("x", "1-2", "ffffffffffffffffffff-1-1", "1-99999999999999999999-1")) {
            try (Watching console = new Watching(id)) {
                assertThat(console.next().name()).isEqualTo("status");
            }
        }
    }

    @Test
    void streamsAreBounded() throws IOException {
        List<Watching> consoles = new ArrayList<>();
        try {
            for (int i = 0; i < RestLimits.STREAMS_MAX; i++) {
                Watching console = new Watching("");
                consoles.add(console);
                console.next("status");
            }

            assertThat(service.get("/api/v1/live").status()).isEqualTo(503);
        } finally {
            for (Watching console : consoles) {
                console.close();
            }
        }
    }

    /** It asks and takes nothing, while more is told than the buffers of a connection hold: its place is free again. */
    @Test
    void readerThatTakesNothingIsCutOff() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < RestLimits.STREAMS_MAX; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(1024);
                socket.connect(new InetSocketAddress("127.0.0.1", service.port()));
                socket.getOutputStream()
                        .write(("GET /api/v1/live HTTP/1.1\r\n" + service.usual()).getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            Await.until("all places are taken", RunningService.SOON, () -> live() == 503);
            String text = "x".repeat(1_900);
            Thread writer = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    record(text);
                    java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                }
            });
            try {
                Await.until("a place is free", java.time.Duration.ofSeconds(60), () -> live() == 200);
            } finally {
                writer.interrupt();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private int live() {
        try (Socket socket = service.connect()) {
            socket.getOutputStream()
                    .write(("GET /api/v1/live HTTP/1.1\r\n" + service.usual()).getBytes(StandardCharsets.US_ASCII));
            String status = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return Integer.parseInt(status.substring(9, 12));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void writeThatBlocksIsInterruptedInTime() {
        CountDownLatch never = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int octet) {}

            @Override
            public void write(byte @Nullable [] bytes, int from, int count) throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            }
        };

        assertThatThrownBy(() -> new Streams.InTime(stuck, 20).write(new byte[3]))
                .isInstanceOf(IOException.class)
                .hasMessage("interrupted");
    }

    /** Whoever is too far behind learns how far. */
    @Test
    void recordsThatAreNoLongerKeptAreCounted() throws InterruptedException {
        LiveRecords records = new LiveRecords(7);
        for (int i = 1; i <= LiveRecords.KEPT + 5; i++) {
            records.recorded(new org.tandemopc.service.LoggedRecord(
                    i, java.time.Instant.EPOCH, "plant1", new PairRecord(RecordKind.NOTE, "n", Map.of())));
        }

        LiveRecords.Batch batch = records.await(0, 0);

        assertThat(batch.missed()).isEqualTo(5);
        assertThat(batch.records().getFirst().number()).isEqualTo(6);
        assertThat(batch.last()).isEqualTo(105);
        assertThat(records.await(LiveRecords.KEPT + 5, 1_000_000).records()).isEmpty();
    }
}
