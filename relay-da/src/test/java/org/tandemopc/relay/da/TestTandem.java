package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.relay.da.back.Offered;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** A Tandem before two members that decides as the program does, on an address of its own. */
class TestTandem implements AutoCloseable {
    static final Guid PAIR_CLSID = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70002");
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress TANDEM = InetAddress.ofLiteral("127.0.0.4");
    /** Where connections to loopback addresses come from: members follow references to there alone. */
    private static final InetAddress SINKS = InetAddress.ofLiteral("127.0.0.1");

    private final DataFolder data;
    private final TandemRuntime runtime;
    private final RemoteHost host;

    private record Policy(NtlmAcceptor acceptor) implements ServerPolicy {
        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return acceptor.accept(authType, level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return PeerPolicy.strict();
        }
    }

    /** @param writers which accounts may write */
    TestTandem(Mode mode, Path folder, List<DaPairConfig.Member> members, Predicate<Principal> writers)
            throws IOException {
        this(mode, folder, members, writers, Monitoring.NONE, false, UnaryOperator.identity());
    }

    /** @param shown which interfaces clients find where members have these */
    TestTandem(
            Mode mode,
            Path folder,
            List<DaPairConfig.Member> members,
            Predicate<Principal> writers,
            UnaryOperator<Offered> shown)
            throws IOException {
        this(mode, folder, members, writers, Monitoring.NONE, false, shown);
    }

    /** @param failback whether it goes back to the primary by itself */
    TestTandem(
            Mode mode,
            Path folder,
            List<DaPairConfig.Member> members,
            Predicate<Principal> writers,
            Monitoring monitoring,
            boolean failback)
            throws IOException {
        this(mode, folder, members, writers, monitoring, failback, UnaryOperator.identity());
    }

    private TestTandem(
            Mode mode,
            Path folder,
            List<DaPairConfig.Member> members,
            Predicate<Principal> writers,
            Monitoring monitoring,
            boolean failback,
            UnaryOperator<Offered> shown)
            throws IOException {
        int port = PortPicker.pick();
        DaFrontConfig front = new DaFrontConfig(
                TANDEM,
                PortRange.only(port),
                Optional.empty(),
                new Policy(Logins.acceptor()),
                origin -> DcomClientSettings.of(
                        RemoteHost.of(origin.address()), Logins.account().like(origin.call())),
                SINKS,
                PortRange.only(PortPicker.pick()),
                new Policy(Logins.acceptor()));
        DaPairConfig pair = new DaPairConfig(PAIR_CLSID, members, writers);
        PairSettings settings = new PairSettings(
                "Plant",
                List.of(new PairSettings.MemberName("one"), new PairSettings.MemberName("two")),
                mode,
                failback,
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ZERO);
        TandemConfig config = new TandemConfig(
                OpcUaConfig.open("127.0.0.1", 0),
                List.of(new PairConfig(
                        settings,
                        List.of(UaMemberConfig.open("opc.tcp://one"), UaMemberConfig.open("opc.tcp://two")),
                        settings.name(),
                        monitoring,
                        PairConfig.EVENTS_DEFAULT,
                        WhenDisabled.CLOSED)),
                RestConfig.DEFAULT);
        data = DataFolder.hold(folder);
        runtime = new TandemRuntime(
                config, door -> new DaProtocol(front, any -> pair, Duration.ofMillis(200), shown), data, true);
        host = RemoteHost.of(TANDEM).withResolverPort(port);
        runtime.start();
    }

    RemoteHost host() {
        return host;
    }

    PairHandle pair() {
        return runtime.pair("Plant").orElseThrow();
    }

    void awaitServing(int member) {
        Await.until(
                "member " + member + " serves",
                PATIENCE,
                () -> pair().snapshot().phase().equals("serving")
                        && pair().snapshot().active() == member);
    }

    void awaitPhase(String phase) {
        Await.until(phase, PATIENCE, () -> pair().snapshot().phase().equals(phase));
    }

    /** The standby could take over at once. */
    void awaitStandbyReady(int member) {
        Await.until(
                "member " + member + " is ready",
                PATIENCE,
                () -> pair().snapshot().members().get(member).isReady());
    }

    long records(RecordKind kind) {
        return pair().records().stream()
                .filter(one -> one.record().kind() == kind)
                .count();
    }

    /** Of the last record of the kind. */
    Map<String, Object> fields(RecordKind kind) {
        return pair().records().stream()
                .filter(one -> one.record().kind() == kind)
                .reduce((one, next) -> next)
                .orElseThrow()
                .record()
                .fields();
    }

    @Override
    public void close() throws IOException {
        runtime.close();
        data.close();
    }
}
