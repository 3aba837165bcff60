package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.MessageProtection;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityStep;
import org.tandemopc.dcom.vectors.VectorFile;

class SpnegoTest {
    private static final AuthLevel LEVEL = AuthLevel.PKT_PRIVACY;
    private static final NtlmCredentials OPC = NtlmCredentials.of("PLANT\\opc", "Secret1!".toCharArray());

    private final NtlmInitiator initiator = new NtlmInitiator(NtlmClientSettings.of("STATION"), OPC);
    private final NtlmAcceptor acceptor = new NtlmAcceptor(
            NtlmServerSettings.of("TANDEM"),
            (domain, user) -> user.equals("opc") ? Optional.of(NtHash.of("Secret1!".toCharArray())) : Optional.empty());

    @Nested
    class Recorded {
        @Test
        void everyTokenIsReadAndWrittenOctetByOctet() throws MalformedException {
            List<Bytes> tokens = RecordedTokens.allSpnego();

            assertThat(tokens).hasSize(8);
            for (Bytes token : tokens) {
                assertThat(
                                NegTokenInit.isOne(token)
                                        ? NegTokenInit.read(token).toBytes()
                                        : NegTokenResp.read(token).toBytes())
                        .isEqualTo(token);
            }
        }

        /** Number 0, at the beginning of the key stream, over the list with its tag and length: as samba signed it. */
        @Test
        void listOfSambaIsVerifiedAndSignedTheSame() throws MalformedException {
            for (String name :
                    List.of("bind-spnego-seal", "bind-spnego-sign", "bind-be-spnego-seal", "bind-be-spnego-sign")) {
                NegTokenInit init =
                        NegTokenInit.read(RecordedTokens.raw(VectorFile.named("samba/" + name + "-01-bind-lsarpc.hex"))
                                .orElseThrow());
                VectorFile last = VectorFile.named("samba/" + name + "-02-alter-context-lsarpc.hex");
                NegTokenResp answer = NegTokenResp.read(RecordedTokens.raw(last).orElseThrow());
                Bytes mic = Objects.requireNonNull(answer.mechListMic());
                String auth = last.header("auth");
                byte[] key = Bytes.ofHex(auth.replaceAll(".*exported-session-key=([0-9a-f]+).*", "$1"))
                        .toArray();
                int flags = Integer.parseUnsignedInt(auth.replaceAll(".*negotiated-flags=0x([0-9a-f]+).*", "$1"), 16);

                assertThat(NtlmProtection.ofServer(flags, key).verify(init.mechTypesDer(), mic))
                        .describedAs(name)
                        .isTrue();
                assertThat(NtlmProtection.ofClient(flags, key).sign(init.mechTypesDer()))
                        .isEqualTo(mic);
            }
        }

        /** [MS-SPNG] 4: NEGOEX before NTLM, and hints where RFC 4178 has the MIC. */
        @Test
        void tokenOfWindowsIsRead() throws MalformedException {
            Bytes mechTypes = Bytes.ofHex("3018060a2b06010401823702021e060a2b06010401823702020a");
            Bytes hints = Der.write(
                    Der.context(3),
                    Bytes.ofHex(
                            "3028a0261b246e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265"));
            Bytes negoex = Bytes.ofHex("4e45474f45585453");
            NegTokenInit init = new NegTokenInit(
                    List.of(new Oid(Bytes.ofHex("2b06010401823702021e")), Oid.NTLM), mechTypes, null, negoex, hints);

            NegTokenInit read = NegTokenInit.read(init.toBytes());

            assertThat(read).isEqualTo(init);
            assertThat(acceptor.spnego(LEVEL).step(init.toBytes()))
                    .isEqualTo(new SecurityStep.Continue(
                            new NegTokenResp(NegTokenResp.REQUEST_MIC, Oid.NTLM, null, null).toBytes()));
        }
    }

