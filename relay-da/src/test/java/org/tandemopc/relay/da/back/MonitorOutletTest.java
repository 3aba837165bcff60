package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorReport.Added;
import org.tandemopc.core.monitor.MonitorReport.Interrupted;
import org.tandemopc.core.monitor.MonitorReport.Refused;
import org.tandemopc.core.monitor.MonitorReport.Value;
import org.tandemopc.core.monitor.MonitorValue;

class MonitorOutletTest {
    private static final Duration RATE = Duration.ofMillis(100);

    private final List<MonitorReport> told = new ArrayList<>();
    private final MonitorOutlet outlet = new MonitorOutlet(told::addAll);

    private static Value value(int item, String text) {
        return new Value(item, MonitorValue.of(MonitorValue.Quality.GOOD, text));
    }

    @Test
    void aValueThatOvertakesTheNewsOfItsItemComesAfterIt() {
        outlet.values(List.of(value(0, "old")));
        outlet.values(List.of(value(0, "new")));

        outlet.added(List.of(0), RATE);

        assertThat(told).containsExactly(new Added(0, RATE), value(0, "new"));
    }

    @Test
    void valuesOfARefusedItemWaitUntilItIsTakenAfterAll() {
        outlet.added(List.of(0), RATE);
        outlet.refused(Map.of(0, 0xC004_0007));
        outlet.values(List.of(value(0, "early")));
        outlet.added(List.of(0), RATE);

        assertThat(told)
                .containsExactly(
                        new Added(0, RATE), new Refused(0, 0xC004_0007L), new Added(0, RATE), value(0, "early"));
    }

    @Test
    void afterAnInterruptionNoValueIsToldBeforeItsItemIsAddedAnew() {
        outlet.added(List.of(0), RATE);
        outlet.interrupted();
        outlet.values(List.of(value(0, "late")));

        assertThat(told).containsExactly(new Added(0, RATE), new Interrupted());
    }

    @Test
    void afterTheEndNothingIsTold() {
        outlet.added(List.of(0), RATE);
        outlet.close();
        outlet.values(List.of(value(0, "late")));

        assertThat(told).containsExactly(new Added(0, RATE));
    }

    /** A callback that comes while the listener is told waits for its turn instead of overtaking. */
    @Test
    void whatComesWhileTheListenerIsToldIsToldAfterwards() {
        List<MonitorReport> order = new ArrayList<>();
        MonitorOutlet[] nested = new MonitorOutlet[1];
        nested[0] = new MonitorOutlet(reports -> {
            if (order.isEmpty()) {
                nested[0].values(List.of(value(0, "second")));
            }
            order.addAll(reports);
        });

        nested[0].values(List.of(value(0, "first")));
        nested[0].added(List.of(0), RATE);

        assertThat(order).containsExactly(new Added(0, RATE), value(0, "first"), value(0, "second"));
    }

    @Test
    void aListenerThatFailsOnceHearsWhatComesNext() {
        boolean[] hasFailed = new boolean[1];
        MonitorOutlet failing = new MonitorOutlet(reports -> {
            if (!hasFailed[0]) {
                hasFailed[0] = true;
                throw new IllegalStateException("planted defect");
            }
            told.addAll(reports);
        });

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> failing.added(List.of(0), RATE))
                .hasMessage("planted defect");
        failing.values(List.of(value(0, "next")));

        assertThat(told).containsExactly(value(0, "next"));
    }
}
