package org.tandemopc.it.dcom;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ntlm.Accounts;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.InterfaceTable;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.RpcServer;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.testkit.Await;

/**
 * A server of RPC for foreign clients, on port 135 of an address of its own: endpoint mapper, management, {@link Lsarpc} and
 * {@link Dssetup}, with logins by NTLM and SPNEGO, nothing forgiven. Its traffic is recorded.
 */
final class RpcHost implements AutoCloseable {
    static final String DOMAIN = "PLANT";
    static final String USER = "opc";
    static final String PASSWORD = "Secret1!";

    static final String LSARPC_ANNOTATION = "Local security authority";

    /** As many as smbtorture asks for at once: it takes the answer to a further question for the end of a list. */
    static final int ENDPOINTS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Lsarpc lsarpc = new Lsarpc();
    private final Traffic traffic = new Traffic();
    private final InetAddress address = Loopback.withFreePort135();
    private final RpcServer server;

    RpcHost() throws IOException {
        server = new RpcServer(
                new Policy(),
                InterfaceTable.of(lsarpc, new Dssetup(), new EndpointMapper(RpcHost::endpoints)),
                ServerLimits.defaults(),
                traffic);
        server.listen(address, PortRange.only(EndpointMapper.PORT));
    }

    /** The only account, in any case of the letters, as NTLM has it. */
    static Accounts accounts() {
        return (domain, user) -> user.toLowerCase(Locale.ROOT).equals(USER)
                ? Optional.of(NtHash.of(PASSWORD.toCharArray()))
                : Optional.empty();
    }

    private static List<EndpointMapper.Endpoint> endpoints() {
        List<EndpointMapper.Endpoint> all = new ArrayList<>();
        all.add(EndpointMapper.Endpoint.of(EndpointMapper.SYNTAX, EndpointMapper.PORT, "Endpoint mapper"));
        all.add(EndpointMapper.Endpoint.of(Lsarpc.SYNTAX, EndpointMapper.PORT, LSARPC_ANNOTATION));
        while (all.size() < ENDPOINTS) {
            SyntaxId other = SyntaxId.of("0c0ffee0-0000-4000-8000-00000000000" + all.size(), 1, 0);
            all.add(EndpointMapper.Endpoint.of(other, EndpointMapper.PORT, "another"));
        }
        return all;
    }

    String host() {
        return address.getHostAddress();
    }

    Lsarpc lsarpc() {
        return lsarpc;
    }

    Traffic traffic() {
        return traffic;
    }

    /** How samba's programs name it, with what they shall do: {@code ntlm}, {@code spnego}, {@code sign}, {@code seal}. */
    String binding(String how) {
        return "ncacn_ip_tcp:%s[135,%s]".formatted(host(), how);
    }

    /** Waits until no client has left anything behind. */
    void awaitNothingLeft() {
        Await.until("no connections", PATIENCE, () -> server.connections() == 0);
        Await.until("no octets kept", PATIENCE, () -> server.bufferedBytes() == 0);
    }

    @Override
    public void close() {
        server.close();
    }

    private static final class Policy implements ServerPolicy {
        private final NtlmAcceptor acceptor = new NtlmAcceptor(NtlmServerSettings.of("TANDEM"), accounts());

        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return acceptor.accept(authType, level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict();
        }
    }
}
