package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.BACKWARD;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FAULT;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.KEY;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.TELL;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;
import static org.tandemopc.dcom.rpc.ToySecurity.FOUR_LEGS;
import static org.tandemopc.dcom.rpc.ToySecurity.THREE_LEGS;
import static org.tandemopc.dcom.rpc.ToySecurity.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.testkit.Await;

/** Logins, signatures and seals, with a mechanism whose every signature fits only its place in the order. */
@Timeout(120)
class RpcSecurityTest {
    private record Seen(PduTap.Direction direction, Bytes wire, Bytes plain) {}

    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
    private final TestServer server = new TestServer(
            ServerLimits.defaults(),
            TestServer.policy(AuthLevel.NONE),
            (connection, direction, wire, plain) -> seen.add(new Seen(direction, wire, plain)));

    RpcSecurityTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private static String tell(RpcClient client) throws Exception {
        return text(client.call(FORWARD, TELL, null, Bytes.EMPTY, soon()).stub());
    }

    @Nested
    class Logins {
        @ParameterizedTest
        @CsvSource({
            "9,CONNECT",
            "9,PKT",
            "9,PKT_INTEGRITY",
            "9,PKT_PRIVACY",
            "10,CONNECT",
            "10,PKT_INTEGRITY",
            "10,PKT_PRIVACY"
        })
        void tellTheServerWhoCallsAndHow(int authType, AuthLevel level) throws Exception {
            try (RpcClient client = server.client(authType, level)) {
                assertThat(tell(client)).isEqualTo("ann " + level + " LITTLE_ENDIAN null");
                assertThat(client.level()).isEqualTo(level);
                // and on another interface, added later
                assertThat(client.call(BACKWARD, ECHO, null, octets(20_000), soon())
                                .stub())
                        .isEqualTo(TestServer.reversed(octets(20_000)));
            }
        }

        private RpcClient withKey(int authType, String key) throws Exception {
            Login login = new Login(ToySecurity.client(authType, "ann", key), AuthLevel.PKT_INTEGRITY);
            return RpcClient.connect(
                    server.address(), FORWARD, login, ClientOptions.defaults(PeerPolicy.strict()), soon());
        }

