package org.tandemopc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * Decisions and delivery together over seeded schedules of faults. {@code -Dseed=N} runs that one and prints its
 * timeline.
 */
class SimulationTest {
    private static final long SCHEDULES = 10_000;

    /** What all schedules together exercised. */
    private static final class Exercised {
        final LongAdder switches = new LongAdder();
        final LongAdder values = new LongAdder();
        final LongAdder marked = new LongAdder();
        final LongAdder bridged = new LongAdder();
        final LongAdder outagesTold = new LongAdder();
        final LongAdder unknown = new LongAdder();

        void add(Simulation.Result result) {
            switches.add(result.switches());
            values.add(result.delivery().values());
            marked.add(result.delivery().marked());
            bridged.add(result.delivery().bridged());
            outagesTold.add(result.delivery().outagesTold());
            unknown.add(result.unknown());
        }

        /** Well below what is usual, and far above what a simulation does in which hardly anything happens. */
        void isEnough() {
            SoftAssertions.assertSoftly(all -> {
                all.assertThat(switches.sum()).as("switches").isGreaterThan(SCHEDULES);
                all.assertThat(values.sum()).as("values delivered").isGreaterThan(100 * SCHEDULES);
                all.assertThat(marked.sum()).as("values marked").isGreaterThan(SCHEDULES);
                all.assertThat(bridged.sum()).as("items bridged").isGreaterThan(2 * SCHEDULES);
                all.assertThat(outagesTold.sum()).as("outages told").isGreaterThan(SCHEDULES / 2);
                all.assertThat(unknown.sum()).as("unknown outcomes").isGreaterThan(SCHEDULES);
            });
        }

        @Override
        public String toString() {
            return "switches " + switches + " values " + values + " marked " + marked + " bridged " + bridged
                    + " outages told " + outagesTold + " unknown outcomes " + unknown;
        }
    }

    @Test
    void noScheduleBreaksARule() {
        String only = System.getProperty("seed");
        if (only != null) {
            Simulation.Result result = Simulation.run(Long.parseLong(only), Plant::new, true);
            result.timeline().forEach(System.out::println);
            assertThat(result.violation())
                    .as(result.knobs() + " " + result.summary())
                    .isNull();
            return;
        }
        Exercised exercised = new Exercised();
        List<String> broken = LongStream.rangeClosed(1, SCHEDULES)
                .parallel()
                .mapToObj(seed -> Simulation.run(seed, Plant::new, false))
                .peek(exercised::add)
                .filter(result -> result.violation() != null)
                .map(result -> result.knobs() + ": " + result.violation())
                .toList();
        assertThat(broken).as("run one again with -Dseed=N").isEmpty();
        exercised.isEnough();
    }
}
