package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.MessageProtection;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/** The product's client against its server, in memory. */
class LoginTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.1234567Z");
    private static final Set<Leniency> ALL = EnumSet.allOf(Leniency.class);
    private static final String PASSWORD = "Grün-7!";

    private static final NtlmCredentials OPC = NtlmCredentials.of("PLANT\\opc", PASSWORD.toCharArray());
    private static final Accounts ACCOUNTS = (domain, user) ->
            user.equalsIgnoreCase("opc") ? Optional.of(NtHash.of(PASSWORD.toCharArray())) : Optional.empty();

    private NtlmClientSettings clientSettings = NtlmClientSettings.of("STATION");
    private NtlmServerSettings serverSettings = NtlmServerSettings.of("TANDEM");
    private NtlmCredentials credentials = OPC;
    private int withheldByClient;
    private int withheldByServer;
    private final AtomicReference<Instant> serverTime = new AtomicReference<>(NOW);
    private final List<String> clientLog = new ArrayList<>();
    private final List<String> serverLog = new ArrayList<>();

    private NtlmInitiator initiator() {
        return new NtlmInitiator(
                clientSettings,
                credentials,
                new Random(1),
                InstantSource.fixed(NOW),
                new LeniencyLog(clientSettings.leniencies(), clientLog::add),
                withheldByClient);
    }

    private NtlmAcceptor acceptor() {
        return new NtlmAcceptor(
                serverSettings,
                ACCOUNTS,
                new Random(2),
                serverTime::get,
                new LeniencyLog(serverSettings.leniencies(), serverLog::add),
                withheldByServer,
                NtlmVersion.OURS);
    }

    private Wire.Outcome login(AuthLevel level, boolean spnego) {
        return login(level, spnego, Wire.Tamper.NONE);
    }

    private Wire.Outcome login(AuthLevel level, boolean spnego, Wire.Tamper tamper) {
        SecurityMechanism client =
                spnego ? initiator().spnego(level) : initiator().ntlm(level);
        SecurityMechanism server = Objects.requireNonNull(acceptor().accept(spnego ? 9 : 10, level));
        assertThat(client.authType()).isEqualTo(server.authType()).isEqualTo(spnego ? 9 : 10);
        return Wire.login(client, server, tamper);
    }

    private void allowAllOnBothSides() {
        clientSettings =
                clientSettings.withLeniencies(EnumSet.complementOf(EnumSet.of(Leniency.NTLM1, Leniency.NTLM2_SESSION)));
        serverSettings = serverSettings.withLeniencies(ALL);
    }

    /** Both ways, several PDUs each, with what is not sealed in between. */
    private static void assertProtects(Wire.Outcome outcome, AuthLevel level) {
        MessageProtection client = outcome.clientDone().protection();
        MessageProtection server = outcome.serverDone().protection();
        for (int n = 0; n < 4; n++) {
            assertCarries(client, server, level.seals(), n);
            assertCarries(server, client, level.seals(), n);
            assertCarries(server, client, false, n);
        }
        byte[] last = pdu(9);
        Bytes token = client.protect(last, 48, 24, 40, level.seals());
        last[30] ^= 1;
        assertThat(server.unprotect(last, 48, 24, 40, level.seals(), token)).isFalse();
    }

    private static void assertCarries(MessageProtection from, MessageProtection to, boolean seal, int n) {
        byte[] plain = pdu(n);
        byte[] sent = plain.clone();
        assertThat(from.tokenLength()).isEqualTo(16);
        Bytes token = from.protect(sent, 48, 24, 40, seal);
        assertThat(Arrays.equals(sent, 24, 40, plain, 24, 40)).isEqualTo(!seal);
        assertThat(Arrays.equals(sent, 0, 24, plain, 0, 24)).isTrue();
        assertThat(Arrays.equals(sent, 40, 48, plain, 40, 48)).isTrue();
        assertThat(to.unprotect(sent, 48, 24, 40, seal, token)).isTrue();
        assertThat(sent).isEqualTo(plain);
    }

    private static byte[] pdu(int n) {
        byte[] pdu = new byte[48];
        Arrays.fill(pdu, (byte) n);
        return pdu;
    }

    private record Combination(AuthLevel level, boolean spnego, int withheld, boolean byClient) {}

    static Stream<Combination> combinations() {
        List<Combination> all = new ArrayList<>();
        for (AuthLevel level :
                List.of(AuthLevel.CONNECT, AuthLevel.PKT, AuthLevel.PKT_INTEGRITY, AuthLevel.PKT_PRIVACY)) {
            for (int keys : new int[] {0, NtlmFlags.KEY_128, NtlmFlags.KEY_128 | NtlmFlags.KEY_56}) {
                for (int exchange : new int[] {0, NtlmFlags.KEY_EXCHANGE}) {
                    for (boolean spnego : new boolean[] {false, true}) {
                        all.add(new Combination(level, spnego, keys | exchange, false));
                        all.add(new Combination(level, spnego, keys | exchange, true));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyCombinationLogsInWhereItIsAllowed(Combination combination) throws MalformedException {
        allowAllOnBothSides();
        withheldByClient = combination.byClient() ? combination.withheld() : 0;
        withheldByServer = combination.byClient() ? 0 : combination.withheld();

        Wire.Outcome outcome = login(combination.level(), combination.spnego());

        assertThat(outcome.isLogin()).describedAs(outcome.reason()).isTrue();
        assertThat(outcome.serverDone().principal()).isEqualTo(new Principal("PLANT", "opc"));
        int agreed = authenticate(outcome).flags();
        assertThat(agreed & combination.withheld()).isZero();
        assertThat(agreed & (NtlmFlags.KEY_128 | NtlmFlags.KEY_56))
                .isEqualTo((NtlmFlags.KEY_128 | NtlmFlags.KEY_56) & ~combination.withheld());
        if (combination.level().signs()) {
            assertProtects(outcome, combination.level());
        }
    }

    /** The same, with nothing allowed: what is weaker than signed PDUs, 128 bits and a key exchanged is refused by both sides. */
    @ParameterizedTest
    @MethodSource("combinations")
    void everyWeakCombinationIsRefusedByDefault(Combination combination) {
        boolean isStrong = combination.level().signs()
                && (combination.withheld() & (NtlmFlags.KEY_128 | NtlmFlags.KEY_EXCHANGE)) == 0;
        withheldByClient = combination.byClient() ? combination.withheld() : 0;
        withheldByServer = combination.byClient() ? 0 : combination.withheld();

        assertThat(login(combination.level(), combination.spnego()).isLogin()).isEqualTo(isStrong);
        clientSettings = clientSettings.withLeniencies(
                EnumSet.of(Leniency.UNSIGNED_CALLS, Leniency.WEAK_KEYS, Leniency.NO_KEY_EXCHANGE, Leniency.ANONYMOUS));
        Wire.Outcome refusedByServer = login(combination.level(), combination.spnego());
        assertThat(refusedByServer.isLogin()).isEqualTo(isStrong);
        if (!isStrong) {
            assertThat(refusedByServer.server()).isInstanceOf(SecurityStep.Failed.class);
            assertThat(refusedByServer.reason()).startsWith("level: ");
        }
    }

    /** The strongest there is goes by default: a MIC, no LM response, time and names of the server's, channel and service named. */
    @ParameterizedTest
    @EnumSource(
            value = AuthLevel.class,
            names = {"PKT", "PKT_INTEGRITY", "PKT_PRIVACY"})
    void defaultLoginHasEverything(AuthLevel level) throws MalformedException {
        serverSettings = serverSettings.withMicRequired();
        Instant theirs = NOW.plus(Duration.ofHours(1));
        serverTime.set(theirs);
        Wire.Outcome outcome = login(level, false);

        assertThat(outcome.isLogin()).describedAs(outcome.reason()).isTrue();
        Authenticate message = authenticate(outcome);
        NtlmV2Response response = NtlmV2Response.read(message.ntResponseOctets());
        assertThat(response.pairs().flags()).isEqualTo(AvPairs.FLAG_MIC);
        assertThat(response.timestamp()).isEqualTo(NtlmText.filetime(theirs));
        assertThat(NtlmText.instant(response.timestamp())).isEqualTo(theirs);
        assertThat(response.pairs().value(AvPairs.CHANNEL_BINDINGS)).contains(ChannelBinding.NONE);
        assertThat(response.pairs().value(AvPairs.TARGET_NAME)).contains(Bytes.EMPTY);
        assertThat(message.lmResponseOctets()).isEqualTo(Bytes.of(new byte[24]));
        assertThat(message.sessionKeyOctets().size()).isEqualTo(16);
        assertProtects(outcome, level);
        assertThat(clientLog).isEmpty();
        assertThat(serverLog).isEmpty();
    }

    @Nested
    class Refused {
        /** One answer for both, and none to the peer; the log knows more. */
        @ParameterizedTest
        @MethodSource("org.tandemopc.dcom.ntlm.LoginTest#both")
        void wrongPasswordAndUnknownUserDifferInTheLogAlone(boolean spnego) {
            credentials = NtlmCredentials.of("PLANT", "opc", "wrong".toCharArray());
            Wire.Outcome wrong = login(AuthLevel.PKT_INTEGRITY, spnego);
            credentials = NtlmCredentials.of("PLANT", "nobody", PASSWORD.toCharArray());
            Wire.Outcome unknown = login(AuthLevel.PKT_INTEGRITY, spnego);

            assertThat(wrong.server()).isEqualTo(new SecurityStep.Failed("account: wrong password for PLANT\\opc"));
            assertThat(unknown.server()).isEqualTo(new SecurityStep.Failed("account: there is no user PLANT\\nobody"));
            assertThat(wrong.tokens()).hasSameSizeAs(unknown.tokens());
        }

        /** The domain is the client's word alone, and would end in logs and on screens. */
        @Test
        void namesThatCouldBreakALineAreRefused() {
            for (String domain : List.of("PLANT\nlogged in: admin", "PLANT\u202e", "x".repeat(257))) {
                credentials = NtlmCredentials.of(domain, "opc", PASSWORD.toCharArray());
                assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason())
                        .startsWith("account: no name has such characters: ")
                        .doesNotContain("\n");
            }
        }

        @Test
        void weakResponsesAreRefusedByTheServer() {
            for (Leniency weak : List.of(Leniency.NTLM2_SESSION, Leniency.NTLM1)) {
                clientSettings = NtlmClientSettings.of("STATION").withLeniencies(Set.of(weak, Leniency.UNSIGNED_CALLS));
                withheldByClient = weak == Leniency.NTLM1 ? NtlmFlags.EXTENDED_SESSION_SECURITY : 0;
                serverSettings = NtlmServerSettings.of("TANDEM").withLeniencies(EnumSet.complementOf(EnumSet.of(weak)));

                Wire.Outcome outcome = login(AuthLevel.CONNECT, false);

                assertThat(outcome.client()).isInstanceOf(SecurityStep.Done.class);
                assertThat(outcome.reason()).startsWith("level: ").contains(weak.name());
            }
        }

        @Test
        void anonymousLoginIsRefusedByBothSides() {
            credentials = NtlmCredentials.ANONYMOUS;
            assertThat(login(AuthLevel.PKT_PRIVACY, false).client()).isInstanceOf(SecurityStep.Failed.class);

            clientSettings = clientSettings.withLeniencies(Set.of(Leniency.ANONYMOUS));
            Wire.Outcome outcome = login(AuthLevel.PKT_PRIVACY, false);
            assertThat(outcome.client()).isInstanceOf(SecurityStep.Done.class);
            assertThat(outcome.reason()).startsWith("permission: ");
        }

        /** Without extended session security there are no signatures to be had, whatever is allowed. */
        @Test
        void signedLevelNeedsExtendedSessionSecurity() {
            allowAllOnBothSides();
            withheldByServer = NtlmFlags.EXTENDED_SESSION_SECURITY;
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).startsWith("level: ");
            assertThat(login(AuthLevel.CONNECT, false).isLogin()).isTrue();
        }

        @Test
        void challengeIsAnsweredOnceAndInTime() {
            Duration lifetime = serverSettings.challengeLifetime();
            assertThat(login(AuthLevel.PKT_INTEGRITY, false, later(lifetime)).isLogin())
                    .isTrue();
            serverTime.set(NOW);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false, later(lifetime.plusSeconds(1)))
                            .reason())
                    .isEqualTo("account: the challenge was answered after 301 s");
        }

        private Wire.Tamper later(Duration time) {
            return (leg, token) -> {
                if (leg == 3) {
                    serverTime.set(NOW.plus(time));
                }
                return token;
            };
        }

        /** A login that was recorded is worth nothing at the next challenge, also of the same server at the same time. */
        @Test
        void recordedLoginFitsNoOtherChallenge() {
            Wire.Outcome recorded = login(AuthLevel.PKT_INTEGRITY, false);
            NtlmAcceptor acceptor = acceptor();
            acceptor.ntlm(AuthLevel.PKT_INTEGRITY).step(recorded.tokens().get(0));
            NtlmServer server = acceptor.ntlm(AuthLevel.PKT_INTEGRITY);
            assertThat(server.step(recorded.tokens().get(0))).isInstanceOf(SecurityStep.Continue.class);

            assertThat(server.step(recorded.tokens().get(2)))
                    .isEqualTo(new SecurityStep.Failed("account: wrong password for PLANT\\opc"));
        }

        /** node-dcom sends a further AUTHENTICATE within each alter_context: nobody becomes somebody else by it. */
        @Test
        void tokenAfterTheEndChangesNothing() {
            NtlmServer server = acceptor().ntlm(AuthLevel.PKT_INTEGRITY);
            Wire.Outcome outcome = Wire.login(initiator().ntlm(AuthLevel.PKT_INTEGRITY), server);

            assertThat(server.step(outcome.tokens().get(2))).isInstanceOf(SecurityStep.Failed.class);
            assertThat(server.step(outcome.tokens().get(0))).isInstanceOf(SecurityStep.Failed.class);
            assertProtects(outcome, AuthLevel.PKT_INTEGRITY);
        }

        /** Up to the limit the clock is no reason, and the login fails for another one. */
        @Test
        void clockThatIsWideOffIsRefused() {
            for (Duration off :
                    List.of(Duration.ofHours(36), Duration.ofHours(36).plusSeconds(1))) {
                serverTime.set(NOW.plus(off));
                // Without the server's time the client takes its own.
                Wire.Outcome outcome = login(
                        AuthLevel.PKT_INTEGRITY,
                        false,
                        (leg, token) -> leg == 2 ? edited(token, pairs -> pairs.without(AvPairs.TIMESTAMP)) : token);
                boolean isTooFar = off.compareTo(serverSettings.clockDifferenceMax()) > 0;

                assertThat(outcome.reason())
                        .startsWith(
                                isTooFar
                                        ? "account: the client's clock says 2026-03-01T12:00:00.123456700Z, PT36H1S"
                                        : "account: the response of PLANT\\opc is for another server or challenge");
            }
        }
    }

    static Stream<Boolean> both() {
        return Stream.of(false, true);
    }

    @Nested
    class OnTheWay {
        /**
         * Whoever takes a capability away from one of the three messages, or adds one, stops the login; also where both sides would
         * do without it, because the MIC tells.
         */
        @ParameterizedTest
        @MethodSource("org.tandemopc.dcom.ntlm.LoginTest#both")
        void noFlagIsChangedUnnoticed(boolean allowAll) {
            if (allowAll) {
                allowAllOnBothSides();
            }
            for (AuthLevel level : List.of(AuthLevel.PKT_INTEGRITY, AuthLevel.PKT_PRIVACY)) {
                for (int leg = 1; leg <= 3; leg++) {
                    for (int bit = 0; bit < Integer.SIZE; bit++) {
                        int at = new int[] {12, 20, 60}[leg - 1] + bit / Byte.SIZE;
                        int mask = 1 << bit % Byte.SIZE;
                        int changed = leg;
                        Wire.Outcome outcome =
                                login(level, false, (n, token) -> n == changed ? flipped(token, at, mask) : token);
                        assertThat(outcome.isLogin())
                                .describedAs("leg %d, bit %d, %s", leg, bit, outcome)
                                .isFalse();
                    }
                }
            }
        }

        /** Nothing else either: every octet of the first and the last message, and of the challenge, is under the MIC. */
        @Test
        void noOctetIsChangedUnnoticed() {
            int octets = 0;
            List<Bytes> tokens = login(AuthLevel.PKT_PRIVACY, false).tokens();
            for (int leg = 1; leg <= 3; leg++) {
                for (int at = 0; at < tokens.get(leg - 1).size(); at++) {
                    int changed = leg;
                    int place = at;
                    Wire.Outcome outcome = login(
                            AuthLevel.PKT_PRIVACY,
                            false,
                            (n, token) -> n == changed ? flipped(token, place, 0x10) : token);
                    assertThat(outcome.isLogin())
                            .describedAs("leg %d, octet %d", leg, at)
                            .isFalse();
                    octets++;
                }
            }
            assertThat(octets).isGreaterThan(400);
        }

        @Test
        void micThatIsWrongOrTakenOutIsRefused() {
            assertThat(changedAnswer(token -> flipped(token, Authenticate.MIC_OFFSET, 1)))
                    .isEqualTo("account: the messages of PLANT\\opc were changed on the way");
            assertThat(changedAnswer(token -> {
                        byte[] octets = token.toArray();
                        Arrays.fill(octets, 72, 88, (byte) 0);
                        return Bytes.of(octets);
                    }))
                    .isEqualTo("account: the messages of PLANT\\opc were changed on the way");
        }

        private String changedAnswer(UnaryOperator<Bytes> change) {
            return login(AuthLevel.PKT_INTEGRITY, false, (leg, token) -> leg == 3 ? change.apply(token) : token)
                    .reason();
        }

        /** Taking the time out of the challenge would make the client send no MIC. The server misses its time in the response. */
        @Test
        void timeTakenOutOfTheChallengeIsMissed() {
            Wire.Outcome outcome = login(
                    AuthLevel.PKT_INTEGRITY,
                    false,
                    (leg, token) -> leg == 2 ? edited(token, pairs -> pairs.without(AvPairs.TIMESTAMP)) : token);

            assertThat(outcome.client()).isInstanceOf(SecurityStep.Done.class);
            assertThat(outcome.reason())
                    .isEqualTo("account: the response of PLANT\\opc is for another server or challenge (pair 7)");
        }

        /** Relaying to us what the client meant for another server. */
        @Test
        void responseToAnotherServersNameIsRefused() {
            Wire.Outcome outcome = login(
                    AuthLevel.PKT_INTEGRITY,
                    false,
                    (leg, token) -> leg == 2
                            ? edited(token, pairs -> pairs.with(AvPairs.NB_COMPUTER_NAME, NtlmText.utf16("OTHERS")))
                            : token);

            assertThat(outcome.reason())
                    .isEqualTo("account: the response of PLANT\\opc is for another server or challenge (pair 1)");
        }

        /** A server cannot put its own word for channel or service into the client's mouth, whether or not it tells the time. */
        @Test
        void serverDoesNotAnswerForTheClient() throws MalformedException {
            clientSettings = clientSettings.withTargetName("HOST/real", true);
            AvPairs modern = answerTo(pairs -> pairs);
            assertThat(modern.value(AvPairs.CHANNEL_BINDINGS)).contains(ChannelBinding.NONE);
            assertThat(modern.value(AvPairs.TARGET_NAME)).contains(NtlmText.utf16("HOST/real"));
            clientSettings = NtlmClientSettings.of("STATION");
            AvPairs old = answerTo(pairs -> pairs.without(AvPairs.TIMESTAMP));
            assertThat(old.has(AvPairs.CHANNEL_BINDINGS)).isFalse();
            assertThat(old.has(AvPairs.TARGET_NAME)).isFalse();
        }

        private AvPairs answerTo(UnaryOperator<AvPairs> change) throws MalformedException {
            ChannelBinding foreign = ChannelBinding.of(Bytes.ofHex("01"));
            Wire.Outcome outcome = login(
                    AuthLevel.PKT_INTEGRITY,
                    false,
                    (leg, token) -> leg == 2
                            ? edited(
                                    token,
                                    pairs -> change.apply(pairs)
                                            .with(AvPairs.CHANNEL_BINDINGS, foreign.md5())
                                            .with(AvPairs.TARGET_NAME, NtlmText.utf16("HOST/fake")))
                            : token);
            return NtlmV2Response.read(authenticate(outcome).ntResponseOctets()).pairs();
        }
    }

    @Nested
    class Bound {
        private final ChannelBinding ours = ChannelBinding.of(Bytes.ofHex("0102"));
        private final ChannelBinding others = ChannelBinding.of(Bytes.ofHex("0103"));

        @Test
        void loginForThisChannelIsAcceptedAndNoOther() {
            serverSettings = serverSettings.withChannelBinding(ours);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).contains("not for this channel");
            clientSettings = clientSettings.withChannelBinding(others);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).contains("not for this channel");
            clientSettings = clientSettings.withChannelBinding(ours);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).isLogin()).isTrue();
            serverSettings = NtlmServerSettings.of("TANDEM");
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).isLogin()).isTrue();
        }

        @Test
        void loginForThisServiceIsAcceptedAndNoOther() {
            serverSettings = serverSettings.withTargetNames(Set.of("RPCSS/tandem", "HOST/tandem"));
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).contains("another service");
            clientSettings = clientSettings.withTargetName("cifs/tandem", true);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).contains("another service");
            clientSettings = clientSettings.withTargetName("rpcss/TANDEM", false);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).reason()).contains("another service");
            clientSettings = clientSettings.withTargetName("rpcss/TANDEM", true);
            assertThat(login(AuthLevel.PKT_INTEGRITY, false).isLogin()).isTrue();
        }

        /** What cannot name a channel or a service, or be signed, cannot be accepted where that is asked. */
        @Test
        void lesserLoginCannotFulfilWhatIsAsked() {
            clientSettings = clientSettings.withLeniencies(Set.of(Leniency.NTLM2_SESSION));
            for (NtlmServerSettings strict : List.of(
                    serverSettings.withChannelBinding(ours),
                    serverSettings.withTargetNames(Set.of("HOST/tandem")),
                    serverSettings.withMicRequired())) {
                serverSettings = strict.withLeniencies(ALL);
                assertThat(login(AuthLevel.PKT_INTEGRITY, false).server()).isInstanceOf(SecurityStep.Failed.class);
            }
        }
    }

    @Nested
    class Allowed {
        @ParameterizedTest
        @MethodSource("org.tandemopc.dcom.ntlm.LoginTest#both")
        void anonymousLoginProvesNobodyAndSealsAllTheSame(boolean spnego) {
            credentials = NtlmCredentials.ANONYMOUS;
            allowAllOnBothSides();

            Wire.Outcome outcome = login(AuthLevel.PKT_PRIVACY, spnego);

            assertThat(outcome.isLogin()).describedAs(outcome.reason()).isTrue();
            assertThat(outcome.serverDone().principal().isAnonymous()).isTrue();
            assertProtects(outcome, AuthLevel.PKT_PRIVACY);
        }

        @ParameterizedTest
        @MethodSource("org.tandemopc.dcom.ntlm.LoginTest#both")
        void ntlm2SessionSignsAndSealsLikeNtlm2(boolean spnego) {
            clientSettings = clientSettings.withLeniencies(Set.of(Leniency.NTLM2_SESSION));
            serverSettings = serverSettings.withLeniencies(Set.of(Leniency.NTLM2_SESSION));

            Wire.Outcome outcome = login(AuthLevel.PKT_PRIVACY, spnego);

            assertThat(outcome.isLogin()).describedAs(outcome.reason()).isTrue();
            assertThat(outcome.serverDone().principal()).isEqualTo(new Principal("PLANT", "opc"));
            assertProtects(outcome, AuthLevel.PKT_PRIVACY);
        }

        @Test
        void ntlm1LogsInWithoutSignatures() {
            Set<Leniency> both = Set.of(Leniency.NTLM1, Leniency.UNSIGNED_CALLS);
            clientSettings = clientSettings.withLeniencies(both);
            serverSettings = serverSettings.withLeniencies(both);
            withheldByServer = NtlmFlags.EXTENDED_SESSION_SECURITY;

            assertThat(login(AuthLevel.CONNECT, false).isLogin()).isTrue();
            credentials = NtlmCredentials.of("PLANT", "opc", "wrong".toCharArray());
            assertThat(login(AuthLevel.CONNECT, false).reason()).contains("wrong password");
        }

        /** Once for each kind and side, however many logins there are; and only when one was let in. */
        @Test
        void leniencyIsSaidOnceWhenItIsUsed() {
            Set<Leniency> both = Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION);
            clientSettings = clientSettings.withLeniencies(both);
            serverSettings = serverSettings.withLeniencies(both);
            NtlmInitiator initiator = initiator();
            NtlmAcceptor acceptor = acceptor();

            assertThat(Wire.login(initiator.ntlm(AuthLevel.PKT_INTEGRITY), acceptor.ntlm(AuthLevel.PKT_INTEGRITY))
                            .isLogin())
                    .isTrue();
            assertThat(serverLog).singleElement().asString().contains("NTLM2_SESSION", "user PLANT\\opc");
            for (int n = 0; n < 3; n++) {
                assertThat(Wire.login(initiator.ntlm(AuthLevel.CONNECT), acceptor.ntlm(AuthLevel.CONNECT))
                                .isLogin())
                        .isTrue();
            }

            assertThat(serverLog).hasSize(2).last().asString().contains("UNSIGNED_CALLS");
            assertThat(clientLog).hasSize(2).allMatch(line -> line.startsWith("INSECURE NTLM LOGIN"));
        }

        /** At CONNECT a token says nothing, so that nothing is ever taken for verified by it. */
        @Test
        void contextWithoutSignaturesVerifiesNothing() {
            allowAllOnBothSides();
            Wire.Outcome outcome = login(AuthLevel.CONNECT, false);
            byte[] pdu = pdu(1);

            Bytes token = outcome.clientDone().protection().protect(pdu, 48, 24, 40, false);

            assertThat(token).isEqualTo(Bytes.ofHex("01000000000000000000000000000000"));
            assertThat(outcome.serverDone().protection().unprotect(pdu, 48, 24, 40, false, token))
                    .isFalse();
            assertThatThrownBy(() -> outcome.clientDone().protection().protect(pdu, 48, 24, 40, true))
                    .isInstanceOf(IllegalStateException.class);
        }

        /** [MS-NLMP] 3.2.5.1.2: some clients name a domain and leave it out of the key. */
        @Test
        void keyWithoutDomainFitsToo() {
            NtlmAcceptor acceptor = acceptor();
            NtlmServer server = acceptor.ntlm(AuthLevel.PKT_INTEGRITY);
            credentials = NtlmCredentials.of("", "opc", PASSWORD.toCharArray());
            NtlmClient client = initiator().ntlm(AuthLevel.PKT_INTEGRITY);
            Wire.Outcome outcome = Wire.login(client, server, (leg, token) -> leg == 3 ? withDomain(token) : token);

            // The MIC is the only thing that is wrong with it then.
            assertThat(outcome.reason()).contains("changed on the way");
        }

        private static Bytes withDomain(Bytes token) {
            Authenticate from = assertInstanceOf(Authenticate.class, read(token));
            return Authenticate.of(
                            from.flags(),
                            new Authenticate.Parts(
                                    "PLANT",
                                    from.userName(),
                                    "",
                                    from.lmResponseOctets(),
                                    from.ntResponseOctets(),
                                    from.sessionKeyOctets()),
                            true)
                    .toBytes();
        }
    }

    @Test
    void otherAuthenticationTypesAreNotTaken() {
        for (int type : new int[] {0, 8, 11, 14, 16, 68}) {
            assertThat(acceptor().accept(type, AuthLevel.PKT_PRIVACY)).isNull();
        }
    }

    @Test
    void namesArePutTogetherAsPeopleWriteThem() {
        char[] password = {'x'};
        for (String name : List.of("PLANT\\opc", "opc@PLANT")) {
            NtlmCredentials parsed = NtlmCredentials.of(name, password);
            assertThat(List.of(parsed.domain(), parsed.user())).containsExactly("PLANT", "opc");
        }
        assertThat(NtlmCredentials.of("opc", password).domain()).isEmpty();
        assertThat(NtlmCredentials.of("PLANT", "a@b", password).user()).isEqualTo("a@b");
        assertThatThrownBy(() -> NtlmCredentials.of("PLANT\\", password)).isInstanceOf(IllegalArgumentException.class);
        assertThat(NtHash.of(password).toString()).doesNotContainPattern("[0-9a-f]{8}");
    }

    private static Authenticate authenticate(Wire.Outcome outcome) throws MalformedException {
        Bytes token = outcome.tokens().get(2);
        Bytes inner =
                NtlmMessage.isNtlm(token) ? token : NegTokenResp.read(token).responseToken();
        if (inner == null) {
            throw new AssertionError("no token");
        }
        return assertInstanceOf(Authenticate.class, NtlmMessage.read(inner));
    }

    private static NtlmMessage read(Bytes token) {
        try {
            return NtlmMessage.read(token);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** A challenge that says something else of its server. */
    private static Bytes edited(Bytes token, UnaryOperator<AvPairs> change) {
        Challenge from = assertInstanceOf(Challenge.class, read(token));
        try {
            return Challenge.of(
                            from.flags(), "TANDEM", from.serverChallenge(), change.apply(from.info()), NtlmVersion.OURS)
                    .toBytes();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes flipped(Bytes token, int at, int mask) {
        byte[] octets = token.toArray();
        octets[at] ^= (byte) mask;
        return Bytes.of(octets);
    }
}
