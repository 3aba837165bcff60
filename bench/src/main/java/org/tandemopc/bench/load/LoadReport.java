package org.tandemopc.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.bench.load.Load.Column;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Way;

/** What the results of this package's benchmarks say together. */
public final class LoadReport {
    private static final double READS_OF_HAPROXY_MIN = 0.7;
    private static final double READS_OF_DIRECT_MIN = 0.85;
    private static final double VALUE_CPU_MAX = 1.0;
    private static final double DELIVERED_MIN = 0.99;
    private static final double ITEM_HEAP_MAX = 1.5;
    private static final double SESSION_KILOBYTES_MAX = 64;

    private final List<Measured> results;

    LoadReport(List<Measured> results) {
        this.results = List.copyOf(results);
    }

    /** Of the lines of results that are of these benchmarks. */
    public static LoadReport of(List<Line> lines) {
        return new LoadReport(lines.stream()
                .filter(line -> Arrays.stream(Load.values()).anyMatch(load -> line.is("bench", load.id())))
                .map(Measured::of)
                .toList());
    }

    public boolean has(Load load) {
        return results.stream().anyMatch(each -> each.load() == load);
    }

    private List<Measured> of(Load load, String kind, Way way) {
        return results.stream()
                .filter(each ->
                        each.load() == load && each.way() == way && each.kind().equals(kind))
                .toList();
    }

    private List<String> kinds(Load load) {
        return results.stream()
                .filter(each -> each.load() == load)
                .map(Measured::kind)
                .distinct()
                .toList();
    }

    private Spread spread(Load load, String kind, Way way, String field) {
        return Spread.of(of(load, kind, way).stream()
                .map(each -> each.figure(field))
                .filter(Double::isFinite)
                .toList());
    }

    /** A row for each kind and way that was measured. */
    public Table table(Load load) {
        List<String> headings = new ArrayList<>(List.of("kind", "path", "runs"));
        load.columns().forEach(column -> headings.add(column.heading()));
        headings.addAll(List.of("lost", "doubled", "failed", "PSI % avg10"));
        Table table = new Table(headings.toArray(String[]::new));
        for (String kind : kinds(load)) {
            for (Way way : Way.values()) {
                List<Measured> of = of(load, kind, way);
                if (!of.isEmpty()) {
                    table.row(row(load, kind, way, of));
                }
            }
        }
        return table;
    }

    private String[] row(Load load, String kind, Way way, List<Measured> of) {
        String doubt = of.stream().anyMatch(each -> each.pressure() > Machine.PRESSURE_MAX) ? " ?" : "";
        List<String> cells = new ArrayList<>(List.of(kind, way.word(), String.valueOf(of.size())));
        for (Column column : load.columns()) {
            Spread spread = spread(load, kind, way, column.field());
            cells.add(spread.n() == 0 ? "-" : spread.withRange() + doubt);
        }
        cells.add(String.valueOf(of.stream().mapToLong(Measured::lost).sum()));
        cells.add(String.valueOf(of.stream().mapToLong(Measured::doubled).sum()));
        cells.add(String.valueOf(of.stream().mapToLong(Measured::failed).sum()));
        cells.add(Spread.of(of.stream().map(Measured::pressure).toList()).withRange());
        return cells.toArray(String[]::new);
    }

    /** The ratios that issue and design aim at. */
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String kind : kinds(Load.READS)) {
            boolean isOne = kind.equals(PipelinedReads.kind(1));
            Way peer = isOne ? Way.HAPROXY : Way.DIRECT;
            targets.add(Target.atLeast(
                    "B-T1 reads/s, Tandem / " + peer.word() + ", " + kind,
                    spread(Load.READS, kind, Way.TANDEM, "perSecond").median()
                            / spread(Load.READS, kind, peer, "perSecond").median(),
                    isOne ? READS_OF_HAPROXY_MIN : READS_OF_DIRECT_MIN));
        }
        for (String kind : kinds(Load.VALUES)) {
            targets.add(Target.atLeast(
                    "B-T2 values delivered / offered through Tandem, " + kind,
                    spread(Load.VALUES, kind, Way.TANDEM, "delivered").median(),
                    DELIVERED_MIN));
            targets.add(Target.atMost(
                    "B-T2 CPU us a value in Tandem, " + kind,
                    spread(Load.VALUES, kind, Way.TANDEM, "proxyCpuUs").median(),
                    VALUE_CPU_MAX));
        }
        for (String kind : kinds(Load.ITEMS)) {
            targets.add(Target.atMost(
                    "B-S1 heap an item, Tandem / Milo server, " + kind,
                    heapRatio(
                            spread(Load.ITEMS, kind, Way.TANDEM, "heapBytes").median(),
                            spread(Load.ITEMS, kind, Way.DIRECT, "heapBytes").median()),
                    ITEM_HEAP_MAX));
        }
        for (String kind : kinds(Load.SESSIONS)) {
            targets.add(Target.atMost(
                    "B-S2 heap KB a session in Tandem, " + kind,
                    spread(Load.SESSIONS, kind, Way.TANDEM, "heapKilobytes").median(),
                    SESSION_KILOBYTES_MAX));
        }
        return targets;
    }

    /** NaN where the heap shrank meanwhile: the items are lost in the noise, and nothing was measured. */
    private static double heapRatio(double tandem, double direct) {
        return tandem > 0 && direct > 0 ? tandem / direct : Double.NaN;
    }

    /** What breaks a rule that holds in every run, in words: through Tandem nothing is lost, doubled or badly answered. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        for (Measured each : results) {
            boolean isWrong = each.lost() + each.doubled() + each.failed() > 0;
            if (each.way() == Way.TANDEM && isWrong) {
                violations.add("%s %s run %d: %d lost, %d doubled, %d failed"
                        .formatted(
                                each.load().id(), each.kind(), each.run(), each.lost(), each.doubled(), each.failed()));
            }
        }
        return violations;
    }

    /** Whether Tandem has a result of the benchmark; the others are there to compare with. */
    public boolean isComplete(Load load) {
        return results.stream().anyMatch(each -> each.load() == load && each.way() == Way.TANDEM);
    }

    /** NaN without results. */
    public double highestPressure() {
        return results.stream()
                .mapToDouble(Measured::pressure)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    }
}
