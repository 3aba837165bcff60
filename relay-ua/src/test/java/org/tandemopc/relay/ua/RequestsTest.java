package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.AddNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseNextResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterNodesResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.UnregisterNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.UnregisterNodesResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ViewDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** What becomes of a client's requests: in quiet times, in a switch, with no member. */
@NullUnmarked
class RequestsTest {
    private static final StatusCode TIMEOUT = new StatusCode(StatusCodes.Bad_Timeout);
    private static final StatusCode NO_COMMUNICATION = new StatusCode(StatusCodes.Bad_NoCommunication);

    @Nested
    class InFlightAtTheLoss {
        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();

        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(
                value = {"S1", "GAP-10"},
                protocol = Protocol.UA)
        void readIsRepeatedOnTheNewActive(Mode mode) {
            RedundantPair pair = new RedundantPair(mode).started();
            FakeClient reader = pair.client();
            pair.b.set("x", 42);
            pair.a.answerMs = 1_000;
            FakeClient.Answer answer = reader.read("x");
            pair.time.run(100);
            pair.a.kill();
            pair.time.run(100);
            assertThat(answer.isThere()).isFalse();

            pair.failOver(0, 1);
            pair.time.run(100);

            DataValue value = answer.get(ReadResponse.class).getResults()[0];
            assertThat(value.getValue().getValue()).isEqualTo(42L);
            assertThat(pair.b.requests(ReadRequest.class).stream()
                            .filter(r -> r.getNodesToRead()[0].getNodeId().equals(FakeMember.node("x"))))
                    .hasSize(1);
        }

        @Test
        @Requirement(
                value = {"S1"},
                protocol = Protocol.UA)
        void readThatNobodyAnswersInTimeIsBadPerNode() {
            world.a.silent = true;
            FakeClient.Answer answer = client.read("x", "y");

            world.time.run(9_000);
            assertThat(answer.isThere()).isFalse();
            world.time.run(1_100);

            assertThat(answer.get(ReadResponse.class).getResults())
                    .extracting(DataValue::getStatusCode)
                    .containsExactly(TIMEOUT, TIMEOUT);
        }

        /** It may have been carried out: the answer says so, and nobody sends it again (S3, S4). */
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(
                value = {"S3", "S4", "I1", "GAP-10", "M4"},
                protocol = Protocol.UA)
        void writeIsBadTimeoutPerItemWithAWordAndNeverSentAgain(Mode mode) {
            RedundantPair pair = new RedundantPair(mode).started();
            FakeClient writer = pair.client();
            pair.a.answerMs = 1_000;
            FakeClient.Answer answer = writer.write("x", "y", "z");
            pair.time.run(100);
            pair.a.kill();
            pair.failOver(0, 1);
            pair.time.run(100);

            WriteResponse response = answer.get(WriteResponse.class);
            assertThat(response.getResponseHeader().getServiceResult()).isEqualTo(StatusCode.GOOD);
            assertThat(response.getResults()).containsExactly(TIMEOUT, TIMEOUT, TIMEOUT);
            assertThat(response.getDiagnosticInfos())
                    .hasSize(3)
                    .allSatisfy(d -> assertThat(d.additionalInfo()).contains("outcome unknown", "member 0", "epoch 1"));
            pair.time.run(60_000);
            assertThat(pair.a.ledger).hasSize(3);
            assertThat(pair.b.requests(WriteRequest.class)).isEmpty();
            assertThat(pair.records(RecordKind.OUTCOME_UNKNOWN)).hasSize(1);
            assertThat(pair.report().requestsUnknown()).isEqualTo(1);
        }

