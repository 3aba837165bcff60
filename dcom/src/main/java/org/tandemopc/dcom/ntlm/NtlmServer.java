package org.tandemopc.dcom.ntlm;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
 * One login as a server ([MS-NLMP] 3.2.5.1). Grants what it is asked for, and at the end holds what both sides have against what
 * the level needs; so nobody gains by taking flags away on the way. An unknown user and a wrong password cost the same work and
 * look the same from outside.
 *
 * <pre>
 * Fresh --step(NEGOTIATE)--> Challenged --step(AUTHENTICATE)--> Over
 * </pre>
 *
 * <p>Reasons of refusal begin with "level", "account" or "permission", or with "token" for octets that are no login at all.
 */
public final class NtlmServer implements SecurityMechanism {
    private static final int GRANTED = NtlmFlags.UNICODE
            | NtlmFlags.SIGN
            | NtlmFlags.SEAL
            | NtlmFlags.EXTENDED_SESSION_SECURITY
            | NtlmFlags.IDENTIFY
            | NtlmFlags.VERSION
            | NtlmFlags.KEY_128
            | NtlmFlags.KEY_EXCHANGE
            | NtlmFlags.KEY_56;
    private static final int ALWAYS = NtlmFlags.REQUEST_TARGET
            | NtlmFlags.NTLM
            | NtlmFlags.ALWAYS_SIGN
            | NtlmFlags.TARGET_TYPE_SERVER
            | NtlmFlags.TARGET_INFO;
    /** Whoever's domain the client left out of its key, though it names one (3.2.5.1.2). */
    private static final String NO_DOMAIN = "";

    private static final Bytes ANONYMOUS_LM_RESPONSE = Bytes.of((byte) 0);

    private final NtlmAcceptor acceptor;
    private final AuthLevel level;

    private State state = State.FRESH;
    private @Nullable Offer offer;
    private boolean micVerified;

    private enum State {
        FRESH,
        CHALLENGED,
        OVER
    }

    /** What was sent, and when; the octets count for the MIC. */
    record Offer(Bytes negotiate, Challenge challenge, AvPairs info, Instant at) {}

    /** Who the client shows to be, and the key that follows. */
    private record Proven(Principal principal, Bytes keyExchangeKey, AvPairs pairs) {
        @Override
        public String toString() {
            return "Proven(" + principal + ")";
        }
    }

    NtlmServer(NtlmAcceptor acceptor, AuthLevel level) {
        this.acceptor = acceptor;
        this.level = level;
    }

    /** A login that has come so far: what a client answered can be judged later, or from a record. */
    NtlmServer(NtlmAcceptor acceptor, AuthLevel level, Offer offer) {
        this(acceptor, level);
        this.offer = offer;
        this.state = State.CHALLENGED;
    }

    @Override
    public int authType() {
        return NtlmClient.AUTH_TYPE;
    }

    /** Whether the AUTHENTICATE_MESSAGE carried a MIC, so that SPNEGO must have one too ([MS-SPNG] 3.1.5.1 note 8). */
    boolean micVerified() {
        return micVerified;
    }

