package org.tandemopc.app.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.DaPublication;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.PortSpan;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.simulator.FreePort;
import org.tandemopc.simulator.da.DaSimulatorMain;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/**
 * The demo in OPC DA. Other clients look at port 135 alone, which only root may take; this one is told another, so that the demo
 * needs no rights. Each pair has a class of its own, since all of them have the same members.
 */
final class DaDemo implements DemoProtocol {
    private static final String HOST = "127.0.0.1";
    private static final String PROG_ID = "Tandem.SimulatedDA.1";
    private static final UUID CLSID = DaSimulatorSettings.CLSID.toUuid();

    private final MemberConfig.Account account = new MemberConfig.Account("demo", new Secret("Tandem1!"));
    private final Map<Mode, UUID> classes = new EnumMap<>(Mode.class);
    private final int port;

    /** @throws IOException no port is free */
    DaDemo() throws IOException {
        port = FreePort.find(HOST);
        for (Mode mode : Mode.values()) {
            classes.put(mode, UUID.randomUUID());
        }
    }

    @Override
    public String simulator() {
        return DaSimulatorMain.class.getName();
    }

    @Override
    public List<String> options(String name, Path folder) {
        return List.of(
                "--prog-id",
                PROG_ID,
                "--clsid",
                CLSID.toString(),
                "--user",
                account.user(),
                "--password",
                account.password().reveal());
    }

    @Override
    public DoorConfig door() {
        return new OpcDaConfig(
                HOST,
                port,
                Optional.empty(),
                PortSpan.ANY,
                DaLevel.INTEGRITY,
                false,
                List.of(account),
                DaLevel.INTEGRITY);
    }

    @Override
    public PairConfig pair(Mode mode, List<DemoServer> servers) {
        List<MemberConfig> members = servers.stream()
                .<MemberConfig>map(server -> new DaMemberConfig(
                        HOST, server.port(), PROG_ID, Optional.of(CLSID), DaLevel.INTEGRITY, account))
                .toList();
        return new PairConfig(
                DemoWorld.settings(
                        mode, members.stream().map(MemberConfig::machine).toList()),
                members,
                DemoWorld.name(mode),
                Monitoring.NONE,
                PairConfig.EVENTS_DEFAULT,
                WhenDisabled.CLOSED,
                new DaPublication(Optional.ofNullable(classes.get(mode)), Optional.empty(), Optional.empty()));
    }

    /** With the port, without which nobody would find it. */
    @Override
    public String endpointUrl(TandemRuntime tandem, PairHandle pair) {
        return "opcda://%s:%d/%s/{%s}".formatted(HOST, port, pair.config().name(), clsid(pair));
    }

    private static UUID clsid(PairHandle pair) {
        return pair.config().da().clsid().orElseThrow();
    }

    @Override
    public DemoClient connect(TandemRuntime tandem, PairHandle pair, Tally tally) throws IOException {
        RemoteHost door = RemoteHost.of(InetAddress.ofLiteral(HOST)).withResolverPort(port);
        return DaDemoClient.connect(door, Guid.of(clsid(pair)), account, tally);
    }
}
