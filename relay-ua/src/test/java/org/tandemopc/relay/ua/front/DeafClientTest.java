package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.structured.GetEndpointsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Clients that ask and do not read, over real sockets. */
@Timeout(120)
class DeafClientTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PAIRS = 20;
    private static final int BIG = 1 << 20;

    private static DoorFixture doorOfManyPairs(Duration unsentDeadline) throws Exception {
        DoorFixture door = DoorFixture.with(DoorFixture.limits(l -> l.unsentDeadline = unsentDeadline), Security.NONE);
        for (int i = 0; i < PAIRS; i++) {
            door.publish("/p" + i);
        }
        return door;
    }

    private static GetEndpointsRequest getEndpoints(DoorFixture door, RawClient client) {
        return getEndpoints(door, client, "en");
    }

    private static GetEndpointsRequest getEndpoints(DoorFixture door, RawClient client, String locale) {
        return new GetEndpointsRequest(
                client.header(NodeId.NULL_VALUE), door.url("/discovery"), new String[] {locale}, null);
    }

    /** Requests that fill a socket soon, at most so many that none is refused. */
    private static void ask(DoorFixture door, RawClient deaf) {
        for (int i = 0; i < 50 && !deaf.isStuck(); i++) {
            var unused = deaf.send(getEndpoints(door, deaf, "x".repeat(50_000)));
        }
    }

    @Test
    @Requirement(
            value = {"S19", "I9"},
            protocol = Protocol.UA)
    void strangerGetsNoMoreAnswersMadeThanItsSocketTakes() throws Exception {
        try (DoorFixture door = doorOfManyPairs(Duration.ofMinutes(5));
                RawClient deaf = door.raw("/p0", Security.NONE);
                RawClient other = door.raw("/p1", Security.NONE)) {
            RawClient.Session session = other.activate(other.create());
            deaf.reads(false);

            Await.until("neither side's socket takes any more", Duration.ofSeconds(60), () -> {
                ask(door, deaf);
                return deaf.isStuck() && door.door().unsentBytes() > SlowReaderGuard.UNSENT.high();
            });

            for (int i = 0; i < 200; i++) {
                assertThat(other.status(other.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
            }
            // The system's own buffers may have taken some more since.
            Await.until("nothing more is read from it", Duration.ofSeconds(60), () -> {
                ask(door, deaf);
                return deaf.isStuck();
            });
            assertThat(door.door().unsentBytes()).isLessThan(8L << 20);
            assertThat(door.door().connections()).as("it is held, not closed").isEqualTo(2);
        }
    }

    @Test
    void strangerThatReadsNothingIsClosed() throws Exception {
        try (DoorFixture door = doorOfManyPairs(Duration.ofSeconds(2));
                RawClient deaf = door.raw("/p0", Security.NONE);
                RawClient other = door.raw("/p1", Security.NONE)) {
            RawClient.Session session = other.activate(other.create());
            deaf.reads(false);

            Await.until("closed", Duration.ofSeconds(60), () -> {
                ask(door, deaf);
                return door.door().connections() == 1;
            });

            assertThat(door.door().unsentBytes()).isZero();
            assertThat(other.status(other.readRequest(session, "x"))).isEqualTo(StatusCode.GOOD);
        }
    }

    /** What is read at once must not become thousands of answers before the first of them is sent. */
    @Test
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void requestsWithoutASessionAreBoundedAtOnce() throws Exception {
        try (DoorFixture door = DoorFixture.with(Security.NONE)) {
            FakePair pair = door.publish("/p");
            CountDownLatch goOn = new CountDownLatch(1);
            try (RawClient client = door.raw("/p", Security.NONE)) {
                RawClient.Session session = client.activate(client.create());
                pair.service = request -> {
                    await(goOn);
                    return pair.read(request);
                };
                var held = client.send(client.readRequest(session, "holds the loop"));
                List<CompletableFuture<UaResponseMessageType>> answers = new ArrayList<>();
                for (int i = 0; i < 250; i++) {
                    answers.add(client.send(getEndpoints(door, client)));
                }
                client.written();
                goOn.countDown();

                held.get(15, TimeUnit.SECONDS);
                int refused = 0;
                for (CompletableFuture<UaResponseMessageType> answer : answers) {
                    refused += isRefused(answer) ? 1 : 0;
                }
                assertThat(refused).isBetween(1, 150);
                assertThat(isRefused(client.send(getEndpoints(door, client))))
                        .as("afterwards")
                        .isFalse();
            }
        }
    }

    private static boolean isRefused(CompletableFuture<UaResponseMessageType> answer) throws Exception {
        try {
            answer.get(15, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            assertThat(UaException.extractStatusCode(e)).contains(new StatusCode(StatusCodes.Bad_TooManyOperations));
            return true;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(15, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it sent meanwhile may wait unread: that is not its silence. */
    @Test
    @Requirement(
            value = {"S19"},
            protocol = Protocol.UA)
    void slowReaderKeepsItsSessionAndGetsAllItsAnswers() throws Exception {
        try (DoorFixture door = DoorFixture.with(DoorFixture.timeouts(Duration.ofMillis(500)), Security.NONE)) {
            FakePair pair = door.publish("/p");
            pair.service = DeafClientTest::big;
            try (RawClient slow = door.raw("/p", Security.NONE);
                    RawClient silent = door.raw("/p", Security.NONE)) {
                RawClient.Session session = slow.activate(slow.create(door.url("/p"), 500));
                slow.reads(false);
                List<CompletableFuture<UaResponseMessageType>> answers = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    answers.add(slow.send(slow.readRequest(session, "big")));
                }
                Await.until("much is unsent", SOON, () -> door.door().unsentBytes() > BIG);
                silent.activate(silent.create(door.url("/p"), 6_500)); // more than what a client gets after a pause
                Await.until(
                        "control: a silent session is over",
                        SOON,
                        () -> door.door().sessions() == 1);

                slow.reads(true);

                for (CompletableFuture<UaResponseMessageType> answer : answers) {
                    assertThat(answer.get(15, TimeUnit.SECONDS)).isInstanceOf(ReadResponse.class);
                }
                assertThat(slow.status(slow.readRequest(session, "big"))).isEqualTo(StatusCode.GOOD);
                assertThat(pair.sessions.getFirst().history).contains("reads false", "reads true");
                Await.until(
                        "its own silence counts again", SOON, () -> door.door().sessions() == 0);
            }
        }
    }

    /** Members answer what they were asked before nobody read any more. */
    @Test
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void answersThatComeAllTheSameAreBounded() throws Exception {
        try (DoorFixture door =
                DoorFixture.with(DoorFixture.limits(l -> l.unsentBytesPerConnection = 4L * BIG), Security.NONE)) {
            FakePair pair = door.publish("/p");
            List<CompletableFuture<UaResponseMessageType>> onTheirWay = new CopyOnWriteArrayList<>();
            pair.service = request -> {
                CompletableFuture<UaResponseMessageType> later = new CompletableFuture<>();
                onTheirWay.add(later);
                return later.thenCompose(now -> big(request));
            };
            try (RawClient deaf = door.raw("/p", Security.NONE)) {
                RawClient.Session session = deaf.activate(deaf.create());
                deaf.reads(false);
                for (int i = 0; i < 60; i++) {
                    var unused = deaf.send(deaf.readRequest(session, "big"));
                }
                Await.until("all asked", SOON, () -> onTheirWay.size() == 60);

                onTheirWay.forEach(answer -> answer.complete(null));

                Await.until("closed", SOON, () -> door.door().connections() == 0);
                Await.until("nothing is held", SOON, () -> door.door().unsentBytes() == 0);
                Await.until(
                        "the session is told", SOON, () -> pair.last().history.contains("channelLost"));
                assertThat(door.door().sessions())
                        .as("the session stays for its timeout")
                        .isEqualTo(1);
            }
        }
    }

    private static CompletableFuture<UaResponseMessageType> big(UaRequestMessageType request) {
        DataValue value = DataValue.valueOnly(Variant.ofByteString(ByteString.of(new byte[BIG])));
        return CompletableFuture.completedFuture(
                new ReadResponse(Faults.good(request), new DataValue[] {value}, new DiagnosticInfo[0]));
    }
}
