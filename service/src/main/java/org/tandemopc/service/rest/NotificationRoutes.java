package org.tandemopc.service.rest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.NotificationReading;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.service.FileSecrets;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.notify.DeliveryException;
import org.tandemopc.service.notify.Notifications.Way;
import org.tandemopc.service.users.Role;
import tools.jackson.databind.JsonNode;

/** What can be notified of (NOT-11), and a test of how (NOT-13), also by settings that are not saved. */
final class NotificationRoutes {
    private final ServiceFacade service;

    NotificationRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/api/v1/notifications/events", call -> Reply.ok(Map.of("events", events()))),
                Route.post("/api/v1/pairs/{pair}/notifications/test", this::test));
    }

    private static List<Map<String, Object>> events() {
        List<Map<String, Object>> events = new ArrayList<>();
        for (NotificationEvent event : NotificationEvent.values()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("kind", event.name());
            json.put("severity", Views.lower(event.kind().severity()));
            json.put("template", event.template());
            events.add(json);
        }
        return events;
    }

    private Reply test(Call call) throws Problem {
        PairHandle pair = service.pair(call.part("pair"));
        Way way = way(call.optionalText("channel").orElse(Way.MAIL.label()));
        NotificationConfig settings = settings(pair, call.json().path("settings"));
        if (!has(settings, way)) {
            throw new Problem(
                    409,
                    "refused",
                    "These settings of '%s' have no complete %s.".formatted(pair.name(), way.label()),
                    "Give it a server, and mail a sender and a recipient.");
        }
        try {
            return Reply.ok(Map.of(
                    "sent", true, "through", service.runtime().notifications().test(pair.name(), settings, way)));
        } catch (DeliveryException e) {
            throw new Problem(
                    502,
                    "not-sent",
                    "The test by %s failed: %s.".formatted(way.label(), e.why()),
                    "Look at the address, the security and the account.");
        }
    }

    private static Way way(String label) throws Problem {
        return Arrays.stream(Way.values())
                .filter(way -> way.label().equals(label))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("'channel' is mail, webhook or syslog."));
    }

    private static boolean has(NotificationConfig settings, Way way) {
        return switch (way) {
            case MAIL -> settings.mail().isPresent();
            case WEBHOOK -> settings.webhook().isPresent();
            case SYSLOG -> settings.syslog().isPresent();
        };
    }

    private static NotificationConfig settings(PairHandle pair, JsonNode given) throws Problem {
        NotificationConfig saved = pair.config().notifications();
        if (given.isMissingNode() || given.isNull()) {
            return saved;
        }
        UnsavedNotifications unsaved = new UnsavedNotifications(saved, new FileSecrets(System.getenv()));
        NotificationReading reading = unsaved.read(given, pair.name());
        if (reading.hasErrors()) {
            throw invalid(reading.problems());
        }
        return reading.config();
    }

    private static Problem invalid(List<ConfigProblem> problems) {
        ConfigProblem first =
                problems.stream().filter(ConfigProblem::isError).findFirst().orElseThrow();
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("applicable", false);
        plan.put("problems", problems.stream().map(Views::problem).toList());
        plan.put("steps", List.of());
        return new Problem(
                422,
                "invalid-configuration",
                first.path() + ": " + first.message(),
                first.remedy(),
                Map.of("plan", plan));
    }
}
