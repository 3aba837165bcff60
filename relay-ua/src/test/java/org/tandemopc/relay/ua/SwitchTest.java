package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifySubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetTriggeringResponse;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Where subscriptions and items exist in each mode, and what a client gets over a switch. */
@NullUnmarked
class SwitchTest {
    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    private static List<UaRequestMessageType> sinceMs(FakeMember member, long ms) {
        return member.seen.stream()
                .filter(s -> s.atMs() >= ms)
                .map(FakeMember.Seen::request)
                .filter(r -> !(r instanceof PublishRequest))
                .toList();
    }

    @Nested
    class Cold {
        private final RedundantPair world = new RedundantPair(Mode.COLD).started();
        private final FakeClient client = world.client();
        private final int subscription = client.subscribe(100);

        /** What a member has of one item, by the names that the client knows. */
        record There(
                String node,
                double samplingMs,
                long queueSize,
                boolean discardOldest,
                MonitoringMode mode,
                @Nullable ExtensionObject filter,
                List<String> triggers) {}

        private List<There> at(FakeSubscriptions.Subscription subscription) {
            List<There> items = new ArrayList<>();
            for (FakeSubscriptions.Item item : subscription.items.values()) {
                items.add(new There(
                        name(item),
                        item.samplingMs,
                        item.queueSize,
                        item.discardOldest,
                        item.mode,
                        item.filter,
                        item.triggers.stream()
                                .map(id -> name(subscription.items.get(id)))
                                .toList()));
            }
            return items;
        }

        private String name(FakeSubscriptions.Item item) {
            return String.valueOf(item.node.getIdentifier());
        }

        private MonitoredItemCreateRequest discardsNewest(
                String node, long handle, MonitoringMode mode, @Nullable ExtensionObject filter) {
            return new MonitoredItemCreateRequest(
                    FakeClient.readValue(node),
                    mode,
                    new MonitoringParameters(uint(handle), 250.0, filter, uint(4), false));
        }

        @Test
        @Requirement(
                value = {"MODE-C1", "MODE-C2", "MODE-C4"},
                protocol = Protocol.UA)
        void newActiveGetsTheSubscriptionsAndItemsThatTheClientHas() {
            ExtensionObject deadband = ExtensionObject.encode(
                    UaWire.plainContext(), new DataChangeFilter(DataChangeTrigger.StatusValue, uint(1), 2.5));
            MonitoredItemCreateResult[] made = client.items(
                    subscription,
                    FakeClient.item("x", 11, 50, 7),
                    FakeClient.item(FakeClient.readValue("y"), 12, 200, 1, MonitoringMode.Sampling),
                    FakeClient.item(FakeClient.readValue("z"), 13, -1, 3, MonitoringMode.Disabled));
            SetTriggeringResponse linked = client.ask(
                    new SetTriggeringRequest(
                            client.header(),
                            uint(subscription),
                            made[0].getMonitoredItemId(),
                            new UInteger[] {made[1].getMonitoredItemId()},
                            null),
                    SetTriggeringResponse.class);
            assertThat(linked.getAddResults()).as("control").containsExactly(StatusCode.GOOD);
            int second = client.subscribe(300);
            client.items(
                    second,
                    discardsNewest("x", 21, MonitoringMode.Reporting, deadband),
                    discardsNewest("y", 22, MonitoringMode.Sampling, null));
            client.ask(
                    new SetPublishingModeRequest(client.header(), false, new UInteger[] {uint(second)}),
                    SetPublishingModeResponse.class);
            world.time.run(500);
            assertThat(world.b.logins).isEmpty();
            client.forget();

            world.a.kill();
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(world.b.session().subscriptions.all).hasSize(2);
            FakeSubscriptions.Subscription one = made(100);
            FakeSubscriptions.Subscription other = made(300);
            assertThat(List.of(one.publishing, other.publishing)).containsExactly(true, false);
            assertThat(at(one))
                    .containsExactly(
                            new There("x", 50, 7, true, MonitoringMode.Reporting, null, List.of("y")),
                            new There("y", 200, 1, true, MonitoringMode.Sampling, null, List.of()),
                            new There("z", 100, 3, true, MonitoringMode.Disabled, null, List.of()));
            assertThat(at(other))
                    .containsExactly(
                            new There("x", 250, 4, false, MonitoringMode.Reporting, deadband, List.of()),
                            new There("y", 250, 4, false, MonitoringMode.Sampling, null, List.of()));
        }

        private FakeSubscriptions.Subscription made(double publishingMs) {
            return world.b.session().subscriptions.all.values().stream()
                    .filter(s -> s.publishingMs == publishingMs)
                    .findFirst()
                    .orElseThrow();
        }

