package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.LedgerCheck;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The active server dies between applying a request and answering it. */
@ExtendWith(Timelines.class)
@Timeout(180)
class InFlightIT {
    private static final int SECONDS_MAX = 30;

    @ParameterizedTest
    @EnumSource
    @Requirement(
            value = {"S1", "S3", "S4", "S5", "I1", "I3", "GAP-10"},
            protocol = Protocol.UA)
    void aWriteAndACallAreNotRepeatedAndAReadIs(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(mode)) {
            StreamClient client = pair.connect();
            client.watchCounters(0, 1, StreamClient.Subscribing.NORMAL);
            pair.server(0).command("slow 20000");
            CompletableFuture<WriteResponse> write =
                    client.milo().writeAsync(List.of(write("static/1", 7), write("static/2", 8)));
            CompletableFuture<CallResponse> call = client.milo().callAsync(List.of(call("once")));
            CompletableFuture<List<DataValue>> read =
                    client.milo().readValuesAsync(0, TimestampsToReturn.Both, List.of(new NodeId(2, "counter/0")));
            Await.until(
                    "both are applied",
                    PairUnderTest.LONG,
                    () -> pair.server(0).ledger().size() == 3);
            pair.server(0).kill();

            WriteResponse written = write.get(SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(Objects.requireNonNull(written.getResults()))
                    .allSatisfy(status -> assertThat(status.value()).isEqualTo(LedgerCheck.OUTCOME_UNKNOWN));
            assertThat(Objects.requireNonNull(
                                    call.get(SECONDS_MAX, TimeUnit.SECONDS).getResults())[0]
                            .getStatusCode()
                            .value())
                    .isEqualTo(LedgerCheck.OUTCOME_UNKNOWN);
            assertThat(read.get(SECONDS_MAX, TimeUnit.SECONDS)
                            .get(0)
                            .statusCode()
                            .isGood())
                    .isTrue();

            pair.awaitServing(1);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            assertThat(pair.server(0).ledger()).hasSize(3);
            assertThat(pair.server(1).ledger()).isEmpty();
            assertThat(pair.tandem().records(PairUnderTest.NAME, "OUTCOME_UNKNOWN"))
                    .isNotEmpty();
            assertThat(client.events()).isEmpty();
        }
    }

    private static WriteValue write(String id, double value) {
        return new WriteValue(
                new NodeId(2, id),
                org.eclipse.milo.opcua.stack.core.AttributeId.Value.uid(),
                null,
                new DataValue(Variant.ofDouble(value)));
    }

    private static CallMethodRequest call(String text) {
        return new CallMethodRequest(
                new NodeId(2, "methods"), new NodeId(2, "methods/record"), new Variant[] {Variant.ofString(text)});
    }
}
