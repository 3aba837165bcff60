package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/**
 * Whatever a stranger sends ends in an answer, the end of the login or its refusal; never in an exception. And what is read from
 * changed octets is still written as the same octets.
 */
class HostileTokensTest {
    private static final long SEED = 20_260_301L;
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-11-29T12:00:00Z"));
    private static final NtHash HASH = NtHash.of("Secret1!".toCharArray());

    /** Everything is allowed, so that as much code as possible is reached. */
    private final NtlmInitiator initiator = new NtlmInitiator(
            NtlmClientSettings.of("STATION").withLeniencies(EnumSet.of(Leniency.WEAK_KEYS, Leniency.NO_KEY_EXCHANGE)),
            NtlmCredentials.of("PLANT\\opc", "Secret1!".toCharArray()),
            new Random(SEED),
            NOW);

    private final NtlmAcceptor acceptor = new NtlmAcceptor(
            NtlmServerSettings.of("TANDEM").withLeniencies(EnumSet.allOf(Leniency.class)),
            (domain, user) -> user.equals("opc") ? Optional.of(HASH) : Optional.empty(),
            new Random(SEED),
            NOW);

    /** A mechanism that waits for a token, and a good token of that kind. */
    private record Waiting(String name, Supplier<SecurityMechanism> mechanism, Bytes token) {}

    /** Each of the product's states, with what its own other side would send; and the recorded tokens to each state. */
    private List<Waiting> all() throws MalformedException {
        List<Waiting> all = new ArrayList<>(ownTokens());
        List<Bytes> recorded = new ArrayList<>(RecordedTokens.allSpnego());
        recorded.addAll(RecordedTokens.allNtlm().stream().distinct().toList());
        List<Supplier<SecurityMechanism>> states =
                ownTokens().stream().map(Waiting::mechanism).toList();
        for (int n = 0; n < recorded.size(); n++) {
            all.add(new Waiting("recorded " + n, states.get(n % states.size()), recorded.get(n)));
        }
        return all;
    }

    private List<Waiting> ownTokens() {
        List<Bytes> bare = Wire.login(initiator.ntlm(AuthLevel.PKT_PRIVACY), acceptor.ntlm(AuthLevel.PKT_PRIVACY))
                .tokens();
        List<Bytes> spnego = Wire.login(initiator.spnego(AuthLevel.PKT_PRIVACY), acceptor.spnego(AuthLevel.PKT_PRIVACY))
                .tokens();
        return List.of(
                new Waiting("NEGOTIATE", () -> acceptor.ntlm(AuthLevel.PKT_PRIVACY), bare.get(0)),
                new Waiting("CHALLENGE", () -> begun(initiator.ntlm(AuthLevel.PKT_PRIVACY)), bare.get(1)),
                new Waiting("AUTHENTICATE", () -> fed(acceptor.ntlm(AuthLevel.PKT_PRIVACY), bare.get(0)), bare.get(2)),
                new Waiting("bare", () -> fed(acceptor.spnego(AuthLevel.PKT_PRIVACY), bare.get(0)), bare.get(2)),
                new Waiting("init", () -> acceptor.spnego(AuthLevel.PKT_PRIVACY), spnego.get(0)),
                new Waiting("resp 2", () -> begun(initiator.spnego(AuthLevel.PKT_PRIVACY)), spnego.get(1)),
                new Waiting("resp 3", () -> fed(acceptor.spnego(AuthLevel.PKT_PRIVACY), spnego.get(0)), spnego.get(2)),
                new Waiting("resp 4", this::answered, spnego.get(3)));
    }

    private static SecurityMechanism begun(SecurityMechanism client) {
        return fed(client, Bytes.EMPTY);
    }

    private static SecurityMechanism fed(SecurityMechanism mechanism, Bytes token) {
        assertTrue(mechanism.step(token) instanceof SecurityStep.Continue);
        return mechanism;
    }

    /** A client of SPNEGO that waits for the last token. */
    private SecurityMechanism answered() {
        SpnegoClient client = initiator.spnego(AuthLevel.PKT_PRIVACY);
        SpnegoServer server = acceptor.spnego(AuthLevel.PKT_PRIVACY);
        Bytes offer = ((SecurityStep.Continue) client.step(Bytes.EMPTY)).token();
        return fed(client, ((SecurityStep.Continue) server.step(offer)).token());
    }