    /** The list took number 0 of each direction, and no key stream: the first PDU has number 1 and begins at its beginning. */
    @Test
    void firstPduAfterASignedListHasNumberOneAndTheStreamFromItsStart() throws MalformedException {
        Wire.Outcome outcome = Wire.login(initiator.spnego(LEVEL), acceptor.spnego(LEVEL));

        assertThat(outcome.tokens()).hasSize(4);
        for (int leg : new int[] {3, 4}) {
            Bytes mic = Objects.requireNonNull(
                    NegTokenResp.read(outcome.tokens().get(leg - 1)).mechListMic());
            assertThat(mic.toArray()).endsWith(0, 0, 0, 0);
        }
        for (List<MessageProtection> way : List.of(
                List.of(outcome.clientDone().protection(), outcome.serverDone().protection()),
                List.of(outcome.serverDone().protection(), outcome.clientDone().protection()))) {
            byte[] pdu = new byte[32];
            Bytes token = way.getFirst().protect(pdu, 32, 8, 24, true);
            assertThat(token.toArray()).endsWith(1, 0, 0, 0);
            assertThat(way.getLast().unprotect(pdu, 32, 8, 24, true, token)).isTrue();
        }
    }

    @Nested
    class Restarted {
        private final Bytes list =
                Der.write(Der.SEQUENCE, Der.concat(Oid.MS_KERBEROS.toDer(), Oid.KERBEROS.toDer(), Oid.NTLM.toDer()));
        private final NegTokenInit kerberosFirst = new NegTokenInit(
                List.of(Oid.MS_KERBEROS, Oid.KERBEROS, Oid.NTLM), list, null, Bytes.ofHex("6001ff"), Bytes.EMPTY);

        /** What a Windows client does outside of a domain: it is told to use NTLM, and to sign what it offered. */
        @Test
        void offerOfKerberosFirstIsAnsweredWithNtlmAndBegunAnew() throws MalformedException {
            SpnegoServer server = acceptor.spnego(LEVEL);
            NtlmClient client = initiator.ntlm(LEVEL);
            SecurityStep first = server.step(kerberosFirst.toBytes());
            assertThat(first)
                    .isEqualTo(new SecurityStep.Continue(
                            new NegTokenResp(NegTokenResp.REQUEST_MIC, Oid.NTLM, null, null).toBytes()));

            SecurityStep.Done done = finished(server, client, list);
            assertThat(done.principal()).isEqualTo(new Principal("PLANT", "opc"));
            NegTokenResp last = NegTokenResp.read(done.token());
            assertThat(last.negState()).isEqualTo(NegTokenResp.ACCEPT_COMPLETED);
            assertThat(clientsProtection.verify(list, Objects.requireNonNull(last.mechListMic())))
                    .isTrue();
        }

        /** Somebody took Kerberos out of the list, or put it in: the client signed another one. */
        @Test
        void listThatTheClientDidNotOfferIsRefused() throws MalformedException {
            SpnegoServer server = acceptor.spnego(LEVEL);
            assertThat(server.step(kerberosFirst.toBytes())).isInstanceOf(SecurityStep.Continue.class);

            SecurityStep last = last(server, initiator.ntlm(LEVEL), Der.write(Der.SEQUENCE, Oid.NTLM.toDer()));
            assertThat(last)
                    .isEqualTo(new SecurityStep.Failed("account: the list of mechanisms was changed on the way"));
        }

        @Test
        void listMustBeSigned() throws MalformedException {
            SpnegoServer server = acceptor.spnego(LEVEL);
            assertThat(server.step(kerberosFirst.toBytes())).isInstanceOf(SecurityStep.Continue.class);

            assertThat(last(server, initiator.ntlm(LEVEL), null))
                    .isEqualTo(new SecurityStep.Failed("account: the list of mechanisms is not signed"));
        }

        private NtlmProtection clientsProtection = NtlmProtection.ofClient(0, new byte[16]);

