package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.eclipse.milo.opcua.stack.core.UaException;
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
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Ending;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;
import org.tandemopc.testkit.proxy.UaMessages;

/** The active server dies between applying a request and answering it. */
@ExtendWith(Timelines.class)
@Timeout(180)
class InFlightIT {
    private static final int SECONDS_MAX = 30;
    private static final int BYTES_STEP = Integer.getInteger("bytes.step", 24);
    private static final NodeId COUNTER = new NodeId(2, "counter/0");

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

    /**
     * A connection is cut after each byte of the request and of the answer of a read, or every so many-th
     * ({@code -Dbytes.step=1}: each): the read is answered once, with Good, and with a present value.
     */
    @ParameterizedTest
    @EnumSource(names = "HOT")
    @Timeout(1800)
    @Requirement(
            value = {"S1", "I3", "I11"},
            protocol = Protocol.UA)
    void aReadIsAnsweredGoodWhereverItsBytesAreCutOff(Mode mode) throws Exception {
        try (PairUnderTest pair = PairUnderTest.behindProxies(mode, spec -> spec, "--no-rate-limit")) {
            pair.awaitReady();
            StreamClient client = pair.connect();
            int cuts = 0;
            for (Direction direction : Direction.values()) {
                int length = lengthOfARead(pair, client, direction);
                for (int bytes = 0; bytes <= length; bytes += BYTES_STEP) {
                    int active = pair.active();
                    FaultProxy network = pair.proxy(active);
                    Predicate<ByteBuffer> read = message -> isRead(message, direction, length);
                    network.set(direction, new Fault.CutWithin(read, bytes, Ending.RESET_ALL));
                    long beforeMs = System.currentTimeMillis();
                    DataValue value = client.milo().readValue(0, TimestampsToReturn.Both, COUNTER);
                    String what = direction + " cut after " + bytes + " of " + length + " bytes: " + value;
                    assertThat(network.hasFired(direction))
                            .as("control: " + what)
                            .isTrue();
                    assertThat(value.statusCode().isGood()).as(what).isTrue();
                    assertThat(Objects.requireNonNull(value.sourceTime())
                                    .getJavaInstant()
                                    .toEpochMilli())
                            .as(what)
                            .isGreaterThan(beforeMs - 10 * PairUnderTest.PERIOD_MS);
                    cuts++;
                    pair.awaitServing(1 - active);
                    pair.awaitReady();
                    // The pair shall be as new for each cut, not warier with each.
                    pair.tandem().command("reset " + PairUnderTest.NAME);
                }
            }
            System.out.println("READS cut " + cuts + " times, each answered Good");
            assertThat(client.events()).isEmpty();
        }
    }

    /** As it is on the wire to the member. */
    private static int lengthOfARead(PairUnderTest pair, StreamClient client, Direction direction) throws UaException {
        FaultProxy network = pair.proxy(pair.active());
        AtomicInteger length = new AtomicInteger();
        // Looks at each message, and strikes none.
        network.set(direction, new Fault.Duplicate(message -> {
            if (isRead(message, direction, 0)) {
                length.set(message.remaining());
            }
            return false;
        }));
        client.milo().readValue(0, TimestampsToReturn.Both, COUNTER);
        network.heal();
        assertThat(length.get()).as("length in direction " + direction).isPositive();
        return length.get();
    }

    /** Of one value: Tandem's own reads of the status are of several. */
    private static boolean isRead(ByteBuffer message, Direction direction, int length) {
        if (direction == Direction.REQUESTS) {
            return UaMessages.ofType(UaMessages.READ_REQUEST).test(message)
                    && StandardCharsets.ISO_8859_1
                            .decode(message.duplicate())
                            .toString()
                            .contains("counter/0");
        }
        return UaMessages.ofType(UaMessages.READ_RESPONSE).test(message)
                && (length == 0 || message.remaining() == length);
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
