package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.node.NodeClient;
import org.tandemopc.it.pair.Fault;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Security;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A client on an independent stack. */
@ExtendWith(Timelines.class)
@Timeout(240)
class NodeOpcuaIT {
    private static final int ITEMS = 5;
    private static final int SUBSCRIPTIONS = 20;
    private static final int ITEMS_OF_EACH = 10;
    private static final List<Integer> RATES_MS = List.of(100, 200, 350, 500, 1000);

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"CON-7", "ARC-1", "S7", "S8", "S17", "I1", "I7"},
            protocol = Protocol.UA)
    void aNodeOpcuaClientDoesNotNoticeAKillAStopAndAFreeze(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode);
                NodeClient client = NodeClient.connect(pair.url(), ITEMS, "node", Security.NONE)) {
            strikeInTurn(pair, mode, client, List.of(Fault.values()));

            judge(pair, mode, client.finish(), ITEMS);
            Unnoticed.wire(pair.tap());
        }
    }

    /**
     * A named user over encrypted channels, on both legs, so that nobody can judge what is on the wire. Twenty
     * subscriptions with ten items each, at rates of their own: what one of them is told does not hang on the others.
     */
    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"CON-1", "CON-7", "S8", "S17", "S32", "I1", "I7"},
            protocol = Protocol.UA)
    void aSecuredNodeOpcuaClientWithManySubscriptionsDoesNotNoticeAKillAndAFreeze(Mode mode) throws Exception {
        List<Integer> publishingMs = IntStream.range(0, SUBSCRIPTIONS)
                .mapToObj(i -> RATES_MS.get(i % RATES_MS.size()))
                .toList();
        try (PairUnderTest pair = PairUnderTest.start(mode, Security.SECURED::of, Security.SECURED.ofSimulator());
                NodeClient client = NodeClient.connect(
                        pair.url(), ITEMS_OF_EACH, "many", Security.SECURED, NodeClient.PATIENCE, publishingMs)) {
            strikeInTurn(pair, mode, client, List.of(Fault.KILL, Fault.FREEZE));
            assertThat(pair.tandem().figure(PairUnderTest.NAME, "subscriptions"))
                    .isEqualTo(SUBSCRIPTIONS);

            judge(pair, mode, client.finish(), SUBSCRIPTIONS * ITEMS_OF_EACH);
        }
    }

    private static void strikeInTurn(PairUnderTest pair, Mode mode, NodeClient client, List<Fault> faults) {
        awaitSamples(client::fewestSamples);
        for (Fault fault : faults) {
            awaitReady(pair, mode);
            int active = pair.active();
            fault.strike(pair.server(active), 0);
            pair.awaitServing(1 - active);
            awaitSamples(client::fewestSamples);
            fault.heal(pair.server(active));
        }
        awaitSamples(client::fewestSamples);
    }

    private static void judge(PairUnderTest pair, Mode mode, NodeClient.Report report, int streams) {
        assertThat(report.events()).isEmpty();
        assertThat(report.streams()).hasSize(streams);
        report.streams().forEach(stream -> assertPerfect(stream, mode));
        assertThat(report.operations())
                .allMatch(operation -> operation.isGood()
                        || (operation.kind() != Operation.Kind.READ
                                && operation.status() == LedgerCheck.OUTCOME_UNKNOWN));
        assertThat(LedgerCheck.faults(report.operations(), pair.ledgers())).isEmpty();
        assertThat(pair.ledgers()).as("control: both were written to").noneMatch(List::isEmpty);
    }

    private static void assertPerfect(NodeClient.Stream stream, Mode mode) {
        assertThat(stream.doubled() + stream.backwards() + stream.notGood())
                .as(stream.toString())
                .isZero();
        // Cold has nobody who looks at the items meanwhile, and says so.
        assertThat(mode == Mode.COLD ? 0 : stream.lost() + stream.marked())
                .as(stream.toString())
                .isZero();
    }

    private static void awaitReady(PairUnderTest pair, Mode mode) {
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
    }

    private static void awaitSamples(IntSupplier fewest) {
        int seen = fewest.getAsInt();
        Await.until("20 samples more", PairUnderTest.LONG, () -> fewest.getAsInt() >= seen + 20);
    }
}
