package org.tandemopc.app.command;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.RecordExport;
import org.tandemopc.service.RecordOrder;
import tools.jackson.databind.JsonNode;

/** {@code tandem events}: the diagnostics records, as text, CSV or JSON lines. */
final class EventsCommand implements Command {
    private static final int PAGE = 1_000;
    private static final ZoneId ZONE = ZoneId.systemDefault();
    private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([smhd])");

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "events",
                "[PAIR]",
                List.of(Option.Values.PAIRS),
                List.of(
                        Option.flag("--follow", "go on with each record as it comes, until Ctrl-C"),
                        Option.text("--since", "TIME", "from then on: 10m, 2h, 1d, or 2026-11-29T09:00"),
                        new Option("--kind", "KIND", Option.Values.named(RecordKind.values()), "one kind, as PROMOTED"),
                        new Option(
                                "--severity",
                                "SEVERITY",
                                Option.Values.of("informational", "warning", "error"),
                                "this or worse"),
                        Option.text("--text", "TEXT", "records that contain it in text, client or fields, in any case"),
                        Option.text("--limit", "N", "the newest N, 0 to 1000; 200 unless given"),
                        Option.flag("--all", "all that are kept, in place of the newest"),
                        Option.flag("--csv", "as CSV, for spreadsheets"),
                        Option.DATA,
                        Option.JSON),
                "the diagnostics records of a pair, or of all",
                "Oldest first, in the time of this machine. To save them: tandem events plant1 --all --csv > plant1.csv."
                        + " --json prints one object a line, in UTC.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        if (arguments.has("--csv") && arguments.has("--json")) {
            throw new UsageException("Choose one of --csv and --json.");
        }
        if (arguments.has("--all")
                && (arguments.has("--follow") || arguments.value("--limit").isPresent())) {
            throw new UsageException("--all goes with neither --follow nor --limit.");
        }
        EventFormat format = arguments.has("--csv")
                ? EventFormat.CSV
                : arguments.has("--json") ? EventFormat.JSON : EventFormat.TEXT;
        String query = query(arguments);
        String base = arguments.word(0).map(Places::pairPath).orElse("/api/v1");
        try (RestClient service = Places.service(arguments)) {
            if (format == EventFormat.CSV) {
                console.line(RecordExport.CSV_HEAD);
            }
            if (arguments.has("--follow")) {
                follow(
                        service,
                        base + "/records?follow=true" + query,
                        arguments.word(0).isPresent(),
                        format,
                        console);
            } else if (arguments.has("--all")) {
                all(service, arguments, query).forEach(record -> console.line(format.line(record, ZONE, console)));
            } else {
                service.get(base + "/records?" + query.replaceFirst("^&", ""))
                        .path("records")
                        .values()
                        .forEach(record -> console.line(format.line(record, ZONE, console)));
            }
            return ExitCode.OK;
        }
    }

    private static void follow(
            RestClient service, String path, boolean isOfOnePair, EventFormat format, Console console)
            throws CommandFailure, InterruptedException {
        AtomicBoolean removed = new AtomicBoolean();
        try {
            service.stream("GET", path, record -> {
                removed.compareAndSet(false, record.has("removed"));
                return print(record, format, console);
            });
        } catch (CommandFailure e) {
            if (e.problem().isPresent() || e.exitCode() == ExitCode.NO_SERVICE) {
                throw e;
            }
            // The connection broke while it was followed: so ends a service that is killed.
            if (!console.isClosed() && isThere(service)) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "The service runs and has ended this: what it told was not taken for some seconds. Follow it anew.");
            }
        }
        if (console.isClosed()) {
            return;
        }
        throw isOfOnePair && removed.get()
                ? new CommandFailure(ExitCode.FAILED, "Nothing more comes of this pair.")
                : new CommandFailure(ExitCode.NO_SERVICE, "The service has ended.");
    }

    private static boolean isThere(RestClient service) throws InterruptedException {
        try {
            service.get("/api/v1/about");
            return true;
        } catch (CommandFailure e) {
            return false;
        }
    }

    private static boolean print(JsonNode record, EventFormat format, Console console) {
        if (record.has("missed")) {
            console.err().println("tandem: " + record.path("missed").asLong() + " records were missed.");
        } else if (record.has("removed")) {
            console.err()
                    .println("tandem: '" + Printable.of(record.path("removed").asString())
                            + "' was removed or has another name now.");
        } else {
            console.line(format.line(record, ZONE, console));
        }
        return !console.isClosed();
    }

    /** Page by page: an export is the whole of what is kept, not what fits into one answer. */
    private static List<JsonNode> all(RestClient service, Arguments arguments, String query)
            throws CommandFailure, InterruptedException {
        List<String> pairs = arguments.word(0).isPresent()
                ? List.of(arguments.word(0).get())
                : service.get("/api/v1/pairs").path("pairs").values().stream()
                        .map(pair -> pair.path("name").asString())
                        .toList();
        List<List<JsonNode>> all = new ArrayList<>();
        for (String pair : pairs) {
            List<JsonNode> one = new ArrayList<>();
            long after = 0;
            JsonNode page;
            do {
                page = service.get(Places.pairPath(pair) + "/records?limit=" + PAGE + "&after=" + after + query);
                one.addAll(page.path("records").values());
                after = page.path("last").asLong();
            } while (page.path("records").size() == PAGE);
            all.add(one);
        }
        return RecordOrder.merged(all, record -> Instant.parse(record.path("at").asString()));
    }

    private static String query(Arguments arguments) throws UsageException {
        StringBuilder query = new StringBuilder();
        for (String name : List.of("kind", "severity", "text", "limit")) {
            arguments
                    .value("--" + name)
                    .ifPresent(
                            value -> query.append('&').append(name).append('=').append(RestClient.segment(value)));
        }
        if (arguments.value("--since").isPresent()) {
            query.append("&since=")
                    .append(RestClient.segment(since(arguments.value("--since").get(), Instant.now())
                            .toString()));
        }
        return query.toString();
    }

    static Instant since(String text, Instant now) throws UsageException {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long count = Long.parseLong(ago.group(1));
            return now.minus(
                    switch (ago.group(2)) {
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
        }
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text)
                    : LocalDateTime.parse(text).atZone(ZONE).toInstant();
        } catch (DateTimeParseException e) {
            throw new UsageException("'" + text + "' is no time: write 10m, 2h, 1d or 2026-11-29T09:00.");
        }
    }
}
