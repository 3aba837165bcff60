package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ModifyMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemModifyRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.RepublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SetPublishingModeResponse;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.relay.ua.security.UserIdentity;

/** A link whose connection breaks goes on with its session at the member, and nothing is lost on the way. */
@NullUnmarked
class ResumptionTest {
    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    private static boolean isMarked(FakeClient client) {
        return client.received.stream().anyMatch(FakeClient.Received::isOverflow);
    }

    private static int subscriptionsMade(FakeMember member) {
        return member.requests(CreateSubscriptionRequest.class).size();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void noValueIsLostWhenTheConnectionToTheActiveBreaks(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        long next = world.changes("x", 1, 30, 20);
        world.a.breakConnections("cable");
        // As long as the second attempt may take.
        world.a.connectMs = 400;
        next = world.changes("x", next, 60, 20);
        world.time.run(1_000);

        assertThat(client.numbers("x")).isEqualTo(upTo(next - 1));
        assertThat(isMarked(client)).isFalse();
        assertThat(subscriptionsMade(world.a)).isEqualTo(1);
        assertThat(world.records).isEmpty();
    }

    /** Its answers to requests of the lost connection reach nobody, and it takes up the new ones after those. */
    @Test
    void whatTheMemberStillSaysIntoTheLostConnectionIsAskedForWithoutDelay() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        world.a.breakConnections("cable");
        world.time.run(100);
        assertThat(world.a.session().subscriptions.waiting()).isGreaterThan(10);
        long before = world.time.ms();
        long next = world.changes("x", 1, 30, 20);
        world.time.run(300);

        assertThat(client.numbers("x")).isEqualTo(upTo(next - 1));
        assertThat(client.received.stream().filter(value -> value.atMs() >= before))
                .allSatisfy(value -> assertThat(value.atMs() - before - 20 * (value.number() - 1))
                        .isLessThan(300));
        assertThat(world.a.requests(RepublishRequest.class)).isNotEmpty();
    }

    /** A member that has nothing to say is not asked for ever. */
    @Test
    void catchingUpEnds() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        world.a.breakConnections("cable");
        world.time.run(61_000);
        int asked = world.a.requests(RepublishRequest.class).size();
        world.time.run(60_000);

        assertThat(asked).isBetween(1, 200);
        assertThat(world.a.requests(RepublishRequest.class)).hasSize(asked);
        assertThat(isMarked(client)).isFalse();
        assertThat(subscriptionsMade(world.a)).isEqualTo(1);
    }

    @Test
    void standbyIsAsReadyAsBeforeAndItsValuesAreTakenAtASwitch() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        long next = world.changes("x", 1, 30, 20);
        world.b.breakConnections("cable");
        next = world.changes("x", next, 30, 20);
        world.failOver(0, 1);
        next = world.changes("x", next, 30, 20);
        world.time.run(1_000);

        assertThat(client.numbers("x")).isEqualTo(upTo(next - 1));
        assertThat(isMarked(client)).isFalse();
        assertThat(subscriptionsMade(world.b)).isEqualTo(1);
    }

    @Test
    void memberThatHasForgottenTheSessionIsBroughtToTheWantedStateAnewAndTheGapIsTold() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        world.a.breakConnections("cable");
        world.a.adrift.clear();
        world.changes("x", 1, 30, 20);
        world.time.run(1_000);

        assertThat(subscriptionsMade(world.a)).isEqualTo(2);
        assertThat(client.numbers("x")).contains(30L);
        assertThat(isMarked(client)).isTrue();
    }

    /** Whether the member carried it out is not known, so what it has is not known either. */
    @Test
    void sessionIsNotResumedWhenTheAnswerToAChangeOfItsItemsIsLost() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        int subscription = client.subscribe(100);
        MonitoredItemCreateResult[] made = client.items(subscription, FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        world.a.answerMs = 500;
        FakeClient.Answer answer = client.send(new ModifyMonitoredItemsRequest(
                client.header(), uint(subscription), TimestampsToReturn.Both, new MonitoredItemModifyRequest[] {
                    new MonitoredItemModifyRequest(
                            made[0].getMonitoredItemId(), new MonitoringParameters(uint(1), 50.0, null, uint(3), true))
                }));
        world.time.run(100);
        world.a.answerMs = 1;
        assertThat(world.a.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                .isEqualTo(3);
        world.a.breakConnections("cable");
        world.time.run(2_000);

        assertThat(subscriptionsMade(world.a)).isEqualTo(2);
        assertThat(world.a.session().subscriptions.only().item(FakeMember.node("x")).queueSize)
                .isEqualTo(answer.status().isGood() ? 3 : 20);
    }

    /** It may be the session that makes the member hang up. */
    @Test
    void sessionThatBreaksAgainAndAgainIsMadeAnew() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        for (int i = 0; i < 7; i++) {
            world.time.run(2_000);
            world.a.breakConnections("cable");
        }
        world.time.run(20_000);
        assertThat(subscriptionsMade(world.a)).isEqualTo(2);
        int logins = world.a.logins.size();
        for (int i = 0; i < 7; i++) {
            world.time.run(20_000);
            world.a.breakConnections("cable, much later");
        }
        world.time.run(20_000);

        assertThat(world.a.logins).hasSize(logins + 7);
        assertThat(subscriptionsMade(world.a)).isEqualTo(2);
    }

    @Test
    void userWhomTheMemberNoLongerLetsInKeepsNothingThere() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        world.a.users = identity -> new StatusCode(StatusCodes.Bad_UserAccessDenied);
        world.a.breakConnections("cable");
        world.time.run(1_000);
        world.a.users = (UserIdentity identity) -> StatusCode.GOOD;
        world.detach(0);
        world.attach(0);
        world.time.run(2_000);

        assertThat(subscriptionsMade(world.a)).isEqualTo(2);
    }

    @Test
    void messageThatCannotBeReadCostsTheConnectionAndNoValue() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.items(client.subscribe(100), FakeClient.item("x", 1, 20, 20));
        world.time.run(2_000);
        long next = world.changes("x", 1, 10, 20);
        AtomicBoolean once = new AtomicBoolean(true);
        world.a.instead = request -> request instanceof PublishRequest && once.getAndSet(false)
                ? new SetPublishingModeResponse(FakeMemberSession.good(request), null, null)
                : null;
        next = world.changes("x", next, 30, 20);
        world.time.run(1_000);

        assertThat(once).isFalse();
        assertThat(world.a.logins).hasSize(2);
        assertThat(client.numbers("x")).isEqualTo(upTo(next - 1));
        assertThat(isMarked(client)).isFalse();
        assertThat(subscriptionsMade(world.a)).isEqualTo(1);
    }
}
