package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.subscriptions.OpcUaSubscription;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientEvent;
import org.tandemopc.it.client.Sample;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** How subscriptions end, and how they outlive the session that made them. */
@ExtendWith(Timelines.class)
@Timeout(240)
class SubscriptionLifeIT {
    private static final int ITEMS = 3;
    /** Of Tandem itself: three at each server. */
    private static final int OWN_ITEMS = 6;

    private static final long SESSION_MS = 5_000;
    /** At an interval of 100 ms. */
    private static final UInteger LIFE_OF_3_SECONDS = uint(30);

    private static final UInteger LIFE_OF_A_MINUTE = uint(600);
    private static final UInteger KEEP_ALIVE = uint(10);
    /** What waits for longer than the outage. */
    private static final StreamClient.Subscribing LONG_QUEUE = new StreamClient.Subscribing(100, 0, 1_000);

    /** A stock client is cut off for longer than its session lives, then for longer than its subscription does. */
    @Test
    @Requirement(
            value = {"S20", "I4", "I7"},
            protocol = Protocol.UA)
    void aSubscriptionOutlivesItsSessionAndOneWhoseLifeIsOverIsGone() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            awaitItems(pair, OWN_ITEMS);
            String url = pair.tandem().url(PairUnderTest.NAME);
            int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
            try (FaultProxy network = FaultProxy.before(port);
                    StreamClient client = StreamClient.connect(
                            network.url(url),
                            SecurityPolicy.None,
                            config -> config.setSessionTimeout(uint(SESSION_MS)))) {
                OpcUaSubscription subscription = client.watchCounters(0, ITEMS, LONG_QUEUE);
                live(subscription, LIFE_OF_A_MINUTE);
                awaitItems(pair, OWN_ITEMS + 2 * ITEMS);
                NodeId session = client.milo().getSession().getSessionId();
                int gapsBefore = pair.gaps().size();
                cutOff(network);
                awaitFigure(pair, "sessions", 0);
                network.set(Fault.Door.OPEN);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);

                assertThat(client.milo().getSession().getSessionId())
                        .as("control: another session")
                        .isNotEqualTo(session);
                // The items are made anew at the members (own-nodes.md): perfect, or marked and the doubt is recorded.
                boolean isPerfect = true;
                for (Map.Entry<String, List<Sample>> stream : client.streams().entrySet()) {
                    StreamVerdict verdict = StreamVerdict.of(stream.getValue(), PairUnderTest.PERIOD_MS);
                    isPerfect &= verdict.isPerfect();
                    assertThat(verdict.isPerfect() || isMarkedOnce(verdict))
                            .as(stream.getKey() + " " + verdict)
                            .isTrue();
                }
                if (!isPerfect) {
                    // The record takes another way than the values, and names the last reason to begin anew.
                    Await.until(
                            "the doubt is recorded",
                            PairUnderTest.LONG,
                            () -> pair.gaps().size() > gapsBefore);
                }
                assertThat(texts(client)).noneMatch(each -> each.startsWith("subscription "));

