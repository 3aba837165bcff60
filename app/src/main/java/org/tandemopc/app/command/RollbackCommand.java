package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem rollback}: says what it will do, then does it. */
final class RollbackCommand implements Command {
    private static final String LIST = "--list";
    private static final String PLAN = "--plan";
    private static final String ROLLBACK = "/api/v1/configuration/rollback";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "rollback",
                "[VERSION]",
                List.of(Option.Values.ANY),
                List.of(
                        Option.flag(LIST, "the versions that are kept, newest first, and whether they ever ran"),
                        Option.flag(PLAN, "say what would be done, and do not do it"),
                        Option.DATA,
                        Option.JSON),
                "apply an earlier configuration",
                "VERSION, or the newest that ran before the one that runs. One that never ran, because it was edited and not"
                        + " applied or applied in vain, needs its VERSION. The VERSION that runs puts back a file that was"
                        + " edited. Exit code 3 if it cannot be applied, 5 if somebody else applied another one between plan"
                        + " and rollback.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        try (RestClient service = Places.service(arguments)) {
            if (arguments.has(LIST)) {
                return list(service, arguments, console);
            }
            JsonNode status = service.get("/api/v1/status");
            Map<String, Object> body = new HashMap<>(Places.by());
            arguments.word(0).ifPresent(version -> body.put("version", version));
            body.put("dryRun", true);
            JsonNode plan = service.post(ROLLBACK, body);
            return arguments.has(PLAN)
                    ? planned(plan, arguments, console)
                    : applied(service, status, plan, arguments, console);
        }
    }

    private static int planned(JsonNode plan, Arguments arguments, Console console) {
        if (arguments.has("--json")) {
            console.json(plan);
        } else {
            PlanPrinter.print(plan, version(plan), console);
            console.line("Not applied: version " + version(plan) + ".");
        }
        return plan.path("applicable").asBoolean(false) ? ExitCode.OK : ExitCode.CONFIGURATION;
    }

    /** Just what was planned: the version that the plan is for, over the one that was in use before the plan was made. */
    private static int applied(RestClient service, JsonNode status, JsonNode plan, Arguments arguments, Console console)
            throws CommandFailure, InterruptedException {
        boolean json = arguments.has("--json");
        if (!json) {
            PlanPrinter.print(plan, version(plan), console);
            console.out().flush();
        }
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("version", version(plan));
        if (status.path("configVersion").isString()) {
            body.put("expectedVersion", status.path("configVersion").asString());
        }
        JsonNode answer;
        try (Waiting _ = Waiting.on(console)) {
            answer = service.post(ROLLBACK, body);
        }
        if (json) {
            console.json(answer);
        } else {
            console.line("Applied as version " + version(answer) + ".");
        }
        return ExitCode.OK;
    }

    private static String version(JsonNode answer) {
        return answer.path("version").asString();
    }

    private static int list(RestClient service, Arguments arguments, Console console)
            throws CommandFailure, InterruptedException {
        JsonNode saved = service.get("/api/v1/configuration/saved").path("saved");
        if (arguments.has("--json")) {
            console.json(saved);
            return ExitCode.OK;
        }
        TextTable table = new TextTable("VERSION", "SAVED", "RAN", "BY");
        for (JsonNode each : saved.values()) {
            table.row(
                    each.path("version").asString(),
                    each.path("at").asString(),
                    each.path("ran").asBoolean(true) ? "yes" : "never",
                    Printable.of(each.path("by").asString()));
        }
        table.lines("").forEach(console::line);
        return ExitCode.OK;
    }
}