        /** The first message comes when an interval has passed (Part 4, 5.14.1.2), and that of a client may be long. */
        @Test
        @Requirement(value = "MODE-C4", protocol = Protocol.UA)
        void firstValuesOfTheNewActiveDoNotWaitForTheClientsInterval() {
            int slow = client.subscribe(2_000);
            client.items(slow, FakeClient.item("x", 11, -1, 7));
            world.time.run(5_000);
            client.forget();
            world.a.kill();
            world.b.set("x", 5);
            long at = world.time.ms();
            world.failOver(0, 1);
            world.time.run(5_000);

            assertThat(client.of("x").getFirst().atMs() - at).isLessThan(200);
            FakeSubscriptions.Subscription there = world.b.session().subscriptions.all.values().stream()
                    .filter(s -> !s.items.isEmpty())
                    .findFirst()
                    .orElseThrow();
            assertThat(there.publishingMs).isEqualTo(2_000);
            assertThat(there.item(FakeMember.node("x")).samplingMs).isEqualTo(2_000);
        }

        @Test
        void memberThatPublishesNoSoonerIsAskedForTheClientsIntervalAtOnce() {
            int slow = client.subscribe(2_000);
            client.items(slow, FakeClient.item("x", 11, 50, 7));
            world.time.run(5_000);
            world.a.kill();
            world.b.publishingMsMin = 2_500;
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(world.b.requests(ModifySubscriptionRequest.class))
                    .singleElement()
                    .satisfies(
                            r -> assertThat(r.getRequestedPublishingInterval()).isEqualTo(2_000));
        }

        /** Nothing changes, so nothing is said: it must not go on at the short interval for ever. */
        @Test
        void shortIntervalEndsWithoutValuesToo() {
            int slow = client.subscribe(2_000);
            client.items(slow, FakeClient.item(FakeClient.readValue("x"), 11, 50, 7, MonitoringMode.Sampling));
            world.time.run(5_000);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(3_000);

            assertThat(world.b.session().subscriptions.all.values())
                    .filteredOn(s -> !s.items.isEmpty())
                    .singleElement()
                    .satisfies(s -> assertThat(s.publishingMs).isEqualTo(2_000));
        }

        /** What the new active reports comes under the client's own handles, of what it asked for and nothing else. */
        @Test
        @Requirement(value = "MODE-C4", protocol = Protocol.UA)
        void valuesOfTheNewActiveComeUnderTheClientsHandles() {
            UInteger x = client.items(subscription, FakeClient.item("x", 11, 50, 7))[0].getMonitoredItemId();
            UInteger y = client
                    .items(
                            subscription,
                            FakeClient.item(FakeClient.readValue("y"), 12, 50, 7, MonitoringMode.Sampling))[0]
                    .getMonitoredItemId();
            client.items(subscription, FakeClient.item(FakeClient.readValue("z"), 13, 50, 7, MonitoringMode.Disabled));
            client.ask(
                    new SetTriggeringRequest(client.header(), uint(subscription), x, new UInteger[] {y}, null),
                    SetTriggeringResponse.class);
            world.time.run(500);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(1_000);
            client.forget();

            world.change("y", 6);
            world.change("z", 7);
            world.time.run(500);
            assertThat(client.received)
                    .as("a linked item waits for the one that triggers it")
                    .isEmpty();
            world.change("x", 5);
            world.time.run(500);

            assertThat(client.numbers("x")).containsExactly(5L);
            assertThat(client.numbers("y")).endsWith(6L);
            assertThat(client.of("z")).isEmpty();
            assertThat(client.received).extracting(FakeClient.Received::node).containsOnly("x", "y");
        }

        @Test
        @Requirement(
                value = {"MODE-C5"},
                protocol = Protocol.UA)
        void lossOfTheSecondaryGoesBackToThePrimary() {
            client.monitor(subscription, "x");
            world.time.run(500);
            world.a.kill();
            world.failOver(0, 1);
            world.changes("x", 1, 10, 50);
            world.a.restart();
            world.b.kill();
            world.failOver(1, 0);
            world.changes("x", 11, 10, 50);
            world.time.run(500);

            assertThat(client.numbers("x"))
                    .startsWith(0L, 1L)
                    .endsWith(19L, 20L)
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(world.b.sessions).isEmpty();
        }

        /** Sessions, subscriptions and items are made while the control link is made: the order to move finds them. */
        @Test
        @Requirement(
                value = {"MODE-C4", "MODE-C6"},
                protocol = Protocol.UA)
        void memberIsPreparedBeforeItIsPromoted() {
            client.monitor(subscription, "x");
            world.time.run(500);
            world.a.kill();
            world.lose(0);
            world.attach(1);
            world.time.run(200);

            FakeSubscriptions.Subscription made =
                    world.b.session().subscriptions.only();
            assertThat(made.items).hasSize(1);
            assertThat(made.publishing).isTrue();
            long promotedMs = world.time.ms();
            world.promote(1);
            assertThat(world.rehomedAtMs).isEqualTo(promotedMs);
            assertThat(world.b.logins).hasSize(1);
        }

