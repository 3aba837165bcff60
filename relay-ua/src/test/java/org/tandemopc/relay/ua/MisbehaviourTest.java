package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Members that do what servers do in the field, and defects of our own. */
@NullUnmarked
class MisbehaviourTest {
    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    private final RedundantPair world = new RedundantPair(Mode.WARM).started();
    private final FakeClient client = world.client();
    private final int subscription = client.subscribe(100);

    private static boolean isServed(FakeClient client) {
        FakeClient.Answer answer = client.read("x");
        client.world.time.run(50);
        return answer.isThere() && answer.status().isGood();
    }

    private FakeSubscriptions atA() {
        return world.a.session().subscriptions;
    }

    @Nested
    class Messages {
        /** Pitfall P1: servers swap Publish responses on the wire; a value must not overtake an earlier one. */
        @Test
        @Requirement(value = "I7", protocol = Protocol.UA)
        void swappedMessagesAreDeliveredInTheirOrder() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = 1;
            for (int i = 0; i < 10; i++) {
                atA().swapNext = true;
                next = world.changes("x", next, 6, 50);
            }
            world.time.run(1_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(world.a.requests(RepublishRequest.class)).isEmpty();
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void messageThatWasLostIsAskedForAgain() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 5, 50);
            world.time.run(200);
            atA().loseNext = true;
            next = world.changes("x", next, 30, 50);
            world.time.run(1_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(world.a.requests(RepublishRequest.class)).hasSize(1);
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
        }

        /** The last change before a quiet time: nothing but a keep-alive tells of it. */
        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void lostMessageThatOnlyAKeepAliveTellsOfIsAskedForAgain() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            atA().loseNext = true;
            world.change("x", 7);
            world.time.run(10_000);

            assertThat(client.numbers("x")).containsExactly(0L, 7L);
            assertThat(world.a.requests(RepublishRequest.class)).hasSize(1);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void messageThatIsLostForGoodIsAGap() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 5, 50);
            world.time.run(200);
            atA().loseNext = true;
            atA().forgetful = true;
            next = world.changes("x", next, 40, 50);
            world.time.run(10_000);