        /** Nobody answers an auth3: the first call hears that it failed. */
        @Test
        void withAWrongKeyAreToldByTheFirstCallAfterAuth3() throws Exception {
            try (RpcClient client = withKey(THREE_LEGS, "wrong")) {
                assertThatThrownBy(() -> tell(client))
                        .isInstanceOfSatisfying(
                                RpcFaultException.class,
                                e -> assertThat(e.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
            }
        }

        @Test
        void withAWrongKeyAreRefusedWhereTheLastLegIsAnswered() {
            assertThatThrownBy(() -> withKey(FOUR_LEGS, "wrong"))
                    .isInstanceOfSatisfying(BindRefusedException.class, e -> {
                        assertThat(e.isAboutLogin()).isTrue();
                        assertThat(e.isNotSent()).isTrue();
                    });
        }

        @Test
        void ofATypeThatIsNotTakenAreRefused() {
            assertThatThrownBy(() -> withKey(16, KEY)).isInstanceOfSatisfying(BindRefusedException.class, e -> {
                assertThat(e.isAboutLogin()).isTrue();
                assertThat(e).hasMessageContaining("reason 8");
            });
        }

        @Test
        void thatFailTooOftenEndTheConnection() throws Exception {
            try (RawPeer peer = RawPeer.bound(server.address(), FORWARD)) {
                int limit = ServerLimits.defaults().connections().failedLoginsMax();
                for (int i = 1; i < limit; i++) {
                    peer.send(alter(2, new AuthTrailer(THREE_LEGS, 5, 0, 0, i, text("rubbish"))));
                    assertThat(peer.receive()).isInstanceOf(Pdu.Fault.class);
                }
                // still open; and where a login was tried, nobody calls without one
                peer.send(RawPeer.whole(3, ECHO, octets(1)));
                assertThat(peer.receive().header().callId()).isEqualTo(3);
                peer.send(alter(4, new AuthTrailer(THREE_LEGS, 5, 0, 0, limit, text("rubbish"))));
                assertThat(peer.receive()).isInstanceOf(Pdu.Fault.class);
                assertThat(peer.receive()).isInstanceOf(Pdu.Fault.class);
                assertThat(peer.isClosedByTheOther()).isTrue();
            }
        }
    }

    private static Pdu.AlterContext alter(long callId, AuthTrailer auth) {
        return new Pdu.AlterContext(PduHeader.whole(0, callId), RawPeer.offer(0, FORWARD), Tail.of(auth));
    }

    @Nested
    class Protection {
        /** Signed and sealed in the order of writing, checked in the order of arrival, whoever calls when. */
        @ParameterizedTest
        @EnumSource(names = {"PKT_INTEGRITY", "PKT_PRIVACY"})
        void holdsWhenManyCallAtOnce(AuthLevel level) throws Exception {
            try (RpcClient client = server.client(FOUR_LEGS, level);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Boolean>> calls = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    int size = i * 997 % 20_000;
                    calls.add(() -> client.call(FORWARD, ECHO, null, octets(size), soon())
                            .stub()
                            .equals(octets(size)));
                }
                for (Future<Boolean> call : threads.invokeAll(calls)) {
                    assertThat(call.get()).isTrue();
                }
            }
        }

        @Test
        void hidesStubsAtPrivacyAndShowsThemAtIntegrity() throws Exception {
            Bytes stub = octets(64);
            for (AuthLevel level : List.of(AuthLevel.PKT_INTEGRITY, AuthLevel.PKT_PRIVACY)) {
                seen.clear();
                try (RpcClient client = server.client(THREE_LEGS, level)) {
                    client.call(FORWARD, ECHO, null, stub, soon());
                }
                List<Seen> calls = seen.stream()
                        .filter(s -> s.plain().toString().contains(hex(stub)))
                        .toList();
                assertThat(calls).hasSize(2);
                assertThat(calls)
                        .allMatch(s -> s.wire().toString().contains(hex(stub)) == (level == AuthLevel.PKT_INTEGRITY));
            }
        }

        private static String hex(Bytes stub) {
            return Bytes.of(stub.toArray(), 0, 24).toString();
        }

        /** Faults carry no signature and count in no order: what comes after them fits. */
        @Test
        void isNotDisturbedByFaults() throws Exception {
            try (RpcClient client = server.client(THREE_LEGS, AuthLevel.PKT_PRIVACY)) {
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> client.call(FORWARD, FAULT, null, number(0x8000_4005L), soon()))
                            .isInstanceOf(RpcFaultException.class);
                    assertThat(client.call(FORWARD, ECHO, null, octets(9), soon())
                                    .stub())
                            .isEqualTo(octets(9));
                }
            }
        }

