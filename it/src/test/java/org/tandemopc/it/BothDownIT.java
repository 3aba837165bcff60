package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Both members are gone for a while, and one comes back. */
@ExtendWith(Timelines.class)
@Timeout(240)
class BothDownIT {
    private static final int ITEMS = 5;

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"GAP-11", "S12", "S13", "I5", "I6", "I11", "MODE-C3"},
            protocol = Protocol.UA)
    void everyItemTurnsBadOnceAndTheSessionLivesOn(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            pair.server(1).kill();
            pair.server(0).kill();
            pair.tandem().awaitPhase(PairUnderTest.NAME, "stranded", PairUnderTest.LONG);
            Await.until("bad values", PairUnderTest.LONG, () -> badSamples(client) >= ITEMS);
            assertRefused(client);
            long keepAlives = client.keepAlives();
            // Long enough for a second round of notifications, if there were one.
            Await.until("keep-alives go on", PairUnderTest.LONG, () -> client.keepAlives() >= keepAlives + 1);

            long returned = System.currentTimeMillis() / PairUnderTest.PERIOD_MS;
            pair.server(1).restart();
            // What a client gets that goes to the server itself.
            try (StreamClient reference = StreamClient.connect(pair.server(1).url())) {
                reference.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
                pair.awaitServing(1);
                Await.until("present values", PairUnderTest.LONG, () -> fewestSince(client, returned) > 20);
                reference.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                for (int item = 0; item < ITEMS; item++) {
                    assertSameSinceTheReturn(client.stream(item), reference.stream(item), returned);
                }
            }

            client.streams().forEach((item, samples) -> assertOneBadSampleAndNothingTwice(item, samples));
            assertThat(client.events()).isEmpty();
            Unnoticed.wire(pair.tap());
        }
    }

    private static int fewestSince(StreamClient client, long tick) {
        return client.streams().values().stream()
                .mapToInt(samples -> ticks(samples).tailSet(tick).size())
                .min()
                .orElse(0);
    }

    /** After the bad value, nothing of before the outage; and what both were told of, the same. */
    private static void assertSameSinceTheReturn(List<Sample> through, List<Sample> direct, long returned) {
        int bad = IntStream.range(0, through.size())
                .filter(i -> !through.get(i).isGood())
                .max()
                .orElseThrow();
        NavigableSet<Long> since = ticks(through.subList(bad + 1, through.size()));
        NavigableSet<Long> reference = ticks(direct);
        long first = Math.max(since.getFirst(), reference.getFirst());
        long last = Math.min(since.getLast(), reference.getLast());
        assertThat(since.getFirst()).as("the first tick after the outage").isGreaterThanOrEqualTo(returned);
        assertThat(last - first).as("ticks that both have seen").isGreaterThan(10);
        assertThat(since.subSet(first, true, last, true)).isEqualTo(reference.subSet(first, true, last, true));
    }

    /** That each came once and in order, {@link #assertOneBadSampleAndNothingTwice} sees. */
    private static NavigableSet<Long> ticks(List<Sample> samples) {
        return samples.stream()
                .filter(Sample::hasTick)
                .map(Sample::tick)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static long badSamples(StreamClient client) {
        return client.streams().values().stream()
                .flatMap(List::stream)
                .filter(sample -> !sample.isGood())
                .count();
    }

    private static void assertRefused(StreamClient client) throws Exception {
        StatusCode nothing = new StatusCode(StatusCodes.Bad_NoCommunication);
        long start = System.nanoTime();
        List<DataValue> values = client.milo()
                .readValues(
                        0,
                        TimestampsToReturn.Both,
                        List.of(
                                new NodeId(2, "counter/0"),
                                NodeIds.Server_ServiceLevel,
                                NodeIds.Server_ServerStatus_State));
        assertThat(values.get(0).statusCode()).isEqualTo(nothing);
        assertThat(values.get(1).value().value()).isEqualTo(Unsigned.ubyte(1));
        assertThat(values.get(2).value().value()).isEqualTo(ServerState.CommunicationFault.getValue());
        assertThat(client.milo()
                        .writeValues(List.of(new NodeId(2, "static/0")), List.of(new DataValue(Variant.ofDouble(1)))))
                .containsExactly(nothing);
        assertThat((System.nanoTime() - start) / 1_000_000)
                .as("refused at once, ms")
                .isLessThan(2_000);
    }

    private static void assertOneBadSampleAndNothingTwice(String item, List<Sample> samples) {
        StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
        assertThat(samples.stream().filter(sample -> !sample.isGood()).map(Sample::statusWithoutInfo))
                .as(item)
                .containsExactly(StatusCodes.Bad_NoCommunication);
        assertThat(verdict.doubled()).as(item + verdict).isZero();
        assertThat(verdict.backwards()).as(item + verdict).isZero();
    }
}
