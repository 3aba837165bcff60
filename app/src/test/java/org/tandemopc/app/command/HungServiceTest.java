package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.app.ExitCode;
import tools.jackson.databind.JsonNode;

/** A service that stands still, or ends a stream, while a command listens to it. */
@Timeout(60)
class HungServiceTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch over = new CountDownLatch(1);

    /** Answers of a stream. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private Answer stream = exchange -> over.await();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                stream.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.createContext("/api/v1/about", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
            }
        });
        server.start();
        Files.writeString(
                folder.resolve("rest.port"), "127.0.0.1:" + server.getAddress().getPort() + "\n");
        Files.writeString(folder.resolve("rest.token"), "0".repeat(64) + "\n");
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static void begin(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write("{\"leg\":\"name\"}\n".getBytes(StandardCharsets.US_ASCII));
        exchange.getResponseBody().flush();
    }

    private void endsInTime(List<JsonNode> heard) {
        assertThatThrownBy(() -> {
                    try (RestClient service = RestClient.find(folder, SHORT)) {
                        service.stream("POST", "/api/v1/pairs/plant1/check", heard::add);
                    }
                })
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("did not answer within")
                .satisfies(e -> assertThat(((CommandFailure) e).exitCode()).isEqualTo(ExitCode.FAILED))
                .satisfies(e -> assertThat(((CommandFailure) e).problem()).isPresent());
    }

    @Test
    void streamThatDoesNotBeginEndsInTime() {
        endsInTime(new ArrayList<>());
    }

    @Test
    void streamThatDoesNotGoOnEndsInTime() {
        stream = exchange -> {
            begin(exchange);
            over.await();
        };
        List<JsonNode> heard = new ArrayList<>();

        endsInTime(heard);

        assertThat(heard).hasSize(1);
    }

    /** It is cut off by a service that runs, because it took nothing: that is not the end of the service. */
    @Test
    void whoeverIsCutOffIsNotToldThatTheServiceHasEnded() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stream = exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('\n');
            exchange.getResponseBody().flush();
        };
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);

        EventsCommand command = new EventsCommand();
        Console console = new Console(printed, printed, false, false);

        assertThatThrownBy(() -> command.run(command.parse(List.of("--follow", "--data", folder.toString())), console))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("The service runs and has ended this")
                .extracting(failure -> ((CommandFailure) failure).exitCode())
                .isEqualTo(ExitCode.FAILED);
    }
}
