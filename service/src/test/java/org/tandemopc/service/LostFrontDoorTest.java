package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.rest.RestFiles;
import org.tandemopc.service.rest.RestServer;
import org.tandemopc.service.rest.ServiceFacade;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The address of the front door has moved off this machine, and somebody adds a policy: as people and programs see it. */
class LostFrontDoorTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String TEXT = """
            version: 1
            opcua:
              listen: 127.0.0.1:4840
              security: [Basic256Sha256]
            pairs:
              - name: one
                members:
                  - url: opc.tcp://one-a:4840
                  - url: opc.tcp://one-b:4840
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeProtocol protocol = new FakeProtocol();
    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private DataFolder data;

    @SuppressWarnings("NullAway.Init")
    private TandemRuntime runtime;

    @SuppressWarnings("NullAway.Init")
    private RestServer rest;

    @BeforeEach
    void start() throws IOException {
        Path file = Files.writeString(folder.resolve("tandem.yaml"), TEXT);
        data = DataFolder.hold(folder.resolve("data"));
        ConfigStore store = new ConfigStore(file, data.path(), Map.of());
        runtime = new TandemRuntime(store.load().config().orElseThrow(), door -> protocol, data, false);
        runtime.start();
        rest = RestServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ServiceFacade(
                        runtime, new LiveConfigurations(store, runtime), null, null, "1.2.3", file, Instant.now()),
                data.path());
    }

    @AfterEach
    void stop() throws IOException {
        rest.close();
        runtime.close();
        data.close();
        http.close();
    }

    @Test
    @Requirement({"S22", "S26"})
    void isSaidWithItsRemedyMakesTheServiceNotReadyAndEndsByItself() throws Exception {
        protocol.losesDoor = true;

        JsonNode problem = apply(TEXT.replace("[Basic256Sha256]", "[Basic256Sha256, Aes256_Sha256_RsaPss]"));

        assertThat(problem.path("code").asString()).isEqualTo("apply-failed");
        assertThat(problem.path("detail").asString())
                .contains("The front door is closed and no client can connect")
                .contains("Cannot listen on port 4840.", "Cannot listen on the port from before.")
                .doesNotContain("what ran before runs");
        assertThat(problem.path("remedy").asString()).contains("Make the address of the front door available");
        assertThat(ready().statusCode()).isEqualTo(503);
        assertThat(ready().body()).contains("\"frontDoor\":\"closed\"");
        assertThat(get("/api/v1/status").path("frontDoor").asString()).isEqualTo("closed");
        assertThat(kinds()).containsOnlyOnce(RecordKind.FRONT_DOOR_LOST);
        assertThat(folder.resolve("tandem.yaml")).hasContent(TEXT);

        protocol.losesDoor = false;

        Await.until("it is opened again", SOON, runtime::isFrontDoorOpen);
        assertThat(ready().statusCode()).isEqualTo(200);
        assertThat(protocol.calls.getLast()).isEqualTo("reopen 4840");
    }

    /** A pair that fails after the door: it is the way back that loses the door. */
    @Test
    @Requirement({"S22", "S26"})
    void isSaidAsWellWhenItIsLostOnTheWayBack() throws Exception {
        protocol.onBroken = () -> protocol.losesDoor = true;

        JsonNode problem = apply(TEXT.replace("127.0.0.1:4840", "127.0.0.1:4841")
                + TEXT.substring(TEXT.indexOf("  - name")).replace("one", FakeProtocol.BROKEN));

        assertThat(problem.path("detail").asString())
                .startsWith("Pair 'broken': ")
                .contains("The front door is closed and no client can connect")
                .doesNotContain("what ran before runs");
        protocol.losesDoor = false;
        Await.until("it is opened again", SOON, runtime::isFrontDoorOpen);
        assertThat(protocol.calls.getLast()).isEqualTo("reopen 4840");
    }

    private List<RecordKind> kinds() {
        return runtime.pair("one").orElseThrow().records().stream()
                .map(r -> r.record().kind())
                .toList();
    }

    private JsonNode apply(String text) throws IOException, InterruptedException {
        return MAPPER.readTree(send(request("/api/v1/configuration/apply")
                        .POST(HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(Map.of("text", text)))))
                .body());
    }

    private HttpResponse<String> ready() throws IOException, InterruptedException {
        return send(request("/health/ready"));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return MAPPER.readTree(send(request(path)).body());
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + rest.address().getPort() + path))
                .header(
                        "Authorization",
                        "Bearer "
                                + Files.readString(data.path().resolve(RestFiles.TOKEN))
                                        .strip());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