        /** Until the epoch of the promotion nothing of a client's goes to it, and nothing comes from it (I2, I5). */
        @Test
        @Requirement(
                value = {"MODE-C6", "M2"},
                protocol = Protocol.UA)
        void preparedMemberSeesNothingOfTheClientAndSaysNothingToIt() {
            client.monitor(subscription, "x");
            world.time.run(500);
            world.a.kill();
            world.lose(0);
            world.attach(1);
            client.write("x");
            FakeClient.Answer read = client.read("x");
            world.b.set("x", 5);
            world.time.run(300);

            assertThat(world.b.ledger).isEmpty();
            assertThat(read.isThere()).isFalse();
            assertThat(client.numbers("x")).containsExactly(0L);
            world.promote(1);
            world.time.run(200);
            assertThat(world.b.ledger).containsExactly("write x=7");
            assertThat(client.numbers("x")).endsWith(5L).isSorted().doesNotHaveDuplicates();
            assertThat(client.of("x").get(1).isOverflow()).isTrue();
        }

        /** One member at a time: what is still on its way to the first one ends before the other is asked. */
        @Test
        @Requirement(
                value = {"MODE-C3", "M7"},
                protocol = Protocol.UA)
        void connectThatIsUnderWayEndsWithTheAttempt() {
            world.b.connectMs = 100;
            world.a.kill();
            world.lose(0);
            world.attach(1);
            world.time.run(50);
            world.detach(1);
            world.time.run(1_000);

            assertThat(world.b.logins).isEmpty();
        }

        /** Whether anything lies between is not known before the first value, and cannot be proven then. */
        @Test
        @Requirement(
                value = {"I12", "MODE-C4"},
                protocol = Protocol.UA)
        void noItemIsReportedContinuous() {
            client.monitor(subscription, "x");
            client.monitor(subscription, "y");
            world.time.run(500);

            world.a.kill();
            world.failOver(0, 1);
            world.time.run(100);

            assertThat(world.report().itemsContinuous()).isZero();
            assertThat(world.report().itemsDoubtful()).isEqualTo(2);
        }

        /** What lies between is lost, and the client is told: Overflow on the first value, one record (I4). */
        @Test
        @Requirement(
                value = {"MODE-C6", "LIM-6", "LIM-7", "I4", "I7"},
                protocol = Protocol.UA)
        void gapIsMarkedOnceAndNothingFalseIsSaidMeanwhile() {
            client.monitor(subscription, "x");
            world.time.run(500);
            long next = world.changes("x", 1, 10, 50);
            world.time.run(200);
            world.a.kill();
            next = world.changes("x", next, 10, 50);
            int before = client.received.size();
            world.lose(0);
            next = world.changes("x", next, 4, 50);
            assertThat(client.received).hasSize(before);
            world.promote(1);
            world.time.run(20);
            world.changes("x", next, 10, 50);
            world.time.run(500);

            assertThat(client.numbers("x"))
                    .containsExactlyElementsOf(
                            LongStream.concat(LongStream.rangeClosed(0, 10), LongStream.rangeClosed(24, 34))
                                    .boxed()
                                    .toList());
            assertThat(client.of("x").stream().filter(FakeClient.Received::isOverflow))
                    .singleElement()
                    .satisfies(r -> assertThat(r.number()).isEqualTo(24));
            assertThat(world.records(RecordKind.GAP)).hasSize(1);
        }

        @Test
        @Requirement(value = "GAP-12", protocol = Protocol.UA)
        void valueThatDidNotChangeIsNotRepeated() {
            client.monitor(subscription, "x");
            world.time.run(500);
            world.change("x", 1);
            world.time.run(300);

            world.a.kill();
            world.failOver(0, 1);
            world.time.run(20_000);

            assertThat(client.numbers("x")).containsExactly(0L, 1L);
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
            assertThat(world.records(RecordKind.GAP)).isEmpty();
        }
    }

    @Nested
    class Warm {
        private final RedundantPair world = new RedundantPair(Mode.WARM).started();
        private final FakeClient client = world.client();
        private final int subscription = client.subscribe(100);

