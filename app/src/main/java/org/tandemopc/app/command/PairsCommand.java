package org.tandemopc.app.command;

import java.util.List;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import tools.jackson.databind.JsonNode;

/** {@code tandem pairs}. */
final class PairsCommand implements Command {
    private static final String NAMES = "--names";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "pairs",
                "",
                List.of(),
                List.of(Option.flag(NAMES, "the published names only, one a line"), Option.DATA, Option.JSON),
                "the pairs of the running service, with their addresses for clients",
                "A short list; 'tandem status' says more.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.noWords();
        try (RestClient service = Places.service(arguments)) {
            JsonNode pairs = service.get("/api/v1/pairs").path("pairs");
            if (arguments.has("--json")) {
                console.json(pairs);
                return ExitCode.OK;
            }
            TextTable table = new TextTable("PAIR", "MODE", "PHASE", "ACTIVE", "CLIENTS", "ADDRESS");
            for (JsonNode pair : pairs.values()) {
                if (arguments.has(NAMES)) {
                    console.line(pair.path("name").asString());
                    continue;
                }
                table.row(
                        pair.path("name").asString(),
                        pair.path("mode").asString(),
                        pair.path("phase").asString(),
                        pair.path("active").isInt()
                                ? Places.role(pair.path("active").asInt())
                                : "none",
                        String.valueOf(pair.path("sessions").asInt()),
                        pair.path("endpoint").asString());
            }
            if (!arguments.has(NAMES)) {
                table.lines("").forEach(console::line);
            }
            return ExitCode.OK;
        }
    }
}
