package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.dcom.rpc.PduHeader.FIRST_FRAG;
import static org.tandemopc.dcom.rpc.PduHeader.LAST_FRAG;
import static org.tandemopc.dcom.rpc.TestServer.ABSENT;
import static org.tandemopc.dcom.rpc.TestServer.BACKWARD;
import static org.tandemopc.dcom.rpc.TestServer.ECHO;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.GIVE;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.TELL;
import static org.tandemopc.dcom.rpc.TestServer.WAIT;
import static org.tandemopc.dcom.rpc.TestServer.number;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.reversed;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.testkit.Await;

/** Our server and clients that are not as they should be, PDU by PDU. */
@Timeout(120)
class RpcServerProtocolTest {
    private static final SyntaxId NDR64 = SyntaxId.of("71710533-beba-4937-8319-b5dbef9ccc36", 1, 0);

    private final TestServer server = TestServer.open();

    RpcServerProtocolTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    private static Pdu.Response response(RawPeer peer) throws IOException {
        Pdu pdu = peer.receive();
        assertThat(pdu).isInstanceOf(Pdu.Response.class);
        return (Pdu.Response) pdu;
    }

    private static void faulted(RawPeer peer, long callId, int status) throws IOException {
        Pdu pdu = peer.receive();
        assertThat(pdu).isInstanceOfSatisfying(Pdu.Fault.class, fault -> {
            assertThat(fault.header().callId()).isEqualTo(callId);
            assertThat(fault.status()).isEqualTo(status);
            assertThat(fault.header().has(PduHeader.DID_NOT_EXECUTE)).isTrue();
        });
    }

    /** The fault arrives, although the connection ends with it. */
    private static void brokeTheProtocol(RawPeer peer, long callId) throws IOException {
        faulted(peer, callId, RpcStatus.PROTOCOL_ERROR);
        assertThat(peer.isClosedByTheOther()).isTrue();
    }

    private RawPeer bound() throws IOException {
        return RawPeer.bound(server.address(), FORWARD);
    }

    private static void answers(RawPeer peer, long callId) throws IOException {
        peer.send(RawPeer.whole(callId, ECHO, octets(5)));
        Pdu.Response response = response(peer);
        assertThat(response.header().callId()).isEqualTo(callId);
        assertThat(response.stub()).isEqualTo(octets(5));
    }

