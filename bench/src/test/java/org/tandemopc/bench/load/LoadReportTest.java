package org.tandemopc.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.report.Target;
import org.tandemopc.bench.world.Way;

class LoadReportTest {
    private static Measured reads(int nodes, Way way, double perSecond, long failed) {
        return new Measured(
                Load.READS,
                PipelinedReads.kind(nodes),
                way,
                1,
                Map.of("perSecond", perSecond, "serverCpuUs", 1.0, "clientCpuUs", 2.0),
                0,
                0,
                failed,
                3);
    }

    private static Measured values(Way way, double cpu, long lost) {
        return new Measured(
                Load.VALUES,
                "100 values/s",
                way,
                1,
                Map.of("perSecond", 98.0, "delivered", 0.98, "proxyCpuUs", cpu),
                lost,
                0,
                0,
                3);
    }

    private static Measured size(Load load, Way way, String field, double figure) {
        return new Measured(load, "many", way, 1, Map.of(field, figure), 0, 0, 0, 3);
    }

    /** By way of the lines, as a page is made. */
    private static LoadReport report(Measured... results) {
        return LoadReport.of(
                Stream.of(results).map(Measured::json).map(Line::parse).toList());
    }

    @Test
    void oneValueIsComparedWithHaProxyAndManyWithTheDirectWay() {
        LoadReport report = report(
                reads(1, Way.DIRECT, 1_000, 0),
                reads(1, Way.HAPROXY, 800, 0),
                reads(1, Way.TANDEM, 600, 0),
                reads(100, Way.DIRECT, 100, 0),
                reads(100, Way.HAPROXY, 99, 0),
                reads(100, Way.TANDEM, 80, 0));

        assertThat(report.targets())
                .containsExactly(
                        Target.atLeast("B-T1 reads/s, Tandem / haproxy, 1 value", 0.75, 0.7),
                        Target.atLeast("B-T1 reads/s, Tandem / direct, 100 values", 0.8, 0.85));
    }

    @Test
    void processorTimeOfAValueIsTandemsOwn() {
        assertThat(report(values(Way.HAPROXY, 0.1, 0), values(Way.TANDEM, 0.9, 0))
                        .targets())
                .containsExactly(
                        Target.atLeast("B-T2 values delivered / offered through Tandem, 100 values/s", 0.98, 0.99),
                        Target.atMost("B-T2 CPU us a value in Tandem, 100 values/s", 0.9, 1));
    }

    @Test
    void itemIsComparedWithTheServersAndASessionWithABound() {
        assertThat(report(
                                size(Load.ITEMS, Way.DIRECT, "heapBytes", 1_000),
                                size(Load.ITEMS, Way.TANDEM, "heapBytes", 1_600),
                                size(Load.SESSIONS, Way.DIRECT, "heapKilobytes", 10),
                                size(Load.SESSIONS, Way.TANDEM, "heapKilobytes", 60))
                        .targets())
                .containsExactly(
                        Target.atMost("B-S1 heap an item, Tandem / Milo server, many", 1.6, 1.5),
                        Target.atMost("B-S2 heap KB a session in Tandem, many", 60, 64));
    }

    @Test
    void onlyWhatGoesWrongThroughTandemBreaksARule() {
        LoadReport report = report(values(Way.DIRECT, 0, 7), values(Way.TANDEM, 1, 2), reads(1, Way.TANDEM, 10, 1));

        assertThat(report.violations())
                .containsExactly(
                        "B-T2 100 values/s run 1: 2 lost, 0 doubled, 0 failed",
                        "B-T1 1 value run 1: 0 lost, 0 doubled, 1 failed");
    }

    @Test
    void resultIsOneOfTandem() {
        LoadReport report = report(values(Way.DIRECT, 0, 0));

        assertThat(report.has(Load.VALUES)).isTrue();
        assertThat(report.isComplete(Load.VALUES)).isFalse();
        assertThat(report.has(Load.READS)).isFalse();
    }

    @Test
    void heapThatShrankMeanwhileMeetsNoTarget() {
        LoadReport report = report(
                size(Load.ITEMS, Way.DIRECT, "heapBytes", -1_300), size(Load.ITEMS, Way.TANDEM, "heapBytes", 1_500));

        assertThat(report.targets()).singleElement().extracting(Target::verdict).isEqualTo("not measured");
    }

    @Test
    void whatWasNotMeasuredIsADash() {
        assertThat(report(reads(1, Way.DIRECT, 1_000, 0)).table(Load.READS).toString())
                .containsPattern(
                        "1 value +\\| direct +\\| 1 +\\| 1,000 \\(1,000..1,000\\) +\\| 1 \\(1..1\\) +\\| 2 .*\\| - ");
    }

    @Test
    void everyBenchmarkHasItsOwnName() {
        assertThat(List.of(Load.values())).allMatch(load -> Load.of(load.id()) == load);
    }
}
