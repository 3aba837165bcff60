package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.PduHeader.FIRST_FRAG;
import static org.tandemopc.dcom.rpc.PduHeader.LAST_FRAG;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.KEY;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;
import static org.tandemopc.dcom.rpc.ToySecurity.THREE_LEGS;
import static org.tandemopc.dcom.rpc.ToySecurity.text;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.testkit.Await;

/** Our client and servers that behave as peers were seen to, or worse; each a script, PDU by PDU. */
@Timeout(120)
class RpcClientPeersTest {
    private interface Script {
        void play(RawPeer client) throws Exception;
    }

    private final ServerSocket listener = RawPeer.listener();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> said = new CopyOnWriteArrayList<>();

    RpcClientPeersTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() throws IOException {
        listener.close();
        threads.close();
        Await.until("no threads", PATIENCE, () -> TestServer.threads().isEmpty());
    }

    private InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** What the script throws fails the test when it is waited for. */
    private Future<?> server(Script script) {
        return threads.submit(() -> {
            try (RawPeer client = RawPeer.from(listener)) {
                script.play(client);
            }
            return null;
        });
    }

    private static final BindAnswer ACCEPTED = BindAnswer.of(7160, 7160, 9, "", List.of(ContextResult.accepted()));

    private static void ack(RawPeer client, int flags, Tail tail) throws IOException {
        Pdu bind = client.receive();
        assertThat(bind).isInstanceOf(Pdu.Bind.class);
        client.send(new Pdu.BindAck(PduHeader.whole(flags, bind.header().callId()), ACCEPTED, tail));
    }

    private static Pdu.Response response(Pdu request, Bytes stub) {
        return new Pdu.Response(PduHeader.whole(0, request.header().callId()), 0, 0, 0, 0, stub, Tail.NONE);
    }

    /** Until the client leaves. */
    private static void echo(RawPeer client) throws IOException {
        try {
            for (Pdu pdu = client.receive(); ; pdu = client.receive()) {
                if (pdu instanceof Pdu.Request request) {
                    client.send(response(request, request.stub()));
                }
            }
        } catch (java.io.EOFException e) {
            // it left
        }
    }

    private RpcClient client(ClientOptions options) throws Exception {
        return RpcClient.connect(address(), FORWARD, null, options, soon());
    }

    private RpcClient client() throws Exception {
        return client(TestServer.lenient());
    }

    private RpcClient loggedIn(PeerPolicy policy) throws Exception {
        Login login = new Login(ToySecurity.client(THREE_LEGS, "ann", KEY), AuthLevel.PKT_INTEGRITY);
        ClientOptions options = ClientOptions.defaults(policy);
        return RpcClient.connect(address(), FORWARD, login, options, new WeakCalls(said::add), soon());
    }

    private static Bytes call(RpcClient client, Bytes stub) throws Exception {
        return client.call(FORWARD, ECHO, null, stub, soon()).stub();
    }

    @Nested
    class Left {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answers = new CountDownLatch(1);

