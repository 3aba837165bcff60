package org.tandemopc.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private static DataValue tick(long tick) {
        DateTime source = new DateTime(Instant.ofEpochMilli(tick * 10));
        return new DataValue(Variant.ofInt64(tick), StatusCode.GOOD, source, source);
    }

    @Test
    void twoStreamsAreMergedToTheFirstArrivalOfEachTick() {
        Recorder recorder = new Recorder(1, true);

        for (long tick : new long[] {1, 1, 2, 3, 2, 3, 4}) {
            recorder.value(0, tick(tick));
        }

        assertThat(recorder.recording().arrivals()).extracting(Arrival::tick).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void oneStreamIsTakenAsItIs() {
        Recorder recorder = new Recorder(1, false);

        for (long tick : new long[] {1, 1, 3, 2}) {
            recorder.value(0, tick(tick));
        }

        assertThat(recorder.recording().arrivals()).extracting(Arrival::tick).containsExactly(1L, 1L, 3L, 2L);
        assertThat(recorder.reached()).isEqualTo(3);
    }

    @Test
    void valuesThatAreNotGoodAreCountedAndNotTaken() {
        Recorder recorder = new Recorder(1, false);

        recorder.value(0, new DataValue(StatusCodes.Bad_NoCommunication));

        assertThat(recorder.recording().notGood()).isEqualTo(1);
        assertThat(recorder.recording().arrivals()).isEmpty();
        assertThat(recorder.reached()).isEqualTo(-1);
    }
}
