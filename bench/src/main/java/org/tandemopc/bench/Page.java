package org.tandemopc.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.tandemopc.bench.console.ConsoleBenchmark;
import org.tandemopc.bench.console.ConsoleReport;
import org.tandemopc.bench.da.DaBenchmark;
import org.tandemopc.bench.da.DaReport;
import org.tandemopc.bench.failover.FailoverReport;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Feed;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.latency.LatencyReport;
import org.tandemopc.bench.load.Load;
import org.tandemopc.bench.load.LoadReport;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.start.StartReport;
import org.tandemopc.bench.world.Machine;

/** The page that results make, and what they break of the rules that hold in every run. */
final class Page {
    /** Benchmarks that are explained together, and have a page of their own where a run has no others. */
    private enum Family {
        UA("benchmarks.md", Texts.UA),
        START("benchmarks-start.md", Texts.START),
        DA("benchmarks-da.md", Texts.DA),
        CONSOLE("benchmarks-console.md", Texts.CONSOLE);

        private final String file;
        private final String text;

        Family(String file, String text) {
            this.file = file;
            this.text = text;
        }

        static Family of(String benchmark) {
            if (Arrays.stream(DaBenchmark.values()).anyMatch(each -> each.id().equals(benchmark))) {
                return DA;
            }
            if (Arrays.stream(ConsoleBenchmark.values())
                    .anyMatch(each -> each.id().equals(benchmark))) {
                return CONSOLE;
            }
            return benchmark.equals(Options.START) ? START : UA;
        }
    }

    private final List<Sitting> sittings;
    private final List<String> violations = new ArrayList<>();

    /**
     * @throws IllegalArgumentException when two sittings have figures of one benchmark: ratios are of one run, and
     *     figures of two are not to be mixed
     */
    Page(List<Sitting> sittings) {
        this.sittings = List.copyOf(sittings);
        Set<String> seen = new HashSet<>();
        for (Sitting sitting : sittings) {
            for (String id : sitting.benchmarks()) {
                if (!seen.add(id)) {
                    throw new IllegalArgumentException(
                            id + " is in two of the files; figures of two runs are not to be mixed.");
                }
            }
            judge(sitting);
        }
    }

    private void judge(Sitting sitting) {
        for (Feed feed : sitting.feeds()) {
            FailoverReport failover = FailoverReport.of(sitting.lines(), feed);
            violations.addAll(failover.violations());
            for (Fault fault : sitting.faults()) {
                for (Subject subject : sitting.asked(fault, feed).keySet()) {
                    if (!failover.has(fault, subject)) {
                        violations.add(fault.id() + " " + feed.word() + " " + subject.word() + " has no result: "
                                + sitting.failures());
                    }
                }
            }
        }
        if (sitting.hasLatency()) {
            violations.addAll(LatencyReport.of(sitting.lines()).violations());
        }
        if (sitting.hasStart()) {
            violations.addAll(StartReport.of(sitting.lines()).violations());
        }
        LoadReport loads = LoadReport.of(sitting.lines());
        violations.addAll(loads.violations());
        for (Load load : sitting.loads()) {
            if (!loads.isComplete(load)) {
                violations.add(load.id() + " has no result: " + sitting.failures());
            }
        }
        DaReport das = DaReport.of(sitting.lines());
        violations.addAll(das.violations());
        for (DaBenchmark each : sitting.das()) {
            if (!das.isComplete(each)) {
                violations.add(each.id() + " has no complete result: " + sitting.failures());
            }
        }
        ConsoleReport consoles = ConsoleReport.of(sitting.lines());
        violations.addAll(consoles.violations());
        for (ConsoleBenchmark each : sitting.consoles()) {
            if (!consoles.isComplete(each)) {
                violations.add(each.id() + " has no complete result: " + sitting.failures());
            }
        }
    }

    /** In words; empty: all rules kept. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Of all that was measured, in their order. */
    private Set<Family> families() {
        Set<Family> families = EnumSet.noneOf(Family.class);
        sittings.forEach(sitting -> sitting.benchmarks().forEach(id -> families.add(Family.of(id))));
        return families;
    }

    /** Where it is kept, in the folder of the documents. */
    String file() {
        Set<Family> families = families();
        return families.size() == 1 ? families.iterator().next().file : Family.UA.file;
    }

