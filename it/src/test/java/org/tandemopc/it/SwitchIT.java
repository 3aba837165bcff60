package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Operation;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Switches between two healthy members cost the client nothing. {@code -Dswitches=1000} asks for so many by hand. */
@ExtendWith(Timelines.class)
@Timeout(3600)
class SwitchIT {
    private static final int SWITCHES = Integer.getInteger("switches", 10);
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
            long start = System.nanoTime();
            for (int i = 1; i <= SWITCHES; i++) {
                pair.awaitReady();
                awaitSamples(client, SWITCHES > 100 ? 2 : 5);
                pair.tandem().command("switch " + PairUnderTest.NAME + " " + i % 2);
                pair.awaitServing(i % 2);
            }
            awaitSamples(client, 10);
            client.stopWorking();
            System.out.printf(
                    Locale.ROOT,
                    "SWITCHES %s %d in %.0f s: %d values of each item, %d writes and calls, %d reads%n",
                    mode,
                    SWITCHES,
                    (System.nanoTime() - start) / 1e9,
                    client.fewestSamples(),
                    client.operations(Operation.Kind.WRITE).size()
                            + client.operations(Operation.Kind.CALL).size(),
                    client.operations(Operation.Kind.READ).size());

            Unnoticed.values(client, PairUnderTest.PERIOD_MS, pair.gaps());
            Unnoticed.operations(client, List.of(), pair.ledgers());
            Unnoticed.wire(pair.tap());
            assertThat(pair.epoch()).isEqualTo(epoch + SWITCHES);
            assertThat(pair.tandem().newestRecords(PairUnderTest.NAME, 5_000))
                    .filteredOn(each -> each.kind().equals("PROMOTED"))
                    .hasSize(SWITCHES);
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

    /** A planned switch does not wait for a write; the server that it went to answers it (S14, decision 14). */
    @ParameterizedTest
    @EnumSource(names = {"WARM", "HOT"})
    @Requirement(
            value = {"S14", "I1", "I3"},
            protocol = Protocol.UA)
    void aWriteUnderWayIsAnsweredByTheMemberThatIsLeft(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
            pair.awaitReady();
            pair.server(0).command("slow write 4000");
            CompletableFuture<List<StatusCode>> write = CompletableFuture.supplyAsync(() -> {
                try {
                    return client.milo()
                            .writeValues(
                                    List.of(new NodeId(2, "static/1")), List.of(new DataValue(Variant.ofDouble(7))));
                } catch (UaException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until(
                    "it is done, and not answered",
                    PairUnderTest.LONG,
                    () -> !pair.server(0).ledger().isEmpty());
            pair.tandem().command("switch " + PairUnderTest.NAME + " 1");
            pair.awaitServing(1);
            assertThat(write.isDone()).as("control: it was under way").isFalse();

            assertThat(write.get(30, TimeUnit.SECONDS)).containsExactly(StatusCode.GOOD);
            assertThat(pair.server(0).ledger()).hasSize(1);
            assertThat(pair.server(1).ledger()).isEmpty();
            assertThat(pair.tandem().records(PairUnderTest.NAME, "OUTCOME_UNKNOWN"))
                    .isEmpty();
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
