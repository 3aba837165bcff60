package org.tandemopc.dcom.ntlm;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.SecurityMechanism;

/** Accepts logins as a server: one for all connections, so that leniencies are logged once. Thread-safe. */
public final class NtlmAcceptor {
    private final NtlmServerSettings settings;
    private final Accounts accounts;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final LeniencyLog leniencies;
    private final int withheld;
    private final Bytes version;
    private final NtHash decoy;

    public NtlmAcceptor(NtlmServerSettings settings, Accounts accounts) {
        this(settings, accounts, new SecureRandom(), InstantSource.system());
    }

    /**
     * @param random for challenges; must not be guessable
     * @param clock of the challenge and of the limits in the settings
     */
    public NtlmAcceptor(NtlmServerSettings settings, Accounts accounts, RandomGenerator random, InstantSource clock) {
        this(settings, accounts, random, clock, new LeniencyLog(settings.leniencies()), 0, NtlmVersion.OURS);
    }

    /**
     * @param withheld flags that are never granted, as by a server that does not know them
     * @param version that it says of itself: a recorded MIC covers that of the server that was recorded
     */
    NtlmAcceptor(
            NtlmServerSettings settings,
            Accounts accounts,
            RandomGenerator random,
            InstantSource clock,
            LeniencyLog leniencies,
            int withheld,
            Bytes version) {
        this.settings = settings;
        this.accounts = accounts;
        this.random = random;
        this.clock = clock;
        this.leniencies = leniencies;
        this.withheld = withheld;
        this.version = version;
        this.decoy = NtHash.ofOctets(random(NtHash.BYTES).toArray());
    }

    /**
     * Bare NTLM, authentication type 10.
     *
     * @param level that the client asks for in its bind; the login is refused if it does not support it
     */
    public NtlmServer ntlm(AuthLevel level) {
        return new NtlmServer(this, level);
    }

    /**
     * SPNEGO with NTLM as its only mechanism, authentication type 9.
     *
     * @param level that the client asks for in its bind; the login is refused if it does not support it
     */
    public SpnegoServer spnego(AuthLevel level) {
        return new SpnegoServer(ntlm(level));
    }

    /**
     * One or the other, as a client's bind says.
     *
     * @param authType of its trailer ([MS-RPCE] 2.2.1.1.7)
     * @return null: it is neither of the two
     */
    public @Nullable SecurityMechanism accept(int authType, AuthLevel level) {
        return switch (authType) {
            case SpnegoClient.AUTH_TYPE -> spnego(level);
            case NtlmClient.AUTH_TYPE -> ntlm(level);
            default -> null;
        };
    }

    NtlmServerSettings settings() {
        return settings;
    }

    Accounts accounts() {
        return accounts;
    }

    LeniencyLog leniencies() {
        return leniencies;
    }

    int withheld() {
        return withheld;
    }

    Bytes version() {
        return version;
    }

    /** What an unknown user is measured against, so that he costs what a known one does. */
    NtHash decoy() {
        return decoy;
    }

    Instant now() {
        return clock.instant();
    }

    Bytes random(int bytes) {
        byte[] octets = new byte[bytes];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }
}
