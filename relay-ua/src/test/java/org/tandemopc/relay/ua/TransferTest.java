package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferSubscriptionsResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.relay.ua.LongLifeTest.Held;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Subscriptions that move to another session, or outlive theirs (OPC UA Part 4, 5.14.7 and 5.6.4). */
@NullUnmarked
class TransferTest {
    private final RedundantPair world = new RedundantPair(Mode.WARM).started();

    private FakeClient user(String name) {
        return user(world, name);
    }

    private static FakeClient user(RedundantPair world, String name) {
        FakeClient client = world.open(name);
        client.login(FakeClient.user(name));
        world.time.run(300);
        return client;
    }

    private static TransferResult[] transfer(FakeClient to, boolean sendInitialValues, int... ids) {
        UInteger[] wanted = new UInteger[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wanted[i] = uint(ids[i]);
        }
        return to.ask(
                        new TransferSubscriptionsRequest(to.header(), wanted, sendInitialValues),
                        TransferSubscriptionsResponse.class)
                .getResults();
    }

    private static void goOn(FakeClient from, FakeClient to, int subscription, String node) {
        to.numbersFrom(subscription, from.lastNumber(subscription));
        to.know(1, node);
        to.adopt(subscription);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S20", protocol = Protocol.UA)
    void subscriptionGoesOnInTheOtherSessionWithoutLossOrRepetition(Mode mode) {
        RedundantPair pair = new RedundantPair(mode).started();
        FakeClient old = user(pair, "ann");
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x");
        pair.time.run(1_000);
        long next = pair.changes("x", 1, 10, 50);
        pair.time.run(300);
        FakeClient fresh = user(pair, "ann");

        TransferResult[] results = transfer(fresh, false, subscription);
        goOn(old, fresh, subscription, "x");
        next = pair.changes("x", next, 10, 50);
        pair.time.run(2_000);

        assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(old.numbers("x"))
                .containsExactlyElementsOf(LongStream.rangeClosed(0, 10).boxed().toList());
        assertThat(fresh.numbers("x"))
                .containsExactlyElementsOf(LongStream.range(11, next).boxed().toList());
        assertThat(old.statusChanges)
                .extracting(StatusCode::value)
                .containsExactly(StatusCodes.Good_SubscriptionTransferred);
        assertThat(pair.pair.snapshot().subscriptions()).isEqualTo(1);
    }

    @Test
    @Requirement(value = "S20", protocol = Protocol.UA)
    void subscriptionOfAnotherUserStaysWhereItIs() {
        FakeClient ann = user("ann");
        int subscription = ann.subscribe(100);
        ann.monitor(subscription, "x");
        world.time.run(500);
        FakeClient eve = user("eve");

        TransferResult[] results = transfer(eve, false, subscription, 999);
        world.change("x", 1);
        world.time.run(500);

        assertThat(results)
                .extracting(r -> r.getStatusCode().value())
                .containsExactly(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_SubscriptionIdInvalid);
        assertThat(ann.numbers("x")).containsExactly(0L, 1L);
        assertThat(ann.statusChanges).isEmpty();
    }

    @Test
    void ownSubscriptionNeedsNoTransferAndEmptyListsAreRefused() {
        FakeClient ann = user("ann");
        int subscription = ann.subscribe(100);

        assertThat(transfer(ann, false, subscription)[0].getStatusCode().value())
                .isEqualTo(StatusCodes.Bad_NothingToDo);
        assertThat(ann.send(new TransferSubscriptionsRequest(ann.header(), new UInteger[0], false))
                        .status()
                        .value())
                .isEqualTo(StatusCodes.Bad_NothingToDo);
    }

    /** A client that starts anew has no values: it asks for the current ones, changed or not. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void initialValuesAreSentWhenAskedForAlsoIfUnchanged(Mode mode) {
        RedundantPair pair = new RedundantPair(mode).started();
        FakeClient old = user(pair, "ann");
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x", "y");
        old.items(
                subscription,
                FakeClient.item(
                        FakeClient.readValue(new NodeId(0, OwnNodes.STATE)), 3, 100, 1, MonitoringMode.Reporting));
        pair.time.run(1_000);
        pair.change("x", 5);
        pair.time.run(2_000);
        FakeClient fresh = user(pair, "ann");
        fresh.know(2, "y");
        fresh.know(3, "state");

        transfer(fresh, true, subscription);
        goOn(old, fresh, subscription, "x");
        pair.time.run(10_000);

        assertThat(fresh.numbers("x")).containsExactly(5L);
        assertThat(fresh.numbers("y")).containsExactly(0L);
        assertThat(fresh.of("state")).hasSize(1);
        assertThat(fresh.received).noneMatch(FakeClient.Received::isOverflow);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void unchangedValuesAreNotSentWhenNotAskedFor(Mode mode) {
        RedundantPair pair = new RedundantPair(mode).started();
        FakeClient old = user(pair, "ann");
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x", "y");
        old.items(
                subscription,
                FakeClient.item(
                        FakeClient.readValue(new NodeId(0, OwnNodes.STATE)), 3, 100, 1, MonitoringMode.Reporting));
        pair.time.run(3_000);
        FakeClient fresh = user(pair, "ann");

        transfer(fresh, false, subscription);
        goOn(old, fresh, subscription, "x");
        pair.time.run(10_000);

        assertThat(fresh.received).isEmpty();
    }

    /** What waits for a Publish request is part of the queue, and is not sent twice for the sake of initial values. */
    @Test
    void valuesThatWaitGoAlongAndAreNotRepeated() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x", "y");
        world.time.run(1_000);
        old.pause();
        world.time.run(100);
        world.changes("x", 1, 8, 100);
        int seen = old.numbers("x").size();
        FakeClient fresh = user("ann");
        fresh.know(2, "y");

        transfer(fresh, true, subscription);
        goOn(old, fresh, subscription, "x");
        world.time.run(5_000);

        assertThat(fresh.numbers("x"))
                .containsExactlyElementsOf(LongStream.range(seen, 9).boxed().toList());
        assertThat(fresh.numbers("y")).containsExactly(0L);
    }

