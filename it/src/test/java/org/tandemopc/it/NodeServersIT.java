package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.node.NodeServer;
import org.tandemopc.it.pair.Fault;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Security;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** Servers on an independent stack. */
@ExtendWith(Timelines.class)
@Timeout(240)
class NodeServersIT {
    private static final int ITEMS = 5;

    /**
     * The node-opcua server is killed, stopped and frozen while it is the active one; in hot mode it is the primary. It
     * misses ticks by itself when the machine is busy, so that losses are not judged here.
     */
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"SYS-7", "CON-7", "MODE-C5", "MODE-W3", "MODE-H3", "S7", "S8", "I1", "I7"},
            protocol = Protocol.UA)
    void aPairOfTwoUnrelatedServersKeepsOrderSessionAndLedgers(Mode mode) throws Exception {
        int nodes = mode == Mode.HOT ? 0 : 1;
        try (ServerProcess milo = ServerProcess.start("A");
                NodeServer node = NodeServer.start(ITEMS, PairUnderTest.PERIOD_MS, Security.NONE);
                TandemProcess tandem = TandemProcess.start(PairSpec.of(
                        PairUnderTest.NAME,
                        mode,
                        nodes == 0 ? node.url() : milo.url(),
                        nodes == 0 ? milo.url() : node.url()));
                StreamClient client = connect(tandem)) {
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            client.keepCalling("c", Duration.ofMillis(20));
            List<Long> faults = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                awaitBoth(tandem, mode);
                awaitSamples(client::fewestSamples);
                if (tandem.figure(PairUnderTest.NAME, "active") != nodes) {
                    faults.add(System.nanoTime());
                    milo.freeze();
                    tandem.awaitServing(PairUnderTest.NAME, nodes, PairUnderTest.LONG);
                    milo.thaw();
                    awaitBoth(tandem, mode);
                    awaitSamples(client::fewestSamples);
                }
                faults.add(System.nanoTime());
                fault.strike(node, 0);
                tandem.awaitServing(PairUnderTest.NAME, 1 - nodes, PairUnderTest.LONG);
                awaitSamples(client::fewestSamples);
                fault.heal(node);
            }
            awaitSamples(client::fewestSamples);
            client.stopWorking();

            client.streams().forEach((item, samples) -> {
                StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
                assertThat(verdict.doubled() + verdict.backwards() + verdict.wrongTime() + verdict.notGood())
                        .as(item + " " + verdict)
                        .isZero();
            });
            assertThat(client.events()).isEmpty();
            Unnoticed.operations(client, faults, List.of(milo.ledger(), node.ledger()));
            assertThat(node.ledger()).isNotEmpty();
        }
    }

    private static void awaitBoth(TandemProcess tandem, Mode mode) {
        if (mode != Mode.COLD) {
            Await.until(
                    "both are ready",
                    PairUnderTest.LONG,
                    () -> tandem.status(PairUnderTest.NAME, "ready").equals("11"));
        }
    }

    /** Whichever server answered first on a busy machine. */
    private static StreamClient connect(TandemProcess tandem) throws Exception {
        tandem.awaitPhase(PairUnderTest.NAME, "serving", PairUnderTest.LONG);
        return StreamClient.connect(tandem.url(PairUnderTest.NAME));
    }

    private static void awaitSamples(IntSupplier fewest) {
        int seen = fewest.getAsInt();
        Await.until("20 samples more", PairUnderTest.LONG, () -> fewest.getAsInt() >= seen + 20);
    }
}
