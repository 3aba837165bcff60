package org.tandemopc.it;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** A pair of three: who comes next serves, whoever of them dies. */
@Timeout(240)
class ThreeMembersIT {
    @ParameterizedTest
    @EnumSource
    @Requirement(value = "LIM-1", protocol = Protocol.UA)
    void theNextOneServesUntilNobodyIsLeftButTheLast(Mode mode) throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                ServerProcess c = ServerProcess.start("C");
                TandemProcess tandem =
                        TandemProcess.start(PairSpec.of(PairUnderTest.NAME, mode, a.url(), b.url(), c.url()))) {
            tandem.awaitServing(PairUnderTest.NAME, 0, PairUnderTest.LONG);
            try (StreamClient client = StreamClient.connect(tandem.url(PairUnderTest.NAME))) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                client.keepReading(Duration.ofMillis(100));
                awaitSamples(client);
                for (ServerProcess dying : List.of(a, b)) {
                    if (mode != Mode.COLD) {
                        awaitReady(tandem, dying == a ? "111" : ".11");
                    }
                    dying.kill();
                    tandem.awaitServing(PairUnderTest.NAME, dying == a ? 1 : 2, PairUnderTest.LONG);
                    awaitSamples(client);
                }
                client.stopWorking();
                if (mode == Mode.COLD) {
                    Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
                } else {
                    Unnoticed.values(client, PairUnderTest.PERIOD_MS);
                }
            }
        }
    }

    private static void awaitReady(TandemProcess tandem, String pattern) {
        Await.until(
                "the standbys are ready",
                PairUnderTest.LONG,
                () -> tandem.status(PairUnderTest.NAME, "ready").matches(pattern));
    }

    private static void awaitSamples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("more samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 10);
    }
}
