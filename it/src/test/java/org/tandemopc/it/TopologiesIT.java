package org.tandemopc.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

/** One Tandem beside each client, as the manual has it, and one for several clients at once. */
@Timeout(180)
class TopologiesIT {
    private static final int ITEMS = 4;
    private static final String PAIR = PairUnderTest.NAME;

    @Test
    @Requirement(
            value = {"ARC-2", "CON-7"},
            protocol = Protocol.UA)
    void aTandemBesideEachClientAndACentralOneServeTheSameServers() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess besideOne = TandemProcess.start(pair(a, b));
                TandemProcess besideAnother = TandemProcess.start(pair(a, b));
                TandemProcess central = TandemProcess.start(pair(a, b))) {
            List<TandemProcess> places = List.of(besideOne, besideAnother, central, central);
            List<StreamClient> clients = new ArrayList<>();
            for (TandemProcess place : places) {
                place.awaitServing(PAIR, 0, PairUnderTest.LONG);
                StreamClient client = StreamClient.connect(place.url(PAIR));
                client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
                client.keepReading(Duration.ofMillis(50));
                client.keepCalling("place-" + clients.size(), Duration.ofMillis(50));
                clients.add(client);
            }
            for (TandemProcess place : places) {
                Await.until(
                        "ready",
                        PairUnderTest.LONG,
                        () -> place.status(PAIR, "ready").equals("11"));
            }
            clients.forEach(TopologiesIT::awaitSamples);

            long fault = System.nanoTime();
            a.kill();
            for (TandemProcess place : places) {
                place.awaitServing(PAIR, 1, PairUnderTest.LONG);
            }
            clients.forEach(TopologiesIT::awaitSamples);
            clients.forEach(StreamClient::stopWorking);

            for (int i = 0; i < clients.size(); i++) {
                StreamClient client = clients.get(i);
                Unnoticed.values(client, PairUnderTest.PERIOD_MS, places.get(i).gaps(PAIR));
                Unnoticed.operations(client, List.of(fault), List.of(a.ledger(), b.ledger()));
                client.close();
            }
        }
    }

    private static PairSpec pair(ServerProcess a, ServerProcess b) {
        return PairSpec.of(PAIR, Mode.HOT, a.url(), b.url());
    }

    private static void awaitSamples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("20 samples more", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 20);
    }
}