    @Override
    public SecurityStep step(Bytes token) {
        try {
            return switch (state) {
                case FRESH -> challenged(token);
                case CHALLENGED -> finished(token);
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

    private SecurityStep challenged(Bytes token) throws RefusedException, MalformedException {
        if (!(NtlmMessage.read(token) instanceof Negotiate negotiate)) {
            throw new RefusedException("token: the client began with another message than NEGOTIATE");
        }
        NtlmServerSettings settings = acceptor.settings();
        Instant now = acceptor.now();
        AvPairs info = info(settings, now);
        Challenge challenge = Challenge.of(
                ((negotiate.flags() & GRANTED) | ALWAYS) & ~acceptor.withheld(),
                settings.computerName(),
                acceptor.random(Challenge.CHALLENGE_BYTES),
                info,
                acceptor.version());
        offer = new Offer(token, challenge, info, now);
        state = State.CHALLENGED;
        return new SecurityStep.Continue(challenge.toBytes());
    }

    /** In the order in which Windows lists them. */
    private static AvPairs info(NtlmServerSettings settings, Instant now) {
        AvPairs info = AvPairs.EMPTY
                .with(AvPairs.NB_DOMAIN_NAME, NtlmText.utf16(settings.domainName()))
                .with(AvPairs.NB_COMPUTER_NAME, NtlmText.utf16(settings.computerName()));
        if (!settings.dnsDomainName().isEmpty()) {
            info = info.with(AvPairs.DNS_DOMAIN_NAME, NtlmText.utf16(settings.dnsDomainName()));
        }
        if (!settings.dnsComputerName().isEmpty()) {
            info = info.with(AvPairs.DNS_COMPUTER_NAME, NtlmText.utf16(settings.dnsComputerName()));
        }
        return info.with(
                AvPairs.TIMESTAMP, new ByteWriter().i64(NtlmText.filetime(now)).toBytes());
    }

    private SecurityStep finished(Bytes token) throws RefusedException, MalformedException {
        Offer offered = offer;
        if (offered == null || !(NtlmMessage.read(token) instanceof Authenticate message)) {
            throw new RefusedException("token: the client answered with another message than AUTHENTICATE");
        }
        state = State.OVER;
        Duration taken = Duration.between(offered.at(), acceptor.now());
        if (taken.compareTo(acceptor.settings().challengeLifetime()) > 0) {
            throw new RefusedException("account: the challenge was answered after " + taken.toSeconds() + " s");
        }
        int flags = message.flags() & offered.challenge().flags();
        Proof kind = proof(message, flags);
        Set<Leniency> needed = Strength.needed(flags, level, kind);
        Strength.requireAllowed(needed, acceptor.leniencies());

        Proven proven = kind == Proof.ANONYMOUS ? anonymous() : proven(message, offered, kind);
        byte[] sessionKey = sessionKey(message, flags, proven.keyExchangeKey().toArray());
        verifyContext(message, token, offered, proven, sessionKey);

        needed.forEach(leniency -> acceptor.leniencies().used(leniency, "user " + name(message)));
        return new SecurityStep.Done(Bytes.EMPTY, proven.principal(), NtlmProtection.ofServer(flags, sessionKey));
    }

    private static Proof proof(Authenticate message, int flags) throws RefusedException {
        int length = message.ntResponse().length();
        Bytes lm = message.lmResponseOctets();
        if (message.user().length() == 0 && length == 0 && (lm.isEmpty() || lm.equals(ANONYMOUS_LM_RESPONSE))) {
            return Proof.ANONYMOUS;
        } else if (length > NtlmKeys.SHORT_RESPONSE_BYTES) {
            return Proof.NTLM2;
        } else if (length < NtlmKeys.SHORT_RESPONSE_BYTES) {
            throw new RefusedException("level: there is no NT response, or one of " + length + " octets");
        }
        return NtlmFlags.has(flags, NtlmFlags.EXTENDED_SESSION_SECURITY) ? Proof.NTLM2_SESSION : Proof.NTLM1;
    }

    private static Proven anonymous() {
        return new Proven(Principal.ANONYMOUS, Bytes.of(new byte[NtlmKeys.KEY_BYTES]), AvPairs.EMPTY);
    }

    /** The same work for whoever there is not. */
    private Proven proven(Authenticate message, Offer offered, Proof kind) throws RefusedException, MalformedException {
        String domain = message.domainName();
        String user = message.userName();
        if (!NtlmText.isName(domain) || !NtlmText.isName(user)) {
            throw new RefusedException("account: no name has such characters: " + name(message));
        }
        Optional<NtHash> known = acceptor.accounts().find(domain, user);
        NtHash hash = known.orElse(acceptor.decoy());
        Bytes challenge = offered.challenge().serverChallenge();
        AvPairs pairs = AvPairs.EMPTY;
        Optional<byte[]> key;
        switch (kind) {
            case NTLM2 -> {
                NtlmV2Response response = NtlmV2Response.read(message.ntResponseOctets());
                pairs = response.pairs();
                requireClock(response);
                key = verifiedV2(message, response, hash, challenge);
            }
            case NTLM2_SESSION -> key = verifiedNtlm2Session(message, hash, challenge);
            default -> key = verifiedV1(message, hash, challenge);
        }
        if (known.isEmpty() || key.isEmpty()) {
            String what = known.isEmpty() ? "there is no user " : "wrong password for ";
            throw new RefusedException("account: " + what + name(message));
        }
        return new Proven(new Principal(domain, user), Bytes.of(key.get()), pairs);
    }

    /** Both with the domain and without it, whichever fits: some clients leave it out of the key (3.2.5.1.2). */
    private static Optional<byte[]> verifiedV2(
            Authenticate message, NtlmV2Response response, NtHash hash, Bytes serverChallenge) {
        byte[] octets = message.ntResponseOctets().toArray();
        byte[] blob = Arrays.copyOfRange(octets, NtlmV2Response.PROOF_BYTES, octets.length);
        byte[] claimed = response.proof().toArray();
        byte[] verified = new byte[0];
        for (String domain : List.of(message.domainName(), NO_DOMAIN)) {
            byte[] key = NtlmKeys.responseKeyV2(hash, message.userName(), domain);
            byte[] proof = NtlmKeys.proofV2(key, serverChallenge, blob);
            byte[] sessionBaseKey = NtlmKeys.sessionBaseKeyV2(key, proof);
            if (MessageDigest.isEqual(proof, claimed)) {
                verified = sessionBaseKey;
            }
        }
        return verified.length == 0 ? Optional.empty() : Optional.of(verified);
    }

    private static Optional<byte[]> verifiedNtlm2Session(Authenticate message, NtHash hash, Bytes serverChallenge)
            throws RefusedException {
        byte[] lm = message.lmResponseOctets().toArray();
        if (lm.length != NtlmKeys.SHORT_RESPONSE_BYTES) {
            throw new RefusedException("token: the NTLM2 session response has no challenge of the client");
        }
        Bytes clientChallenge = Bytes.of(lm, 0, Challenge.CHALLENGE_BYTES);
        byte[] expected = NtlmKeys.responseNtlm2Session(hash, serverChallenge, clientChallenge);
        byte[] key = NtlmKeys.keyExchangeKeyNtlm2Session(hash, serverChallenge, clientChallenge);
        return verified(message, expected, key);
    }

    private static Optional<byte[]> verifiedV1(Authenticate message, NtHash hash, Bytes serverChallenge) {
        return verified(message, NtlmKeys.responseV1(hash, serverChallenge), NtlmKeys.keyExchangeKeyV1(hash));
    }

    private static Optional<byte[]> verified(Authenticate message, byte[] expected, byte[] key) {
        boolean equal =
                MessageDigest.isEqual(expected, message.ntResponseOctets().toArray());
        return equal ? Optional.of(key) : Optional.empty();
    }

    private void requireClock(NtlmV2Response response) throws RefusedException {
        Instant theirs = NtlmText.instant(response.timestamp());
        Duration difference = Duration.between(theirs, acceptor.now()).abs();
        if (difference.compareTo(acceptor.settings().clockDifferenceMax()) > 0) {
            throw new RefusedException(
                    "account: the client's clock says %s, %s from ours".formatted(theirs, difference));
        }
    }

    /** Windows sends none where nothing will be signed; samba sends one all the same. */
    private static byte[] sessionKey(Authenticate message, int flags, byte[] exchangeKey) throws RefusedException {
        if (!NtlmFlags.has(flags, NtlmFlags.KEY_EXCHANGE)) {
            return exchangeKey;
        }
        byte[] encrypted = message.sessionKeyOctets().toArray();
        if (encrypted.length == NtlmKeys.KEY_BYTES) {
            return Rc4.once(exchangeKey, encrypted);
        } else if (encrypted.length == 0 && !NtlmFlags.has(flags, NtlmFlags.SIGN | NtlmFlags.SEAL)) {
            return exchangeKey;
        }
        throw new RefusedException("token: the session key has " + encrypted.length + " octets");
    }

    /** That the response was made for this server, on this channel, in answer to these very messages. */
    private void verifyContext(Authenticate message, Bytes token, Offer offered, Proven proven, byte[] sessionKey)
            throws RefusedException {
        NtlmServerSettings settings = acceptor.settings();
        AvPairs pairs = proven.pairs();
        if (message.ntResponse().length() > NtlmKeys.SHORT_RESPONSE_BYTES) {
            for (AvPairs.Pair pair : offered.info().pairs()) {
                if (!pairs.value(pair.id()).equals(Optional.of(pair.value()))) {
                    throw new RefusedException(
                            "account: the response of %s is for another server or challenge (pair %d)"
                                    .formatted(name(message), pair.id()));
                }
            }
        }
        boolean hasMic = NtlmFlags.has(pairs.flags(), AvPairs.FLAG_MIC);
        if (!hasMic && settings.micRequired()) {
            throw new RefusedException("level: the login has no MIC");
        }
        if (hasMic) {
            byte[] mic = NtlmKeys.mic(
                    sessionKey, offered.negotiate(), offered.challenge().toBytes(), micReadable(message, token));
            if (!MessageDigest.isEqual(mic, message.mic().toArray())) {
                throw new RefusedException("account: the messages of " + name(message) + " were changed on the way");
            }
            micVerified = true;
        }
        ChannelBinding binding = settings.channelBinding();
        if (binding != null && !pairs.value(AvPairs.CHANNEL_BINDINGS).equals(Optional.of(binding.md5()))) {
            throw new RefusedException("account: the login of " + name(message) + " is not for this channel");
        }
        if (!settings.targetNames().isEmpty() && !isForUs(pairs)) {
            throw new RefusedException("account: the login of " + name(message) + " is for another service");
        }
    }

    private static Bytes micReadable(Authenticate message, Bytes token) throws RefusedException {
        if (!message.hasRoomForMic()) {
            throw new RefusedException("token: the MIC lies outside of the message");
        }
        return token;
    }

    private boolean isForUs(AvPairs pairs) {
        if (NtlmFlags.has(pairs.flags(), AvPairs.FLAG_UNTRUSTED_TARGET_NAME)) {
            return false;
        }
        String name = pairs.value(AvPairs.TARGET_NAME).map(NtlmText::utf16).orElse("");
        return acceptor.settings().targetNames().stream().anyMatch(name::equalsIgnoreCase);
    }

    private static String name(Authenticate message) {
        return NtlmText.shown(message.domainName() + "\\" + message.userName());
    }
}
