package org.tandemopc.bench.da;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.bench.da.DaBenchmark.Column;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;

/** What the results of this package's benchmarks say together. */
public final class DaReport {
    private static final double ADDED_MAX = 3;
    private static final double CALLS_OF_UTGARD_MIN = 2;
    private static final double LONGEST_MAX = 1.2;

    private static final String DIRECT = "direct";
    private static final String HAPROXY = "haproxy";
    private static final String TANDEM = "tandem";

    private final List<DaMeasured> results;

    DaReport(List<DaMeasured> results) {
        this.results = List.copyOf(results);
    }

    /** Of the lines of results that are of these benchmarks. */
    public static DaReport of(List<Line> lines) {
        return new DaReport(lines.stream()
                .filter(line -> Arrays.stream(DaBenchmark.values()).anyMatch(each -> line.is("bench", each.id())))
                .map(DaMeasured::of)
                .toList());
    }

    public boolean has(DaBenchmark benchmark) {
        return results.stream().anyMatch(each -> each.benchmark() == benchmark);
    }

    private List<DaMeasured> of(DaBenchmark benchmark, String kind, String subject) {
        return results.stream()
                .filter(each -> each.benchmark() == benchmark
                        && each.kind().equals(kind)
                        && each.subject().equals(subject))
                .toList();
    }

    private List<String> kinds(DaBenchmark benchmark) {
        return results.stream()
                .filter(each -> each.benchmark() == benchmark)
                .map(DaMeasured::kind)
                .distinct()
                .toList();
    }

    private Spread spread(DaBenchmark benchmark, String kind, String subject, String field) {
        return Spread.of(of(benchmark, kind, subject).stream()
                .map(each -> each.figure(field))
                .filter(Double::isFinite)
                .toList());
    }

    /** What Tandem adds to the median of reads, in what HAProxy adds to it: a figure for each run in which that is something. */
    Spread added(String kind) {
        List<Double> all = new ArrayList<>();
        for (DaMeasured tandem : of(DaBenchmark.READS, kind, TANDEM)) {
            double direct = p50(kind, DIRECT, tandem.run());
            double yardstick = p50(kind, HAPROXY, tandem.run()) - direct;
            if (yardstick > 0) {
                all.add((tandem.figure("p50Us") - direct) / yardstick);
            }
        }
        return Spread.of(all);
    }

    private double p50(String kind, String subject, int run) {
        return of(DaBenchmark.READS, kind, subject).stream()
                .filter(each -> each.run() == run)
                .mapToDouble(each -> each.figure("p50Us"))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** A row for each kind and subject that was measured. */
    public Table table(DaBenchmark benchmark) {
        List<String> headings = new ArrayList<>(List.of("kind", "subject", "runs"));
        benchmark.columns().forEach(column -> headings.add(column.heading()));
        if (benchmark == DaBenchmark.READS) {
            headings.add("A");
        }
        headings.addAll(List.of("lost", "doubled", "failed", "PSI % avg10"));
        Table table = new Table(headings.toArray(String[]::new));
        for (String kind : kinds(benchmark)) {
            for (String subject : benchmark.subjects()) {
                List<DaMeasured> of = of(benchmark, kind, subject);
                if (!of.isEmpty()) {
                    table.row(row(benchmark, kind, subject, of));
                }
            }
        }
        return table;
    }

    private String[] row(DaBenchmark benchmark, String kind, String subject, List<DaMeasured> of) {
        String doubt = of.stream().anyMatch(each -> each.pressure() > Machine.PRESSURE_MAX) ? " ?" : "";
        List<String> cells = new ArrayList<>(List.of(kind, subject, String.valueOf(of.size())));
        for (Column column : benchmark.columns()) {
            Spread spread = spread(benchmark, kind, subject, column.field());
            cells.add(spread.n() == 0 ? "-" : spread.withRange() + doubt);
        }
        if (benchmark == DaBenchmark.READS) {
            cells.add(subject.equals(TANDEM) ? added(kind).withRange() : subject.equals(HAPROXY) ? "1" : "-");
        }
        cells.add(String.valueOf(of.stream().mapToLong(DaMeasured::lost).sum()));
        cells.add(String.valueOf(of.stream().mapToLong(DaMeasured::doubled).sum()));
        cells.add(String.valueOf(of.stream().mapToLong(DaMeasured::failed).sum()));
        cells.add(Spread.of(of.stream().map(DaMeasured::pressure).toList()).withRange());
        return cells.toArray(String[]::new);
    }

    /** The ratios that issue and design aim at. */
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String kind : kinds(DaBenchmark.READS)) {
            targets.add(Target.atMost("B-D1 A, " + kind, added(kind).median(), ADDED_MAX));
        }
        for (String kind : kinds(DaBenchmark.CALLS)) {
            double ours = spread(DaBenchmark.CALLS, kind, DaCaller.Whose.OURS.word(), "perSecond")
                    .median();
            double utgard = Math.max(callsOfUtgard(kind), callsOfUtgard(alone(kind)));
            targets.add(Target.atLeast("B-C4 calls/s, ours / Utgard's, " + kind, ours / utgard, CALLS_OF_UTGARD_MIN));
        }
        for (String kind : kinds(DaBenchmark.FAULTS)) {
            double after =
                    spread(DaBenchmark.FAULTS, kind, TANDEM, "longestAfterMs").median();
            double before =
                    spread(DaBenchmark.FAULTS, kind, TANDEM, "longestBeforeMs").median();
            targets.add(Target.atMost(
                    "B-D3 longest interval after / before the fault, " + kind, after / before, LONGEST_MAX));
        }
        return targets;
    }

    private double callsOfUtgard(String kind) {
        return spread(DaBenchmark.CALLS, kind, DaCaller.Whose.UTGARD.word(), "perSecond")
                .median();
    }

    /** Of one caller: Utgard's client is not always quicker with several, and is held to the best that it can do. */
    private static String alone(String kind) {
        return kind.replaceFirst(", \\d+ callers$", "");
    }

    /** What breaks a rule that holds in every run, in words: through Tandem nothing is lost, doubled or badly answered. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (DaMeasured each : results) {
            boolean isWrong = each.lost() + each.doubled() + each.failed() > 0;
            if (each.subject().equals(TANDEM) && isWrong) {
                violations.add("%s %s run %d: %d lost, %d doubled, %d failed"
                        .formatted(
                                each.benchmark().id(),
                                each.kind(),
                                each.run(),
                                each.lost(),
                                each.doubled(),
                                each.failed()));
            }
        }
        return violations;
    }

    /** Whether each subject has a result. */
    public boolean isComplete(DaBenchmark benchmark) {
        return benchmark.subjects().stream()
                .allMatch(subject -> results.stream()
                        .anyMatch(each ->
                                each.benchmark() == benchmark && each.subject().equals(subject)));
    }

    /** NaN without results. */
    public double highestPressure() {
        return results.stream()
                .mapToDouble(DaMeasured::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }
}
