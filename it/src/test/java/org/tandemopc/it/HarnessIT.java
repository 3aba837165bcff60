package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.wire.WireTap;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ServerProcess;

/** The harness against a server without Tandem between: it sees a fault where there is one, and none where not. */
@Timeout(180)
class HarnessIT {
    private static final int PERIOD_MS = 100;
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void aHealthyServerGivesPerfectStreamsAnswersLedgersAndWire() throws Exception {
        try (ServerProcess server = ServerProcess.start("A");
                WireTap tap = WireTap.before(server.port());
                StreamClient client = StreamClient.connect(tap.url(server.url()))) {
            client.watchCounters(0, 5, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(10));
            client.keepWriting("static/0", Duration.ofMillis(10));
            client.keepCalling("c", Duration.ofMillis(10));
            Await.until("30 samples", LONG, () -> client.fewestSamples() >= 30);
            client.stopWorking();

            client.streams().forEach((item, samples) -> {
                StreamVerdict verdict = StreamVerdict.of(samples, PERIOD_MS);
                assertThat(verdict.isPerfect()).as(item + " " + verdict).isTrue();
            });
            assertThat(client.events()).isEmpty();
            assertThat(client.operations()).isNotEmpty().allMatch(Operation::isGood);
            assertThat(LedgerCheck.faults(client.operations(), List.of(server.ledger())))
                    .isEmpty();
            assertThat(tap.verdict().faults()).isEmpty();
            assertThat(tap.verdict().messages()).isGreaterThan(20);
            assertThat(tap.connections()).isPositive();
        }
    }

    @Test
    void aKilledServerWithoutTandemIsSeenByTheClient() throws Exception {
        try (ServerProcess server = ServerProcess.start("A");
                StreamClient client = StreamClient.connect(server.url())) {
            client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(10));
            Await.until("10 samples", LONG, () -> client.fewestSamples() >= 10);
            server.kill();
            server.awaitEnd(LONG);
            Await.until("the session is inactive", LONG, () -> !client.events().isEmpty());
            server.restart();
            Await.until(
                    "a read failed",
                    LONG,
                    () -> client.operations().stream().anyMatch(operation -> !operation.isGood()));
        }
    }

    @Test
    void aStalledConnectionDeliversNothingAndThenEverything() throws Exception {
        try (ServerProcess server = ServerProcess.start("A");
                WireTap tap = WireTap.before(server.port());
                StreamClient client = StreamClient.connect(tap.url(server.url()))) {
            client.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
            Await.until("10 samples", LONG, () -> client.fewestSamples() >= 10);
            tap.stall();
            long until = System.nanoTime() + 1_000_000_000L;
            Await.until("a second", LONG, () -> System.nanoTime() > until);
            tap.resume();
            client.awaitPresent(PERIOD_MS, LONG);
            StreamVerdict verdict =
                    StreamVerdict.of(client.streams().values().iterator().next(), PERIOD_MS);
            assertThat(verdict.lost()).as(verdict.toString()).isZero();
            assertThat(verdict.longestGapMs()).isGreaterThan(800);
        }
    }
}
