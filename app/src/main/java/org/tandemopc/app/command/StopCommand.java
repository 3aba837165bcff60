package org.tandemopc.app.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import tools.jackson.databind.JsonNode;

/** {@code tandem stop}: the service closes all clients and links in order, and ends with exit code 0 (MENU-3, ADM-5). */
final class StopCommand implements Command {
    private static final String NO_WAIT = "--no-wait";
    /** Sessions and links are given two seconds, front doors and records some more. */
    private static final long WAIT_SECONDS_MAX = 60;

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "stop",
                "",
                List.of(),
                List.of(Option.flag(NO_WAIT, "do not wait for its end"), Option.DATA, Option.JSON),
                "close all clients and links of the service in order, and end it",
                "Waits until its process has ended, with exit code 0. A service manager that restarts what failed leaves it"
                        + " stopped. Clients cannot connect until it is started again.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.noWords();
        JsonNode answer;
        try (RestClient service = Places.service(arguments)) {
            answer = service.post("/api/v1/service/shutdown", Places.by());
        }
        long pid = answer.path("pid").asLong(-1);
        if (!arguments.has(NO_WAIT)) {
            try (Waiting _ = Waiting.on(console)) {
                awaitEnd(pid);
            }
        }
        if (arguments.has("--json")) {
            console.json(answer);
        } else {
            console.line(
                    arguments.has(NO_WAIT)
                            ? "Tandem (process " + pid + ") was told to stop."
                            : "Tandem (process " + pid + ") has stopped.");
        }
        return ExitCode.OK;
    }

    private static void awaitEnd(long pid) throws CommandFailure, InterruptedException {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        try {
            if (process.isPresent()) {
                process.get().onExit().get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
            }
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "Tandem was told to stop, and process %d still runs after %d s. Look at what it prints."
                            .formatted(pid, WAIT_SECONDS_MAX));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
