package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.PduHeader.FIRST_FRAG;
import static org.tandemopc.dcom.rpc.PduHeader.LAST_FRAG;
import static org.tandemopc.dcom.rpc.TestServer.BACKWARD;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.MAKE;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.testkit.Await;

/** What a stranger may take of a server; each limit with somebody whom it does not touch. */
@Timeout(120)
class RpcLimitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int MIB = 1 << 20;

    private TestServer server = TestServer.open();

    RpcLimitsTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private static final ServerLimits USUAL = ServerLimits.defaults();
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final ServerLimits.Times PATIENT =
            new ServerLimits.Times(LONG, LONG, Duration.ofDays(1), LONG, LONG);

    private void serve(ServerLimits limits) throws IOException {
        server.close();
        server = TestServer.with(limits);
    }

    private void serve(ServerLimits.Times times) throws IOException {
        serve(USUAL.with(times));
    }

    private void serve(int stubMax, long bufferedMax) throws IOException {
        serve(USUAL.with(PATIENT).with(new ServerLimits.Sizes(5_840, stubMax, bufferedMax)));
    }

    private static void answers(RawPeer peer) throws IOException {
        peer.send(RawPeer.whole(3, ECHO, octets(5)));
        assertThat(peer.receive()).isInstanceOf(Pdu.Response.class);
    }

    private static int faultOf(Pdu pdu) {
        assertThat(pdu).isInstanceOf(Pdu.Fault.class);
        return ((Pdu.Fault) pdu).status();
    }

    private RawPeer bound() throws IOException {
        return RawPeer.bound(server.address(), FORWARD);
    }

    @Test
    void connectionsInAll() throws IOException {
        serve(USUAL.with(new ServerLimits.Connections(2, 256, 32, 3)));
        try (RawPeer first = bound();
                RawPeer third = beyondTheLimit(first)) {
            answers(first);
            assertThat(third.isClosedByTheOther()).isTrue();
        }
        server.awaitNoConnections();
        try (RawPeer again = bound()) {
            answers(again);
        }
    }

    /** A second one is within the limit. */
    private RawPeer beyondTheLimit(RawPeer first) throws IOException {
        try (RawPeer second = bound()) {
            answers(second);
            answers(first);
            RawPeer third = RawPeer.to(server.address());
            assertThat(third.isClosedByTheOther()).isTrue();
            return third;
        }
    }

    @Test
    void connectionsOfOneAddress() throws IOException {
        serve(USUAL.with(new ServerLimits.Connections(2_000, 1, 32, 3)));
        InetAddress other = InetAddress.getByName("127.0.0.2");
        try (RawPeer first = bound();
                RawPeer second = RawPeer.to(server.address());
                RawPeer fromElsewhere = RawPeer.to(server.address(), other)) {
            assertThat(second.isClosedByTheOther()).isTrue();
            answers(first);
            fromElsewhere.send(RawPeer.bind(0, FORWARD));
            assertThat(fromElsewhere.receive()).isInstanceOf(Pdu.BindAck.class);
        }
    }

    @Test
    void timeUntilALoginOrACall() throws Exception {
        serve(new ServerLimits.Times(SHORT, LONG, LONG, LONG, LONG));
        AuthTrailer hello = new AuthTrailer(ToySecurity.THREE_LEGS, 5, 0, 0, 1, ToySecurity.text("hello"));
        try (RawPeer called = bound();
                RpcClient loggedIn = server.client(ToySecurity.FOUR_LEGS, AuthLevel.PKT_INTEGRITY);
                RawPeer silent = RawPeer.to(server.address());
                RawPeer boundOnly = bound();
                RawPeer halfWay = RawPeer.to(server.address())) {
            answers(called);
            halfWay.send(new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), Tail.of(hello)));
            assertThat(halfWay.receive()).isInstanceOf(Pdu.BindAck.class);

            assertThat(silent.isClosedByTheOther()).isTrue();
            assertThat(boundOnly.isClosedByTheOther()).isTrue();
            assertThat(halfWay.isClosedByTheOther()).isTrue();
            answers(called);
            assertThat(loggedIn.call(FORWARD, ECHO, null, octets(3), soon()).stub())
                    .isEqualTo(octets(3));
        }
    }

    @Test
    void idleTimeOfStrangers() throws Exception {
        serve(new ServerLimits.Times(LONG, SHORT, LONG, LONG, LONG));
        try (RpcClient loggedIn = server.client(ToySecurity.FOUR_LEGS, AuthLevel.PKT_INTEGRITY);
                RawPeer stranger = bound();
                RawPeer busy = bound()) {
            busy.send(RawPeer.whole(3, WAIT, number(1)));
            server.gate(1).entered();
            answers(stranger);
            assertThat(stranger.isClosedByTheOther()).isTrue();

            // a call that runs is no idleness, and who has logged in may be silent for long
            server.gate(1).open();
            assertThat(busy.receive()).isInstanceOf(Pdu.Response.class);
            assertThat(loggedIn.call(FORWARD, ECHO, null, octets(3), soon()).stub())
                    .isEqualTo(octets(3));
        }
    }

    @Test
    void idleTimeAfterALogin() throws Exception {
        serve(new ServerLimits.Times(LONG, LONG, SHORT, LONG, LONG));
        try (RpcClient loggedIn = server.client(ToySecurity.FOUR_LEGS, AuthLevel.PKT_INTEGRITY);
                RawPeer stranger = bound()) {
            answers(stranger);
            Await.until("closed", PATIENCE, () -> !loggedIn.isOpen());
            answers(stranger);
        }
    }

    @Test
    void timeForTheRestOfAPduAndOfARequest() throws IOException {
        serve(new ServerLimits.Times(LONG, LONG, LONG, SHORT, LONG));
        try (RawPeer whole = bound();
                RawPeer halfPdu = bound();
                RawPeer halfHeader = bound();
                RawPeer halfRequest = bound()) {
            halfPdu.send(Bytes.ofHex("05000003100000002000000007000000" + "0000"));
            halfHeader.send(Bytes.ofHex("0500"));
            halfRequest.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(8)));

            assertThat(halfPdu.isClosedByTheOther()).isTrue();
            assertThat(halfHeader.isClosedByTheOther()).isTrue();
            assertThat(halfRequest.isClosedByTheOther()).isTrue();
            answers(whole);
        }
    }

    /** Octet by octet is no excuse: the time is for the whole PDU. */
    @Test
    void timeForAPduThatTricklesIn() throws IOException {
        serve(new ServerLimits.Times(LONG, LONG, LONG, SHORT, LONG));
        try (RawPeer trickling = bound()) {
            long start = System.nanoTime();
            byte[] request =
                    PduCodec.encode(RawPeer.whole(2, ECHO, octets(4_000))).toArray();
            int[] sent = {0};
            Await.until("closed", PATIENCE, () -> {
                try {
                    trickling.send(Bytes.of(request[sent[0]++]));
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
            assertThat(sent[0]).isLessThan(request.length);
        }
    }

    /** It asks for more than all buffers of a connection hold, and reads nothing. */
    @Test
    void timeForAClientToRead() throws Exception {
        serve(new ServerLimits.Times(LONG, LONG, LONG, LONG, SHORT));
        try (RawPeer deaf = bound();
                RpcClient other = server.client()) {
            deaf.send(RawPeer.whole(2, MAKE, number(64 * MIB)));
            Await.until("closed", PATIENCE, () -> server.server().connections() == 1);

            assertThat(other.call(FORWARD, MAKE, null, number(MIB), soon())
                            .stub()
                            .size())
                    .isEqualTo(MIB);
        }
    }

    @Test
    void messagesBeforeALogin() throws IOException {
        serve(USUAL.with(new ServerLimits.Connections(2_000, 256, 5, 3)));
        try (RawPeer caller = bound();
                RawPeer talker = bound()) {
            for (int i = 0; i < 20; i++) {
                answers(caller);
            }
            for (int i = 0; i < 4; i++) {
                talker.send(new Pdu.AlterContext(PduHeader.whole(0, 2), RawPeer.offer(1, BACKWARD), Tail.NONE));
                assertThat(talker.receive()).isInstanceOf(Pdu.AlterContextResp.class);
            }
            talker.send(new Pdu.AlterContext(PduHeader.whole(0, 2), RawPeer.offer(1, BACKWARD), Tail.NONE));
            assertThat(faultOf(talker.receive())).isEqualTo(RpcStatus.PROTOCOL_ERROR);
            assertThat(talker.isClosedByTheOther()).isTrue();
        }
    }

    /** Refused with the fragment that is too much, which is not kept; the rest is passed over, and the connection lives. */
    @Test
    void octetsOfOneRequest() throws IOException {
        serve(3_000, 64L * MIB);
        try (RawPeer peer = bound()) {
            peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(1_000)));
            peer.send(RawPeer.request(0, 2, ECHO, octets(1_000)));
            Await.until("kept", PATIENCE, () -> server.server().bufferedBytes() == 2_000);
            peer.send(RawPeer.request(0, 2, ECHO, octets(1_001)));
            assertThat(faultOf(peer.receive())).isEqualTo(RpcStatus.ACCESS_DENIED);
            assertThat(server.server().bufferedBytes()).isZero();
            peer.send(RawPeer.request(0, 2, ECHO, octets(1_000)));
            peer.send(RawPeer.request(LAST_FRAG, 2, ECHO, octets(1_000)));

            // the control: to the octet
            for (int i = 0; i < 3; i++) {
                int flag = i == 0 ? FIRST_FRAG : i == 2 ? LAST_FRAG : 0;
                peer.send(RawPeer.request(flag, 3, ECHO, octets(1_000)));
            }
            Pdu answer = peer.receive();
            assertThat(answer.header().callId()).isEqualTo(3);
            assertThat(answer).isInstanceOf(Pdu.Response.class);
        }
    }

    @Test
    void octetsOfAllRequestsTogether() throws IOException {
        serve(4 * MIB, 3_000);
        try (RawPeer holder = bound();
                RawPeer other = bound()) {
            holder.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(2_000)));
            Await.until("kept", PATIENCE, () -> server.server().bufferedBytes() == 2_000);
            other.send(RawPeer.whole(4, ECHO, octets(1_001)));
            assertThat(faultOf(other.receive())).isEqualTo(RpcStatus.SERVER_TOO_BUSY);
            other.send(RawPeer.whole(5, ECHO, octets(1_000)));
            assertThat(other.receive()).isInstanceOf(Pdu.Response.class);
        }
    }

    /** Whoever they are, and however slowly they send: what they hold is not all that there is. */
    @Test
    void strangersLeaveRoomForThoseWhoHaveLoggedIn() throws Exception {
        server.close();
        ServerLimits limits = USUAL.with(PATIENT).with(new ServerLimits.Sizes(5_840, 4 * MIB, 30_000));
        server = new TestServer(limits, TestServer.policy(AuthLevel.PKT_INTEGRITY), PduTap.NONE);
        AuthTrailer auth = new AuthTrailer(ToySecurity.THREE_LEGS, 5, 0, 0, 1, octets(20_000));
        try (RpcClient loggedIn = server.client(ToySecurity.THREE_LEGS, AuthLevel.PKT_INTEGRITY);
                RawPeer slow = bound();
                RawPeer slower = bound();
                RawPeer logsInForLong = RawPeer.to(server.address())) {
            for (int flags : List.of(FIRST_FRAG, 0, 0)) {
                slow.send(RawPeer.request(flags, 2, ECHO, octets(4_000)));
            }
            slower.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(3_000)));
            Await.until("kept", PATIENCE, () -> server.server().bufferedBytes() == 15_000);
            slower.send(RawPeer.request(0, 2, ECHO, octets(1)));
            assertThat(faultOf(slower.receive())).isEqualTo(RpcStatus.SERVER_TOO_BUSY);
            logsInForLong.send(new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), Tail.of(auth)));
            assertThat(logsInForLong.isClosedByTheOther()).isTrue();

            Bytes large = octets(15_000);
            assertThat(loggedIn.call(FORWARD, ECHO, null, large, soon()).stub()).isEqualTo(large);
        }
    }

    /** The tokens of logins may be long; they too are taken from what all may hold together. */
    @Test
    void octetsOfLongTokens() throws IOException {
        Bytes token = octets(20_000);
        AuthTrailer auth = new AuthTrailer(ToySecurity.THREE_LEGS, 5, 0, 0, 1, token);
        Pdu.Bind bind = new Pdu.Bind(PduHeader.whole(0, 1), RawPeer.offer(0, FORWARD), Tail.of(auth));
        serve(4 * MIB, 25_000);
        try (RawPeer within = RawPeer.to(server.address())) {
            within.send(bind);
            assertThat(within.receive()).isInstanceOf(Pdu.BindNak.class);
        }
        serve(4 * MIB, 15_000);
        try (RawPeer beyond = RawPeer.to(server.address())) {
            beyond.send(bind);
            assertThat(beyond.isClosedByTheOther()).isTrue();
        }
    }

    /** As when there is no memory for a moment. */
    @Test
    void anErrorWhileOneIsAcceptedOrReadIsNotThatOfTheOthers() throws IOException {
        server.close();
        AtomicBoolean isAccepted = new AtomicBoolean();
        AtomicBoolean isRead = new AtomicBoolean();
        ServerPolicy usual = TestServer.policy(AuthLevel.NONE);
        ServerPolicy policy = new ServerPolicy() {
            @Override
            public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
                return usual.acceptor(authType, level, client);
            }

            @Override
            public PeerPolicy peer(InetSocketAddress client) {
                if (!isAccepted.getAndSet(true)) {
                    throw new OutOfMemoryError("on purpose");
                }
                return usual.peer(client);
            }
        };
        server = new TestServer(USUAL, policy, (connection, direction, wire, plain) -> {
            if (!isRead.getAndSet(true)) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        try (RawPeer notAccepted = RawPeer.to(server.address());
                RawPeer notRead = RawPeer.to(server.address())) {
            assertThat(notAccepted.isClosedByTheOther()).isTrue();
            notRead.send(RawPeer.bind(0, FORWARD));
            assertThat(notRead.isClosedByTheOther()).isTrue();
            Await.until("gone", PATIENCE, () -> server.server().connections() == 0);
            try (RawPeer next = bound()) {
                answers(next);
            }
        }
    }

    /** What is signed counts, though it is not sent: no answer after it would be taken. */
    @Test
    void anErrorWhileAnAnswerIsWrittenEndsTheConnection() throws Exception {
        server.close();
        AtomicBoolean fails = new AtomicBoolean();
        server = new TestServer(USUAL, TestServer.policy(AuthLevel.NONE), (connection, direction, wire, plain) -> {
            if (direction == PduTap.Direction.SENT && fails.getAndSet(false)) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        try (RpcClient client = server.client(ToySecurity.THREE_LEGS, AuthLevel.PKT_INTEGRITY)) {
            assertThat(client.call(FORWARD, MAKE, null, number(20_000), soon()).stub())
                    .isEqualTo(octets(20_000));
            fails.set(true);
            assertThatThrownBy(() -> client.call(FORWARD, MAKE, null, number(20_000), soon()))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("ended");
        }
        try (RpcClient next = server.client(ToySecurity.THREE_LEGS, AuthLevel.PKT_INTEGRITY)) {
            assertThat(next.call(FORWARD, MAKE, null, number(20_000), soon()).stub())
                    .isEqualTo(octets(20_000));
        }
    }

    @Test
    void presentationContexts() throws IOException {
        serve(USUAL.with(new ServerLimits.PerConnection(64, 2, 64)));
        try (RawPeer peer = bound()) {
            for (int id = 1; id <= 2; id++) {
                peer.send(new Pdu.AlterContext(PduHeader.whole(0, 2), RawPeer.offer(id, BACKWARD), Tail.NONE));
                ContextResult expected =
                        id == 1 ? ContextResult.accepted() : ContextResult.rejected(ContextResult.LOCAL_LIMIT_EXCEEDED);
                assertThat(((Pdu.AlterContextResp) peer.receive()).answer().results())
                        .isEqualTo(List.of(expected));
            }
            answers(peer);
        }
    }

    @Test
    void portsOfARange() throws IOException {
        int port = org.tandemopc.testkit.process.PortPicker.pick();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        PortRange range = new PortRange(port, port + 1);
        assertThat(server.server().listen(loopback, range).getPort()).isEqualTo(port);
        try (RawPeer peer = RawPeer.bound(new java.net.InetSocketAddress(loopback, port), FORWARD)) {
            answers(peer);
        }
        // the first is taken: the next, if it is free, or none
        try {
            assertThat(server.server().listen(loopback, range).getPort()).isEqualTo(port + 1);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(Integer.toString(port + 1));
        }
    }
}
