package org.tandemopc.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.Service;
import org.tandemopc.app.Wiring;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.core.config.DoorConfig;
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
                        + " of OPC DA: name, port, protocol, login, activation, objects, read and callback."
                        + " The first that fails ends the walk to that server. Asks the running service; with --config, or"
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
            report.expect(
                    pair, service.get(Places.pairPath(pair)).path("members").size());
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
        TandemConfig config = reading.config().orElseThrow();
        List<PairConfig> pairs = chosen(config, arguments.word(0));
        try {
            for (DoorConfig door : config.frontDoors()) {
                walkAll(
                        door,
                        data,
                        pairs.stream()
                                .filter(pair -> pair.kind() == door.kind())
                                .toList(),
                        report);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage() + " Or name another data folder with --data.");
        }
        // A pair with an error is not in it, so that all legs of the others say too little.
        return reading.hasErrors() ? ExitCode.CONFIGURATION : report.exitCode();
    }

    /** @param pairs of the protocol of the door */
    private static void walkAll(DoorConfig door, Path data, List<PairConfig> pairs, Report report)
            throws IOException, InterruptedException {
        if (pairs.isEmpty()) {
            return;
        }
        try (Protocol protocol = Wiring.protocol(door, data)) {
            for (PairConfig pair : pairs) {
                report.expect(pair.name(), pair.members().size());
                for (int member = 0; member < pair.members().size(); member++) {
                    walk(protocol, pair, member, report);
                }
            }
        }
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
        String machine = pair.members().get(member).machine();
        protocol.check(pair, member, leg -> {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("member", member);
            json.put("machine", machine);
            json.put("leg", leg.leg().name().toLowerCase(Locale.ROOT));
            json.put("passed", leg.passed());
            json.put("detail", leg.detail());
            json.put("remedy", leg.remedy());
            json.put("tookMs", Math.round(leg.tookNanos() / 1e3) / 1e3);
            json.put("isLast", leg.leg().isLast());
            report.leg(pair.name(), json);
        });
    }

    /** Prints the legs as they come, and remembers of each member how far its walk got. */
    private static final class Report {
        private final Console console;
        private final boolean json;
        private String heading = "";
        private boolean hasFailed;
        /** Of each member that is to be walked to, in that order. */
        private final Map<Walk, Reached> reached = new LinkedHashMap<>();

        private record Walk(String pair, int member) {}

        /**
         * How far a walk got.
         *
         * @param leg the last one that was heard of; empty: none was
         * @param isOver it was the last leg of all, or one that failed, which was told
         */
        private record Reached(String leg, boolean isOver) {
            static final Reached NOTHING = new Reached("", false);
        }

        Report(Console console, boolean json) {
            this.console = console;
            this.json = json;
        }

        void expect(String pair, int members) {
            for (int member = 0; member < members; member++) {
                reached.put(new Walk(pair, member), Reached.NOTHING);
            }
        }

        void leg(String pair, JsonNode leg) {
            boolean passed = leg.path("passed").asBoolean(false);
            hasFailed |= !passed;
            reached.put(
                    new Walk(pair, leg.path("member").asInt(-1)),
                    new Reached(
                            leg.path("leg").asString(""),
                            !passed || leg.path("isLast").asBoolean(false)));
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

        /** Well is a member only whose last leg has passed: a walk that ends before, for whatever reason, proves nothing. */
        int exitCode() {
            if (reached.isEmpty() && !json) {
                console.line("There is nothing to check.");
            }
            boolean isWhole = true;
            for (Map.Entry<Walk, Reached> walk : reached.entrySet()) {
                String leg = walk.getValue().leg();
                if (walk.getValue().isOver()) {
                    continue;
                }
                isWhole = false;
                console.err()
                        .println("tandem: The check of " + walk.getKey().pair() + ", "
                                + Places.role(walk.getKey().member()) + ", ended "
                                + (leg.isEmpty() ? "before its first leg" : "after " + leg)
                                + " and says nothing of the rest. Look into the log of the service, and check again.");
            }
            return isWhole && !hasFailed ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
