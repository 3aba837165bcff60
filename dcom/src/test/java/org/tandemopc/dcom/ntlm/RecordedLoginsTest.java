package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityStep;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * What samba, impacket, j-Interop (utgard) and node-dcom sent, judged by the product's server and unsealed by its session security.
 */
class RecordedLoginsTest {
    private static final NtHash HASH = NtHash.of("Secret1!".toCharArray());

    /** A recorded AUTHENTICATE with the two messages before it. */
    private record Login(VectorFile file, Bytes negotiate, Challenge challenge, Bytes token, Authenticate message) {
        static Login of(VectorFile file) throws MalformedException {
            Bytes token = RecordedTokens.ntlm(file);
            return new Login(
                    file,
                    Bytes.ofHex(file.header("negotiate")),
                    (Challenge) NtlmMessage.read(Bytes.ofHex(file.header("challenge"))),
                    token,
                    (Authenticate) NtlmMessage.read(token));
        }

        boolean isV2() {
            return message.ntResponse().length() > NtlmKeys.SHORT_RESPONSE_BYTES;
        }

        /** "..., key=value ..." of the header. */
        String told(String key) {
            String auth = file.header("auth");
            int from = auth.indexOf(" " + key + "=") + key.length() + 2;
            int to = auth.indexOf(' ', from);
            return auth.substring(from, to < 0 ? auth.length() : to);
        }

        AuthLevel level() {
            String auth = file.header("auth");
            if (auth.contains("privacy")) {
                return AuthLevel.PKT_PRIVACY;
            } else if (auth.contains("integrity")) {
                return AuthLevel.PKT_INTEGRITY;
            }
            return auth.contains("packet") ? AuthLevel.PKT : AuthLevel.CONNECT;
        }

        /** The same, in answer to a challenge that granted something else. */
        Login granted(int flags) {
            Challenge other = new Challenge(
                    challenge.targetName(),
                    flags,
                    challenge.serverChallenge(),
                    challenge.reserved(),
                    challenge.targetInfo(),
                    challenge.tail());
            return new Login(file, negotiate, other, token, message);
        }

        SecurityStep judge(AuthLevel level, Set<Leniency> leniencies) throws MalformedException {
            return judge(level, leniencies, token);
        }

        SecurityStep judge(AuthLevel level, Set<Leniency> leniencies, Bytes answer) throws MalformedException {
            InstantSource clock = InstantSource.fixed(
                    NtlmText.instant(challenge.info().timestamp().orElseThrow()));
            NtlmAcceptor acceptor = new NtlmAcceptor(
                    NtlmServerSettings.of("DASPIKE").withLeniencies(leniencies),
                    (domain, user) -> user.equals("opc") ? Optional.of(HASH) : Optional.empty(),
                    new FixedRandom(Bytes.of(new byte[16])),
                    clock);
            NtlmServer.Offer offer = new NtlmServer.Offer(negotiate, challenge, challenge.info(), clock.instant());
            return new NtlmServer(acceptor, level, offer).step(answer);
        }
    }

    private static List<Login> logins() throws MalformedException {
        List<Login> logins = new ArrayList<>();
        for (VectorFile file : VectorFile.all("")) {
            if (file.hasHeader("negotiate")) {
                logins.add(Login.of(file));
            }
        }
        return logins;
    }

