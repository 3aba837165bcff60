package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.node.NodeClient;
import org.tandemopc.it.node.NodeServer;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** A client and a server on an independent stack. */
@ExtendWith(Timelines.class)
@Timeout(240)
class NodeOpcuaIT {
    private static final int ITEMS = 5;

    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"CON-7", "ARC-1", "S17", "I1", "I7"},
            protocol = Protocol.UA)
    void aNodeOpcuaClientDoesNotNoticeAKillAndAFreeze(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode);
                NodeClient client = NodeClient.connect(pair.url(), ITEMS, "node")) {
            pair.awaitReady();
            awaitSamples(client, 20);
            pair.server(0).kill();
            pair.awaitServing(1);
            pair.server(0).awaitEnd(PairUnderTest.LONG);
            pair.server(0).restart();
            pair.awaitReady();
            awaitSamples(client, 20);
            pair.server(1).freeze();
            pair.awaitServing(0);
            awaitSamples(client, 20);
            pair.server(1).thaw();
            awaitSamples(client, 20);

            NodeClient.Report report = client.finish();
            assertThat(report.events()).isEmpty();
            assertThat(report.streams())
                    .hasSize(ITEMS)
                    .allMatch(stream -> stream.lost() == 0
                            && stream.doubled() == 0
                            && stream.backwards() == 0
                            && stream.notGood() == 0);
            assertThat(report.operations())
                    .allMatch(operation -> operation.isGood()
                            || (operation.kind() != Operation.Kind.READ
                                    && operation.status() == LedgerCheck.OUTCOME_UNKNOWN));
            assertThat(LedgerCheck.faults(report.operations(), pair.ledgers())).isEmpty();
            Unnoticed.wire(pair.tap());
        }
    }

    private static void awaitSamples(NodeClient client, int more) {
        int seen = client.fewestSamples();
        Await.until(more + " samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + more);
    }

    /** node-opcua misses ticks by itself when the machine is busy, so that losses are not judged here. */
    @Test
    @Requirement(
            value = {"SYS-7", "CON-7", "I1", "I7"},
            protocol = Protocol.UA)
    void aPairOfTwoUnrelatedServersKeepsOrderSessionAndLedgers() throws Exception {
        try (ServerProcess milo = ServerProcess.start("A");
                NodeServer node = NodeServer.start(ITEMS, PairUnderTest.PERIOD_MS);
                TandemProcess tandem =
                        TandemProcess.start(PairSpec.of(PairUnderTest.NAME, Mode.HOT, milo.url(), node.url()));
                StreamClient client = connect(tandem)) {
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(20));
            client.keepWriting("static/0", Duration.ofMillis(20));
            client.keepCalling("c", Duration.ofMillis(20));
            awaitSamples(client);
            long fault = System.nanoTime();
            milo.kill();
            tandem.awaitServing(PairUnderTest.NAME, 1, PairUnderTest.LONG);
            awaitSamples(client);
            client.stopWorking();

            client.streams().forEach((item, samples) -> {
                StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
                assertThat(verdict.doubled() + verdict.backwards() + verdict.wrongTime() + verdict.notGood())
                        .as(item + " " + verdict)
                        .isZero();
            });
            assertThat(client.events()).isEmpty();
            Unnoticed.operations(client, List.of(fault), List.of(milo.ledger(), node.ledger()));
            assertThat(node.ledger()).isNotEmpty();
        }
    }

    private static StreamClient connect(TandemProcess tandem) throws Exception {
        tandem.awaitServing(PairUnderTest.NAME, 0, PairUnderTest.LONG);
        return StreamClient.connect(tandem.url(PairUnderTest.NAME));
    }

    private static void awaitSamples(StreamClient client) {
        int seen = client.fewestSamples();
        Await.until("samples", PairUnderTest.LONG, () -> client.fewestSamples() >= seen + 20);
    }
}
