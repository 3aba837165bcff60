package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.eclipse.milo.opcua.sdk.server.servicesets.Service;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.pair.ServerCondition.State;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
class UaControlLinkTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** 9999-12-31T23:59:59, in ticks of 100 ns since 1601. */
    private static final long YEAR_9999_ENDS = 2_650_467_743_990_000_000L;

    private final Links links = new Links();
    private final Reports reports = new Reports();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        links.close();
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T each) {
        toClose.add(each);
        return each;
    }

    /** Everything that was reported, in order, as text; conditions also as values. */
    private static final class Reports implements ControlLink.Listener {
        final List<String> all = new CopyOnWriteArrayList<>();
        final List<ServerCondition> conditions = new CopyOnWriteArrayList<>();
        final List<Long> silences = new CopyOnWriteArrayList<>();
        final List<String> monitored = new CopyOnWriteArrayList<>();

        @Override
        public void opened(ServerCondition condition) {
            conditions.add(condition);
            all.add("opened " + condition.state() + " " + condition.serviceLevel());
        }

        @Override
        public void failed(LossCause cause, long code, String detail) {
            all.add("failed " + cause + " " + Long.toHexString(code));
        }

        @Override
        public void lost(LossCause cause, long code, String detail) {
            all.add("lost " + cause + " " + Long.toHexString(code));
        }

        @Override
        public void condition(ServerCondition condition) {
            conditions.add(condition);
            all.add("condition " + condition.state() + " " + condition.serviceLevel());
        }

        @Override
        public void timedOut(long silentNanos) {
            silences.add(silentNanos);
            all.add("timedOut");
        }

        @Override
        public void shutdownAnnounced(String detail) {
            all.add("shutdownAnnounced " + detail);
        }

        @Override
        public void monitored(long revision, List<MonitorReport> reports) {
            reports.forEach(report -> monitored.add(revision + " " + report));
        }

        void await(String... expected) {
            Await.until(
                    "reports " + List.of(expected) + ", last seen " + all, SOON, () -> all.size() >= expected.length);
            assertThat(all).containsExactly(expected);
        }
    }

    private UaControlLink link(int port, NamespaceCheck namespaces, long connectTimeoutMs) {
        UaControlLink.Settings settings =
                new UaControlLink.Settings(new UserIdentity.Anonymous(), "control", connectTimeoutMs, 60_000, 100);
        return new UaControlLink(
                links.plain(port),
                links.loop,
                settings,
                namespaces,
                InstantSource.system(),
                (member, facts) -> {},
                reports);
    }

    private UaControlLink link(int port) {
        return link(port, (member, namespaces) -> null, 5_000);
    }

    private static String hex(long status) {
        return Long.toHexString(status);
    }

    @Nested
    class Running {
        private final TestServer server = closing(TestServer.start());
        private final ByteRelay relay = closing(new ByteRelay(server.port()));
        private final UaControlLink link = link(relay.port());

        private void open() {
            link.open();
            reports.await("opened RUNNING 255");
        }

        /** CreateSubscription, CreateMonitoredItems and two Publish follow the first status; then nothing is in hand. */
        private void awaitSubscription() {
            server.serviceLevel(254);
            reports.await("opened RUNNING 255", "condition RUNNING 254");
        }

        @Test
        void openingTellsStateServiceLevelAndSkew() {
            open();

            ServerCondition first = reports.conditions.getFirst();
            assertThat(Duration.ofNanos(first.clockSkewNanos()).abs()).isLessThan(Duration.ofSeconds(2));
            assertThat(first.roundTripNanos()).isPositive();
            MemberFacts facts = Objects.requireNonNull(link.facts());
            assertThat(facts.applicationUri()).isEqualTo(TestServer.URI);
            assertThat(facts.namespaceArray()).startsWith("http://opcfoundation.org/UA/");
        }

        @Test
        void skewIsTheServersClockMinusOurs() {
            UaControlLink behind =
                    linkWith(() -> InstantSource.system().instant().minusSeconds(3_600), (member, facts) -> {});

            behind.open();
            reports.await("opened RUNNING 255");

            assertThat(Duration.ofNanos(reports.conditions.getFirst().clockSkewNanos()))
                    .isBetween(Duration.ofSeconds(3_599), Duration.ofSeconds(3_601));
        }

        /** Small devices have no clock, and say the first moment of the calendar or its last. */
        @ParameterizedTest
        @CsvSource({
            "0, " + Long.MIN_VALUE,
            "10000000, " + -Long.MAX_VALUE,
            YEAR_9999_ENDS + ", " + Long.MAX_VALUE,
            Long.MAX_VALUE + ", " + Long.MAX_VALUE,
        })
        @Requirement(value = "S18", protocol = Protocol.UA)
        void aServerWithoutAClockIsStillUsed(long ticks, long skewNanos) {
            server.clock(new DateTime(ticks));
            open();

            link.probe(2_000);

            reports.await("opened RUNNING 255", "condition RUNNING 255");
            assertThat(reports.conditions)
                    .extracting(ServerCondition::clockSkewNanos)
                    .containsExactly(skewNanos, skewNanos);
        }

        private UaControlLink linkWith(InstantSource clock, BiConsumer<Integer, MemberFacts> onFacts) {
            UaControlLink.Settings settings =
                    new UaControlLink.Settings(new UserIdentity.Anonymous(), "control", 5_000, 60_000, 100);
            return new UaControlLink(
                    links.plain(relay.port()),
                    links.loop,
                    settings,
                    (member, namespaces) -> null,
                    clock,
                    onFacts,
                    reports);
        }

        /** Whoever decides has no deadline of its own for an attempt: it must hear of its end, whatever we did wrong. */
        @Test
        void aDefectWhileOpeningIsToldAsAFailure() {
            boolean[] isDefective = {true};
            UaControlLink link = linkWith(InstantSource.system(), (member, facts) -> {
                if (isDefective[0]) {
                    throw new IllegalStateException("a defect of a test");
                }
            });
            link.open();
            reports.await("failed CONNECT_FAILED " + hex(StatusCodes.Bad_InternalError));
            isDefective[0] = false;

            link.open();

            reports.await("failed CONNECT_FAILED " + hex(StatusCodes.Bad_InternalError), "opened RUNNING 255");
            Await.until("the session of the first attempt is closed", SOON, () -> server.sessions() == 1);
        }

        /** Else no ping would ever be sent again: they do not overlap. */
        @Test
        void aDefectInAPingIsToldAsALoss() {
            AtomicInteger asked = new AtomicInteger();
            UaControlLink link = linkWith(
                    () -> {
                        if (asked.incrementAndGet() == 2) {
                            throw new IllegalStateException("a defect of a test");
                        }
                        return Instant.now();
                    },
                    (member, facts) -> {});
            link.open();
            reports.await("opened RUNNING 255");

            link.probe(2_000);

            reports.await("opened RUNNING 255", "lost CONNECTION_CLOSED " + hex(StatusCodes.Bad_InternalError));
            Await.until("closed", SOON, () -> server.sessions() == 0);
        }

        @Test
        void pingIsAnsweredByTheCondition() {
            open();

            link.probe(2_000);

            reports.await("opened RUNNING 255", "condition RUNNING 255");
        }

        @Test
        void changesAreReportedUnasked() {
            open();
            awaitSubscription();

            server.state(ServerState.Failed);

            reports.await("opened RUNNING 255", "condition RUNNING 254", "condition FAILED 254");
        }

        @Test
        void announcedShutdownIsReportedOnceWithoutAPing() {
            open();
            awaitSubscription();

            server.state(ServerState.Shutdown);
            Await.until("announced", SOON, () -> reports.all.size() >= 3);
            link.probe(2_000);

            reports.await(
                    "opened RUNNING 255",
                    "condition RUNNING 254",
                    "shutdownAnnounced state Shutdown",
                    "condition SHUTDOWN 254");
        }

        @Test
        void serviceRefusedBecauseOfShutdownAnnouncesIt() {
            open();
            server.refuse(Service.ATTRIBUTE_READ, StatusCodes.Bad_ServerHalted);

            link.probe(2_000);

            Await.until("answered", SOON, () -> reports.all.size() >= 3);
            assertThat(reports.all.get(1)).startsWith("shutdownAnnounced the server answers");
            assertThat(reports.all.get(2)).isEqualTo("condition SHUTDOWN 255");
        }

        @Test
        @Requirement(value = "S7", protocol = Protocol.UA)
        void closedConnectionIsLostAtOnceAndOnce() {
            open();
            awaitSubscription();
            link.probe(30_000);

            relay.cut();

            Await.until("lost", SOON, () -> reports.all.getLast().startsWith("lost"));
            assertThat(reports.all.stream().filter(r -> r.startsWith("lost")))
                    .containsExactly("lost CONNECTION_CLOSED " + hex(StatusCodes.Bad_ConnectionClosed));
            assertThat(reports.all).doesNotContain("timedOut");
        }

        // A SIGSTOPped server keeps the connection open and is silent.
        @Test
        @Requirement(value = "S7", protocol = Protocol.UA)
        void silentServerTimesOutAndPingsNeverOverlap() {
            // Given: nothing is sent but pings
            server.refuse(Service.SUBSCRIPTION_CREATE_SUBSCRIPTION, StatusCodes.Bad_ServiceUnsupported);
            open();
            Await.until("discovery, session, namespaces, status, subscription", SOON, () -> relay.requests() == 6);
            relay.freeze();

            // When
            link.probe(300);
            link.probe(300);
            link.probe(300);

            // Then
            reports.await("opened RUNNING 255", "timedOut");
            assertThat(relay.requests()).isEqualTo(7);
            assertThat(reports.silences.getFirst()).isGreaterThanOrEqualTo(300_000_000L);
        }

        // The status service hangs, the rest of the server does not: whoever decides must know the difference.
        @Test
        @Requirement(value = "GAP-3", protocol = Protocol.UA)
        void serverWithALateAnswerIsHeardByItsNotifications() {
            open();
            awaitSubscription();
            server.hang(Service.ATTRIBUTE_READ);
            link.probe(2_000);
            server.serviceLevel(253);

            reports.await("opened RUNNING 255", "condition RUNNING 254", "condition RUNNING 253", "timedOut");

            assertThat(reports.silences.getFirst()).isLessThan(2_000_000_000L);
        }

        @Test
        @Requirement(value = "S8", protocol = Protocol.UA)
        void answerAfterTheTimeoutIsNotReported() {
            open();
            awaitSubscription();
            relay.freeze();
            link.probe(150);
            reports.await("opened RUNNING 255", "condition RUNNING 254", "timedOut");

            relay.thaw();
            link.probe(2_000);

            reports.await("opened RUNNING 255", "condition RUNNING 254", "timedOut", "condition RUNNING 254");
        }

        @Test
        void nothingIsReportedAfterClose() {
            open();

            link.close();
            link.probe(100);

            Await.until("session closed", SOON, () -> server.sessions() == 0);
            assertThat(reports.all).containsExactly("opened RUNNING 255");
        }

        // Some servers have no subscriptions at all; they are pinged.
        @Test
        void serverWithoutSubscriptionsIsPinged() {
            server.refuse(Service.SUBSCRIPTION_CREATE_SUBSCRIPTION, StatusCodes.Bad_ServiceUnsupported);
            open();
            server.serviceLevel(100);

            link.probe(2_000);

            reports.await("opened RUNNING 255", "condition RUNNING 100");
        }

        @Test
        void openAgainAfterALossWorks() {
            open();
            relay.cut();
            Await.until("lost", SOON, () -> reports.all.size() == 2);

            link.open();

            Await.until("opened again", SOON, () -> reports.all.size() == 3);
            assertThat(reports.all.getLast()).isEqualTo("opened RUNNING 255");
        }

        private static MonitorItem item(String id) {
            return new MonitorItem(
                    id, MonitorType.DEFAULT, Duration.ofMillis(100), new MonitorTrigger.BadQuality(), false);
        }

        private void awaitMonitored(String... parts) {
            for (String part : parts) {
                Await.until(
                        part + " in " + reports.monitored,
                        SOON,
                        () -> reports.monitored.stream().anyMatch(r -> r.contains(part)));
            }
        }

        @Test
        @Requirement(
                value = {"MON-6", "MON-16"},
                protocol = Protocol.UA)
        void monitorItemsAreWatchedBesideTheStatusOnOneSession() {
            link.monitor(
                    3, List.of(item("i=2267"), item("nsu=http://opcfoundation.org/UA/;i=2267"), item("ns=1;s=no")));

            open();
            awaitMonitored("3 Added[item=0", "3 Added[item=1", "3 Refused[item=2, code=2150891520]");
            awaitMonitored("Value[item=0, value=MonitorValue[quality=GOOD, isArray=false, value=255]]");
            server.serviceLevel(254);

            awaitMonitored("Value[item=0, value=MonitorValue[quality=GOOD, isArray=false, value=254]]");
            awaitMonitored("Value[item=1, value=MonitorValue[quality=GOOD, isArray=false, value=254]]");
            Await.until("the status too", SOON, () -> reports.all.contains("condition RUNNING 254"));
            assertThat(server.sessions()).isEqualTo(1);
        }

        @Test
        @Requirement(value = "MON-20", protocol = Protocol.UA)
        void otherItemsTakeThePlaceOfThoseBeforeOnTheOpenConnection() {
            link.monitor(1, List.of(item("i=2267")));
            open();
            awaitMonitored("1 Value[item=0");

            link.monitor(2, List.of(item("i=2259")));
            awaitMonitored("2 Value[item=0");
            Await.until("one for the status, one for the items", SOON, () -> server.subscriptions() == 2);
            link.monitor(3, List.of());

            Await.until("the status alone", SOON, () -> server.subscriptions() == 1);
            assertThat(reports.all).noneMatch(r -> r.startsWith("lost"));
        }

        @Test
        @Requirement(value = "MON-3", protocol = Protocol.UA)
        void monitorItemsAreThereAgainOnTheNextConnection() {
            link.monitor(1, List.of(item("i=2267")));
            open();
            awaitMonitored("Value[item=0");
            relay.cut();
            Await.until("lost", SOON, () -> reports.all.getLast().startsWith("lost"));
            reports.monitored.clear();

            link.open();

            awaitMonitored("1 Added[item=0", "1 Value[item=0");
        }

        // Architecture 9, Namespaces: a member whose table cannot be mapped is never promoted.
        @Test
        @Requirement(
                value = {"S10", "S34"},
                protocol = Protocol.UA)
        void namespacesThatCannotBeMappedAreAWrongServer() {
            PairNamespaces pair = new PairNamespaces();
            assertThat(pair.difference(0, List.of("http://opcfoundation.org/UA/", "urn:a", "urn:plant")))
                    .isNull();
            server.namespaces("urn:twice", "urn:a");

            link(relay.port(), pair, 5_000).open();

            reports.await("failed WRONG_SERVER " + hex(StatusCodes.Bad_ConfigurationError));
        }

        @Test
        @Requirement(
                value = {"S10", "LIM-2"},
                protocol = Protocol.UA)
        void namespacesInAnotherOrderAreNoHindrance() {
            PairNamespaces pair = new PairNamespaces();
            assertThat(pair.difference(0, List.of("http://opcfoundation.org/UA/", "urn:a", "urn:x", "urn:y")))
                    .isNull();
            server.namespaces("urn:y", "urn:z", "urn:x");

            link(relay.port(), pair, 5_000).open();

            reports.await("opened RUNNING 255");
            assertThat(pair.current())
                    .containsExactly("http://opcfoundation.org/UA/", "urn:a", "urn:x", "urn:y", "urn:z");
        }

        // Part 5, 6.3.1: it may grow, and do nothing else, as long as the server runs.
        @Test
        @Requirement(
                value = {"S10", "LIM-2"},
                protocol = Protocol.UA)
        void namespacesThatAreAddedMeanwhileAreSeenByTheNextProbe() {
            PairNamespaces pair = new PairNamespaces();
            UaControlLink probed = link(relay.port(), pair, 5_000);
            probed.open();
            reports.await("opened RUNNING 255");
            server.namespaces("urn:later");

            probed.probe(5_000);

            Await.until("seen", SOON, () -> String.valueOf(pair.current()).contains("urn:later"));
        }

        @Test
        void unreadableStatusFailsWithItsCode() {
            server.refuse(Service.ATTRIBUTE_READ, StatusCodes.Bad_UserAccessDenied);

            link.open();

            reports.await("failed CONNECT_FAILED " + hex(StatusCodes.Bad_UserAccessDenied));
        }
    }

    @Nested
    class NotReachable {
        @Test
        @Requirement(value = "S7", protocol = Protocol.UA)
        void silentServerFailsAtTheConnectTimeout() throws IOException {
            ServerSocket silent = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));

            link(silent.getLocalPort(), (member, namespaces) -> null, 300).open();

            reports.await("failed CONNECT_FAILED " + hex(StatusCodes.Bad_Timeout));
        }

        @Test
        void closeGivesTheAttemptUp() throws IOException {
            ServerSocket silent = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
            UaControlLink link = link(silent.getLocalPort(), (member, namespaces) -> null, 60_000);
            link.open();
            Socket accepted = closing(silent.accept());

            link.close();

            Links.awaitEnd(accepted);
            assertThat(reports.all).isEmpty();
        }
    }

    @Nested
    class Facts {
        @Test
        void missingServiceLevelCountsAsTheHighest() {
            assertThat(ServerStatus.serviceLevel(new DataValue(StatusCode.of(StatusCodes.Bad_NodeIdUnknown))))
                    .isEqualTo(255);
        }

        @Test
        void unknownStateIsNotRunning() {
            assertThat(ServerStatus.state(new DataValue(Variant.ofInt32(77)))).isEqualTo(State.UNKNOWN);
        }

        @Test
        @Requirement(
                value = {"S10", "LIM-2"},
                protocol = Protocol.UA)
        void theTableOfAPairIsTheFirstMembersAndGrowsAtItsEnd() {
            List<List<String>> told = new ArrayList<>();
            PairNamespaces pair = new PairNamespaces(told::add);

            pair.settle();
            assertThat(pair.difference(0, List.of("UA", "urn:a", "urn:plant"))).isNull();
            assertThat(pair.difference(1, List.of("UA", "urn:b", "urn:plant"))).isNull();
            assertThat(pair.difference(1, List.of("UA", "urn:b"))).isNull();
            assertThat(pair.current()).containsExactly("UA", "urn:a", "urn:plant");
            assertThat(pair.difference(1, List.of("UA", "urn:b", "urn:x", "urn:plant")))
                    .isNull();
            assertThat(pair.difference(1, List.of("UA", "urn:b", "urn:y", "urn:y")))
                    .contains("urn:y");
            assertThat(pair.current()).containsExactly("UA", "urn:a", "urn:plant", "urn:x");
            assertThat(pair.table(List.of("UA", "urn:b"))).containsExactly("UA", "urn:b", "urn:plant", "urn:x");
            assertThat(told).hasSize(2).last().isEqualTo(pair.current());
        }

        /** Whoever keeps node ids with numbers in them finds the primary's, whichever member was reached first. */
        @Test
        @Requirement(value = "LIM-2", protocol = Protocol.UA)
        void theOrderIsThePreferredMembersUntilThePairServes() {
            List<List<String>> told = new ArrayList<>();
            PairNamespaces pair = new PairNamespaces(told::add);
            List<String> secondarys = List.of("UA", "urn:b", "urn:y", "urn:x", "urn:z");
            List<String> primarys = List.of("UA", "urn:a", "urn:x", "urn:y");

            assertThat(pair.difference(1, secondarys)).isNull();
            assertThat(pair.difference(0, primarys)).isNull();
            assertThat(pair.difference(1, secondarys)).isNull();
            assertThat(pair.current()).containsExactly("UA", "urn:a", "urn:x", "urn:y", "urn:z");
            assertThat(told).isEmpty();
            pair.settle();
            assertThat(told).containsExactly(pair.current());

            PairNamespaces late = new PairNamespaces();
            assertThat(late.difference(1, secondarys)).isNull();
            late.settle();
            assertThat(late.difference(0, primarys)).isNull();
            assertThat(late.current()).isEqualTo(secondarys);
        }

        @Test
        @Requirement(value = "S33", protocol = Protocol.UA)
        void sameNameAndCertificateAddressOrStartLooksLikeOneServer() {
            MemberFacts one = facts("urn:a", 1, 4840, 7);

            assertThat(one.looksLikeSameServer(facts("urn:a", 1, 4841, 8))).isTrue();
            assertThat(one.looksLikeSameServer(facts("urn:a", 2, 4840, 8))).isTrue();
            assertThat(one.looksLikeSameServer(facts("urn:a", 2, 4841, 7))).isTrue();
            assertThat(one.looksLikeSameServer(facts("urn:a", 2, 4841, 8))).isFalse();
            assertThat(one.looksLikeSameServer(facts("urn:b", 1, 4840, 7))).isFalse();
        }

        private static MemberFacts facts(String uri, int certificate, int port, long start) {
            return new MemberFacts(
                    uri,
                    ByteString.of(new byte[] {(byte) certificate}),
                    new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    new DateTime(start),
                    List.of(),
                    List.of());
        }
    }
}
