package org.tandemopc.dcom.ntlm;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ntlm.Strength.Proof;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.SecurityStep;

/**
 * One login as a client ([MS-NLMP] 3.1.5.1). Asks for what its level needs and gives nothing away before the server has granted
 * it: a challenge that offers less ends the login, whoever took the rest away.
 *
 * <pre>
 * Fresh --step(empty)--> Negotiated --step(CHALLENGE)--> Over
 * </pre>
 *
 * <p>NTLM does not say who the server is. Its first signed answer shows that it knows the password.
 */
public final class NtlmClient implements SecurityMechanism {
    /** Its number as a security package ([MS-RPCE] 2.2.1.1.7). */
    public static final int AUTH_TYPE = 10;

    private static final int ALWAYS = NtlmFlags.UNICODE
            | NtlmFlags.REQUEST_TARGET
            | NtlmFlags.NTLM
            | NtlmFlags.ALWAYS_SIGN
            | NtlmFlags.EXTENDED_SESSION_SECURITY
            | NtlmFlags.VERSION
            | NtlmFlags.KEY_128
            | NtlmFlags.KEY_56;
    private static final Bytes NO_RESPONSE = Bytes.EMPTY;
    private static final Bytes ANONYMOUS_LM_RESPONSE = Bytes.of((byte) 0);

    private final NtlmInitiator initiator;
    private final AuthLevel level;

    private State state = State.FRESH;
    private @Nullable Negotiate negotiate;
    private boolean micSent;

    private enum State {
        FRESH,
        NEGOTIATED,
        OVER
    }

    NtlmClient(NtlmInitiator initiator, AuthLevel level) {
        this.initiator = initiator;
        this.level = level;
    }

    @Override
    public int authType() {
        return AUTH_TYPE;
    }

    /** Whether the AUTHENTICATE_MESSAGE carries a MIC, so that SPNEGO must have one too ([MS-SPNG] 3.1.5.1 note 8). */
    boolean micSent() {
        return micSent;
    }

    @Override
    public SecurityStep step(Bytes token) {
        try {
            return switch (state) {
                case FRESH -> negotiated(token);
                case NEGOTIATED -> answered(token);
                case OVER -> throw new RefusedException("token: the login is over");
            };
        } catch (RefusedException e) {
            state = State.OVER;
            return new SecurityStep.Failed(String.valueOf(e.getMessage()));
        } catch (MalformedException e) {
            state = State.OVER;
            return new SecurityStep.Failed("token: " + e.getMessage());
        }
    }

    private SecurityStep negotiated(Bytes token) throws RefusedException {
        if (!token.isEmpty()) {
            throw new RefusedException("token: the server speaks first");
        }
        int flags = ALWAYS;
        if (level.signs()) {
            flags |= NtlmFlags.SIGN | NtlmFlags.KEY_EXCHANGE;
        }
        if (level.seals()) {
            flags |= NtlmFlags.SEAL;
        }
        Negotiate message = Negotiate.of(flags & ~initiator.withheld());
        negotiate = message;
        state = State.NEGOTIATED;
        return new SecurityStep.Continue(message.toBytes());
    }

    private SecurityStep answered(Bytes token) throws RefusedException, MalformedException {
        Negotiate asked = negotiate;
        if (asked == null || !(NtlmMessage.read(token) instanceof Challenge challenge)) {
            throw new RefusedException("token: the server sent another message than a challenge");
        }
        int flags = (challenge.flags() & (asked.flags() | NtlmFlags.TARGET_INFO)) | NtlmFlags.REQUEST_TARGET;
        Proof proof = proof(flags);
        Set<Leniency> needed = Strength.needed(flags, level, proof);
        Strength.requireAllowed(needed, initiator.leniencies());

        Response response = switch (proof) {
            case ANONYMOUS -> anonymous();
            case NTLM1 -> ntlm1(challenge);
            case NTLM2_SESSION -> ntlm2Session(challenge);
            case NTLM2 -> ntlm2(challenge, flags);
        };
        needed.forEach(leniency -> initiator.leniencies().used(leniency, "as client " + initiator.credentials()));
        state = State.OVER;
        return finished(asked, token, response, flags | (proof == Proof.ANONYMOUS ? NtlmFlags.ANONYMOUS : 0));
    }

    private Proof proof(int flags) {
        boolean extended = NtlmFlags.has(flags, NtlmFlags.EXTENDED_SESSION_SECURITY);
        if (initiator.credentials().hash().isEmpty()) {
            return Proof.ANONYMOUS;
        } else if (extended && initiator.leniencies().allows(Leniency.NTLM2_SESSION)) {
            return Proof.NTLM2_SESSION;
        } else if (!extended && initiator.leniencies().allows(Leniency.NTLM1)) {
            return Proof.NTLM1;
        }
        return Proof.NTLM2;
    }

    /** The two fields, the key they give, and whether the messages are to be signed with it. */
    private record Response(Bytes lm, Bytes nt, Bytes keyExchangeKey, boolean withMic) {
        @Override
        public String toString() {
            return "Response(hidden)";
        }
    }

    private static Response anonymous() {
        return new Response(ANONYMOUS_LM_RESPONSE, NO_RESPONSE, Bytes.of(new byte[NtlmKeys.KEY_BYTES]), false);
    }

