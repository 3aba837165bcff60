package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Items that only one member has. */
@NullUnmarked
class MissingItemsTest {
    private static final StatusCode UNKNOWN = new StatusCode(StatusCodes.Bad_NodeIdUnknown);

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"SYS-12", "GAP-13", "S10"},
            protocol = Protocol.UA)
    void itemThatTheNewActiveLacksIsBadOnceAndTheOthersFlow(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x", "y");
        world.time.run(1_000);
        world.changes("x", 1, 5, 50);
        world.changes("y", 1, 5, 50);
        world.time.run(300);
        assertThat(client.of("x")).extracting(FakeClient.Received::status).containsOnly(StatusCode.GOOD);
        client.forget();

        world.a.kill();
        world.failOver(0, 1);
        world.time.run(100);
        world.changes("x", 6, 5, 50);
        world.changes("y", 6, 5, 50);
        world.time.run(30_000);

        assertThat(client.of("x")).extracting(FakeClient.Received::status).containsExactly(UNKNOWN);
        assertThat(client.numbers("y")).endsWith(6L, 7L, 8L, 9L, 10L).isSorted();
        assertThat(world.records(RecordKind.ITEM_MISSING))
                .singleElement()
                .satisfies(r -> assertThat(r.text()).contains("ns=2;s=x").contains("member1"));
    }

    /** Told at each switch, not at the first one only, also where values came between and nothing was made anew for them. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"SYS-12", "I5"},
            protocol = Protocol.UA)
    void itemIsBadAgainAfterTheNextSwitchToTheMemberThatLacksIt(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(1_000);
        for (int i = 0; i < 2; i++) {
            client.forget();
            world.switchTo(1);
            world.time.run(10_000);
            world.switchTo(0);
            world.changes("x", 1 + 100 * i, 100, 50);
            world.time.run(5_000);

            assertThat(client.bad("x")).containsExactly(UNKNOWN);
            assertThat(client.numbers("x")).endsWith(100L + 100 * i);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "GAP-13", protocol = Protocol.UA)
    void itemIsGoodAgainAfterTheSwitchBack(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x", "y");
        world.time.run(1_000);
        world.switchTo(1);
        world.time.run(5_000);
        world.change("x", 3);
        world.time.run(5_000);
        client.forget();

        world.switchTo(0);
        world.time.run(5_000);

        assertThat(client.of("x")).singleElement().satisfies(r -> {
            assertThat(r.status().isGood()).isTrue();
            assertThat(r.number()).isEqualTo(3);
        });
    }

    /** The very same value as before the switch must be told again: the client holds a Bad one. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "GAP-13", protocol = Protocol.UA)
    void unchangedItemIsGoodAgainToo(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(10_000);
        world.switchTo(1);
        world.time.run(10_000);
        assertThat(client.of("x").getLast().status()).isEqualTo(UNKNOWN);
        client.forget();

        world.switchTo(0);
        world.time.run(10_000);

        assertThat(client.of("x")).extracting(FakeClient.Received::status).containsExactly(StatusCode.GOOD);
    }

    /** A server that has just started lacks its address space for a while (node-opcua #678, S7-1500). */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "SYS-12", protocol = Protocol.UA)
    void itemIsAskedForAgainAndGoodAsSoonAsTheMemberHasIt(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x", "y");
        world.time.run(1_000);
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(500);
        assertThat(client.bad("x")).containsExactly(UNKNOWN);
        client.forget();

        world.b.refused.clear();
        world.time.run(8_000);
        world.change("x", 7);
        world.time.run(500);

        assertThat(client.numbers("x")).containsExactly(0L, 7L);
        assertThat(client.of("x")).extracting(FakeClient.Received::status).containsOnly(StatusCode.GOOD);
    }

    @Test
    void askingAgainSlowsDown() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x");
        world.time.run(10 * 60_000);

        assertThat(world.b.requests(CreateMonitoredItemsRequest.class).size()).isBetween(10, 17);
    }

    @Test
    void refusalAtTheStandbyIsNotTheClientsMatter() {
        RedundantPair world = new RedundantPair(Mode.HOT).started();
        world.b.refused.put(FakeMember.node("x"), UNKNOWN);
        FakeClient client = world.client();

        List<org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger> ids =
                client.monitor(client.subscribe(100), "x");
        world.time.run(30_000);

        assertThat(ids).hasSize(1);
        assertThat(client.of("x")).extracting(FakeClient.Received::status).containsExactly(StatusCode.GOOD);
        assertThat(world.records(RecordKind.ITEM_MISSING)).hasSize(1);
    }

    /** While the active made its items anew it may lack one: told at once, not at the next switch. */
    @Test
    @Requirement(value = "SYS-12", protocol = Protocol.UA)
    void itemThatTheActiveLostWithARestartIsBad() {
        RedundantPair world = new RedundantPair(Mode.WARM).started();
        FakeClient client = world.client();
        client.monitor(client.subscribe(100), "x", "y");
        world.time.run(1_000);
        client.forget();

        world.a.refused.put(FakeMember.node("x"), UNKNOWN);
        world.a.cut("restarted quickly");
        world.time.run(3_000);

        assertThat(client.bad("x")).containsExactly(UNKNOWN);
        assertThat(client.bad("y")).isEmpty();
    }
}