        /** What the next member has may come from anybody: it is not read to find out, and would prove nothing. */
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(
                value = {"S6", "I3"},
                protocol = Protocol.UA)
        void writeOfUnknownOutcomeIsNotReadBackAndStaysUnknown(Mode mode) {
            RedundantPair pair = new RedundantPair(mode).started();
            FakeClient writer = pair.client();
            pair.a.answerMs = 1_000;
            FakeClient.Answer answer = writer.write("x");
            pair.time.run(100);
            pair.b.set("x", 7);
            pair.a.kill();
            pair.failOver(0, 1);
            pair.time.run(60_000);

            assertThat(answer.get(WriteResponse.class).getResults()).containsExactly(TIMEOUT);
            assertThat(readsOf(pair.a, "x") + readsOf(pair.b, "x")).isZero();
            assertThat(pair.records(RecordKind.OUTCOME_UNKNOWN)).hasSize(1);
            assertThat(pair.records(RecordKind.OUTCOME_RESOLVED)).isEmpty();
            assertThat(writer.readNow(FakeMember.node("x")).getValue().getValue())
                    .isEqualTo(7L);
            assertThat(readsOf(pair.b, "x")).as("control").isEqualTo(1);
        }

        private long readsOf(FakeMember member, String node) {
            return member.requests(ReadRequest.class).stream()
                    .flatMap(read -> Arrays.stream(read.getNodesToRead()))
                    .filter(one -> one.getNodeId().equals(FakeMember.node(node)))
                    .count();
        }

        @Test
        @Requirement(
                value = {"S5", "I1"},
                protocol = Protocol.UA)
        void callIsBadTimeoutAndNeverSentAgain() {
            world.a.answerMs = 1_000;
            FakeClient.Answer answer = client.call("start");
            world.time.run(100);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(60_000);

            CallResponse response = answer.get(CallResponse.class);
            assertThat(response.getResults()[0].getStatusCode()).isEqualTo(TIMEOUT);
            assertThat(response.getDiagnosticInfos()[0].additionalInfo()).contains("outcome unknown");
            assertThat(world.b.requests(CallRequest.class)).isEmpty();
            assertThat(world.a.ledger).hasSize(1);
        }

        /** Before its bytes are handed to a socket, a write may go to the new active: once. */
        @Test
        @Requirement(
                value = {"S2", "I1", "I2"},
                protocol = Protocol.UA)
        void writeThatCameDuringTheSwitchGoesToTheNewActive() {
            world.a.kill();
            world.lose(0);
            FakeClient.Answer answer = client.write("x");
            world.time.run(1_000);
            assertThat(answer.isThere()).isFalse();
            world.promote(1);
            world.time.run(100);

            assertThat(answer.get(WriteResponse.class).getResults()).containsExactly(StatusCode.GOOD);
            assertThat(world.a.ledger).isEmpty();
            assertThat(world.b.ledger).containsExactly("write x=7");
        }

        /** A connection that broke before the pair knows: the request waits for it, it is not failed. */
        @Test
        @Requirement(
                value = {"S2"},
                protocol = Protocol.UA)
        void writeOnABrokenLinkWaitsForTheSwitch() {
            world.a.kill();
            FakeClient.Answer answer = client.write("x");
            world.time.run(500);
            assertThat(answer.isThere()).isFalse();
            assertThat(world.suspicions).isNotEmpty().allMatch(s -> s.startsWith("0 "));
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(answer.get(WriteResponse.class).getResults()).containsExactly(StatusCode.GOOD);
            assertThat(world.b.ledger).hasSize(1);
        }

