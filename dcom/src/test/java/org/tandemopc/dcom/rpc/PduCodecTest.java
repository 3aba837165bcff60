package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.VectorFile;

class PduCodecTest {
    private static final Guid OBJECT = Guid.of("f8616c12-5248-4d74-a64d-b46994e6afc6");
    private static final SyntaxId LSARPC = SyntaxId.of("12345778-1234-abcd-ef00-0123456789ab", 0, 0);

    /** Wherever the loader looks, it must find them: a table of tests that is empty proves nothing. */
    @Test
    void theRecordedPdusAreAllThere() {
        assertThat(VectorFile.pdus("")).hasSize(304);
    }

    @Nested
    class Recorded {
        /** Beyond them there are stubs and tokens, which mean nothing here. */
        private static final int HEAD_BYTES = 128;

        static List<VectorFile> all() {
            return VectorFile.pdus("");
        }

        @ParameterizedTest
        @MethodSource("all")
        void becomesAPduOfTheKindItsFileTellsAndTheSameOctetsAgain(VectorFile recorded) {
            Pdu pdu = recorded.decoded();

            assertThat(PduCodec.encode(pdu)).isEqualTo(recorded.octets());
            assertThat(kindOf(recorded)).isEqualTo(pdu.getClass().getSimpleName());
        }

        private static String kindOf(VectorFile recorded) {
            return switch (recorded.header("what").split(" ", 2)[0]) {
                case "bind" -> "Bind";
                case "bind_ack" -> "BindAck";
                case "alter_context" -> "AlterContext";
                case "alter_context_resp" -> "AlterContextResp";
                case "auth3" -> "Auth3";
                case "request" -> "Request";
                case "response" -> "Response";
                default -> "of no kind: " + recorded.header("what");
            };
        }

        @ParameterizedTest
        @MethodSource("all")
        void isMalformedWhenItIsCutAnywhere(VectorFile recorded) {
            byte[] octets = recorded.octets().toArray();
            for (int end = 0; end < octets.length; end++) {
                if (reads(Bytes.of(octets, 0, end))) {
                    throw new AssertionError("%d of %d octets were taken".formatted(end, octets.length));
                }
            }
        }

        /** Whatever one octet becomes, the PDU is malformed, or is read as it is: nothing else, and nothing is lost. */
        @ParameterizedTest
        @MethodSource("all")
        void withOneOctetChangedIsMalformedOrStaysWhatItIs(VectorFile recorded) {
            byte[] octets = recorded.octets().toArray();
            Random random = new Random(7);
            int read = 0;
            for (int at = 0; at < octets.length; at++) {
                byte before = octets[at];
                boolean inTheMiddle = at >= HEAD_BYTES && at < octets.length - HEAD_BYTES;
                int[] changes = inTheMiddle ? new int[] {0xFF} : new int[] {1, 0x80, 0xFF, 1 + random.nextInt(255)};
                for (int change : changes) {
                    octets[at] = (byte) (before ^ change);
                    read += reads(Bytes.of(octets, 0, octets.length)) ? 1 : 0;
                }
                octets[at] = before;
            }
            assertThat(read).isPositive();
        }

        /** Without a matcher: this is called some hundred thousand times. */
        private static boolean reads(Bytes octets) {
            Pdu pdu;
            try {
                pdu = PduCodec.decode(octets);
            } catch (MalformedException e) {
                return false;
            }
            if (!PduCodec.encode(pdu).equals(octets)) {
                throw new AssertionError("%s became %s".formatted(octets, pdu));
            }
            return true;
        }
    }