        /** Items wait there with queues that reach over detection and switch: ping 2500 + 1000, margin 2000, 2 intervals. */
        @Test
        @Requirement(
                value = {"MODE-W2"},
                protocol = Protocol.UA)
        void standbyHasTheItemsWithLongQueuesAndPublishesNothing() {
            client.monitor(subscription, "x", "y");
            world.time.run(1_000);

            FakeSubscriptions.Subscription parked =
                    world.b.session().subscriptions.only();
            FakeSubscriptions.Item x = parked.item(FakeMember.node("x"));
            assertThat(parked.publishing).isFalse();
            assertThat(parked.publishingMs).isEqualTo(100);
            assertThat(x.mode).isEqualTo(MonitoringMode.Reporting);
            assertThat(x.queueSize).isEqualTo((2_500 + 1_000 + 2_000 + 2 * 100) / 100);
            assertThat(x.discardOldest).isTrue();
            assertThat(world.a.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                    .isEqualTo(10);
        }

        @Test
        @Requirement(
                value = {"MODE-W3", "MODE-W8"},
                protocol = Protocol.UA)
        void switchIsOneSetPublishingModeForAllSubscriptions() {
            int other = client.subscribe(200);
            client.monitor(subscription, "x");
            client.monitor(other, "y");
            world.time.run(1_000);
            world.a.kill();
            world.time.run(100);
            long at = world.time.ms();

            world.failOver(0, 1);
            world.time.run(100);

            assertThat(sinceMs(world.b, at))
                    .singleElement()
                    .isInstanceOfSatisfying(SetPublishingModeRequest.class, r -> {
                        assertThat(r.getPublishingEnabled()).isTrue();
                        assertThat(r.getSubscriptionIds()).hasSize(2);
                    });
            assertThat(world.rehomedAtMs - at).isLessThanOrEqualTo(5);
        }

        @Test
        @Requirement(
                value = {"S17", "I7", "MODE-W3"},
                protocol = Protocol.UA)
        void nothingIsLostOrRepeatedThoughDetectionTakesLong() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 20, 100);
            world.a.kill();
            next = world.changes("x", next, 34, 100);
            world.failOver(0, 1);
            next = world.changes("x", next, 20, 100);
            world.time.run(6_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
            assertThat(world.records(RecordKind.GAP)).isEmpty();
        }

        /** The queue overflows all the time while it is parked: that is no loss to the client. */
        @Test
        @Requirement(
                value = {"S17"},
                protocol = Protocol.UA)
        void overflowOfTheParkedQueueIsNotTold() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 200, 100);
            world.a.kill();
            next = world.changes("x", next, 10, 100);
            world.failOver(0, 1);
            next = world.changes("x", next, 10, 100);
            world.time.run(6_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
        }

