package org.tandemopc.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulation.VirtualTime.MS;
import static org.tandemopc.simulation.VirtualTime.SECOND;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Requirement;

/** The mode decides how long a failover takes; the same kills, on the same network, in virtual time. */
class ModesOrderTest {
    private static final int RUNS = 100;

    @Test
    @Requirement({"MODE-ALL4", "MODE-W8"})
    void aFailoverTakesLongestInColdAndLeastInHotMode() {
        double cold = medianGapMs(Mode.COLD);
        double warm = medianGapMs(Mode.WARM);
        double hot = medianGapMs(Mode.HOT);

        assertThat(cold).as("cold, warm %s, hot %s".formatted(warm, hot)).isGreaterThan(warm);
        assertThat(warm).as("warm, hot %s".formatted(hot)).isGreaterThan(hot);
    }

    private static double medianGapMs(Mode mode) {
        long[] gaps = LongStream.rangeClosed(1, RUNS)
                .parallel()
                .map(seed -> gapOfAKill(seed, mode))
                // A client that was drawn constant items only sees no younger value.
                .filter(gap -> gap >= 0)
                .sorted()
                .toArray();
        assertThat(gaps).hasSizeGreaterThan(RUNS * 9 / 10);
        return gaps[gaps.length / 2] / (double) MS;
    }

    private static long gapOfAKill(long seed, Mode mode) {
        Knobs knobs = Knobs.calm(seed);
        knobs.mode = mode;
        knobs.publishing = 100 * MS;
        knobs.delay = 20 * MS;
        Simulation.Result result = Simulation.scenario(
                knobs,
                false,
                s -> s.at(6 * SECOND, () -> {
                    s.world.checker.delivery.faultBegins();
                    s.faults.begin(Faults.Kind.KILL, 0, 5 * SECOND);
                }));
        assertThat(result.violation()).as("seed " + seed).isNull();
        return result.delivery().gap();
    }
}
