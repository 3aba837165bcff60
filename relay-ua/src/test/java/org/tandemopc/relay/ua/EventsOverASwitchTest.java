package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DiagnosticInfo;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Subscriptions to events and alarms over a switch (S31). */
@NullUnmarked
class EventsOverASwitchTest {
    private static final StatusCode UNKNOWN_EVENT = new StatusCode(StatusCodes.Bad_EventIdUnknown);

    private static int listening(FakeClient client) {
        int subscription = client.subscribe(100);
        ReadValueId events =
                new ReadValueId(FakeMember.node("x"), AttributeId.EventNotifier.uid(), null, QualifiedName.NULL_VALUE);
        client.items(subscription, FakeClient.item(events, 1, 0, 10, MonitoringMode.Reporting));
        return subscription;
    }

    private static List<String> calls(FakeMember member) {
        return member.ledger.stream().filter(one -> one.startsWith("call")).toList();
    }

    /** Which conditions the next member has its clients ask for: Tandem asks for no refresh by itself. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S31", protocol = Protocol.UA)
    void eventsGoOnAtTheNextMemberAndARefreshIsAskedOfItAndForwarded(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        int subscription = listening(client);
        world.time.run(500);
        world.a.raise("x", "one");
        world.b.raise("x", "one");
        world.time.run(500);
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(1_000);
        world.b.raise("x", "two");
        world.time.run(500);

        assertThat(client.events).containsExactly("one", "two");
        assertThat(calls(world.b)).isEmpty();

        FakeClient.Answer refreshed =
                client.call(NodeIds.ConditionType_ConditionRefresh, Variant.ofUInt32(uint(subscription)));
        for (String event : List.of("RefreshStart", "active alarm", "RefreshEnd")) {
            world.b.raise("x", event);
        }
        world.time.run(500);

        assertThat(refreshed.get(CallResponse.class).getResults()[0].getStatusCode())
                .isEqualTo(StatusCode.GOOD);
        assertThat(calls(world.b))
                .containsExactly("call 3875 " + world.b.session().subscriptions.only().id);
        assertThat(calls(world.a)).isEmpty();
        assertThat(client.events).containsExactly("one", "two", "RefreshStart", "active alarm", "RefreshEnd");
        assertThat(client.statusChanges).isEmpty();
    }

    /** Ids of events are each member's own, and pass as they are: no other alarm can be acknowledged by mistake. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(value = "S31", protocol = Protocol.UA)
    void anEventIdOfTheFormerMemberIsForTheNextOneToRefuse(Mode mode) {
        RedundantPair world = new RedundantPair(mode).started();
        FakeClient client = world.client();
        var unused = listening(client);
        ByteString eventOfTheFormer = ByteString.of(new byte[] {1, 2, 3});
        world.b.instead = request -> request instanceof CallRequest call ? refused(call) : null;
        world.a.kill();
        world.failOver(0, 1);
        world.time.run(1_000);

        FakeClient.Answer answer = client.send(new CallRequest(client.header(), new CallMethodRequest[] {
            new CallMethodRequest(
                    FakeMember.node("alarm"), NodeIds.AcknowledgeableConditionType_Acknowledge, new Variant[] {
                        Variant.ofByteString(eventOfTheFormer), Variant.ofLocalizedText(LocalizedText.NULL_VALUE)
                    })
        }));
        world.time.run(100);

        assertThat(answer.get(CallResponse.class).getResults()[0].getStatusCode())
                .isEqualTo(UNKNOWN_EVENT);
        assertThat(world.b.requests(CallRequest.class))
                .singleElement()
                .satisfies(call -> assertThat(call.getMethodsToCall()[0].getInputArguments()[0].getValue())
                        .isEqualTo(eventOfTheFormer));
        assertThat(world.a.requests(CallRequest.class)).isEmpty();
    }

    private static CallResponse refused(CallRequest call) {
        return new CallResponse(
                FakeMemberSession.good(call),
                new CallMethodResult[] {
                    new CallMethodResult(UNKNOWN_EVENT, new StatusCode[0], new DiagnosticInfo[0], new Variant[0])
                },
                new DiagnosticInfo[0]);
    }
}
