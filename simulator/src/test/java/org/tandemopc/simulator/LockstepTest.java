package org.tandemopc.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

/** Two processes agree on every value and source time, and neither leaves a tick out. */
@Timeout(120)
class LockstepTest {
    private static final int PERIOD_MS = 20;
    private static final int TICKS = 150;

    private static long tick(DataValue value) {
        return (Long) Objects.requireNonNull(value.value().value());
    }

    @Test
    void twoProcessesShowTheSameValuesWithTheSameSourceTimes() throws Exception {
        try (ServerProcess a = ServerProcess.start("A", "--period-ms", "" + PERIOD_MS);
                ServerProcess b = ServerProcess.start("B", "--period-ms", "" + PERIOD_MS);
                TestClient clientA = TestClient.connect(a.url());
                TestClient clientB = TestClient.connect(b.url())) {
            List<DataValue> fromA = clientA.collect("counter/3", 50, 1000);
            List<DataValue> fromB = clientB.collect("counter/3", 50, 1000);
            Await.until(TICKS + " values", Duration.ofSeconds(60), () -> fromA.size() > TICKS && fromB.size() > TICKS);

            assertGaplessAndExact(fromA);
            assertGaplessAndExact(fromB);
            assertThat(tick(fromA.getLast()))
                    .isCloseTo(tick(fromB.getLast()), org.assertj.core.data.Offset.offset(50L));
        }
    }

    /**
     * Every tick is there, with its exact time. The order of arrival is no question to this client: Milo's takes
     * messages that come close together in any order and repeats some, with every server.
     */
    private static void assertGaplessAndExact(List<DataValue> values) {
        TreeMap<Long, DataValue> byTick = new TreeMap<>();
        List.copyOf(values).forEach(value -> byTick.put(tick(value), value));
        long expected = byTick.firstKey();
        for (DataValue value : byTick.values()) {
            assertThat(tick(value)).isEqualTo(expected);
            assertThat(Objects.requireNonNull(value.sourceTime())
                            .getJavaInstant()
                            .toEpochMilli())
                    .isEqualTo(expected * PERIOD_MS);
            assertThat(value.statusCode().isGood()).isTrue();
            expected++;
        }
    }

    @Test
    void aFrozenProcessPushesTheTicksThatItMissedWhenItWakes() throws Exception {
        try (ServerProcess a = ServerProcess.start("A", "--period-ms", "" + PERIOD_MS);
                TestClient client = TestClient.connect(a.url())) {
            List<DataValue> values = client.collect("counter/0", 50, 1000);
            Await.until("values", Duration.ofSeconds(20), () -> values.size() > 5);
            a.freeze();
            long until = System.currentTimeMillis() + 600;
            Await.until("a pause", Duration.ofSeconds(5), () -> System.currentTimeMillis() > until);
            a.thaw();
            int seen = values.size();
            Await.until("values after the pause", Duration.ofSeconds(20), () -> values.size() > seen + 40);
            assertGaplessAndExact(values);
        }
    }
}
