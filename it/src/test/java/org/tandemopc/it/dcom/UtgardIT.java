package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;

/** The simulated DA server as Utgard sees it, the OPC DA client that Java has had so far. It speaks DA 2.05a. */
@Timeout(240)
class UtgardIT {
    private static final List<Path> JARS = List.of(Path.of("target", "utgard"), Path.of("target", "j-interop"));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void itBrowsesReadsWritesAndSubscribes() throws Exception {
        InetAddress address = Loopback.withFreePort135();
        DaSimulatorSettings settings = DaSimulatorSettings.at(address).forgivingOldPeers();
        try (DaSimulatedServer server = DaSimulatedServer.start(settings)) {
            Program run = utgard(address);

            assertThat(run.output().lines().filter(line -> line.matches("[a-z ]+: .*")))
                    .as(run.toString())
                    .containsExactly(
                            "state: OPC_STATUS_RUNNING",
                            "flat: %d, among them true"
                                    .formatted(settings.items().size()),
                            "tree: [arrays, counter, deep, ramp, rights, static, types, units, watchdog]",
                            "leaves: [deep.a.b.c]",
                            "read: 3",
                            "written: 0",
                            "read again: 42",
                            "text: Grüße, 世界",
                            "subscribed: 5 values, rising",
                            "end: reached");
            assertThat(server.ledger().lines()).singleElement().asString().contains("static.3", "\"value\":\"42\"");
            Await.until("nothing is left of it", PATIENCE, () -> server.clients() == 0);
            assertThat(server.groups()).isZero();
            assertThat(server.sinks()).isZero();
        }
    }

    private static Program utgard(InetAddress address) throws Exception {
        List<String> classPath = new ArrayList<>();
        for (Path folder : JARS) {
            try (Stream<Path> jars = Files.list(folder)) {
                jars.map(Path::toString).sorted().forEach(classPath::add);
            }
        }
        return Program.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-cp",
                String.join(File.pathSeparator, classPath),
                "dcom-peers/UtgardClient.java",
                address.getHostAddress(),
                RpcHost.USER,
                RpcHost.PASSWORD,
                DaSimulatorSettings.CLSID.toString()));
    }
}