    @Test
    void messagesCanBeAskedForAgainAfterTheTransfer() {
        FakeClient old = user("ann");
        old.acknowledges = false;
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x");
        world.time.run(1_000);
        world.change("x", 1);
        world.time.run(2_000);
        FakeClient fresh = user("ann");

        TransferResult[] results = transfer(fresh, false, subscription);

        assertThat(results[0].getAvailableSequenceNumbers()).containsExactly(uint(1), uint(2));
        RepublishResponse again =
                fresh.ask(new RepublishRequest(fresh.header(), uint(subscription), uint(2)), RepublishResponse.class);
        assertThat(again.getNotificationMessage().getSequenceNumber()).isEqualTo(uint(2));
    }

    /** Part 4, 5.6.4: closed without deleting, or timed out, the subscriptions live on for their lifetime. */
    @Test
    @Requirement(value = "S20", protocol = Protocol.UA)
    void subscriptionsOutliveTheirSessionAndCanBeTakenOver() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100, 5, 100);
        old.monitor(subscription, "x");
        world.time.run(1_000);
        old.session.closed(false, "CloseSession");
        world.time.run(2_000);
        assertThat(world.a.session().subscriptions.all).hasSize(1);
        world.changes("x", 1, 5, 50);
        FakeClient fresh = user("ann");

        TransferResult[] results = transfer(fresh, false, subscription);
        goOn(old, fresh, subscription, "x");
        world.time.run(2_000);

        assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(fresh.numbers("x")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(world.a.sessions).hasSize(1);
        assertThat(world.pair.snapshot().sessions()).isEqualTo(1);
    }

    @Test
    @Requirement(
            value = {"S20", "I9"},
            protocol = Protocol.UA)
    void subscriptionThatNobodyTakesOverEndsWithItsLifetime() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100, 5, 50);
        old.monitor(subscription, "x");
        world.time.run(1_000);
        FakeMemberSession atA = world.a.session();

        old.session.closed(false, "session timeout");
        world.time.run(4_000);
        assertThat(atA.isOpen()).isTrue();
        world.time.run(2_000);

        assertThat(atA.closedPolitely).isTrue();
        assertThat(world.b.sessions).isEmpty();
        FakeClient fresh = user("ann");
        assertThat(transfer(fresh, false, subscription)[0].getStatusCode().value())
                .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
    }

    @Test
    void sessionClosedWithItsSubscriptionsIsGoneAtOnce() {
        FakeClient client = user("ann");
        client.monitor(client.subscribe(100), "x");
        world.time.run(500);
        FakeMemberSession atA = world.a.session();
        FakeMemberSession atB = world.b.session();

        client.session.closed(true, "CloseSession");
        world.time.run(50);

        assertThat(atA.closedPolitely).isTrue();
        assertThat(atB.closedPolitely).isTrue();
        assertThat(client.publishFaults).hasSize(5).allMatch(s -> s.value() == StatusCodes.Bad_SessionClosed);
        assertThat(world.pair.snapshot().sessions()).isZero();
    }

    @Test
    void sessionThatWasClosedFollowsSwitchesForItsSubscriptions() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100, 5, 10_000);
        old.monitor(subscription, "x");
        world.time.run(1_000);
        old.session.closed(false, "session timeout");
        world.changes("x", 1, 5, 50);
        world.a.kill();
        world.changes("x", 6, 5, 50);
        world.failOver(0, 1);
        world.changes("x", 11, 5, 50);
        FakeClient fresh = user("ann");

        transfer(fresh, false, subscription);
        goOn(old, fresh, subscription, "x");
        world.time.run(2_000);

        assertThat(fresh.numbers("x"))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 15).boxed().toList());
    }

    /**
     * Steps of a transfer run on the loops of both sessions in turn; the client of the new one leaves in between.
     *
     * @param step after which the session is closed
     */
    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "2,false", "3,false", "4,false", "0,true", "1,true", "2,true", "3,true", "4,true"
    })
    @Requirement(
            value = {"S20", "I9"},
            protocol = Protocol.UA)
    void sessionThatIsClosedDuringATransferLosesNothingAndLeavesNothingBehind(int step, boolean deletes) {
        Held nobody = Held.by(world);
        FakeClient old = user("ann");
        int subscription = old.subscribe(100, 5, 50);
        old.monitor(subscription, "x");
        world.time.run(500);
        FakeClient fresh = user("ann");

        var answer = fresh.session.handle(
                new TransferSubscriptionsRequest(fresh.header(), new UInteger[] {uint(subscription)}, false));
        afterSteps(step, () -> fresh.session.closed(deletes, "CloseSession"));
        world.time.settle();

        assertThat(answer).isDone();
        boolean wasOnItsWay = step >= 2;
        int[] held = world.pair.held();
        assertThat(held[1]).isEqualTo(wasOnItsWay && deletes ? 0 : 1);
        assertThat(held[0])
                .as("the old session, and the new one for its subscription")
                .isEqualTo(wasOnItsWay && !deletes ? 2 : 1);
        FakeClient third = user("ann");
        assertThat(transfer(third, false, subscription)[0].getStatusCode().value())
                .isEqualTo(wasOnItsWay && deletes ? StatusCodes.Bad_SubscriptionIdInvalid : 0L);
        old.session.closed(true, "CloseSession");
        third.session.closed(true, "CloseSession");
        world.time.run(10_000);
        assertThat(Held.by(world)).isEqualTo(nobody);
        assertThat(world.records(RecordKind.PROGRAM_ERROR)).isEmpty();
    }

    private void afterSteps(int steps, Runnable then) {
        if (steps == 0) {
            then.run();
        } else {
            world.time.loop().execute(() -> afterSteps(steps - 1, then));
        }
    }

    /** CVE-2022-25897 by another way: made in one session, moved to another one, and again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Requirement(value = "I9", protocol = Protocol.UA)
    void transferDoesNotPassTheLimitOfSubscriptions(int requestsAtOnce) {
        RedundantPair pair = new RedundantPair(Mode.COLD).started();
        FakeClient old = user(pair, "ann");
        old.pause();
        List<FakeClient.Answer> made = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            made.add(old.send(create(old)));
        }
        pair.time.run(1_000);
        List<UInteger> ids = made.stream()
                .map(answer -> answer.get(CreateSubscriptionResponse.class).getSubscriptionId())
                .toList();
        FakeClient fresh = user(pair, "ann");
        fresh.pause();
        fresh.ask(create(fresh), CreateSubscriptionResponse.class);

        List<TransferResult> results = new ArrayList<>();
        List<CompletableFuture<UaResponseMessageType>> answers = new ArrayList<>();
        int each = ids.size() / requestsAtOnce;
        for (int i = 0; i < requestsAtOnce; i++) {
            UInteger[] part = ids.subList(i * each, (i + 1) * each).toArray(new UInteger[0]);
            answers.add(fresh.session.handle(new TransferSubscriptionsRequest(fresh.header(), part, false)));
        }
        FakeClient.Answer oneMore = fresh.send(create(fresh));
        pair.time.run(1_000);
        for (CompletableFuture<UaResponseMessageType> answer : answers) {
            results.addAll(List.of(((TransferSubscriptionsResponse) answer.join()).getResults()));
        }

        long good = results.stream().filter(r -> r.getStatusCode().isGood()).count();
        assertThat(results)
                .extracting(r -> r.getStatusCode().value())
                .containsOnly(0L, StatusCodes.Bad_TooManySubscriptions);
        assertThat(good + (oneMore.status().isGood() ? 1 : 0)).isEqualTo(999);
        assertThat(oneMore.status().isGood() || oneMore.status().value() == StatusCodes.Bad_TooManySubscriptions)
                .isTrue();
        assertThat(pair.pair.held()[1])
                .as("the refused ones stay where they were")
                .isEqualTo(1_001 + (oneMore.status().isGood() ? 1 : 0));
        assertThat(pair.a.sessions)
                .extracting(s -> s.subscriptions.all.size())
                .containsExactly(1_000 - (int) good, 1_000);
    }

    private static CreateSubscriptionRequest create(FakeClient client) {
        return new CreateSubscriptionRequest(
                client.header(), 60_000.0, uint(100_000), uint(1_000), uint(0), true, ubyte(0));
    }

    /** Another transfer that is on its way has room kept for a million of them. */
    @Test
    @Requirement(
            value = {"S29", "I9"},
            protocol = Protocol.UA)
    void transferDoesNotPassTheLimitOfItems() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100);
        old.monitor(subscription, "x", "y");
        FakeClient fresh = user("ann");
        int own = fresh.subscribe(100);
        UaSession session = (UaSession) fresh.session;
        assertThat(session.expect(999_999)).isNull();

        TransferResult[] refused = transfer(fresh, false, subscription);
        MonitoredItemCreateRequest[] two = {FakeClient.item("x", 1, 100, 10), FakeClient.item("y", 2, 100, 10)};
        long creation = fresh.send(
                        new CreateMonitoredItemsRequest(fresh.header(), uint(own), TimestampsToReturn.Both, two))
                .status()
                .value();
        session.expectNoMore(999_999);

        assertThat(refused[0].getStatusCode().value()).isEqualTo(StatusCodes.Bad_TooManyMonitoredItems);
        assertThat(creation).isEqualTo(StatusCodes.Bad_TooManyMonitoredItems);
        assertThat(transfer(fresh, false, subscription)[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(fresh.items(own, two)).allMatch(r -> r.getStatusCode().isGood());
    }

    /** They were asked of the old session's member: nothing is left of them where the subscription went. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void itemsThatAreBeingMadeOrChangedDoNotGoAlong() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100);
        UInteger x = old.monitor(subscription, "x").get(0);
        FakeClient fresh = user("ann");

        FakeClient.Answer making = old.send(new CreateMonitoredItemsRequest(
                old.header(), uint(subscription), TimestampsToReturn.Both, new MonitoredItemCreateRequest[] {
                    FakeClient.item("y", 2, 100, 10)
                }));
        FakeClient.Answer changing = old.send(new ModifyMonitoredItemsRequest(
                old.header(), uint(subscription), TimestampsToReturn.Both, new MonitoredItemModifyRequest[] {
                    new MonitoredItemModifyRequest(x, new MonitoringParameters(uint(9), 500.0, null, uint(1), true))
                }));
        assertThat(making.isThere()).as("control").isFalse();
        TransferResult[] results = transfer(fresh, false, subscription);
        world.time.run(500);

        assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(making.get(CreateMonitoredItemsResponse.class)
                        .getResults()[0]
                        .getStatusCode()
                        .value())
                .isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
        assertThat(changing.status().value()).isEqualTo(StatusCodes.Bad_SubscriptionIdInvalid);
        assertThat(((UaSession) fresh.session).delivery.itemCount()).isEqualTo(1);
        assertThat(world.a.session().subscriptions.only().items.values())
                .singleElement()
                .satisfies(item -> assertThat(item.samplingMs).isEqualTo(100));
    }

    /** Ids can be guessed: whoever names a subscription while its creation waits for the standby finds it made. */
    @Test
    void subscriptionThatIsTakenOverBeforeItsCreationIsAnsweredIsWhole() {
        FakeClient old = user("ann");
        FakeClient fresh = user("ann");
        world.b.silent = true;
        FakeClient.Answer made = old.send(create(old));
        world.time.run(100);
        assertThat(made.isThere()).as("control").isFalse();

        TransferResult[] results = transfer(fresh, false, 1);
        world.time.run(2_000);

        assertThat(results[0].getStatusCode()).isEqualTo(StatusCode.GOOD);
        assertThat(made.get(CreateSubscriptionResponse.class).getSubscriptionId())
                .isEqualTo(uint(1));
        assertThat(world.records(RecordKind.PROGRAM_ERROR)).isEmpty();
        assertThat(world.pair.held()).containsExactly(2, 1);
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void subscriptionThatIsDeletedBeforeItsCreationIsAnsweredIsGone() {
        FakeClient client = user("ann");
        world.b.silent = true;
        FakeClient.Answer made = client.send(create(client));
        world.time.run(100);
        assertThat(made.isThere()).as("control").isFalse();

        client.ask(
                new DeleteSubscriptionsRequest(client.header(), new UInteger[] {uint(1)}),
                DeleteSubscriptionsResponse.class);
        world.time.run(2_000);
        FakeClient.Answer published = client.send(new PublishRequest(client.header(), null));

        assertThat(made.isThere()).isTrue();
        assertThat(published.status().value()).isEqualTo(StatusCodes.Bad_NoSubscription);
    }

    @Test
    void transferredSubscriptionIsTheNewSessionsToDelete() {
        FakeClient old = user("ann");
        int subscription = old.subscribe(100);
        FakeClient fresh = user("ann");
        transfer(fresh, false, subscription);

        DeleteSubscriptionsResponse ofOld = old.ask(
                new DeleteSubscriptionsRequest(old.header(), new UInteger[] {uint(subscription)}),
                DeleteSubscriptionsResponse.class);
        DeleteSubscriptionsResponse ofFresh = fresh.ask(
                new DeleteSubscriptionsRequest(fresh.header(), new UInteger[] {uint(subscription)}),
                DeleteSubscriptionsResponse.class);

        assertThat(List.of(ofOld.getResults()[0].value(), ofFresh.getResults()[0].value()))
                .containsExactly(StatusCodes.Bad_SubscriptionIdInvalid, 0L);
        assertThat(world.pair.snapshot().subscriptions()).isZero();
    }
}
