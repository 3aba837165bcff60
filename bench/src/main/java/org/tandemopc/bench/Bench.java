package org.tandemopc.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.failover.FailoverReport;
import org.tandemopc.bench.failover.FailoverRun;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.latency.LatencyReport;
import org.tandemopc.bench.latency.ReadLatency;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.HaProxy;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.WorkFolder;

/** The {@code bench} command. */
public final class Bench {
    private static final Path DOCUMENT = Path.of("docs", "benchmarks.md");

    private final Options options;
    private final List<String> line;
    private final PrintStream out;
    private final PrintStream err;
    private final List<String> violations = new ArrayList<>();
    private @Nullable FailoverReport failover;
    private @Nullable LatencyReport latency;

    private Bench(Options options, List<String> line, PrintStream out, PrintStream err) {
        this.options = options;
        this.line = line;
        this.out = out;
        this.err = err;
    }

    /** Does not return. */
    public static void main(String[] line) throws IOException {
        System.exit(run(Arrays.asList(line), System.out, System.err));
    }

    /** @return the exit code, see {@link Options#USAGE} */
    static int run(List<String> line, PrintStream out, PrintStream err) throws IOException {
        try {
            return new Bench(Options.parse(line), line, out, err).run();
        } catch (IllegalArgumentException e) {
            err.println("bench: " + e.getMessage());
            err.print(Options.USAGE);
            return 2;
        }
    }

    private int run() throws IOException {
        if (options.keep()) {
            WorkFolder.keepAll();
        }
        Conditions before = Conditions.now();
        if (!options.failover().faults().isEmpty()) {
            FailoverRun run = new FailoverRun(options.failover(), out, err);
            FailoverReport report = run.run();
            violations.addAll(report.violations());
            violations.addAll(run.missing());
            failover = report;
        }
        if (options.wants(Options.LATENCY)) {
            measureLatency();
        }
        String text = document(before, Conditions.now());
        out.println();
        out.print(text);
        if (options.write()) {
            Files.writeString(DOCUMENT, text);
            err.println("Written to " + DOCUMENT);
        }
        for (String violation : violations) {
            err.println("RULE BROKEN: " + violation);
        }
        return violations.isEmpty() ? 0 : 1;
    }

    private void measureLatency() {
        try {
            LatencyReport report = new ReadLatency(options.latency(), err).run();
            report.lines().forEach(out::println);
            violations.addAll(report.violations());
            latency = report;
        } catch (UaException | AssertionError e) {
            violations.add("B-L1 could not be measured: " + e.getMessage());
        }
    }

    /** How busy the machine is. */
    private record Conditions(Instant at, double load, double pressure) {
        static Conditions now() {
            return new Conditions(Instant.now(), Machine.load(), Machine.pressure());
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%s UTC, load average %.2f, PSI cpu some avg10 %.1f %%",
                    DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
                            .withZone(ZoneOffset.UTC)
                            .format(at),
                    load,
                    pressure);
        }
    }

    private String document(Conditions before, Conditions after) {
        StringBuilder text = new StringBuilder(Texts.HEAD);
        text.append("\n## The run\n");
        text.append("- Command: `./bench/run").append(line.isEmpty() ? "" : " " + String.join(" ", line));
        text.append("`\n");
        Machine.describe().forEach(each -> text.append("- ").append(each).append('\n'));
        text.append("- HAProxy: ").append(HaProxy.version()).append('\n');
        text.append("- Start: ").append(before.text()).append('\n');
        text.append("- End: ").append(after.text()).append('\n');
        FailoverReport faults = failover;
        LatencyReport reads = latency;
        double pressure = Math.max(faults == null ? 0 : faults.highestPressure(), reads == null ? 0 : reads.pressure());
        text.append(String.format(Locale.ROOT, "- Highest PSI at a measurement: %.1f %%%n", pressure));
        if (pressure > Machine.PRESSURE_MAX) {
            text.append("  **The machine was too busy for maxima and tails of this run to mean anything; ratios of"
                    + " medians hold.**\n");
        }
        text.append("\n## Rules that hold in every run\n");
        if (violations.isEmpty()) {
            text.append("All kept: nothing lost (hot, warm), doubled, out of order or stale through Tandem.\n");
        }
        violations.forEach(each -> text.append("- BROKEN: ").append(each).append('\n'));
        text.append("\n## Targets\n");
        text.append(options.ci() ? "One repetition each says nothing about them.\n" : Target.table(targets()));
        if (faults != null) {
            for (Fault fault : options.failover().faults()) {
                text.append("\n## ").append(fault.id()).append(": ").append(fault.text());
                text.append(" of the active server\n").append(faults.seen(fault));
                text.append('\n').append(faults.times(fault));
            }
        }
        if (reads != null) {
            text.append("\n## B-L1: sequential reads\n").append(reads.table());
        }
        return text.toString();
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        if (failover != null) {
            for (Fault fault : options.failover().faults()) {
                targets.addAll(failover.targets(fault));
            }
        }
        if (latency != null) {
            targets.addAll(latency.targets());
        }
        return targets;
    }
}