    @Nested
    class Binding {
        private BindAnswer answer(Pdu.Bind bind) throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(bind);
                Pdu pdu = peer.receive();
                assertThat(pdu).isInstanceOf(Pdu.BindAck.class);
                return ((Pdu.BindAck) pdu).answer();
            }
        }

        private static Pdu.Bind offering(ContextElement... elements) {
            return new Pdu.Bind(PduHeader.whole(0, 1), BindOffer.of(4280, 5000, 0, List.of(elements)), Tail.NONE);
        }

        private static ContextElement element(int id, SyntaxId syntax, SyntaxId... transfers) {
            return new ContextElement(id, 0, syntax, List.of(transfers));
        }

        /** What a 64-bit Windows client offers: NDR 2.0 is taken, NDR64 is not, features are granted. */
        @Test
        void takesNdrAloneOfWhatWindowsOffers() throws IOException {
            BindAnswer answer = answer(offering(
                    element(0, FORWARD, SyntaxId.NDR),
                    element(1, FORWARD, NDR64),
                    element(2, FORWARD, BindTimeFeatures.offer(0xFF))));

            assertThat(answer.results())
                    .containsExactly(
                            ContextResult.accepted(),
                            ContextResult.rejected(ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED),
                            ContextResult.negotiated(BindTimeFeatures.ALL));
        }

        /** One context that is refused never fails the bind. */
        @Test
        void refusesWhatIsNotOfferedAndTakesTheRest() throws IOException {
            BindAnswer answer =
                    answer(offering(element(0, ABSENT, SyntaxId.NDR), element(7, BACKWARD, NDR64, SyntaxId.NDR)));

            assertThat(answer.results())
                    .containsExactly(
                            ContextResult.rejected(ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED),
                            ContextResult.accepted());
        }

        @Test
        void agreesOnTheShorterFragmentsAndTellsItsPort() throws IOException {
            BindAnswer answer = answer(offering(element(0, FORWARD, SyntaxId.NDR)));

            assertThat(answer.maxXmitFrag()).isEqualTo(5000);
            assertThat(answer.maxRecvFrag()).isEqualTo(4280);
            assertThat(answer.assocGroupId()).isNotZero();
            assertThat(ToySecurity.text(answer.secondaryAddress()))
                    .isEqualTo(server.address().getPort() + "\0");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, PduHeader.CONC_MPX, PduHeader.SUPPORT_HEADER_SIGN, 0x14})
        void grantsTheFlagsThatWereAskedFor(int flags) throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(RawPeer.bind(flags, FORWARD));

                assertThat(peer.receive().header().flags()).isEqualTo(FIRST_FRAG | LAST_FRAG | flags);
            }
        }

        private void isRefused(Pdu.Bind bind, int reason) throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(bind);

                assertThat(peer.receive())
                        .isInstanceOfSatisfying(
                                Pdu.BindNak.class,
                                nak -> assertThat(nak.reason()).isEqualTo(reason));
                assertThat(peer.isClosedByTheOther()).isTrue();
            }
        }

        @Test
        void withoutContextsIsRefused() throws IOException {
            isRefused(offering(), Pdu.BindNak.NOT_SPECIFIED);
        }

        @Test
        void withFragmentsTooSmallIsRefused() throws IOException {
            BindOffer offer = BindOffer.of(1431, 5840, 0, List.of(element(0, FORWARD, SyntaxId.NDR)));
            isRefused(new Pdu.Bind(PduHeader.whole(0, 1), offer, Tail.NONE), Pdu.BindNak.LOCAL_LIMIT_EXCEEDED);
        }

        @Test
        void toAGroupThatThereIsNotIsRefused() throws IOException {
            BindOffer offer = BindOffer.of(4280, 4280, 77, List.of(element(0, FORWARD, SyntaxId.NDR)));
            isRefused(new Pdu.Bind(PduHeader.whole(0, 1), offer, Tail.NONE), Pdu.BindNak.NOT_SPECIFIED);
        }

        @Test
        void inAnotherVersionOfTheProtocolIsRefusedWithTheOneThatIsSpoken() throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                byte[] octets = PduCodec.encode(RawPeer.bind(0, FORWARD)).toArray();
                octets[0] = 4;
                peer.send(Bytes.of(octets));

                assertThat(peer.receive()).isEqualTo(Pdu.BindNak.of(1, Pdu.BindNak.PROTOCOL_VERSION_NOT_SUPPORTED));
            }
        }

        @Test
        void twiceBreaksTheProtocol() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.bind(0, FORWARD));
                brokeTheProtocol(peer, 1);
            }
        }

        @Test
        void addsContextsLater() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(new Pdu.AlterContext(PduHeader.whole(0, 9), RawPeer.offer(3, BACKWARD), Tail.NONE));
                Pdu pdu = peer.receive();
                assertThat(pdu).isInstanceOf(Pdu.AlterContextResp.class);
                BindAnswer answer = ((Pdu.AlterContextResp) pdu).answer();
                assertThat(answer.results()).containsExactly(ContextResult.accepted());
                assertThat(answer.secondaryAddress()).isEqualTo(Bytes.EMPTY);

                PduHeader header = PduHeader.whole(0, 10);
                peer.send(new Pdu.Request(header, 0, 3, ECHO, null, octets(6), Tail.NONE));
                assertThat(response(peer).stub()).isEqualTo(reversed(octets(6)));
                answers(peer, 11);
            }
        }

        /** What the calls of a client mean under a number must not change under them; the same again is no change. */
        @Test
        void endsWhenANumberIsToMeanAnother() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(new Pdu.AlterContext(PduHeader.whole(0, 3), RawPeer.offer(0, FORWARD), Tail.NONE));
                assertThat(((Pdu.AlterContextResp) peer.receive()).answer().results())
                        .containsExactly(ContextResult.accepted());
                answers(peer, 4);
                peer.send(new Pdu.AlterContext(PduHeader.whole(0, 5), RawPeer.offer(0, BACKWARD), Tail.NONE));
                brokeTheProtocol(peer, 5);
            }
        }
    }

    /** Numbers as peers really use them: node-dcom sends 0 for all, j-Interop repeats and goes back. */
    @Nested
    class CallIds {
        @Test
        void needNotGrowNorDiffer() throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(new Pdu.Bind(PduHeader.whole(0, 0), RawPeer.offer(0, FORWARD), Tail.NONE));
                assertThat(peer.receive().header().callId()).isZero();
                for (long callId : new long[] {0, 0, 700, 3, 3, 0, 0xFFFF_FFFFL, 1}) {
                    answers(peer, callId);
                }
            }
        }

        /** Two calls with one number at once: both are done, both are answered, and a cancel is for both. */
        @Test
        void mayBeTheSameForSeveralCallsAtOnce() throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(RawPeer.bind(PduHeader.CONC_MPX, FORWARD));
                peer.receive();
                peer.send(RawPeer.whole(5, WAIT, number(1)));
                peer.send(RawPeer.whole(5, WAIT, number(2)));
                CallContext one = server.gate(1).entered();
                CallContext two = server.gate(2).entered();
                peer.send(new Pdu.CoCancel(PduHeader.whole(0, 5), Tail.NONE));
                Await.until("both know", PATIENCE, () -> one.isCancelled() && two.isCancelled());
                server.gate(2).open();
                assertThat(response(peer).stub()).isEqualTo(number(2));
                server.gate(1).open();
                assertThat(response(peer).stub()).isEqualTo(number(1));
            }
        }
    }

    @Nested
    class BigEndian {
        private static PduHeader header(int flags, long callId) {
            return new PduHeader(1, FIRST_FRAG | LAST_FRAG | flags, DataRep.BIG_ENDIAN, callId);
        }

        @Test
        void clientsAreReadAndAnsweredInLittleEndian() throws IOException {
            Guid object = Guid.random();
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(new Pdu.Bind(header(0, 1), RawPeer.offer(0, FORWARD), Tail.NONE));
                Pdu ack = peer.receive();
                assertThat(((Pdu.BindAck) ack).answer().results()).containsExactly(ContextResult.accepted());
                assertThat(ack.header().dataRep()).isEqualTo(DataRep.LITTLE_ENDIAN);

                PduHeader header = header(PduHeader.OBJECT_UUID, 2);
                peer.send(new Pdu.Request(header, 0, 0, TELL, object, Bytes.EMPTY, Tail.NONE));
                assertThat(ToySecurity.text(response(peer).stub())).isEqualTo(" NONE BIG_ENDIAN " + object);
            }
        }

        /** Characters and numbers that nobody writes any more would be read wrongly. */
        @Test
        void butNotInEbcdicNorWithVaxNumbers() throws IOException {
            try (RawPeer peer = bound()) {
                for (DataRep odd : List.of(new DataRep(0x11, 0, 0), new DataRep(0x10, 1, 0))) {
                    PduHeader header = new PduHeader(0, FIRST_FRAG | LAST_FRAG, odd, 8);
                    peer.send(new Pdu.Request(header, 0, 0, ECHO, null, octets(3), Tail.NONE));
                    faulted(peer, 8, RpcStatus.BAD_STUB_DATA);
                }
                answers(peer, 9);
            }
        }
    }

    @Nested
    class RequestFragments {
        @Test
        void comeTogether() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(8)));
                peer.send(RawPeer.request(0, 2, ECHO, Bytes.EMPTY));
                peer.send(RawPeer.request(0, 2, ECHO, octets(16)));
                peer.send(RawPeer.request(LAST_FRAG, 2, ECHO, octets(3)));

                Bytes whole = new ByteWriter()
                        .bytes(octets(8))
                        .bytes(octets(16))
                        .bytes(octets(3))
                        .toBytes();
                assertThat(response(peer).stub()).isEqualTo(whole);
            }
        }

        @Test
        void ofAnotherRequestInBetweenBreakTheProtocol() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(8)));
                peer.send(RawPeer.request(FIRST_FRAG, 3, ECHO, octets(8)));
                brokeTheProtocol(peer, 3);
            }
        }

        @Test
        void withoutBeginningBreakTheProtocol() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.request(LAST_FRAG, 4, ECHO, octets(8)));
                brokeTheProtocol(peer, 4);
            }
        }

        @Test
        void ofAnotherCallOperationOrContextBreakTheProtocol() throws IOException {
            PduHeader next = PduHeader.of(LAST_FRAG, 2);
            for (Pdu odd : List.of(
                    RawPeer.request(LAST_FRAG, 3, ECHO, octets(8)),
                    RawPeer.request(LAST_FRAG, 2, TELL, octets(8)),
                    new Pdu.Request(next, 8, 1, ECHO, null, octets(8), Tail.NONE),
                    new Pdu.Request(
                            PduHeader.of(LAST_FRAG | PduHeader.OBJECT_UUID, 2),
                            8,
                            0,
                            ECHO,
                            Guid.random(),
                            octets(8),
                            Tail.NONE),
                    new Pdu.Request(
                            new PduHeader(0, LAST_FRAG, DataRep.BIG_ENDIAN, 2),
                            8,
                            0,
                            ECHO,
                            null,
                            octets(8),
                            Tail.NONE))) {
                try (RawPeer peer = bound()) {
                    peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(8)));
                    peer.send(odd);
                    brokeTheProtocol(peer, odd.header().callId());
                }
            }
        }

        @Test
        void withAnAlterContextOrAuth3InBetweenBreakTheProtocol() throws IOException {
            AuthTrailer auth = new AuthTrailer(10, 5, 0, 0, 1, octets(4));
            for (Pdu odd : List.of(
                    new Pdu.AlterContext(PduHeader.whole(0, 3), RawPeer.offer(1, BACKWARD), Tail.NONE),
                    Pdu.Auth3.of(PduHeader.whole(0, 3), auth))) {
                try (RawPeer peer = bound()) {
                    peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(8)));
                    peer.send(odd);
                    brokeTheProtocol(peer, 3);
                }
            }
        }

        /** Orphaned in the middle: forgotten, and the connection goes on. */
        @Test
        void ofARequestThatIsGivenUpAreForgotten() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.request(FIRST_FRAG, 2, ECHO, octets(800)));
                Await.until("kept", PATIENCE, () -> server.server().bufferedBytes() == 800);
                peer.send(new Pdu.Orphaned(PduHeader.whole(0, 2), Tail.NONE));
                Await.until("forgotten", PATIENCE, () -> server.server().bufferedBytes() == 0);

                answers(peer, 3);
            }
        }

        /** alloc_hint is a hint: four gigabytes are announced, and nothing is taken for them. */
        @Test
        void areNotBelievedWhatTheyAnnounce() throws IOException {
            try (RawPeer peer = bound()) {
                PduHeader header = PduHeader.whole(0, 2);
                peer.send(new Pdu.Request(header, 0xFFFF_FFFFL, 0, ECHO, null, octets(3), Tail.NONE));

                assertThat(response(peer).stub()).isEqualTo(octets(3));
            }
        }
    }

    @Nested
    class Requests {
        /** j-Interop and node-dcom append 16 octets to each call. */
        @Test
        void mayEndWithStrayOctets() throws IOException {
            try (RawPeer peer = bound()) {
                server.gate(1).open();
                Bytes stub = new ByteWriter().bytes(number(1)).zeros(16).toBytes();
                peer.send(RawPeer.whole(2, WAIT, stub));

                assertThat(response(peer).stub()).isEqualTo(stub);
            }
        }

        /** A verifier that verifies nothing, on a connection where nobody has logged in, names a login that there is not. */
        @Test
        void underALoginThatThereIsNotAreDenied() throws IOException {
            try (RawPeer peer = bound()) {
                AuthTrailer auth = new AuthTrailer(10, 2, 0, 0, 5, octets(16));
                PduHeader header = PduHeader.whole(0, 2);
                peer.send(new Pdu.Request(header, 0, 0, ECHO, null, octets(4), Tail.of(auth)));
                faulted(peer, 2, RpcStatus.ACCESS_DENIED);

                answers(peer, 3);
            }
        }

        @Test
        void inAContextThatThereIsNotAreOfAnUnknownInterface() throws IOException {
            try (RawPeer peer = bound()) {
                PduHeader header = PduHeader.whole(0, 2);
                peer.send(new Pdu.Request(header, 0, 6, ECHO, null, octets(4), Tail.NONE));
                faulted(peer, 2, RpcStatus.UNKNOWN_INTERFACE);

                answers(peer, 3);
            }
        }

        @Test
        void thatMayBeDoneAreDoneAndNotAnswered() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.request(FIRST_FRAG | LAST_FRAG | PduHeader.MAYBE, 2, WAIT, number(1)));
                server.gate(1).entered();
                server.gate(1).open();

                // the answer to this one is the first that comes
                answers(peer, 3);
            }
        }

        /** What an answer hands out has a way back for each way in which it does not leave; an undo that breaks costs itself. */
        @Test
        void thatAreNotAnsweredAreUndone() throws IOException {
            try (RawPeer peer = bound()) {
                server.gate(1).open();
                peer.send(RawPeer.whole(2, GIVE, number(1)));
                assertThat(response(peer).header().callId()).isEqualTo(2);
                assertThat(server.undone).as("answered").hasValue(0);

                peer.send(RawPeer.request(FIRST_FRAG | LAST_FRAG | PduHeader.MAYBE, 3, GIVE, number(1)));
                answers(peer, 4);
                assertThat(server.undone).as("no answer wanted").hasValue(2);

                peer.send(RawPeer.whole(5, GIVE, new ByteWriter().i32(-1).toBytes()));
                assertThat(peer.receive()).isInstanceOf(Pdu.Fault.class);
                answers(peer, 6);
                assertThat(server.undone).as("a fault in its place").hasValue(4);

                peer.send(RawPeer.whole(7, GIVE, number(2)));
                CallContext given = server.gate(2).entered();
                peer.send(new Pdu.Orphaned(PduHeader.whole(0, 7), Tail.NONE));
                Await.until("given up", PATIENCE, given::isCancelled);
                server.gate(2).open();
                answers(peer, 8);
                assertThat(server.undone).as("given up").hasValue(6);

                peer.send(RawPeer.whole(9, GIVE, number(3)));
                server.gate(3).entered();
            }
            Await.until("gone", PATIENCE, () -> server.server().connections() == 0);
            server.gate(3).open();
            Await.until("undone", PATIENCE, () -> server.undone.get() == 8);
        }

        @Test
        void orphanedWhileTheyWaitForTheirTurnAreNotDone() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(RawPeer.whole(2, WAIT, number(1)));
                server.gate(1).entered();
                peer.send(RawPeer.whole(3, WAIT, number(2)));
                peer.send(new Pdu.Orphaned(PduHeader.whole(0, 3), Tail.NONE));
                peer.send(RawPeer.whole(4, ECHO, octets(4)));
                Await.until("all are there", PATIENCE, () -> server.server().runningCalls() == 3);
                server.gate(1).open();

                assertThat(response(peer).header().callId()).isEqualTo(2);
                assertThat(response(peer).header().callId()).isEqualTo(4);
                assertThat(server.gate(2).hasBeenEntered()).isFalse();
            }
        }
    }

    @Nested
    class OutOfPlace {
        @Test
        void aRequestBeforeTheBindBreaksTheProtocol() throws IOException {
            try (RawPeer peer = RawPeer.to(server.address())) {
                peer.send(RawPeer.whole(2, ECHO, octets(4)));
                brokeTheProtocol(peer, 2);
            }
        }

        @Test
        void whatOnlyServersSayBreaksTheProtocol() throws IOException {
            PduHeader header = PduHeader.whole(0, 6);
            BindAnswer answer = BindAnswer.of(4280, 4280, 1, "", List.of());
            for (Pdu odd : List.of(
                    new Pdu.BindAck(header, answer, Tail.NONE),
                    Pdu.BindNak.of(6, 0),
                    new Pdu.AlterContextResp(header, answer, Tail.NONE),
                    new Pdu.Response(header, 0, 0, 0, 0, octets(1), Tail.NONE),
                    Pdu.Fault.of(0, 6, 0, 5),
                    new Pdu.Shutdown(header, Tail.NONE),
                    new Pdu.Unknown(header, 99, octets(2), Tail.NONE))) {
                try (RawPeer peer = bound()) {
                    peer.send(odd);
                    brokeTheProtocol(peer, 6);
                }
            }
        }

        private void breaks(Bytes octets, long callId) throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(octets);
                brokeTheProtocol(peer, callId);
            }
        }

        @Test
        void lengthsThatCannotBeBreakTheProtocol() throws IOException {
            // frag_length 15, less than its header
            breaks(Bytes.ofHex("05000003100000000f00000007000000"), 7);
            // a request of 5841 octets, one more than was agreed
            breaks(Bytes.ofHex("0500000310000000d116000007000000"), 7);
            // a token longer than its PDU
            breaks(Bytes.ofHex("05000003100000002000ffff07000000" + "00".repeat(16)), 7);
            // padding longer than its stub
            breaks(
                    Bytes.ofHex("050000031000000029000100" + "07000000" + "0000000000000000" + "0102030405060708"
                            + "0a05090009000000" + "00"),
                    7);
            // an object, and no room for it
            breaks(Bytes.ofHex("0500008310000000" + "18000000" + "07000000" + "0000000000000000"), 7);
            // neither byte order
            breaks(Bytes.ofHex("0500000320000000" + "18000000" + "07000000" + "0000000000000000"), 7);
        }

        @Test
        void theEndInTheMiddleOfAPduIsAnEnd() throws IOException {
            try (RawPeer peer = bound()) {
                peer.send(Bytes.ofHex("05000003100000002000"));
                peer.ends();
                assertThat(peer.isClosedByTheOther()).isTrue();
            }
        }
    }

    /** Two halves of a header, one octet at a time, and two PDUs in one piece: a stream has no borders. */
    @Test
    void piecesOfAStreamMakeNoDifference() throws IOException {
        try (RawPeer peer = bound()) {
            byte[] request = PduCodec.encode(RawPeer.whole(2, ECHO, octets(5))).toArray();
            for (byte octet : request) {
                peer.send(Bytes.of(octet));
            }
            assertThat(response(peer).stub()).isEqualTo(octets(5));
            Bytes one = PduCodec.encode(RawPeer.whole(3, ECHO, octets(2_000)));
            Bytes two = PduCodec.encode(RawPeer.whole(4, ECHO, octets(3_000)));
            peer.send(new ByteWriter().bytes(one).bytes(two).bytes(one).toBytes());
            assertThat(response(peer).stub().size()).isEqualTo(2_000);
            assertThat(response(peer).stub().size()).isEqualTo(3_000);
            assertThat(response(peer).stub().size()).isEqualTo(2_000);
        }
    }

    @Test
    void whatItDidIsCounted() throws IOException {
        try (RawPeer peer = bound()) {
            answers(peer, 2);
            answers(peer, 3);

            assertThat(server.server().statistics()).isEqualTo(new ServerStatistics(2, 3, 3));
        }
    }
}
