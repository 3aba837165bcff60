package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.Story;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemRecord;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * The active server hangs with a write on its way to it, and goes on: soon, before anybody has noticed, or when the pair has
 * left it. {@code -Dresume=1,10,60} are the seconds after the switch.
 */
@ExtendWith(Timelines.class)
@Timeout(600)
class ZombieIT {
    private static final List<Integer> RESUMED_AFTER = Stream.of(
                    System.getProperty("resume", "1").split(","))
            .map(Integer::valueOf)
            .toList();
    private static final Duration HICCUP = Duration.ofMillis(300);

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S3", "S7", "S8", "I1", "I2", "I3", "I11", "I12"},
            protocol = Protocol.UA)
    void aLateAnswerOfAServerThatWasLeftResolvesTheUnknownInTheLogAlone(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
            Story story = Story.of(pair);
            double value = 1000;
            for (int resumed : RESUMED_AFTER) {
                value++;
                awaitRedundant(pair, mode);
                int hung = pair.active();
                ServerProcess server = pair.server(hung);
                int applied = server.ledger().size();
                server.freeze();
                CompletableFuture<WriteResponse> write = write(client, value);
                pair.awaitServing(1 - hung);
                assertThat(results(write)).extracting(StatusCode::value).containsExactly(LedgerCheck.OUTCOME_UNKNOWN);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                awaitTime(Duration.ofSeconds(resumed));
                assertThat(server.ledger()).as("control: it was not even read").hasSize(applied);
                int resolved = story.records("OUTCOME_RESOLVED").size();
                server.thaw();
                awaitRedundant(pair, mode);
                if (mode == Mode.COLD) {
                    // Nothing leads to the standby: there is nobody to hear an answer.
                    assertThat(story.records("OUTCOME_RESOLVED")).isEmpty();
                } else {
                    Await.until(
                            "the answer is heard",
                            PairUnderTest.LONG,
                            () -> story.records("OUTCOME_RESOLVED").size() == resolved + 1);
                    TandemRecord unknown = story.records("OUTCOME_UNKNOWN").getLast();
                    TandemRecord late = story.records("OUTCOME_RESOLVED").getLast();
                    assertThat(late.field("results")).isEqualTo("0x00000000 (1)");
                    assertThat(late.field("nodes")).isEqualTo("ns=2;s=static/1").isEqualTo(unknown.field("nodes"));
                    assertThat(late.field("hashes")).isNotEmpty().isEqualTo(unknown.field("hashes"));
                    assertThat(late.field("member")).isEqualTo(String.valueOf(hung));
                    assertThat(server.ledger().getLast().value()).isEqualTo(String.valueOf(value));
                }
                assertThat(pair.server(1 - hung).ledger()).isEmpty();
                if (resumed != RESUMED_AFTER.getLast()) {
                    pair.tandem().command("switch " + PairUnderTest.NAME + " " + hung);
                    pair.awaitServing(hung);
                }
            }
            assertThat(client.events()).isEmpty();
            assertThat(story.records("OUTCOME_UNKNOWN")).hasSize(RESUMED_AFTER.size());
        }
    }

    /** Shorter than anybody's patience: nothing is moved, and the write is answered by the server. */
    @ParameterizedTest
    @EnumSource(names = {"COLD", "HOT"})
    @Requirement(
            value = {"S7", "I1", "I3", "I10"},
            protocol = Protocol.UA)
    void aServerThatHangsForAMomentKeepsItsWrites(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, 2, StreamClient.Subscribing.NORMAL);
            awaitRedundant(pair, mode);
            int active = pair.active();
            Story story = Story.of(pair);
            for (int i = 0; i < 5; i++) {
                pair.server(active).freeze();
                CompletableFuture<WriteResponse> write = write(client, i);
                awaitTime(HICCUP);
                assertThat(write.isDone()).as("control: it hangs").isFalse();
                pair.server(active).thaw();
                assertThat(results(write)).containsExactly(StatusCode.GOOD);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            }
            assertThat(pair.server(active).ledger()).hasSize(5);
            assertThat(pair.server(1 - active).ledger()).isEmpty();
            assertThat(story.records("OUTCOME_UNKNOWN")).isEmpty();
            assertThat(story.records("PROMOTED")).isEmpty();
        }
    }

    private static void awaitRedundant(PairUnderTest pair, Mode mode) {
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
    }

    private static void awaitTime(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Await.until("time passes", time.plus(PairUnderTest.LONG), () -> System.nanoTime() > end);
    }

    private static CompletableFuture<WriteResponse> write(StreamClient client, double value) {
        return client.milo()
                .writeAsync(List.of(new WriteValue(
                        new NodeId(2, "static/1"),
                        AttributeId.Value.uid(),
                        null,
                        new DataValue(Variant.ofDouble(value)))));
    }

    private static List<StatusCode> results(CompletableFuture<WriteResponse> write) throws Exception {
        StatusCode[] results = write.get(30, TimeUnit.SECONDS).getResults();
        return results == null ? List.of() : List.of(results);
    }
}
