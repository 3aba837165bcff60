package org.tandemopc.bench.da;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerPolicy;

/** The one account of these benchmarks, in every role. */
final class DaLogins {
    static final String USER = "bench";
    static final String PASSWORD = "Secret1!";
    static final String DOMAIN = "BENCH";

    private static final NtHash HASH = NtHash.of(PASSWORD.toCharArray());

    private DaLogins() {}

    /** By which a client calls. */
    static ClientSecurity account(AuthLevel level) {
        NtlmClientSettings settings = NtlmClientSettings.of("STATION");
        return ClientSecurity.of(
                level.signs() ? settings : settings.withLeniencies(Set.of(Leniency.UNSIGNED_CALLS)),
                NtlmCredentials.of(DOMAIN, USER, PASSWORD.toCharArray()),
                level);
    }

    /** What a client asks of the answers. */
    static PeerPolicy answers(AuthLevel level) {
        return PeerPolicy.strict().withMinCallLevel(level);
    }

    private record Policy(NtlmAcceptor acceptor, PeerPolicy peers) implements ServerPolicy {
        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return acceptor.accept(authType, level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return peers;
        }
    }

    /** Logins at packet integrity and above. */
    static ServerPolicy strict() {
        return new Policy(acceptor(Set.of()), PeerPolicy.strict());
    }

    /** Also those that Utgard can do no better. */
    static ServerPolicy forgiving() {
        return new Policy(
                acceptor(Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION, Leniency.NO_KEY_EXCHANGE)),
                PeerPolicy.strict().withMinCallLevel(AuthLevel.CONNECT).withMinActivationLevel(AuthLevel.CONNECT));
    }

    private static NtlmAcceptor acceptor(Set<Leniency> leniencies) {
        return new NtlmAcceptor(
                NtlmServerSettings.of(DOMAIN).withLeniencies(leniencies),
                (domain, user) -> user.equalsIgnoreCase(USER) ? Optional.of(HASH) : Optional.empty());
    }
}
