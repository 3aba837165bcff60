package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.KEY;
import static org.tandemopc.dcom.rpc.TestServer.MAKE;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;
import static org.tandemopc.dcom.rpc.ToySecurity.THREE_LEGS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
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
import org.tandemopc.testkit.Await;

/** Calls that come close behind each other: they share reads, writes and threads, and nobody waits for it. */
@Timeout(120)
class RowsOfCallsTest {
    private final TestServer server = TestServer.open();

    RowsOfCallsTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    /** Requests that are in the server's hands at once. */
    @Nested
    class AtTheServer {
        /** Logged in at CONNECT, where calls need no trailer. */
        private static RawPeer loggedIn(TestServer server, int flags) throws IOException {
            RawPeer peer = RawPeer.to(server.address());
            SecurityContext login =
                    new SecurityContext(1, AuthLevel.CONNECT, ToySecurity.client(THREE_LEGS, "ann", KEY));
            Tail first = Tail.of(token(login, login.step(Bytes.EMPTY)));
            peer.send(new Pdu.Bind(PduHeader.whole(flags, 1), RawPeer.offer(0, FORWARD), first));
            AuthTrailer answer = RawPeer.trailerOf(peer.receive().tail());
            peer.send(Pdu.Auth3.of(PduHeader.whole(0, 1), token(login, login.step(answer.token()))));
            return peer;
        }

        private static AuthTrailer token(SecurityContext login, SecurityStep step) {
            Bytes token = switch (step) {
                case SecurityStep.Continue(Bytes next) -> next;
                case SecurityStep.Done(Bytes last, var principal, var protection) -> last;
                case SecurityStep.Failed(String reason) -> throw new AssertionError(reason);
            };
            return new AuthTrailer(login.authType(), login.level().code(), 0, 0, login.id(), token);
        }

        private static void send(RawPeer peer, Pdu... requests) throws IOException {
            ByteWriter all = new ByteWriter();
            for (Pdu request : requests) {
                all.bytes(PduCodec.encode(request));
            }
            peer.send(all.toBytes());
        }

        private static Pdu.Response response(RawPeer peer) throws IOException {
            Pdu pdu = peer.receive();
            assertThat(pdu).isInstanceOf(Pdu.Response.class);
            return (Pdu.Response) pdu;
        }

        /** Until the thread of the system reads. */
        private void warm(RawPeer peer) throws IOException {
            for (Thread by = null; by == null || by.isVirtual(); by = server.echoed.get()) {
                send(peer, RawPeer.whole(99, ECHO, octets(1)));
                assertThat(response(peer).stub()).isEqualTo(octets(1));
            }
        }

        @Test
        void shortOnesAreDoneByWhoReadsAndAnsweredInTheirOrder() throws Exception {
            try (RawPeer peer = loggedIn(server, PduHeader.CONC_MPX)) {
                warm(peer);
                for (int row = 0; row < 50; row++) {
                    Pdu[] requests = echoes(40);
                    send(peer, requests);
                    for (int i = 0; i < requests.length; i++) {
                        assertThat(response(peer).stub().size()).isLessThan(40);
                    }
                }
                Await.until("a row by the reader", PATIENCE, () -> isRowByReader(peer));
            }
        }

        private static Pdu[] echoes(int count) {
            Pdu[] requests = new Pdu[count];
            for (int i = 0; i < count; i++) {
                requests[i] = RawPeer.whole(i, ECHO, octets(i));
            }
            return requests;
        }

