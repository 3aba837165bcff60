package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
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
import org.tandemopc.dcom.rpc.EndpointMapper;
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

    private static final int TRIES_MAX = 50;

    private final DcomServer server;
    private final InetAddress address;

    /** @param silence after which the objects of a client are taken back */
    CallServer(Duration silence) throws IOException {
        address = freeAddress();
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

    private static InetAddress freeAddress() throws IOException {
        IOException why = new IOException("not tried");
        for (int i = 0; i < TRIES_MAX; i++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            InetAddress address = InetAddress.getByAddress(new byte[] {
                127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
            });
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(address, EndpointMapper.PORT));
                return address;
            } catch (IOException e) {
                why = e;
            }
        }
        throw new IOException("port 135 cannot be opened: the benchmarks of DCOM need root", why);
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