    @Test
    void everyNtlm2ResponseAndItsSessionKeysAreRecomputed() throws MalformedException {
        List<Login> logins = logins().stream().filter(Login::isV2).toList();

        assertThat(logins).hasSize(43);
        int baseKeys = 0;
        for (Login login : logins) {
            NtlmV2Response response = NtlmV2Response.read(login.message().ntResponseOctets());
            byte[] octets = response.toBytes().toArray();
            assertThat(Bytes.of(octets)).isEqualTo(login.message().ntResponseOctets());
            assertThat(response.clientChallenge()).isEqualTo(Bytes.ofHex(login.told("client-challenge")));

            byte[] key = NtlmKeys.responseKeyV2(
                    HASH, login.message().userName(), login.message().domainName());
            byte[] blob = Arrays.copyOfRange(octets, NtlmV2Response.PROOF_BYTES, octets.length);
            byte[] proof = NtlmKeys.proofV2(key, login.challenge().serverChallenge(), blob);
            assertThat(Bytes.of(proof)).describedAs(login.file().name()).isEqualTo(response.proof());

            byte[] base = NtlmKeys.sessionBaseKeyV2(key, proof);
            if (login.file().hasHeader("session-base-key")) {
                baseKeys++;
                assertThat(Bytes.of(base)).isEqualTo(Bytes.ofHex(login.file().header("session-base-key")));
            }
            byte[] encrypted = login.message().sessionKeyOctets().toArray();
            byte[] exported = encrypted.length == 0 ? base : Rc4.once(base, encrypted);
            assertThat(Bytes.of(exported))
                    .describedAs(login.file().name())
                    .isEqualTo(Bytes.ofHex(login.told("exported-session-key")));
        }
        assertThat(baseKeys).isEqualTo(11);
    }

    @Test
    void everyRecordedMicIsRecomputed() throws MalformedException {
        int mics = 0;
        for (Login login : logins()) {
            if (!login.isV2()) {
                continue;
            }
            AvPairs pairs =
                    NtlmV2Response.read(login.message().ntResponseOctets()).pairs();
            boolean hasMic = NtlmFlags.has(pairs.flags(), AvPairs.FLAG_MIC);
            assertThat(hasMic)
                    .describedAs(login.file().name())
                    .isEqualTo(login.file().hasHeader("mic"));
            if (hasMic) {
                mics++;
                byte[] mic = NtlmKeys.mic(
                        Bytes.ofHex(login.told("exported-session-key")).toArray(),
                        login.negotiate(),
                        login.challenge().toBytes(),
                        login.token());
                assertThat(Bytes.of(mic))
                        .describedAs(login.file().name())
                        .isEqualTo(login.message().mic());
            }
        }
        assertThat(mics).isEqualTo(20);
    }

    /** All of NTLMv2 with signatures need no leniency; only j-Interop at CONNECT and samba at CONNECT need that one. */
    @Test
    void serverAcceptsEveryRecordedNtlm2Login() throws MalformedException {
        for (Login login : logins()) {
            if (login.isV2()) {
                Set<Leniency> leniencies = login.level().signs() ? Set.of() : Set.of(Leniency.UNSIGNED_CALLS);
                SecurityStep.Done done = assertInstanceOf(
                        SecurityStep.Done.class,
                        login.judge(login.level(), leniencies),
                        login.file().name());
                assertThat(done.principal()).isEqualTo(new Principal("PLANT", "opc"));
                assertThat(login.judge(AuthLevel.CONNECT, Set.of())).isInstanceOf(SecurityStep.Failed.class);
            }
        }
    }

