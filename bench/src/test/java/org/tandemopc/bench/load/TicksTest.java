package org.tandemopc.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.Test;

class TicksTest {
    private final Ticks ticks = new Ticks(2);

    private void come(int item, long... values) {
        for (long value : values) {
            ticks.value(item, new DataValue(Variant.ofInt64(value)));
        }
    }

    @Test
    void holesAreLossesOfTheirItem() {
        come(0, 5, 6, 9);
        come(1, 100, 101);

        assertThat(ticks.counts()).isEqualTo(new Ticks.Counts(5, 2, 0, 0));
    }

    @Test
    void whatComesAgainOrLateIsNoLossButDoubled() {
        come(0, 5, 6, 6, 5, 7);

        assertThat(ticks.counts()).isEqualTo(new Ticks.Counts(5, 0, 2, 0));
    }

    @Test
    void holeAcrossTheBeginningCounts() {
        come(0, 5);
        ticks.begin();
        come(0, 7);

        assertThat(ticks.counts()).isEqualTo(new Ticks.Counts(1, 1, 0, 0));
    }

    @Test
    void badValuesAreCountedByThemselves() {
        ticks.value(0, new DataValue(Variant.NULL_VALUE, new StatusCode(StatusCodes.Bad_NoCommunication)));

        assertThat(ticks.counts()).isEqualTo(new Ticks.Counts(0, 0, 0, 1));
    }

    @Test
    void reachedIsWhatTheSlowestItemHas() {
        come(0, 5);
        assertThat(ticks.reached()).isEqualTo(-1);
        come(1, 3);

        assertThat(ticks.reached()).isEqualTo(3);
    }
}
