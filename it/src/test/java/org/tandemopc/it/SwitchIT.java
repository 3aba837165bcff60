package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Switches between two healthy members cost the client nothing. */
@ExtendWith(Timelines.class)
@Timeout(240)
class SwitchIT {
    private static final int SWITCHES = 10;
    private static final int ITEMS = 10;

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"CON-7", "CON-8", "S14", "S17", "I1", "I2", "I7", "I12"},
            protocol = Protocol.UA)
    void switchesByHandMissAndDoubleNothing(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = busyClient(pair);
            long epoch = pair.epoch();
            for (int i = 1; i <= SWITCHES; i++) {
                pair.awaitReady();
                awaitSamples(client, 5);
                pair.tandem().command("switch " + PairUnderTest.NAME + " " + i % 2);
                pair.awaitServing(i % 2);
            }
            awaitSamples(client, 10);
            client.stopWorking();

            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
            Unnoticed.wire(pair.tap());
            assertThat(pair.epoch()).isEqualTo(epoch + SWITCHES);
            assertThat(pair.tandem().records(PairUnderTest.NAME, "PROMOTED")).hasSize(SWITCHES);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"GEN-6", "MODE-W5", "MODE-W7", "MODE-H5", "S14"},
            protocol = Protocol.UA)
    void theReturnToThePrimaryMissesAndDoublesNothing(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode, PairSpec::withFailback)) {
            StreamClient client = busyClient(pair);
            pair.awaitReady();
            awaitSamples(client, 10);
            long fault = System.nanoTime();
            pair.server(0).kill();
            pair.awaitServing(1);
            pair.server(0).awaitEnd(PairUnderTest.LONG);
            pair.server(0).restart();
            pair.awaitServing(0);
            awaitSamples(client, 20);
            client.stopWorking();

            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(fault), pair.ledgers());
            Unnoticed.wire(pair.tap());
        }
    }

    private static StreamClient busyClient(PairUnderTest pair) throws Exception {
        StreamClient client = pair.connect();
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(10));
        client.keepWriting("static/0", Duration.ofMillis(10));
        client.keepCalling("c", Duration.ofMillis(10));
        return client;
    }

    private static void awaitSamples(StreamClient client, int more) {
        int seen = client.fewestSamples();
        Await.until(more + " more samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + more);
    }
}
