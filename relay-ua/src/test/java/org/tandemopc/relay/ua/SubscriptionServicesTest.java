package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.ResponseHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetMonitoringModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringResponse;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** The subscription and monitored item services (OPC UA Part 4, 5.13 and 5.14), and what they do at both members. */
@NullUnmarked
class SubscriptionServicesTest {
    private final RedundantPair world = new RedundantPair(Mode.WARM).started();
    private final FakeClient client = world.client();

    private FakeSubscriptions.Subscription at(FakeMember member) {
        return member.session().subscriptions.only();
    }

    private FakeSubscriptions.Item itemAt(FakeMember member, String node) {
        return at(member).item(FakeMember.node(node));
    }

    private long status(UaRequestMessageType request) {
        FakeClient.Answer answer = client.send(request);
        world.time.run(50);
        return answer.status().value();
    }

    @Nested
    class CreateSubscription {
        private CreateSubscriptionResponse create(double publishingMs, long lifetime, long keepAlive) {
            return client.ask(
                    new CreateSubscriptionRequest(
                            client.header(), publishingMs, uint(lifetime), uint(keepAlive), uint(500), true, ubyte(9)),
                    CreateSubscriptionResponse.class);
        }

        @Test
        void parametersReachBothMembers() {
            create(250, 100, 10);
            world.time.run(200);

            for (FakeMember member : List.of(world.a, world.b)) {
                FakeSubscriptions.Subscription made = at(member);
                assertThat(made.publishingMs).isEqualTo(250);
                assertThat(made.maxNotifications).isEqualTo(500);
                assertThat(made.priority).isEqualTo(9);
            }
        }

        /** What members are told proves that they live within seconds; what the client asked is Tandem's to keep. */
        @Test
        void keepAliveAndLifetimeTowardsMembersAreTandemsOwn() {
            CreateSubscriptionResponse response = create(250, 1_000, 100);
            world.time.run(200);

            assertThat(response.getRevisedMaxKeepAliveCount()).isEqualTo(uint(100));
            assertThat(response.getRevisedLifetimeCount()).isEqualTo(uint(1_000));
            assertThat(at(world.a).keepAliveCount).isEqualTo(12);
            assertThat(at(world.a).lifetimeCount).isEqualTo(240);
        }

        /** Part 4, 5.14.2.2: the fastest that the server likes. Its counts are those of the interval that it keeps. */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void intervalOfZeroIsTheMembersToRevise() {
            world.a.publishingMsMin = 250;

            assertThat(create(0, 100, 10).getRevisedPublishingInterval()).isEqualTo(250.0);
            assertThat(world.a
                            .requests(CreateSubscriptionRequest.class)
                            .getLast()
                            .getRequestedPublishingInterval())
                    .isZero();
            world.time.run(200);

            assertThat(at(world.a).keepAliveCount).isEqualTo(12);
            assertThat(at(world.a).lifetimeCount).isEqualTo(240);
            assertThat(at(world.b).publishingMs).isEqualTo(250);
        }

        /** Part 4, 5.14.5: who is told of no more takes what came for all that there was. */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void clientIsToldThatTheMemberHasMore() {
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x", "y", "z");
            assertThat(status(new ModifySubscriptionRequest(
                            client.header(), uint(subscription), 100.0, uint(100), uint(10), uint(2), ubyte(0))))
                    .isZero();
            world.time.run(500);
            client.more.clear();

            List.of("x", "y", "z").forEach(node -> world.change(node, 1));
            world.time.run(500);

            assertThat(client.more).containsExactly(true, false);
        }

        /** A member may answer anything; the client gets an interval that ends. */
        @ParameterizedTest
        @ValueSource(ints = {0, 1})
        void endlessIntervalOfAMemberIsNotTheClients(int member) {
            world.member(member).publishingMsMin = 1e12;

            FakeClient.Answer answer = client.send(new CreateSubscriptionRequest(
                    client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)));
            world.time.run(1_000);

            assertThat(answer.get(CreateSubscriptionResponse.class).getRevisedPublishingInterval())
                    .isEqualTo(3_600_000.0);
        }

        /** Part 4, 5.14.2: the lifetime is at least three times the keep-alive count. */
        @Test
        void nonsenseIsRevised() {
            CreateSubscriptionResponse response = create(Double.NaN, 0, 0);

            assertThat(response.getRevisedPublishingInterval()).isEqualTo(1_000.0);
            assertThat(response.getRevisedMaxKeepAliveCount()).isEqualTo(uint(10));
            assertThat(response.getRevisedLifetimeCount()).isEqualTo(uint(30));
        }

        @ParameterizedTest
        @EnumSource(
                value = Mode.class,
                names = {"WARM", "HOT"})
        @Requirement(value = "GAP-15", protocol = Protocol.UA)
        void revisedIntervalIsTheSlowerOfBothMembers(Mode mode) {
            RedundantPair pair = new RedundantPair(mode).started();
            FakeClient one = pair.client();
            pair.b.publishingMsMin = 300;

            int id = one.subscribe(100);
            CreateSubscriptionRequest again =
                    new CreateSubscriptionRequest(one.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0));
            CreateSubscriptionResponse response = one.ask(again, CreateSubscriptionResponse.class);
            pair.time.run(100);

