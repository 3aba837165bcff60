package org.tandemopc.service.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.tandemopc.service.users.AuditEntry;
import org.tandemopc.service.users.AuditLog;
import org.tandemopc.service.users.Role;
import tools.jackson.databind.JsonNode;

/** Writes down each change and each order with what came of it, and shows what was written. */
final class Audit {
    static final int PAGE_DEFAULT = 100;

    /** What of a body may be written down: what names things, never what may be a secret. */
    private static final List<String> TOLD = List.of(
            "member", "side", "thumbprint", "edit", "alias", "version", "role", "protocol", "host", "port", "channel");

    private static final List<String> TARGETS = List.of("pair", "name");

    /** Which can be asked what they would do. Of any other the word means nothing, and it is done. */
    private static final Set<String> WITH_DRY_RUN =
            Set.of("configuration changes", "configuration edit", "configuration rollback");

    private final AuditLog log;

    Audit(AuditLog log) {
        this.log = log;
    }

    List<Route> routes() {
        return List.of(Route.get(
                Role.ENGINEER,
                "/api/v1/audit",
                call -> page(
                        (int) call.number("limit", PAGE_DEFAULT, 1, RestLimits.RECORDS_MAX),
                        call.number("before", Long.MAX_VALUE, 1, Long.MAX_VALUE)),
                "limit",
                "before"));
    }

    private Reply page(int limit, long before) throws java.io.IOException {
        return Reply.ok(Map.of(
                "entries", log.page(limit, before).stream().map(Audit::view).toList()));
    }

    private static Map<String, Object> view(AuditEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", entry.number());
        json.put("at", Views.time(entry.at()));
        json.put("user", entry.user());
        json.put("address", entry.address());
        json.put("action", entry.action());
        json.put("target", entry.target());
        json.put("detail", entry.detail());
        json.put("outcome", entry.outcome());
        return json;
    }

    /**
     * @param caller who asked
     * @param outcome {@code done}, or the code of the refusal
     */
    void add(Route route, Call call, Caller caller, String outcome) {
        JsonNode body = body(call);
        if (route.action().isEmpty() || isDryRun(route, body)) {
            return;
        }
        log.add(
                caller.name(),
                call.from().getHostAddress(),
                route.action(),
                target(call, body),
                detail(call, caller, body),
                outcome);
    }

    private static boolean isDryRun(Route route, JsonNode body) {
        return WITH_DRY_RUN.contains(route.action()) && body.path("dryRun").asBoolean(false);
    }

    private static JsonNode body(Call call) {
        try {
            return call.json();
        } catch (Problem e) {
            return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode(); // why it was refused
        }
    }

    private static String target(Call call, JsonNode body) {
        for (String name : TARGETS) {
            String found = call.part(name).isEmpty() ? body.path(name).asString("") : call.part(name);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }

    private static String detail(Call call, Caller caller, JsonNode body) {
        StringJoiner text = new StringJoiner(", ");
        if (caller.session() == null && body.path("by").isString()) {
            text.add("by " + body.path("by").asString());
        }
        for (String name : TOLD) {
            JsonNode value = body.path(name);
            if (value.isValueNode() && !value.isNull() && call.note().isEmpty()) {
                text.add(name + " " + value.asString());
            }
        }
        if (!call.note().isEmpty()) {
            text.add(call.note().strip());
        }
        return text.toString();
    }
}
