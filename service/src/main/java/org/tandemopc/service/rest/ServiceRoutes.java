package org.tandemopc.service.rest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.users.Role;

/** The service as a whole, and what needs no token: health and the contract. */
final class ServiceRoutes {
    private static final Set<String> SETTLED = Set.of("serving", "disabled");

    private final ServiceFacade service;
    private final PairRoutes pairs;

    ServiceRoutes(ServiceFacade service, PairRoutes pairs) {
        this.service = service;
        this.pairs = pairs;
    }

    List<Route> routes() {
        return List.of(
                Route.open("/health/live", call -> Reply.ok(Map.of("status", "live"))),
                Route.open("/health/ready", call -> ready()),
                Route.open("/api/v1/openapi.yaml", call -> contract()),
                Route.get(Role.VIEWER, "/api/v1/status", call -> Reply.ok(status())));
    }

    /** Ready while clients can connect and each pair that is enabled here serves. Says no more: it needs no token. */
    private Reply ready() {
        long waiting = service.runtime().pairs().stream()
                .filter(pair -> !SETTLED.contains(pair.snapshot().phase()))
                .count();
        Map<String, Object> json = new LinkedHashMap<>();
        boolean isReady = waiting == 0 && service.runtime().isFrontDoorOpen();
        json.put("status", isReady ? "ready" : "not-ready");
        json.put("pairsNotServing", waiting);
        json.put("frontDoor", frontDoor());
        return new Reply.Json(isReady ? 200 : 503, json);
    }

    private String frontDoor() {
        return service.runtime().isFrontDoorOpen() ? "open" : "closed";
    }

    /** The body of {@code GET /status}. */
    Map<String, Object> status() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", service.version());
        json.put("pid", ProcessHandle.current().pid());
        json.put("startedAt", Views.time(service.startedAt()));
        json.put(
                "uptimeSeconds",
                Duration.between(service.startedAt(), Instant.now()).toSeconds());
        json.put(
                "configFile",
                service.configFile() == null ? null : service.configFile().toString());
        Configurations configurations = service.configurations();
        json.put("configVersion", configurations == null ? null : configurations.version());
        json.put("frontDoor", frontDoor());
        json.put("pairs", pairs.all());
        return json;
    }

    private static Reply contract() throws IOException {
        try (InputStream in = ServiceRoutes.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IOException("openapi.yaml is not in this build");
            }
            return new Reply.Page(
                    "application/yaml; charset=utf-8", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
