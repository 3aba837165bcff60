package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateMonitoredItemsRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValue;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** A server that refuses, forgets, is slow or mute: every item is reported, and watched again. */
@Timeout(60)
class MonitorSubscriptionTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UaControlLink.Pauses QUICK = new UaControlLink.Pauses(20, 40, 30);
    private static final UaControlLink.Pauses PATIENT = new UaControlLink.Pauses(60_000, 60_000, 60_000);

    private final Links links = new Links();
    private final ScriptedSession session = new ScriptedSession(links.loop);
    private final List<MonitorReport> reports = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        session.close();
        links.close();
    }

    private static MonitorItem item(String id) {
        return item(id, 200);
    }

    private static MonitorItem item(String id, long rateMs) {
        return new MonitorItem(
                id, MonitorType.DEFAULT, Duration.ofMillis(rateMs), new MonitorTrigger.BadQuality(), false);
    }

    private static List<MonitorItem> items(int count) {
        List<MonitorItem> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(item("ns=2;s=" + i));
        }
        return items;
    }

    private UaControlLink link(UaControlLink.Pauses pauses) {
        return new UaControlLink(
                links.plain(1),
                links.loop,
                new UaControlLink.Settings(new UserIdentity.Anonymous(), "control", 5_000, 60_000, 100, pauses),
                (member, namespaces) -> null,
                InstantSource.system(),
                (m, facts) -> {},
                new Deaf());
    }

    private MonitorSubscription start(UaControlLink.Pauses pauses, List<MonitorItem> items) {
        UaControlLink link = link(pauses);
        return links.on(() -> {
            MonitorSubscription subscription = new MonitorSubscription(
                    link,
                    session,
                    new ControlPublisher(link, session, this::refuse),
                    List.of("http://opcfoundation.org/UA/", "urn:a", "urn:plant"),
                    items,
                    reports::addAll);
            subscription.start();
            return subscription;
        });
    }

    private void startWithADefect() {
        UaControlLink link = link(PATIENT);
        on(() -> new MonitorSubscription(
                        link,
                        session,
                        new ControlPublisher(link, session, this::refuse),
                        List.of("http://opcfoundation.org/UA/", "urn:a", "urn:plant"),
                        items(1),
                        told -> {
                            throw new IllegalStateException("a defect of a test");
                        })
                .start());
    }

    /** Else the items would be watched by nobody, and nobody would know. */
    @Test
    void aDefectOfOursEndsTheConnection() {
        startWithADefect();

        Await.until("the connection is closed", SOON, () -> !session.isOpen());
    }

    private void refuse(String why) {
        refusals.add(why);
        session.abort();
    }

    private void on(Runnable task) {
        var unused = links.on(() -> {
            task.run();
            return true;
        });
    }

    private void await(MonitorReport... expected) {
        Await.until("reports, last seen " + reports, SOON, () -> reports.size() >= expected.length);
        assertThat(reports).startsWith(expected);
    }

    private void awaitCount(String what, int count, Class<? extends MonitorReport> kind) {
        Await.until(what, SOON, () -> reports.stream().filter(kind::isInstance).count() >= count);
    }

    private static MonitorReport added(int index, long ms) {
        return new MonitorReport.Added(index, Duration.ofMillis(ms));
    }

    private static MonitorReport refused(int index, long code) {
        return new MonitorReport.Refused(index, code);
    }

    private static MonitorReport value(int index, int number) {
        return new MonitorReport.Value(index, MonitorValue.of(MonitorValue.Quality.GOOD, BigInteger.valueOf(number)));
    }

    private static DataValue number(int number) {
        return new DataValue(Variant.ofInt32(number));
    }

    @Test
    @Requirement(value = "MON-8", protocol = Protocol.UA)
    void theRateIsTheSlowerOfSamplingAndPublishing() {
        session.intervalMs = 300;
        session.samplingMs = 250;
        start(PATIENT, items(1));

        await(added(0, 300));
    }

    /** The subscription publishes as fast as the fastest item, and as often as 5 s at least. */
    @ParameterizedTest
    @CsvSource({"200, 5000, 200", "60000, 7000, 5000"})
    @Requirement(value = "MON-8", protocol = Protocol.UA)
    void itemsAreAskedForAtTheirOwnRate(long one, long two, double publishing) {
        start(PATIENT, List.of(item("ns=2;s=1", one), item("ns=2;s=2", two)));
        awaitCount("both", 2, MonitorReport.Added.class);

        CreateSubscriptionRequest subscription = (CreateSubscriptionRequest) session.asked.getFirst();
        CreateMonitoredItemsRequest items = (CreateMonitoredItemsRequest) session.asked.get(1);
        assertThat(subscription.getRequestedPublishingInterval()).isEqualTo(publishing);
        assertThat(items.getItemsToCreate())
                .extracting(item -> item.getRequestedParameters().getSamplingInterval())
                .containsExactly((double) one, (double) two);
        assertThat(items.getItemsToCreate())
                .extracting(item -> item.getRequestedParameters().getQueueSize())
                .containsOnly(uint(1));
    }

    @Test
    @Requirement(value = "MON-16", protocol = Protocol.UA)
    void refusedItemsAreToldAndTheOthersWatched() {
        session.refused.put(new NodeId(2, "0"), StatusCodes.Bad_NodeIdUnknown);
        start(PATIENT, items(2));

        await(refused(0, StatusCodes.Bad_NodeIdUnknown), added(1, 100));
        on(() -> session.notify(1, 1, number(7)));

        assertThat(reports.getLast()).isEqualTo(value(1, 7));
    }

    @Test
    @Requirement(value = "MON-6", protocol = Protocol.UA)
    void aNamespaceThatTheServerDoesNotHaveIsARefusedItem() {
        start(PATIENT, List.of(item("nsu=urn:elsewhere;s=a"), item("nsu=urn:plant;s=a")));

        await(refused(0, StatusCodes.Bad_NodeIdUnknown), added(1, 100));
    }

    @Test
    @Requirement(value = "MON-16", protocol = Protocol.UA)
    void refusedItemsAreTriedAgainAfterAPause() {
        session.refused.put(new NodeId(2, "0"), StatusCodes.Bad_NodeIdUnknown);
        start(new UaControlLink.Pauses(60_000, 40, 60_000), items(2));
        awaitCount("refused twice", 2, MonitorReport.Refused.class);

        on(session.refused::clear);

        awaitCount("added at last", 2, MonitorReport.Added.class);
        assertThat(session.itemsPerCall.getFirst()).isEqualTo(2);
        assertThat(session.itemsPerCall.subList(1, session.itemsPerCall.size())).containsOnly(1);
    }

    /** The server may answer a Publish that waits before it answers the call. */
    @Test
    void valuesThatComeBeforeTheItemIsAddedAreToldAfterIt() {
        session.beforeItemsAnswer = () -> links.loop.execute(() -> session.notify(1, 0, number(7)));
        start(PATIENT, items(1));

        await(added(0, 100), value(0, 7));
    }

    @Test
    @Requirement(value = "MON-1", protocol = Protocol.UA)
    void manyItemsAreAddedInSeveralCalls() {
        start(PATIENT, items(250));

        awaitCount("all", 250, MonitorReport.Added.class);

        assertThat(session.itemsPerCall).containsExactly(100, 100, 50);
    }

    @Test
    @Requirement(value = "MON-16", protocol = Protocol.UA)
    void aServerWithoutSubscriptionsRefusesEveryItem() {
        session.faults.put("CreateSubscriptionRequest", StatusCodes.Bad_ServiceUnsupported);
        start(PATIENT, items(2));

        await(refused(0, StatusCodes.Bad_ServiceUnsupported), refused(1, StatusCodes.Bad_ServiceUnsupported));
        assertThat(session.requests).containsExactly("CreateSubscriptionRequest");
    }

    @Test
    @Requirement(value = "MON-16", protocol = Protocol.UA)
    void aServerThatDoesNotAnswerRefusesEveryItemAndIsAskedAgain() {
        session.unanswered.add("CreateMonitoredItemsRequest");
        start(new UaControlLink.Pauses(20, 60_000, 60_000), items(1));
        await(refused(0, StatusCodes.Bad_Timeout));

        on(session.unanswered::clear);

        awaitCount("added at last", 1, MonitorReport.Added.class);
        assertThat(session.requests).contains("DeleteSubscriptionsRequest");
    }

    @Test
    void aSubscriptionThatTheServerEndsIsMadeAnew() {
        start(new UaControlLink.Pauses(20, 40, 60_000), items(1));
        await(added(0, 100));

        on(() -> session.statusChange(1, StatusCodes.Bad_Timeout));

        await(added(0, 100), new MonitorReport.Interrupted(), added(0, 100));
        on(() -> session.notify(2, 0, number(7)));
        assertThat(reports.getLast()).isEqualTo(value(0, 7));
    }

    @Test
    void aServerThatKnowsNoSubscriptionAnyMoreGetsANewOne() {
        start(new UaControlLink.Pauses(20, 40, 60_000), items(1));
        await(added(0, 100));

        on(() -> session.faultPublish(StatusCodes.Bad_NoSubscription));

        await(added(0, 100), new MonitorReport.Interrupted(), added(0, 100));
    }

    /** Keep-alives stay away: the subscription is gone though nobody says so. */
    @Test
    void aSubscriptionThatIsNotSpokenOfIsMadeAnew() {
        session.intervalMs = 10;
        session.keepAliveCount = 1;
        start(QUICK, items(1));

        await(added(0, 10), new MonitorReport.Interrupted(), added(0, 10));
        assertThat(session.requests).contains("DeleteSubscriptionsRequest");
    }

    /** The rate of the item is that of its subscription, which is what was asked; silence shows by it, too. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, 0})
    void anIntervalThatIsNoneIsTheOneThatWasAsked(double interval) {
        session.intervalMs = interval;
        session.samplingMs = interval;
        session.keepAliveCount = 1;
        start(QUICK, items(1));

        await(added(0, 200));
        assertThat(session.parked()).isEqualTo(2);
        await(added(0, 200), new MonitorReport.Interrupted(), added(0, 200));
    }

    /** Control: a keep-alive is enough. */
    @Test
    void aSubscriptionThatIsSpokenOfStays() {
        session.intervalMs = 10;
        session.keepAliveCount = 1;
        start(new UaControlLink.Pauses(20, 40, 200), items(1));
        await(added(0, 10));
        for (int i = 0; i < 14; i++) {
            long next = System.nanoTime() + Duration.ofMillis(50).toNanos();
            Await.until("a quarter of the silence", SOON, () -> System.nanoTime() > next);
            on(() -> session.keepAlive(1));
        }

        assertThat(reports).containsExactly(added(0, 10));
    }

    @Test
    void stoppedItDeletesTheSubscriptionAndSaysNothingMore() {
        MonitorSubscription subscription = start(PATIENT, items(1));
        await(added(0, 100));

        on(subscription::stop);
        on(() -> session.notify(1, 0, number(7)));

        assertThat(reports).containsExactly(added(0, 100));
        assertThat(session.requests).endsWith("DeleteSubscriptionsRequest");
    }

    /** A Publish is answered for whichever subscription has news, whoever sent it. */
    @Test
    void whatComesForAnotherSubscriptionGoesThere() {
        UaControlLink link = link(PATIENT);
        List<String> heard = new CopyOnWriteArrayList<>();
        on(() -> {
            ControlPublisher publisher = new ControlPublisher(link, session, this::refuse);
            publisher.add(uint(1), 100, 500, new Ear("one", heard));
            publisher.add(uint(2), 100, 500, new Ear("two", heard));
            assertThat(session.parked()).isEqualTo(3);
            session.notify(2, 0, number(7));
            session.notify(1, 0, number(7));
            session.notify(3, 0, number(7));
            assertThat(session.parked()).isEqualTo(3);
        });

        assertThat(heard).containsExactly("two", "one");
    }

    /** Some servers take one Publish at a time. */
    @Test
    void aServerThatTakesFewPublishRequestsGetsOne() {
        UaControlLink link = link(PATIENT);
        List<String> heard = new CopyOnWriteArrayList<>();
        on(() -> {
            ControlPublisher publisher = new ControlPublisher(link, session, this::refuse);
            publisher.add(uint(1), 100, 500, new Ear("one", heard));
            assertThat(session.parked()).isEqualTo(2);
            session.faultPublish(StatusCodes.Bad_TooManyPublishRequests);
            assertThat(session.parked()).isEqualTo(1);
            session.notify(1, 0, number(7));
        });

        assertThat(heard).containsExactly("one");
    }

    /** Items queue one value each: hundreds of thousands would keep us from everything else. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void aMessageOfMoreChangesThanItemsCostsTheConnection() {
        start(PATIENT, items(2));
        await(added(0, 100), added(1, 100));

        on(() -> session.notify(1, 1, number(7), 2 * 2 + 32));
        assertThat(refusals).isEmpty();
        assertThat(reports).hasSize(2 + 36);
        on(() -> session.notify(1, 1, number(8), 2 * 2 + 33));

        assertThat(refusals).singleElement().asString().contains("more than 36 values");
        assertThat(session.isOpen()).isFalse();
        assertThat(reports).hasSize(2 + 36);
    }

    private record Ear(String name, List<String> said) implements ControlPublisher.Subscriber {
        @Override
        public int changesMax() {
            return 1;
        }

        @Override
        public void take(UaStructuredType body) {
            said.add(name);
        }

        @Override
        public void lost(@Nullable UaServiceFaultException fault) {
            said.add(name + " lost");
        }
    }

    /** The subscription alone is looked at. */
    private static final class Deaf implements ControlLink.Listener {
        @Override
        public void opened(ServerCondition condition) {}

        @Override
        public void failed(LossCause cause, long code, String detail) {}

        @Override
        public void lost(LossCause cause, long code, String detail) {}

        @Override
        public void condition(ServerCondition condition) {}

        @Override
        public void timedOut(long silentNanos) {}

        @Override
        public void shutdownAnnounced(String detail) {}

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {}
    }
}
