package org.tandemopc.bench.da;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.RestConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.RecordKind.Severity;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.relay.da.DaFrontConfig;
import org.tandemopc.relay.da.DaPairConfig;
import org.tandemopc.relay.da.DaProtocol;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/**
 * Tandem before two members of OPC DA in a program of its own, for the command does not serve OPC DA yet: the service's own
 * runtime and decisions with the relay for OPC DA. Prints READY when it takes clients; answers "state NAME" with "state PHASE ACTIVE
 * READY READY TROUBLES"; ends with its input.
 */
final class DaTandem {
    private static final InetAddress SINKS = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration HOLD = Duration.ofSeconds(5);

    private DaTandem() {}

    /** A pair: what clients activate, and how its members are called. */
    record Pair(String name, Guid clsid, AuthLevel level) {}

    /** One pair for each level that members can be called at. */
    static Pair pair(AuthLevel level) {
        int number = level.code();
        return new Pair("Plant" + number, Guid.of("6f5a0b11-3b7c-4f0e-8a8e-2f3d51c7000" + number), level);
    }

    /**
     * @param arguments folder for data, mode, status interval and timeout in ms, own address, port of objects, port of sinks, the
     *     members' addresses with a comma between them, levels
     */
    public static void main(String[] arguments) throws IOException {
        Mode mode = Mode.valueOf(arguments[1]);
        Duration interval = Duration.ofMillis(Long.parseLong(arguments[2]));
        Duration timeout = Duration.ofMillis(Long.parseLong(arguments[3]));
        DaFrontConfig front = new DaFrontConfig(
                InetAddress.ofLiteral(arguments[4]),
                PortRange.only(EndpointMapper.PORT),
                Optional.of(PortRange.only(Integer.parseInt(arguments[5]))),
                DaLogins.forgiving(),
                DaLogins.account(AuthLevel.PKT_INTEGRITY),
                SINKS,
                PortRange.only(Integer.parseInt(arguments[6])),
                DaLogins.strict());
        List<String> members = List.of(arguments[7].split(","));
        Map<String, DaPairConfig> byName = new LinkedHashMap<>();
        List<PairConfig> pairs = new ArrayList<>();
        for (int i = 8; i < arguments.length; i++) {
            Pair pair = pair(AuthLevel.valueOf(arguments[i]));
            byName.put(pair.name(), config(pair, members));
            pairs.add(PairConfig.of(
                    settings(pair.name(), mode, interval, timeout),
                    List.of(MemberConfig.open("opc.tcp://one"), MemberConfig.open("opc.tcp://other"))));
        }
        TandemConfig config = new TandemConfig(OpcUaConfig.open("127.0.0.1", 0), pairs, RestConfig.DEFAULT);
        try (DataFolder data = DataFolder.hold(Path.of(arguments[0]));
                TandemRuntime runtime = new TandemRuntime(config, new DaProtocol(front, byName), data, true)) {
            runtime.start();
            System.out.println("READY");
            answer(runtime);
        }
    }

    private static DaPairConfig config(Pair pair, List<String> members) {
        var account = DaLogins.account(pair.level());
        return new DaPairConfig(
                pair.clsid(),
                members.stream()
                        .map(InetAddress::ofLiteral)
                        .map(address ->
                                new DaPairConfig.Member(RemoteHost.of(address), DaSimulatorSettings.CLSID, account))
                        .toList(),
                who -> true);
    }

    private static PairSettings settings(String name, Mode mode, Duration interval, Duration timeout) {
        return new PairSettings(
                name,
                List.of(new PairSettings.MemberName("one"), new PairSettings.MemberName("other")),
                mode,
                false,
                interval,
                timeout,
                HOLD,
                Duration.ZERO);
    }

    private static void answer(TandemRuntime runtime) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            PairHandle pair = runtime.pair(line.split(" ")[1]).orElseThrow();
            PairSnapshot now = pair.snapshot();
            long troubles = pair.records().stream()
                    .filter(one -> one.record().kind().severity() == Severity.ERROR)
                    .count();
            System.out.printf(
                    "state %s %d %b %b %d%n",
                    now.phase(),
                    now.active(),
                    now.members().get(0).isReady(),
                    now.members().get(1).isReady(),
                    troubles);
        }
    }
}
