package org.tandemopc.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Service;
import org.tandemopc.app.Wiring;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.Protocol;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tandem check}: asks the running service to walk the way to its members, or walks it itself. */
final class CheckCommand implements Command {
    private static final JsonMapper MAPPER = new JsonMapper();

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "check",
                "[PAIR]",
                List.of(Option.Values.PAIRS),
                List.of(Option.CONFIG, Option.DATA, Option.JSON),
                "walk the way to each server leg by leg, say what fails and what to do",
                "The legs are name, port, protocol, endpoint, certificate, channel, login, namespaces, read and subscription;"
                        + " the first that fails ends the walk to that server. Asks the running service; with --config, or"
                        + " where no service runs, checks a configuration before it is served, with the keys of the data"
                        + " folder (made there if there are none). Exit code 0 only if every leg passed.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        Report report = new Report(console, arguments.has("--json"));
        if (arguments.value("--config").isPresent()) {
            return alone(arguments, console, report);
        }
        try (RestClient service = Places.service(arguments)) {
            return through(service, arguments.word(0), report);
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.NO_SERVICE) {
                throw e;
            }
            return alone(arguments, console, report);
        }
    }

    private static int through(RestClient service, Optional<String> only, Report report)
            throws CommandFailure, InterruptedException {
        List<String> pairs = only.isPresent()
                ? List.of(only.get())
                : service.get("/api/v1/pairs").path("pairs").values().stream()
                        .map(pair -> pair.path("name").asString())
                        .toList();
        for (String pair : pairs) {
            service.stream("POST", Places.pairPath(pair) + "/check", leg -> {
                report.leg(pair, leg);
                return true;
            });
        }
        return report.exitCode();
    }

    private static int alone(Arguments arguments, Console console, Report report)
            throws CommandFailure, InterruptedException {
        Path data = Path.of(Places.data(arguments));
        ConfigReading reading = Service.look(Places.config(arguments), data, console.err());
        if (reading.config().isEmpty()) {
            return ExitCode.CONFIGURATION;
        }
        TandemConfig config = reading.config().get();
        List<PairConfig> pairs = chosen(config, arguments.word(0));
        try (Protocol protocol = Wiring.protocol(config, data)) {
            for (PairConfig pair : pairs) {
                for (int member = 0; member < pair.members().size(); member++) {
                    walk(protocol, pair, member, report);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "The keys in " + data.resolve("pki") + " cannot be used or made (" + e.getMessage()
                            + "). Choose another data folder with --data.");
        }
        // A pair with an error is not in it, so that all legs of the others say too little.
        return reading.hasErrors() ? ExitCode.CONFIGURATION : report.exitCode();
    }

    private static List<PairConfig> chosen(TandemConfig config, Optional<String> only) throws CommandFailure {
        List<PairConfig> pairs = config.pairs().stream()
                .filter(pair -> only.isEmpty() || pair.name().equals(only.get()))
                .toList();
        if (only.isPresent() && pairs.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.FAILED, "There is no pair '" + Printable.of(only.get()) + "' in the configuration.");
        }
        return pairs;
    }

    private static void walk(Protocol protocol, PairConfig pair, int member, Report report)
            throws InterruptedException {
        String machine = pair.members().get(member).url();
        protocol.check(pair, member, leg -> {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("member", member);
            json.put("machine", machine);
            json.put("leg", leg.leg().name().toLowerCase(Locale.ROOT));
            json.put("passed", leg.passed());
            json.put("detail", leg.detail());
            json.put("remedy", leg.remedy());
            json.put("tookMs", Math.round(leg.tookNanos() / 1e3) / 1e3);
            report.leg(pair.name(), json);
        });
    }

    /** Prints the legs as they come and remembers whether one failed. */
    private static final class Report {
        private final Console console;
        private final boolean json;
        private String heading = "";
        private int legs;
        private int failed;

        Report(Console console, boolean json) {
            this.console = console;
            this.json = json;
        }

        void leg(String pair, JsonNode leg) {
            legs++;
            boolean passed = leg.path("passed").asBoolean(false);
            failed += passed ? 0 : 1;
            if (json) {
                ObjectNode line = MAPPER.createObjectNode();
                line.put("pair", pair);
                line.setAll((ObjectNode) leg);
                console.json(line);
            } else {
                print(pair, leg, passed);
            }
            console.out().flush();
        }

        private void print(String pair, JsonNode leg, boolean passed) {
            if (!leg.has("leg")) {
                console.line(Printable.of(leg.path("detail").asString("The check was refused.")));
                return;
            }
            String now = pair + ": " + Places.role(leg.path("member").asInt()) + " "
                    + leg.path("machine").asString();
            if (!now.equals(heading)) {
                heading = now;
                console.line(Printable.of(now));
            }
            console.line("  %s  %-12s  %s (%.1f ms)"
                    .formatted(
                            passed ? console.toned(Tone.GOOD, "ok  ") : console.toned(Tone.BAD, "FAIL"),
                            leg.path("leg").asString(),
                            Printable.of(leg.path("detail").asString()),
                            leg.path("tookMs").asDouble()));
            if (!passed) {
                console.line("        -> " + Printable.of(leg.path("remedy").asString()));
            }
        }

        int exitCode() {
            if (legs == 0 && !json) {
                console.line("There is nothing to check.");
            }
            return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