    /** What is over says so for good. */
    private static void assertEnds(Waiting waiting, Bytes token) {
        SecurityMechanism mechanism = waiting.mechanism().get();
        SecurityStep step = mechanism.step(token);
        if (step instanceof SecurityStep.Failed(String reason)) {
            assertTrue(reason.matches("(level|account|permission|token): [^\\n]+"), reason);
            assertTrue(mechanism.step(waiting.token()) instanceof SecurityStep.Failed, waiting.name());
        }
    }

    @Test
    void everyStrictPrefixIsRefused() throws MalformedException {
        for (Waiting waiting : all()) {
            byte[] token = waiting.token().toArray();
            for (int length = 0; length < token.length; length++) {
                assertEnds(waiting, Bytes.of(token, 0, length));
            }
        }
        for (Waiting waiting : ownTokens()) {
            byte[] token = waiting.token().toArray();
            // The payload of NEGOTIATE is not used: what is left of it is enough.
            int enough = waiting.name().equals("NEGOTIATE") ? 16 : token.length;
            for (int length = 0; length < enough; length++) {
                assertThat(waiting.mechanism().get().step(Bytes.of(token, 0, length)))
                        .describedAs("%s, %d", waiting.name(), length)
                        .isInstanceOf(SecurityStep.Failed.class);
            }
        }
    }

    @Test
    void everyChangeOfAnOctetEndsWell() throws MalformedException {
        for (Waiting waiting : all()) {
            byte[] token = waiting.token().toArray();
            for (int at = 0; at < token.length; at++) {
                byte was = token[at];
                for (int mask : new int[] {0x01, 0x80, 0xFF}) {
                    token[at] = (byte) (was ^ mask);
                    assertEnds(waiting, Bytes.of(token));
                }
                token[at] = was;
            }
        }
    }

    /** All 255 values of each octet, for the decoders by themselves. */
    @Test
    void decodersKeepWhatTheyAccept() throws MalformedException {
        List<Bytes> messages = new ArrayList<>(RecordedTokens.allSpnego());
        messages.addAll(RecordedTokens.allNtlm().stream().distinct().limit(8).toList());
        int accepted = 0;
        int refused = 0;
        for (Bytes message : messages) {
            byte[] octets = message.toArray();
            for (int at = 0; at < octets.length; at++) {
                byte was = octets[at];
                for (int value = 0; value < 256; value++) {
                    octets[at] = (byte) value;
                    if (isKept(Bytes.of(octets))) {
                        accepted++;
                    } else {
                        refused++;
                    }
                }
                octets[at] = was;
            }
        }
        assertThat(accepted).isGreaterThan(50_000);
        assertThat(refused).isGreaterThan(10_000);
    }

