package org.tandemopc.service.rest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.ConfigEdits;
import org.tandemopc.service.ConfigEdits.Edit;
import org.tandemopc.service.ConfigMask;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.Configurations.Outcome;
import org.tandemopc.service.users.Role;
import tools.jackson.databind.JsonNode;

/** The configuration: what it is, what another would change, and the change. Passwords never leave through here. */
final class ConfigRoutes {
    private static final String CONFIGURATION = "/api/v1/configuration";

    private final ServiceFacade service;

    ConfigRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, CONFIGURATION, call -> Reply.ok(current())),
                Route.get(
                        Role.VIEWER,
                        CONFIGURATION + "/saved",
                        call -> Reply.ok(Map.of(
                                "saved",
                                service.someConfigurations().saved().stream()
                                        .map(Views::saved)
                                        .toList()))),
                Route.post(
                                CONFIGURATION + "/plan",
                                call -> Reply.ok(
                                        Views.plan(service.someConfigurations().plan(text(call)))))
                        .unaudited(),
                Route.post(CONFIGURATION + "/apply", this::apply),
                Route.post(CONFIGURATION + "/rollback", this::rollback),
                Route.post(CONFIGURATION + "/edit", this::edit));
    }

    private Map<String, Object> current() throws Problem {
        Configurations configurations = service.someConfigurations();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", configurations.version());
        json.put(
                "file",
                service.configFile() == null ? null : service.configFile().toString());
        // Null rather than a guess: a password in a form that is not recognised must not be shown.
        json.put("text", ConfigMask.hide(configurations.text()).orElse(null));
        return json;
    }

    private static String text(Call call) throws Problem {
        String text = call.text("text");
        if (text.contains(ConfigMask.HIDDEN)) {
            throw new Problem(
                    422,
                    "hidden-password",
                    "The text has '%s' in the place of a password.".formatted(ConfigMask.HIDDEN),
                    "Put the password there, or better file:/path or env:NAME.");
        }
        return text;
    }

    private Reply apply(Call call) throws Problem {
        return outcome(service.someConfigurations()
                .apply(text(call), call.optionalText("expectedVersion").orElse(null), call.by()));
    }

    private Reply rollback(Call call) throws Problem {
        Configurations configurations = service.someConfigurations();
        String version = call.optionalText("version").orElse(null);
        Configurations.Rollback rollback = configurations
                .planRollback(version)
                .orElseThrow(() -> new Problem(
                        404,
                        "no-such-version",
                        version == null
                                ? "There is no earlier configuration to go back to."
                                : "No configuration of that version is kept.",
                        "'tandem rollback --list' lists those that are."));
        if (isDryRun(call)) {
            return Reply.ok(with(Views.plan(rollback.plan()), "version", rollback.version()));
        }
        return outcome(configurations.rollback(
                rollback.version(), call.optionalText("expectedVersion").orElse(null), call.by()));
    }

    private static boolean isDryRun(Call call) throws Problem {
        return call.json().path("dryRun").asBoolean(false);
    }

    /** Changes the text here, where it is, so that it need not travel with its passwords. */
    private Reply edit(Call call) throws Problem {
        Configurations configurations = service.someConfigurations();
        String version = configurations.version();
        refuseOverAnEdit(configurations);
        ConfigEdits.Edited edited;
        try {
            edited = service.someEdits().edit(configurations.text(), wanted(call));
        } catch (ConfigEdits.NoSuchPair e) {
            throw new Problem(404, "no-such-pair", String.valueOf(e.getMessage()), "");
        } catch (IllegalArgumentException e) {
            // Its sentence says what to do instead.
            throw new Problem(409, "refused", String.valueOf(e.getMessage()), "");
        }
        if (isDryRun(call)) {
            return Reply.ok(with(Views.plan(configurations.plan(edited.text())), "what", edited.what()));
        }
        Reply reply = outcome(configurations.apply(edited.text(), version, call.by()));
        return reply instanceof Reply.Json(int status, Map<?, ?> body)
                ? new Reply.Json(status, with(body, "what", edited.what()))
                : reply;
    }

    /** The change is one of the text in use: made now, it would throw away what somebody wrote and has not applied. */
    static void refuseOverAnEdit(Configurations configurations) throws Problem {
        if (configurations.isFileEdited()) {
            throw new Problem(
                    409,
                    "refused",
                    "The configuration file was edited and not applied; nothing was changed.",
                    "Apply the edit first with 'tandem apply', or put the text in use back with 'tandem rollback %s'."
                            .formatted(configurations.version()));
        }
    }

    private static Map<String, Object> with(Map<?, ?> json, String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>();
        json.forEach((k, v) -> more.put(String.valueOf(k), v));
        more.put(key, value);
        return more;
    }

    private static Edit wanted(Call call) throws Problem {
        String pair = call.text("pair");
        return switch (call.text("edit")) {
            case "add-pair" ->
                DaMembers.areIn(call)
                        ? new Edit.AddDaPair(
                                pair, call.optionalText("alias").orElse(null), DaMembers.of(call), mode(call))
                        : new Edit.AddPair(pair, urls(call), mode(call), security(call));
            case "remove-pair" -> new Edit.RemovePair(pair);
            case "set-alias" ->
                new Edit.SetAlias(pair, call.optionalText("alias").orElse(null));
            case "remove-alias" -> new Edit.RemoveAlias(pair);
            default -> throw Problem.badRequest("'edit' is one of add-pair, remove-pair, set-alias and remove-alias.");
        };
    }

    private static List<String> urls(Call call) throws Problem {
        List<String> urls = new ArrayList<>();
        for (JsonNode url : call.json().path("urls")) {
            if (!url.isString()) {
                urls.clear();
                break;
            }
            urls.add(url.asString());
        }
        if (urls.size() < 2 || urls.size() > ConfigReader.MEMBERS_MAX) {
            throw Problem.badRequest("'urls' has the addresses of the primary and of the secondary, up to %d in all."
                    .formatted(ConfigReader.MEMBERS_MAX));
        }
        return urls;
    }

    private static Mode mode(Call call) throws Problem {
        Optional<String> wanted = call.optionalText("mode");
        if (wanted.isEmpty()) {
            return Mode.WARM;
        }
        return Arrays.stream(Mode.values())
                .filter(m -> m.name().toLowerCase(Locale.ROOT).equals(wanted.get()))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("'mode' is cold, warm or hot."));
    }

    private static @Nullable SecurityChoice security(Call call) throws Problem {
        String wanted = call.optionalText("security").orElse(null);
        if (wanted == null) {
            return null;
        }
        return Arrays.stream(SecurityChoice.values())
                .filter(s -> s.label().equals(wanted))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("'security' is one of %s."
                        .formatted(Arrays.stream(SecurityChoice.values())
                                .map(SecurityChoice::label)
                                .collect(Collectors.joining(", ")))));
    }

    private static Reply outcome(Outcome outcome) throws Problem {
        return switch (outcome) {
            case Outcome.Applied applied -> Reply.ok(with(Views.plan(applied.plan()), "version", applied.version()));
            case Outcome.Refused refused ->
                throw new Problem(
                        422,
                        "invalid-configuration",
                        "The configuration has errors; nothing was changed.",
                        "Correct what 'plan' names.",
                        Map.of("plan", Views.plan(refused.plan())));
            case Outcome.Conflict conflict ->
                throw new Problem(
                        409,
                        "conflict",
                        "Somebody else saved meanwhile; nothing was changed.",
                        "Look at what is there now, and make the change again.",
                        Map.of("currentVersion", conflict.currentVersion()));
            case Outcome.Failed failed -> throw new Problem(500, "apply-failed", failed.why(), failed.remedy());
        };
    }
}