        private Future<?> whoIsSlowToOfferAnInterface() {
            return server(peer -> {
                ack(peer, PduHeader.CONC_MPX, Tail.NONE);
                Pdu offer = peer.receive();
                assertThat(offer).isInstanceOf(Pdu.AlterContext.class);
                asked.countDown();
                if (!answers.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                PduHeader header = PduHeader.whole(0, offer.header().callId());
                peer.send(new Pdu.AlterContextResp(header, ACCEPTED, Tail.NONE));
                echo(peer);
            });
        }

        /** One asks for the interface that all of them need, the others wait for that: each goes at once, not one after the other. */
        @Test
        void allWhoWaitForAnInterfaceGoAtOnceAndTheLateOfferIsIgnored() throws Exception {
            Future<?> script = whoIsSlowToOfferAnInterface();
            try (RpcClient client = client()) {
                List<FutureTask<RpcAnswer>> calls = new ArrayList<>();
                List<Thread> callers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    FutureTask<RpcAnswer> call = new FutureTask<>(() -> client.call(
                            TestServer.BACKWARD, ECHO, null, octets(4), Deadline.after(PATIENCE.multipliedBy(3))));
                    calls.add(call);
                    callers.add(Thread.ofVirtual().start(call));
                }
                assertThat(asked.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                        .isTrue();
                Await.until(
                        "all wait",
                        PATIENCE,
                        () -> callers.stream().allMatch(one -> one.getState() == Thread.State.TIMED_WAITING));

                // as close does when no answer is owed: nobody who came before may slip through
                var unused = client.desert();
                client.resume();

                for (FutureTask<RpcAnswer> call : calls) {
                    assertThatThrownBy(() -> call.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isInstanceOfSatisfying(
                                    LinkException.class,
                                    e -> assertThat(e.isNotSent()).isTrue());
                }
                answers.countDown();
                assertThat(call(client, octets(4))).isEqualTo(octets(4));
            }
            script.get();
        }
    }

    @Nested
    class Unauthenticated {
        /** The recorded bind_ack of j-Interop, which puts the first token of a login of its own into it, at level CONNECT. */
        @Test
        void aTokenFromTheServerIsIgnored() throws Exception {
            Pdu.BindAck recorded = (Pdu.BindAck)
                    VectorFile.named("utgard/callback-oxid-noauth-bind-ack").decoded();
            Pdu.Response answer = (Pdu.Response)
                    VectorFile.named("utgard/callback-oxid-noauth-resp-iopcdatacallback-oncancelcomplete")
                            .decoded();
            assertThat(recorded.tail().auth()).isNotNull();
            Future<?> script = server(peer -> {
                Pdu bind = peer.receive();
                PduHeader header = PduHeader.whole(0, bind.header().callId());
                peer.send(new Pdu.BindAck(header, recorded.answer(), recorded.tail()));
                Pdu request = peer.receive();
                peer.send(response(request, answer.stub()));
                echo(peer);
            });
            try (RpcClient client = client()) {
                // eight octets follow the result, which the reader of the stub ignores
                assertThat(call(client, octets(4))).isEqualTo(answer.stub());
                assertThat(client.level()).isEqualTo(AuthLevel.NONE);
                assertThat(client.isConcurrent()).isFalse();
            }
            script.get();
        }

        @Test
        void trailersOnResponsesAreIgnored() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, 0, Tail.NONE);
                Pdu request = peer.receive();
                AuthTrailer auth = new AuthTrailer(10, 5, 0, 0, 77, octets(16));
                PduHeader header = PduHeader.whole(0, request.header().callId());
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(8), Tail.of(auth)));
                echo(peer);
            });
            try (RpcClient client = client()) {
                assertThat(call(client, octets(4))).isEqualTo(octets(8));
            }
            script.get();
        }

        @Test
        void aBindAckUnderAnotherCallIdIsTaken() throws Exception {
            Future<?> script = server(peer -> {
                peer.receive();
                peer.send(new Pdu.BindAck(PduHeader.whole(0, 4711), ACCEPTED, Tail.NONE));
                echo(peer);
            });
            try (RpcClient client = client()) {
                assertThat(call(client, octets(4))).isEqualTo(octets(4));
            }
            script.get();
        }

        @Test
        void answersToNobodyAreDropped() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, 0, Tail.NONE);
                Pdu request = peer.receive();
                PduHeader strange = PduHeader.whole(0, 4711);
                peer.send(new Pdu.Response(strange, 0, 0, 0, 0, octets(8), Tail.NONE));
                peer.send(Pdu.Fault.of(0, 4712, 0, 5));
                peer.send(response(request, octets(3)));
                echo(peer);
            });
            try (RpcClient client = client()) {
                assertThat(call(client, octets(4))).isEqualTo(octets(3));
            }
            script.get();
        }

        @Test
        void aBigEndianServerIsRead() throws Exception {
            Future<?> script = server(peer -> {
                Pdu bind = peer.receive();
                PduHeader header = new PduHeader(
                        0,
                        FIRST_FRAG | LAST_FRAG,
                        DataRep.BIG_ENDIAN,
                        bind.header().callId());
                peer.send(new Pdu.BindAck(header, ACCEPTED, Tail.NONE));
                Pdu request = peer.receive();
                header = new PduHeader(
                        0,
                        FIRST_FRAG | LAST_FRAG,
                        DataRep.BIG_ENDIAN,
                        request.header().callId());
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, Bytes.ofHex("00000007"), Tail.NONE));
                echo(peer);
            });
            try (RpcClient client = client()) {
                RpcAnswer answer = client.call(FORWARD, ECHO, null, octets(4), soon());
                assertThat(answer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
                assertThat(answer.stub().reader().order(answer.order()).u32("number"))
                        .isEqualTo(7);
            }
            script.get();
        }

        /** Two answers whose fragments take turns: against the rules, and they can be told apart. */
        @Test
        void fragmentsOfSeveralAnswersMayTakeTurns() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, PduHeader.CONC_MPX, Tail.NONE);
                Pdu one = peer.receive();
                Pdu two = peer.receive();
                for (int flag : new int[] {FIRST_FRAG, LAST_FRAG}) {
                    for (Pdu request : List.of(one, two)) {
                        PduHeader header = PduHeader.of(flag, request.header().callId());
                        Bytes stub = octets(request.equals(one) ? 8 : 16);
                        peer.send(new Pdu.Response(header, 0, 0, 0, 0, stub, Tail.NONE));
                    }
                }
                echo(peer);
            });
            try (RpcClient client = client()) {
                RpcCall one = client.start(FORWARD, ECHO, null, octets(1), soon());
                RpcCall two = client.start(FORWARD, ECHO, null, octets(2), soon());
                assertThat(two.await().stub()).isEqualTo(twice(16));
                assertThat(one.await().stub()).isEqualTo(twice(8));
            }
            script.get();
        }

        private static Bytes twice(int count) {
            return new ByteWriter().bytes(octets(count)).bytes(octets(count)).toBytes();
        }
    }

    @Nested
    class LoggedIn {
        /** j-Interop answers every login with CONNECT, and signs nothing. */
        private Script downgrading(AuthLevel level) {
            return peer -> {
                AuthTrailer who = new AuthTrailer(THREE_LEGS, level.code(), 0, 0, 1, text("who"));
                ack(peer, 0, Tail.of(who));
                if (peer.receive() instanceof Pdu.Auth3) {
                    echo(peer);
                }
            };
        }

        private static Script closing(Script script) {
            return peer -> {
                try {
                    script.play(peer);
                } catch (java.io.EOFException e) {
                    // the client would not go on
                }
            };
        }

        @Test
        void aLowerLevelInTheBindAckIsRefused() throws Exception {
            Future<?> script = server(closing(downgrading(AuthLevel.CONNECT)));
            assertThatThrownBy(() -> loggedIn(PeerPolicy.strict()))
                    .isInstanceOfSatisfying(
                            BindRefusedException.class,
                            e -> assertThat(e.isAboutLogin()).isTrue());
            script.get();
        }

        @Test
        void aLowerLevelIsTakenFromAPeerThatIsForgivenIt() throws Exception {
            Future<?> script = server(downgrading(AuthLevel.CONNECT));
            PeerPolicy lenient =
                    PeerPolicy.strict().withMinCallLevel(AuthLevel.CONNECT).withLenientLevelDowngrade();
            try (RpcClient client = loggedIn(lenient)) {
                assertThat(client.level()).isEqualTo(AuthLevel.CONNECT);
                assertThat(call(client, octets(4))).isEqualTo(octets(4));
            }
            script.get();
            assertThat(said)
                    .singleElement()
                    .asString()
                    .startsWith("INSECURE CALLS (setting PeerPolicy.lenientLevelDowngrade) at level CONNECT, with ");
        }

        /** Forgiven, but not below what calls must have. */
        @Test
        void aLowerLevelThanCallsMustHaveIsNeverTaken() throws Exception {
            Future<?> script = server(closing(downgrading(AuthLevel.CONNECT)));
            assertThatThrownBy(() -> loggedIn(PeerPolicy.strict().withLenientLevelDowngrade()))
                    .isInstanceOf(BindRefusedException.class);
            script.get();
        }

        @Test
        void aBindAckWithoutAnswerToTheLoginIsRefused() throws Exception {
            Future<?> script = server(closing(peer -> {
                ack(peer, 0, Tail.NONE);
                peer.receive();
            }));
            assertThatThrownBy(() -> loggedIn(PeerPolicy.strict())).isInstanceOf(BindRefusedException.class);
            script.get();
        }

        @Test
        void anUnsignedResponseEndsTheConnection() throws Exception {
            Future<?> script = server(downgrading(AuthLevel.PKT_INTEGRITY));
            try (RpcClient client = loggedIn(PeerPolicy.strict())) {
                assertThatThrownBy(() -> call(client, octets(4)))
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("without signature");
                assertThat(client.isOpen()).isFalse();
            }
            script.get();
        }

        @Test
        void anUnsignedResponseIsTakenFromAPeerThatIsForgivenIt() throws Exception {
            Future<?> script = server(downgrading(AuthLevel.PKT_INTEGRITY));
            try (RpcClient client = loggedIn(PeerPolicy.strict().withLenientUnsignedResponses())) {
                assertThat(call(client, octets(4))).isEqualTo(octets(4));
                assertThat(call(client, octets(5))).isEqualTo(octets(5));
            }
            script.get();
            assertThat(said)
                    .singleElement()
                    .asString()
                    .startsWith(
                            "INSECURE CALLS (setting PeerPolicy.lenientUnsignedResponses) with answers that nobody");
        }

        /** samba never signs faults. */
        @Test
        void anUnsignedFaultIsTaken() throws Exception {
            Future<?> script = server(peer -> {
                AuthTrailer who = new AuthTrailer(THREE_LEGS, 5, 0, 0, 1, text("who"));
                ack(peer, 0, Tail.of(who));
                peer.receive();
                Pdu request = peer.receive();
                peer.send(
                        Pdu.Fault.of(PduHeader.DID_NOT_EXECUTE, request.header().callId(), 0, 5));
                peer.isClosedByTheOther();
            });
            try (RpcClient client = loggedIn(PeerPolicy.strict())) {
                assertThatThrownBy(() -> call(client, octets(4))).isInstanceOfSatisfying(RpcFaultException.class, e -> {
                    assertThat(e.status()).isEqualTo(5);
                    assertThat(e.didNotExecute()).isTrue();
                });
                assertThat(client.isOpen()).isTrue();
            }
            script.get();
        }

        /** Where a server does sign its faults, they count like all that is signed. */
        @Test
        void aSignedFaultIsCheckedAndCounts() throws Exception {
            Future<?> script = server(peer -> {
                AuthTrailer who = new AuthTrailer(THREE_LEGS, 5, 0, 0, 1, text("who"));
                ack(peer, 0, Tail.of(who));
                peer.receive();
                ToySecurity.Protection keys = new ToySecurity.Protection(KEY, false);
                for (int i = 0; i < 2; i++) {
                    long callId = peer.receive().header().callId();
                    AuthTrailer room = new AuthTrailer(THREE_LEGS, 5, 0, 0, 1, Bytes.of(new byte[16]));
                    Tail tail = Tail.of(room);
                    PduHeader header = PduHeader.whole(0, callId);
                    Frame frame = Frame.encode(
                            i == 0
                                    ? new Pdu.Fault(header, 0, 0, 0, 0, 1783, 0, Bytes.EMPTY, tail)
                                    : new Pdu.Response(header, 0, 0, 0, 0, octets(16), tail));
                    Bytes token = keys.protect(frame.octets(), frame.tokenAt(), frame.stubAt(), frame.bodyEnd(), false);
                    System.arraycopy(token.toArray(), 0, frame.octets(), frame.tokenAt(), 16);
                    peer.send(Bytes.of(frame.octets()));
                }
                peer.isClosedByTheOther();
            });
            try (RpcClient client = loggedIn(PeerPolicy.strict())) {
                assertThatThrownBy(() -> call(client, octets(4)))
                        .isInstanceOfSatisfying(
                                RpcFaultException.class,
                                e -> assertThat(e.status()).isEqualTo(1783));
                assertThat(call(client, octets(4))).isEqualTo(octets(16));
            }
            script.get();
        }

        @Test
        void aLoginThatNeverEndsIsGivenUp() throws Exception {
            Login endless = new Login(
                    new SecurityMechanism() {
                        @Override
                        public int authType() {
                            return THREE_LEGS;
                        }

                        @Override
                        public SecurityStep step(Bytes token) {
                            return new SecurityStep.Continue(text("more"));
                        }
                    },
                    AuthLevel.PKT_INTEGRITY);
            Future<?> script = server(closing(peer -> {
                AuthTrailer who = new AuthTrailer(THREE_LEGS, 5, 0, 0, 1, text("who"));
                ack(peer, 0, Tail.of(who));
                while (true) {
                    PduHeader header =
                            PduHeader.whole(0, peer.receive().header().callId());
                    peer.send(new Pdu.AlterContextResp(header, ACCEPTED, Tail.of(who)));
                }
            }));
            ClientOptions options = ClientOptions.defaults(PeerPolicy.strict());
            assertThatThrownBy(() -> RpcClient.connect(address(), FORWARD, endless, options, soon()))
                    .isInstanceOf(BindRefusedException.class);
            script.get();
        }
    }

    @Nested
    class Dead {
        private static Deadline shortly() {
            return Deadline.after(Duration.ofMillis(200));
        }

        private void notSent(Throwable e, Class<? extends LinkException> type) {
            assertThat(e).isInstanceOf(type);
            assertThat(((LinkException) e).isNotSent()).isTrue();
        }

        @Test
        void nobodyListens() throws IOException {
            InetSocketAddress gone = address();
            listener.close();
            assertThatThrownBy(() -> RpcClient.connect(gone, FORWARD, null, TestServer.lenient(), soon()))
                    .satisfies(e -> notSent(e, LinkException.class));
        }

        /** The system accepts connections for a process that hangs: the bind has no answer. */
        @Test
        void theBindIsNotAnsweredInTime() {
            assertThatThrownBy(() -> RpcClient.connect(address(), FORWARD, null, TestServer.lenient(), shortly()))
                    .satisfies(e -> notSent(e, DeadlineException.class));
        }

        @Test
        void theServerLeavesDuringTheBind() throws Exception {
            Future<?> script = server(RawPeer::receive);
            assertThatThrownBy(() -> client()).satisfies(e -> notSent(e, LinkException.class));
            script.get();
        }

        @Test
        void callsWithoutAnswerEndInTimeAndAtLastTheConnection() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, PduHeader.CONC_MPX, Tail.NONE);
                echoNothing(peer);
            });
            try (RpcClient client = client(TestServer.lenient().withSilentCallsMax(2))) {
                assertThatThrownBy(() -> client.call(FORWARD, ECHO, null, octets(1), shortly()))
                        .isInstanceOf(DeadlineException.class);
                assertThat(client.isOpen()).isTrue();
                RpcCall waiting = client.start(FORWARD, ECHO, null, octets(1), soon());
                assertThatThrownBy(() -> client.call(FORWARD, ECHO, null, octets(1), shortly()))
                        .isInstanceOf(DeadlineException.class);

                // the second in silence: the peer is dead, and who still waits hears it now
                assertThat(client.isOpen()).isFalse();
                assertThatThrownBy(waiting::await)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("nothing came");
            }
            script.get();
        }

        private static void echoNothing(RawPeer peer) throws IOException {
            try {
                while (true) {
                    peer.receive();
                }
            } catch (java.io.EOFException e) {
                // it left
            }
        }

        /** The request is larger than all buffers on the way: the write itself hangs, and ends at the deadline. */
        @Test
        void theServerDoesNotRead() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, 0, Tail.NONE);
                Await.until("the client gave up", PATIENCE, () -> listener.isClosed());
            });
            try (RpcClient client = client()) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> client.call(
                                FORWARD, ECHO, null, octets(64 << 20), Deadline.after(Duration.ofSeconds(2))))
                        .isInstanceOfSatisfying(
                                DeadlineException.class,
                                e -> assertThat(e.isNotSent()).isFalse());
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
                assertThat(client.isOpen()).isFalse();
            }
            listener.close();
            script.get();
        }

        @Test
        void theServerLeavesInTheMiddleOfAPdu() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, 0, Tail.NONE);
                peer.receive();
                peer.send(Bytes.ofHex("0500020310000000f000"));
            });
            try (RpcClient client = client()) {
                assertThatThrownBy(() -> call(client, octets(1))).isInstanceOf(LinkException.class);
            }
            script.get();
        }
    }

    @Nested
    class Wrong {
        private void ends(Script afterRequest) throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, 0, Tail.NONE);
                afterRequest.play(peer);
                peer.isClosedByTheOther();
            });
            try (RpcClient client = client()) {
                assertThatThrownBy(() -> call(client, octets(1)))
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isFalse())
                        .hasMessageContaining("broke the protocol");
                assertThat(client.isOpen()).isFalse();
            }
            script.get();
        }

        @Test
        void octetsThatAreNoPdu() throws Exception {
            ends(peer -> {
                peer.receive();
                peer.send(octets(64));
            });
        }

        @Test
        void whatOnlyClientsSay() throws Exception {
            ends(peer -> peer.send(RawPeer.whole(peer.receive().header().callId(), ECHO, octets(1))));
        }

        @Test
        void anAnswerToABindThatNobodyMade() throws Exception {
            ends(peer -> peer.send(
                    new Pdu.BindAck(PduHeader.whole(0, peer.receive().header().callId()), ACCEPTED, Tail.NONE)));
        }

        @Test
        void anAnswerThatBeginsInTheMiddleOrTwice() throws Exception {
            ends(peer -> {
                PduHeader header =
                        PduHeader.of(LAST_FRAG, peer.receive().header().callId());
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(1), Tail.NONE));
            });
            ends(peer -> {
                PduHeader header =
                        PduHeader.of(FIRST_FRAG, peer.receive().header().callId());
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(8), Tail.NONE));
                peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(8), Tail.NONE));
            });
        }

        /** Many answers begun and none ended: together they are bounded too. */
        @Test
        void manyAnswersThatHaveNoEnd() throws Exception {
            Future<?> script = server(peer -> {
                ack(peer, PduHeader.CONC_MPX, Tail.NONE);
                for (int i = 0; i < 3; i++) {
                    PduHeader header =
                            PduHeader.of(FIRST_FRAG, peer.receive().header().callId());
                    peer.send(new Pdu.Response(header, 0, 0, 0, 0, octets(4_000), Tail.NONE));
                }
                Pdu next = peer.receive();
                while (next instanceof Pdu.CoCancel) {
                    next = peer.receive();
                }
                peer.send(response(next, octets(5)));
                peer.isClosedByTheOther();
            });
            try (RpcClient client = client(TestServer.lenient().withStubBytesMax(5_000))) {
                RpcCall one = client.start(FORWARD, ECHO, null, octets(1), soon());
                RpcCall two = client.start(FORWARD, ECHO, null, octets(1), soon());
                RpcCall three = client.start(FORWARD, ECHO, null, octets(1), soon());
                assertThatThrownBy(three::await).isInstanceOf(LinkException.class);
                assertThat(one.isDone() || two.isDone()).isFalse();
                // what a call held is free again when it ends
                one.abandon();
                two.abandon();
                assertThat(call(client, octets(1))).isEqualTo(octets(5));
            }
            script.get();
        }

        @Test
        void fragmentsTooSmallToSendAnything() throws Exception {
            Future<?> script = server(peer -> {
                Pdu bind = peer.receive();
                BindAnswer answer = BindAnswer.of(100, 100, 9, "", List.of(ContextResult.accepted()));
                peer.send(new Pdu.BindAck(PduHeader.whole(0, bind.header().callId()), answer, Tail.NONE));
                peer.isClosedByTheOther();
            });
            assertThatThrownBy(() -> client()).isInstanceOf(LinkException.class).hasMessageContaining("100");
            script.get();
        }
    }

    /** All that a bind_nak can say arrives, also from peers that leave out the versions. */
    @Test
    void aBindThatIsRefusedTellsWhetherItIsAboutTheLogin() throws Exception {
        for (int reason : new int[] {0, 1, 2, 4, 8, 9}) {
            Future<?> script = server(peer -> {
                PduHeader header = PduHeader.whole(0, peer.receive().header().callId());
                peer.send(new Pdu.BindNak(header, reason, Bytes.EMPTY, Tail.NONE));
                peer.isClosedByTheOther();
            });
            assertThatThrownBy(() -> client())
                    .isInstanceOfSatisfying(
                            BindRefusedException.class,
                            e -> assertThat(e.isAboutLogin()).isEqualTo(reason >= 8));
            script.get();
        }
    }
}