        @Test
        @Requirement(
                value = {"S12"},
                protocol = Protocol.UA)
        void requestWaitsNoLongerThanTheHoldTimeout() {
            world.a.kill();
            world.lose(0);
            FakeClient.Answer read = client.read("x");
            FakeClient.Answer write = client.write("x");
            world.time.run(4_900);
            assertThat(read.isThere()).isFalse();
            world.time.run(200);

            assertThat(read.get(ReadResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(NO_COMMUNICATION);
            assertThat(write.get(WriteResponse.class).getResults()).containsExactly(NO_COMMUNICATION);
        }

        @Test
        void requestWaitsNoLongerThanTheClientDoes() {
            world.a.kill();
            world.lose(0);
            FakeClient.Answer write = client.write(1_000, "x");
            world.time.run(1_000);

            assertThat(write.get(WriteResponse.class).getResults()).containsExactly(NO_COMMUNICATION);
        }

        /** The stopped active wakes and answers: too late, the client has its answer, and only one (M4, S8). */
        @Test
        @Requirement(
                value = {"S7", "S8", "I3"},
                protocol = Protocol.UA)
        void answersOfAFormerActiveAreNotHeard() {
            world.a.set("x", 1);
            world.b.set("x", 2);
            world.a.silent = true;
            FakeClient.Answer read = client.read("x");
            FakeClient.Answer write = client.write("y");
            world.time.run(500);
            world.failOver(0, 1);
            world.time.run(100);
            world.a.wake();
            world.time.run(1_000);

            assertThat(read.get(ReadResponse.class).getResults()[0].getValue().getValue())
                    .isEqualTo(2L);
            assertThat(write.get(WriteResponse.class).getResults()).containsExactly(TIMEOUT);
            assertThat(world.b.requests(WriteRequest.class)).isEmpty();
        }

        /** The connection alone breaks, the member lives: the link comes back by itself, reads are repeated there. */
        @Test
        void readOfABrokenConnectionIsRepeatedOnTheSameMember() {
            world.a.answerMs = 1_000;
            FakeClient.Answer read = client.read("x");
            FakeClient.Answer write = client.write("x");
            world.time.run(10);
            world.a.cut("cable");
            world.a.answerMs = 1;
            world.time.run(500);

            assertThat(read.get(ReadResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(StatusCode.GOOD);
            assertThat(write.get(WriteResponse.class).getResults()).containsExactly(TIMEOUT);
            assertThat(world.a.ledger).hasSize(1);
        }

        @Test
        @Requirement(value = "I12", protocol = Protocol.UA)
        void switchIsReportedWithWhatBecameOfRequests() {
            world.a.answerMs = 1_000;
            for (int i = 0; i < 3; i++) {
                client.read("x");
            }
            client.write("x");
            client.write("y");
            world.time.run(100);
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(world.report().requestsUnknown()).isEqualTo(2);
            assertThat(world.report().requestsRepeated()).isEqualTo(3);
            assertThat(world.report().sessions()).isEqualTo(1);
            assertThat(world.pair.snapshot().requestsRepeated()).isEqualTo(3);
        }
    }

    /** What went wrong long before has nothing to do with a switch. */
    @Test
    @Requirement(value = "I12", protocol = Protocol.UA)
    void reportOfASwitchTellsOfThatSwitchOnly() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.client();
        world.a.answerMs = 1_000;
        client.write("x");
        world.time.run(10);
        world.a.cut("cable");
        world.a.answerMs = 1;
        world.time.run(60_000);
        world.switchTo(1);
        world.time.run(100);
        assertThat(world.report().requestsUnknown()).isZero();

        world.b.answerMs = 1_000;
        client.write("x");
        world.time.run(10);
        world.switchTo(0);
        world.detach(1);
        world.time.run(100);
        world.switchTo(1);
        world.time.run(100);

        assertThat(world.report().requestsUnknown()).isEqualTo(1);
        world.time.run(60_000);
        world.switchTo(0);
        assertThat(world.report().requestsUnknown()).isZero();
    }

    @Nested
    class Stranded {
        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();

        @Test
        @Requirement(
                value = {"S12", "GAP-11"},
                protocol = Protocol.UA)
        void requestsAreAnsweredAtOnceAsNotSent() {
            world.lose(0);
            FakeClient.Answer waiting = client.write("z");
            world.strand();

            FakeClient.Answer read = client.read("x", "y");
            FakeClient.Answer write = client.write("x");
            FakeClient.Answer call = client.call("go");
            FakeClient.Answer browse = client.send(browse());

            assertThat(waiting.get(WriteResponse.class).getResults()).containsExactly(NO_COMMUNICATION);
            assertThat(read.get(ReadResponse.class).getResults())
                    .extracting(DataValue::getStatusCode)
                    .containsExactly(NO_COMMUNICATION, NO_COMMUNICATION);
            assertThat(write.get(WriteResponse.class).getResults()).containsExactly(NO_COMMUNICATION);
            assertThat(call.get(CallResponse.class).getResults()[0].getStatusCode())
                    .isEqualTo(NO_COMMUNICATION);
            assertThat(browse.status()).isEqualTo(NO_COMMUNICATION);
            world.time.run(60_000);
            assertThat(world.a.ledger).isEmpty();
            assertThat(world.b.ledger).isEmpty();
        }

        @Test
        @Requirement(
                value = {"S12", "GAP-11", "I5", "I11"},
                protocol = Protocol.UA)
        void eachItemGetsOneBadValuePerOutageAndAGoodOneAfterIt() {
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x", "y");
            world.time.run(1_000);
            for (int outage = 1; outage <= 3; outage++) {
                client.forget();
                world.a.kill();
                world.b.kill();
                world.lose(0);
                world.detach(1);
                world.strand();
                world.time.run(30_000);

                assertThat(client.of("x"))
                        .extracting(FakeClient.Received::status)
                        .containsExactly(NO_COMMUNICATION);
                assertThat(client.of("y"))
                        .extracting(FakeClient.Received::status)
                        .containsExactly(NO_COMMUNICATION);
                world.a.restart();
                world.b.restart();
                client.forget();
                world.hold();
                world.promote(0);
                world.attach(1);
                world.time.run(1_000);

                assertThat(client.of("x"))
                        .extracting(FakeClient.Received::status)
                        .containsExactly(StatusCode.GOOD);
                assertThat(client.of("y"))
                        .extracting(FakeClient.Received::status)
                        .containsExactly(StatusCode.GOOD);
            }
        }

        @Test
        @Requirement(
                value = {"S12"},
                protocol = Protocol.UA)
        void itemsThatDoNotReportAreNotReportedBad() {
            int subscription = client.subscribe(100);
            client.items(
                    subscription,
                    FakeClient.item(
                            FakeClient.readValue("x"),
                            1,
                            100,
                            1,
                            org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode.Sampling));
            world.time.run(1_000);
            world.lose(0);
            world.strand();
            world.time.run(1_000);

            assertThat(client.received).isEmpty();
        }

        @Test
        @Requirement(
                value = {"S12"},
                protocol = Protocol.UA)
        void keepAlivesGoOn() {
            int subscription = client.subscribe(100, 5, 1_000);
            client.monitor(subscription, "x");
            world.time.run(1_000);
            world.a.kill();
            world.b.kill();
            world.lose(0);
            world.detach(1);
            world.strand();
            world.time.run(1_000);
            int before = client.keepAlives;
            world.time.run(30_000);

            assertThat(client.keepAlives - before).isBetween(55, 61);
            assertThat(client.statusChanges).isEmpty();
        }
    }

    private BrowseRequest browse() {
        return new BrowseRequest(
                header(),
                new ViewDescription(NodeId.NULL_VALUE, DateTime.MIN_VALUE, uint(0)),
                uint(1),
                new BrowseDescription[] {
                    new BrowseDescription(
                            NodeIds.ObjectsFolder, BrowseDirection.Both, NodeIds.References, true, uint(0), uint(63))
                });
    }

    private static org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader header() {
        return new org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader(
                new NodeId(0, 4711), DateTime.now(), uint(77), uint(0), null, uint(10_000), null);
    }

    @Nested
    class ContinuationPoints {
        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();

        private ByteString browsed() {
            return client.ask(browse(), BrowseResponse.class).getResults()[0].getContinuationPoint();
        }

        private StatusCode next(ByteString point) {
            return client.ask(
                            new BrowseNextRequest(client.header(), false, new ByteString[] {point}),
                            BrowseNextResponse.class)
                    .getResults()[0]
                    .getStatusCode();
        }

        @Test
        void pointLeadsOnAtTheMemberThatGaveIt() {
            assertThat(next(browsed())).isEqualTo(StatusCode.GOOD);
        }

        @Test
        @Requirement(value = "S1", protocol = Protocol.UA)
        void pointOfAFormerActiveIsInvalid() {
            ByteString point = browsed();
            world.switchTo(1);

            assertThat(next(point).value()).isEqualTo(StatusCodes.Bad_ContinuationPointInvalid);
        }

        /** A member's session that was made anew does not know the points of the old one: no other's may be hit. */
        @Test
        @Requirement(value = "S1", protocol = Protocol.UA)
        void pointOfABrokenConnectionIsInvalid() {
            ByteString point = browsed();
            world.a.cut("cable");
            world.time.run(500);

            assertThat(next(point).value()).isEqualTo(StatusCodes.Bad_ContinuationPointInvalid);
        }

        /** Held over a switch, it must not be sent on as if it meant something to the new member. */
        @Test
        @Requirement(value = "S1", protocol = Protocol.UA)
        void pointThatWaitedDuringTheSwitchIsInvalid() {
            ByteString point = browsed();
            world.lose(0);
            FakeClient.Answer answer =
                    client.send(new BrowseNextRequest(client.header(), false, new ByteString[] {point}));
            world.time.run(100);
            world.promote(1);
            world.time.run(100);

            assertThat(answer.get(BrowseNextResponse.class)
                            .getResults()[0]
                            .getStatusCode()
                            .value())
                    .isEqualTo(StatusCodes.Bad_ContinuationPointInvalid);
        }
    }

    @Nested
    class PassedOn {
        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();

        /** Part 4, 7.32: what a client wants to be told, and its audit id, are a matter between it and the server. */
        @Test
        void headerOfTheClientReachesTheMember() {
            client.send(new ReadRequest(
                    new org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader(
                            new NodeId(0, 4711), DateTime.now(), uint(77), uint(0x3FF), "audit 9", uint(8_000), null),
                    0.0,
                    TimestampsToReturn.Source,
                    new ReadValueId[] {FakeClient.readValue("x")}));
            world.time.run(50);

            assertThat(world.a.requests(ReadRequest.class).getLast()).satisfies(r -> {
                assertThat(r.getRequestHeader().getReturnDiagnostics()).isEqualTo(uint(0x3FF));
                assertThat(r.getRequestHeader().getAuditEntryId()).isEqualTo("audit 9");
                assertThat(r.getRequestHeader().getTimeoutHint()).isEqualTo(uint(8_000));
                assertThat(r.getTimestampsToReturn()).isEqualTo(TimestampsToReturn.Source);
            });
        }

        @Test
        void requestHandleOfTheAnswerIsTheClients() {
            FakeClient.Answer answer = client.send(browse());
            world.time.run(50);

            assertThat(answer.get(BrowseResponse.class).getResponseHeader().getRequestHandle())
                    .isEqualTo(uint(77));
        }

        @Test
        void faultOfTheMemberIsTheClientsAnswer() {
            world.a.nextFault.put(WriteRequest.class, new StatusCode(StatusCodes.Bad_TooManyOperations));
            FakeClient.Answer answer = client.write("x");
            world.time.run(50);

            assertThat(answer.status().value()).isEqualTo(StatusCodes.Bad_TooManyOperations);
        }

        @Test
        void resultsOfTheMemberAreTheClientsOperationByOperation() {
            world.a.refused.put(FakeMember.node("y"), new StatusCode(StatusCodes.Bad_NotWritable));
            FakeClient.Answer answer = client.write("x", "y", "z");
            world.time.run(50);

            assertThat(answer.get(WriteResponse.class).getResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_NotWritable, 0L);
        }

        @Test
        void requestsOfOneSessionKeepTheirOrder() {
            List<FakeClient.Answer> answers = new ArrayList<>();
            world.lose(0);
            for (int i = 0; i < 50; i++) {
                answers.add(client.call("n" + i));
            }
            world.promote(1);
            for (int i = 50; i < 100; i++) {
                answers.add(client.call("n" + i));
            }
            world.time.run(100);

            assertThat(world.b.ledger).hasSize(100);
            for (int i = 0; i < 100; i++) {
                assertThat(world.b.ledger.get(i)).isEqualTo("call method n" + i);
            }
        }

        @Test
        void registeredNodesAreTheSameWhateverMemberIsActive() {
            NodeId[] nodes = {FakeMember.node("x"), FakeMember.node("y")};

            RegisterNodesResponse response =
                    client.ask(new RegisterNodesRequest(client.header(), nodes), RegisterNodesResponse.class);

            assertThat(response.getRegisteredNodeIds()).containsExactly(nodes);
            assertThat(world.a.requests(RegisterNodesRequest.class)).isEmpty();
            assertThat(client.send(new RegisterNodesRequest(client.header(), new NodeId[0]))
                            .status()
                            .value())
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(client.ask(new UnregisterNodesRequest(client.header(), nodes), UnregisterNodesResponse.class)
                            .getResponseHeader()
                            .getServiceResult())
                    .isEqualTo(StatusCode.GOOD);
            assertThat(client.send(new UnregisterNodesRequest(client.header(), new NodeId[0]))
                            .status()
                            .value())
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
        }

        @Test
        void otherServicesAreNotSupported() {
            FakeClient.Answer answer = client.send(new AddNodesRequest(client.header(), null));

            assertThat(answer.status().value()).isEqualTo(StatusCodes.Bad_ServiceUnsupported);
        }
    }

    /** Methods whose arguments are ids of Tandem's own (ua-relay 5.6). */
    @Nested
    class MethodsWithIds {
        private static final NodeId CONDITION_REFRESH_2 = new NodeId(0, 12912);
        private static final NodeId GET_MONITORED_ITEMS = new NodeId(0, 11492);
        private static final NodeId RESEND_DATA = new NodeId(0, 12873);
        private static final NodeId REQUEST_SERVER_STATE_CHANGE = new NodeId(0, 12886);

        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();
        private final int subscription = client.subscribe(100);
        private final UInteger item = client.monitor(subscription, "x").get(0);

        @Test
        void idsAreTheMembersOnTheWayThere() {
            client.call(CONDITION_REFRESH_2, Variant.ofUInt32(uint(subscription)), Variant.ofUInt32(item));
            world.time.run(50);

            FakeSubscriptions.Subscription there =
                    world.a.session().subscriptions.only();
            assertThat(world.a.ledger)
                    .containsExactly("call 12912 " + there.id + " " + there.item(FakeMember.node("x")).id);
        }

        @Test
        void idThatIsNoneOfTheClientsNeverBecomesSomebodyElses() {
            FakeSubscriptions.Subscription there =
                    world.a.session().subscriptions.only();
            client.call(RESEND_DATA, Variant.ofUInt32(uint(there.id)));
            world.time.run(50);

            assertThat(world.a.ledger).containsExactly("call 12873 0");
        }

        @Test
        void monitoredItemsAreTandemsOwn() {
            FakeClient.Answer answer = client.call(GET_MONITORED_ITEMS, Variant.ofUInt32(uint(subscription)));
            world.time.run(50);

            Variant[] out = answer.get(CallResponse.class).getResults()[0].getOutputArguments();
            assertThat((UInteger[]) out[0].getValue()).containsExactly(item);
            assertThat((UInteger[]) out[1].getValue()).containsExactly(uint(1));
            assertThat(world.a.ledger).isEmpty();
        }

        @Test
        void monitoredItemsOfAnUnknownSubscriptionAreRefused() {
            FakeClient.Answer answer = client.call(GET_MONITORED_ITEMS, Variant.ofUInt32(uint(999)));
            world.time.run(50);

            assertThat(answer.get(CallResponse.class)
                            .getResults()[0]
                            .getStatusCode()
                            .value())
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
        }

        /** Part 5, 9.1 and 9.2; at the member nobody has that id, or a stranger. */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void subscriptionOfAnotherSessionIsDenied() {
            int others = world.client().subscribe(100);

            FakeClient.Answer answer = calls(
                    GET_MONITORED_ITEMS, Variant.ofUInt32(uint(others)), RESEND_DATA, Variant.ofUInt32(uint(others)));
            world.time.run(50);

            assertThat(answer.get(CallResponse.class).getResults())
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_UserAccessDenied);
            assertThat(world.a.ledger).isEmpty();
        }

        /** What is wrong with a call the member knows best; it is told no id that it could take for somebody's. */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void callsThatMakeNoSenseAreTheMembersToRefuse() {
            FakeClient.Answer answer = client.send(new CallRequest(client.header(), new CallMethodRequest[] {
                new CallMethodRequest(NodeIds.Server, GET_MONITORED_ITEMS, new Variant[0]),
                new CallMethodRequest(
                        NodeIds.Server, GET_MONITORED_ITEMS, new Variant[] {Variant.ofString("a subscription")}),
                new CallMethodRequest(NodeIds.Server, RESEND_DATA, new Variant[] {Variant.ofString("a subscription")}),
                new CallMethodRequest(NodeIds.Server, RESEND_DATA, new Variant[] {Variant.ofInt32(1)}),
                new CallMethodRequest(FakeMember.node("object"), GET_MONITORED_ITEMS, new Variant[] {
                    Variant.ofUInt32(uint(subscription))
                })
            }));
            world.time.run(50);

            assertThat(answer.get(CallResponse.class).getResults()).hasSize(5);
            assertThat(Arrays.stream(world.a
                                    .requests(CallRequest.class)
                                    .getLast()
                                    .getMethodsToCall())
                            .map(call -> Arrays.stream(call.getInputArguments())
                                    .map(input -> String.valueOf(input.getValue()))
                                    .toList()))
                    .containsExactly(
                            List.of(),
                            List.of("a subscription"),
                            List.of("a subscription"),
                            List.of("0"),
                            List.of("0"));
        }

        @Test
        void stateOfTheServerIsNotTheClientsToChange() {
            FakeClient.Answer answer = client.call(REQUEST_SERVER_STATE_CHANGE);
            world.time.run(50);

            assertThat(onlyResult(answer)).isEqualTo(StatusCodes.Bad_NotSupported);
            assertThat(world.a.ledger).isEmpty();
        }

        private static long onlyResult(FakeClient.Answer answer) {
            CallMethodResult[] results = answer.get(CallResponse.class).getResults();
            assertThat(results).hasSize(1);
            return results[0].getStatusCode().value();
        }

        /** One operation is refused, not the request (Part 4, 5.12.2). */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void callsBesideOneThatIsRefusedAreRelayed() {
            FakeClient.Answer answer = calls(
                    FakeMember.node("first"),
                    Variant.ofString("a"),
                    REQUEST_SERVER_STATE_CHANGE,
                    Variant.ofInt32(0),
                    FakeMember.node("last"),
                    Variant.ofString("b"));
            world.time.run(50);

            assertThat(answer.get(CallResponse.class).getResults())
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(0L, StatusCodes.Bad_NotSupported, 0L);
            assertThat(world.a.ledger).containsExactly("call first a", "call last b");
        }

        private FakeClient.Answer calls(Object... methodsAndArguments) {
            List<CallMethodRequest> calls = new ArrayList<>();
            for (int i = 0; i < methodsAndArguments.length; i += 2) {
                NodeId method = (NodeId) methodsAndArguments[i];
                calls.add(new CallMethodRequest(
                        method.getNamespaceIndex().intValue() == 0 ? NodeIds.Server : FakeMember.node("object"),
                        method,
                        new Variant[] {(Variant) methodsAndArguments[i + 1]}));
            }
            return client.send(new CallRequest(client.header(), calls.toArray(new CallMethodRequest[0])));
        }

        /** A member that lists its own items names its own ids, and the handles between it and Tandem. */
        @Test
        void monitoredItemsAreTandemsOwnAlsoAmongOtherCalls() {
            FakeClient.Answer answer = calls(
                    FakeMember.node("first"),
                    Variant.ofString("a"),
                    GET_MONITORED_ITEMS,
                    Variant.ofUInt32(uint(subscription)),
                    RESEND_DATA,
                    Variant.ofUInt32(uint(subscription)),
                    GET_MONITORED_ITEMS,
                    Variant.ofUInt32(uint(999)),
                    FakeMember.node("last"),
                    Variant.ofString("b"));
            world.time.run(50);

            CallMethodResult[] results = answer.get(CallResponse.class).getResults();
            assertThat(results)
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(0L, 0L, 0L, StatusCodes.Bad_SubscriptionIdInvalid, 0L);
            assertThat((UInteger[]) results[1].getOutputArguments()[0].getValue())
                    .containsExactly(item);
            assertThat((UInteger[]) results[1].getOutputArguments()[1].getValue())
                    .containsExactly(uint(1));
            assertThat(results[4].getOutputArguments()[0].getValue()).isEqualTo("called@0");
            assertThat(world.a.ledger)
                    .containsExactly(
                            "call first a",
                            "call 12873 " + world.a.session().subscriptions.only().id,
                            "call last b");
        }

        /** Each of the others has the code of what became of it; none is sent twice (S3, S5). */
        @Test
        @Requirement(
                value = {"S3", "S5"},
                protocol = Protocol.UA)
        void othersOfABatchAreUnknownWhenTheMemberDiesAndTandemsOwnAreAnswered() {
            world.a.silent = true;
            FakeClient.Answer answer = calls(
                    GET_MONITORED_ITEMS,
                    Variant.ofUInt32(uint(subscription)),
                    FakeMember.node("other"),
                    Variant.ofString("a"));
            world.time.run(50);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(answer.get(CallResponse.class).getResults())
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(0L, StatusCodes.Bad_Timeout);
            assertThat(world.b.ledger).isEmpty();
        }

        @Test
        void memberThatAnswersAnotherNumberOfCallsIsNotBelieved() {
            world.a.instead = request -> request instanceof CallRequest call
                    ? new CallResponse(Answers.good(call.getRequestHeader()), new CallMethodResult[0], null)
                    : null;

            FakeClient.Answer answer = calls(
                    GET_MONITORED_ITEMS,
                    Variant.ofUInt32(uint(subscription)),
                    FakeMember.node("other"),
                    Variant.ofString("a"));
            world.time.run(50);

            assertThat(answer.status().value()).isEqualTo(StatusCodes.Bad_UnknownResponse);
        }

        /** Part 4, 5.12.2: a method may be called by its id in the type of its object. */
        @Test
        void methodsAreKnownByTheirIdsInServerTypeToo() {
            UInteger there = uint(world.a.session().subscriptions.only().id);
            FakeClient.Answer items =
                    client.call(NodeIds.ServerType_GetMonitoredItems, Variant.ofUInt32(uint(subscription)));
            client.call(NodeIds.ServerType_ResendData, Variant.ofUInt32(uint(subscription)));
            client.call(NodeIds.ServerType_SetSubscriptionDurable, Variant.ofUInt32(there));
            FakeClient.Answer state = client.call(NodeIds.ServerType_RequestServerStateChange);
            world.time.run(50);

            Variant[] out = items.get(CallResponse.class).getResults()[0].getOutputArguments();
            assertThat((UInteger[]) out[0].getValue()).containsExactly(item);
            assertThat(onlyResult(state)).isEqualTo(StatusCodes.Bad_NotSupported);
            assertThat(world.a.ledger).containsExactly("call 12871 " + there, "call 12746 0");
        }

        /** The member has not got the subscription yet: the call waits for that, it is not sent with a wrong id. */
        @Test
        void callWaitsUntilTheNewActiveHasTheSubscription() {
            RedundantPair cold = new RedundantPair(Mode.COLD).started();
            FakeClient caller = cold.client();
            int id = caller.subscribe(100);
            cold.a.kill();
            cold.lose(0);
            FakeClient.Answer answer = caller.call(RESEND_DATA, Variant.ofUInt32(uint(id)));
            cold.promote(1);
            cold.time.run(100);

            assertThat(answer.isThere()).isTrue();
            assertThat(cold.b.ledger)
                    .containsExactly(
                            "call 12873 " + cold.b.session().subscriptions.only().id);
        }
    }

    /** Nobody hears the answer, but the door counts what is not answered, over all sessions. */
    @Test
    @Requirement(
            value = {"I9", "S3"},
            protocol = Protocol.UA)
    void requestsThatAMemberHasNotAnsweredEndWithTheirSession() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.client();
        world.a.silent = true;
        FakeClient.Answer read = client.read("x");
        FakeClient.Answer written = client.write("x");
        world.time.run(50);

        client.session.closed(true, "CloseSession");
        world.time.settle();

        assertThat(read.isThere()).isTrue();
        assertThat(written.get(WriteResponse.class).getResults()[0].value()).isEqualTo(StatusCodes.Bad_Timeout);
        assertThat(world.records(RecordKind.OUTCOME_UNKNOWN)).hasSize(1);
    }

    @Test
    void resultsAreThereForEveryOperationInOrder() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.client();
        for (String node : List.of("x", "y", "z")) {
            world.a.set(node, node.charAt(0));
        }

        FakeClient.Answer answer = client.read("z", "x", "nowhere", "y");
        world.time.run(50);

        assertThat(Arrays.stream(answer.get(ReadResponse.class).getResults())
                        .map(v -> v.getValue().getValue()))
                .containsExactly((long) 'z', (long) 'x', null, (long) 'y');
    }
}
