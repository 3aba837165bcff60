package org.tandemopc.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.latency.ReadLatency.Kind;
import org.tandemopc.bench.report.Line;
import org.tandemopc.bench.world.Way;

class LatencyReportTest {
    private static final Kind PLAIN = new Kind(false, 1);

    private final List<Figures> figures = new ArrayList<>();

    private void run(int run, double direct, double haProxy, double tandem) {
        figures.add(figures(run, PLAIN, Way.DIRECT, direct));
        figures.add(figures(run, PLAIN, Way.HAPROXY, haProxy));
        figures.add(figures(run, PLAIN, Way.TANDEM, tandem));
    }

    private static Figures figures(int run, Kind kind, Way path, double p50) {
        return new Figures(run, kind, path, 200, p50, 2 * p50, 3 * p50, 4 * p50, 10, 20, 30, 4);
    }

    @Test
    void addedIsTakenInEachRunByItselfAndNotWhereHaProxyAddsNothing() {
        run(1, 100, 150, 200);
        run(2, 100, 140, 220);
        run(3, 100, 99, 300);

        assertThat(new LatencyReport(figures).added(PLAIN).median()).isCloseTo(2.5, within(1e-9));
        assertThat(new LatencyReport(figures).added(PLAIN).n()).isEqualTo(2);
    }

    @Test
    void kindsThatWereNotReadAreSaidToBeMissing() {
        run(1, 100, 150, 200);

        assertThat(new LatencyReport(figures).violations()).containsExactly("B-L1 has no complete result");
    }

    @Test
    void lineHoldsAllFigures() {
        Figures secured = figures(2, new Kind(true, 100), Way.HAPROXY, 12.25);

        assertThat(Figures.of(Line.parse(secured.json()))).isEqualTo(secured);
    }
}
