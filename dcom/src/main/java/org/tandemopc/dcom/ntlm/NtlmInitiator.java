package org.tandemopc.dcom.ntlm;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.AuthLevel;

/**
 * Begins logins as a client: one for each peer that is logged in to, for as long as it is, so that leniencies are logged once.
 * Thread-safe.
 */
public final class NtlmInitiator {
    private final NtlmClientSettings settings;
    private final NtlmCredentials credentials;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final LeniencyLog leniencies;
    private final int withheld;

    public NtlmInitiator(NtlmClientSettings settings, NtlmCredentials credentials) {
        this(settings, credentials, new SecureRandom(), InstantSource.system());
    }

    /**
     * @param random for challenges and keys; must not be guessable
     * @param clock of the response, when the server does not tell the time
     */
    public NtlmInitiator(
            NtlmClientSettings settings, NtlmCredentials credentials, RandomGenerator random, InstantSource clock) {
        this(settings, credentials, random, clock, new LeniencyLog(settings.leniencies()), 0);
    }

    /** @param withheld flags that are never asked for, as by a client that does not know them */
    NtlmInitiator(
            NtlmClientSettings settings,
            NtlmCredentials credentials,
            RandomGenerator random,
            InstantSource clock,
            LeniencyLog leniencies,
            int withheld) {
        this.settings = settings;
        this.credentials = credentials;
        this.random = random;
        this.clock = clock;
        this.leniencies = leniencies;
        this.withheld = withheld;
    }

    /** Bare NTLM, authentication type 10. */
    public NtlmClient ntlm(AuthLevel level) {
        return new NtlmClient(this, level);
    }

    /** NTLM within SPNEGO, authentication type 9. */
    public SpnegoClient spnego(AuthLevel level) {
        return new SpnegoClient(ntlm(level));
    }

    NtlmClientSettings settings() {
        return settings;
    }

    NtlmCredentials credentials() {
        return credentials;
    }

    LeniencyLog leniencies() {
        return leniencies;
    }

    int withheld() {
        return withheld;
    }

    long filetime() {
        return NtlmText.filetime(clock.instant());
    }

    Bytes random(int bytes) {
        byte[] octets = new byte[bytes];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }
}
