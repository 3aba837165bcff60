package org.tandemopc.dcom.ntlm;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.vectors.Replay;

/** The server that the recorded clients logged in to, in all that their logins cover: names, challenge, clock, version, account. */
public final class RecordedServer {
    /** 10.0, build 19041. */
    private static final Bytes VERSION = Bytes.ofHex("0a00614a0000000f");

    private static final String NAME = "DASPIKE";

    private RecordedServer() {}

    /** @param clock at the time of the challenge, before it is asked for */
    public static NtlmAcceptor acceptor(Set<Leniency> leniencies, InstantSource clock) {
        NtlmServerSettings settings = new NtlmServerSettings(
                NAME,
                NAME,
                "daspike",
                "daspike",
                leniencies,
                false,
                Set.of(),
                null,
                Duration.ofMinutes(5),
                Duration.ofHours(36));
        return new NtlmAcceptor(
                settings,
                (domain, user) ->
                        user.equals("opc") ? Optional.of(NtHash.of("Secret1!".toCharArray())) : Optional.empty(),
                Replay.challenge(),
                clock,
                new LeniencyLog(leniencies),
                0,
                VERSION);
    }
}