        private SecurityStep.Done finished(SpnegoServer server, NtlmClient client, Bytes signed)
                throws MalformedException {
            return assertInstanceOf(SecurityStep.Done.class, last(server, client, signed));
        }

        private SecurityStep last(SpnegoServer server, NtlmClient client, @Nullable Bytes signed)
                throws MalformedException {
            Bytes negotiate = ((SecurityStep.Continue) client.step(Bytes.EMPTY)).token();
            SecurityStep.Continue challenge = assertInstanceOf(
                    SecurityStep.Continue.class, server.step(new NegTokenResp(null, null, negotiate, null).toBytes()));
            NegTokenResp response = NegTokenResp.read(challenge.token());
            assertThat(response.negState()).isEqualTo(NegTokenResp.ACCEPT_INCOMPLETE);
            SecurityStep.Done done = (SecurityStep.Done) client.step(Objects.requireNonNull(response.responseToken()));
            clientsProtection = (NtlmProtection) done.protection();
            Bytes mic = signed == null ? null : clientsProtection.sign(signed);
            return server.step(new NegTokenResp(null, null, done.token(), mic).toBytes());
        }
    }

    /** Windows sends it so where NTLM is its first choice, and gets it back so. */
    @Test
    void bareNtlmIsAnsweredWithBareNtlm() {
        SpnegoServer server = acceptor.spnego(LEVEL);
        Wire.Outcome outcome = Wire.login(initiator.ntlm(LEVEL), server);

        assertThat(outcome.isLogin()).isTrue();
        assertThat(outcome.tokens()).hasSize(3).allMatch(NtlmMessage::isNtlm);
        assertThat(server.authType()).isEqualTo(9);
        assertThat(server.step(outcome.tokens().get(2))).isInstanceOf(SecurityStep.Failed.class);
    }

    @Test
    void offerWithoutTokenIsAnsweredAndGoesOn() throws MalformedException {
        SpnegoServer server = acceptor.spnego(LEVEL);
        NegTokenInit offer =
                new NegTokenInit(List.of(Oid.NTLM), Der.write(Der.SEQUENCE, Oid.NTLM.toDer()), null, null, Bytes.EMPTY);

        assertThat(server.step(offer.toBytes()))
                .isEqualTo(new SecurityStep.Continue(
                        new NegTokenResp(NegTokenResp.ACCEPT_INCOMPLETE, Oid.NTLM, null, null).toBytes()));
        Bytes negotiate = ((SecurityStep.Continue) initiator.ntlm(LEVEL).step(Bytes.EMPTY)).token();
        assertThat(server.step(new NegTokenResp(null, null, negotiate, null).toBytes()))
                .isInstanceOf(SecurityStep.Continue.class);
    }

    @Test
    void offerWithoutNtlmIsRefused() {
        Bytes list = Der.write(Der.SEQUENCE, Oid.KERBEROS.toDer());
        NegTokenInit offer = new NegTokenInit(List.of(Oid.KERBEROS), list, null, null, Bytes.EMPTY);

        assertThat(acceptor.spnego(LEVEL).step(offer.toBytes()))
                .isEqualTo(new SecurityStep.Failed("level: the client does not offer NTLM"));
    }

    /** Taking the signature of the list out, from either side, stops the login, because NTLM's own MIC was there. */
    @Test
    void signatureOfTheListIsMissedAndVerified() {
        for (int leg : new int[] {3, 4}) {
            Wire.Outcome without = Wire.login(
                    initiator.spnego(LEVEL),
                    acceptor.spnego(LEVEL),
                    (n, token) -> n == leg ? changed(token, null) : token);
            assertThat(leg == 3 ? without.server() : without.client()).isInstanceOf(SecurityStep.Failed.class);
            Wire.Outcome wrong = Wire.login(
                    initiator.spnego(LEVEL),
                    acceptor.spnego(LEVEL),
                    (n, token) -> n == leg ? changed(token, Bytes.ofHex("01000000112233445566778800000000")) : token);
            assertThat(leg == 3 ? wrong.server() : wrong.client()).isInstanceOf(SecurityStep.Failed.class);
        }
    }

