package org.tandemopc.bench.console;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tandemopc.bench.console.ConsoleBenchmark.Column;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;

/**
 * One result of one benchmark and subject.
 *
 * @param kind what was done, in words
 * @param subject {@link ConsoleBenchmark#TANDEM} or {@link ConsoleBenchmark#STATIC}
 * @param figures by the field of the benchmark's columns; what is missing was not measured
 * @param failed records that did not come to be shown, and errors in the page
 * @param pressure of the machine: percent of 10 s in which some task waited for a processor
 */
record ConsoleMeasured(
        ConsoleBenchmark benchmark,
        String kind,
        String subject,
        int run,
        Map<String, Double> figures,
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
        return line.put("failed", failed).put("psiSomeAvg10", pressure).toString();
    }

    /** From what {@link #json()} wrote. */
    static ConsoleMeasured of(Line line) {
        ConsoleBenchmark benchmark = ConsoleBenchmark.of(line.text("bench"));
        Map<String, Double> figures = new LinkedHashMap<>();
        for (Column column : benchmark.columns()) {
            figures.put(column.field(), line.figure(column.field()));
        }
        return new ConsoleMeasured(
                benchmark,
                line.text("kind"),
                line.text("subject"),
                line.count("run"),
                figures,
                line.whole("failed"),
                line.figure("psiSomeAvg10"));
    }
}
