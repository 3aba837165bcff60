package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.bench.world.LoopbackAddress;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.orpc.server.ExportLimits;
import org.tandemopc.dcom.orpc.server.PingLimits;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;

/** The server of all scenarios: at port 135, for j-Interop knows no other, of an address of loopback; it takes CONNECT too. */
final class CallServer implements AutoCloseable {
    static final String CLSID = "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e10";
    static final String USER = "bench";
    static final String PASSWORD = "Secret1!";

    private final DcomServer server;
    private final InetAddress address;

    /** @param silence after which the objects of a client are taken back */
    CallServer(Duration silence) throws IOException {
        address = LoopbackAddress.free();
        NtHash hash = NtHash.of(PASSWORD.toCharArray());
        NtlmAcceptor acceptor = new NtlmAcceptor(
                NtlmServerSettings.of("BENCH")
                        .withLeniencies(Set.of(Leniency.UNSIGNED_CALLS, Leniency.NO_KEY_EXCHANGE)),
                (domain, user) -> user.equalsIgnoreCase(USER) ? Optional.of(hash) : Optional.empty());
        ServerPolicy policy = new ServerPolicy() {
            @Override
            public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
                return acceptor.accept(authType, level);
            }

            @Override
            public PeerPolicy peer(InetSocketAddress client) {
                return PeerPolicy.strict()
                        .withMinCallLevel(AuthLevel.CONNECT)
                        .withMinActivationLevel(AuthLevel.CONNECT);
            }
        };
        server = DcomServer.start(
                DcomServerSettings.of(policy)
                        .at(address)
                        .withObjectPorts(PortRange.ANY)
                        .withLimits(
                                ServerLimits.defaults(), ExportLimits.DEFAULT, PingLimits.DEFAULT.withTimeout(silence)),
                Activator.of(Map.of(
                        Guid.of(CLSID),
                        call -> ComObject.named("calls")
                                .with(Calls.DEF, values())
                                .build())));
    }

    /** The answers are at hand: what is measured is the way. */
    private static Calls values() {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < Calls.VALUES_MAX; i++) {
            all.add((double) i);
        }
        List<Double> values = List.copyOf(all);
        return count -> count < 0 || count > values.size()
                ? Result.failure(HResult.E_INVALIDARG)
                : Result.ok(values.subList(0, count));
    }

    String host() {
        return address.getHostAddress();
    }

    InetSocketAddress resolver() {
        return server.resolverAddresses().getFirst();
    }

    InetSocketAddress objects() {
        return server.objectAddresses().getFirst();
    }

    DcomServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
