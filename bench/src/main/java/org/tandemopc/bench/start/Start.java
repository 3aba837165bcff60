package org.tandemopc.bench.start;

import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;

/**
 * One start.
 *
 * @param millis from the making of the process to the first answer of a Read
 * @param cpuMillis processor time that it had used by then; steps of 10 ms
 * @param pressure share of 10 s in which some task waited for a processor; percent
 */
record Start(int run, Starter starter, double millis, double cpuMillis, double pressure) {
    static final String BENCH = "B-U1";

    String json() {
        return new JsonLine()
                .put("bench", BENCH)
                .put("subject", starter.word())
                .put("run", run)
                .put("startMs", millis)
                .put("cpuMs", cpuMillis)
                .put("psiSomeAvg10", pressure)
                .toString();
    }

    /** From what {@link #json()} wrote. */
    static Start of(Line line) {
        return new Start(
                line.count("run"),
                Starter.of(line.text("subject")),
                line.figure("startMs"),
                line.figure("cpuMs"),
                line.figure("psiSomeAvg10"));
    }
}
