package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
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

            pair.server(1).restart();
            // What a client gets that is at the server itself.
            StreamClient reference = StreamClient.connect(pair.server(1).url());
            reference.watchCounters(0, ITEMS, StreamClient.Subscribing.NORMAL);
            pair.awaitServing(1);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            Await.until("present values", Duration.ofSeconds(20), () -> client.fewestSamples() > 20);
            reference.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            assertSameSinceTheReturn(client, reference);
            reference.close();

            client.streams().forEach((item, samples) -> assertOneBadSampleAndNothingTwice(item, samples));
            assertThat(client.events()).isEmpty();
            Unnoticed.wire(pair.tap());
        }
    }

    /** From the first value after the bad one on, both were told the same, in the same order; nothing before it (S13). */
    private static void assertSameSinceTheReturn(StreamClient client, StreamClient reference) {
        for (int item = 0; item < ITEMS; item++) {
            List<Sample> all = client.stream(item);
            int bad = IntStream.range(0, all.size())
                    .filter(i -> !all.get(i).isGood())
                    .max()
                    .orElseThrow();
            List<Long> since = ticks(all.subList(bad + 1, all.size()));
            // A client at the server itself may be told the first few twice.
            List<Long> direct = ticks(reference.stream(item)).stream()
                    .distinct()
                    .toList();
            long first = Math.max(since.getFirst(), direct.getFirst());
            long last = Math.min(since.getLast(), direct.getLast());
            assertThat(last - first).as("ticks that both have seen").isGreaterThan(10);
            assertThat(between(since, first, last)).isEqualTo(between(direct, first, last));
        }
    }

    private static List<Long> ticks(List<Sample> samples) {
        return samples.stream().filter(Sample::hasTick).map(Sample::tick).toList();
    }

    private static List<Long> between(List<Long> ticks, long first, long last) {
        return ticks.stream().filter(each -> each >= first && each <= last).toList();
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
