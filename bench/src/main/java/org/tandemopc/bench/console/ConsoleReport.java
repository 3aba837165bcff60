package org.tandemopc.bench.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.bench.console.ConsoleBenchmark.Column;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;

/** What the results of this package's benchmarks say together. */
public final class ConsoleReport {
    /** Of a page that has as many octets and does nothing. */
    private static final double START_MAX = 4;
    /** From where on people notice that they wait (RAIL). */
    private static final double ANSWER_MS_MAX = 100;
    /** From where on the platform itself calls a task long. */
    private static final double TASK_MS_MAX = 50;
    /** Of what the browser does with rows that are simply there. */
    private static final double FRAME_MAX = 1.5;

    private final List<ConsoleMeasured> results;

    ConsoleReport(List<ConsoleMeasured> results) {
        this.results = List.copyOf(results);
    }

    /** Of the lines of results that are of these benchmarks. */
    public static ConsoleReport of(List<Line> lines) {
        return new ConsoleReport(lines.stream()
                .filter(line -> Arrays.stream(ConsoleBenchmark.values()).anyMatch(each -> line.is("bench", each.id())))
                .map(ConsoleMeasured::of)
                .toList());
    }

    public boolean has(ConsoleBenchmark benchmark) {
        return results.stream().anyMatch(each -> each.benchmark() == benchmark);
    }

    private List<ConsoleMeasured> of(ConsoleBenchmark benchmark, String kind, String subject) {
        return results.stream()
                .filter(each -> each.benchmark() == benchmark
                        && each.kind().equals(kind)
                        && each.subject().equals(subject))
                .toList();
    }

    private List<String> kinds(ConsoleBenchmark benchmark) {
        return results.stream()
                .filter(each -> each.benchmark() == benchmark)
                .map(ConsoleMeasured::kind)
                .distinct()
                .toList();
    }

    private Spread spread(ConsoleBenchmark benchmark, String kind, String subject, String field) {
        return Spread.of(of(benchmark, kind, subject).stream()
                .map(each -> each.figure(field))
                .filter(Double::isFinite)
                .toList());
    }

    /** A row for each kind and subject that was measured. */
    public Table table(ConsoleBenchmark benchmark) {
        List<String> headings = new ArrayList<>(List.of("kind", "subject", "runs"));
        benchmark.columns().forEach(column -> headings.add(column.heading()));
        headings.addAll(List.of("failed", "PSI % avg10"));
        Table table = new Table(headings.toArray(String[]::new));
        for (String kind : kinds(benchmark)) {
            for (String subject : List.of(ConsoleBenchmark.STATIC, ConsoleBenchmark.TANDEM)) {
                List<ConsoleMeasured> of = of(benchmark, kind, subject);
                if (!of.isEmpty()) {
                    table.row(row(benchmark, kind, subject, of));
                }
            }
        }
        return table;
    }

    private String[] row(ConsoleBenchmark benchmark, String kind, String subject, List<ConsoleMeasured> of) {
        String doubt = of.stream().anyMatch(each -> each.pressure() > Machine.PRESSURE_MAX) ? " ?" : "";
        List<String> cells = new ArrayList<>(List.of(kind, subject, String.valueOf(of.size())));
        for (Column column : benchmark.columns()) {
            Spread spread = spread(benchmark, kind, subject, column.field());
            cells.add(spread.n() == 0 ? "-" : spread.withRange() + doubt);
        }
        cells.add(String.valueOf(of.stream().mapToLong(ConsoleMeasured::failed).sum()));
        cells.add(Spread.of(of.stream().map(ConsoleMeasured::pressure).toList()).withRange());
        return cells.toArray(String[]::new);
    }

    /** What issue and design aim at; milliseconds where there is a limit that people's senses set. */
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String kind : kinds(ConsoleBenchmark.START)) {
            targets.add(Target.atMost(
                    "B-W1 click answered, Tandem / static page, " + kind,
                    median(ConsoleBenchmark.START, kind, ConsoleBenchmark.TANDEM, "answeredMs")
                            / median(ConsoleBenchmark.START, kind, ConsoleBenchmark.STATIC, "answeredMs"),
                    START_MAX));
        }
        for (String kind : kinds(ConsoleBenchmark.USE)) {
            double answer = median(ConsoleBenchmark.USE, kind, ConsoleBenchmark.TANDEM, "p50Ms");
            if (Double.isFinite(answer)) {
                targets.add(Target.atMost("B-W2 answer p50 ms, " + kind, answer, ANSWER_MS_MAX));
            }
            targets.add(Target.atMost(
                    "B-W2 longest task ms, " + kind,
                    median(ConsoleBenchmark.USE, kind, ConsoleBenchmark.TANDEM, "longestTaskMs"),
                    TASK_MS_MAX));
            double plain = median(ConsoleBenchmark.USE, kind, ConsoleBenchmark.STATIC, "frameP95Ms");
            if (Double.isFinite(plain)) {
                targets.add(Target.atMost(
                        "B-W2 frame interval p95, Tandem / static page, " + kind,
                        median(ConsoleBenchmark.USE, kind, ConsoleBenchmark.TANDEM, "frameP95Ms") / plain,
                        FRAME_MAX));
            }
        }
        return targets;
    }

    private double median(ConsoleBenchmark benchmark, String kind, String subject, String field) {
        return spread(benchmark, kind, subject, field).median();
    }

    /** What breaks a rule that holds in every run, in words: every record is shown, and no page meets an error. */
    public List<String> violations() {
        return results.stream()
                .filter(each -> each.subject().equals(ConsoleBenchmark.TANDEM) && each.failed() > 0)
                .map(each -> "%s %s run %d: %d failed"
                        .formatted(each.benchmark().id(), each.kind(), each.run(), each.failed()))
                .toList();
    }

    /** Whether the console and what it is compared with have results. */
    public boolean isComplete(ConsoleBenchmark benchmark) {
        return results.stream()
                        .filter(each -> each.benchmark() == benchmark)
                        .map(ConsoleMeasured::subject)
                        .distinct()
                        .count()
                == 2;
    }

    /** NaN without results. */
    public double highestPressure() {
        return results.stream()
                .mapToDouble(ConsoleMeasured::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }
}
