package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem rollback}. */
final class RollbackCommand implements Command {
    private static final String LIST = "--list";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "rollback",
                "[VERSION]",
                List.of(Option.Values.ANY),
                List.of(Option.flag(LIST, "the versions that are kept, newest first"), Option.DATA, Option.JSON),
                "apply an earlier configuration",
                "VERSION, or the one before the one that runs.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        try (RestClient service = Places.service(arguments)) {
            if (arguments.has(LIST)) {
                return list(service, arguments, console);
            }
            Map<String, Object> body = new HashMap<>(Places.by());
            arguments.word(0).ifPresent(version -> body.put("version", version));
            JsonNode answer = service.post("/api/v1/configuration/rollback", body);
            if (arguments.has("--json")) {
                console.json(answer);
            } else {
                PlanPrinter.print(answer, "tandem.yaml", console);
                console.line("Applied as version " + answer.path("version").asString() + ".");
            }
            return ExitCode.OK;
        }
    }

    private static int list(RestClient service, Arguments arguments, Console console)
            throws CommandFailure, InterruptedException {
        JsonNode saved = service.get("/api/v1/configuration/saved").path("saved");
        if (arguments.has("--json")) {
            console.json(saved);
            return ExitCode.OK;
        }
        TextTable table = new TextTable("VERSION", "SAVED", "BY");
        for (JsonNode each : saved.values()) {
            table.row(
                    each.path("version").asString(),
                    each.path("at").asString(),
                    Printable.of(each.path("by").asString()));
        }
        table.lines("").forEach(console::line);
        return ExitCode.OK;
    }
}
