package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.BACKWARD;
import static org.tandemopc.dcom.rpc.TestServer.BAD_STUB;
import static org.tandemopc.dcom.rpc.TestServer.BREAK;
import static org.tandemopc.dcom.rpc.TestServer.BREAK_HARD;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FAULT;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.MAKE;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.TELL;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.reversed;
import static org.tandemopc.dcom.rpc.TestServer.soon;

import java.io.IOException;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.testkit.Await;

/** Our client and our server over loopback. */
@Timeout(120)
class RpcCallsTest {
    private final List<Pdu> sent = Collections.synchronizedList(new ArrayList<>());
    private final List<Pdu> received = Collections.synchronizedList(new ArrayList<>());
    private final TestServer server = TestServer.open();

    RpcCallsTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private ClientOptions tapped() {
        return TestServer.lenient().withTap((connection, direction, wire, plain) -> {
            try {
                (direction == PduTap.Direction.SENT ? sent : received).add(PduCodec.decode(plain));
            } catch (org.tandemopc.dcom.MalformedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private List<Pdu.Request> requests() {
        return sent.stream()
                .filter(Pdu.Request.class::isInstance)
                .map(Pdu.Request.class::cast)
                .toList();
    }

    private List<Pdu.Response> responses() {
        return received.stream()
                .filter(Pdu.Response.class::isInstance)
                .map(Pdu.Response.class::cast)
                .toList();
    }

    @Nested
    class Fragments {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 7, 8, 5815, 5816, 5817, 40_000, 1_000_001})
        void goBothWaysAndComeTogether(int size) throws Exception {
            try (RpcClient client = server.client(tapped())) {
                RpcAnswer answer = client.call(FORWARD, ECHO, null, octets(size), soon());

                assertThat(answer.stub()).isEqualTo(octets(size));
            }
            assertThat(requests()).hasSize(Math.max(1, (size + 5815) / 5816));
            assertThat(responses()).hasSameSizeAs(requests());
        }

        /** Alignment counted from the start of the stub must come out the same in each fragment. */
        @Test
        void holdAMultipleOfEightOctetsAndStayWithinWhatThePeerTakes() throws Exception {
            try (RpcClient client = server.client(tapped().withFragMax(1432))) {
                assertThat(client.call(FORWARD, ECHO, Guid.random(), octets(10_001), soon())
                                .stub())
                        .isEqualTo(octets(10_001));
            }
            List<Pdu.Request> requests = requests();
            assertThat(requests).hasSize(8);
            assertThat(requests.subList(0, 7))
                    .allSatisfy(r -> assertThat(r.stub().size() % 8).isZero());
            assertThat(sent)
                    .allSatisfy(p -> assertThat(PduCodec.encode(p).size()).isLessThanOrEqualTo(1432));
            assertThat(received)
                    .allSatisfy(p -> assertThat(PduCodec.encode(p).size()).isLessThanOrEqualTo(1432));
            assertThat(responses()).hasSize(8);
        }

        @Test
        void tellWhatIsStillToCome() throws Exception {
            try (RpcClient client = server.client(tapped().withFragMax(1432))) {
                client.call(FORWARD, ECHO, null, octets(3_000), soon());
            }
            assertThat(requests()).extracting(Pdu.Request::allocHint).containsExactly(3_000L, 1_592L, 184L);
            assertThat(requests())
                    .extracting(r -> r.header().flags())
                    .containsExactly(PduHeader.FIRST_FRAG, 0, PduHeader.LAST_FRAG);
        }

        /** The control of the limit: one octet less passes. */
        @Test
        void thatComeToMoreThanTheClientTakesFailTheCallAlone() throws Exception {
            try (RpcClient client = server.client(TestServer.lenient().withStubBytesMax(20_000))) {
                assertThatThrownBy(() -> client.call(FORWARD, MAKE, null, number(20_001), soon()))
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("20000");

                assertThat(client.call(FORWARD, MAKE, null, number(20_000), soon())
                                .stub()
                                .size())
                        .isEqualTo(20_000);
            }
        }
    }

    @Nested
    class Contexts {
        @Test
        void ofSeveralInterfacesServeOneConnectionInTurns() throws Exception {
            try (RpcClient client = server.client(tapped())) {
                for (int i = 0; i < 10; i++) {
                    Bytes stub = octets(10 + i);
                    assertThat(client.call(FORWARD, ECHO, null, stub, soon()).stub())
                            .isEqualTo(stub);
                    assertThat(client.call(BACKWARD, ECHO, null, stub, soon()).stub())
                            .isEqualTo(reversed(stub));
                }
            }
            // one alter_context for the second interface, however often it is called
            assertThat(sent).filteredOn(Pdu.AlterContext.class::isInstance).hasSize(1);
        }

        /** From many threads at once, the second interface is bound once. */
        @Test
        void areBoundOnceByManyThreads() throws Exception {
            try (RpcClient client = server.client(tapped());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Bytes>> calls = Collections.nCopies(
                        50,
                        () -> client.call(BACKWARD, ECHO, null, octets(9), soon())
                                .stub());
                for (Future<Bytes> call : threads.invokeAll(calls)) {
                    assertThat(call.get()).isEqualTo(reversed(octets(9)));
                }
            }
            assertThat(sent).filteredOn(Pdu.AlterContext.class::isInstance).hasSize(1);
        }

        @Test
        void ofAnInterfaceThatIsNotOfferedAreAFaultThatDidNotExecute() throws Exception {
            try (RpcClient client = server.client()) {
                assertThatThrownBy(() -> client.call(TestServer.ABSENT, ECHO, null, Bytes.EMPTY, soon()))
                        .isInstanceOfSatisfying(RpcFaultException.class, e -> {
                            assertThat(e.status()).isEqualTo(RpcStatus.UNKNOWN_INTERFACE);
                            assertThat(e.didNotExecute()).isTrue();
                        });
                assertThat(client.call(FORWARD, ECHO, null, octets(3), soon()).stub())
                        .isEqualTo(octets(3));
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 4})
        void serveEarlierMinorVersions(int minor) throws Exception {
            SyntaxId asked = new SyntaxId(FORWARD.uuid(), 1, minor);
            try (RpcClient client = RpcClient.connect(server.address(), asked, null, TestServer.lenient(), soon())) {
                assertThat(client.call(asked, ECHO, null, octets(3), soon()).stub())
                        .isEqualTo(octets(3));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"1.5", "2.0", "0.4"})
        void doNotServeLaterMinorNorOtherMajorVersions(String version) {
            String[] parts = version.split("\\.");
            SyntaxId asked = new SyntaxId(FORWARD.uuid(), Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            assertThatThrownBy(() -> RpcClient.connect(server.address(), asked, null, TestServer.lenient(), soon()))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class,
                            e -> assertThat(e.status()).isEqualTo(RpcStatus.UNKNOWN_INTERFACE));
        }
    }

    @Nested
    class ConcurrentCalls {
        @Test
        void areAnsweredInAnyOrder() throws Exception {
            try (RpcClient client = server.client()) {
                assertThat(client.isConcurrent()).isTrue();
                RpcCall first = client.start(FORWARD, WAIT, null, number(1), soon());
                RpcCall second = client.start(BACKWARD, WAIT, null, number(2), soon());
                RpcCall third = client.start(FORWARD, WAIT, null, number(3), soon());
                server.gate(1).entered();
                server.gate(2).entered();
                server.gate(3).entered();

                server.gate(3).open();
                assertThat(third.await().stub()).isEqualTo(number(3));
                assertThat(first.isDone()).isFalse();
                server.gate(1).open();
                assertThat(first.await().stub()).isEqualTo(number(1));
                assertThat(second.isDone()).isFalse();
                server.gate(2).open();
                assertThat(second.await().stub()).isEqualTo(number(2));
            }
        }

        /** Long answers of many fragments, asked for at once: nothing of one is in another. */
        @Test
        void doNotMixTheirFragments() throws Exception {
            try (RpcClient client = server.client(tapped());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Boolean>> calls = new ArrayList<>();
                for (int i = 0; i < 24; i++) {
                    int size = 20_000 + i;
                    calls.add(() -> client.call(FORWARD, ECHO, null, octets(size), soon())
                            .stub()
                            .equals(octets(size)));
                }
                for (Future<Boolean> call : threads.invokeAll(calls)) {
                    assertThat(call.get()).isTrue();
                }
            }
            assertThat(whole(requests().stream().map(Pdu::header).toList())).isTrue();
            assertThat(whole(responses().stream().map(Pdu::header).toList())).isTrue();
        }

        private static boolean whole(List<PduHeader> headers) {
            long open = -1;
            for (PduHeader header : headers) {
                if (header.isFirst() != (open == -1) || (open != -1 && open != header.callId())) {
                    return false;
                }
                open = header.isLast() ? -1 : header.callId();
            }
            return open == -1 && !headers.isEmpty();
        }

        @Test
        void beyondTheServersLimitAreTooMany() throws Exception {
            int limit = ServerLimits.defaults().perConnection().callsMax();
            try (RpcClient client = server.client(TestServer.lenient().withConcurrentCallsMax(limit + 1))) {
                List<RpcCall> waiting = new ArrayList<>();
                for (int i = 0; i < limit; i++) {
                    waiting.add(client.start(FORWARD, WAIT, null, number(7), soon()));
                }
                assertThatThrownBy(() -> client.call(FORWARD, ECHO, null, Bytes.EMPTY, soon()))
                        .isInstanceOfSatisfying(RpcFaultException.class, e -> {
                            assertThat(e.status()).isEqualTo(RpcStatus.SERVER_TOO_BUSY);
                            assertThat(e.didNotExecute()).isTrue();
                        });
                server.gate(7).open();
                for (RpcCall call : waiting) {
                    assertThat(call.await().stub()).isEqualTo(number(7));
                }
                assertThat(client.call(FORWARD, ECHO, null, octets(1), soon()).stub())
                        .isEqualTo(octets(1));
            }
        }
    }

    @Nested
    class OneCallAtATime {
        private RpcClient client() throws Exception {
            RpcClient client = server.client(tapped().withConcurrentCallsMax(1));
            assertThat(client.isConcurrent()).isFalse();
            return client;
        }

        @Test
        void waitsForTheOneBefore() throws Exception {
            try (RpcClient client = client();
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                RpcCall first = client.start(FORWARD, WAIT, null, number(1), soon());
                server.gate(1).entered();
                Future<RpcAnswer> second = threads.submit(() -> client.call(FORWARD, ECHO, null, octets(4), soon()));
                assertThatThrownBy(() ->
                                client.call(FORWARD, ECHO, null, octets(5), Deadline.after(Duration.ofMillis(50))))
                        .isInstanceOfSatisfying(
                                DeadlineException.class,
                                e -> assertThat(e.isNotSent()).isTrue());
                assertThat(requests()).hasSize(1);

                server.gate(1).open();
                assertThat(first.await().stub()).isEqualTo(number(1));
                assertThat(second.get().stub()).isEqualTo(octets(4));
            }
        }

        /** A client that sends several all the same gets them done in order. */
        @Test
        void isAllThatTheServerDoesForAClientThatDidNotAskForMore() throws Exception {
            try (RawPeer peer = RawPeer.bound(server.address(), FORWARD)) {
                peer.send(RawPeer.whole(5, WAIT, number(1)));
                peer.send(RawPeer.whole(6, WAIT, number(2)));
                server.gate(1).entered();
                server.gate(2).open();
                Await.until("both are there", PATIENCE, () -> server.server().runningCalls() == 2);
                assertThat(server.gate(2).hasBeenEntered()).isFalse();
                server.gate(1).open();

                assertThat(peer.receive().header().callId()).isEqualTo(5);
                assertThat(peer.receive().header().callId()).isEqualTo(6);
            }
        }
    }

    @Nested
    class Faults {
        private RpcFaultException fault(RpcClient client, int opnum, Bytes stub) {
            try {
                client.call(FORWARD, opnum, null, stub, soon());
            } catch (RpcFaultException e) {
                return e;
            } catch (LinkException e) {
                throw new AssertionError(e);
            }
            throw new AssertionError("no fault");
        }

        @Test
        void tellWhatTheOperationSaid() throws Exception {
            try (RpcClient client = server.client()) {
                RpcFaultException e = fault(client, FAULT, number(0x8001_0108L));

                assertThat(e.status()).isEqualTo(0x8001_0108);
                assertThat(e.didNotExecute()).isFalse();
            }
        }

        /** 0 means success: it must not be sent as a fault ([MS-RPCE] 2.2.2.8). */
        @Test
        void neverTellOfSuccess() throws Exception {
            try (RpcClient client = server.client()) {
                assertThat(fault(client, FAULT, number(0)).status()).isEqualTo(RpcStatus.UNSPECIFIED_FAULT);
            }
        }

        @Test
        void tellOfNoSuchOperation() throws Exception {
            try (RpcClient client = server.client()) {
                RpcFaultException e = fault(client, 99, Bytes.EMPTY);

                assertThat(e.status()).isEqualTo(RpcStatus.OPNUM_OUT_OF_RANGE);
                assertThat(e.didNotExecute()).isTrue();
            }
        }

        @Test
        void tellOfABadStub() throws Exception {
            try (RpcClient client = server.client()) {
                assertThat(fault(client, BAD_STUB, Bytes.EMPTY).status()).isEqualTo(RpcStatus.BAD_STUB_DATA);
                assertThat(fault(client, MAKE, Bytes.EMPTY).status()).isEqualTo(RpcStatus.BAD_STUB_DATA);
            }
        }

        @Test
        void hideWhatBrokeHere() throws Exception {
            try (RpcClient client = server.client()) {
                assertThat(fault(client, BREAK, Bytes.EMPTY).status()).isEqualTo(RpcStatus.UNSPECIFIED_FAULT);
                assertThat(fault(client, BREAK_HARD, Bytes.EMPTY).status()).isEqualTo(RpcStatus.UNSPECIFIED_FAULT);
                assertThat(client.call(FORWARD, ECHO, null, octets(2), soon()).stub())
                        .isEqualTo(octets(2));
            }
        }
    }

    @Nested
    class CallsGivenUp {
        private final Deadline shortly = Deadline.after(Duration.ofMillis(150));

        @Test
        void endAtTheirDeadlineAndTheConnectionGoesOn() throws Exception {
            try (RpcClient client = server.client()) {
                client.call(FORWARD, ECHO, null, octets(1), soon());
                long start = System.nanoTime();
                assertThatThrownBy(() ->
                                client.call(FORWARD, WAIT, null, number(1), Deadline.after(Duration.ofMillis(150))))
                        .isInstanceOfSatisfying(
                                DeadlineException.class,
                                e -> assertThat(e.isNotSent()).isFalse());
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofMillis(150), Duration.ofSeconds(10));
                CallContext call = server.gate(1).entered();
                Await.until("the server knows", PATIENCE, call::isCancelled);
                server.gate(1).open();

                assertThat(client.call(FORWARD, ECHO, null, octets(2), soon()).stub())
                        .isEqualTo(octets(2));
            }
        }

        /** Orphaned, so that the server says nothing more about it. */
        @Test
        void areNeverAnswered() throws Exception {
            try (RpcClient client = server.client(tapped())) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                CallContext inside = server.gate(1).entered();
                call.abandon();
                Await.until("the server knows", PATIENCE, inside::isCancelled);
                assertThatThrownBy(call::await).isInstanceOf(LinkException.class);
                // cancel came first, orphaned after it: only then is silence certain
                client.call(FORWARD, ECHO, null, octets(1), soon());
                server.gate(1).open();
                Await.until("the call ended", PATIENCE, () -> server.server().runningCalls() == 0);
                client.call(FORWARD, ECHO, null, octets(1), soon());

                assertThat(sent).filteredOn(Pdu.Orphaned.class::isInstance).hasSize(1);
                assertThat(responses()).hasSize(2);
            }
        }

        /** Its control: cancelled only, it is answered. */
        @Test
        void areAnsweredWhenTheyAreOnlyCancelled() throws Exception {
            try (RpcClient client = server.client(tapped())) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                CallContext inside = server.gate(1).entered();
                assertThat(inside.isCancelled()).isFalse();
                call.cancel();
                Await.until("the server knows", PATIENCE, inside::isCancelled);
                server.gate(1).open();

                assertThat(call.await().stub()).isEqualTo(number(1));
            }
        }

