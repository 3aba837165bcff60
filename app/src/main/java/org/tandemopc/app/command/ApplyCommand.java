package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import tools.jackson.databind.JsonNode;

/** {@code tandem apply}: says what it will do, then does it. */
final class ApplyCommand implements Command {
    private static final String CONFIGURATION = "/api/v1/configuration";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "apply",
                "[FILE]",
                List.of(Option.Values.FILES),
                List.of(Option.DATA, Option.JSON),
                "save a configuration and make it what runs",
                "FILE, or the service's own file as it was edited in place. Clients of pairs that no step names are not"
                        + " touched. All or nothing: with an error, or when a step fails, what ran before runs. Exit code 5 if"
                        + " somebody else applied another one between plan and apply.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        try (RestClient service = Places.service(arguments)) {
            JsonNode status = service.get("/api/v1/status");
            String file = arguments.word(0).orElse(status.path("configFile").asString(""));
            if (file.isEmpty()) {
                throw new UsageException("Name the configuration file.");
            }
            String text = PlanCommand.text(file);
            boolean json = arguments.has("--json");
            if (!json) {
                PlanPrinter.print(service.post(CONFIGURATION + "/plan", Map.of("text", text)), file, console);
                console.out().flush();
            }
            Map<String, Object> body = new HashMap<>(Places.by());
            body.put("text", text);
            if (status.path("configVersion").isString()) {
                body.put("expectedVersion", status.path("configVersion").asString());
            }
            JsonNode answer;
            try (Waiting _ = Waiting.on(console)) {
                answer = service.post(CONFIGURATION + "/apply", body);
            }
            if (json) {
                console.json(answer);
            } else {
                console.line("Applied as version " + answer.path("version").asString() + ".");
            }
            return ExitCode.OK;
        }
    }
}