    /** NTLM2 session responses of j-Interop and node-dcom, both at CONNECT. */
    @Test
    void serverAcceptsTheOtherLoginsOnlyWhereThatIsAllowed() throws MalformedException {
        List<Login> others = logins().stream().filter(login -> !login.isV2()).toList();

        assertThat(others).hasSize(4);
        for (Login login : others) {
            assertThat(login.judge(AuthLevel.CONNECT, Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION)))
                    .describedAs(login.file().name())
                    .isInstanceOf(SecurityStep.Done.class);
            Bytes clientChallenge = Bytes.of(login.message().lmResponseOctets().toArray(), 0, 8);
            byte[] key =
                    NtlmKeys.keyExchangeKeyNtlm2Session(HASH, login.challenge().serverChallenge(), clientChallenge);
            assertThat(Bytes.of(key)).isEqualTo(Bytes.ofHex(login.told("exported-session-key")));
            Set<Leniency> allButThat = EnumSet.complementOf(EnumSet.of(Leniency.NTLM2_SESSION));
            SecurityStep.Failed failed =
                    assertInstanceOf(SecurityStep.Failed.class, login.judge(AuthLevel.CONNECT, allButThat));
            assertThat(failed.reason()).startsWith("level: ").contains("NTLM2_SESSION");
        }
    }

    /** impacket sends no MIC. What somebody takes away from its flags on the way is then missed, not overlooked. */
    @Test
    void flagTakenFromALoginWithoutMicIsMissed() throws MalformedException {
        Login login = Login.of(VectorFile.named("impacket/l6-act-02-auth3.hex"));
        assertThat(login.judge(AuthLevel.PKT_PRIVACY, Set.of())).isInstanceOf(SecurityStep.Done.class);

        for (int flag : new int[] {
            NtlmFlags.SEAL, NtlmFlags.EXTENDED_SESSION_SECURITY, NtlmFlags.KEY_128, NtlmFlags.KEY_EXCHANGE
        }) {
            byte[] edited = login.token().toArray();
            for (int n = 0; n < Integer.BYTES; n++) {
                edited[60 + n] &= (byte) ~(flag >>> (Byte.SIZE * n));
            }
            SecurityStep.Failed failed = assertInstanceOf(
                    SecurityStep.Failed.class, login.judge(AuthLevel.PKT_PRIVACY, Set.of(), Bytes.of(edited)));
            assertThat(failed.reason()).startsWith("level: ");
            // Nor does the client's word count for what was not granted.
            assertThat(login.granted(login.challenge().flags() & ~flag).judge(AuthLevel.PKT_PRIVACY, Set.of()))
                    .isInstanceOfSatisfying(
                            SecurityStep.Failed.class,
                            refused -> assertThat(refused.reason()).startsWith("level: "));
        }
    }

    /**
     * node-dcom puts a blank AUTHENTICATE into each alter_context. It is a login of nobody even where anonymous logins are
     * allowed.
     */
    @Test
    void blankAuthenticateIsNoLogin() throws MalformedException {
        Login login = Login.of(VectorFile.named("node/connect-auth3.hex"));
        Bytes blank = RecordedTokens.ntlm(VectorFile.named("node/connect-alter-context-iopcsyncio.hex"));
        assertThat(blank.size()).isEqualTo(64);

        assertThat(login.judge(AuthLevel.CONNECT, EnumSet.allOf(Leniency.class), blank))
                .isInstanceOf(SecurityStep.Failed.class);
    }

    /** j-Interop as server answers an unauthenticated bind with a NEGOTIATE. */
    @Test
    void negotiateFromAServerEndsTheClientsLogin() throws MalformedException {
        Bytes token = RecordedTokens.ntlm(VectorFile.named("utgard/callback-oxid-noauth-bind-ack.hex"));
        NtlmClient client = new NtlmInitiator(
                        NtlmClientSettings.of("TEST"), NtlmCredentials.of("opc", "Secret1!".toCharArray()))
                .ntlm(AuthLevel.PKT_INTEGRITY);
        assertThat(client.step(Bytes.EMPTY)).isInstanceOf(SecurityStep.Continue.class);

        assertThat(client.step(token)).isInstanceOf(SecurityStep.Failed.class);
    }

    /** j-Interop as server: its challenge is good enough for NTLMv2, and names nothing but its computer and domain. */
    @Test
    void clientAnswersTheChallengeOfJInterop() throws MalformedException {
        Bytes challenge = RecordedTokens.ntlm(VectorFile.named("utgard/ntlm-callback-server-sec-2-challenge.hex"));
        NtlmClient client = new NtlmInitiator(
                        NtlmClientSettings.of("TEST"), NtlmCredentials.of("opc", "Secret1!".toCharArray()))
                .ntlm(AuthLevel.PKT_PRIVACY);
        assertThat(client.step(Bytes.EMPTY)).isInstanceOf(SecurityStep.Continue.class);

        SecurityStep.Done done = assertInstanceOf(SecurityStep.Done.class, client.step(challenge));

        Authenticate answer = (Authenticate) NtlmMessage.read(done.token());
        assertThat(NtlmV2Response.read(answer.ntResponseOctets()).pairs().pairs())
                .isEqualTo(((Challenge) NtlmMessage.read(challenge)).info().pairs());
    }

    @Test
    void everyRecordedMessageIsReadAndWrittenOctetByOctet() throws MalformedException {
        List<Bytes> messages = RecordedTokens.allNtlm();

        assertThat(messages).hasSizeGreaterThan(100);
        for (Bytes message : messages) {
            assertThat(NtlmMessage.read(message).toBytes()).isEqualTo(message);
        }
    }
}