    @Nested
    class Fields {
        /** samba/bind-be-ntlm-seal-01: big endian, with a feature context and the first token of a login. */
        @Test
        void ofABigEndianBind() {
            Pdu pdu = VectorFile.named("samba/bind-be-ntlm-seal-01-bind-lsarpc").decoded();

            BindOffer offer = ((Pdu.Bind) pdu).offer();
            assertThat(pdu.header()).isEqualTo(new PduHeader(0, 0x07, DataRep.BIG_ENDIAN, 1));
            assertThat(pdu.header().dataRep().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(offer.maxXmitFrag()).isEqualTo(5840);
            assertThat(offer.contexts())
                    .containsExactly(
                            new ContextElement(0, 0, LSARPC, List.of(SyntaxId.NDR)),
                            new ContextElement(1, 0, LSARPC, List.of(BindTimeFeatures.offer(3))));
            assertThat(pdu.tail().auth()).isNotNull().satisfies(auth -> {
                assertThat(auth.type()).isEqualTo(10);
                assertThat(auth.level()).isEqualTo(6);
                assertThat(auth.contextId()).isEqualTo(1);
                assertThat(auth.token().size()).isEqualTo(40);
            });
        }

        /** The same two contexts, from the little-endian twin of that file. */
        @Test
        void ofALittleEndianBindAreTheSame() {
            Pdu little = VectorFile.named("samba/bind-ntlm-seal-01-bind-lsarpc").decoded();
            Pdu big = VectorFile.named("samba/bind-be-ntlm-seal-01-bind-lsarpc").decoded();

            assertThat(((Pdu.Bind) little).offer()).isEqualTo(((Pdu.Bind) big).offer());
            assertThat(BindTimeFeatures.of(BindTimeFeatures.offer(3))).isEqualTo(BindTimeFeatures.ALL);
        }

        /** utgard/callback-oxid-noauth-bind-ack: no address, so two octets of padding. */
        @Test
        void ofABindAckWithoutAddress() {
            Pdu pdu = VectorFile.named("utgard/callback-oxid-noauth-bind-ack").decoded();

            BindAnswer answer = ((Pdu.BindAck) pdu).answer();
            assertThat(answer.maxRecvFrag()).isEqualTo(7160);
            assertThat(answer.assocGroupId()).isEqualTo(0x43F0_47B9L);
            assertThat(answer.secondaryAddress()).isEqualTo(Bytes.EMPTY);
            assertThat(answer.padding().size()).isEqualTo(2);
            assertThat(answer.results()).containsExactly(ContextResult.accepted());
        }

        /** node/connect-req-iremunknown-remrelease: object, stray octets after the stub, a verifier that verifies nothing. */
        @Test
        void ofARequestWithObjectAndTrailer() {
            Pdu pdu =
                    VectorFile.named("node/connect-req-iremunknown-remrelease").decoded();

            Pdu.Request request = (Pdu.Request) pdu;
            assertThat(request.object()).isEqualTo(OBJECT);
            assertThat(request.opnum()).isEqualTo(5);
            assertThat(request.allocHint()).isEqualTo(80);
            assertThat(request.stub().size()).isEqualTo(80);
            assertThat(request.tail().auth()).isNotNull();
        }

        /** samba/rpcclient-1-03: eight octets of padding belong to the trailer, not to the stub. */
        @Test
        void ofARequestWithPaddingBeforeItsTrailer() {
            Pdu pdu = VectorFile.named("samba/rpcclient-1-03-req-epmapper-ept-map")
                    .decoded();

            Pdu.Request request = (Pdu.Request) pdu;
            assertThat(request.stub().size()).isEqualTo(200);
            assertThat(request.tail().padding().size()).isEqualTo(8);
        }
    }

    /** Kinds of which no peer sent any: each by its table in C706 12.6.4. */
    @Nested
    class Tabled {
        private static final String HEADER = "0500%02x%02x10000000%02x00000007000000";

        private static void check(String hex, Pdu pdu) throws MalformedException {
            Bytes octets = Bytes.ofHex(hex);

            assertThat(PduCodec.decode(octets)).isEqualTo(pdu);
            assertThat(PduCodec.encode(pdu)).isEqualTo(octets);
        }