    String text() {
        StringBuilder text = new StringBuilder(Texts.HEAD);
        families().forEach(family -> text.append(family.text));
        text.append(Texts.JUDGED);
        for (Sitting sitting : sittings) {
            text.append("\n## The run");
            if (sittings.size() > 1) {
                text.append(" of ").append(String.join(", ", sitting.benchmarks()));
            }
            text.append('\n').append(sitting.text()).append(pressure(sitting));
        }
        text.append("\n## Rules that hold in every run\n");
        if (violations.isEmpty()) {
            text.append("All kept: nothing lost (hot, warm), doubled, out of order or stale through Tandem, no\n")
                    .append("suspicion noticed, no read or session refused.\n");
        }
        violations.forEach(each -> text.append("- BROKEN: ").append(each).append('\n'));
        text.append("\n## Targets\n");
        boolean isCi = sittings.stream().anyMatch(Sitting::isCi);
        text.append(isCi ? "One repetition each says nothing about them.\n" : Target.table(targets()));
        sittings.forEach(sitting -> text.append(figures(sitting)));
        return text.toString();
    }

    private static String pressure(Sitting sitting) {
        double pressure = DoubleStream.concat(
                        sitting.feeds().stream()
                                .mapToDouble(feed ->
                                        FailoverReport.of(sitting.lines(), feed).highestPressure()),
                        DoubleStream.of(
                                LatencyReport.of(sitting.lines()).highestPressure(),
                                StartReport.of(sitting.lines()).highestPressure(),
                                LoadReport.of(sitting.lines()).highestPressure(),
                                DaReport.of(sitting.lines()).highestPressure(),
                                ConsoleReport.of(sitting.lines()).highestPressure()))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "- highest PSI cpu some avg10 at a measurement: %.1f %%%s%n",
                pressure,
                pressure > Machine.PRESSURE_MAX ? "; maxima and p99 marked ? are **invalid**, medians hold" : "");
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (Sitting sitting : sittings) {
            for (Feed feed : sitting.feeds()) {
                FailoverReport failover = FailoverReport.of(sitting.lines(), feed);
                sitting.faults().forEach(fault -> targets.addAll(failover.targets(fault)));
            }
            targets.addAll(LatencyReport.of(sitting.lines()).targets());
            targets.addAll(StartReport.of(sitting.lines()).targets());
            targets.addAll(LoadReport.of(sitting.lines()).targets());
            targets.addAll(DaReport.of(sitting.lines()).targets());
            targets.addAll(ConsoleReport.of(sitting.lines()).targets());
        }
        return targets;
    }

    private static String figures(FailoverReport report, Fault fault, Feed feed, Map<Subject, Integer> asked) {
        String heading = "\n## " + fault.id() + ": " + fault.text();
        String with = ", " + feed.text() + "\n";
        return fault == Fault.SUSPICION
                ? heading + with + report.suspected(asked)
                : heading + " of the active server" + with + report.seen(fault, asked) + "\n" + report.times(fault);
    }

    private static String figures(Sitting sitting) {
        StringBuilder text = new StringBuilder();
        for (Fault fault : sitting.faults()) {
            for (Feed feed : sitting.feeds()) {
                Map<Subject, Integer> asked = sitting.asked(fault, feed);
                if (!asked.isEmpty()) {
                    text.append(figures(FailoverReport.of(sitting.lines(), feed), fault, feed, asked));
                }
            }
        }
        LatencyReport reads = LatencyReport.of(sitting.lines());
        if (!reads.isEmpty()) {
            text.append("\n## B-L1: sequential reads\n").append(reads.table());
        }
        StartReport starts = StartReport.of(sitting.lines());
        if (!starts.isEmpty()) {
            text.append("\n## B-U1: start-up\n").append(starts.table());
        }
        LoadReport loads = LoadReport.of(sitting.lines());
        for (Load load : Load.values()) {
            if (loads.has(load)) {
                text.append("\n## ").append(load.id()).append(": ").append(load.text());
                text.append('\n').append(loads.table(load));
            }
        }
        DaReport das = DaReport.of(sitting.lines());
        for (DaBenchmark each : DaBenchmark.values()) {
            if (das.has(each)) {
                text.append("\n## ").append(each.id()).append(": ").append(each.text());
                text.append('\n').append(das.table(each));
            }
        }
        ConsoleReport consoles = ConsoleReport.of(sitting.lines());
        for (ConsoleBenchmark each : ConsoleBenchmark.values()) {
            if (consoles.has(each)) {
                text.append("\n## ").append(each.id()).append(": ").append(each.text());
                text.append('\n').append(consoles.table(each));
            }
        }
        return text.toString();
    }
}