    /** Whether it is accepted; it must then be written as it was. */
    private static boolean isKept(Bytes octets) {
        try {
            Bytes written;
            if (NtlmMessage.isNtlm(octets)) {
                NtlmMessage message = NtlmMessage.read(octets);
                written = message.toBytes();
                if (message instanceof Challenge challenge) {
                    AvPairs info = challenge.info();
                    assertTrue(challenge.targetInfo().length() == 0
                            || info.toBytes().size() == challenge.targetInfo().length());
                } else if (message instanceof Authenticate answer) {
                    Bytes response = answer.ntResponseOctets();
                    if (response.size() > NtlmKeys.SHORT_RESPONSE_BYTES) {
                        assertTrue(NtlmV2Response.read(response).toBytes().equals(response));
                    }
                }
            } else {
                written = NegTokenInit.isOne(octets)
                        ? NegTokenInit.read(octets).toBytes()
                        : NegTokenResp.read(octets).toBytes();
            }
            assertTrue(written.equals(octets), octets::toString);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** Several changes at once: octets turned, cut out, doubled, put in, lengths and offsets set to extremes. */
    @Test
    void randomTokensEndWell() throws MalformedException {
        Random random = new Random(SEED);
        List<Waiting> all = all();
        for (int round = 0; round < 10_000; round++) {
            Waiting waiting = all.get(random.nextInt(all.size()));
            assertEnds(waiting, Bytes.of(mutated(waiting.token().toArray(), random)));
        }
    }

    private static byte[] mutated(byte[] token, Random random) {
        byte[] octets = token;
        for (int changes = 1 + random.nextInt(6); changes > 0 && octets.length > 4; changes--) {
            int at = random.nextInt(octets.length - 3);
            switch (random.nextInt(5)) {
                case 0 -> octets[at] = (byte) random.nextInt(256);
                case 1 -> {
                    byte[] extremes = {0, (byte) 0x7F, (byte) 0x80, (byte) 0xFF};
                    byte extreme = extremes[random.nextInt(extremes.length)];
                    for (int n = 0; n < 4; n++) {
                        octets[at + n] = extreme;
                    }
                }
                case 2 ->
                    octets = spliced(octets, at, Math.min(octets.length, at + 1 + random.nextInt(40)), new byte[0]);
                case 3 -> {
                    byte[] more = new byte[random.nextInt(300)];
                    random.nextBytes(more);
                    octets = spliced(octets, at, at, more);
                }
                default -> octets[at] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return octets;
    }

    private static byte[] spliced(byte[] octets, int from, int to, byte[] by) {
        return Der.concat(Bytes.of(octets, 0, from), Bytes.of(by), Bytes.of(octets, to, octets.length))
                .toArray();
    }

    /** Limits: a list without end, a nest without end, a message of any size. */
    @Test
    void sizesAreBounded() {
        Bytes many = Bytes.EMPTY;
        for (int n = 0; n < 33; n++) {
            many = Der.concat(many, Oid.KERBEROS.toDer());
        }
        Bytes fields = Der.write(Der.context(0), Der.write(Der.SEQUENCE, many));
        Bytes init = Der.write(
                0x60, Der.concat(Oid.SPNEGO.toDer(), Der.write(Der.context(0), Der.write(Der.SEQUENCE, fields))));
        assertRefused(acceptor.spnego(AuthLevel.PKT_PRIVACY), init, "one more than the limit of 32");

        byte[] small = Negotiate.of(-1).toBytes().toArray();
        byte[] huge = Arrays.copyOf(small, NtlmMessage.BYTES_MAX + 1);
        assertRefused(acceptor.ntlm(AuthLevel.PKT_PRIVACY), Bytes.of(huge), "more than the limit of 16384");

        AvPairs pairs = AvPairs.EMPTY;
        for (int n = 0; n < 65; n++) {
            pairs = pairs.with(1000 + n, Bytes.EMPTY);
        }
        Bytes challenge = Challenge.of(-1, "T", Bytes.of(new byte[8]), pairs, NtlmVersion.OURS)
                .toBytes();
        assertRefused(begun(initiator.ntlm(AuthLevel.PKT_PRIVACY)), challenge, "one more than the limit of 64");
    }

    /** One way to write each thing, each once, in order, and nothing after it; else what one side signs is not what the other read. */
    @Test
    void derIsReadInItsOneForm() throws MalformedException {
        assertThat(NegTokenResp.read(Bytes.ofHex("a1073005a0030a0101")).negState())
                .isEqualTo(1);
        for (String bad : List.of(
                "a181073005a0030a0101", // a length that needs no second octet
                "a182000730" + "05a0030a0101",
                "a1803005a0030a01010000", // no length at all
                "a1840000000730" + "05a0030a0101",
                "a1073005a0030a010100", // more after the end
                "a1083005a0030a010100",
                "a1083006a0030a010100",
                "a10c300aa0030a0101a0030a0101", // twice
                "a10c300aa203040100a0030a0101", // out of order
                "a1083006a0040a020001", // a number of two octets
                "a1073005a0030a0104", // a state that there is not
                "a1073005a003020101", // another type
                "a1073005a4030a0101", // a field that there is not
                "a0073005a0030a0101")) {
            assertThat(isRead(bad)).describedAs(bad).isFalse();
        }
        String list = "a00e300c060a2b06010401823702020a";
        assertThat(isRead(init(list + "a203040100"))).isTrue();
        for (String bad :
                List.of("a203040100" + list, list + list, list + "a203040100a203040100", list + "a203040100a1020300")) {
            assertThat(isRead(init(bad))).describedAs(bad).isFalse();
        }
        Bytes kerberos = Der.write(0x60, Der.concat(Oid.KERBEROS.toDer(), Bytes.ofHex("a0023000")));
        assertThat(isRead(kerberos.toString())).isFalse();
    }

    private static String init(String fields) {
        Bytes choice = Der.write(Der.context(0), Der.write(Der.SEQUENCE, Bytes.ofHex(fields)));
        return Der.write(0x60, Der.concat(Oid.SPNEGO.toDer(), choice)).toString();
    }

    private static boolean isRead(String hex) {
        return isKept(Bytes.ofHex(hex));
    }

    private static void assertRefused(SecurityMechanism mechanism, Bytes token, String why) {
        assertThat(mechanism.step(token))
                .isInstanceOfSatisfying(
                        SecurityStep.Failed.class,
                        failed -> assertThat(failed.reason())
                                .startsWith("token: ")
                                .contains(why));
    }
}
