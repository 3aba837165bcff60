package org.tandemopc.it.dcom;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.orpc.client.SinkClients;
import org.tandemopc.dcom.orpc.server.DcomServer;
import org.tandemopc.dcom.orpc.server.DcomServerSettings;
import org.tandemopc.dcom.orpc.server.ExportLimits;
import org.tandemopc.dcom.orpc.server.PingLimits;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerLimits;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A DCOM server for foreign clients, on port 135 of an address of its own, with one class whose objects answer to {@link Probe}.
 * Its traffic is recorded.
 */
final class DcomHost implements AutoCloseable {
    /** The class that smbtorture asks for. */
    static final String CLSID = "02b01c80-e03d-101a-b294-00dd010f2bf9";

    private interface Empty {}

    /** node-dcom asks for IOPCServer, whatever the class is. */
    private static final InterfaceDef<Empty> IOPC_SERVER =
            InterfaceDef.of("39c13a4d-011e-11d0-9675-0020afd8adb3", "IOPCServer", caller -> new Empty() {}, List.of());

    private static final int SINK_PEERS_MAX = 16;

    /** So long the fuzz leaves objects behind. */
    private static final Duration SHORT_SILENCE = Duration.ofSeconds(5);

    private final Traffic traffic = new Traffic();
    private final InetAddress address = Loopback.withFreePort135();
    private final Set<AuthLevel> levels = ConcurrentHashMap.newKeySet();
    private final SinkClients sinks = new SinkClients(this::callingBack, SINK_PEERS_MAX);
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger objects = new AtomicInteger();
    private final DcomServer server;

    private DcomHost(Set<Leniency> leniencies, AuthLevel least, UnaryOperator<DcomServerSettings> more)
            throws IOException {
        NtlmAcceptor acceptor =
                new NtlmAcceptor(NtlmServerSettings.of("TANDEM").withLeniencies(leniencies), RpcHost.accounts());
        ServerPolicy policy = new ServerPolicy() {
            @Override
            public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
                return acceptor.accept(authType, level);
            }

            @Override
            public PeerPolicy peer(InetSocketAddress client) {
                return PeerPolicy.strict().withMinCallLevel(least).withMinActivationLevel(least);
            }
        };
        DcomServerSettings settings = DcomServerSettings.of(policy)
                .at(address)
                .withObjectPorts(PortRange.only(PortPicker.pick()))
                .withCallbacks(sinks, Set.of())
                .withTap(traffic);
        server = DcomServer.start(more.apply(settings), Activator.of(Map.of(Guid.of(CLSID), call -> make())));
    }

    /** As it is unless a setting says otherwise: NTLMv2, and every call signed. */
    static DcomHost strict() throws IOException {
        return new DcomHost(Set.of(), AuthLevel.PKT_INTEGRITY, UnaryOperator.identity());
    }

    /**
     * With the switches that j-Interop and node-dcom need: calls that are not signed, and responses of NTLMv1's strength. Their
     * objects are called back, without a login: j-Interop's resolver and objects take any.
     */
    static DcomHost lenient() throws IOException {
        return new DcomHost(
                Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION, Leniency.NO_KEY_EXCHANGE),
                AuthLevel.CONNECT,
                UnaryOperator.identity());
    }

    /**
     * Calls need no login, so that rubbish gets as far as it can; who is silent for five seconds has his objects taken away, and
     * who sends half a PDU is waited for but shortly. Nothing is recorded.
     */
    static DcomHost attacked() throws IOException {
        ServerLimits usual = ServerLimits.defaults();
        ServerLimits.Times times = usual.times();
        ServerLimits hasty = usual.with(new ServerLimits.Times(
                times.login(), times.anonymousIdle(), times.idle(), Duration.ofMillis(200), times.write()));
        return new DcomHost(
                Set.of(),
                AuthLevel.NONE,
                settings -> settings.withTap(PduTap.NONE)
                        .withLimits(hasty, ExportLimits.DEFAULT, PingLimits.DEFAULT.withTimeout(SHORT_SILENCE)));
    }

    private DcomClientSettings callingBack(Importer.Origin origin) {
        PeerPolicy open = PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE);
        return DcomClientSettings.of(RemoteHost.of(origin.address()), ClientSecurity.none())
                .withOptions(ClientOptions.defaults(open).withTap(traffic));
    }

    private ComObject make() {
        made.incrementAndGet();
        objects.incrementAndGet();
        return ComObject.named("probe")
                .with(Probe.DEF, new ProbeObject(levels::add))
                .with(IOPC_SERVER, new Empty() {})
                .onUnreferenced(objects::decrementAndGet)
                .build();
    }

    /** How samba's programs name it, with what they shall do. */
    String binding(String how) {
        return "ncacn_ip_tcp:%s[135,%s]".formatted(host(), how);
    }

    String host() {
        return address.getHostAddress();
    }

    Traffic traffic() {
        return traffic;
    }

    /** At which objects were called. */
    Set<AuthLevel> levels() {
        return Set.copyOf(levels);
    }

    /** Objects, since it was started. */
    int made() {
        return made.get();
    }

    /** Made and not yet released by all. */
    int objects() {
        return objects.get();
    }

    DcomServer server() {
        return server;
    }

    @Override
    public void close() {
        sinks.close();
        server.close();
    }
}
