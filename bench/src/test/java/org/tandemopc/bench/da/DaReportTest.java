package org.tandemopc.bench.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Target;

class DaReportTest {
    private static DaMeasured read(String subject, int run, double p50) {
        return measured(DaBenchmark.READS, "1 item", subject, run, Map.of("p50Us", p50), 0, 0, 0);
    }

    private static DaMeasured fault(double before, double after, long lost, long doubled, long failed) {
        return measured(
                DaBenchmark.FAULTS,
                "kill -9",
                "tandem",
                1,
                Map.of("longestBeforeMs", before, "longestAfterMs", after),
                lost,
                doubled,
                failed);
    }

    private static DaMeasured measured(
            DaBenchmark benchmark,
            String kind,
            String subject,
            int run,
            Map<String, Double> figures,
            long lost,
            long doubled,
            long failed) {
        return new DaMeasured(benchmark, kind, subject, run, figures, lost, doubled, failed, 3);
    }

    /** By way of the lines, as a page is made. */
    private static DaReport report(DaMeasured... results) {
        return DaReport.of(
                Stream.of(results).map(DaMeasured::json).map(Line::parse).toList());
    }

    @Test
    void whatTandemAddsIsMeasuredInWhatHaProxyAddsInTheSameRun() {
        DaReport report = report(
                read("direct", 1, 40),
                read("haproxy", 1, 90),
                read("tandem", 1, 140),
                read("direct", 2, 50),
                read("haproxy", 2, 60),
                read("tandem", 2, 90),
                read("direct", 3, 50),
                read("haproxy", 3, 45),
                read("tandem", 3, 90));

        assertThat(report.targets()).containsExactly(Target.atMost("B-D1 A, 1 item", 3, 3));
        assertThat(report.table(DaBenchmark.READS).toString()).containsPattern("tandem .* 3 \\(2\\.\\.4\\) ");
    }

    @Test
    void callsAreHeldAgainstThoseOfUtgard() {
        DaReport report = report(
                measured(DaBenchmark.CALLS, "Read 1 item", "ours", 1, Map.of("perSecond", 30_000.0), 0, 0, 0),
                measured(DaBenchmark.CALLS, "Read 1 item", "utgard", 1, Map.of("perSecond", 20_000.0), 0, 0, 0));

        assertThat(report.targets())
                .containsExactly(Target.atLeast("B-C4 calls/s, ours / Utgard's, Read 1 item", 1.5, 2));
        assertThat(report.isComplete(DaBenchmark.CALLS)).isTrue();
    }

    /** With several callers, which slow Utgard down, it is held to what it does with one. */
    @Test
    void callsOfManyAreHeldAgainstTheBestOfUtgard() {
        String many = "Read 1 item, 16 callers";
        DaReport report = report(
                measured(DaBenchmark.CALLS, "Read 1 item", "ours", 1, Map.of("perSecond", 22_000.0), 0, 0, 0),
                measured(DaBenchmark.CALLS, "Read 1 item", "utgard", 1, Map.of("perSecond", 20_000.0), 0, 0, 0),
                measured(DaBenchmark.CALLS, many, "ours", 1, Map.of("perSecond", 50_000.0), 0, 0, 0),
                measured(DaBenchmark.CALLS, many, "utgard", 1, Map.of("perSecond", 15_000.0), 0, 0, 0));

        assertThat(report.targets())
                .containsExactly(
                        Target.atLeast("B-C4 calls/s, ours / Utgard's, Read 1 item", 1.1, 2),
                        Target.atLeast("B-C4 calls/s, ours / Utgard's, " + many, 2.5, 2));
    }

    @Test
    void theLongestIntervalAfterAFaultIsHeldAgainstTheOneBefore() {
        assertThat(report(fault(100, 115, 0, 0, 0)).targets())
                .containsExactly(Target.atMost("B-D3 longest interval after / before the fault, kill -9", 1.15, 1.2));
    }

    @Test
    void lossDoublesAndFailuresThroughTandemBreakTheRules() {
        assertThat(report(fault(100, 100, 1, 0, 0)).violations())
                .containsExactly("B-D3 kill -9 run 1: 1 lost, 0 doubled, 0 failed");
        assertThat(report(fault(100, 100, 0, 2, 0)).violations()).hasSize(1);
        assertThat(report(fault(100, 100, 0, 0, 3)).violations()).hasSize(1);
        assertThat(report(fault(100, 100, 0, 0, 0)).violations()).isEmpty();
        assertThat(report(measured(DaBenchmark.VALUES, "many", "direct", 1, Map.of(), 5, 0, 0))
                        .violations())
                .isEmpty();
    }

    @Test
    void aSubjectWithoutAResultIsMissed() {
        DaReport report = report(read("direct", 1, 40), read("tandem", 1, 140));

        assertThat(report.isComplete(DaBenchmark.READS)).isFalse();
        assertThat(report.has(DaBenchmark.READS)).isTrue();
        assertThat(report.has(DaBenchmark.CALLS)).isFalse();
        assertThat(DaReport.of(List.of()).highestPressure()).isNaN();
    }
}
