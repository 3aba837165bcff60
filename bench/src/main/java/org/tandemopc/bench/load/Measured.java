package org.tandemopc.bench.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tandemopc.bench.load.Load.Column;
import org.tandemopc.bench.report.JsonLine;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.world.Way;

/**
 * One result of one benchmark on one way.
 *
 * @param kind which of the benchmark's sizes, in words
 * @param figures by the field of the benchmark's columns; what is missing was not measured on this way
 * @param lost values that the server had and the client never got
 * @param doubled values that came again, or after a newer one
 * @param failed answers that were none: bad status, or no answer
 * @param pressure of the machine: percent of 10 s in which some task waited for a processor
 */
record Measured(
        Load load,
        String kind,
        Way way,
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
                .put("bench", load.id())
                .put("subject", way.word())
                .put("kind", kind)
                .put("run", run);
        for (Column column : load.columns()) {
            line.put(column.field(), figure(column.field()));
        }
        return line.put("lost", lost)
                .put("doubled", doubled)
                .put("failed", failed)
                .put("psiSomeAvg10", pressure)
                .toString();
    }

    /** From what {@link #json()} wrote. */
    static Measured of(Line line) {
        Load load = Load.of(line.text("bench"));
        Map<String, Double> figures = new LinkedHashMap<>();
        for (Column column : load.columns()) {
            figures.put(column.field(), line.figure(column.field()));
        }
        return new Measured(
                load,
                line.text("kind"),
                Way.of(line.text("subject")),
                line.count("run"),
                figures,
                line.whole("lost"),
                line.whole("doubled"),
                line.whole("failed"),
                line.figure("psiSomeAvg10"));
    }
}
