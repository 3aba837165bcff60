package org.tandemopc.service.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.WebhookConfig;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
@Requirement("LIM-11")
class WebhookChannelTest {
    private record Received(String path, @Nullable String signature, String body) {}

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile int status = 204;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                received.add(new Received(
                        exchange.getRequestURI().toString(),
                        exchange.getRequestHeaders().getFirst(WebhookChannel.SIGNATURE),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(status, -1);
            }
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private WebhookChannel channel(String url, Optional<Secret> secret) {
        Peers hasty =
                new Peers(new PeerTrust(folder), Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(20));
        return new WebhookChannel("plant1", new WebhookConfig(new Secret(url), secret), hasty);
    }

    private String url() {
        return "http://127.0.0.1:%d/hook?key=value"
                .formatted(server.getAddress().getPort());
    }

    @Test
    void requestHasTheRecordsAndIsSigned() throws Exception {
        Secret secret = new Secret("hidden-thing");

        channel(url(), Optional.of(secret)).send(Mails.batch("It happened: ü."));

        Received one = received.getFirst();
        assertThat(one.path()).isEqualTo("/hook?key=value");
        assertThat(one.signature())
                .isEqualTo(
                        "sha256=" + WebhookChannel.signature(secret, one.body().getBytes(StandardCharsets.UTF_8)));
        JsonNode json = new JsonMapper().readTree(one.body());
        assertThat(json.path("pair").asString()).isEqualTo("plant1");
        assertThat(json.path("suppressed").asLong()).isZero();
        JsonNode record = json.path("records").path(0);
        assertThat(record.path("text").asString()).isEqualTo("It happened: ü.");
        assertThat(record.path("kind").asString()).isEqualTo("STRANDED");
        assertThat(record.path("severity").asString()).isEqualTo("error");
        assertThat(record.path("at").asString()).isEqualTo("2026-12-01T00:00:05Z");
    }

    /** RFC 4231, test case 2. */
    @Test
    void signatureIsThatOfItsRfc() {
        assertThat(WebhookChannel.signature(
                        new Secret("Jefe"),
                        "what do ya want for nothing?".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirectIsNotFollowed(int redirect) {
        status = redirect;

        assertThatThrownBy(() -> channel(url(), Optional.empty()).send(Mails.batch("It happened.")))
                .isInstanceOf(DeliveryException.class)
                .hasMessage("it answered %d; redirects are not followed", redirect);
        assertThat(received).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 500, 503})
    void refusalIsAFailure(int refusal) {
        status = refusal;

        assertThatThrownBy(() -> channel(url(), Optional.empty()).send(Mails.batch("It happened.")))
                .hasMessage("it answered %d", refusal);
        assertThat(received).as("it is not tried again").hasSize(1);
    }

    @Test
    void serverThatSaysNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            String url = "http://127.0.0.1:%d/".formatted(silent.getLocalPort());

            assertThatThrownBy(() -> channel(url, Optional.empty()).send(Mails.batch("It happened.")))
                    .hasMessage("it did not answer in time");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest/meta-data", "http://[fe80::1]/"})
    void linkLocalAddressesAreRefused(String url) {
        assertThatThrownBy(() -> channel(url, Optional.empty()).send(Mails.batch("It happened.")))
                .hasMessageContaining("to which Tandem sends nothing");
    }
}
