package org.tandemopc.bench.latency;

import org.tandemopc.bench.latency.ReadLatency.Kind;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.world.Way;

/**
 * The reads of one kind on one path in one run: times in microseconds, processor time in microseconds a read.
 *
 * @param pressure highest share of 10 s in which some task waited for a processor, at the blocks of this run; percent
 */
record Figures(
        int run,
        Kind kind,
        Way path,
        long reads,
        double p50,
        double p90,
        double p99,
        double p999,
        double serverCpu,
        double clientCpu,
        double proxyCpu,
        double pressure) {
    static final String BENCH = "B-L1";

    private static final String SECURED = "Basic256Sha256";

    String json() {
        return new JsonLine()
                .put("bench", BENCH)
                .put("subject", path.word())
                .put("run", run)
                .put("security", kind.isSecured() ? SECURED : "None")
                .put("nodes", kind.nodes())
                .put("reads", reads)
                .put("p50Us", p50)
                .put("p90Us", p90)
                .put("p99Us", p99)
                .put("p999Us", p999)
                .put("serverCpuUs", serverCpu)
                .put("clientCpuUs", clientCpu)
                .put("proxyCpuUs", proxyCpu)
                .put("psiSomeAvg10", pressure)
                .toString();
    }

    /** From what {@link #json()} wrote. */
    static Figures of(Line line) {
        return new Figures(
                line.count("run"),
                new Kind(line.is("security", SECURED), line.count("nodes")),
                Way.of(line.text("subject")),
                line.whole("reads"),
                line.figure("p50Us"),
                line.figure("p90Us"),
                line.figure("p99Us"),
                line.figure("p999Us"),
                line.figure("serverCpuUs"),
                line.figure("clientCpuUs"),
                line.figure("proxyCpuUs"),
                line.figure("psiSomeAvg10"));
    }
}