    private Response ntlm1(Challenge challenge) {
        NtHash hash = hash();
        // The NT response in both places: the LM response would give away more (NoLMResponseNTLMv1 of 3.1.1.1).
        Bytes response = Bytes.of(NtlmKeys.responseV1(hash, challenge.serverChallenge()));
        return new Response(response, response, Bytes.of(NtlmKeys.keyExchangeKeyV1(hash)), false);
    }

    private Response ntlm2Session(Challenge challenge) {
        NtHash hash = hash();
        Bytes clientChallenge = initiator.random(Challenge.CHALLENGE_BYTES);
        Bytes server = challenge.serverChallenge();
        return new Response(
                Bytes.of(Arrays.copyOf(clientChallenge.toArray(), NtlmKeys.SHORT_RESPONSE_BYTES)),
                Bytes.of(NtlmKeys.responseNtlm2Session(hash, server, clientChallenge)),
                Bytes.of(NtlmKeys.keyExchangeKeyNtlm2Session(hash, server, clientChallenge)),
                false);
    }

    private Response ntlm2(Challenge challenge, int flags) throws RefusedException, MalformedException {
        AvPairs offered = NtlmFlags.has(flags, NtlmFlags.TARGET_INFO) ? challenge.info() : AvPairs.EMPTY;
        if (level.signs() && !(offered.has(AvPairs.NB_COMPUTER_NAME) && offered.has(AvPairs.NB_DOMAIN_NAME))) {
            throw new RefusedException("level: the server does not name itself ([MS-NLMP] 3.1.5.1.2)");
        }
        boolean withMic = offered.timestamp().isPresent();
        Bytes clientChallenge = initiator.random(Challenge.CHALLENGE_BYTES);
        byte[] blob = NtlmV2Response.blob(
                        offered.timestamp().orElseGet(initiator::filetime), clientChallenge, answer(offered, withMic))
                .toArray();
        NtlmCredentials credentials = initiator.credentials();
        byte[] key = NtlmKeys.responseKeyV2(hash(), credentials.user(), credentials.domain());
        byte[] proof = NtlmKeys.proofV2(key, challenge.serverChallenge(), blob);
        return new Response(
                withMic
                        ? Bytes.of(new byte[NtlmKeys.SHORT_RESPONSE_BYTES])
                        : NtlmKeys.lmResponseV2(key, challenge.serverChallenge(), clientChallenge),
                new ByteWriter().bytes(Bytes.of(proof)).bytes(Bytes.of(blob)).toBytes(),
                Bytes.of(NtlmKeys.sessionBaseKeyV2(key, proof)),
                withMic);
    }

    /** What the server said of itself, and what the client adds. A server that tells the time knows the additions. */
    private AvPairs answer(AvPairs offered, boolean isModern) {
        NtlmClientSettings settings = initiator.settings();
        String name = settings.targetName();
        ChannelBinding binding = settings.channelBinding();
        int flags = offered.flags()
                | (isModern ? AvPairs.FLAG_MIC : 0)
                | (name != null && !settings.targetNameTrusted() ? AvPairs.FLAG_UNTRUSTED_TARGET_NAME : 0);
        AvPairs answer = offered.without(AvPairs.CHANNEL_BINDINGS).without(AvPairs.TARGET_NAME);
        if (flags != 0) {
            answer = answer.with(AvPairs.FLAGS, new ByteWriter().i32(flags).toBytes());
        }
        if (isModern || binding != null) {
            answer = answer.with(AvPairs.CHANNEL_BINDINGS, binding == null ? ChannelBinding.NONE : binding.md5());
        }
        if (isModern || name != null) {
            answer = answer.with(AvPairs.TARGET_NAME, NtlmText.utf16(name == null ? "" : name));
        }
        return answer.withTrailing(new ByteWriter().zeros(Integer.BYTES).toBytes());
    }

    private SecurityStep finished(Negotiate asked, Bytes challenge, Response response, int flags) {
        byte[] exchangeKey = response.keyExchangeKey().toArray();
        byte[] sessionKey = exchangeKey;
        Bytes encrypted = Bytes.EMPTY;
        if (NtlmFlags.has(flags, NtlmFlags.KEY_EXCHANGE)) {
            sessionKey = initiator.random(NtlmKeys.KEY_BYTES).toArray();
            encrypted = Bytes.of(Rc4.once(exchangeKey, sessionKey));
        }
        NtlmCredentials credentials = initiator.credentials();
        Authenticate message = Authenticate.of(
                flags,
                new Authenticate.Parts(
                        credentials.domain(),
                        credentials.user(),
                        initiator.settings().workstation(),
                        response.lm(),
                        response.nt(),
                        encrypted),
                response.withMic());
        byte[] token = message.toBytes().toArray();
        micSent = response.withMic();
        if (micSent) {
            byte[] mic = NtlmKeys.mic(sessionKey, asked.toBytes(), challenge, Bytes.of(token));
            System.arraycopy(mic, 0, token, Authenticate.MIC_OFFSET, mic.length);
        }
        return new SecurityStep.Done(Bytes.of(token), Principal.ANONYMOUS, NtlmProtection.ofClient(flags, sessionKey));
    }

    private NtHash hash() {
        return initiator.credentials().hash().orElseThrow();
    }
}
