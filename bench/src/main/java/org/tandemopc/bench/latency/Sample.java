package org.tandemopc.bench.latency;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.tandemopc.bench.latency.ReadLatency.Kind;
import org.tandemopc.bench.world.Way;

/** Collects the reads of one kind on one path in one run. One thread at a time. */
final class Sample {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Histogram times = new Histogram(HIGHEST_NANOS, 3);
    private double serverMicros;
    private double clientMicros;
    private double proxyMicros;
    private double pressure = Double.NaN;

    void addRead(long nanos) {
        times.recordValue(Math.min(HIGHEST_NANOS, nanos));
    }

    /** A block of reads has ended. */
    void addBlock(double server, double client, double proxy, double pressureNow) {
        serverMicros += server;
        clientMicros += client;
        proxyMicros += proxy;
        pressure = Double.isNaN(pressure) ? pressureNow : Math.max(pressure, pressureNow);
    }

    Figures figures(int run, Kind kind, Way path) {
        long reads = times.getTotalCount();
        return new Figures(
                run,
                kind,
                path,
                reads,
                micros(50),
                micros(90),
                micros(99),
                micros(99.9),
                serverMicros / reads,
                clientMicros / reads,
                proxyMicros / reads,
                pressure);
    }

    private double micros(double percentile) {
        return times.getValueAtPercentile(percentile) / 1000.0;
    }
}