    /** Where nothing is signed, as at CONNECT, the list is not either. */
    @Test
    void listIsNotSignedWhereNothingIs() throws MalformedException {
        Set<Leniency> unsigned = Set.of(Leniency.UNSIGNED_CALLS);
        NtlmInitiator lenient =
                new NtlmInitiator(NtlmClientSettings.of("STATION").withLeniencies(unsigned), OPC);
        NtlmAcceptor lenientAcceptor = new NtlmAcceptor(
                NtlmServerSettings.of("TANDEM").withLeniencies(unsigned),
                (domain, user) -> Optional.of(NtHash.of("Secret1!".toCharArray())));

        Wire.Outcome outcome = Wire.login(lenient.spnego(AuthLevel.CONNECT), lenientAcceptor.spnego(AuthLevel.CONNECT));

        assertThat(outcome.isLogin()).isTrue();
        assertThat(NegTokenResp.read(outcome.tokens().get(3)))
                .isEqualTo(new NegTokenResp(NegTokenResp.ACCEPT_COMPLETED, null, null, null));
    }

    /** RFC 4178 4.2.2: the state may be left out after the first answer; the signature may not. */
    @Test
    void lastTokenMayLeaveItsStateOut() {
        for (Integer negState : Arrays.asList(null, NegTokenResp.ACCEPT_COMPLETED, NegTokenResp.ACCEPT_INCOMPLETE)) {
            Wire.Outcome outcome = Wire.login(
                    initiator.spnego(LEVEL),
                    acceptor.spnego(LEVEL),
                    (leg, token) -> leg == 4 ? with(token, negState) : token);
            boolean isEnd = negState == null || negState == NegTokenResp.ACCEPT_COMPLETED;
            assertThat(outcome.isLogin()).isEqualTo(isEnd);
        }
    }

    private static Bytes with(Bytes token, @Nullable Integer negState) {
        try {
            NegTokenResp from = NegTokenResp.read(token);
            return new NegTokenResp(negState, null, null, from.mechListMic()).toBytes();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void clientEndsWhenTheServerRejectsOrWantsAnotherMechanism() throws MalformedException {
        for (NegTokenResp answer : List.of(
                new NegTokenResp(NegTokenResp.REJECT, null, null, null),
                new NegTokenResp(NegTokenResp.ACCEPT_INCOMPLETE, Oid.KERBEROS, Bytes.ofHex("00"), null),
                new NegTokenResp(NegTokenResp.ACCEPT_INCOMPLETE, Oid.NTLM, null, null))) {
            SpnegoClient client = initiator.spnego(LEVEL);
            assertThat(client.step(Bytes.EMPTY)).isInstanceOf(SecurityStep.Continue.class);
            assertThat(client.step(answer.toBytes())).isInstanceOf(SecurityStep.Failed.class);
            assertThat(client.step(answer.toBytes())).isInstanceOf(SecurityStep.Failed.class);
        }
        Wire.Outcome rejectedAtTheEnd = Wire.login(
                initiator.spnego(LEVEL),
                acceptor.spnego(LEVEL),
                (leg, token) -> leg == 4 ? new NegTokenResp(NegTokenResp.REJECT, null, null, null).toBytes() : token);
        assertThat(rejectedAtTheEnd.client()).isInstanceOf(SecurityStep.Failed.class);
    }

    private static Bytes changed(Bytes token, @Nullable Bytes mic) {
        try {
            NegTokenResp from = NegTokenResp.read(token);
            assertThat(from.mechListMic()).isNotNull();
            return new NegTokenResp(from.negState(), from.supportedMech(), from.responseToken(), mic).toBytes();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
