package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.tandemopc.relay.ua.back.Links.CONNECT_MS;
import static org.tandemopc.relay.ua.back.Links.get;
import static org.tandemopc.relay.ua.back.Links.linkFailure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.security.DefaultServerCertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionRequest;
import org.eclipse.milo.opcua.stack.core.util.validation.ValidationCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.relay.ua.security.MadeCertificate;
import org.tandemopc.relay.ua.security.MemberCertificates;
import org.tandemopc.relay.ua.security.PeerCertificates;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
class UaMemberConnectorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Links links = new Links();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        links.close();
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    static Stream<Arguments> secured() {
        return SecurityPolicies.SECURED.stream()
                .flatMap(policy -> Stream.of(MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt)
                        .map(mode -> Arguments.of(policy, mode)));
    }

    private TestServer server() {
        return closing(TestServer.start());
    }

    private <T extends AutoCloseable> T closing(T each) {
        toClose.add(each);
        return each;
    }

    @Nested
    class PolicyNone {
        // The server names a host that does not exist: only the configured host and port may be used.
        @Test
        void anonymousSessionReadsAndAnswersOnTheLoop() {
            // Given
            TestServer server = server();
            CompletableFuture<Boolean> connectedOnLoop = new CompletableFuture<>();
            CompletableFuture<Boolean> answeredOnLoop = new CompletableFuture<>();
            UaMemberConnector connector = links.plain(server.port());

            // When
            CompletableFuture<DataValue> answer = links.connecting(connector, new UserIdentity.Anonymous(), CONNECT_MS)
                    .thenCompose(session -> {
                        connectedOnLoop.complete(links.loop.inEventLoop());
                        return session.send(Links.read(session, 2_000, ServerStatus.STATE), 2_000);
                    })
                    .thenApply(response -> {
                        answeredOnLoop.complete(links.loop.inEventLoop());
                        return Links.value(response);
                    });

            // Then
            assertThat(get(answer).getValue().getValue()).isEqualTo(0);
            assertThat(get(connectedOnLoop)).isTrue();
            assertThat(get(answeredOnLoop)).isTrue();
            assertThat(connector.knownApplicationUri()).isEqualTo(TestServer.URI);
        }

        /** A future keeps it to itself: the attempt would end at its deadline only, as if the server were silent. */
        @Test
        void aDefectOfOursEndsTheAttemptAsThat() {
            UaMemberConnector.Login login =
                    new UaMemberConnector.Login(new UserIdentity.Anonymous(), List.of(), "test", 60_000);
            CompletableFuture<MemberSession> connecting = links.plain(server().port())
                    .connectWatched(links.loop, login, DefaultEncodingContext.INSTANCE, CONNECT_MS, leg -> {
                        throw new IllegalStateException("a defect of a test");
                    });

            assertThat(linkFailure(connecting).status().getValue()).isEqualTo(StatusCodes.Bad_InternalError);
        }

        @Test
        void passwordIsNotSentInClearUnlessAllowed() {
            TestServer server = server();
            UaMemberConnector refusing = links.plain(server.port());
            UaMemberConnector allowing =
                    links.connector(refusing.address(), links.environment(MemberTrust.acceptAll(), true));

            LinkException refused = linkFailure(links.connecting(refusing, Links.operator(), CONNECT_MS));

            assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_SecurityModeInsufficient);
            assertThat(refused.isPasswordKept()).isTrue();
            assertThat(links.connect(allowing, Links.operator()).isOpen()).isTrue();
        }

        // A cold standby is called when the other is dead: no time for a discovery (architecture 9, Cold).
        @Test
        void laterConnectNeedsNoDiscovery() {
            // Given
            ByteRelay relay = closing(new ByteRelay(server().port()));
            UaMemberConnector first = links.plain(relay.port());
            links.connect(first);
            int withDiscovery = relay.connections();
            UaMemberConnector afterRestart = links.plain(relay.port());
            afterRestart.remember(Objects.requireNonNull(first.knownEndpoint()));

            // When
            links.connect(first);
            links.connect(afterRestart);

            // Then
            assertThat(withDiscovery).isEqualTo(2);
            assertThat(relay.connections()).isEqualTo(4);
        }
    }

    @Nested
    class Secured {
        @Test
        void userNameOverSignAndEncrypt() {
            UaMemberConnector connector = links.encrypted(server().port(), MemberTrust.acceptAll());

            UaMemberSession session = links.connect(connector, Links.operator());

            DataValue answer = Links.value(get(
                    links.on(() -> session.send(Links.read(session, 2_000, ServerStatus.STATE), 2_000))));
            assertThat(answer.getStatusCode().isGood()).isTrue();
            assertThat(session.applicationUri()).isEqualTo(TestServer.URI);
        }

        /** The member encrypts passwords as its token policy says, or where that is silent as the channel (7.42). */
        @ParameterizedTest
        @MethodSource("org.tandemopc.relay.ua.back.UaMemberConnectorTest#secured")
        @Requirement(value = "CON-1", protocol = Protocol.UA)
        void userIsLetInWithEachPolicyAndMode(SecurityPolicy policy, MessageSecurityMode mode) {
            MemberAddress address = new MemberAddress(0, TestServer.url(server().port()), policy, mode, TestServer.URI);

            UaMemberSession session = links.connect(
                    links.connector(address, links.environment(MemberTrust.acceptAll(), false)), Links.operator());

            DataValue answer = Links.value(get(
                    links.on(() -> session.send(Links.read(session, 2_000, ServerStatus.STATE), 2_000))));
            assertThat(answer.getStatusCode().isGood()).isTrue();
        }

        // S32: the client must get the server's own word, and Tandem must not fall back to another account.
        @Test
        @Requirement(value = "S32", protocol = Protocol.UA)
        void wrongPasswordFailsWithTheServersStatus() {
            TestServer server = server();
            UaMemberConnector connector = links.encrypted(server.port(), MemberTrust.acceptAll());
            UserIdentity wrong = new UserIdentity.UserName(TestServer.USER, "wrong".getBytes(StandardCharsets.UTF_8));

            LinkException refused = linkFailure(links.connecting(connector, wrong, CONNECT_MS));

            assertThat(refused.status().getValue())
                    .isIn(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_IdentityTokenRejected);
            assertThat(refused.isWrongServer()).isFalse();
            assertThat(refused).hasMessageContaining("activating").hasMessageNotContaining("wrong");
        }

        @Test
        void certificateOutsideTheTrustFolderIsRefusedAndKeptForPeople(@TempDir Path folder) throws IOException {
            TestServer server = server();
            UaMemberConnector connector = links.encrypted(
                    server.port(),
                    new MemberCertificates(new PeerCertificates(folder), own -> false, Runnable::run)::check);

            LinkException refused = linkFailure(links.connecting(connector, new UserIdentity.Anonymous(), CONNECT_MS));

            assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_CertificateUntrusted);
            assertThat(folder.resolve("refused")).isNotEmptyDirectory();
        }

        /** A Milo server that knows the plant's authority only: it is sent what lies between. */
        @Test
        void serverThatTrustsOnlyOurAuthorityLetsUsIn() throws Exception {
            MadeCertificate root = MadeCertificate.authority("plant root");
            MadeCertificate between = root.intermediate("plant applications");
            MadeCertificate own =
                    MadeCertificate.wish().uri("urn:t:client").issuedBy(between).make();
            MemoryTrustListManager list = new MemoryTrustListManager();
            list.addTrustedCertificate(root.certificate());
            TestServer server = closing(TestServer.startTrusting(new DefaultServerCertificateValidator(
                    list, ValidationCheck.NO_OPTIONAL_CHECKS, new MemoryCertificateQuarantine())));

            UaMemberSession session = links.connect(links.encrypted(server.port(), own.withIssuers(between)));

            assertThat(session.isOpen()).isTrue();
            LinkException refused = linkFailure(links.connecting(
                    links.encrypted(server.port(), own.withIssuers()), new UserIdentity.Anonymous(), CONNECT_MS));
            assertThat(refused.status().getValue())
                    .as("control: without what lies between it knows nobody")
                    .isEqualTo(StatusCodes.Bad_SecurityChecksFailed);
        }

        // S27: what a cold standby's link remembers may be outdated by a renewed certificate; the switch must not fail.
        @Test
        @Requirement(value = "S27", protocol = Protocol.UA)
        void renewedCertificateIsLearnedWithinTheSameConnect() {
            // Given
            TestServer before = TestServer.start();
            UaMemberConnector connector = links.encrypted(before.port(), MemberTrust.acceptAll());
            UaMemberSession old = links.connect(connector);
            links.loop.execute(old::abort);
            before.close();
            TestServer after = closing(TestServer.start(TestServer.URI, before.port()));

            // When
            UaMemberSession session = links.connect(connector);

            // Then
            assertThat(session.isOpen()).isTrue();
            assertThat(Objects.requireNonNull(connector.knownEndpoint())
                            .certificate()
                            .bytesOrEmpty())
                    .isEqualTo(encoded(after));
        }

        // The control of the above: a renewed certificate is learned, but trusted only where the trust list says so.
        @Test
        @Requirement(value = "S27", protocol = Protocol.UA)
        void renewedCertificateIsRefusedUntilTrusted() {
            // Given
            TestServer before = TestServer.start();
            MemberTrust onlyTheOld = (chain, uri) -> {
                if (!chain.getFirst().equals(before.certificate())) {
                    throw new UaException(StatusCodes.Bad_CertificateUntrusted);
                }
            };
            UaMemberConnector connector = links.encrypted(before.port(), onlyTheOld);
            UaMemberSession old = links.connect(connector);
            links.loop.execute(old::abort);
            before.close();
            closing(TestServer.start(TestServer.URI, before.port()));

            // When
            LinkException refused = linkFailure(links.connecting(connector, new UserIdentity.Anonymous(), CONNECT_MS));

            // Then
            assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_CertificateUntrusted);
        }

        private static byte[] encoded(TestServer server) {
            try {
                return server.certificate().getEncoded();
            } catch (java.security.cert.CertificateEncodingException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Part 4, 5.7.3: a session whose connection was lost goes on over another one. */
    @Nested
    class Resumed {
        private UaMemberSession resume(UaMemberConnector connector, UaMemberSession lost, UserIdentity identity) {
            return (UaMemberSession) get(resuming(connector, lost, identity));
        }

        private CompletableFuture<MemberSession> resuming(
                UaMemberConnector connector, UaMemberSession lost, UserIdentity identity) {
            return connector.resume(lost, links.loop, identity, new String[0], "test", 60_000, CONNECT_MS);
        }

        private void assertWorks(UaMemberSession session) {
            DataValue answer = Links.value(get(
                    links.on(() -> session.send(Links.read(session, 2_000, ServerStatus.STATE), 2_000))));
            assertThat(answer.getStatusCode().isGood()).isTrue();
        }

        private void subscribe(UaMemberSession session) {
            get(links.on(() -> session.send(
                    new CreateSubscriptionRequest(
                            session.header(2_000), 100.0, uint(1_000), uint(10), uint(0), true, ubyte(0)),
                    2_000)));
        }

        @Test
        void sessionGoesOnWithItsSubscriptions() {
            TestServer server = server();
            UaMemberConnector connector = links.plain(server.port());
            UaMemberSession lost = links.connect(connector);
            subscribe(lost);
            links.loop.execute(lost::abort);

            UaMemberSession resumed = resume(connector, lost, new UserIdentity.Anonymous());

            assertThat(resumed.isResumed()).isTrue();
            assertWorks(resumed);
            assertThat(server.sessions()).isEqualTo(1);
            assertThat(server.subscriptions()).isEqualTo(1);
        }

        /** Each time with the nonce of the time before. */
        @ParameterizedTest
        @MethodSource("org.tandemopc.relay.ua.back.UaMemberConnectorTest#secured")
        void securedSessionOfAUserGoesOnMoreThanOnce(SecurityPolicy policy, MessageSecurityMode mode) {
            TestServer server = server();
            UaMemberConnector connector = links.connector(
                    new MemberAddress(0, TestServer.url(server.port()), policy, mode, TestServer.URI),
                    links.environment(MemberTrust.acceptAll(), false));
            UaMemberSession session = links.connect(connector, Links.operator());
            for (int i = 0; i < 3; i++) {
                links.loop.execute(session::abort);

                session = resume(connector, session, Links.operator());

                assertThat(session.isResumed()).isTrue();
                assertWorks(session);
            }
            assertThat(server.sessions()).isEqualTo(1);
        }

        @Test
        void serverThatDoesNotKnowItMakesANewOneOverTheSameConnection() {
            TestServer before = TestServer.start();
            ByteRelay relay = closing(new ByteRelay(before.port()));
            UaMemberConnector connector = links.plain(relay.port());
            UaMemberSession lost = links.connect(connector);
            links.loop.execute(lost::abort);
            before.close();
            TestServer after = closing(TestServer.start(TestServer.URI, before.port()));
            int connections = relay.connections();

            UaMemberSession made = resume(connector, lost, new UserIdentity.Anonymous());

            assertThat(made.isResumed()).isFalse();
            assertWorks(made);
            assertThat(after.sessions()).isEqualTo(1);
            assertThat(relay.connections()).isEqualTo(connections + 1);
        }

        @Test
        void wrongPasswordIsRefusedAsAtAnyLogin() {
            TestServer server = server();
            UaMemberConnector connector = links.encrypted(server.port(), MemberTrust.acceptAll());
            UaMemberSession lost = links.connect(connector, Links.operator());
            links.loop.execute(lost::abort);

            LinkException refused = linkFailure(resuming(
                    connector,
                    lost,
                    new UserIdentity.UserName(TestServer.USER, "wrong".getBytes(StandardCharsets.UTF_8))));

            assertThat(refused.status().getValue())
                    .isIn(StatusCodes.Bad_UserAccessDenied, StatusCodes.Bad_IdentityTokenRejected);
        }

        /** Else it would count among the server's until its timeout. */
        @Test
        void sessionWhoseResumptionIsGivenUpIsClosed() {
            TestServer server = server();
            ByteRelay relay = closing(new ByteRelay(server.port()));
            UaMemberConnector connector = links.plain(relay.port());
            UaMemberSession lost = links.connect(connector);
            links.loop.execute(lost::abort);
            int requests = relay.requests();
            relay.freezeAfterRequests(1);
            CompletableFuture<MemberSession> attempt = resuming(connector, lost, new UserIdentity.Anonymous());
            Await.until("the server is asked to resume", SOON, () -> relay.requests() > requests);
            assertThat(server.sessions()).isEqualTo(1);

            attempt.cancel(false);

            Await.until("the server has no session", SOON, () -> server.sessions() == 0);
        }
    }

    @Nested
    class WrongServer {
        @Test
        @Requirement(value = "S34", protocol = Protocol.UA)
        void anotherApplicationUriThanConfiguredIsRefusedBeforeASession() {
            TestServer server = server();
            UaMemberConnector connector = links.plain(server.port(), "urn:the:expected:one");

            LinkException refused = linkFailure(links.connecting(connector, new UserIdentity.Anonymous(), CONNECT_MS));

            assertThat(refused.isWrongServer()).isTrue();
            assertThat(refused).hasMessageContaining("urn:the:expected:one").hasMessageContaining(TestServer.URI);
            assertThat(server.sessions()).isZero();
        }

        // The endpoint is remembered, so nothing but the answer to CreateSession can tell.
        @Test
        @Requirement(value = "S34", protocol = Protocol.UA)
        void anotherServerAtTheAddressOfTheFirstSeenOneIsRefused() {
            // Given
            TestServer first = TestServer.start();
            UaMemberConnector connector = links.plain(first.port());
            UaMemberSession old = links.connect(connector);
            links.loop.execute(old::abort);
            first.close();
            closing(TestServer.start("urn:somebody:else", first.port()));

            // When
            LinkException refused = linkFailure(links.connecting(connector, Links.operator(), CONNECT_MS));
            LinkException again = linkFailure(links.connecting(connector, Links.operator(), CONNECT_MS));

            // Then
            assertThat(refused.isWrongServer()).isTrue();
            assertThat(again.isWrongServer()).isTrue();
            assertThat(connector.knownApplicationUri()).isEqualTo(TestServer.URI);
        }
    }

    @Nested
    class NoAnswer {
        // A SIGSTOPped server still accepts TCP, since the kernel does it.
        @Test
        @Requirement(value = "S7", protocol = Protocol.UA)
        void silentServerFailsAtTheDeadline() throws IOException {
            ServerSocket silent = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
            long start = System.nanoTime();

            LinkException failed = linkFailure(
                    links.connecting(links.plain(silent.getLocalPort()), new UserIdentity.Anonymous(), 400));

            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(failed.status().getValue()).isEqualTo(StatusCodes.Bad_Timeout);
            assertThat(failed).hasMessageContaining("asking for endpoints");
            assertThat(took).isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
        }

        @Test
        void givenUpAttemptClosesItsSocket() throws IOException {
            // Given
            ServerSocket silent = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
            CompletableFuture<MemberSession> attempt =
                    links.connecting(links.plain(silent.getLocalPort()), new UserIdentity.Anonymous(), 60_000);
            Socket accepted = closing(silent.accept());

            // When
            attempt.cancel(false);

            // Then
            Links.awaitEnd(accepted);
        }

        @Test
        void refusedConnectionFailsAtOnce() throws IOException {
            int port;
            try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = gone.getLocalPort();
            }

            LinkException failed =
                    linkFailure(links.connecting(links.plain(port), new UserIdentity.Anonymous(), 60_000));

            assertThat(failed.status().getValue()).isEqualTo(StatusCodes.Bad_ConnectionRejected);
            assertThat(failed.certainlyNotSent()).isTrue();
        }

        @Test
        void peerThatClosesDuringHelloFailsAtOnce() throws IOException {
            ServerSocket closer = closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
            CompletableFuture<MemberSession> attempt =
                    links.connecting(links.plain(closer.getLocalPort()), new UserIdentity.Anonymous(), 60_000);

            closer.accept().close();

            assertThat(linkFailure(attempt).status().getValue()).isEqualTo(StatusCodes.Bad_ConnectionClosed);
        }
    }

    // S16: a sick server is not to be hit by all sessions at once.
    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void noMoreThanTwentyClientLinksConnectInASecond() {
        // Given
        ByteRelay relay = closing(new ByteRelay(server().port()));
        UaMemberConnector connector = links.plain(relay.port());
        links.connect(connector);
        int before = relay.connections();

        // When
        long start = System.nanoTime();
        List<CompletableFuture<MemberSession>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(links.connecting(connector, new UserIdentity.Anonymous(), 10_000));
        }
        all.forEach(Links::get);

        // Then
        Await.until("30 connections", SOON, () -> relay.connections() == before + 30);
        assertThat(relay.connectedAtNanos().getLast() - start)
                .as("the last may not come in the second of the first")
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    /** An attempt that asks for the endpoints anew connects twice. */
    @Test
    @Requirement(value = "S16", protocol = Protocol.UA)
    void connectsThatAskForEndpointsCountToo() throws IOException {
        // Given
        UaMemberConnector known = links.plain(server().port());
        links.connect(known);
        ServerSocket sick = closing(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        List<Long> accepted = new CopyOnWriteArrayList<>();
        Thread.ofVirtual().start(() -> acceptAndClose(sick, accepted));
        UaMemberConnector connector = links.plain(sick.getLocalPort());
        connector.remember(Objects.requireNonNull(known.knownEndpoint()));

        // When
        long start = System.nanoTime();
        List<CompletableFuture<MemberSession>> all = new ArrayList<>();
        for (int i = 0; i < ConnectAdmission.PER_SECOND_DEFAULT; i++) {
            all.add(links.connecting(connector, new UserIdentity.Anonymous(), 10_000));
        }
        all.forEach(Links::linkFailure);

        // Then
        assertThat(accepted).hasSizeGreaterThan(ConnectAdmission.PER_SECOND_DEFAULT);
        assertThat(accepted.get(ConnectAdmission.PER_SECOND_DEFAULT) - start)
                .as("what comes after the first twenty")
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    private static void acceptAndClose(ServerSocket sick, List<Long> accepted) {
        while (!sick.isClosed()) {
            try {
                Socket socket = sick.accept();
                accepted.add(System.nanoTime());
                socket.close();
            } catch (IOException e) {
                // Closed: the condition of the loop tells.
                continue;
            }
        }
    }
}
