package org.tandemopc.bench.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.tandemopc.bench.latency.ReadLatency.Kind;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;

/** What the runs of B-L1 say. */
public final class LatencyReport {
    private static final double PLAIN_MAX = 2.5;
    private static final double SECURED_MAX = 3;
    private static final int KINDS = 4;

    private final List<Figures> figures;

    LatencyReport(List<Figures> figures) {
        this.figures = List.copyOf(figures);
    }

    /** Of the lines of results that are of this benchmark. */
    public static LatencyReport of(List<Line> lines) {
        return new LatencyReport(lines.stream()
                .filter(line -> line.is("bench", Figures.BENCH))
                .map(Figures::of)
                .toList());
    }

    public boolean isEmpty() {
        return figures.isEmpty();
    }

    private List<Kind> kinds() {
        return figures.stream().map(Figures::kind).distinct().toList();
    }

    private List<Figures> of(Kind kind, Way path) {
        return figures.stream()
                .filter(each -> each.kind().equals(kind) && each.path() == path)
                .toList();
    }

    private Spread spread(Kind kind, Way path, ToDoubleFunction<Figures> figure) {
        return Spread.of(of(kind, path).stream().mapToDouble(figure).boxed().toList());
    }

    /** What Tandem adds to the median, in what HAProxy adds to it; a figure for each run in which HAProxy adds something. */
    Spread added(Kind kind) {
        List<Double> all = new ArrayList<>();
        for (Figures tandem : of(kind, Way.TANDEM)) {
            double direct = p50(kind, Way.DIRECT, tandem.run());
            double yardstick = p50(kind, Way.HAPROXY, tandem.run()) - direct;
            if (yardstick > 0) {
                all.add((tandem.p50() - direct) / yardstick);
            }
        }
        return Spread.of(all);
    }

    private double p50(Kind kind, Way path, int run) {
        return of(kind, path).stream()
                .filter(each -> each.run() == run)
                .mapToDouble(Figures::p50)
                .findFirst()
                .orElse(Double.NaN);
    }

    public Table table() {
        Table table = new Table(
                "read",
                "path",
                "runs",
                "p50 us",
                "p90 us",
                "p99 us",
                "p99.9 us",
                "p50 / direct",
                "p99.9 / direct",
                "added p50 us",
                "A",
                "CPU us/read server",
                "client",
                "proxy");
        for (Kind kind : kinds()) {
            double direct = spread(kind, Way.DIRECT, Figures::p50).median();
            double slowest = spread(kind, Way.DIRECT, Figures::p999).median();
            for (Way path : Way.values()) {
                double median = spread(kind, path, Figures::p50).median();
                table.row(
                        kind.text(),
                        path.word(),
                        String.valueOf(of(kind, path).size()),
                        spread(kind, path, Figures::p50).withRange(),
                        spread(kind, path, Figures::p90).withRange(),
                        spread(kind, path, Figures::p99).withRange() + (isBusy() ? " ?" : ""),
                        spread(kind, path, Figures::p999).withRange() + (isBusy() ? " ?" : ""),
                        Spread.number(median / direct),
                        Spread.number(spread(kind, path, Figures::p999).median() / slowest),
                        path == Way.DIRECT ? "-" : Spread.number(median - direct),
                        path == Way.TANDEM ? added(kind).withRange() : path == Way.HAPROXY ? "1" : "-",
                        Spread.number(spread(kind, path, Figures::serverCpu).median()),
                        Spread.number(spread(kind, path, Figures::clientCpu).median()),
                        path == Way.DIRECT
                                ? "-"
                                : Spread.number(
                                        spread(kind, path, Figures::proxyCpu).median()));
            }
        }
        return table;
    }

    public List<Target> targets() {
        return kinds().stream()
                .map(kind -> Target.atMost(
                        "B-L1 A, " + kind.text(), added(kind).median(), kind.isSecured() ? SECURED_MAX : PLAIN_MAX))
                .toList();
    }

    /** What is missing: every kind of read has to have figures on every path. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        if (kinds().size() != KINDS) {
            violations.add("B-L1 has no complete result");
        }
        for (Kind kind : kinds()) {
            for (Way path : Way.values()) {
                if (!(spread(kind, path, Figures::p50).median() > 0)) {
                    violations.add("B-L1 has no figures for " + kind.text() + ", " + path.word());
                }
            }
        }
        return violations;
    }

    /** NaN without figures. */
    public double highestPressure() {
        return figures.stream()
                .mapToDouble(Figures::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }

    private boolean isBusy() {
        return highestPressure() > Machine.PRESSURE_MAX;
    }
}
