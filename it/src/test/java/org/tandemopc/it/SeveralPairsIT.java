package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
import org.tandemopc.testkit.process.LedgerEntry;
import org.tandemopc.testkit.process.ServerProcess;

/** Several pairs on one port, several clients on each. */
@Timeout(240)
class SeveralPairsIT {
    private static final int CLIENTS = 7;
    private static final int ITEMS = 4;

    @Test
    @Requirement(
            value = {"SYS-7", "SYS-10", "SYS-14", "ARC-4", "GAP-20", "GEN-2", "CON-7", "S16"},
            protocol = Protocol.UA)
    void allSessionsOfAllPairsMoveTogether() throws Exception {
        try (ServerProcess a = ServerProcess.start("A");
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem =
                        TandemProcess.start(pair(Mode.COLD, a, b), pair(Mode.WARM, a, b), pair(Mode.HOT, a, b))) {
            List<StreamClient> clients = new ArrayList<>();
            for (Mode mode : Mode.values()) {
                tandem.awaitServing(name(mode), 0, PairUnderTest.LONG);
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(busyClient(tandem.url(name(mode)), mode + "-" + i));
                }
            }
            // Warm and hot only: cold has nothing on the standby.
            int parked = 2 * CLIENTS * ITEMS;
            Await.until("items parked on B", PairUnderTest.LONG, () -> b.stat("monitoredItems") >= parked);
            awaitSamples(clients);
            assertThat(b.ledger()).as("nothing is written to the standby").isEmpty();

            long fault = System.nanoTime();
            a.kill();
            for (Mode mode : Mode.values()) {
                tandem.awaitServing(name(mode), 1, PairUnderTest.LONG);
            }
            awaitSamples(clients);
            try (StreamClient late = StreamClient.connect(tandem.url(name(Mode.HOT)))) {
                late.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
            }
            clients.forEach(StreamClient::stopWorking);
            List<List<LedgerEntry>> ledgers = List.of(a.ledger(), b.ledger());
            for (int i = 0; i < clients.size(); i++) {
                StreamClient client = clients.get(i);
                if (i < CLIENTS) {
                    Unnoticed.valuesButMarkedHoles(client, PairUnderTest.PERIOD_MS);
                } else {
                    Unnoticed.values(client, PairUnderTest.PERIOD_MS);
                }
                Unnoticed.operations(client, List.of(fault), ledgers);
                client.close();
            }
            for (Mode mode : List.of(Mode.WARM, Mode.HOT)) {
                assertThat(tandem.gaps(name(mode))).isEmpty();
            }
        }
    }

    private static String name(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static PairSpec pair(Mode mode, ServerProcess a, ServerProcess b) {
        return PairSpec.of(name(mode), mode, a.url(), b.url());
    }

    private static StreamClient busyClient(String url, String name) throws Exception {
        StreamClient client = StreamClient.connect(url);
        client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
        client.keepReading(Duration.ofMillis(100));
        client.keepCalling(name, Duration.ofMillis(100));
        return client;
    }

    private static void awaitSamples(List<StreamClient> clients) {
        for (StreamClient client : clients) {
            int seen = client.fewestSamples();
            Await.until("more samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 10);
        }
    }
}
