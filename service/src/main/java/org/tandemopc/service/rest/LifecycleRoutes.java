package org.tandemopc.service.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.service.users.Role;

/** What this service is, and its end (MENU-3). */
final class LifecycleRoutes {
    private final ServiceFacade service;

    LifecycleRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/api/v1/about", call -> Reply.ok(about())),
                Route.post("/api/v1/service/shutdown", this::shutdown));
    }

    private Map<String, Object> about() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", service.version());
        json.put("build", service.build());
        json.put("java", "%s (%s)".formatted(System.getProperty("java.version"), System.getProperty("java.vendor")));
        json.put(
                "os",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
        json.put("startedAt", Views.time(service.startedAt()));
        json.put("dataFolder", service.runtime().dataFolder().toString());
        json.put(
                "configFile",
                service.configFile() == null ? null : service.configFile().toString());
        return json;
    }

    /** Answered before the end begins: whoever asked knows that it comes. */
    private Reply shutdown(Call call) throws Problem {
        String by = call.by();
        Map<String, Object> json =
                Map.of("stopping", true, "pid", ProcessHandle.current().pid());
        return new Reply.Last(new Reply.Json(202, json), () -> service.runtime().requestStop(by));
    }
}
