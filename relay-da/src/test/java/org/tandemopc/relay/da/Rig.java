package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/** Two servers of the model, and a Tandem before them that decides as the program does. Each on an address of its own. */
final class Rig implements AutoCloseable {
    static final Guid PAIR_CLSID = Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c70002");
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress TANDEM = InetAddress.ofLiteral("127.0.0.4");
    /** Where connections to loopback addresses come from: members follow references to there alone. */
    private static final InetAddress SINKS = InetAddress.ofLiteral("127.0.0.1");

    final ModelServer primary;
    final ModelServer secondary;
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

    Rig(Mode mode, Path folder) throws IOException {
        this(mode, folder, account -> true);
    }

    /** @param writers which accounts may write */
    Rig(Mode mode, Path folder, Predicate<Principal> writers) throws IOException {
        primary = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
        secondary = new ModelServer(InetAddress.ofLiteral("127.0.0.3"));
        for (String item : List.of("Boiler.Level", "Boiler.Valve", "Line.Speed")) {
            tick(item, new Variant.R8(1));
        }
        int port = PortPicker.pick();
        DaFrontConfig front = new DaFrontConfig(
                TANDEM,
                PortRange.only(port),
                Optional.empty(),
                new Policy(Logins.acceptor()),
                Logins.account(),
                SINKS,
                PortRange.only(PortPicker.pick()),
                new Policy(Logins.acceptor()));
        DaPairConfig pair = new DaPairConfig(PAIR_CLSID, List.of(member(primary), member(secondary)), writers);
        PairSettings settings = new PairSettings(
                "Plant",
                List.of(new PairSettings.MemberName("one"), new PairSettings.MemberName("two")),
                mode,
                false,
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ZERO);
        TandemConfig config = new TandemConfig(
                OpcUaConfig.open("127.0.0.1", 0),
                List.of(PairConfig.of(
                        settings, List.of(MemberConfig.open("opc.tcp://one"), MemberConfig.open("opc.tcp://two")))),
                RestConfig.DEFAULT);
        data = DataFolder.hold(folder);
        runtime = new TandemRuntime(config, new DaProtocol(front, Map.of("Plant", pair)), data, true);
        host = RemoteHost.of(TANDEM).withResolverPort(port);
        runtime.start();
    }

    private static DaPairConfig.Member member(ModelServer server) {
        return new DaPairConfig.Member(server.address(), ModelServer.CLSID, Logins.account());
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

    /** Both members tell the same change, with the same time. */
    final void tick(String item, Variant value) {
        FileTime now = FileTime.of(Instant.now());
        primary.set(item, value, now);
        secondary.set(item, value, now);
    }

    @Override
    public void close() throws IOException {
        primary.thaw();
        secondary.thaw();
        runtime.close();
        data.close();
        primary.close();
        secondary.close();
    }
}
