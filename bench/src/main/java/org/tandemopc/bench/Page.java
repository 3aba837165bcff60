package org.tandemopc.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tandemopc.bench.failover.FailoverReport;
import org.tandemopc.bench.failover.Fault;
import org.tandemopc.bench.failover.Subject;
import org.tandemopc.bench.latency.LatencyReport;
import org.tandemopc.bench.load.Load;
import org.tandemopc.bench.load.LoadReport;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;

/** The page that results make, and what they break of the rules that hold in every run. */
final class Page {
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
        FailoverReport failover = FailoverReport.of(sitting.lines());
        violations.addAll(failover.violations());
        for (Fault fault : sitting.faults()) {
            for (Subject subject : sitting.subjects()) {
                if (fault.concerns(subject) && !failover.has(fault, subject)) {
                    violations.add(fault.id() + " " + subject.word() + " has no result: " + sitting.failures());
                }
            }
        }
        if (sitting.hasLatency()) {
            violations.addAll(LatencyReport.of(sitting.lines()).violations());
        }
        LoadReport loads = LoadReport.of(sitting.lines());
        violations.addAll(loads.violations());
        for (Load load : sitting.loads()) {
            if (!loads.isComplete(load)) {
                violations.add(load.id() + " has no result: " + sitting.failures());
            }
        }
    }

    /** In words; empty: all rules kept. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    String text() {
        StringBuilder text = new StringBuilder(Texts.HEAD);
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
        double pressure = Math.max(
                Math.max(
                        orZero(FailoverReport.of(sitting.lines()).highestPressure()),
                        orZero(LatencyReport.of(sitting.lines()).highestPressure())),
                orZero(LoadReport.of(sitting.lines()).highestPressure()));
        return String.format(
                Locale.ROOT,
                "- highest PSI cpu some avg10 at a measurement: %.1f %%%s%n",
                pressure,
                pressure > Machine.PRESSURE_MAX ? "; maxima and p99 marked ? are **invalid**, medians hold" : "");
    }

    private static double orZero(double figure) {
        return Double.isNaN(figure) ? 0 : figure;
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (Sitting sitting : sittings) {
            FailoverReport failover = FailoverReport.of(sitting.lines());
            sitting.faults().forEach(fault -> targets.addAll(failover.targets(fault)));
            targets.addAll(LatencyReport.of(sitting.lines()).targets());
            targets.addAll(LoadReport.of(sitting.lines()).targets());
        }
        return targets;
    }

    private static String figures(Sitting sitting) {
        StringBuilder text = new StringBuilder();
        FailoverReport failover = FailoverReport.of(sitting.lines());
        for (Fault fault : sitting.faults()) {
            text.append("\n## ").append(fault.id()).append(": ").append(fault.text());
            if (fault == Fault.SUSPICION) {
                text.append('\n').append(failover.suspected(sitting.repetitions()));
                continue;
            }
            text.append(" of the active server\n").append(failover.seen(fault, sitting.repetitions()));
            text.append('\n').append(failover.times(fault));
        }
        LatencyReport reads = LatencyReport.of(sitting.lines());
        if (!reads.isEmpty()) {
            text.append("\n## B-L1: sequential reads\n").append(reads.table());
        }
        LoadReport loads = LoadReport.of(sitting.lines());
        for (Load load : Load.values()) {
            if (loads.has(load)) {
                text.append("\n## ").append(load.id()).append(": ").append(load.text());
                text.append('\n').append(loads.table(load));
            }
        }
        return text.toString();
    }
}