                live(subscription, LIFE_OF_3_SECONDS);
                cutOff(network);
                awaitFigure(pair, "subscriptions", 0);
                // In the same session it would be told of the end by the subscription's last message.
                awaitFigure(pair, "sessions", 0);
                awaitItems(pair, OWN_ITEMS);
                network.set(Fault.Door.OPEN);
                Await.until(
                        "the client is told",
                        PairUnderTest.LONG,
                        () -> texts(client).stream()
                                .anyMatch(each -> each.startsWith("subscription transfer failed")
                                        && each.contains("Bad_SubscriptionIdInvalid")));
            }
        }
    }

    /** Nobody asks for messages: it is not kept for ever, and whoever asks then is told, once. */
    @Test
    @Requirement(value = "S20", protocol = Protocol.UA)
    void aSubscriptionThatNobodyPublishesForEndsAndSaysSo() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            awaitItems(pair, OWN_ITEMS);
            OpcUaClient client = pair.connect().milo();
            UInteger starving = subscribe(client, LIFE_OF_3_SECONDS);
            UInteger living = subscribe(client, LIFE_OF_A_MINUTE);
            awaitItems(pair, OWN_ITEMS + 4 * ITEMS);
            awaitFigure(pair, "subscriptions", 1);
            awaitItems(pair, OWN_ITEMS + 2 * ITEMS);

            PublishResponse first = client.publish(List.of());
            assertThat(first.getSubscriptionId()).isEqualTo(starving);
            assertThat(statusOf(first)).isEqualTo(StatusCodes.Bad_Timeout);
            for (int i = 0; i < 3; i++) {
                PublishResponse more = client.publish(List.of());
                assertThat(more.getSubscriptionId()).as("nothing more of it").isEqualTo(living);
            }
            assertThat(client.deleteSubscriptions(List.of(starving)).getResults())
                    .containsExactly(new StatusCode(StatusCodes.Bad_SubscriptionIdInvalid));
        }
    }

    /** Another user's it is not; the same user's next session gets it, and the one before is told. */
    @Test
    @Requirement(value = "S20", protocol = Protocol.UA)
    void aSubscriptionIsTakenOverByItsUserOnly() throws Exception {
        String[] secured = {"--policy", "basic256sha256", "--user", "operator:secret", "--user", "guest:welcome"};
        try (PairUnderTest pair = PairUnderTest.behindProxies(Mode.HOT, PairSpec::withSecurity, secured)) {
            pair.awaitReady();
            OpcUaClient owner = pair.connectAs("guest", "welcome").milo();
            OpcUaClient again = pair.connectAs("guest", "welcome").milo();
            OpcUaClient other = pair.connectAs("operator", "secret").milo();
            UInteger subscription = subscribe(owner, LIFE_OF_A_MINUTE);
            assertThat(owner.publish(List.of()).getSubscriptionId()).isEqualTo(subscription);

            assertThat(transfer(other, subscription)).isEqualTo(StatusCodes.Bad_UserAccessDenied);
            assertThat(owner.publish(List.of()).getSubscriptionId())
                    .as("it stays where it is")
                    .isEqualTo(subscription);
            assertThat(transfer(again, subscription)).isEqualTo(StatusCodes.Good);
            assertThat(statusOf(owner.publish(List.of()))).isEqualTo(StatusCodes.Good_SubscriptionTransferred);
            assertThat(again.publish(List.of()).getSubscriptionId()).isEqualTo(subscription);
        }
    }

    /** With its items, and without the requests that a stock client sends by itself. */
    private static UInteger subscribe(OpcUaClient client, UInteger life) throws UaException {
        UInteger subscription = client.createSubscription(100, life, KEEP_ALIVE, uint(0), true, ubyte(0))
                .getSubscriptionId();
        List<MonitoredItemCreateRequest> items = IntStream.range(0, ITEMS)
                .mapToObj(i -> new MonitoredItemCreateRequest(
                        new ReadValueId(
                                new NodeId(2, "counter/" + i), AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE),
                        MonitoringMode.Reporting,
                        new MonitoringParameters(uint(i), 0.0, null, uint(10), true)))
                .toList();
        assertThat(client.createMonitoredItems(subscription, TimestampsToReturn.Both, items)
                        .getResults())
                .allMatch(each -> each.getStatusCode().isGood());
        return subscription;
    }

    private static long transfer(OpcUaClient client, UInteger subscription) throws UaException {
        return Objects.requireNonNull(client.transferSubscriptions(List.of(subscription), true)
                        .getResults())[0]
                .getStatusCode()
                .value();
    }

    /** Of the status change that the message is; -1: it is none. */
    private static long statusOf(PublishResponse message) {
        ExtensionObject[] data = message.getNotificationMessage().getNotificationData();
        return Arrays.stream(data == null ? new ExtensionObject[0] : data)
                .map(each -> each.decode(DefaultEncodingContext.INSTANCE))
                .filter(StatusChangeNotification.class::isInstance)
                .mapToLong(each -> ((StatusChangeNotification) each).getStatus().value())
                .findFirst()
                .orElse(-1);
    }

    private static void live(OpcUaSubscription subscription, UInteger life) throws UaException {
        subscription.setLifetimeAndKeepAliveCalculated(false);
        subscription.setMaxKeepAliveCount(KEEP_ALIVE);
        subscription.setLifetimeCount(life);
        subscription.modify();
    }

    private static void cutOff(FaultProxy network) {
        network.set(Fault.Door.REFUSE);
        network.strike(Fault.Strike.RESET);
    }

    private static void awaitItems(PairUnderTest pair, long count) {
        Await.until(count + " items at the servers", PairUnderTest.LONG, () -> items(pair) == count);
    }

    private static long items(PairUnderTest pair) {
        return pair.server(0).stat("monitoredItems") + pair.server(1).stat("monitoredItems");
    }

    private static void awaitFigure(PairUnderTest pair, String figure, long value) {
        Await.until(
                figure + " is " + value,
                PairUnderTest.LONG,
                () -> pair.tandem().figure(PairUnderTest.NAME, figure) == value);
    }

    /** Nothing is lost in silence, twice, out of order or of another time; one mark at most where nothing is missing. */
    private static boolean isMarkedOnce(StreamVerdict verdict) {
        return verdict.samples() > 0
                && verdict.lostUnmarked() == 0
                && verdict.marked() <= 1
                && verdict.doubled() == 0
                && verdict.backwards() == 0
                && verdict.wrongTime() == 0
                && verdict.notGood() == 0;
    }

    private static List<String> texts(StreamClient client) {
        return client.events().stream().map(ClientEvent::what).toList();
    }
}
