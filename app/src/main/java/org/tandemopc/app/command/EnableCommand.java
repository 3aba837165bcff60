package org.tandemopc.app.command;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Service;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem enable | disable}: at once on the running service, else for the next start. */
final class EnableCommand implements Command {
    private static final long WAIT_SECONDS_MAX = 10;
    private static final long ASK_MS = 50;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final boolean enabled;

    EnableCommand(boolean enabled) {
        this.enabled = enabled;
    }

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                enabled ? "enable" : "disable",
                "PAIR",
                List.of(Option.Values.PAIRS),
                List.of(Option.CONFIG, Option.DATA, Option.JSON),
                enabled ? "serve a pair on this machine" : "do not serve a pair on this machine",
                (enabled
                                ? "Connects to its servers and lets clients in."
                                : "Closes its client sessions and links; its configuration stays.")
                        + " At once on the running service and after every restart; without a running service from the next"
                        + " start on. What is enabled belongs to this machine and is not in the configuration file.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        String pair = Places.required(arguments, 0, "the pair");
        try (RestClient service = Places.service(arguments)) {
            JsonNode answer;
            try (Waiting _ = Waiting.on(console)) {
                answer = ordered(service, Places.pairPath(pair));
            }
            return print(answer, Printable.of(pair), "", arguments, console);
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.NO_SERVICE) {
                throw e;
            }
            new Service(Places.config(arguments), Places.data(arguments), console.out(), console.err())
                    .enable(pair, enabled);
            JsonNode answer = MAPPER.createObjectNode().put("accepted", true).put("pair", pair);
            return print(answer, Printable.of(pair), " from the next start on", arguments, console);
        }
    }

    private int print(JsonNode answer, String pair, String when, Arguments arguments, Console console) {
        if (arguments.has("--json")) {
            console.json(answer);
        } else {
            console.line("'" + pair + "' is " + (enabled ? "enabled" : "disabled") + when + ".");
        }
        return ExitCode.OK;
    }

    /** Returns when it is so, which the pair says in a record; what was so before needs none. */
    private JsonNode ordered(RestClient service, String path) throws CommandFailure, InterruptedException {
        boolean wasSo = service.get(path).path("enabled").asBoolean(!enabled) == enabled;
        long last = service.get(path + "/records?limit=1").path("last").asLong();
        JsonNode answer = service.post(path + "/" + spec().name(), Places.by());
        String news = path + "/records?limit=1&after=" + last + "&kind=" + (enabled ? "ENABLED" : "DISABLED");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (!wasSo && service.get(news).path("records").isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "The order was accepted and is not carried out after " + WAIT_SECONDS_MAX
                                + " s. Look at 'tandem status'.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ASK_MS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return answer;
    }
}
