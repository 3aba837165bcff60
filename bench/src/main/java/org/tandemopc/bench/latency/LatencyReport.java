package org.tandemopc.bench.latency;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.tandemopc.bench.latency.ReadLatency.Kind;
import org.tandemopc.bench.latency.ReadLatency.Path;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Spread;
import org.tandemopc.bench.report.Table;
import org.tandemopc.bench.report.Target;

/** What the runs of B-L1 say. */
public final class LatencyReport {
    private static final double PLAIN_MAX = 2.5;
    private static final double SECURED_MAX = 3;

    /** The reads of one kind on one path in one run. One thread at a time. */
    static final class Sample {
        private final Histogram times = new Histogram(TimeUnit.SECONDS.toNanos(10), 3);
        private double serverMicros;
        private double clientMicros;
        private double proxyMicros;

        Histogram times() {
            return times;
        }

        void addCpu(double server, double client, double proxy) {
            serverMicros += server;
            clientMicros += client;
            proxyMicros += proxy;
        }

        double micros(double percentile) {
            return times.getValueAtPercentile(percentile) / 1000.0;
        }

        double serverPerRead() {
            return serverMicros / times.getTotalCount();
        }

        double clientPerRead() {
            return clientMicros / times.getTotalCount();
        }

        double proxyPerRead() {
            return proxyMicros / times.getTotalCount();
        }
    }

    private record Place(Kind kind, Path path) {}

    /** All kinds and paths once. */
    static final class Run {
        private final Map<Place, Sample> samples = new LinkedHashMap<>();

        Sample of(Kind kind, Path path) {
            return samples.computeIfAbsent(new Place(kind, path), place -> new Sample());
        }

        Sample measured(Kind kind, Path path) {
            return Objects.requireNonNull(samples.get(new Place(kind, path)));
        }

        /** What Tandem adds to the median, in what HAProxy adds to it; NaN when HAProxy seems to add nothing. */
        double added(Kind kind) {
            double direct = measured(kind, Path.DIRECT).micros(50);
            double yardstick = measured(kind, Path.HAPROXY).micros(50) - direct;
            return yardstick > 0 ? (measured(kind, Path.TANDEM).micros(50) - direct) / yardstick : Double.NaN;
        }
    }

    private final List<Run> runs;
    private final double pressure;

    LatencyReport(List<Run> runs, double pressure) {
        this.runs = List.copyOf(runs);
        this.pressure = pressure;
    }

    private List<Kind> kinds() {
        return runs.stream()
                .flatMap(run -> run.samples.keySet().stream())
                .map(Place::kind)
                .distinct()
                .toList();
    }

    private interface Figure {
        double of(Sample sample);
    }

    private Spread spread(Kind kind, Path path, Figure figure) {
        return Spread.of(
                runs.stream().map(run -> figure.of(run.measured(kind, path))).toList());
    }

    private Spread added(Kind kind) {
        return Spread.of(runs.stream()
                .map(run -> run.added(kind))
                .filter(Double::isFinite)
                .toList());
    }

    public Table table() {
        Table table = new Table(
                "read",
                "path",
                "p50 us",
                "p90 us",
                "p50 / direct",
                "added p50 us",
                "A",
                "CPU us/read server",
                "client",
                "proxy");
        for (Kind kind : kinds()) {
            double direct = spread(kind, Path.DIRECT, s -> s.micros(50)).median();
            for (Path path : Path.values()) {
                double median = spread(kind, path, s -> s.micros(50)).median();
                table.row(
                        kind.text(),
                        path.name().toLowerCase(java.util.Locale.ROOT),
                        spread(kind, path, s -> s.micros(50)).withRange(),
                        spread(kind, path, s -> s.micros(90)).withRange(),
                        Spread.number(median / direct),
                        path == Path.DIRECT ? "-" : Spread.number(median - direct),
                        path == Path.TANDEM ? added(kind).withRange() : path == Path.HAPROXY ? "1" : "-",
                        Spread.number(spread(kind, path, Sample::serverPerRead).median()),
                        Spread.number(spread(kind, path, Sample::clientPerRead).median()),
                        path == Path.DIRECT
                                ? "-"
                                : Spread.number(
                                        spread(kind, path, Sample::proxyPerRead).median()));
            }
        }
        return table;
    }

    /** A line of JSON for each run, kind of read and path. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            for (Map.Entry<Place, Sample> entry : run.samples.entrySet()) {
                Kind kind = entry.getKey().kind();
                Path path = entry.getKey().path();
                Sample sample = entry.getValue();
                lines.add(new JsonLine()
                        .put("bench", "B-L1")
                        .put("subject", path.name().toLowerCase(java.util.Locale.ROOT))
                        .put("run", i + 1L)
                        .put("security", kind.isSecured() ? "Basic256Sha256" : "None")
                        .put("nodes", kind.nodes())
                        .put("reads", sample.times().getTotalCount())
                        .put("p50Us", sample.micros(50))
                        .put("p90Us", sample.micros(90))
                        .put("p99Us", sample.micros(99))
                        .put("serverCpuUs", sample.serverPerRead())
                        .put("clientCpuUs", sample.clientPerRead())
                        .put("proxyCpuUs", sample.proxyPerRead())
                        .put("a", path == Path.TANDEM ? run.added(kind) : Double.NaN)
                        .put("psiSomeAvg10", pressure)
                        .toString());
            }
        }
        return lines;
    }

    public List<Target> targets() {
        return kinds().stream()
                .map(kind -> new Target(
                        "B-L1 A, " + kind.text(), added(kind).median(), kind.isSecured() ? SECURED_MAX : PLAIN_MAX))
                .toList();
    }

    /** What is missing: every kind of read has to have figures on every path. */
    public List<String> violations() {
        List<String> violations = new ArrayList<>();
        if (runs.isEmpty() || kinds().size() != 4) {
            violations.add("B-L1 has no complete result");
        }
        for (Kind kind : kinds()) {
            for (Path path : Path.values()) {
                if (!(spread(kind, path, s -> s.micros(50)).median() > 0)) {
                    violations.add("B-L1 has no figures for " + kind.text() + ", " + path);
                }
            }
        }
        return violations;
    }

    public double pressure() {
        return pressure;
    }
}
