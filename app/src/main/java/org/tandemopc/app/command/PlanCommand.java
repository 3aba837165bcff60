package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.relay.FileTrouble;
import tools.jackson.databind.JsonNode;

/** {@code tandem plan}. */
final class PlanCommand implements Command {
    /** What the service takes, less what JSON adds. */
    private static final long BYTES_MAX = 900_000;

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "plan",
                "FILE",
                List.of(Option.Values.FILES),
                List.of(Option.DATA, Option.JSON),
                "what applying a configuration would do, without doing it",
                "Names every problem with its line and remedy, and every step; says which of them make clients connect anew."
                        + " Exit code 3 if it could not be applied.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        String file = Places.required(arguments, 0, "the configuration file");
        try (RestClient service = Places.service(arguments)) {
            JsonNode plan = service.post("/api/v1/configuration/plan", Map.of("text", text(file)));
            if (arguments.has("--json")) {
                console.json(plan);
            } else {
                PlanPrinter.print(plan, file, console);
            }
            return plan.path("applicable").asBoolean(false) ? ExitCode.OK : ExitCode.CONFIGURATION;
        }
    }

    static String text(String file) throws CommandFailure {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > BYTES_MAX) {
                throw new CommandFailure(ExitCode.CONFIGURATION, file + " is longer than " + BYTES_MAX + " bytes.");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.CONFIGURATION, "There is no file " + file + ".");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CONFIGURATION, file + " cannot be read (" + FileTrouble.why(e) + ").");
        }
    }
}
