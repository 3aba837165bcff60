package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem switch | pin | unpin}: an order to a pair, and what came of it. */
final class OrderCommand implements Command {
    private static final String NO_WAIT = "--no-wait";
    /** An ordered switch waits up to 10 s for its target to be ready, then holds requests for up to 5 s. */
    private static final long WAIT_SECONDS_MAX = 30;

    private static final long ASK_MS = 150;

    private enum Kind {
        SWITCH,
        PIN,
        UNPIN
    }

    private final Kind kind;
    private final CommandSpec spec;

    private OrderCommand(Kind kind, CommandSpec spec) {
        this.kind = kind;
        this.spec = spec;
    }

    private static CommandSpec spec(
            String name, String words, List<Option.Values> places, String summary, String details) {
        return new CommandSpec(
                name,
                words,
                places,
                List.of(Option.flag(NO_WAIT, "do not wait for what comes of it"), Option.DATA, Option.JSON),
                summary,
                details);
    }

    private static final Option.Values MEMBERS = Option.Values.of("primary", "secondary", "third", "fourth");

    static OrderCommand switchOver() {
        return new OrderCommand(
                Kind.SWITCH,
                spec(
                        "switch",
                        "PAIR [MEMBER]",
                        List.of(Option.Values.PAIRS, MEMBERS),
                        "move all clients of a pair to the other server, or to this one",
                        "Waits until they are there and prints the record. Automatic failback waits from then on until the"
                                + " primary has failed and returned, or somebody switches back."));
    }

    static OrderCommand pin() {
        return new OrderCommand(
                Kind.PIN,
                spec(
                        "pin",
                        "PAIR [MEMBER]",
                        List.of(Option.Values.PAIRS, MEMBERS),
                        "stay on one server, whatever happens to it, until unpinned",
                        "On the active one, or on MEMBER, to which the clients are moved. Also over a restart. Should that"
                                + " server die, clients get a bad status until it returns or the pin is released."));
    }

    static OrderCommand unpin() {
        return new OrderCommand(
                Kind.UNPIN,
                spec(
                        "unpin",
                        "PAIR",
                        List.of(Option.Values.PAIRS),
                        "release the pin of a pair",
                        "From then on the pair chooses its server itself again."));
    }

    @Override
    public CommandSpec spec() {
        return spec;
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(spec.places().size());
        String name = Places.required(arguments, 0, "the pair");
        Optional<String> word = arguments.word(1);
        int wanted = word.isPresent() ? Places.member(word.get()) : -1;
        try (RestClient service = Places.service(arguments)) {
            JsonNode pair = service.get(Places.pairPath(name));
            int target = wanted >= 0 || kind == Kind.UNPIN ? wanted : usual(pair);
            long last = service.get(Places.pairPath(name) + "/records?limit=1")
                    .path("last")
                    .asLong();
            Map<String, Object> body = new HashMap<>(Places.by());
            if (kind != Kind.UNPIN) {
                body.put("member", target);
            }
            service.post(Places.pairPath(name) + "/" + spec.name(), body);
            if (arguments.has(NO_WAIT)) {
                return print(service.get(Places.pairPath(name)), null, arguments, console);
            }
            Done done;
            try (Waiting _ = Waiting.on(console)) {
                done = await(service, name, target, last);
            }
            return print(done.pair(), done.record(), arguments, console);
        }
    }

    /** Without a member named: switch to the other one, pin where it is. */
    private int usual(JsonNode pair) throws CommandFailure {
        if (pair.path("phase").asString().equals("disabled")) {
            throw new CommandFailure(ExitCode.REFUSED, "'" + pair.path("name").asString() + "' is disabled.");
        }
        if (!pair.path("active").isInt()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "No server of '" + pair.path("name").asString()
                            + "' is active. Name the one that you mean: primary or" + " secondary.");
        }
        int active = pair.path("active").asInt();
        return kind == Kind.SWITCH ? (active + 1) % pair.path("members").size() : active;
    }

    /** @param record of the switch, where there was one */
    private record Done(JsonNode pair, @Nullable JsonNode record) {}

    private Done await(RestClient service, String name, int target, long last)
            throws CommandFailure, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
        while (true) {
            JsonNode pair = service.get(Places.pairPath(name));
            JsonNode records = service.get(Places.pairPath(name) + "/records?limit=200&after=" + last)
                    .path("records");
            for (JsonNode record : records.values()) {
                refuseIf(record);
            }
            if (isDone(pair, target)) {
                return new Done(pair, switchRecord(records));
            }
            if (System.nanoTime() - end > 0) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "The order was accepted and is not carried out after " + WAIT_SECONDS_MAX
                                + " s. Look at 'tandem status " + name + "'.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ASK_MS));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** The pair itself may refuse what the service has accepted: it says so in a record. */
    private void refuseIf(JsonNode record) throws CommandFailure {
        boolean refused = record.path("kind").asString().equals("NOTE")
                && record.path("fields").path("order").asString("").equalsIgnoreCase(kind.name());
        boolean failed = kind == Kind.SWITCH && record.path("kind").asString().equals("SWITCH_FAILED");
        if (refused || failed) {
            throw new CommandFailure(
                    refused ? ExitCode.REFUSED : ExitCode.FAILED,
                    Printable.of(record.path("text").asString()),
                    record);
        }
    }

    private boolean isDone(JsonNode pair, int target) {
        boolean isThere = pair.path("phase").asString().equals("serving")
                && pair.path("active").asInt(-1) == target;
        return switch (kind) {
            case SWITCH -> isThere;
            // A pair that serves from nowhere keeps the pin for when it does.
            case PIN ->
                pair.path("pinned").asInt(-1) == target
                        && (isThere
                                || pair.path("phase").asString().equals("stranded")
                                || pair.path("phase").asString().equals("starting"));
            case UNPIN -> !pair.path("pinned").isInt();
        };
    }

    private static @Nullable JsonNode switchRecord(JsonNode records) {
        return records.values().stream()
                .filter(record -> record.path("kind").asString().equals("PROMOTED"))
                .reduce((one, other) -> other)
                .orElse(null);
    }

    private int print(JsonNode pair, @Nullable JsonNode record, Arguments arguments, Console console) {
        if (arguments.has("--json")) {
            console.json(pair);
            return ExitCode.OK;
        }
        if (record != null) {
            console.line(Printable.of(record.path("text").asString()) + " It took "
                    + record.path("fields").path("durationMs").asLong() + " ms.");
        }
        String name = pair.path("name").asString();
        String active = pair.path("active").isInt()
                ? "it is on the " + Places.role(pair.path("active").asInt())
                : "no server is active";
        console.line(
                switch (kind) {
                    case SWITCH -> "'" + name + "': " + active + ".";
                    case PIN ->
                        pair.path("pinned").isInt()
                                ? "'" + name + "' is pinned to the "
                                        + Places.role(pair.path("pinned").asInt()) + "."
                                : "'" + name + "' was told to pin.";
                    case UNPIN -> "'" + name + "' is not pinned; " + active + ".";
                });
        return ExitCode.OK;
    }
}
