package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.MessageProtection;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityStep;

/**
 * The worked examples of [MS-NLMP] 4.2: the formulas by themselves, then the product's client and server with the examples'
 * challenges, clock and "random" numbers.
 */
class SpecificationExamplesTest {
    private static final Bytes SERVER_CHALLENGE = Bytes.ofHex("0123456789abcdef");
    private static final Bytes CLIENT_CHALLENGE = Bytes.ofHex("aaaaaaaaaaaaaaaa");
    private static final Bytes RANDOM_SESSION_KEY = Bytes.ofHex("55555555555555555555555555555555");
    private static final NtHash HASH = NtHash.of("Password".toCharArray());
    private static final String USER = "User";
    private static final String DOMAIN = "Domain";
    private static final InstantSource TIME_ZERO = InstantSource.fixed(Instant.parse("1601-01-01T00:00:00Z"));
    private static final Bytes PLAINTEXT = NtlmText.utf16("Plaintext");

    /** 4.2.2.3 */
    private static final Bytes V1_CHALLENGE = Bytes.ofHex("4e544c4d53535000020000000c000c003800000033"
            + "8202e20123456789abcdef00000000000000000000000000000000060070170000000f530065007200760065007200");

    private static final Bytes V1_AUTHENTICATE = Bytes.ofHex("4e544c4d5353500003000000180018006c00000018"
            + "001800840000000c000c00480000000800080054000000100010005c000000100010009c000000358280e20501280a0000000f"
            + "44006f006d00610069006e00550073006500720043004f004d0050005500540045005200"
            + "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef1367c43011f30298a2ad35ece64f16331c44bdbed927841f94"
            + "518822b1b3f350c8958682ecbb3e3cb7");

    /** 4.2.3.3 */
    private static final Bytes SESSION_CHALLENGE = Bytes.ofHex("4e544c4d53535000020000000c000c003800000033"
            + "820a820123456789abcdef00000000000000000000000000000000060070170000000f530065007200760065007200");

    private static final Bytes SESSION_AUTHENTICATE = Bytes.ofHex("4e544c4d5353500003000000180018006c00000018"
            + "001800840000000c000c00480000000800080054000000100010005c000000000000009c000000358208820501280a0000000f"
            + "44006f006d00610069006e00550073006500720043004f004d0050005500540045005200"
            + "aaaaaaaaaaaaaaaa000000000000000000000000000000007537f803ae367128ca458204bde7caf81e97ed2683267232");

    /** 4.2.4.3 */
    private static final Bytes V2_CHALLENGE = Bytes.ofHex("4e544c4d53535000020000000c000c003800000033"
            + "828ae20123456789abcdef00000000000000002400240044000000060070170000000f530065007200760065007200"
            + "02000c0044006f006d00610069006e0001000c00530065007200760065007200" + "00000000");

    private static final Bytes V2_AUTHENTICATE = Bytes.ofHex("4e544c4d5353500003000000180018006c00000054"
            + "005400840000000c000c00480000000800080054000000100010005c00000010001000d8000000358288e20501280a0000000f"
            + "44006f006d00610069006e00550073006500720043004f004d0050005500540045005200"
            + "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
            + "68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
            + "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000"
            + "c5dad2544fc9799094ce1ce90bc9d03e");