            assertThat(id).isPositive();
            assertThat(response.getRevisedPublishingInterval()).isEqualTo(300.0);
            assertThat(pair.a.session().subscriptions.all.values())
                    .allSatisfy(s -> assertThat(s.publishingMs).isEqualTo(300));
            assertThat(pair.b.session().subscriptions.all.values())
                    .allSatisfy(s -> assertThat(s.publishingMs).isEqualTo(300));
        }

        @Test
        @Requirement(value = "GAP-15", protocol = Protocol.UA)
        void standbyThatDoesNotAnswerInTimeIsNotWaitedFor() {
            world.b.publishingMsMin = 300;
            world.b.silent = true;
            FakeClient.Answer answer = client.send(new CreateSubscriptionRequest(
                    client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)));
            world.time.run(400);
            assertThat(answer.isThere()).isFalse();
            world.time.run(200);

            assertThat(answer.get(CreateSubscriptionResponse.class).getRevisedPublishingInterval())
                    .isEqualTo(100.0);
            world.b.wake();
            world.time.run(500);
            assertThat(at(world.a).publishingMs).isEqualTo(100);
        }

        @Test
        void withoutAStandbyTheAnswerComesAtOnce() {
            world.detach(1);
            FakeClient.Answer answer = client.send(new CreateSubscriptionRequest(
                    client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)));
            world.time.run(5);

            assertThat(answer.isThere()).isTrue();
        }

        @Test
        void refusalOfTheActiveIsTheClients() {
            world.a.nextFault.put(
                    CreateSubscriptionRequest.class, new StatusCode(StatusCodes.Bad_TooManySubscriptions));

            assertThat(status(new CreateSubscriptionRequest(
                            client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0))))
                    .isEqualTo(StatusCodes.Bad_TooManySubscriptions);
            world.time.run(500);
            assertThat(world.b.session().subscriptions.all).isEmpty();
        }

        /** The former active answers after the switch, as the standby that it is by then. */
        @Test
        @Requirement(
                value = {"MODE-W2"},
                protocol = Protocol.UA)
        void publishingIsKnownAsItWasAskedForWhateverTheRoleIsAtTheAnswer() {
            RedundantPair warm = new RedundantPair(Mode.WARM).started();
            FakeClient itsClient = warm.client();
            warm.a.answerMs = 300;
            FakeClient.Answer answer = itsClient.send(new CreateSubscriptionRequest(
                    itsClient.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)));
            warm.switchTo(1);
            warm.time.run(1_000);

            assertThat(answer.isThere()).isTrue();
            assertThat(at(warm.a).publishing).isFalse();
            assertThat(at(warm.b).publishing).isTrue();
        }

        @Test
        void createdDuringASwitchItIsMadeAtTheNewActive() {
            world.a.kill();
            world.lose(0);
            FakeClient.Answer answer = client.send(new CreateSubscriptionRequest(
                    client.header(), 100.0, uint(100), uint(10), uint(0), true, ubyte(0)));
            world.time.run(500);
            world.promote(1);
            world.time.run(100);

            assertThat(answer.isThere()).isTrue();
            assertThat(at(world.b).publishing).isTrue();
        }
    }

    /** A member answers a rate that is none: timers of ours and of the client run by what was asked. */
    @Nested
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a timer of no length never lets time pass
    class RatesThatAreNone {
        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1})
        void clientIsToldWhatItAskedAndGetsItsValues(double said) {
            world.a.saysRate = said;
            world.b.saysRate = said;

            CreateSubscriptionResponse made = client.ask(
                    new CreateSubscriptionRequest(client.header(), 250.0, uint(100), uint(10), uint(0), true, ubyte(0)),
                    CreateSubscriptionResponse.class);
            int subscription = made.getSubscriptionId().intValue();
            client.adopt(subscription);
            client.know(1, "x");
            MonitoredItemCreateResult[] items = client.items(subscription, FakeClient.item("x", 1, 100, 1));
            world.time.run(1_000);

            assertThat(made.getRevisedPublishingInterval()).isEqualTo(250);
            assertThat(items[0].getRevisedSamplingInterval()).isEqualTo(100);
            assertThat(client.of("x")).isNotEmpty();
            assertThat(at(world.b).publishingMs).isEqualTo(250);
            assertThat(itemAt(world.b, "x").samplingMs).isEqualTo(100);
            ModifySubscriptionResponse modified = client.ask(
                    new ModifySubscriptionRequest(
                            client.header(), made.getSubscriptionId(), 400.0, uint(100), uint(10), uint(0), ubyte(0)),
                    ModifySubscriptionResponse.class);
            assertThat(modified.getRevisedPublishingInterval()).isEqualTo(400);
        }

        @Test
        void clientIsNotToldOfHoursThatNobodyMeans() {
            world.a.saysRate = 1e15;

            CreateSubscriptionResponse made = client.ask(
                    new CreateSubscriptionRequest(client.header(), 250.0, uint(100), uint(10), uint(0), true, ubyte(0)),
                    CreateSubscriptionResponse.class);

            assertThat(made.getRevisedPublishingInterval()).isEqualTo(3_600_000);
        }
    }

    @Nested
    class OtherSubscriptionServices {
        private final int subscription = client.subscribe(100);

        private ModifySubscriptionResponse modify(double publishingMs) {
            return client.ask(
                    new ModifySubscriptionRequest(
                            client.header(), uint(subscription), publishingMs, uint(900), uint(30), uint(7), ubyte(3)),
                    ModifySubscriptionResponse.class);
        }

        @Test
        void modifySubscriptionReachesBothMembersAndTheDelivery() {
            client.monitor(subscription, "x");
            world.time.run(500);
            ModifySubscriptionResponse response = modify(400);
            world.time.run(200);

            assertThat(response.getRevisedPublishingInterval()).isEqualTo(400.0);
            assertThat(response.getRevisedLifetimeCount()).isEqualTo(uint(900));
            assertThat(response.getRevisedMaxKeepAliveCount()).isEqualTo(uint(30));
            for (FakeMember member : List.of(world.a, world.b)) {
                assertThat(at(member).publishingMs).isEqualTo(400);
                assertThat(at(member).maxNotifications).isEqualTo(7);
                assertThat(at(member).priority).isEqualTo(3);
            }
            assertThat(world.a.requests(ModifySubscriptionRequest.class)).hasSize(1);
            assertThat(world.b.requests(ModifySubscriptionRequest.class)).hasSize(1);
        }

        @Test
        void standbyThatComesLaterGetsTheModifiedSubscription() {
            world.detach(1);
            modify(400);
            world.attach(1);
            world.time.run(500);

            assertThat(at(world.b).publishingMs).isEqualTo(400);
            assertThat(at(world.b).priority).isEqualTo(3);
        }

        @Test
        void publishingSwitchedOffStaysOffOverASwitch() {
            client.monitor(subscription, "x");
            world.time.run(500);
            SetPublishingModeResponse off = client.ask(
                    new SetPublishingModeRequest(
                            client.header(), false, new UInteger[] {uint(subscription), uint(999)}),
                    SetPublishingModeResponse.class);
            world.time.run(200);
            client.forget();
            world.changes("x", 1, 5, 50);
            world.switchTo(1);
            world.changes("x", 6, 5, 50);
            world.time.run(500);

            assertThat(off.getResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(at(world.a).publishing).isFalse();
            assertThat(at(world.b).publishing).isFalse();
            assertThat(client.received).isEmpty();
        }

        @Test
        void publishingSwitchedOnAgainDeliversAgain() {
            client.monitor(subscription, "x");
            world.time.run(500);
            UInteger[] ids = {uint(subscription)};
            client.ask(new SetPublishingModeRequest(client.header(), false, ids), SetPublishingModeResponse.class);
            world.changes("x", 1, 3, 50);
            client.ask(new SetPublishingModeRequest(client.header(), true, ids), SetPublishingModeResponse.class);
            world.time.run(500);

            assertThat(client.numbers("x")).endsWith(3L).isSorted();
            assertThat(at(world.a).publishing).isTrue();
            assertThat(at(world.b).publishing).isFalse();
        }

        @Test
        void deletedSubscriptionIsDeletedAtBothMembers() {
            client.monitor(subscription, "x");
            world.time.run(500);
            DeleteSubscriptionsResponse response = client.ask(
                    new DeleteSubscriptionsRequest(client.header(), new UInteger[] {uint(subscription), uint(999)}),
                    DeleteSubscriptionsResponse.class);
            world.time.run(200);

            assertThat(response.getResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(world.a.session().subscriptions.all).isEmpty();
            assertThat(world.b.session().subscriptions.all).isEmpty();
            assertThat(client.publishFaults).isNotEmpty().allMatch(s -> s.value() == StatusCodes.Bad_NoSubscription);
        }

        @Test
        void emptyListsAndUnknownIdsAreRefused() {
            UInteger[] none = new UInteger[0];
            UInteger unknown = uint(999);

            assertThat(status(new DeleteSubscriptionsRequest(client.header(), none)))
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(status(new SetPublishingModeRequest(client.header(), true, none)))
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(status(new ModifySubscriptionRequest(
                            client.header(), unknown, 100.0, uint(0), uint(0), uint(0), ubyte(0))))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(status(new RepublishRequest(client.header(), unknown, uint(1))))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(status(new CreateMonitoredItemsRequest(
                            client.header(), unknown, TimestampsToReturn.Both, new MonitoredItemCreateRequest[] {
                                FakeClient.item("x", 1, 100, 1)
                            })))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(status(new DeleteMonitoredItemsRequest(client.header(), unknown, new UInteger[] {uint(1)})))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(status(new SetMonitoringModeRequest(
                            client.header(), unknown, MonitoringMode.Disabled, new UInteger[] {uint(1)})))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(status(new SetTriggeringRequest(client.header(), unknown, uint(1), none, none)))
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
        }
    }

    @Nested
    class Publish {
        @Test
        void withoutASubscriptionItIsRefused() {
            assertThat(status(new PublishRequest(client.header(), null))).isEqualTo(StatusCodes.Bad_NoSubscription);
        }

        /** Part 4, 5.14.5: beyond the limit the oldest request gives way. */
        @Test
        void beyondTheLimitTheOldestIsRefused() {
            client.publishRequests = 0;
            int subscription = client.subscribe(1_000, 100, 1_000);
            world.time.run(1_100);
            FakeClient.Answer first = client.send(new PublishRequest(client.header(0, 0), null));
            world.time.run(10);
            FakeClient.Answer second = client.send(new PublishRequest(client.header(0, 0), null));
            assertThat(subscription).isPositive();
            for (int i = 0; i < 101; i++) {
                client.send(new PublishRequest(client.header(0, 0), null));
            }

            assertThat(first.isThere()).isTrue();
            assertThat(second.status().value()).isEqualTo(StatusCodes.Bad_TooManyPublishRequests);
        }

        @Test
        void requestIsRefusedWhenItsTimeIsOver() {
            client.publishRequests = 0;
            client.subscribe(1_000, 100, 1_000);
            FakeClient.Answer first = client.send(new PublishRequest(client.header(0, 0), null));
            FakeClient.Answer second = client.send(new PublishRequest(client.header(3_000, 0), null));
            world.time.run(2_900);
            assertThat(first.isThere()).isTrue();
            assertThat(second.isThere()).isFalse();
            world.time.run(200);

            assertThat(second.status().value()).isEqualTo(StatusCodes.Bad_Timeout);
        }

        /** Nothing is read from a member by way of many requests: the client's and the member's have nothing in common. */
        @Test
        void requestsAtTheMemberFollowItsIntervalNotTheClients() {
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x");
            world.time.run(1_000);
            assertThat(world.a.session().subscriptions.waiting()).isEqualTo(20);

            client.subscribe(1_000);
            world.time.run(1_000);

            assertThat(world.a.session().subscriptions.waiting()).isEqualTo(21);
        }

        @Test
        void memberThatTakesFewRequestsIsNotPressed() {
            world.a.publishRequestsMax = 3;
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x");
            world.time.run(500);
            int asked = world.a.requests(PublishRequest.class).size();
            world.changes("x", 1, 100, 50);
            world.time.run(500);

            assertThat(world.a.requests(PublishRequest.class).size() - asked).isLessThan(100);
            assertThat(client.numbers("x")).hasSize(101);
        }

        @Test
        @Requirement(value = "S20", protocol = Protocol.UA)
        void subscriptionWithoutPublishRequestsEndsAfterItsLifetime() {
            client.publishRequests = 0;
            int subscription = client.subscribe(100, 5, 20);
            client.monitor(subscription, "x");
            world.time.run(1_900);
            assertThat(world.a.session().subscriptions.all).hasSize(1);
            world.time.run(500);

            assertThat(world.a.session().subscriptions.all).isEmpty();
            assertThat(world.b.session().subscriptions.all).isEmpty();
            client.publishRequests = 1;
            client.publish();
            world.time.settle();
            assertThat(client.statusChanges).extracting(StatusCode::value).containsExactly(StatusCodes.Bad_Timeout);
        }

        /** What goes to the old channel after a client has asked for what it missed, it would not ask for. */
        @Test
        @Requirement(
                value = {"CON-7", "I4"},
                protocol = Protocol.UA)
        void noMessageGoesToAChannelThatIsGone() {
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x");
            world.time.run(500);
            long last = client.lastNumber(subscription);
            client.pause();
            client.session.channelLost();
            world.change("x", 5);
            world.time.run(500);

            assertThat(client.publishFaults)
                    .extracting(StatusCode::value)
                    .hasSize(client.publishRequests)
                    .containsOnly(StatusCodes.Bad_SecureChannelClosed);
            assertThat(status(new RepublishRequest(client.header(), uint(subscription), uint(last + 1))))
                    .isEqualTo(StatusCodes.Bad_MessageNotAvailable);
            client.resume();
            world.time.run(200);
            assertThat(client.numbers("x")).endsWith(5L);
            assertThat(client.lastNumber(subscription)).isEqualTo(last + 1);
        }

        @Test
        void messagesCanBeSentAgain() {
            client.acknowledges = false;
            int subscription = client.subscribe(100);
            client.monitor(subscription, "x");
            world.time.run(500);
            world.change("x", 5);
            world.time.run(1_500);
            long last = client.lastNumber(subscription);

            RepublishResponse again = client.ask(
                    new RepublishRequest(client.header(), uint(subscription), uint(last)), RepublishResponse.class);

            assertThat(again.getNotificationMessage().getSequenceNumber()).isEqualTo(uint(last));
            assertThat(again.getNotificationMessage().getNotificationData()).hasSize(1);
            assertThat(status(new RepublishRequest(client.header(), uint(subscription), uint(last + 1))))
                    .isEqualTo(StatusCodes.Bad_MessageNotAvailable);
        }
    }

    @Nested
    class CreateItems {
        private final int subscription = client.subscribe(100);

        @Test
        void resultsAreTheMembersOperationByOperation() {
            world.a.queueMax = 5;
            world.a.samplingMsMin = 80;
            MonitoredItemCreateResult[] results = client.items(
                    subscription,
                    FakeClient.item("x", 1, 10, 100),
                    FakeClient.item("nowhere", 2, 10, 100),
                    FakeClient.item("y", 3, 200, 2));

            assertThat(results)
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(0L, StatusCodes.Bad_NodeIdUnknown, 0L);
            assertThat(results[0].getRevisedSamplingInterval()).isEqualTo(80.0);
            assertThat(results[0].getRevisedQueueSize()).isEqualTo(uint(5));
            assertThat(results[2].getRevisedSamplingInterval()).isEqualTo(200.0);
            assertThat(results[2].getRevisedQueueSize()).isEqualTo(uint(2));
            assertThat(results[0].getMonitoredItemId()).isNotEqualTo(results[2].getMonitoredItemId());
            world.time.run(200);
            assertThat(at(world.b).items).hasSize(2);
        }

        @Test
        void nonsenseIsRefused() {
            MonitoredItemCreateRequest x = FakeClient.item("x", 1, 100, 1);
            MonitoredItemCreateRequest noMode =
                    new MonitoredItemCreateRequest(x.getItemToMonitor(), null, x.getRequestedParameters());

            assertThat(status(create(TimestampsToReturn.Both))).isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(status(create(TimestampsToReturn.Invalid, x)))
                    .isEqualTo(StatusCodes.Bad_TimestampsToReturnInvalid);
            assertThat(status(create(null, x))).isEqualTo(StatusCodes.Bad_TimestampsToReturnInvalid);
            assertThat(client.items(subscription, noMode, x))
                    .extracting(r -> r.getStatusCode().value())
                    .containsExactly(StatusCodes.Bad_MonitoringModeInvalid, 0L);
            FakeClient.Answer read = client.read("x");
            world.time.run(50);
            assertThat(read.isThere()).isTrue();
        }

        /** Part 4, 7.21: whoever asks for a queue of 0 events gets what the server likes; of values it is one. */
        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void queueOfNoEventsIsAsLongAsTheServerLikes() {
            world.a.queueOfZero = 200;
            world.b.queueOfZero = 300;
            MonitoredItemCreateResult[] results = client.items(
                    subscription,
                    FakeClient.item(events("x"), 1, 0, 0, MonitoringMode.Disabled),
                    FakeClient.item("y", 2, 100, 0));
            assertThat(results)
                    .extracting(MonitoredItemCreateResult::getRevisedQueueSize)
                    .containsExactly(uint(200), uint(1));
            world.time.run(500);
            world.switchTo(1);
            world.time.run(10_000);

            assertThat(itemAt(world.b, "x").queueSize).isEqualTo(200);
            assertThat(itemAt(world.b, "y").queueSize).isEqualTo(1);
        }

        private static ReadValueId events(String node) {
            return new ReadValueId(
                    FakeMember.node(node), AttributeId.EventNotifier.uid(), null, QualifiedName.NULL_VALUE);
        }

        private CreateMonitoredItemsRequest create(
                @Nullable TimestampsToReturn timestamps, MonitoredItemCreateRequest... items) {
            return new CreateMonitoredItemsRequest(client.header(), uint(subscription), timestamps, items);
        }

        /** Part 4, 7.32: what the server says beyond codes reaches the client, at the operation that it belongs to. */
        @Test
        void diagnosticsOfTheMemberReachTheClient() {
            world.a.instead = request -> {
                if (!(request instanceof CreateMonitoredItemsRequest r)) {
                    return null;
                }
                assertThat(r.getRequestHeader().getReturnDiagnostics()).isEqualTo(uint(0x3FF));
                MonitoredItemCreateResult refused = new MonitoredItemCreateResult(
                        new StatusCode(StatusCodes.Bad_OutOfService), uint(0), 0.0, uint(0), null);
                ResponseHeader good = Answers.good(r.getRequestHeader());
                return new CreateMonitoredItemsResponse(
                        new ResponseHeader(
                                good.getTimestamp(),
                                good.getRequestHandle(),
                                StatusCode.GOOD,
                                DiagnosticInfo.NULL_VALUE,
                                new String[] {"word"},
                                null),
                        new MonitoredItemCreateResult[] {refused},
                        new DiagnosticInfo[] {new DiagnosticInfo(-1, 0, -1, -1, "more", null, null)});
            };
            FakeClient.Answer answer = client.send(new CreateMonitoredItemsRequest(
                    client.header(10_000, 0x3FF),
                    uint(subscription),
                    TimestampsToReturn.Both,
                    new MonitoredItemCreateRequest[] {
                        FakeClient.item(
                                FakeClient.readValue(new NodeId(0, OwnNodes.STATE)),
                                1,
                                100,
                                1,
                                MonitoringMode.Reporting),
                        FakeClient.item("x", 2, 100, 1)
                    }));
            world.time.run(50);

            CreateMonitoredItemsResponse response = answer.get(CreateMonitoredItemsResponse.class);
            assertThat(response.getResponseHeader().getStringTable()).containsExactly("word");
            assertThat(response.getDiagnosticInfos()).hasSize(2);
            assertThat(response.getDiagnosticInfos()[1].additionalInfo()).isEqualTo("more");
        }

        /** In warm mode the standby's queues are long, in hot mode they are the client's. */
        @Test
        void timestampsAreCutToWhatTheClientAskedFor() {
            client.know(1, "x");
            client.ask(
                    new CreateMonitoredItemsRequest(
                            client.header(),
                            uint(subscription),
                            TimestampsToReturn.Source,
                            new MonitoredItemCreateRequest[] {FakeClient.item("x", 1, 100, 1)}),
                    CreateMonitoredItemsResponse.class);
            world.time.run(300);

            assertThat(client.of("x")).singleElement().satisfies(r -> {
                assertThat(r.value().getSourceTime()).isNotNull();
                assertThat(r.value().getServerTime())
                        .isIn(null, org.eclipse.milo.opcua.stack.core.types.builtin.DateTime.NULL_VALUE);
            });
            assertThat(world.a
                            .requests(CreateMonitoredItemsRequest.class)
                            .getLast()
                            .getTimestampsToReturn())
                    .isEqualTo(TimestampsToReturn.Both);
        }

        @Test
        void filterReachesBothMembers() {
            ExtensionObject filter = ExtensionObject.encode(
                    UaWire.plainContext(), new DataChangeFilter(DataChangeTrigger.StatusValueTimestamp, uint(1), 2.5));
            MonitoredItemCreateRequest x = new MonitoredItemCreateRequest(
                    FakeClient.readValue("x"),
                    MonitoringMode.Reporting,
                    new MonitoringParameters(uint(1), 100.0, filter, uint(1), true));
            client.items(subscription, x);
            world.time.run(300);

            for (FakeMember member : List.of(world.a, world.b)) {
                assertThat(member.requests(CreateMonitoredItemsRequest.class)
                                .getLast()
                                .getItemsToCreate()[0]
                                .getRequestedParameters()
                                .getFilter())
                        .isEqualTo(filter);
            }
        }

        @Test
        void itemsOfOwnNodesTakeNoFilter() {
            ExtensionObject filter = ExtensionObject.encode(
                    UaWire.plainContext(), new DataChangeFilter(DataChangeTrigger.StatusValue, uint(1), 2.5));
            MonitoredItemCreateRequest state = new MonitoredItemCreateRequest(
                    FakeClient.readValue(new NodeId(0, OwnNodes.STATE)),
                    MonitoringMode.Reporting,
                    new MonitoringParameters(uint(1), 100.0, filter, uint(1), true));

            assertThat(client.items(subscription, state)[0].getStatusCode().value())
                    .isEqualTo(StatusCodes.Bad_MonitoredItemFilterUnsupported);
        }

        /** The member's first value may overtake the answer that tells of the item. */
        @Test
        void valueThatOvertakesTheAnswerIsDelivered() {
            world.a.answerMs = 300;
            world.a.lateMs = -299;
            client.know(1, "x");
            FakeClient.Answer answer = client.send(create(TimestampsToReturn.Both, FakeClient.item("x", 1, 100, 1)));
            world.time.run(1_500);

            assertThat(answer.isThere()).isTrue();
            assertThat(client.numbers("x")).containsExactly(0L);
        }

        @Test
        void itemsThatAreRefusedAreForgotten() {
            client.items(subscription, FakeClient.item("nowhere", 1, 100, 1));
            world.switchTo(1);
            world.time.run(1_000);

            assertThat(at(world.b).items).isEmpty();
            assertThat(world.pair.snapshot().items()).isZero();
        }

        @Test
        void subscriptionThatEndedMeanwhileTakesItsItemsWithIt() {
            world.a.answerMs = 300;
            FakeClient.Answer answer = client.send(create(TimestampsToReturn.Both, FakeClient.item("x", 1, 100, 1)));
            client.send(new DeleteSubscriptionsRequest(client.header(), new UInteger[] {uint(subscription)}));
            world.a.answerMs = 1;
            world.time.run(2_000);

            assertThat(answer.get(CreateMonitoredItemsResponse.class)
                            .getResults()[0]
                            .getStatusCode()
                            .value())
                    .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
            assertThat(world.pair.snapshot().items()).isZero();
            assertThat(world.a.session().subscriptions.all).isEmpty();
        }
    }

    @Nested
    class ModifyItems {
        private final int subscription = client.subscribe(100);
        private final List<UInteger> ids = client.monitor(subscription, "x", "y");

        private MonitoredItemModifyResult[] modify(UInteger id, long handle, double samplingMs, long queue) {
            client.know(handle, "x");
            return client.ask(
                            new ModifyMonitoredItemsRequest(
                                    client.header(),
                                    uint(subscription),
                                    TimestampsToReturn.Both,
                                    new MonitoredItemModifyRequest[] {
                                        new MonitoredItemModifyRequest(
                                                id,
                                                new MonitoringParameters(
                                                        uint(handle), samplingMs, null, uint(queue), false))
                                    }),
                            ModifyMonitoredItemsResponse.class)
                    .getResults();
        }

        @Test
        void parametersReachBothMembers() {
            MonitoredItemModifyResult[] results = modify(ids.get(0), 77, 500, 3);
            world.time.run(300);

            assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
            assertThat(results[0].getRevisedSamplingInterval()).isEqualTo(500.0);
            assertThat(results[0].getRevisedQueueSize()).isEqualTo(uint(3));
            assertThat(itemAt(world.a, "x").samplingMs).isEqualTo(500);
            assertThat(itemAt(world.a, "x").queueSize).isEqualTo(3);
            assertThat(itemAt(world.a, "x").discardOldest).isFalse();
            assertThat(itemAt(world.b, "x").samplingMs).isEqualTo(500);
            assertThat(itemAt(world.b, "x").queueSize).isGreaterThan(3);
            assertThat(itemAt(world.b, "x").discardOldest).isTrue();
            assertThat(world.a.requests(ModifyMonitoredItemsRequest.class)).hasSize(1);
            assertThat(world.b.requests(ModifyMonitoredItemsRequest.class)).hasSize(1);
        }

        /** What came while the member was parked is in its queue, and not to be lost by a wish for a shorter one. */
        @Test
        @Requirement(value = "S17", protocol = Protocol.UA)
        void queueThatWasParkedStaysLongUntilItsBurstHasComeOver() {
            world.time.run(500);
            world.switchTo(1);

            assertThat(modify(ids.get(0), 11, 100, 3)[0].getRevisedQueueSize()).isEqualTo(uint(3));
            assertThat(itemAt(world.b, "x").queueSize).isGreaterThan(50);
            world.time.run(10_000);

            assertThat(itemAt(world.b, "x").queueSize).isEqualTo(3);
            assertThat(itemAt(world.b, "x").discardOldest).isFalse();
        }

        @Test
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void queueOfNoEventsIsAsLongAsTheServerLikes() {
            world.a.queueOfZero = 200;
            UInteger events = client
                    .items(
                            subscription,
                            FakeClient.item(
                                    new ReadValueId(
                                            FakeMember.node("z"),
                                            AttributeId.EventNotifier.uid(),
                                            null,
                                            QualifiedName.NULL_VALUE),
                                    9,
                                    0,
                                    5,
                                    MonitoringMode.Disabled))[0]
                    .getMonitoredItemId();

            assertThat(modify(events, 9, 0, 0)[0].getRevisedQueueSize()).isEqualTo(uint(200));
            assertThat(modify(ids.get(0), 1, 100, 0)[0].getRevisedQueueSize()).isEqualTo(uint(1));
            assertThat(itemAt(world.a, "z").queueSize).isEqualTo(200);
        }

        @Test
        void newHandleIsUsedAtOnceAndOverASwitch() {
            world.time.run(500);
            modify(ids.get(0), 77, 100, 3);
            client.forget();
            world.change("x", 1);
            world.time.run(500);
            world.switchTo(1);
            world.change("x", 2);
            world.time.run(500);

            assertThat(client.numbers("x")).containsExactly(1L, 2L);
        }

        @Test
        void unknownItemsAndNonsenseAreRefused() {
            assertThat(modify(uint(999), 1, 100, 1)[0].getStatusCode().value())
                    .isEqualTo(StatusCodes.Bad_MonitoredItemIdInvalid);
            assertThat(status(new ModifyMonitoredItemsRequest(
                            client.header(),
                            uint(subscription),
                            TimestampsToReturn.Both,
                            new MonitoredItemModifyRequest[0])))
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(status(new ModifyMonitoredItemsRequest(
                            client.header(),
                            uint(subscription),
                            TimestampsToReturn.Invalid,
                            new MonitoredItemModifyRequest[] {
                                new MonitoredItemModifyRequest(
                                        ids.get(0), new MonitoringParameters(uint(1), 1.0, null, uint(1), true))
                            })))
                    .isEqualTo(StatusCodes.Bad_TimestampsToReturnInvalid);
        }

        /** The active lacks the item for now: what the client wants of it is kept until it has it. */
        @Test
        void itemThatTheActiveLacksIsModifiedForLater() {
            world.b.refused.put(FakeMember.node("x"), new StatusCode(StatusCodes.Bad_NodeIdUnknown));
            world.b.cut("restart");
            world.time.run(1_000);
            world.switchTo(1);
            world.time.run(500);
            MonitoredItemModifyResult[] results = modify(ids.get(0), 77, 500, 3);
            world.b.refused.clear();
            world.time.run(60_000);

            assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
            assertThat(itemAt(world.b, "x").samplingMs).isEqualTo(500);
        }
    }

    @Nested
    class MonitoringModes {
        private final int subscription = client.subscribe(100);
        private final List<UInteger> ids = client.monitor(subscription, "x", "y");

        private List<Long> set(MonitoringMode mode, UInteger... items) {
            return Arrays.stream(client.ask(
                                    new SetMonitoringModeRequest(client.header(), uint(subscription), mode, items),
                                    SetMonitoringModeResponse.class)
                            .getResults())
                    .map(StatusCode::value)
                    .toList();
        }

        @Test
        void modeReachesBothMembers() {
            assertThat(set(MonitoringMode.Disabled, ids.get(0))).containsExactly(0L);
            world.time.run(300);

            assertThat(itemAt(world.a, "x").mode).isEqualTo(MonitoringMode.Disabled);
            assertThat(itemAt(world.b, "x").mode).isEqualTo(MonitoringMode.Disabled);
            assertThat(itemAt(world.b, "y").mode).isEqualTo(MonitoringMode.Reporting);
            assertThat(world.a.requests(SetMonitoringModeRequest.class)).hasSize(1);
        }

        /** I3: no success is told that no server has told. */
        @Test
        @Requirement(value = "I3", protocol = Protocol.UA)
        void resultsAreTheActives() {
            world.a.nextFault.put(MonitoringMode.class, new StatusCode(StatusCodes.Bad_UserAccessDenied));

            assertThat(set(MonitoringMode.Sampling, ids.get(0), uint(999), ids.get(1)))
                    .containsExactly(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_MonitoredItemIdInvalid, 0L);
            world.time.run(300);

            assertThat(itemAt(world.a, "x").mode).isEqualTo(MonitoringMode.Reporting);
            assertThat(itemAt(world.b, "x").mode).isEqualTo(MonitoringMode.Reporting);
            assertThat(itemAt(world.b, "y").mode).isEqualTo(MonitoringMode.Sampling);
        }

        @Test
        void faultOfTheActiveIsTheClients() {
            world.a.nextFault.put(SetMonitoringModeRequest.class, new StatusCode(StatusCodes.Bad_ServiceUnsupported));

            assertThat(status(new SetMonitoringModeRequest(
                            client.header(), uint(subscription), MonitoringMode.Disabled, new UInteger[] {ids.get(0)})))
                    .isEqualTo(StatusCodes.Bad_ServiceUnsupported);
            world.time.run(300);
            assertThat(itemAt(world.b, "x").mode).isEqualTo(MonitoringMode.Reporting);
        }

        @Test
        void nonsenseIsRefused() {
            assertThat(status(new SetMonitoringModeRequest(
                            client.header(), uint(subscription), null, new UInteger[] {ids.get(0)})))
                    .isEqualTo(StatusCodes.Bad_MonitoringModeInvalid);
            assertThat(status(new SetMonitoringModeRequest(
                            client.header(), uint(subscription), MonitoringMode.Disabled, new UInteger[0])))
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
        }

        @Test
        void disabledItemsStayDisabledOverASwitchAndComeBackWithTheirValue() {
            set(MonitoringMode.Disabled, ids.get(0));
            world.time.run(500);
            world.switchTo(1);
            world.change("x", 5);
            world.time.run(500);
            client.forget();
            set(MonitoringMode.Reporting, ids.get(0));
            world.time.run(500);

            assertThat(client.numbers("x")).containsExactly(5L);
        }

        @Test
        void itemsOnOwnNodesHaveModesToo() {
            MonitoredItemCreateResult[] own = client.items(
                    subscription,
                    FakeClient.item(
                            FakeClient.readValue(new NodeId(0, OwnNodes.CURRENT_TIME)),
                            50,
                            100,
                            10,
                            MonitoringMode.Disabled));
            world.time.run(500);
            assertThat(client.of("2258")).isEmpty();
            assertThat(set(MonitoringMode.Reporting, own[0].getMonitoredItemId(), ids.get(1)))
                    .containsExactly(0L, 0L);
            world.time.run(500);
            assertThat(client.of("2258")).isNotEmpty();
        }
    }

    @Nested
    class Deletion {
        private final int subscription = client.subscribe(100);
        private final List<UInteger> ids = client.monitor(subscription, "x", "y");

        @Test
        void deletedItemsAreDeletedAtBothMembersAndSilent() {
            world.time.run(500);
            world.change("x", 1);
            DeleteMonitoredItemsResponse response = client.ask(
                    new DeleteMonitoredItemsRequest(
                            client.header(), uint(subscription), new UInteger[] {ids.get(0), uint(999)}),
                    DeleteMonitoredItemsResponse.class);
            client.forget();
            world.changes("x", 2, 5, 50);
            world.time.run(500);

            assertThat(response.getResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_MonitoredItemIdInvalid);
            assertThat(client.of("x")).isEmpty();
            assertThat(at(world.a).items).hasSize(1);
            assertThat(at(world.b).items).hasSize(1);
        }
    }

    @Nested
    class Triggering {
        private final int subscription = client.subscribe(100);
        private final UInteger x = client.monitor(subscription, "x").get(0);
        private final UInteger y = client
                .items(subscription, FakeClient.item(FakeClient.readValue("y"), 90, 100, 10, MonitoringMode.Sampling))[
                0]
                .getMonitoredItemId();

        private SetTriggeringResponse set(UInteger[] add, UInteger[] remove) {
            return client.ask(
                    new SetTriggeringRequest(client.header(), uint(subscription), x, add, remove),
                    SetTriggeringResponse.class);
        }

        @Test
        void triggeredItemIsReportedAlsoAfterASwitch() {
            assertThat(set(new UInteger[] {y, uint(999)}, new UInteger[0]).getAddResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_MonitoredItemIdInvalid);
            world.time.run(500);
            client.forget();
            world.change("y", 1);
            world.time.run(300);
            assertThat(client.of("y")).isEmpty();
            world.change("x", 1);
            world.time.run(300);
            assertThat(client.numbers("y")).endsWith(1L);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(500);
            client.forget();
            world.change("y", 2);
            world.change("x", 2);
            world.time.run(500);

            assertThat(client.numbers("y")).endsWith(2L);
        }

        @Test
        void linkThatIsRemovedIsGoneAtBothMembers() {
            set(new UInteger[] {y}, new UInteger[0]);
            world.time.run(300);
            assertThat(itemAt(world.b, "x").triggers).hasSize(1);
            SetTriggeringResponse response = set(new UInteger[0], new UInteger[] {y, y});
            world.time.run(300);

            assertThat(response.getRemoveResults())
                    .extracting(StatusCode::value)
                    .containsExactly(0L, StatusCodes.Bad_MonitoredItemIdInvalid);
            assertThat(itemAt(world.a, "x").triggers).isEmpty();
            assertThat(itemAt(world.b, "x").triggers).isEmpty();
        }

        /** I3: many servers do not support it, and the client must hear that. */
        @Test
        @Requirement(value = "I3", protocol = Protocol.UA)
        void serverThatDoesNotSupportItSaysSo() {
            world.a.nextFault.put(SetTriggeringRequest.class, new StatusCode(StatusCodes.Bad_ServiceUnsupported));

            assertThat(status(
                            new SetTriggeringRequest(client.header(), uint(subscription), x, new UInteger[] {y}, null)))
                    .isEqualTo(StatusCodes.Bad_ServiceUnsupported);
            world.time.run(300);
            assertThat(itemAt(world.b, "x").triggers).isEmpty();
        }

        @Test
        void nonsenseIsRefused() {
            assertThat(status(new SetTriggeringRequest(client.header(), uint(subscription), x, null, null)))
                    .isEqualTo(StatusCodes.Bad_NothingToDo);
            assertThat(status(new SetTriggeringRequest(
                            client.header(), uint(subscription), uint(999), new UInteger[] {y}, null)))
                    .isEqualTo(StatusCodes.Bad_MonitoredItemIdInvalid);
        }
    }

    /** Requests carry the client's handles; the member's are nobody's business. */
    @Test
    void requestHandleOfEveryAnswerIsTheClients() {
        RequestHeader header = client.header();
        FakeClient.Answer answer =
                client.send(new CreateSubscriptionRequest(header, 100.0, uint(0), uint(0), uint(0), true, ubyte(0)));
        world.time.run(50);

        assertThat(answer.get(CreateSubscriptionResponse.class)
                        .getResponseHeader()
                        .getRequestHandle())
                .isEqualTo(header.getRequestHandle());
    }
}
