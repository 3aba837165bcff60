package org.tandemopc.service.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.Configurations.Outcome;
import org.tandemopc.service.Configurations.Plan;
import org.tandemopc.service.SettingDefaults;
import org.tandemopc.service.SettingsView;
import org.tandemopc.service.TextChange;
import org.tandemopc.service.TextChanges;
import org.tandemopc.service.users.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The configuration as settings, for forms: what is written, without secrets, and a draft of changes that is tried or saved,
 * all of it or nothing. Saving goes the way of every configuration: validated whole, written atomically, applied hot.
 */
final class SettingsRoutes {
    private static final String CONFIGURATION = "/api/v1/configuration";

    private final ServiceFacade service;

    SettingsRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, CONFIGURATION + "/settings", call -> Reply.ok(settings())),
                Route.post(CONFIGURATION + "/changes", this::change));
    }

    private Map<String, Object> settings() throws Problem {
        Configurations configurations = service.someConfigurations();
        // Before the text: a save in between makes a conflict later, and never a form of earlier settings without one.
        String version = configurations.version();
        SettingsView.Settings settings;
        try {
            settings = SettingsView.of(configurations.text());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()), "Edit the file by hand.", Map.of());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", version);
        json.put("editable", !configurations.isFileEdited());
        json.put("text", false);
        json.put("pairs", settings.pairs());
        json.put("defaults", SettingDefaults.all());
        json.put("doors", settings.doors());
        return json;
    }

    private Reply change(Call call) throws Problem {
        Configurations configurations = service.someConfigurations();
        String version = configurations.version();
        if (!call.text("expectedVersion").equals(version)) {
            throw conflict(version);
        }
        ConfigRoutes.refuseOverAnEdit(configurations);
        String text = changed(configurations.text(), changes(call.json().path("changes")));
        if (call.json().path("dryRun").asBoolean(false)) {
            Plan plan = configurations.plan(text);
            if (!plan.isApplicable()) {
                throw invalid(text, plan);
            }
            return Reply.ok(answer(version, text, plan));
        }
        return switch (configurations.apply(text, version, call.by())) {
            case Outcome.Applied applied -> Reply.ok(answer(applied.version(), text, applied.plan()));
            case Outcome.Refused refused -> throw invalid(text, refused.plan());
            case Outcome.Conflict conflict -> throw conflict(conflict.currentVersion());
            case Outcome.Failed failed -> throw new Problem(500, "apply-failed", failed.why(), failed.remedy());
        };
    }

    private static String changed(String text, List<TextChange> changes) throws Problem {
        try {
            return TextChanges.make(text, changes);
        } catch (TextChanges.Refused e) {
            if (e.isNoSuchPair()) {
                throw new Problem(404, "no-such-pair", String.valueOf(e.getMessage()), "", Map.of("change", e.index()));
            }
            throw refused(String.valueOf(e.getMessage()), "", Map.of("change", e.index()));
        }
    }

    private static List<TextChange> changes(JsonNode list) throws Problem {
        if (!list.isArray() || list.isEmpty() || list.size() > TextChanges.MOST) {
            throw Problem.badRequest("The body needs 'changes', a list of 1 to %d.".formatted(TextChanges.MOST));
        }
        List<TextChange> changes = new ArrayList<>();
        for (JsonNode each : list.values()) {
            changes.add(change(each));
        }
        return changes;
    }

    private static TextChange change(JsonNode json) throws Problem {
        return switch (json.path("change").asString("")) {
            case "set" -> new TextChange.SetSetting(text(json, "pair"), text(json, "path"), value(json));
            case "set-door" -> new TextChange.SetDoor(text(json, "door"), text(json, "path"), value(json));
            case "add-pair" -> new TextChange.AddPair(json.path("settings"));
            case "remove-pair" -> new TextChange.RemovePair(text(json, "pair"));
            case "set-alias" ->
                new TextChange.SetAlias(
                        text(json, "pair"), optional(json, "alias").orElse(null));
            case "remove-alias" -> new TextChange.RemoveAlias(text(json, "pair"));
            default ->
                throw Problem.badRequest(
                        "'change' is one of set, set-door, add-pair, remove-pair, set-alias and remove-alias.");
        };
    }

    private static JsonNode value(JsonNode json) throws Problem {
        if (!json.has("value")) {
            throw Problem.badRequest("A change that sets needs a 'value'; null removes the setting.");
        }
        return json.path("value").isNull() ? JsonNodeFactory.instance.nullNode() : json.path("value");
    }

    private static String text(JsonNode json, String name) throws Problem {
        return optional(json, name)
                .orElseThrow(() -> Problem.badRequest("This change needs a text '%s'.".formatted(name)));
    }

    private static Optional<String> optional(JsonNode json, String name) throws Problem {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw Problem.badRequest("'%s' is a text.".formatted(name));
        }
        return Optional.of(value.asString());
    }

    private static Map<String, Object> answer(String version, String text, Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", version);
        json.put("plan", view(text, plan));
        return json;
    }

    /** A plan whose problems say their pair and their place in it, so that a form can show them where they are. */
    private static Map<String, Object> view(String text, Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>(Views.plan(plan));
        TextChanges.Places places = TextChanges.places(text);
        json.put("problems", plan.problems().stream().map(p -> view(places, p)).toList());
        return json;
    }

    private static Map<String, Object> view(TextChanges.Places places, ConfigProblem problem) {
        TextChanges.Place place = places.of(problem.path());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("severity", Views.lower(problem.severity()));
        json.put("pair", place.pair().isEmpty() ? null : place.pair());
        json.put("path", place.path());
        json.put("line", problem.line());
        json.put("message", problem.message());
        json.put("remedy", problem.remedy());
        return json;
    }

    private static Problem invalid(String text, Plan plan) {
        return new Problem(
                422,
                "invalid-configuration",
                "The configuration would have errors; nothing was changed.",
                "Correct what 'plan' names.",
                Map.of("plan", view(text, plan)));
    }

    private static Problem conflict(String version) {
        return new Problem(
                409,
                "conflict",
                "Somebody else saved meanwhile; nothing was changed.",
                "Look at what is there now, and make the change again.",
                Map.of("currentVersion", version));
    }

    private static Problem refused(String message, String remedy, Map<String, Object> more) {
        return new Problem(409, "refused", message, remedy, more);
    }
}