        @Test
        @Requirement(
                value = {"I4"},
                protocol = Protocol.UA)
        void outageLongerThanTheParkedQueueIsTold() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 20, 100);
            world.a.kill();
            next = world.changes("x", next, 100, 100);
            world.failOver(0, 1);
            world.changes("x", next, 10, 100);
            world.time.run(6_000);

            assertThat(client.of("x").stream().filter(FakeClient.Received::isOverflow))
                    .hasSize(1);
            assertThat(world.records(RecordKind.GAP)).hasSize(1);
        }

        @Test
        void longQueueGivesWayToTheClientsOnceTheBurstIsOver() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            world.a.kill();
            world.failOver(0, 1);
            FakeSubscriptions.Item x = world.b.session().subscriptions.only().item(FakeMember.node("x"));
            world.time.run(4_000);
            assertThat(x.queueSize).isEqualTo(57);
            world.time.run(2_000);

            assertThat(x.queueSize).isEqualTo(10);
        }

        /** A member may publish slowly: its queue is not cut before what it holds has come over. */
        @Test
        @Requirement(
                value = {"S17"},
                protocol = Protocol.UA)
        void longQueueWaitsForABurstThatTakesItsTime() {
            int slow = client.subscribe(8_000);
            client.items(slow, FakeClient.item("y", 21, 100, 10));
            world.time.run(10_000);
            world.change("y", 1);
            while (client.numbers("y").size() < 2) {
                world.time.run(10);
            }
            world.a.kill();
            world.failOver(0, 1);
            FakeSubscriptions.Item y = world.b.session().subscriptions.all.values().stream()
                    .filter(s -> s.publishingMs == 8_000)
                    .findFirst()
                    .orElseThrow()
                    .item(FakeMember.node("y"));

            world.time.run(7_000);
            assertThat(y.queueSize).isGreaterThan(50);
            world.time.run(7_000);
            assertThat(y.queueSize).isEqualTo(10);
        }

        /** For a while after the switch the member's queue is longer than the client's: not its gain (S19). */
        @Test
        @Requirement(
                value = {"S19"},
                protocol = Protocol.UA)
        void clientGetsNoMoreThanItsOwnQueueHoldsWhileTheMembersIsLonger() {
            client.items(subscription, FakeClient.item("x", 11, 10, 1));
            world.time.run(1_000);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(3_000);
            client.forget();

            world.changes("x", 1, 40, 50);
            world.time.run(500);

            assertThat(client.of("x").size()).isLessThanOrEqualTo(21 + 1);
            assertThat(client.numbers("x").getLast()).isEqualTo(40);
        }

        /** Each time that a member is switched on it has its whole time for a first notification (U8). */
        @Test
        @Requirement(
                value = {"S14", "I10"},
                protocol = Protocol.UA)
        void switchesInQuickOrderBlameNobodyForTheTimeOfAnEarlierOne() {
            client.items(subscription, FakeClient.item("x", 11, 10, 10));
            world.time.run(1_000);

            for (int i = 1; i <= 60; i++) {
                world.switchTo(i % 2);
                world.time.run(90);
            }

            assertThat(world.firstMissing).isEmpty();
        }

        /** Its publishing was not switched off yet when it was needed again: its queues are long all the same. */
        @Test
        @Requirement(
                value = {"S19"},
                protocol = Protocol.UA)
        void clientGetsNoMoreThanItsOwnQueueHoldsAfterAParkAndAnUnparkAtOnce() {
            client.items(subscription, FakeClient.item("x", 11, 10, 1));
            world.time.run(1_000);
            world.switchTo(1);
            world.time.run(1);
            world.switchTo(0);
            world.time.run(500);
            client.forget();

            world.changes("x", 1, 40, 50);
            world.time.run(500);

            assertThat(client.of("x").size()).isLessThanOrEqualTo(21 + 1);
            assertThat(client.numbers("x").getLast()).isEqualTo(40);
        }

        @Test
        @Requirement(
                value = {"S17"},
                protocol = Protocol.UA)
        void queueOfAnItemIsKnownAsItWasAskedForWhateverTheRoleIsAtTheAnswer() {
            world.time.run(1_000);
            world.b.answerMs = 1_000;
            client.monitor(subscription, "x");
            world.switchTo(1);
            world.time.run(2_000);
            world.b.answerMs = 1;
            assertThat(world.b.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                    .isEqualTo(57);
            world.time.run(10_000);

            assertThat(world.b.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                    .isEqualTo(10);
        }

        @Test
        @Requirement(
                value = {"MODE-W7", "S14"},
                protocol = Protocol.UA)
        void formerActiveIsParkedAgainAndSwitchesBackWithoutLoss() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = 1;
            for (int i = 0; i < 6; i++) {
                next = world.changes("x", next, 30, 50);
                world.switchTo(1 - i % 2);
                next = world.changes("x", next, 30, 50);
                FakeSubscriptions.Subscription former =
                        world.member(i % 2).session().subscriptions.only();
                assertThat(former.publishing).isFalse();
                assertThat(former.item(FakeMember.node("x")).queueSize).isGreaterThan(50);
                next = world.changes("x", next, 140, 50);
            }
            world.time.run(1_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(client.of("x")).noneMatch(FakeClient.Received::isOverflow);
            assertThat(world.records(RecordKind.GAP)).isEmpty();
        }

        @Test
        @Requirement(
                value = {"MODE-W4"},
                protocol = Protocol.UA)
        void writesReachTheActiveOnly() {
            client.write("x");
            world.time.run(100);
            world.switchTo(1);
            client.write("y");
            world.time.run(100);

            assertThat(world.a.ledger).containsExactly("write x=7");
            assertThat(world.b.ledger).containsExactly("write y=7");
        }
    }

    @Nested
    class Hot {
        private final RedundantPair world = new RedundantPair(Mode.HOT).started();
        private final FakeClient client = world.client();
        private final int subscription = client.subscribe(100);

        @Test
        @Requirement(
                value = {"MODE-H1", "MODE-H2", "S17"},
                protocol = Protocol.UA)
        void bothMembersPublishAndTheClientGetsEachChangeOnce() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 100, 50);
            world.time.run(1_000);

            assertThat(world.b.session().subscriptions.only().publishing).isTrue();
            assertThat(world.b.session().subscriptions.only().nextNumber).isGreaterThan(40);
            assertThat(world.b.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                    .isEqualTo(10);
            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
        }

        @Test
        @Requirement(
                value = {"MODE-H3", "I7", "S17"},
                protocol = Protocol.UA)
        void standbysValuesAreThereAtTheVeryMomentOfTheSwitch() {
            client.monitor(subscription, "x");
            world.time.run(1_000);
            long next = world.changes("x", 1, 20, 50);
            world.a.kill();
            next = world.changes("x", next, 40, 50);
            world.time.run(200);
            long at = world.time.ms();

            world.failOver(0, 1);

            assertThat(world.rehomedAtMs).isEqualTo(at);
            assertThat(sinceMs(world.b, at)).isEmpty();
            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            world.time.run(6_000);
            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(world.records(RecordKind.GAP)).isEmpty();
        }

        @Test
        @Requirement(
                value = {"MODE-H5", "S14"},
                protocol = Protocol.UA)
        void switchesBetweenHealthyMembersLoseAndRepeatNothing() {
            client.monitor(subscription, "x", "y");
            world.time.run(1_000);
            long next = 1;
            for (int i = 0; i < 20; i++) {
                next = world.changes("x", next, 13, 37);
                world.switchTo(1 - i % 2);
            }
            next = world.changes("x", next, 13, 37);
            world.time.run(1_000);

            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
            assertThat(client.numbers("y")).containsExactly(0L);
            assertThat(world.records(RecordKind.GAP)).isEmpty();
        }

        @Test
        @Requirement(
                value = {"MODE-H4"},
                protocol = Protocol.UA)
        void writesReachTheActiveOnly() {
            client.write("x");
            client.call("go");
            world.time.run(100);

            assertThat(world.a.ledger).hasSize(2);
            assertThat(world.b.ledger).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"MODE-ALL3"},
            protocol = Protocol.UA)
    void troublesOfTheStandbyDoNotDisturbTheStream(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        long next = world.changes("x", 1, 10, 50);
        world.b.kill();
        if (mode != Mode.COLD) {
            world.detach(1);
        }
        next = world.changes("x", next, 30, 50);
        world.b.restart();
        if (mode != Mode.COLD) {
            world.attach(1);
        }
        next = world.changes("x", next, 30, 50);
        world.time.run(500);

        assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
        assertThat(client.of("x")).extracting(r -> r.status().value()).containsOnly(0L);
        assertThat(world.records).isEmpty();
    }

    /** After its return it is brought to the same state, and takes over as before. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"MODE-W5", "S13"},
            protocol = Protocol.UA)
    void standbyThatWasAwayTakesOverWithoutLossOnceItIsSynchronized(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        world.b.kill();
        world.detach(1);
        long next = world.changes("x", 1, 30, 50);
        world.b.restart();
        world.synchronizations.clear();
        world.attach(1);
        next = world.changes("x", next, 30, 50);
        assertThat(world.synchronizations).containsExactly(1);
        world.a.kill();
        next = world.changes("x", next, 30, 50);
        world.failOver(0, 1);
        next = world.changes("x", next, 30, 50);
        world.time.run(6_000);

        assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
        assertThat(world.records(RecordKind.GAP)).isEmpty();
    }

    private static RedundantPair servedByThePrimaryAlone(Mode mode) {
        RedundantPair world = new RedundantPair(mode);
        world.attach(0);
        world.pair.rehome(++world.epoch, world.active = 0);
        world.time.run(10);
        return world;
    }

    /** A standby is called synchronized when a switch to it could be proven continuous, not as soon as it is there. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"S14"},
            protocol = Protocol.UA)
    void standbyIsSynchronizedTwoPublishingIntervalsAfterItHasItsItems(Mode mode) {
        RedundantPair world = servedByThePrimaryAlone(mode);
        FakeClient client = world.client();
        client.monitor(client.subscribe(500), "x");
        world.time.run(2_000);
        world.synchronizations.clear();

        world.attach(1);
        world.time.run(900);
        assertThat(world.b.session().subscriptions.only().items).hasSize(1);
        assertThat(world.synchronizations).isEmpty();
        world.time.run(1_500);

        assertThat(world.synchronizations).containsExactly(1);
    }

    /** What a client asks for later is not there for long enough either, at first; the other items go on (I12). */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"S14", "I12"},
            protocol = Protocol.UA)
    void standbyLagsForTwoPublishingIntervalsAfterAClientHasAddedAnItem(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        int subscription = client.subscribe(500);
        client.monitor(subscription, "x");
        world.time.run(3_000);
        world.lagReports.clear();

        client.monitor(subscription, "y");
        assertThat(world.lagReports).as("told before the client's answer").containsExactly("behind on 1");
        world.time.run(900);
        assertThat(world.lagReports).containsExactly("behind on 1");
        world.time.run(1_500);

        assertThat(world.lagReports).containsExactly("behind on 1", "up to date on 1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"S14"},
            protocol = Protocol.UA)
    void standbyLagsWhileAClientThatHasJustLoggedInIsNotConnectedToIt(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.connectMs = 300;
        FakeClient client = world.client();
        assertThat(world.lagReports).as("it wants nothing yet").isEmpty();

        client.monitor(client.subscribe(100), "x");
        assertThat(world.lagReports).containsExactly("behind on 1");
        world.time.run(3_000);

        assertThat(world.lagReports).containsExactly("behind on 1", "up to date on 1");
    }

    /** Whoever was told of a gap in one switch is not counted again in the next, that comes soon. */
    @Test
    @Requirement(
            value = {"I12"},
            protocol = Protocol.UA)
    void gapOfOneSwitchIsNotCountedInTheNext() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        world.b.connectMs = 400;
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        long next = world.changes("x", 1, 4, 50);
        world.a.kill();
        next = world.changes("x", next, 4, 50);
        world.failOver(0, 1);
        next = world.changes("x", next, 10, 50);
        assertThat(world.records(RecordKind.GAP)).as("control").hasSize(1);
        assertThat(world.report().itemsContinuous()).isZero();
        world.a.restart();
        world.attach(0);
        world.changes("x", next, 16, 50);

        world.failOver(1, 0);
        world.time.run(500);

        assertThat(world.report().itemsContinuous()).isEqualTo(1);
        assertThat(world.records(RecordKind.GAP)).hasSize(1);
    }

    /** Clients that ask for something new all the time do not keep a standby from taking over. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"S14"},
            protocol = Protocol.UA)
    void standbyIsSynchronizedThoughAClientAddsItemsAllTheTime(Mode mode) {
        RedundantPair world = servedByThePrimaryAlone(mode);
        FakeClient client = world.client();
        int subscription = client.subscribe(500);
        client.monitor(subscription, "x");
        world.time.run(2_000);
        world.synchronizations.clear();

        world.attach(1);
        for (int i = 0; i < 10; i++) {
            client.monitor(subscription, "y");
            world.time.run(500);
        }

        assertThat(world.synchronizations).containsExactly(1);
        assertThat(world.lagReports).containsExactly("behind on 1");
    }

    /** The record of the switch does not call an item continuous of which a gap is told a moment later. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"WARM", "HOT"})
    @Requirement(
            value = {"I12"},
            protocol = Protocol.UA)
    void itemThatWasAddedAMomentBeforeIsDoubtfulAndTheOthersAreNot(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        int subscription = client.subscribe(500);
        client.monitor(subscription, "x");
        world.time.run(3_000);
        client.monitor(subscription, "y");
        world.time.run(100);

        world.a.kill();
        world.failOver(0, 1);
        world.time.run(1_000);

        assertThat(world.report().itemsContinuous()).isEqualTo(1);
        assertThat(world.report().itemsDoubtful()).isEqualTo(1);
    }

    /** A stopped server that wakes up after the switch tells its old story: the client must not hear it (I5, I7). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S7", "S8"},
            protocol = Protocol.UA)
    void whatAFormerActiveSaysAfterItsWakingIsNotHeard(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        long next = world.changes("x", 1, 10, 50);
        world.time.run(200);
        world.a.silent = true;
        next = world.changes("x", next, 20, 50);
        world.failOver(0, 1);
        next = world.changes("x", next, 20, 50);
        world.a.wake();
        if (mode != Mode.COLD) {
            world.attach(0);
        }
        next = world.changes("x", next, 20, 50);
        world.time.run(6_000);

        assertThat(client.numbers("x")).isSorted().doesNotHaveDuplicates().endsWith(next - 1);
        if (mode != Mode.COLD) {
            assertThat(client.numbers("x")).containsExactlyElementsOf(upTo(next - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-7"},
            protocol = Protocol.UA)
    void clientKeepsSessionSubscriptionAndItemsOverManySwitches(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x", "y", "z");
        world.time.run(1_000);
        for (int i = 0; i < 50; i++) {
            FakeMember active = world.member(i % 2);
            active.kill();
            world.failOver(i % 2, 1 - i % 2);
            world.time.run(300);
            active.restart();
            if (mode != Mode.COLD) {
                world.attach(i % 2);
            }
            world.time.run(700);
        }
        client.forget();
        world.change("x", 1_000);
        world.change("z", 2_000);
        world.time.run(1_000);

        assertThat(client.numbers("x")).containsExactly(1_000L);
        assertThat(client.numbers("z")).containsExactly(2_000L);
        assertThat(client.statusChanges).isEmpty();
        assertThat(client.publishFaults).isEmpty();
        assertThat(world.pair.snapshot().sessions()).isEqualTo(1);
        assertThat(world.a.staleAcknowledgements).isEmpty();
        assertThat(world.b.staleAcknowledgements).isEmpty();
    }

    @Nested
    class SharedActive {
        @ParameterizedTest
        @EnumSource(Mode.class)
        @Requirement(
                value = {"ARC-4", "SYS-14"},
                protocol = Protocol.UA)
        void allSessionsAreOnTheSameMember(Mode mode) {
            RedundantPair world = new RedundantPair(mode).started();
            List<FakeClient> clients =
                    LongStream.range(0, 20).mapToObj(i -> world.client()).toList();
            for (FakeClient client : clients) {
                client.monitor(client.subscribe(100), "x");
            }
            world.time.run(1_000);
            world.a.kill();
            world.failOver(0, 1);
            world.time.run(500);
            clients.forEach(c -> c.write("y"));
            world.time.run(50);

            assertThat(world.a.ledger).isEmpty();
            assertThat(world.b.ledger).hasSize(20);
            world.change("x", 1);
            world.time.run(300);
            assertThat(clients).allSatisfy(c -> assertThat(c.numbers("x")).containsExactly(0L, 1L));
            assertThat(world.report().sessions()).isEqualTo(20);
        }

        /** The member that refuses one session, or answers it slowly, must not hold up all others. */
        @Test
        @Requirement(
                value = {"S16"},
                protocol = Protocol.UA)
        void sessionThatCannotFollowDoesNotBlockTheOthers() {
            RedundantPair world = new RedundantPair(Mode.COLD, Duration.ofMillis(800)).started();
            FakeClient good = world.client();
            good.monitor(good.subscribe(100), "x");
            FakeClient stuck = world.open("stuck");
            stuck.login(FakeClient.user("stuck"));
            world.time.run(100);
            stuck.monitor(stuck.subscribe(100), "x");
            world.b.users = identity -> identity.sameUser(FakeClient.user("stuck"))
                    ? new StatusCode(StatusCodes.Bad_TooManySessions)
                    : StatusCode.GOOD;
            world.a.kill();
            long at = world.time.ms();
            world.failOver(0, 1);
            FakeClient.Answer answer = good.read("x");
            world.time.run(1_000);

            assertThat(world.rehomedAtMs - at).isEqualTo(800);
            assertThat(answer.isThere()).isTrue();
            world.b.users = identity -> StatusCode.GOOD;
            world.time.run(5_000);
            world.change("x", 9);
            world.time.run(500);
            assertThat(stuck.numbers("x")).endsWith(9L);
        }
    }

    @Nested
    class Epochs {
        /** M2: what was ordered before, and comes late, is refused. */
        @Test
        @Requirement(
                value = {"M2", "I2"},
                protocol = Protocol.UA)
        void ordersOfAnEpochThatIsOverAreRefused() {
            RedundantPair world = new RedundantPair(Mode.WARM).started();
            FakeClient client = world.client();
            world.switchTo(1);
            world.time.run(200);

            world.pair.rehome(world.epoch - 1, 0);
            world.pair.release(new org.tandemopc.core.pair.Route(world.epoch - 1, 0));
            world.pair.hold(world.epoch - 1);
            world.pair.strand(world.epoch - 1);
            world.time.run(200);
            FakeClient.Answer written = client.write("x");
            world.time.run(200);

            assertThat(written.isThere()).isTrue();
            assertThat(world.a.ledger).isEmpty();
            assertThat(world.b.ledger).hasSize(1);
            assertThat(world.pair.snapshot().route().epoch()).isEqualTo(world.epoch);
        }
    }

    @Test
    @Requirement(
            value = {"MODE-C3"},
            protocol = Protocol.UA)
    void switchThatFailsGoesOnToTheOtherMember() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(500);
        world.a.kill();
        world.b.down = true;
        world.failOver(0, 1);
        world.time.run(500);
        world.a.restart();
        world.failOver(1, 0);
        world.time.run(500);
        world.change("x", 1);
        world.time.run(500);

        assertThat(client.numbers("x")).containsExactly(0L, 1L);
    }

    /** Each session asks for all its items in parts that a server accepts. */
    @Test
    void manyItemsAreMadeInParts() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        int subscription = client.subscribe(100);
        for (int i = 0; i < 2_500; i++) {
            world.a.set("n" + i, i);
            world.b.set("n" + i, i);
        }
        for (int part = 0; part < 5; part++) {
            int from = part * 500;
            client.items(
                    subscription,
                    LongStream.range(from, from + 500L)
                            .mapToObj(i -> FakeClient.item("n" + i, i, 100, 1))
                            .toArray(
                                    org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest[]
                                            ::new));
        }
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(1_000);

        assertThat(world.b.requests(CreateSubscriptionRequest.class)).hasSize(1);
        assertThat(world.b.requests(CreateMonitoredItemsRequest.class))
                .extracting(r -> r.getItemsToCreate().length)
                .containsExactly(1_000, 1_000, 500);
        assertThat(world.b.requests(ModifyMonitoredItemsRequest.class)).isEmpty();
    }
}
