package org.tandemopc.bench.start;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;

/** What the starts of B-U1 say. */
public final class StartReport {
    private static final double RATIO_MAX = 0.5;

    private final List<Start> starts;

    private StartReport(List<Start> starts) {
        this.starts = starts;
    }

    /** Of the lines of results that are of this benchmark. */
    public static StartReport of(List<Line> lines) {
        return new StartReport(lines.stream()
                .filter(line -> line.is("bench", Start.BENCH))
                .map(Start::of)
                .toList());
    }

    public boolean isEmpty() {
        return starts.isEmpty();
    }

    private Spread spread(Starter starter, ToDoubleFunction<Start> figure) {
        return Spread.of(starts.stream()
                .filter(each -> each.starter() == starter)
                .mapToDouble(figure)
                .boxed()
                .toList());
    }

    public Table table() {
        Table table = new Table("subject", "n", "to the first answer, ms", "CPU ms", "median / milo");
        double milo = spread(Starter.MILO, Start::millis).median();
        for (Starter each : Starter.values()) {
            Spread millis = spread(each, Start::millis);
            table.row(
                    each.word(),
                    String.valueOf(millis.n()),
                    millis.withRange() + (isBusy() ? " ?" : ""),
                    spread(each, Start::cpuMillis).withRange(),
                    Spread.number(millis.median() / milo));
        }
        return table;
    }

    public List<Target> targets() {
        if (isEmpty()) {
            return List.of();
        }
        double ratio = spread(Starter.TANDEM, Start::millis).median()
                / spread(Starter.MILO, Start::millis).median();
        return List.of(Target.atMost("B-U1 median time to the first answer, tandem / milo", ratio, RATIO_MAX));
    }

    /** What is missing: every subject has to have answered. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Starter each : Starter.values()) {
            if (!(spread(each, Start::millis).median() > 0)) {
                violations.add(Start.BENCH + " has no result of " + each.word());
            }
        }
        return violations;
    }

    /** NaN without figures. */
    public double highestPressure() {
        return starts.stream()
                .mapToDouble(Start::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }

    private boolean isBusy() {
        return highestPressure() > Machine.PRESSURE_MAX;
    }
}
