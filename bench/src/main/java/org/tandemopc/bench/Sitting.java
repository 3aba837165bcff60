package org.tandemopc.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.tandemopc.bench.console.ConsoleBenchmark;
import org.tandemopc.bench.da.DaBenchmark;
import org.tandemopc.bench.failover.FailoverRun;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.load.Load;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.world.HaProxy;
import org.tandemopc.bench.world.Machine;

/** One call of {@code bench/run}: its lines of results, with what was asked, of whom, when, and on which machine. */
record Sitting(List<Line> lines) {
    private static final String FIELD = "sitting";
    private static final String DA = "da";
    private static final String START = "start";
    private static final String CONSOLE = "console";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    Sitting {
        lines = List.copyOf(lines);
        if (lines.isEmpty() || !lines.getFirst().is(FIELD, "begin")) {
            throw new IllegalArgumentException(
                    "These are no results of bench/run: the line that begins them is missing.");
        }
    }

    static Sitting parse(List<String> lines) {
        return new Sitting(
                lines.stream().filter(line -> !line.isBlank()).map(Line::parse).toList());
    }

    // ---- lines

    static String begin(Options options, List<String> command) {
        JsonLine line = new JsonLine()
                .put(FIELD, "begin")
                .put("command", ("./bench/run " + String.join(" ", command)).strip())
                .put("ci", options.ci())
                .put(
                        "faults",
                        words(options.failover().faults().stream()
                                .map(Fault::id)
                                .toList()))
                .put(
                        "feeds",
                        words(options.failover().feeds().stream()
                                .map(Feed::word)
                                .toList()))
                .put("asked", asked(options.failover()))
                .put("latency", options.wants(Options.LATENCY))
                .put(START, options.wants(Options.START))
                .put(
                        "loads",
                        words(options.load().loads().stream().map(Load::id).toList()))
                .put(
                        DA,
                        words(options.da().benchmarks().stream()
                                .map(DaBenchmark::id)
                                .toList()))
                .put(
                        CONSOLE,
                        words(options.console().benchmarks().stream()
                                .map(ConsoleBenchmark::id)
                                .toList()))
                .put("commit", commit())
                .put("HAProxy", HaProxy.version())
                .put("Milo", milo());
        for (Map.Entry<String, String> each : Machine.describe().entrySet()) {
            line.put(each.getKey(), each.getValue());
        }
        return conditions(line);
    }

    static String end() {
        return conditions(new JsonLine().put(FIELD, "end"));
    }

    static String failure(String what) {
        return new JsonLine().put(FIELD, "failure").put("what", what).toString();
    }

    private static String conditions(JsonLine line) {
        return line.put("at", TIME.format(Instant.now()))
                .put("load", Machine.load())
                .put("psiSomeAvg10", Machine.pressure())
                .toString();
    }

    /** Such as {@code B-F1 10x10ms tandem-hot=20}, separated by commas. */
    private static String asked(FailoverRun.Plan plan) {
        List<String> asked = new ArrayList<>();
        for (Fault fault : plan.faults()) {
            for (Feed feed : plan.feeds()) {
                plan.asked(fault, feed)
                        .forEach((subject, count) ->
                                asked.add(fault.id() + " " + feed.word() + " " + subject.word() + "=" + count));
            }
        }
        return words(asked);
    }

    private static String words(List<String> words) {
        return String.join(",", words);
    }

    /** Short, and marked when there are changes that are not in it. */
    private static String commit() {
        try {
            Process asked = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .redirectErrorStream(true)
                    .start();
            List<String> answer = asked.inputReader().readAllLines();
            return asked.waitFor() == 0 && !answer.isEmpty() ? answer.getFirst() : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    /** The file that the client comes from has the version in its name. */
    private static String milo() {
        return Optional.ofNullable(OpcUaClient.class.getProtectionDomain().getCodeSource())
                .map(source ->
                        Path.of(source.getLocation().getPath()).getFileName().toString())
                .orElse("unknown")
                .replaceFirst("\\.jar$", "");
    }

    // ---- what they say

    private Line first() {
        return lines.getFirst();
    }

    boolean isCi() {
        return first().flag("ci");
    }

    List<Fault> faults() {
        return split("faults").stream().map(Fault::of).toList();
    }

    List<Feed> feeds() {
        return split("feeds").stream().map(Feed::of).toList();
    }

    /** How many repetitions of whom there are to be. */
    Map<Subject, Integer> asked(Fault fault, Feed feed) {
        Map<Subject, Integer> asked = new EnumMap<>(Subject.class);
        for (String each : split("asked")) {
            String[] parts = each.split("[ =]");
            if (parts[0].equals(fault.id()) && parts[1].equals(feed.word())) {
                asked.put(Subject.of(parts[2]), Integer.valueOf(parts[3]));
            }
        }
        return asked;
    }

    private List<String> split(String field) {
        return Arrays.stream(first().text(field).split(","))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    boolean hasLatency() {
        return first().flag("latency");
    }

    /** False in results from before there was this benchmark. */
    boolean hasStart() {
        return first().has(START) && first().flag(START);
    }

    /** Of {@code bench.load}. */
    List<Load> loads() {
        return split("loads").stream().map(Load::of).toList();
    }

    /** Of {@code bench.da}; none in results from before there were any. */
    List<DaBenchmark> das() {
        return first().has(DA) ? split(DA).stream().map(DaBenchmark::of).toList() : List.of();
    }

    /** The same of the console. */
    List<ConsoleBenchmark> consoles() {
        return first().has(CONSOLE)
                ? split(CONSOLE).stream().map(ConsoleBenchmark::of).toList()
                : List.of();
    }

    /** The benchmarks that it was to measure. */
    List<String> benchmarks() {
        List<String> ids = new ArrayList<>(split("faults"));
        if (hasLatency()) {
            ids.add(Options.LATENCY);
        }
        if (hasStart()) {
            ids.add(Options.START);
        }
        loads().forEach(load -> ids.add(load.id()));
        das().forEach(each -> ids.add(each.id()));
        consoles().forEach(each -> ids.add(each.id()));
        return ids;
    }

    private boolean hasEnded() {
        return lines.getLast().is(FIELD, "end");
    }

    /** What came to no result. */
    List<String> failures() {
        return lines.stream()
                .filter(line -> line.is(FIELD, "failure"))
                .map(line -> line.text("what"))
                .toList();
    }

    /** A list for the page. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("- Command: `").append(first().text("command")).append("`\n");
        for (String field : List.of("commit", "HAProxy", "Milo", "processor", "memory", "kernel", "JVM")) {
            text.append("- ")
                    .append(field)
                    .append(": ")
                    .append(first().text(field))
                    .append('\n');
        }
        text.append("- start: ").append(conditions(first())).append('\n');
        text.append("- end: ")
                .append(hasEnded() ? conditions(lines.getLast()) : "**cut short; this is what there was**")
                .append('\n');
        if (!failures().isEmpty()) {
            text.append("- without a result, and tried again: ")
                    .append(failures().stream()
                            .map(what -> what.lines().findFirst().orElse(""))
                            .collect(Collectors.joining("; ")))
                    .append('\n');
        }
        return text.toString();
    }

    private static String conditions(Line line) {
        return String.format(
                Locale.ROOT,
                "%s UTC, load average %.2f, PSI cpu some avg10 %.1f %%",
                line.text("at"),
                line.figure("load"),
                line.figure("psiSomeAvg10"));
    }
}
