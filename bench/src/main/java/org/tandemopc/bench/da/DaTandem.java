package org.tandemopc.bench.da;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.DaPublication;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.PortSpan;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.record.RecordKind.Severity;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.relay.da.DaProtocol;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/**
 * Tandem before two members of OPC DA in a program of its own, with the service's own runtime and decisions. Prints READY when it takes clients; answers "state NAME" with "state PHASE ACTIVE
 * READY READY TROUBLES"; ends with its input.
 */
final class DaTandem {
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
        Account account = new Account(DaLogins.USER, new Secret(DaLogins.PASSWORD));
        OpcDaConfig front = new OpcDaConfig(
                arguments[4],
                OpcDaConfig.RESOLVER_PORT,
                Optional.of(only(arguments[5])),
                only(arguments[6]),
                // Utgard can do no more
                DaLevel.CONNECT,
                true,
                List.of(account),
                DaLevel.INTEGRITY);
        List<String> members = List.of(arguments[7].split(","));
        List<PairConfig> pairs = new ArrayList<>();
        for (int i = 8; i < arguments.length; i++) {
            pairs.add(config(pair(AuthLevel.valueOf(arguments[i])), mode, interval, timeout, members, account));
        }
        TandemConfig config = new TandemConfig(front, pairs);
        try (DataFolder data = DataFolder.hold(Path.of(arguments[0]));
                TandemRuntime runtime =
                        new TandemRuntime(config, door -> new DaProtocol((OpcDaConfig) door), data, true)) {
            runtime.start();
            System.out.println("READY");
            answer(runtime);
        }
    }

    private static PortSpan only(String port) {
        int number = Integer.parseInt(port);
        return new PortSpan(number, number);
    }

    private static PairConfig config(
            Pair pair, Mode mode, Duration interval, Duration timeout, List<String> hosts, Account account) {
        List<DaMemberConfig> members = hosts.stream()
                .map(host -> new DaMemberConfig(
                        host,
                        OpcDaConfig.RESOLVER_PORT,
                        "",
                        Optional.of(DaSimulatorSettings.CLSID.toUuid()),
                        level(pair.level()),
                        account))
                .toList();
        PairSettings settings = new PairSettings(
                pair.name(),
                hosts.stream().map(PairSettings.MemberName::new).toList(),
                mode,
                false,
                interval,
                timeout,
                HOLD,
                Duration.ZERO);
        return new PairConfig(
                settings,
                List.copyOf(members),
                pair.name(),
                Monitoring.NONE,
                PairConfig.EVENTS_DEFAULT,
                WhenDisabled.CLOSED,
                new DaPublication(Optional.of(pair.clsid().toUuid()), Optional.empty(), Optional.empty()));
    }

    private static DaLevel level(AuthLevel level) {
        return switch (level) {
            case CONNECT -> DaLevel.CONNECT;
            case PKT_INTEGRITY -> DaLevel.INTEGRITY;
            case PKT_PRIVACY -> DaLevel.PRIVACY;
            default -> throw new IllegalArgumentException("no pair is called at " + level);
        };
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
