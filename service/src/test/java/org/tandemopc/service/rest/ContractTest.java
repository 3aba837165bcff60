package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.service.rest.RunningService.Answer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** docs/reference/openapi.yaml says what the service does: no route more, none less, and the same answers. */
@Timeout(60)
class ContractTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final JsonNode contract = contract();

    private static JsonNode contract() {
        try (InputStream in = RestServer.class.getResourceAsStream("openapi.yaml")) {
            return new YAMLMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyRouteIsInTheContractAndTheReverse() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            List<String> routed = new ArrayList<>();
            for (Route route : service.rest.router().routes()) {
                routed.add(describe(route.method(), route.path(), route.isOpen(), route.query()));
            }
            List<String> promised = new ArrayList<>();
            contract.path("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .properties()
                            .forEach(operation -> promised.add(describe(
                                    operation.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    operation.getValue().has("security"),
                                    operation.getValue().path("parameters").values().stream()
                                            .filter(p -> p.path("in").asString().equals("query"))
                                            .map(p -> p.path("name").asString())
                                            .toList()))));

            assertThat(promised).containsExactlyInAnyOrderElementsOf(routed);
        }
    }

    private static String describe(String method, String path, boolean isOpen, Collection<String> query) {
        return method + " " + path + (isOpen ? " open " : " ") + new TreeSet<>(query);
    }

    @Test
    void answersHaveTheFieldsOfTheContract() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            service.serve();
            JsonNode status = service.get("/api/v1/status").json();
            JsonNode pair = status.path("pairs").path(0);

            shape(status, "Status");
            shape(pair, "Pair");
            shape(pair.path("members").path(0), "Member");
            shape(pair.path("members").path(0).path("monitor"), "Monitor");
            shape(pair.path("members").path(0).path("monitor").path("items").path(0), "MonitorItem");
            shape(pair.path("notifications"), "NotificationStatus");
            shape(
                    service.get("/api/v1/notifications/events")
                            .json()
                            .path("events")
                            .path(0),
                    "NotificationEvent");
            shape(service.get("/api/v1/pairs/plant1/records").json(), "Records");
            shape(service.get("/api/v1/records?limit=1").json().path("records").path(0), "Record", "missed", "removed");
            shape(service.get("/health/ready").json(), "Ready");
            shape(
                    service.get("/api/v1/nothing").json(),
                    "Problem",
                    "plan",
                    "currentVersion",
                    "setupNeeded",
                    "retryAfterSeconds",
                    "change");
            shape(service.get("/api/v1/session").json(), "Login");
            assertThat(service.post(
                                    "/api/v1/users",
                                    "{\"name\":\"anna\",\"role\":\"engineer\",\"password\":\"four words in a row\"}")
                            .status())
                    .isEqualTo(200);
            shape(service.get("/api/v1/users").json().path("users").path(0), "User");
            shape(service.get("/api/v1/audit").json().path("entries").path(0), "AuditEntry");
            shape(service.get("/api/v1/about").json(), "About");
            Answer check = service.post("/api/v1/pairs/plant1/check?member=0", "");
            String leg = check.body()
                    .lines()
                    .filter(l -> l.startsWith("{"))
                    .findFirst()
                    .orElseThrow();
            shape(new JsonMapper().readTree(leg), "Leg");
        }
    }

    private void shape(JsonNode answer, String schema, String... notAlways) {
        JsonNode promised =
                contract.path("components").path("schemas").path(schema).path("properties");
        List<String> expected = new ArrayList<>(promised.propertyNames());
        expected.removeAll(List.of(notAlways));
        assertThat(answer.propertyNames()).as(schema).containsExactlyInAnyOrderElementsOf(expected);
        promised.properties().forEach(property -> {
            JsonNode values = property.getValue().path("enum");
            if (values.isArray() && answer.has(property.getKey())) {
                assertThat(values.values())
                        .as(schema + "." + property.getKey())
                        .contains(answer.path(property.getKey()));
            }
        });
    }

    @Test
    void contractIsServedAsItIs() throws IOException {
        try (RunningService service = new RunningService(folder);
                InputStream in = Objects.requireNonNull(RestServer.class.getResourceAsStream("openapi.yaml"))) {
            Answer served = service.get("/api/v1/openapi.yaml");

            assertThat(served.body()).isEqualTo(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
