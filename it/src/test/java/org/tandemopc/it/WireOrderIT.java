package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.it.wire.WireTap;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * Several messages per publishing cycle, which a Milo server is known to mix up: Tandem must not.
 */
@ExtendWith(Timelines.class)
@Timeout(180)
class WireOrderIT {
    private static final int ITEMS = 1_000;
    private static final int PER_MESSAGE = 150;
    private static final int SAMPLES = 60;

    @Test
    @Requirement(
            value = {"CON-7", "I7", "S17"},
            protocol = Protocol.UA)
    void messagesAreInOrderOnTheWireAndNoneIsRepeatedAlsoOverAKill() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT, "--counters", "" + ITEMS)) {
            StreamClient client = pair.connect();
            watch(client);
            pair.awaitReady();
            awaitSamples(client);
            pair.server(0).kill();
            pair.awaitServing(1);
            awaitSamples(client);

            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.wire(pair.tap());
            control(pair);
        }
    }

    /**
     * What the same client makes of the same server without Tandem, which mixes messages up now and then: printed. Judged is the client
     * alone: it asks again for what came out of order, and for nothing else, or doubles of its own were taken for Tandem's.
     */
    private static void control(PairUnderTest pair) throws Exception {
        try (WireTap tap = WireTap.before(pair.server(1).port());
                StreamClient direct =
                        StreamClient.connect(tap.url(pair.server(1).url()))) {
            watch(direct);
            awaitSamples(direct);
            int doubled = direct.streams().values().stream()
                    .mapToInt(samples ->
                            StreamVerdict.of(samples, PairUnderTest.PERIOD_MS).doubled())
                    .sum();
            System.out.printf(
                    Locale.ROOT,
                    "control, without Tandem: %d values doubled, %d republish requests, %d faults on the wire%n",
                    doubled,
                    tap.republishes(),
                    tap.verdict().faults().size());
            assertThat(tap.republishes())
                    .as("messages asked for again")
                    .isLessThanOrEqualTo(tap.verdict().faults().size());
        }
    }

    private static void watch(StreamClient client) throws Exception {
        client.watch(
                IntStream.range(0, ITEMS).mapToObj(i -> "counter/" + i).toList(),
                StreamClient.Subscribing.NORMAL,
                uint(PER_MESSAGE));
    }

    private static void awaitSamples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + SAMPLES);
    }
}
