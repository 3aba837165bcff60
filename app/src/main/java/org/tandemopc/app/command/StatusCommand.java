package org.tandemopc.app.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tandem status}: who is active, why and since when, how well each server is, and who is connected. */
final class StatusCommand implements Command {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final long WATCH_SECONDS = 1;
    private static final int SESSIONS_SHOWN_MAX = 50;
    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "status",
                "[PAIR]",
                List.of(Option.Values.PAIRS),
                List.of(
                        Option.flag("--watch", "again each second, until Ctrl-C or the service ends"),
                        Option.DATA,
                        Option.JSON),
                "who is active, why, since when; health and latency of each server; clients",
                "For each server: whether its control link is open, whether the pair could switch to it now without a gap,"
                        + " what it says of itself, how long its last answer took, how its clock differs from ours, how"
                        + " many of its monitor items are in error. With PAIR also each monitor item, how often its values"
                        + " really come and the 'time' that fits it, and where its records are on the disk. --json prints"
                        + " one object (with --watch one each second).");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        String only = arguments.word(0).orElse("");
        try (RestClient service = Places.service(arguments)) {
            do {
                JsonNode status = ask(service, only);
                if (arguments.has("--json")) {
                    console.json(status);
                } else {
                    console.out().print(console.isTerminal() && arguments.has("--watch") ? CLEAR : "");
                    lines(status, Path.of(Places.data(arguments)), !only.isEmpty(), console)
                            .forEach(console::line);
                }
                if (console.isClosed()) {
                    return ExitCode.OK;
                }
                if (arguments.has("--watch")) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(WATCH_SECONDS));
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            } while (arguments.has("--watch"));
            return ExitCode.OK;
        }
    }

    /** The service's own answer, with the sessions of each pair that is shown. */
    private static JsonNode ask(RestClient service, String only) throws CommandFailure, InterruptedException {
        ObjectNode status = (ObjectNode) service.get("/api/v1/status");
        List<JsonNode> pairs = new ArrayList<>();
        if (only.isEmpty()) {
            pairs.addAll(status.path("pairs").values());
        } else {
            pairs.add(service.get(Places.pairPath(only)));
        }
        var shown = MAPPER.createArrayNode();
        for (JsonNode pair : pairs) {
            ObjectNode whole = (ObjectNode) pair;
            whole.set(
                    "clients",
                    service.get(Places.pairPath(pair.path("name").asString()) + "/sessions")
                            .path("sessions"));
            shown.add(whole);
        }
        status.set("pairs", shown);
        return status;
    }

    private static List<String> lines(JsonNode status, Path data, boolean isOnlyOne, Console console) {
        List<String> lines = new ArrayList<>();
        lines.add("Tandem " + status.path("version").asString() + ", process "
                + status.path("pid").asLong() + ", up "
                + duration(Duration.ofSeconds(status.path("uptimeSeconds").asLong())) + ", data in " + data);
        if (status.path("frontDoor").asString("open").equals("closed")) {
            lines.add(console.toned(Tone.BAD, "The front door is closed: no client can connect.")
                    + " It is tried again; the records of each pair say why it was lost.");
        }
        if (status.path("pairs").isEmpty()) {
            lines.add("There are no pairs. Add one with: tandem add NAME URL URL");
        }
        for (JsonNode pair : status.path("pairs").values()) {
            lines.add("");
            pair(pair, isOnlyOne, console, lines);
        }
        return lines;
    }

    /** Mail that does not work is seen where everybody looks, other than mail that does (S24). */
    private static Optional<String> notifications(JsonNode status, boolean isOnlyOne, Console console) {
        String state = status.path("state").asString("off");
        boolean isFailing = state.equals("failing");
        if (!isFailing && (!isOnlyOne || state.equals("off"))) {
            return Optional.empty();
        }
        return Optional.of("  notifications: "
                + console.toned(isFailing ? Tone.BAD : Tone.GOOD, state)
                + ", " + status.path("discarded").asLong() + " discarded"
                + (isFailing ? ", " + Printable.of(status.path("lastFailure").asString("")) : ""));
    }

    private static void pair(JsonNode pair, boolean isOnlyOne, Console console, List<String> lines) {
        String phase = pair.path("phase").asString();
        Tone tone = switch (phase) {
            case "serving" -> Tone.GOOD;
            case "stranded" -> Tone.BAD;
            default -> Tone.DOUBTFUL;
        };
        lines.add(pair.path("name").asString() + "  " + console.toned(tone, phase) + "  "
                + pair.path("mode").asString() + "  " + pair.path("endpoint").asString());
        lines.add("  active: " + active(pair));
        lines.add("  why:    " + why(pair));
        if (pair.path("pinned").isInt()) {
            lines.add("  pinned: to the " + Places.role(pair.path("pinned").asInt()) + ", until 'tandem unpin "
                    + pair.path("name").asString() + "'");
        }
        lines.addAll(members(pair, console).lines("  "));
        lines.addAll(doubts(pair));
        lines.addAll(MonitorTable.lines(pair, isOnlyOne, console));
        notifications(pair.path("notifications"), isOnlyOne, console).ifPresent(lines::add);
        if (isOnlyOne) {
            lines.add("  records: "
                    + Printable.of(pair.path("recordsFolder").asString())
                    + (pair.path("recordsLost").asLong() > 0
                            ? ", " + pair.path("recordsLost").asLong() + " did not reach the disk"
                            : ""));
        }
        lines.add("  clients: " + pair.path("sessions").asInt() + " sessions, "
                + pair.path("subscriptions").asInt() + " subscriptions, "
                + pair.path("items").asInt() + " items");
        TextTable clients = new TextTable("CLIENT", "FROM", "SINCE", "ITEMS");
        pair.path("clients").values().stream()
                .limit(SESSIONS_SHOWN_MAX)
                .forEach(client -> clients.row(
                        Printable.of(client.path("name").asString()),
                        client.path("address").asString(),
                        time(client.path("since").asString()),
                        String.valueOf(client.path("items").asInt())));
        if (!clients.isEmpty()) {
            lines.addAll(clients.lines("    "));
        }
        int more = pair.path("clients").size() - SESSIONS_SHOWN_MAX;
        if (more > 0) {
            lines.add("    and " + more + " more; --json has all");
        }
    }

    private static String active(JsonNode pair) {
        if (!pair.path("active").isInt()) {
            return "none";
        }
        int active = pair.path("active").asInt();
        String since = pair.path("since").isString()
                ? ", since " + time(pair.path("since").asString()) + " ("
                        + duration(Duration.between(
                                Instant.parse(pair.path("since").asString()), Instant.now()))
                        + ")"
                : "";
        return Places.role(active) + " "
                + Printable.of(pair.path("members").path(active).path("machine").asString())
                + since + ", epoch " + pair.path("epoch").asLong();
    }

    private static String why(JsonNode pair) {
        JsonNode why = pair.path("why");
        if (!why.isObject()) {
            String name = pair.path("name").asString();
            if (pair.path("phase").asString().equals("disabled")) {
                return "not enabled on this machine: tandem enable " + name;
            }
            return switch (pair.path("explained").asString("")) {
                case "first-ready" -> "the first that was ready after the start";
                case "unknown" -> "not known any more; 'tandem events " + name + "' has what is";
                default -> "see 'tandem events " + name + "'";
            };
        }
        JsonNode fields = why.path("fields");
        String cause = fields.path("cause").asString("");
        String evidence = fields.path("evidence").asString("");
        String explained =
                cause.isEmpty() ? "" : " Cause: " + cause + (evidence.isEmpty() ? "" : " (" + evidence + ")");
        return Printable.of(why.path("text").asString() + explained);
    }

    private static TextTable members(JsonNode pair, Console console) {
        TextTable table = new TextTable(
                "SERVER", "ADDRESS", "LINK", "STANDBY", "STATE", "LEVEL", "ANSWERS IN", "CLOCK", "MONITOR");
        for (JsonNode member : pair.path("members").values()) {
            table.row(
                    member.path("role").asString(),
                    Printable.of(member.path("machine").asString()),
                    link(pair, member, console),
                    standby(pair, member) + (member.path("damped").asBoolean(false) ? ", damped" : ""),
                    member.path("state").isString() ? member.path("state").asString() : "-",
                    member.path("serviceLevel").isInt()
                            ? String.valueOf(member.path("serviceLevel").asInt())
                            : "-",
                    member.path("roundTripMs").isNumber()
                            ? "%.1f ms".formatted(member.path("roundTripMs").asDouble())
                            : "-",
                    member.path("clockSkewMs").isNumber()
                            ? "%+.0f ms".formatted(member.path("clockSkewMs").asDouble())
                            : "-",
                    MonitorTable.test(member.path("monitor")));
        }
        return table;
    }

    /** A link that is closed on purpose is nothing to worry about. */
    private static String link(JsonNode pair, JsonNode member, Console console) {
        if (member.path("connected").asBoolean(false)) {
            String verdict = member.path("verdict").asString();
            return console.toned(verdict.equals("healthy") ? Tone.GOOD : Tone.DOUBTFUL, verdict);
        }
        return isClosedOnPurpose(pair, member) ? "closed" : console.toned(Tone.BAD, "down");
    }

    private static String standby(JsonNode pair, JsonNode member) {
        if (member.path("active").asBoolean(false)) {
            return "active";
        }
        if (isClosedOnPurpose(pair, member)) {
            return "-";
        }
        return member.path("ready").asBoolean(false) ? "ready" : "not ready";
    }

    private static boolean isClosedOnPurpose(JsonNode pair, JsonNode member) {
        boolean isColdStandby = pair.path("mode").asString().equals("cold")
                && pair.path("active").isInt()
                && !member.path("active").asBoolean(false);
        return !member.path("connected").asBoolean(false)
                && (isColdStandby || pair.path("phase").asString().equals("disabled"));
    }

    /** Why a server is not well, for those that are not. */
    private static List<String> doubts(JsonNode pair) {
        return pair.path("members").values().stream()
                .filter(member -> !isClosedOnPurpose(pair, member))
                .filter(member -> !member.path("verdict").asString().equals("healthy"))
                .map(member -> "  " + member.path("role").asString() + " is "
                        + member.path("verdict").asString() + ": "
                        + Printable.of(member.path("evidence").asString()))
                .toList();
    }

    private static String time(String instant) {
        return TIME.withZone(ZoneId.systemDefault()).format(Instant.parse(instant));
    }

    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        return seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " days";
    }
}