        /** Without a promise to keep the connection, orphaned would end it: only cancelled, and the late answer is dropped. */
        @Test
        void areOnlyCancelledWhereTheServerDoesNotKeepTheConnection() throws Exception {
            try (RpcClient client = server.client(tapped().withBindTimeFeatures(0))) {
                assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), shortly))
                        .isInstanceOf(DeadlineException.class);
                Await.until(
                        "cancelled", PATIENCE, () -> server.gate(1).entered().isCancelled());
                server.gate(1).open();
                Await.until("answered", PATIENCE, () -> responses().size() == 1);

                assertThat(client.call(FORWARD, ECHO, null, octets(2), soon()).stub())
                        .isEqualTo(octets(2));
                assertThat(sent).noneMatch(Pdu.Orphaned.class::isInstance);
            }
        }

        /** One call at a time, and no promise: the connection is blocked for nobody knows how long. */
        @Test
        void endTheConnectionThatTheyWouldBlock() throws Exception {
            ClientOptions options = tapped().withBindTimeFeatures(0).withConcurrentCallsMax(1);
            try (RpcClient client = server.client(options)) {
                assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), shortly))
                        .isInstanceOf(DeadlineException.class);

                assertThat(client.isOpen()).isFalse();
                assertThatThrownBy(() -> client.call(FORWARD, ECHO, null, octets(2), soon()))
                        .isInstanceOfSatisfying(
                                LinkException.class,
                                e -> assertThat(e.isNotSent()).isTrue());
            }
        }

        @Test
        void byAnInterruptKeepItSet() throws Exception {
            try (RpcClient client = server.client()) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                // One that is given up before it begins is not begun.
                CallContext inside = server.gate(1).entered();
                Thread.currentThread().interrupt();
                assertThatThrownBy(call::await)
                        .isInstanceOf(LinkException.class)
                        .hasMessageContaining("interrupted");
                assertThat(Thread.interrupted()).isTrue();
                Await.until("the server knows", PATIENCE, inside::isCancelled);
            }
        }
    }

    @Nested
    class Endings {
        @Test
        void ofTheServerFailCallsAtOnce() throws Exception {
            try (RpcClient client = server.client()) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                CallContext inside = server.gate(1).entered();
                inside.connection().close();

                assertThatThrownBy(call::await).isInstanceOf(LinkException.class);
                assertThat(inside.isCancelled()).isTrue();
                assertThat(client.isOpen()).isFalse();
            }
        }

        /** Asked to leave, a client finishes what it has begun and begins nothing. */
        @Test
        void announcedByShutdownLetCallsEndAndBeginNone() throws Exception {
            try (RpcClient client = server.client(tapped());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                server.gate(1).entered();
                Future<?> closing = threads.submit(() -> server.server().close(PATIENCE));
                Await.until("told", PATIENCE, () -> received.stream().anyMatch(Pdu.Shutdown.class::isInstance));
                Await.until("heard", PATIENCE, () -> refusesCalls(client));
                server.gate(1).open();

                assertThat(call.await().stub()).isEqualTo(number(1));
                assertThat(closing.get()).isNull();
                Await.until("the client left", PATIENCE, () -> !client.isOpen());
            }
        }

        private static boolean refusesCalls(RpcClient client) {
            try {
                client.call(FORWARD, ECHO, null, Bytes.EMPTY, soon());
                return false;
            } catch (LinkException e) {
                return e.isNotSent();
            } catch (RpcFaultException e) {
                throw new AssertionError(e);
            }
        }

        /** A call that never ends by itself does not keep a server from closing. */
        @Test
        void interruptCallsThatOutlastTheGrace() throws Exception {
            try (RpcClient client = server.client()) {
                RpcCall call = client.start(FORWARD, WAIT, null, number(1), soon());
                server.gate(1).entered();
                server.server().close(Duration.ofMillis(50));

                assertThat(server.server().connections()).isZero();
                assertThatThrownBy(call::await).isInstanceOf(LinkException.class);
                Await.until(
                        "no threads of calls",
                        PATIENCE,
                        () -> TestServer.threads().stream().noneMatch(thread -> thread.contains("dcom-server")));
            }
        }

        @Test
        void areToldToListenersOnce() throws Exception {
            List<LinkException> told = Collections.synchronizedList(new ArrayList<>());
            RpcClient client = server.client();
            client.onClose(told::add);
            client.close();
            client.close();
            client.onClose(told::add);

            assertThat(told).hasSize(2);
        }

        @Test
        void leaveNoConnectionBehindOnTheServer() throws Exception {
            RpcClient client = server.client();
            assertThat(server.server().connections()).isEqualTo(1);
            client.close();

            server.awaitNoConnections();
        }
    }

    @Nested
    class Groups {
        @Test
        void joinConnectionsOfOneClient() throws Exception {
            try (RpcClient first = server.client();
                    RpcClient second =
                            server.client(TestServer.lenient().withAssociationGroup(first.associationGroup()))) {
                assertThat(first.associationGroup()).isNotZero();
                assertThat(second.associationGroup()).isEqualTo(first.associationGroup());
            }
        }

        @Test
        void thatAreUnknownAreRefused() {
            assertThatThrownBy(() -> server.client(TestServer.lenient().withAssociationGroup(12345)))
                    .isInstanceOf(BindRefusedException.class);
        }

        /** Whoever guesses the number from another machine gets nobody's context handles. */
        @Test
        void areNotJoinedFromAnotherAddress() throws Exception {
            try (RpcClient first = server.client()) {
                BindOffer offer = BindOffer.of(
                        4280,
                        4280,
                        first.associationGroup(),
                        List.of(new ContextElement(0, 0, FORWARD, List.of(SyntaxId.NDR))));
                Pdu.Bind bind = new Pdu.Bind(PduHeader.whole(0, 1), offer, Tail.NONE);
                try (RawPeer here = RawPeer.to(server.address());
                        RawPeer elsewhere = RawPeer.to(server.address(), java.net.InetAddress.getByName("127.0.0.2"))) {
                    here.send(bind);
                    assertThat(here.receive()).isInstanceOf(Pdu.BindAck.class);
                    elsewhere.send(bind);
                    assertThat(elsewhere.receive()).isInstanceOf(Pdu.BindNak.class);
                }
            }
        }

        @Test
        void areForgottenWithTheirLastConnection() throws Exception {
            long group;
            try (RpcClient client = server.client()) {
                group = client.associationGroup();
            }
            server.awaitNoConnections();
            assertThatThrownBy(() -> server.client(TestServer.lenient().withAssociationGroup(group)))
                    .isInstanceOf(BindRefusedException.class);
        }
    }

    @Test
    void theObjectAndTheCallerAreTold() throws Exception {
        Guid object = Guid.random();
        try (RpcClient client = server.client()) {
            RpcAnswer answer = client.call(FORWARD, TELL, object, Bytes.EMPTY, soon());

            assertThat(ToySecurity.text(answer.stub())).isEqualTo(" NONE LITTLE_ENDIAN " + object);
        }
    }
}
