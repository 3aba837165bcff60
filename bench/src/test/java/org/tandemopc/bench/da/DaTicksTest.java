package org.tandemopc.bench.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tandemopc.bench.da.DaTicks.Arrival;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.Quality;

class DaTicksTest {
    private final DaTicks ticks = new DaTicks(2);

    private void value(int item, long tick) {
        ticks.values(
                1_000 * tick, List.of(new OpcItemChange(item, new Variant.R8(tick), Quality.GOOD, FileTime.ZERO, 0)));
    }

    @Test
    void whatIsMissingOfAnyCounterIsLostIfTheServerShowedIt() {
        for (long tick = 7; tick < 10; tick++) {
            value(0, tick);
        }
        value(1, 7);
        value(1, 9);

        assertThat(ticks.lost(tick -> true, 7, 9)).isEqualTo(1);
        assertThat(ticks.lost(tick -> tick != 8, 7, 9)).isZero();
        assertThat(ticks.lost(tick -> true, 7, 10)).isEqualTo(3);
        assertThat(ticks.reached()).isEqualTo(9);
    }

    @Test
    void aValueThatComesAgainOrAfterANewerOneIsDoubled() {
        value(0, 7);
        value(0, 7);
        value(0, 9);
        value(0, 8);

        assertThat(ticks.doubled()).isEqualTo(2);
        assertThat(ticks.values()).isEqualTo(4);
        assertThat(ticks.lost(tick -> true, 7, 9)).isEqualTo(3);
        assertThat(ticks.arrivals()).containsExactly(new Arrival(7_000, 7), new Arrival(9_000, 9));
    }

    @Test
    void aValueThatIsNotGoodIsCountedAndIsNoTick() {
        ticks.values(1, List.of(new OpcItemChange(0, new Variant.R8(7), Quality.BAD, FileTime.ZERO, 0)));

        assertThat(ticks.notGood()).isEqualTo(1);
        assertThat(ticks.has(7)).isFalse();
        assertThat(ticks.reached()).isEqualTo(-1);
    }
}
