package org.tandemopc.bench.da;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tandemopc.bench.da.DaBenchmark.Column;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;

/**
 * One result of one benchmark and subject.
 *
 * @param kind which of the benchmark's sizes, in words
 * @param subject one of the benchmark's
 * @param figures by the field of the benchmark's columns; what is missing was not measured of this subject
 * @param lost values that a server showed and the client never got
 * @param doubled values that came again, or after a newer one
 * @param failed values that were not good, and calls that failed
 * @param pressure of the machine: percent of 10 s in which some task waited for a processor
 */
record DaMeasured(
        DaBenchmark benchmark,
        String kind,
        String subject,
        int run,
        Map<String, Double> figures,
        long lost,
        long doubled,
        long failed,
        double pressure) {

    double figure(String field) {
        return figures.getOrDefault(field, Double.NaN);
    }

    String json() {
        JsonLine line = new JsonLine()
                .put("bench", benchmark.id())
                .put("subject", subject)
                .put("kind", kind)
                .put("run", run);
        for (Column column : benchmark.columns()) {
            line.put(column.field(), figure(column.field()));
        }
        return line.put("lost", lost)
                .put("doubled", doubled)
                .put("failed", failed)
                .put("psiSomeAvg10", pressure)
                .toString();
    }

    /** From what {@link #json()} wrote. */
    static DaMeasured of(Line line) {
        DaBenchmark benchmark = DaBenchmark.of(line.text("bench"));
        Map<String, Double> figures = new LinkedHashMap<>();
        for (Column column : benchmark.columns()) {
            figures.put(column.field(), line.figure(column.field()));
        }
        return new DaMeasured(
                benchmark,
                line.text("kind"),
                line.text("subject"),
                line.count("run"),
                figures,
                line.whole("lost"),
                line.whole("doubled"),
                line.whole("failed"),
                line.figure("psiSomeAvg10"));
    }
}