            assertThat(client.numbers("x")).isSorted().doesNotHaveDuplicates().endsWith(next - 1);
            assertThat(client.numbers("x").size()).isLessThan((int) next);
            assertThat(client.of("x").stream().filter(FakeClient.Received::isOverflow))
                    .hasSize(1);
            assertThat(world.records(RecordKind.GAP)).hasSize(1);
        }

        @Test
        @Requirement(value = "I4", protocol = Protocol.UA)
        void lossesOfSeveralMessagesAreMendedOneByOne() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = 1;
            for (int i = 0; i < 3; i++) {
                atA().loseNext = true;
                next = world.changes("x", next, 4, 50);
            }
            next = world.changes("x", next, 20, 50);
            world.time.run(2_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(world.a.requests(RepublishRequest.class)).hasSize(3);
        }

        /** gopcua #805: Kepware V6 closes the connection at an acknowledgement that it does not expect. */
        @Test
        void nothingIsAcknowledgedTwiceOrAfterTheSubscriptionEnded() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 10, 50);
            atA().loseNext = true;
            next = world.changes("x", next, 30, 50);
            atA().swapNext = true;
            next = world.changes("x", next, 10, 50);
            world.time.run(300);
            atA().statusChange(new StatusCode(StatusCodes.Bad_Timeout));
            next = world.changes("x", next, 30, 50);
            world.switchTo(1);
            next = world.changes("x", next, 30, 50);
            world.switchTo(0);
            world.changes("x", next, 30, 50);
            world.time.run(1_000);

            assertThat(world.a.staleAcknowledgements).isEmpty();
            assertThat(world.b.staleAcknowledgements).isEmpty();
        }

        @Test
        void everyMessageIsAcknowledged() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            world.changes("x", 1, 100, 50);
            world.time.run(5_000);

            assertThat(atA().only().sent).hasSizeLessThanOrEqualTo(20);
        }
    }

    @Nested
    class Subscriptions {
        /** Pitfall P8: between the member and Tandem; the client's subscription goes on. */
        @ParameterizedTest
        @EnumSource(Mode.class)
        void subscriptionThatTheActiveEndsIsMadeAnewSilently(Mode mode) {
            RedundantPair pair = new RedundantPair(mode).started();
            FakeClient one = pair.client();
            one.monitor(one.subscribe(100), "x");
            pair.time.run(1_000);
            long next = pair.changes("x", 1, 10, 50);
            pair.time.run(300);
            pair.a.session().subscriptions.statusChange(new StatusCode(StatusCodes.Bad_Timeout));
            pair.time.run(100);
            next = pair.changes("x", next, 10, 50);
            pair.time.run(6_000);

            assertThat(one.statusChanges).isEmpty();
            assertThat(one.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(pair.a.requests(CreateSubscriptionRequest.class)).hasSize(2);
        }

        /** node-opcua #1534: the server forgets subscriptions without a word and answers Bad_NoSubscription. */
        @Test
        void subscriptionsThatTheActiveForgotAreMadeAnew() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            atA().forgetAll();
            world.a.nextFault.put(PublishRequest.class, new StatusCode(StatusCodes.Bad_NoSubscription));
            world.b.cut("so that something happens");
            client.ask(
                    new CreateSubscriptionRequest(client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)),
                    org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse.class);
            world.time.run(2_000);
            client.forget();
            world.change("x", 9);
            world.time.run(1_000);

            assertThat(client.numbers("x")).endsWith(9L);
            assertThat(client.statusChanges).isEmpty();
        }

        @Test
        @Requirement(value = "CON-2", protocol = Protocol.UA)
        void memberThatAcceptsASubscriptionAndSaysNothingIsReported() {
            RedundantPair pair = new RedundantPair(Mode.HOT).started();
            FakeClient one = pair.client();
            pair.b.sessions.forEach(s -> s.subscriptions.mute = true);
            pair.synchronizations.clear();
            one.monitor(one.subscribe(100), "x");
            pair.time.run(3_000);
            assertThat(pair.firstMissing).isEmpty();
            pair.time.run(1_000);

            assertThat(pair.firstMissing).singleElement().asString().startsWith("1 ");
            assertThat(pair.synchronizations).isEmpty();
        }

        /** It answers requests as ever, or only this one connection is half-open: its client would see old values for ever. */
        @Test
        @Requirement(
                value = {"S7", "I5"},
                protocol = Protocol.UA)
        void linkWhoseSubscriptionFallsSilentIsMadeAnew() {
            client.monitor(subscription, "x");
            world.time.run(5_000);
            atA().mute = true;
            client.forget();
            world.change("x", 9);
            world.time.run(12_000);

            assertThat(client.numbers("x")).containsExactly(9L);
            assertThat(world.suspicions).hasSize(1);
            assertThat(world.b.sessions).hasSize(1);
        }

        @Test
        @Requirement(
                value = {"S7", "S14"},
                protocol = Protocol.UA)
        void linkWhoseParkedSubscriptionFallsSilentIsMadeAnew() {
            client.monitor(subscription, "x");
            world.time.run(5_000);
            int logins = world.b.logins.size();
            world.b.session().subscriptions.mute = true;
            world.time.run(12_000);

            assertThat(world.b.logins).hasSize(logins + 1);
        }

        /** What came meanwhile is still to be read, so a pause of our own is no silence; after it the member has its whole time. */
        @Test
        @Requirement(value = "S35", protocol = Protocol.UA)
        void pauseOfOurOwnIsNoSilenceOfTheMember() {
            client.monitor(subscription, "x");
            world.time.run(5_000);
            int logins = world.a.logins.size();

            world.time.pause(60_000);
            world.time.run(10_000);
            assertThat(world.suspicions).isEmpty();
            assertThat(world.a.logins).hasSize(logins);

            atA().mute = true;
            world.time.pause(60_000);
            world.time.run(8_000);
            assertThat(world.suspicions).isEmpty();
            world.time.run(8_000);
            assertThat(world.suspicions).hasSize(1);
            assertThat(world.a.logins).hasSize(logins + 1);
        }

        // Part 4 has keep-alives go on, but a server that is silent while its publishing is off only saves them.
        @Test
        void parkedSubscriptionThatNeverSpokeIsLeftAlone() {
            world.b.session().subscriptions.mute = true;
            client.monitor(subscription, "x");
            int logins = world.b.logins.size();
            world.time.run(60_000);

            assertThat(world.b.logins).hasSize(logins);
        }

        @Test
        void memberThatSpeaksIsNotReported() {
            client.monitor(subscription, "x");
            world.time.run(60_000);
            world.switchTo(1);
            world.time.run(60_000);

            assertThat(world.firstMissing).isEmpty();
        }

        /** In warm mode publishing is off at the standby: it has nothing to say, and only its keep-alives tell of it. */
        @Test
        void parkedStandbyIsNotTakenForSilent() {
            client.monitor(subscription, "x");
            world.time.run(600_000);

            assertThat(world.firstMissing).isEmpty();
            assertThat(world.suspicions).isEmpty();
        }
    }

    @Nested
    class Connections {
        @Test
        void brokenConnectionIsMadeAnewAtOnceAndTheMemberSuspected() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            world.a.cut("cable");
            world.time.run(100);
            long next = world.changes("x", 1, 10, 50);
            world.time.run(6_000);

            assertThat(world.suspicions)
                    .singleElement()
                    .asString()
                    .contains("0 ")
                    .contains("cable");
            assertThat(world.a.logins).hasSize(2);
            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
        }

        /** S16: attempts slow down, and those of many sessions do not come at once. */
        @Test
        @Requirement(value = "S16", protocol = Protocol.UA)
        void attemptsOnADeadMemberSlowDown() {
            world.b.kill();
            world.time.run(60_000);
            int inTheFirstMinute = world.b.logins.size();
            world.time.run(60_000);

            assertThat(inTheFirstMinute).isBetween(7, 16);
            assertThat(world.b.logins.size() - inTheFirstMinute).isBetween(2, 5);
        }

        @Test
        @Requirement(value = "S16", protocol = Protocol.UA)
        void sessionsComeBackSpreadOut() {
            for (int i = 0; i < 49; i++) {
                world.client();
            }
            world.b.kill();
            world.time.run(10_000);
            world.b.logins.clear();
            world.time.run(30_000);

            assertThat(world.b.logins.stream()
                            .mapToLong(FakeMember.Login::atMs)
                            .distinct()
                            .count())
                    .isGreaterThan(40);
        }

        @Test
        void detachedMemberIsLeftAlone() {
            world.detach(1);
            world.b.logins.clear();
            world.time.run(60_000);

            assertThat(world.b.logins).isEmpty();
            assertThat(world.b.sessions).isEmpty();
        }

        /** What was connecting when the order came must not stay behind. */
        @Test
        void connectUnderWayIsGivenUp() {
            RedundantPair pair = new RedundantPair(Mode.WARM).started();
            pair.b.connectMs = 2_000;
            pair.client();
            pair.time.run(500);
            pair.detach(1);
            pair.time.run(5_000);

            assertThat(pair.b.logins).isEmpty();
            assertThat(pair.b.sessions).isEmpty();
        }
    }

    @Nested
    class WrongAnswers {
        @Test
        void answerOfAnotherServiceEndsTheLinkNotTheSession() {
            world.b.instead = request -> request instanceof CreateSubscriptionRequest
                    ? new DeleteSubscriptionsResponse(
                            FakeMemberSession.good(request), new StatusCode[0], new DiagnosticInfo[0])
                    : null;
            client.subscribe(100);
            world.time.run(3_000);
            assertThat(world.b.logins.size()).isGreaterThan(2);
            world.b.instead = request -> null;
            world.time.run(10_000);

            assertThat(world.b.session().subscriptions.all).hasSize(2);
            assertThat(world.records(RecordKind.PROGRAM_ERROR)).isEmpty();
            assertThat(isServed(client)).isTrue();
        }

        @Test
        void publishResponseThatIsNoneEndsTheLink() {
            world.b.instead = request -> request instanceof PublishRequest
                    ? new WriteResponse(FakeMemberSession.good(request), new StatusCode[0], new DiagnosticInfo[0])
                    : null;
            world.b.cut("restart");
            world.time.run(3_000);
            assertThat(world.b.logins.size()).isGreaterThan(2);
            world.b.instead = request -> null;
            world.time.run(10_000);

            assertThat(world.b.session().subscriptions.waiting()).isPositive();
        }

        /** Damaged on its way, say. Passed on as it came, it would end the client's own connection. */
        @Test
        @Requirement(value = "S1", protocol = Protocol.UA)
        void readThatIsAnsweredWithHalfAnAnswerIsRepeatedOverAnotherConnection() {
            answerHalfOnce(ReadRequest.class);
            int logins = world.a.logins.size();
            FakeClient.Answer answer = client.read("x");
            world.time.run(1_000);

            assertThat(answer.get(ReadResponse.class).getResults())
                    .extracting(DataValue::getStatusCode)
                    .containsExactly(StatusCode.GOOD);
            assertThat(world.a.logins).hasSize(logins + 1);
        }

        @Test
        @Requirement(value = "S3", protocol = Protocol.UA)
        void writeThatIsAnsweredWithHalfAnAnswerIsOfUnknownOutcome() {
            answerHalfOnce(WriteRequest.class);
            FakeClient.Answer answer = client.write("x");
            world.time.run(1_000);

            assertThat(answer.get(WriteResponse.class).getResults())
                    .containsExactly(new StatusCode(StatusCodes.Bad_Timeout));
            assertThat(world.records(RecordKind.OUTCOME_UNKNOWN)).hasSize(1);
            assertThat(isServed(client)).isTrue();
        }

        private void answerHalfOnce(Class<?> service) {
            world.a.instead = request -> {
                if (!service.isInstance(request)) {
                    return null;
                }
                world.a.instead = next -> null;
                RawResponse whole = UaWire.raw(
                        request instanceof ReadRequest
                                ? new ReadResponse(
                                        FakeMemberSession.good(request),
                                        new DataValue[] {new DataValue(Variant.ofInt64(7))},
                                        null)
                                : new WriteResponse(
                                        FakeMemberSession.good(request), new StatusCode[] {StatusCode.GOOD}, null));
                return new RawResponse(
                        whole.type(), whole.header(), Arrays.copyOf(whole.body(), whole.body().length - 5));
            };
        }

        @Test
        void readThatIsAnsweredWithFewerValuesThanAskedIsAFault() {
            world.a.instead = request -> request instanceof ReadRequest
                    ? new ReadResponse(FakeMemberSession.good(request), null, null)
                    : null;
            FakeClient.Answer answer =
                    client.send(new ReadRequest(client.header(), 0.0, TimestampsToReturn.Both, new ReadValueId[] {
                        FakeClient.readValue("x"), FakeClient.readValue(new NodeId(0, OwnNodes.STATE))
                    }));
            world.time.run(50);

            assertThat(answer.status().isBad()).isTrue();
        }

        @Test
        void itemsWithoutResultsAreRefused() {
            world.a.instead = request -> request instanceof CreateMonitoredItemsRequest
                    ? new org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse(
                            FakeMemberSession.good(request), null, null)
                    : null;

            assertThat(client.items(subscription, FakeClient.item("x", 1, 100, 1))[0]
                            .getStatusCode()
                            .isBad())
                    .isTrue();
        }
    }

    /** House style 3.7: a programming error stops the session, not the process, and is never silent. */
    @Nested
    class Defects {
        @Test
        void defectInALinksCallbackMakesTheLinkAnew() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long[] left = {1};
            world.b.instead = request -> {
                if (request instanceof PublishRequest && left[0]-- > 0) {
                    throw new IllegalStateException("planted");
                }
                return null;
            };
            world.b.cut("restart");
            world.time.run(5_000);

            assertThat(isServed(client)).isTrue();
            assertThat(world.b.session().subscriptions.all).hasSize(1);
            assertThat(world.pair.snapshot().sessions()).isEqualTo(1);
        }

        @Test
        void thirdDefectWithinAMinuteEndsTheSessionWithARecordAndLeavesTheOthers() {
            client.monitor(subscription, "x");
            FakeClient other = world.client();
            other.monitor(other.subscribe(100), "x");
            world.time.run(1_000);
            UaSession session = (UaSession) client.session;
            for (int i = 0; i < 3; i++) {
                assertThat(world.records(RecordKind.PROGRAM_ERROR)).isEmpty();
                session.linkBroken(session.link(1), new IllegalStateException("planted"));
                world.time.run(1_000);
            }

            assertThat(world.records(RecordKind.PROGRAM_ERROR))
                    .singleElement()
                    .satisfies(r -> assertThat(r.text()).contains("plant1").contains("planted"));
            assertThat(client.publishFaults).isNotEmpty().allMatch(s -> s.value() == StatusCodes.Bad_SessionClosed);
            assertThat(client.read("x").status().value()).isEqualTo(StatusCodes.Bad_SessionClosed);
            world.change("x", 1);
            world.time.run(500);
            assertThat(other.numbers("x")).containsExactly(0L, 1L);
            assertThat(world.a.sessions).hasSize(1);
            assertThat(world.b.sessions).hasSize(1);
        }

        @Test
        void defectInARequestEndsTheSessionAndAnswersTheRequest() {
            CompletableFuture<UaResponseMessageType> answer =
                    client.session.handle(new DeleteSubscriptionsRequest(client.header(), null) {
                        @Override
                        public UInteger[] getSubscriptionIds() {
                            throw new IllegalStateException("planted");
                        }
                    });

            assertThat(UaException.extractStatusCode(answer.exceptionNow()).map(StatusCode::value))
                    .contains(StatusCodes.Bad_InternalError);
            assertThat(world.records(RecordKind.PROGRAM_ERROR)).hasSize(1);
            assertThat(world.pair.snapshot().sessions()).isZero();
        }

        /** A session that ends by a defect during a switch must not hold the switch up. */
        @Test
        void switchDoesNotWaitForASessionThatEnded() {
            FakeClient other = world.client();
            world.a.kill();
            world.lose(0);
            UaSession session = (UaSession) client.session;
            world.detach(1);
            world.b.connectMs = 2_000;
            world.promote(1);
            session.broken(new IllegalStateException("planted"));
            world.time.run(2_100);

            assertThat(world.rehomedAtMs).isPositive();
            FakeClient.Answer read = other.read("x");
            world.time.run(50);
            assertThat(read.isThere()).isTrue();
        }
    }
}
