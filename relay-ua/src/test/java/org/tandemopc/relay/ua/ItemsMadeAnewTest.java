package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.DeleteMonitoredItemsRequest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * After an outage in which the links stayed, what the client is owed is made anew in a subscription that goes on: what
 * the deleted item's queue held is lost, and what its member still says of it may come at any time.
 */
@NullUnmarked
class ItemsMadeAnewTest {
    private static final StatusCode NO_COMMUNICATION = new StatusCode(StatusCodes.Bad_NoCommunication);

    private RedundantPair world;
    private FakeClient client;

    @BeforeEach
    void nothingYet() {
        world = null;
        client = null;
    }

    private void watched(Mode mode) {
        world = new RedundantPair(mode).started();
        client = world.client();
        client.monitor(client.subscribe(100), "x", "y");
        world.time.run(1_000);
        world.change("x", 1);
        world.time.run(500);
        client.forget();
    }

    /** Both members call themselves unusable, or are: the links stay. Afterwards member 0 serves again. */
    private void outage() {
        world.hold();
        world.strand();
        world.time.run(500);
        world.promote(0);
    }

    private List<Long> good(String node) {
        return client.of(node).stream()
                .filter(r -> r.status().isGood() || r.isOverflow())
                .map(FakeClient.Received::number)
                .toList();
    }

    private List<Long> marked(String node) {
        return client.of(node).stream()
                .filter(FakeClient.Received::isOverflow)
                .map(FakeClient.Received::number)
                .toList();
    }

    /** Changes happen right before the member deletes the item and right before it makes it again. */
    private void changesAround(long beforeDeletion, long beforeCreation) {
        world.a.instead = request -> {
            change(request, DeleteMonitoredItemsRequest.class, beforeDeletion);
            change(request, CreateMonitoredItemsRequest.class, beforeCreation);
            return null;
        };
    }

    private void change(UaRequestMessageType request, Class<?> at, long value) {
        if (at.isInstance(request)) {
            world.a.set("x", value);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"I4", "S12", "S13"},
            protocol = Protocol.UA)
    void changeThatWasLostWithTheOldItemIsMarkedAndRecorded(Mode mode) {
        watched(mode);
        changesAround(2, 3);

        outage();
        world.time.run(1_000);
        world.change("x", 4);
        world.time.run(10_000);

        assertThat(world.a.requests(DeleteMonitoredItemsRequest.class)).hasSize(1);
        assertThat(client.bad("x")).containsExactly(NO_COMMUNICATION);
        assertThat(good("x")).containsExactly(3L, 4L);
        assertThat(marked("x")).containsExactly(3L);
        assertThat(good("y")).as("did not change").containsExactly(0L);
        assertThat(marked("y")).isEmpty();
        assertThat(world.records(RecordKind.GAP)).hasSize(1);
    }

    /** Its messages are long on their way: those of before the deletion come after the new item is there. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"I4", "I7"},
            protocol = Protocol.UA)
    void whatTheOldItemSaidAndComesLateIsNotTakenForTheNewOnes(Mode mode) {
        watched(mode);
        changesAround(3, 4);
        world.a.lateMs = 1_000;

        world.hold();
        world.strand();
        world.time.run(500);
        world.promote(0);
        world.time.run(50);
        world.change("x", 2);
        world.time.run(3_000);
        world.a.lateMs = 0;
        world.change("x", 5);
        world.time.run(10_000);

        assertThat(good("x")).containsExactly(4L, 5L);
        assertThat(marked("x")).containsExactly(4L);
        assertThat(world.records(RecordKind.GAP)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"S12", "S13"},
            protocol = Protocol.UA)
    void itemIsTheClientsAsBeforeHoweverOftenItIsMadeAnew(Mode mode) {
        watched(mode);
        for (int i = 2; i < 6; i++) {
            outage();
            world.time.run(2_000);
            world.change("x", i);
            world.time.run(1_000);
        }
        if (mode != Mode.COLD) {
            world.switchTo(1);
            world.time.run(8_000);
            world.change("x", 6);
            world.switchTo(0);
            world.time.run(8_000);
        }
        world.change("x", 7);
        world.time.run(1_000);

        assertThat(client.bad("x")).hasSize(4);
        assertThat(good("x"))
                .containsExactlyElementsOf(
                        mode == Mode.COLD
                                ? List.of(1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 7L)
                                : List.of(1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 6L, 7L));
        assertThat(marked("x")).isEmpty();
    }
}
