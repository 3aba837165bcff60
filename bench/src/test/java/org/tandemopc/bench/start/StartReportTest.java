package org.tandemopc.bench.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.report.Line;

class StartReportTest {
    private static Line line(int run, Starter starter, double millis) {
        return Line.parse(new Start(run, starter, millis, 900, 4).json());
    }

    @Test
    void targetIsTheRatioOfTheMediansAndWhatIsMissingIsSaid() {
        List<Line> lines = Stream.of(
                        line(1, Starter.TANDEM, 400),
                        line(2, Starter.TANDEM, 500),
                        line(3, Starter.TANDEM, 9_000),
                        line(1, Starter.MILO, 1_000),
                        line(2, Starter.MILO, 1_250),
                        line(3, Starter.MILO, 1_300))
                .toList();

        StartReport report = StartReport.of(lines);

        assertThat(report.targets()).singleElement().satisfies(target -> {
            assertThat(target.figure()).isEqualTo(0.4);
            assertThat(target.isMet()).isTrue();
        });
        assertThat(report.violations()).containsExactly("B-U1 has no result of tandem-no-cache");
        assertThat(StartReport.of(List.of()).targets()).isEmpty();
    }

    @Test
    void lineHoldsAllFigures() {
        Start start = new Start(2, Starter.TANDEM_WITHOUT_CACHE, 812.25, 1_530, 4.5);

        assertThat(Start.of(Line.parse(start.json()))).isEqualTo(start);
    }
}
