package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteSubscriptionsResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.relay.ua.LongLifeTest.Held;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * Subscriptions and items of clients are counted against limits: what is counted is compared with a simple ledger after
 * every step, here and at both members (Milo 1.1.3 #1734, 1.1.4 #1770, 1.1.5 #1807).
 */
@NullUnmarked
class LedgersTest {
    private static final int STEPS = 400;

    private final Random random = new Random(20_261);

    /** What the client believes to have: items by subscription. */
    private final Map<Integer, List<UInteger>> ledger = new LinkedHashMap<>();

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "I9", protocol = Protocol.UA)
    void failedPartlyFailedAndDoubleOperationsAreCountedAsWhatTheyDid(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        Held nobody = Held.by(world);
        FakeClient client = world.client();
        int failed = 0;
        for (int step = 0; step < STEPS; step++) {
            failed += step(world, client);
            world.time.run(400);
            assertLedger(world, "step " + step);
        }
        assertThat(failed).as("control: some failed").isGreaterThan(STEPS / 10);
        assertThat(ledger).as("control").isNotEmpty();

        client.pause();
        client.session.closed(true, "CloseSession");
        world.time.run(60_000);

        assertThat(Held.by(world)).as("nothing is left on any side").isEqualTo(nobody);
    }

    /** Milo CVE-2022-25897. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void oneSubscriptionMoreThanTheLimitIsRefusedAlsoWhenAllAreAskedForAtOnce() {
        RedundantPair world = new RedundantPair(Mode.COLD).started();
        FakeClient client = world.client();
        client.pause();
        List<FakeClient.Answer> answers = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            answers.add(client.send(new CreateSubscriptionRequest(
                    client.header(), 60_000.0, uint(100_000), uint(1_000), uint(0), true, ubyte(0))));
        }
        world.time.run(1_000);

        assertThat(answers.subList(0, 1_000)).allMatch(answer -> answer.status().isGood());
        assertThat(answers.getLast().status().value()).isEqualTo(StatusCodes.Bad_TooManySubscriptions);
        assertThat(Held.by(world).subscriptionsOfMembers()).containsExactly(1_000, 0);
    }

    /** @return whether something was refused, as 0 or 1 */
    private int step(RedundantPair world, FakeClient client) {
        if (ledger.isEmpty()) {
            ledger.put(client.subscribe(100), new ArrayList<>());
            return 0;
        }
        int subscription = List.copyOf(ledger.keySet()).get(random.nextInt(ledger.size()));
        return switch (random.nextInt(10)) {
            case 0 -> {
                ledger.put(client.subscribe(100), new ArrayList<>());
                yield 0;
            }
            case 1, 2 -> deleteSubscription(client, subscription);
            case 3, 4 -> failToCreate(world, client, subscription);
            case 5, 6 -> deleteItems(client, subscription);
            default -> createSome(client, subscription);
        };
    }

    private int createSome(FakeClient client, int subscription) {
        MonitoredItemCreateResult[] results = client.items(
                subscription,
                FakeClient.item("x", 1, 100, 10),
                FakeClient.item("nowhere", 2, 100, 10),
                FakeClient.item("y", 3, 100, 10));
        for (MonitoredItemCreateResult result : results) {
            if (result.getStatusCode().isGood()) {
                ledger.get(subscription).add(result.getMonitoredItemId());
            }
        }
        assertThat(results[1].getStatusCode().value()).isEqualTo(StatusCodes.Bad_NodeIdUnknown);
        return 1;
    }

    private static int failToCreate(RedundantPair world, FakeClient client, int subscription) {
        world.member(world.active)
                .nextFault
                .put(CreateMonitoredItemsRequest.class, new StatusCode(StatusCodes.Bad_OutOfMemory));
        FakeClient.Answer answer = client.send(new CreateMonitoredItemsRequest(
                client.header(), uint(subscription), TimestampsToReturn.Both, new MonitoredItemCreateRequest[] {
                    FakeClient.item("x", 4, 100, 10), FakeClient.item("y", 5, 100, 10)
                }));
        world.time.run(50);
        assertThat(answer.status().value()).isEqualTo(StatusCodes.Bad_OutOfMemory);
        return 1;
    }

    /** The first one twice, in one request and in another one. */
    private int deleteItems(FakeClient client, int subscription) {
        List<UInteger> items = ledger.get(subscription);
        if (items.isEmpty()) {
            return 0;
        }
        UInteger first = items.removeFirst();
        for (UInteger[] wanted : new UInteger[][] {{first, first}, {first}}) {
            DeleteMonitoredItemsResponse response = client.ask(
                    new DeleteMonitoredItemsRequest(client.header(), uint(subscription), wanted),
                    DeleteMonitoredItemsResponse.class);
            assertThat(response.getResults()[wanted.length - 1].value())
                    .isEqualTo(StatusCodes.Bad_MonitoredItemIdInvalid);
        }
        return 1;
    }

    /** With the items that it has; twice. */
    private int deleteSubscription(FakeClient client, int subscription) {
        ledger.remove(subscription);
        DeleteSubscriptionsResponse response = client.ask(
                new DeleteSubscriptionsRequest(
                        client.header(), new UInteger[] {uint(subscription), uint(subscription)}),
                DeleteSubscriptionsResponse.class);
        assertThat(response.getResults())
                .extracting(StatusCode::value)
                .containsExactly(0L, StatusCodes.Bad_SubscriptionIdInvalid);
        return 1;
    }

    private void assertLedger(RedundantPair world, String step) {
        int items = ledger.values().stream().mapToInt(List::size).sum();
        Held held = Held.by(world);
        assertThat(held.subscriptions()).as(step).isEqualTo(ledger.size());
        assertThat(held.items()).as(step).isEqualTo(items);
        for (int member = 0; member < 2; member++) {
            boolean has = member == world.active || world.mode != Mode.COLD;
            assertThat(held.subscriptionsOfMembers().get(member)).as(step).isEqualTo(has ? ledger.size() : 0);
            assertThat(held.itemsOfMembers().get(member)).as(step).isEqualTo(has ? items : 0);
        }
    }
}