        private boolean isRowByReader(RawPeer peer) {
            try {
                Pdu[] requests = echoes(10);
                send(peer, requests);
                boolean isInOrder = true;
                for (int i = 0; i < requests.length; i++) {
                    isInOrder &= response(peer).stub().equals(octets(i));
                }
                Thread by = server.echoed.get();
                return isInOrder && by != null && !by.isVirtual();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** Its answer may be held for those behind it, but not for one that takes long. */
        @Test
        void aShortOneIsAnsweredWhileTheNextTakesLong() throws Exception {
            try (RawPeer peer = loggedIn(server, PduHeader.CONC_MPX)) {
                warm(peer);
                for (int i = 0; i < 5; i++) {
                    send(peer, RawPeer.whole(1, ECHO, octets(9)), RawPeer.whole(2, WAIT, number(i)));
                    assertThat(response(peer).stub()).isEqualTo(octets(9));
                    server.gate(i).entered();
                    server.gate(i).open();
                    assertThat(response(peer).stub()).isEqualTo(number(i));
                }
            }
        }

        @Test
        void whatIsBehindALongOneIsDoneMeanwhile() throws Exception {
            try (RawPeer peer = loggedIn(server, PduHeader.CONC_MPX)) {
                warm(peer);
                for (int i = 0; i < 5; i++) {
                    send(
                            peer,
                            RawPeer.whole(1, WAIT, number(i)),
                            RawPeer.whole(2, ECHO, octets(9)),
                            RawPeer.whole(3, WAIT, number(100 + i)),
                            RawPeer.whole(4, ECHO, octets(9)));
                    assertThat(response(peer).stub()).isEqualTo(octets(9));
                    assertThat(response(peer).stub()).isEqualTo(octets(9));
                    server.gate(i).open();
                    assertThat(response(peer).stub()).isEqualTo(number(i));
                    server.gate(100 + i).open();
                    assertThat(response(peer).stub()).isEqualTo(number(100 + i));
                }
            }
        }

        /** Who did not ask for calls side by side gets none. */
        @Test
        void withoutConcMpxNoneOvertakesAnother() throws Exception {
            try (RawPeer peer = loggedIn(server, 0)) {
                warm(peer);
                send(
                        peer,
                        RawPeer.whole(1, WAIT, number(1)),
                        RawPeer.whole(2, ECHO, octets(9)),
                        RawPeer.whole(3, ECHO, octets(8)));
                Await.until("all have come", PATIENCE, () -> server.server().runningCalls() == 3);
                server.gate(1).open();

                assertThat(response(peer).stub()).isEqualTo(number(1));
                assertThat(response(peer).stub()).isEqualTo(octets(9));
                assertThat(response(peer).stub()).isEqualTo(octets(8));
            }
        }

        /** The rest of it comes much later, or never. */
        @Test
        void anAnswerDoesNotWaitForARequestOfWhichHalfCame() throws Exception {
            try (RawPeer peer = loggedIn(server, PduHeader.CONC_MPX)) {
                warm(peer);
                Bytes third = PduCodec.encode(RawPeer.whole(3, ECHO, octets(8)));
                ByteWriter all = new ByteWriter();
                all.bytes(PduCodec.encode(RawPeer.whole(1, ECHO, octets(9))));
                all.bytes(PduCodec.encode(RawPeer.whole(2, WAIT, number(1))));
                all.bytes(Bytes.of(third.toArray(), 0, 20));
                peer.send(all.toBytes());
                assertThat(response(peer).stub()).isEqualTo(octets(9));

                peer.send(Bytes.of(third.toArray(), 20, third.size()));
                assertThat(response(peer).stub()).isEqualTo(octets(8));
                server.gate(1).open();
                assertThat(response(peer).stub()).isEqualTo(number(1));
            }
        }

        @Test
        void longAnswersAndShortOnesAreNotMixed() throws Exception {
            try (RawPeer peer = loggedIn(server, 0)) {
                warm(peer);
                send(
                        peer,
                        RawPeer.whole(1, ECHO, octets(9)),
                        RawPeer.whole(2, MAKE, number(200_000)),
                        RawPeer.whole(3, ECHO, octets(8)));
                assertThat(response(peer).stub()).isEqualTo(octets(9));
                ByteWriter whole = new ByteWriter();
                Pdu.Response fragment;
                do {
                    fragment = response(peer);
                    assertThat(fragment.header().callId()).isEqualTo(2);
                    whole.bytes(fragment.stub());
                } while (!fragment.header().isLast());
                assertThat(whole.toBytes()).isEqualTo(octets(200_000));
                assertThat(response(peer).stub()).isEqualTo(octets(8));
            }
        }
    }

    /** Callers on virtual threads, who send together. */
    @Nested
    class AtTheClient {
        private static <T> FutureTask<T> onVirtualThread(Callable<T> body) {
            FutureTask<T> task = new FutureTask<>(body);
            Thread.ofVirtual().start(task);
            return task;
        }

        private RpcClient loggedIn() throws Exception {
            return server.client(THREE_LEGS, AuthLevel.PKT_INTEGRITY);
        }

        @Test
        void eachGetsItsOwnAnswer() throws Exception {
            try (RpcClient client = loggedIn()) {
                List<FutureTask<Integer>> callers = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    int first = i;
                    callers.add(onVirtualThread(() -> {
                        int done = 0;
                        for (int size = first; size < 2_000; size += 16) {
                            assertThat(client.call(FORWARD, ECHO, null, octets(size), soon())
                                            .stub())
                                    .isEqualTo(octets(size));
                            done++;
                        }
                        return done;
                    }));
                }
                for (FutureTask<Integer> caller : callers) {
                    assertThat(caller.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .isEqualTo(125);
                }
            }
        }

        /** They leave their time to the connection's watch. */
        @Test
        void theDeadlineHolds() throws Exception {
            try (RpcClient client = loggedIn()) {
                var unused = client.start(FORWARD, WAIT, null, number(0), soon());
                List<FutureTask<RpcAnswer>> callers = new ArrayList<>();
                for (int millis : List.of(300, 40)) {
                    callers.add(onVirtualThread(() -> client.call(
                            FORWARD, WAIT, null, number(millis), Deadline.after(Duration.ofMillis(millis)))));
                }
                FutureTask<RpcAnswer> patient =
                        onVirtualThread(() -> client.call(FORWARD, WAIT, null, number(7), soon()));
                server.gate(7).entered();
                for (FutureTask<RpcAnswer> caller : callers) {
                    assertThatThrownBy(() -> caller.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(DeadlineException.class);
                }
                assertThat(patient.isDone()).isFalse();
                server.gate(7).open();
                assertThat(patient.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).stub())
                        .isEqualTo(number(7));
            }
        }

        /** Others call over the connection, too. */
        @Test
        void whoHasNoTimeLeftSendsNothingAndEndsNothing() throws Exception {
            try (RpcClient client = loggedIn()) {
                for (int i = 0; i < 200; i++) {
                    assertThatThrownBy(() -> client.call(FORWARD, WAIT, null, number(1), Deadline.after(Duration.ZERO)))
                            .isInstanceOfSatisfying(
                                    DeadlineException.class,
                                    e -> assertThat(e.isNotSent()).isTrue());
                }
                assertThat(server.gate(1).hasBeenEntered()).isFalse();
                assertThat(client.isOpen()).isTrue();
            }
        }

        @Test
        void anInterruptEndsTheWait() throws Exception {
            try (RpcClient client = loggedIn()) {
                FutureTask<RpcAnswer> task =
                        new FutureTask<>(() -> client.call(FORWARD, WAIT, null, number(1), soon()));
                Thread caller = Thread.ofVirtual().start(task);
                CallContext inside = server.gate(1).entered();
                caller.interrupt();

                assertThatThrownBy(() -> task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .hasMessageContaining("interrupted");
                Await.until("the server knows", PATIENCE, inside::isCancelled);
            }
        }

        @Test
        void theEndOfTheConnectionEndsTheWait() throws Exception {
            try (RpcClient client = loggedIn()) {
                FutureTask<RpcAnswer> call = onVirtualThread(() -> client.call(FORWARD, WAIT, null, number(1), soon()));
                server.gate(1).entered().connection().close();

                assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .hasCauseInstanceOf(LinkException.class);
            }
        }
    }
}