        private static String header(int type, int flags, int length) {
            return HEADER.formatted(type, flags, length);
        }

        @Test
        void bindNak() throws MalformedException {
            check(header(13, 3, 22) + "0800" + "01050000", Pdu.BindNak.of(7, 8));
        }

        /** Some peers end after the reason. */
        @Test
        void bindNakWithoutVersions() throws MalformedException {
            PduHeader header = PduHeader.whole(0, 7);
            check(header(13, 3, 18) + "0400", new Pdu.BindNak(header, 4, Bytes.EMPTY, Tail.NONE));
        }

        @Test
        void fault() throws MalformedException {
            String body = "00000000" + "0200" + "0000" + "0300011c" + "00000000";
            check(header(3, 0x23, 32) + body, Pdu.Fault.of(PduHeader.DID_NOT_EXECUTE, 7, 2, 0x1C01_0003));
        }

        @Test
        void shutdownCancelAndOrphaned() throws MalformedException {
            PduHeader header = PduHeader.whole(0, 7);
            check(header(17, 3, 16), new Pdu.Shutdown(header, Tail.NONE));
            check(header(18, 3, 16), new Pdu.CoCancel(header, Tail.NONE));
            check(header(19, 3, 16), new Pdu.Orphaned(header, Tail.NONE));
        }

        @Test
        void cancelWithATrailer() throws MalformedException {
            AuthTrailer auth = new AuthTrailer(10, 5, 0, 0, 9, Bytes.ofHex("0102030405060708090a0b0c0d0e0f10"));
            String hex = "0500120310000000" + "2800" + "1000" + "07000000" + "0a05000009000000"
                    + "0102030405060708090a0b0c0d0e0f10";
            check(hex, new Pdu.CoCancel(PduHeader.whole(0, 7), Tail.of(auth)));
        }

        @Test
        void aKindOfLaterDaysIsKept() throws MalformedException {
            check(
                    header(77, 3, 20) + "01020304",
                    new Pdu.Unknown(PduHeader.whole(0, 7), 77, Bytes.ofHex("01020304"), Tail.NONE));
        }
    }

    @Nested
    class Refused {
        private static void refuses(String field, String hex) {
            assertThatThrownBy(() -> PduCodec.decode(Bytes.ofHex(hex)))
                    .isInstanceOfSatisfying(
                            MalformedException.class, e -> assertThat(e.field()).isEqualTo(field));
        }

        @Test
        void anotherVersion() {
            refuses("rpc_vers", "04001203100000001000000007000000");
        }

        @Test
        void noByteOrderThatExists() {
            refuses("packed_drep", "05001203200000001000000007000000");
        }

        @Test
        void lengthThatIsNotThatOfThePdu() {
            refuses("frag_length", "05001203100000001100000007000000");
        }

        @Test
        void tokenLongerThanThePdu() {
            refuses("auth_length", "05001203100000001800f0ff070000000a05000009000000");
            refuses("auth_length", "050012031000000018000100070000000a05000009000000");
        }

        @Test
        void paddingLongerThanTheStub() {
            refuses(
                    "auth_pad_length",
                    "0500000310000000" + "2900" + "0100" + "07000000" + "0000000000000000" + "0102030405060708"
                            + "0a05090009000000" + "00");
        }

        @Test
        void auth3WithoutToken() {
            refuses("auth_length", "0500100310000000140000000700000000000000");
        }

        @Test
        void moreContextsThanThereAreOctetsFor() {
            refuses("n_context_elem", "05000b03100000001c00000007000000" + "d016d01600000000" + "ff000000");
        }
    }