        /** Cancel and orphaned are signed too, and count. */
        @Test
        void isNotDisturbedByCancelledAndOrphanedCalls() throws Exception {
            try (RpcClient client = server.client(THREE_LEGS, AuthLevel.PKT_PRIVACY)) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                CallContext inside = server.gate(1).entered();
                call.abandon();
                Await.until("the server knows", PATIENCE, inside::isCancelled);

                assertThat(client.call(FORWARD, ECHO, null, octets(9), soon()).stub())
                        .isEqualTo(octets(9));
            }
        }
    }

    /** A client PDU by PDU, with one login or several. */
    private final class Attacker implements AutoCloseable {
        private final RawPeer peer;

        Attacker(RawPeer peer) {
            this.peer = peer;
        }

        private static AuthTrailer token(SecurityContext login, SecurityStep step) {
            Bytes token = switch (step) {
                case SecurityStep.Continue(Bytes next) -> next;
                case SecurityStep.Done(Bytes last, var principal, var protection) -> last;
                case SecurityStep.Failed(String reason) -> throw new AssertionError(reason);
            };
            return new AuthTrailer(login.authType(), login.level().code(), 0, 0, login.id(), token);
        }

        private static SecurityContext login(long id, AuthLevel level, String user) {
            return new SecurityContext(id, level, ToySecurity.client(THREE_LEGS, user, KEY));
        }

        SecurityContext bind(long id, AuthLevel level, String user) throws IOException {
            SecurityContext login = login(id, level, user);
            Tail tail = Tail.of(token(login, login.step(Bytes.EMPTY)));
            peer.send(new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), tail));
            finish(login, peer.receive().tail());
            return login;
        }

        SecurityContext alter(long id, AuthLevel level, String user) throws IOException {
            SecurityContext login = login(id, level, user);
            peer.send(RpcSecurityTest.alter(1, token(login, login.step(Bytes.EMPTY))));
            finish(login, peer.receive().tail());
            return login;
        }

        private void finish(SecurityContext login, Tail answer) throws IOException {
            AuthTrailer last = token(login, login.step(RawPeer.trailerOf(answer).token()));
            peer.send(Pdu.Auth3.of(PduHeader.whole(0, 1), last));
        }

        Frame signed(SecurityContext login, int opnum, Bytes stub) {
            int padding = Math.floorMod(-stub.size(), 16);
            Tail tail = login.signs() ? Tail.of(login.trailer(padding)) : Tail.NONE;
            Frame frame = Frame.encode(new Pdu.Request(PduHeader.whole(0, 7), 0, 0, opnum, null, stub, tail));
            login.protect(frame);
            return frame;
        }

        void send(Frame frame) throws IOException {
            peer.send(Bytes.of(frame.octets()));
        }

        /** Of a call at CONNECT or integrity, so that the answer can be read. */
        String tells(SecurityContext login) throws IOException {
            send(signed(login, TELL, Bytes.EMPTY));
            Pdu pdu = peer.receive();
            assertThat(pdu).isInstanceOf(Pdu.Response.class);
            return text(((Pdu.Response) pdu).stub());
        }

        void isDenied(Pdu odd) throws IOException {
            peer.send(odd);
            isDenied();
        }

        void isDenied() throws IOException {
            assertThat(peer.receive())
                    .isInstanceOfSatisfying(
                            Pdu.Fault.class, fault -> assertThat(fault.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
        }

        @Override
        public void close() throws IOException {
            peer.close();
        }
    }

    private Attacker attacker() throws IOException {
        return new Attacker(RawPeer.to(server.address()));
    }

    @Nested
    class SeveralLogins {
        /** impacket makes a new login for each interface, without asking whether it may. */
        @Test
        void shareAConnectionAndKeepTheirKeysAndCountersApart() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(79231, AuthLevel.PKT_INTEGRITY, "ann");
                SecurityContext bob = client.alter(79232, AuthLevel.PKT_INTEGRITY, "bob");
                SecurityContext eve = client.alter(5, AuthLevel.CONNECT, "eve");
                for (int i = 0; i < 3; i++) {
                    assertThat(client.tells(ann)).startsWith("ann PKT_INTEGRITY");
                    assertThat(client.tells(bob)).startsWith("bob PKT_INTEGRITY");
                    assertThat(client.tells(ann)).startsWith("ann PKT_INTEGRITY");
                }
                // the verifier that verifies nothing names its login
                AuthTrailer dummy = new AuthTrailer(THREE_LEGS, 2, 0, 0, eve.id(), octets(16));
                client.peer.send(new Pdu.Request(PduHeader.whole(0, 8), 0, 0, TELL, null, Bytes.EMPTY, Tail.of(dummy)));
                assertThat(text(((Pdu.Response) client.peer.receive()).stub())).startsWith("eve CONNECT");
            }
        }

        @Test
        void areForgottenTheOldestFirstBeyondTheLimit() throws Exception {
            try (Attacker client = attacker()) {
                int limit = ServerLimits.defaults().perConnection().securityContextsMax();
                SecurityContext first = client.bind(1, AuthLevel.PKT_INTEGRITY, "u1");
                SecurityContext second = client.alter(2, AuthLevel.PKT_INTEGRITY, "u2");
                for (int i = 3; i <= limit; i++) {
                    client.alter(i, AuthLevel.PKT_INTEGRITY, "u" + i);
                }
                assertThat(client.tells(first)).startsWith("u1 ");
                SecurityContext last = client.alter(limit + 1L, AuthLevel.PKT_INTEGRITY, "last");

                assertThat(client.tells(last)).startsWith("last ");
                assertThat(client.tells(first)).startsWith("u1 ");
                client.send(client.signed(second, TELL, Bytes.EMPTY));
                client.isDenied();
            }
        }

        /** j-Interop leaves the trailer out at CONNECT: such calls are those of the login of the bind. */
        @Test
        void giveTheirCallsWithoutTrailerToTheOneOfTheBind() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(1, AuthLevel.CONNECT, "ann");
                client.alter(2, AuthLevel.CONNECT, "bob");

                assertThat(client.tells(ann)).startsWith("ann CONNECT");
            }
        }
    }

    @Nested
    class Attacks {
        private static Pdu.Request request(Tail tail) {
            return new Pdu.Request(PduHeader.whole(0, 7), 0, 0, TELL, null, Bytes.EMPTY, tail);
        }

        /** node-dcom sends such a token with each alter_context: taken as a new login it would be a hole. */
        @Test
        void blankTokensDoNotTouchWhoIsLoggedIn() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                for (Bytes token : List.of(text("i am nobody|"), text("hello"), octets(64))) {
                    AuthTrailer auth = new AuthTrailer(THREE_LEGS, 5, 0, 0, 3, token);
                    client.peer.send(alter(2, auth));
                    Pdu answer = client.peer.receive();
                    assertThat(answer).isInstanceOf(Pdu.AlterContextResp.class);
                    assertThat(answer.tail()).isEqualTo(Tail.NONE);
                    client.peer.send(Pdu.Auth3.of(PduHeader.whole(0, 2), auth));

                    assertThat(client.tells(ann)).startsWith("ann PKT_INTEGRITY");
                }
            }
        }

        @Test
        void aLowerLevelForALoginIsDeniedAndItGoesOn() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                AuthTrailer lower = new AuthTrailer(THREE_LEGS, 2, 0, 0, 3, text("hello"));
                client.isDenied(alter(2, lower));
                client.isDenied(request(Tail.of(lower)));

                assertThat(client.tells(ann)).startsWith("ann PKT_INTEGRITY");
            }
        }

        @Test
        void aCallWithoutSignatureUnderALoginThatSignsIsDenied() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                client.isDenied(request(Tail.NONE));

                assertThat(client.tells(ann)).startsWith("ann PKT_INTEGRITY");
            }
        }

        @Test
        void aCallBeforeTheLoginIsOverIsDenied() throws Exception {
            try (RawPeer peer = RawPeer.to(server.address())) {
                AuthTrailer hello = new AuthTrailer(THREE_LEGS, 2, 0, 0, 3, text("hello"));
                peer.send(new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), Tail.of(hello)));
                assertThat(peer.receive().tail().auth()).isNotNull();
                Attacker client = new Attacker(peer);
                client.isDenied(request(Tail.NONE));
                client.isDenied(request(Tail.of(new AuthTrailer(THREE_LEGS, 2, 0, 0, 3, octets(16)))));
            }
        }

        /** An auth3 at another level than its bind is no end of that login. */
        @Test
        void anAuth3AtAnotherLevelIsNoLogin() throws Exception {
            try (RawPeer peer = RawPeer.to(server.address())) {
                SecurityContext login = Attacker.login(3, AuthLevel.PKT_INTEGRITY, "ann");
                AuthTrailer first = Attacker.token(login, login.step(Bytes.EMPTY));
                peer.send(new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), Tail.of(first)));
                AuthTrailer last = Attacker.token(
                        login,
                        login.step(RawPeer.trailerOf(peer.receive().tail()).token()));
                peer.send(Pdu.Auth3.of(PduHeader.whole(0, 1), new AuthTrailer(THREE_LEGS, 2, 0, 0, 3, last.token())));
                Attacker client = new Attacker(peer);
                client.send(client.signed(login, TELL, Bytes.EMPTY));
                client.isDenied();
            }
        }

        private void isForged(Attacker client) throws IOException {
            assertThat(client.peer.receive())
                    .isInstanceOfSatisfying(
                            Pdu.Fault.class,
                            fault -> assertThat(fault.status()).isEqualTo(RpcStatus.SECURITY_PACKAGE_ERROR));
            assertThat(client.peer.isClosedByTheOther()).isTrue();
        }

        @Test
        void anOctetChangedEndsTheConnection() throws Exception {
            for (int at : new int[] {12, 22, 24, 40}) {
                try (Attacker client = attacker()) {
                    SecurityContext ann = client.bind(3, AuthLevel.PKT_PRIVACY, "ann");
                    Frame frame = client.signed(ann, ECHO, octets(32));
                    frame.octets()[at] ^= 1;
                    client.send(frame);
                    isForged(client);
                }
            }
        }

        @Test
        void aPduReplayedEndsTheConnection() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                Frame frame = client.signed(ann, ECHO, octets(32));
                client.send(frame);
                assertThat(client.peer.receive()).isInstanceOf(Pdu.Response.class);
                client.send(frame);
                isForged(client);
            }
        }

        @Test
        void twoPdusExchangedEndTheConnection() throws Exception {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                Frame first = client.signed(ann, ECHO, octets(1));
                Frame second = client.signed(ann, ECHO, octets(2));
                client.send(second);
                isForged(client);
                assertThat(first.octets()).isNotEmpty();
            }
        }

        @Test
        void aTokenOfAnotherLengthEndsTheConnection() throws Exception {
            try (Attacker client = attacker()) {
                client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                client.peer.send(request(Tail.of(new AuthTrailer(THREE_LEGS, 5, 0, 0, 3, octets(15)))));
                isForged(client);
            }
        }

        @Test
        void fragmentsUnderTwoLoginsBreakTheProtocol() throws Exception {
            try (Attacker client = attacker()) {
                client.bind(1, AuthLevel.CONNECT, "ann");
                client.alter(2, AuthLevel.CONNECT, "bob");
                for (int id = 1; id <= 2; id++) {
                    AuthTrailer dummy = new AuthTrailer(THREE_LEGS, 2, 0, 0, id, octets(16));
                    PduHeader header = PduHeader.of(id == 1 ? PduHeader.FIRST_FRAG : PduHeader.LAST_FRAG, 7);
                    client.peer.send(new Pdu.Request(header, 0, 0, ECHO, null, octets(8), Tail.of(dummy)));
                }
                assertThat(client.peer.receive())
                        .isInstanceOfSatisfying(
                                Pdu.Fault.class,
                                fault -> assertThat(fault.status()).isEqualTo(RpcStatus.PROTOCOL_ERROR));
            }
        }
    }

    @Nested
    class Levels {
        @Test
        void belowTheMinimumAreDenied() throws Exception {
            server.close();
            try (TestServer strict =
                    new TestServer(ServerLimits.defaults(), TestServer.policy(AuthLevel.PKT_INTEGRITY), PduTap.NONE)) {
                try (RpcClient nobody = strict.client();
                        RpcClient connect = strict.client(THREE_LEGS, AuthLevel.CONNECT);
                        RpcClient integrity = strict.client(THREE_LEGS, AuthLevel.PKT_INTEGRITY)) {
                    for (RpcClient client : List.of(nobody, connect)) {
                        assertThatThrownBy(() -> tell(client)).isInstanceOfSatisfying(RpcFaultException.class, e -> {
                            assertThat(e.status()).isEqualTo(RpcStatus.ACCESS_DENIED);
                            assertThat(e.didNotExecute()).isTrue();
                        });
                    }
                    assertThat(tell(integrity)).startsWith("ann PKT_INTEGRITY");
                }
            }
        }
    }

    /** What is said again under the signature ([MS-RPCE] 2.2.2.13). */
    @Nested
    class VerificationTrailers {
        private Pdu answerTo(VerificationTrailer.Command command) throws IOException {
            try (Attacker client = attacker()) {
                SecurityContext ann = client.bind(3, AuthLevel.PKT_INTEGRITY, "ann");
                ByteWriter stub = new ByteWriter().bytes(octets(8));
                new VerificationTrailer(List.of(new VerificationTrailer.Bitmask1(false, 1), command)).write(stub);
                client.send(client.signed(ann, ECHO, stub.toBytes()));
                return client.peer.receive();
            }
        }

        private void passes(VerificationTrailer.Command command) throws IOException {
            assertThat(answerTo(command)).isInstanceOf(Pdu.Response.class);
        }

        private void isDenied(VerificationTrailer.Command command) throws IOException {
            assertThat(answerTo(command))
                    .isInstanceOfSatisfying(
                            Pdu.Fault.class, fault -> assertThat(fault.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
        }

        @Test
        void thatFitPass() throws IOException {
            passes(new VerificationTrailer.PresentationContext(true, FORWARD, SyntaxId.NDR));
            passes(new VerificationTrailer.Header2(true, 0, 0, 0, DataRep.LITTLE_ENDIAN, 7, 0, ECHO));
            passes(new VerificationTrailer.Other(false, 9, octets(3)));
        }

        @Test
        void thatContradictAreDenied() throws IOException {
            isDenied(new VerificationTrailer.PresentationContext(false, BACKWARD, SyntaxId.NDR));
            isDenied(new VerificationTrailer.PresentationContext(false, FORWARD, SyntaxId.NONE));
            isDenied(new VerificationTrailer.Header2(false, 0, 0, 0, DataRep.LITTLE_ENDIAN, 7, 0, TELL));
            isDenied(new VerificationTrailer.Header2(false, 0, 0, 0, DataRep.LITTLE_ENDIAN, 8, 0, ECHO));
            isDenied(new VerificationTrailer.Other(true, 9, octets(3)));
        }
    }

    /** A signature that does not fit is the end for a client too. */
    @Test
    void aForgedResponseEndsTheClientsConnection() throws Exception {
        try (java.net.ServerSocket listener = RawPeer.listener();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<LinkException> client = threads.submit(() -> {
                Login login = new Login(ToySecurity.client(THREE_LEGS, "ann", KEY), AuthLevel.PKT_INTEGRITY);
                ClientOptions options = ClientOptions.defaults(PeerPolicy.strict());
                java.net.InetSocketAddress address = (java.net.InetSocketAddress) listener.getLocalSocketAddress();
                try (RpcClient connected = RpcClient.connect(address, FORWARD, login, options, soon())) {
                    connected.call(FORWARD, ECHO, null, octets(4), soon());
                    throw new AssertionError("answered");
                } catch (LinkException e) {
                    return e;
                }
            });
            try (RawPeer peer = RawPeer.from(listener)) {
                Pdu bind = peer.receive();
                AuthTrailer who = new AuthTrailer(
                        THREE_LEGS, 5, 0, 0, RawPeer.trailerOf(bind.tail()).contextId(), text("who"));
                BindAnswer answer = BindAnswer.of(4280, 4280, 9, "1", List.of(ContextResult.accepted()));
                peer.send(new Pdu.BindAck(PduHeader.whole(0, bind.header().callId()), answer, Tail.of(who)));
                assertThat(peer.receive()).isInstanceOf(Pdu.Auth3.class);
                Pdu request = peer.receive();
                AuthTrailer forged = new AuthTrailer(THREE_LEGS, 5, 0, 0, who.contextId(), octets(16));
                PduHeader header = PduHeader.whole(0, request.header().callId());
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(16), Tail.of(forged)));

                assertThat(client.get()).hasMessageContaining("signature");
                assertThat(client.get().isNotSent()).isFalse();
            }
        }
    }
}