    @Test
    void keysOfNtlm1AreThoseOf422() {
        assertThat(hex(HASH.octets())).isEqualTo("a4f49c406510bdcab6824ee7c30fd852");
        assertThat(hex(NtlmKeys.responseV1(HASH, SERVER_CHALLENGE)))
                .isEqualTo("67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
        byte[] key = NtlmKeys.keyExchangeKeyV1(HASH);
        assertThat(hex(key)).isEqualTo("d87262b0cde4b1cb7499becccdf10784");
        assertThat(hex(Rc4.once(key, RANDOM_SESSION_KEY.toArray()))).isEqualTo("518822b1b3f350c8958682ecbb3e3cb7");
    }

    @Test
    void keysOfNtlm2SessionAreThoseOf423() {
        assertThat(hex(NtlmKeys.responseNtlm2Session(HASH, SERVER_CHALLENGE, CLIENT_CHALLENGE)))
                .isEqualTo("7537f803ae367128ca458204bde7caf81e97ed2683267232");
        byte[] key = NtlmKeys.keyExchangeKeyNtlm2Session(HASH, SERVER_CHALLENGE, CLIENT_CHALLENGE);
        assertThat(hex(key)).isEqualTo("eb93429a8bd952f8b89c55b87f475edc");
        int flags = 0x820A_8233;
        assertThat(hex(NtlmKeys.sealKey(key, flags, NtlmKeys.Direction.CLIENT_TO_SERVER)))
                .isEqualTo("04dd7f014d8504d265a25cc86a3a7c06");
        assertThat(hex(NtlmKeys.signKey(key, NtlmKeys.Direction.CLIENT_TO_SERVER)))
                .isEqualTo("60e799be5c72fc92922ae8ebe961fb8d");
        assertSealed(
                NtlmProtection.ofClient(flags, key),
                "a02372f6530273f3aa1eb90190ce5200c99d",
                "01000000ff2aeb52f681793a00000000");
    }

    @Test
    void keysOfNtlm2AreThoseOf424() {
        byte[] key = NtlmKeys.responseKeyV2(HASH, USER, DOMAIN);
        assertThat(hex(key)).isEqualTo("0c868a403bfd7a93a3001ef22ef02e3f");
        AvPairs pairs = AvPairs.EMPTY
                .with(AvPairs.NB_DOMAIN_NAME, NtlmText.utf16(DOMAIN))
                .with(AvPairs.NB_COMPUTER_NAME, NtlmText.utf16("Server"))
                .withTrailing(Bytes.ofHex("00000000"));
        byte[] blob = NtlmV2Response.blob(0, CLIENT_CHALLENGE, pairs).toArray();
        byte[] proof = NtlmKeys.proofV2(key, SERVER_CHALLENGE, blob);
        assertThat(hex(proof)).isEqualTo("68cd0ab851e51c96aabc927bebef6a1c");
        assertThat(NtlmKeys.lmResponseV2(key, SERVER_CHALLENGE, CLIENT_CHALLENGE))
                .isEqualTo(Bytes.ofHex("86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"));
        byte[] base = NtlmKeys.sessionBaseKeyV2(key, proof);
        assertThat(hex(base)).isEqualTo("8de40ccadbc14a82f15cb0ad0de95ca3");
        assertThat(hex(Rc4.once(base, RANDOM_SESSION_KEY.toArray()))).isEqualTo("c5dad2544fc9799094ce1ce90bc9d03e");

        byte[] session = RANDOM_SESSION_KEY.toArray();
        int flags = 0xE28A_8233;
        assertThat(hex(NtlmKeys.signKey(session, NtlmKeys.Direction.CLIENT_TO_SERVER)))
                .isEqualTo("4788dc861b4782f35d43fd98fe1a2d39");
        assertThat(hex(NtlmKeys.sealKey(session, flags, NtlmKeys.Direction.CLIENT_TO_SERVER)))
                .isEqualTo("59f600973cc4960a25480a7c196e4c58");
        assertSealed(
                NtlmProtection.ofClient(flags, session),
                "54e50165bf1936dc996020c1811b0f06fb5f",
                "010000007fb38ec5c55d497600000000");
    }

    /** 3.4.5.3: what is not among the 56 or 40 bits does not count, and what is does. No example has 40 bits. */
    @Test
    void sealKeyHasAsManyBitsAsWereAgreedOn() {
        byte[] key = HASH.octets();
        for (int kept : new int[] {16, 7, 5}) {
            int flags = kept == 16 ? NtlmFlags.KEY_128 | NtlmFlags.KEY_56 : kept == 7 ? NtlmFlags.KEY_56 : 0;
            byte[] whole = NtlmKeys.sealKey(key, flags, NtlmKeys.Direction.SERVER_TO_CLIENT);
            for (int n = 0; n < key.length; n++) {
                byte[] other = key.clone();
                other[n]++;
                boolean counts = !hex(NtlmKeys.sealKey(other, flags, NtlmKeys.Direction.SERVER_TO_CLIENT))
                        .equals(hex(whole));
                assertThat(counts).describedAs("octet %d of %d", n, kept).isEqualTo(n < kept);
            }
        }
    }

    /** The client's answer to the example's challenge is the example's, octet by octet but for the version. */
    @Test
    void clientAnswersTheChallengeOf424() {
        NtlmInitiator initiator = new NtlmInitiator(
                NtlmClientSettings.of("COMPUTER"),
                NtlmCredentials.of(DOMAIN, USER, "Password".toCharArray()),
                new FixedRandom(CLIENT_CHALLENGE, RANDOM_SESSION_KEY),
                TIME_ZERO);
        NtlmClient client = initiator.ntlm(AuthLevel.PKT_PRIVACY);

        assertInstanceOf(SecurityStep.Continue.class, client.step(Bytes.EMPTY));
        SecurityStep.Done done = assertInstanceOf(SecurityStep.Done.class, client.step(V2_CHALLENGE));

        assertThat(withoutVersion(done.token())).isEqualTo(withoutVersion(V2_AUTHENTICATE));
        assertSealed(done.protection(), "54e50165bf1936dc996020c1811b0f06fb5f", "010000007fb38ec5c55d497600000000");
    }

    @Test
    void serverAcceptsTheAnswerOf424AndUnseals() throws MalformedException {
        SecurityStep.Done done = accepted(AuthLevel.PKT_PRIVACY, Set.of(), V2_CHALLENGE, V2_AUTHENTICATE);

        assertThat(done.principal()).isEqualTo(new Principal(DOMAIN, USER));
        assertUnsealed(done.protection(), "54e50165bf1936dc996020c1811b0f06fb5f", "010000007fb38ec5c55d497600000000");
    }

    @Test
    void serverAcceptsTheAnswerOf423WhereThatIsAllowed() throws MalformedException {
        SecurityStep.Done done = accepted(
                AuthLevel.PKT_PRIVACY,
                Set.of(Leniency.NTLM2_SESSION, Leniency.WEAK_KEYS, Leniency.NO_KEY_EXCHANGE),
                SESSION_CHALLENGE,
                SESSION_AUTHENTICATE);

        assertUnsealed(done.protection(), "a02372f6530273f3aa1eb90190ce5200c99d", "01000000ff2aeb52f681793a00000000");
    }

    @Test
    void serverAcceptsTheAnswerOf422WhereThatIsAllowed() throws MalformedException {
        accepted(AuthLevel.CONNECT, Set.of(Leniency.NTLM1, Leniency.UNSIGNED_CALLS), V1_CHALLENGE, V1_AUTHENTICATE);
    }

    /** Nothing of this is accepted without being allowed, at no level. */
    @Test
    void serverRefusesTheOlderAnswersByDefault() throws MalformedException {
        for (AuthLevel level : AuthLevel.values()) {
            assertThat(judged(level, Set.of(), V1_CHALLENGE, V1_AUTHENTICATE)).isInstanceOf(SecurityStep.Failed.class);
            assertThat(judged(level, Set.of(), SESSION_CHALLENGE, SESSION_AUTHENTICATE))
                    .isInstanceOf(SecurityStep.Failed.class);
        }
        assertThat(judged(AuthLevel.CONNECT, Set.of(Leniency.UNSIGNED_CALLS), V1_CHALLENGE, V1_AUTHENTICATE))
                .isEqualTo(new SecurityStep.Failed("level: the response is NTLMv1, which gives the password's hash to"
                        + " whoever records it (the setting NTLM1 would allow it)"));
    }

    /** What stands in for an unknown user's hash is nobody's password, also for somebody who guessed it. */
    @Test
    void unknownUserIsRefusedWhateverHePresents() throws MalformedException {
        NtlmAcceptor acceptor = new NtlmAcceptor(
                NtlmServerSettings.of("Server"),
                (domain, user) -> Optional.empty(),
                new FixedRandom(Bytes.of(HASH.octets())),
                TIME_ZERO);
        assertThat(acceptor.decoy()).isEqualTo(HASH);
        Challenge sent = (Challenge) NtlmMessage.read(V2_CHALLENGE);
        NtlmServer.Offer offer = new NtlmServer.Offer(Bytes.EMPTY, sent, sent.info(), TIME_ZERO.instant());

        assertThat(new NtlmServer(acceptor, AuthLevel.PKT_PRIVACY, offer).step(V2_AUTHENTICATE))
                .isEqualTo(new SecurityStep.Failed("account: there is no user Domain\\User"));
    }

    @Test
    void messagesAreReadAndWrittenOctetByOctet() throws MalformedException {
        for (Bytes message : new Bytes[] {
            V1_CHALLENGE, V1_AUTHENTICATE, SESSION_CHALLENGE, SESSION_AUTHENTICATE, V2_CHALLENGE, V2_AUTHENTICATE
        }) {
            assertThat(NtlmMessage.read(message).toBytes()).isEqualTo(message);
        }
        Authenticate message = (Authenticate) NtlmMessage.read(V1_AUTHENTICATE);
        assertThat(message.userName()).isEqualTo(USER);
        assertThat(message.domainName()).isEqualTo(DOMAIN);
        assertThat(message.lmResponseOctets())
                .isEqualTo(Bytes.ofHex("98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"));
        assertThat(message.hasRoomForMic()).isFalse();
    }

    private static SecurityStep.Done accepted(
            AuthLevel level, Set<Leniency> leniencies, Bytes challenge, Bytes authenticate) throws MalformedException {
        return assertInstanceOf(SecurityStep.Done.class, judged(level, leniencies, challenge, authenticate));
    }

    private static SecurityStep judged(AuthLevel level, Set<Leniency> leniencies, Bytes challenge, Bytes authenticate)
            throws MalformedException {
        NtlmAcceptor acceptor = new NtlmAcceptor(
                NtlmServerSettings.of("Server").withLeniencies(leniencies),
                (domain, user) -> user.equals(USER) ? Optional.of(HASH) : Optional.empty(),
                new FixedRandom(RANDOM_SESSION_KEY),
                TIME_ZERO);
        Challenge sent = (Challenge) NtlmMessage.read(challenge);
        NtlmServer.Offer offer = new NtlmServer.Offer(Bytes.EMPTY, sent, sent.info(), TIME_ZERO.instant());
        return new NtlmServer(acceptor, level, offer).step(authenticate);
    }

    private static void assertSealed(MessageProtection client, String sealed, String signature) {
        byte[] message = PLAINTEXT.toArray();
        Bytes token = client.protect(message, message.length, 0, message.length, true);
        assertThat(hex(message)).isEqualTo(sealed);
        assertThat(token).isEqualTo(Bytes.ofHex(signature));
    }

    private static void assertUnsealed(MessageProtection server, String sealed, String signature) {
        byte[] message = Bytes.ofHex(sealed).toArray();
        assertThat(server.unprotect(message, message.length, 0, message.length, true, Bytes.ofHex(signature)))
                .isTrue();
        assertThat(Bytes.of(message)).isEqualTo(PLAINTEXT);
    }

    private static Bytes withoutVersion(Bytes authenticate) {
        byte[] octets = authenticate.toArray();
        Arrays.fill(octets, 64, 72, (byte) 0);
        return Bytes.of(octets);
    }

    private static String hex(byte[] octets) {
        return Bytes.of(octets).toString();
    }
}