    /** The trailer that rpcclient put after its first request: bit mask and context; the pad length of the stub is its own. */
    @Nested
    class Verification {
        private static final SyntaxId EPMAPPER = SyntaxId.of("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0);

        private static final VerificationTrailer RECORDED = new VerificationTrailer(List.of(
                new VerificationTrailer.Bitmask1(false, 1),
                new VerificationTrailer.PresentationContext(false, EPMAPPER, SyntaxId.NDR)));

        private static final VerificationTrailer EVERY_COMMAND = new VerificationTrailer(List.of(
                new VerificationTrailer.Header2(true, 0, 1, 2, DataRep.LITTLE_ENDIAN, 5, 6, 7),
                new VerificationTrailer.Other(false, 0x123, Bytes.ofHex("0a0b0c"))));

        private static Bytes written(String before, VerificationTrailer trailer) {
            ByteWriter out = new ByteWriter().bytes(Bytes.ofHex(before));
            trailer.write(out);
            return out.toBytes();
        }

        @Test
        void isFoundAtTheEndOfARecordedStub() {
            Pdu.Request request = (Pdu.Request) VectorFile.named("samba/rpcclient-1-03-req-epmapper-ept-map")
                    .decoded();

            assertThat(VerificationTrailer.find(request.stub())).isEqualTo(RECORDED);
            int at = request.stub().size() - written("", RECORDED).size();
            assertThat(Bytes.of(request.stub().toArray(), at, request.stub().size()))
                    .isEqualTo(written("", RECORDED));
        }

        /** Little endian even in a big-endian request: samba/bind-be-ntlm-sign-03. */
        @Test
        void isLittleEndianInABigEndianRequest() {
            Pdu.Request request = (Pdu.Request) VectorFile.named("samba/bind-be-ntlm-sign-03-req-lsarpc-openpolicy2")
                    .decoded();

            assertThat(VerificationTrailer.find(request.stub()))
                    .isEqualTo(new VerificationTrailer(List.of(
                            new VerificationTrailer.Bitmask1(false, 1),
                            new VerificationTrailer.PresentationContext(false, LSARPC, SyntaxId.NDR))));
        }

        @Test
        void ofEveryCommandIsReadAsItWasWritten() {
            assertThat(VerificationTrailer.find(written("00000000", EVERY_COMMAND)))
                    .isEqualTo(EVERY_COMMAND);
        }

        @Test
        void isNotSeenWhereThereIsNone() {
            assertThat(VerificationTrailer.find(Bytes.EMPTY)).isNull();
            assertThat(VerificationTrailer.find(Bytes.ofHex("01020304050607"))).isNull();
            assertThat(VerificationTrailer.find(Bytes.of(new byte[5000]))).isNull();
        }

        /** Data may hold the signature by chance; the true trailer is the one that can be read. */
        @Test
        void isTheOneThatCanBeReadWhenTheSignatureOccursTwice() {
            Bytes stub = written("00000000", RECORDED);
            Bytes twice = new ByteWriter()
                    .bytes(stub)
                    .bytes(Bytes.ofHex("8ae3137102f43671ffff"))
                    .toBytes();

            assertThat(VerificationTrailer.find(twice)).isEqualTo(RECORDED);
        }

        /** A search over megabytes for each call would be a gift to an attacker. */
        @Test
        void isSoughtNearTheEndOnly() {
            Bytes far = new ByteWriter()
                    .bytes(written("00000000", RECORDED))
                    .zeros(2048)
                    .toBytes();
            Bytes near = new ByteWriter()
                    .bytes(written("00000000", RECORDED))
                    .zeros(512)
                    .toBytes();

            assertThat(VerificationTrailer.find(far)).isNull();
            assertThat(VerificationTrailer.find(near)).isEqualTo(RECORDED);
        }

        @Test
        void cutAnywhereIsMalformed() {
            Bytes whole = written("", EVERY_COMMAND);
            for (int end = 0; end < whole.size(); end++) {
                Bytes prefix = Bytes.of(whole.toArray(), 0, end);
                assertThatThrownBy(() -> VerificationTrailer.read(prefix.reader()))
                        .isInstanceOf(MalformedException.class);
            }
        }
    }
}
