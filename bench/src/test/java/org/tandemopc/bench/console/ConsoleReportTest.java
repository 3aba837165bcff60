package org.tandemopc.bench.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Target;

class ConsoleReportTest {
    private static ConsoleMeasured measured(
            ConsoleBenchmark benchmark,
            String kind,
            String subject,
            int run,
            Map<String, Double> figures,
            long failed) {
        return new ConsoleMeasured(benchmark, kind, subject, run, figures, failed, 3);
    }

    private static ConsoleMeasured start(String subject, int run, double answered) {
        return measured(ConsoleBenchmark.START, "50 pairs", subject, run, Map.of("answeredMs", answered), 0);
    }

    /** By way of the lines, as a page is made. */
    private static ConsoleReport report(ConsoleMeasured... results) {
        return ConsoleReport.of(
                Stream.of(results).map(ConsoleMeasured::json).map(Line::parse).toList());
    }

    @Test
    void startIsARatioOfMediansToTheStaticPage() {
        ConsoleReport report = report(
                start("static", 1, 100),
                start("tandem", 1, 300),
                start("static", 2, 90),
                start("tandem", 2, 250),
                start("static", 3, 500),
                start("tandem", 3, 900));

        assertThat(report.targets())
                .containsExactly(Target.atMost("B-W1 click answered, Tandem / static page, 50 pairs", 3, 4));
        assertThat(report.isComplete(ConsoleBenchmark.START)).isTrue();
        assertThat(report.isComplete(ConsoleBenchmark.USE)).isFalse();
        assertThat(report(start("tandem", 1, 1)).isComplete(ConsoleBenchmark.START))
                .as("with nothing to compare with")
                .isFalse();
    }

    @Test
    void useIsHeldToWhatPeopleNoticeAndFramesToTheStaticPage() {
        Map<String, Double> plain = Map.of("frameP95Ms", 20.0, "longestTaskMs", 0.0);
        Map<String, Double> ours = Map.of("frameP95Ms", 25.0, "longestTaskMs", 60.0, "p50Ms", 40.0);
        List<Target> targets = report(
                        measured(ConsoleBenchmark.USE, "scrolling", "static", 1, plain, 0),
                        measured(ConsoleBenchmark.USE, "scrolling", "tandem", 1, ours, 0))
                .targets();

        assertThat(targets)
                .containsExactly(
                        Target.atMost("B-W2 answer p50 ms, scrolling", 40, 100),
                        Target.atMost("B-W2 longest task ms, scrolling", 60, 50),
                        Target.atMost("B-W2 frame interval p95, Tandem / static page, scrolling", 1.25, 1.5));
        assertThat(targets).extracting(Target::isMet).containsExactly(true, false, true);
    }

    @Test
    void recordThatIsNotShownBreaksARule() {
        ConsoleReport report = report(
                measured(ConsoleBenchmark.USE, "records coming", "tandem", 2, Map.of(), 3), start("static", 1, 1));

        assertThat(report.violations()).containsExactly("B-W2 records coming run 2: 3 failed");
        assertThat(report.table(ConsoleBenchmark.USE).toString()).contains("records coming", "| 3 ");
    }
}
