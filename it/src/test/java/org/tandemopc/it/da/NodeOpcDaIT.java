package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.dcom.Loopback;
import org.tandemopc.it.dcom.Program;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.TestProcess;

/** node-opc-da through the whole program: a second client that marshals by itself; it browses and reads. */
@Timeout(240)
class NodeOpcDaIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<String> command(InetAddress host, String... more) {
        List<String> command = new ArrayList<>(List.of(
                // its logins need MD4, which OpenSSL 3 keeps among its old algorithms
                "env",
                "NODE_OPTIONS=--openssl-legacy-provider",
                "node",
                "dcom-peers/node_opc_client.js",
                host.getHostAddress(),
                DaPair.USER,
                DaPair.PASSWORD,
                DaSimulatorSettings.CLSID.toString()));
        command.addAll(List.of(more));
        return command;
    }

    @Test
    @Requirement(
            value = {"CON-1", "SYS-6"},
            protocol = Protocol.DA)
    void sameScriptGivesTheSameAnswersDirectAndThroughTandem() throws IOException {
        InetAddress alone = Loopback.withFreePort135();
        try (DaSimulatedServer _ =
                        DaSimulatedServer.start(DaSimulatorSettings.at(alone).forgivingOldPeers());
                DaPair pair = new DaPair(Mode.WARM)) {
            Program direct = Program.run(command(alone));
            assertThat(direct.output()).as(direct.toString()).contains("end: reached");

            Program through = Program.run(command(pair.front()));

            assertThat(through.output()).as(through.toString()).isEqualTo(direct.output());
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-7", "S1", "S7"},
            protocol = Protocol.DA)
    void itsReadsGoOnThroughADeathAndAHang(Mode mode) {
        try (DaPair pair = new DaPair(mode);
                TestProcess client =
                        TestProcess.start("node", folder.resolve("errors.txt"), command(pair.front(), "watch"))) {
            client.awaitLine("READY", PATIENCE);
            awaitReads(client);
            pair.server(0).vanish();
            pair.awaitServing(1);
            awaitReads(client);
            pair.revive(0);
            pair.awaitStandbyReady(0);
            pair.server(1).faults().hang(true);
            pair.awaitServing(0);
            awaitReads(client);
            pair.server(1).faults().hang(false);
            client.endInput();
            client.awaitLine("end: reached", PATIENCE);

            assertThat(client.output().stream().filter(line -> line.startsWith("r ")))
                    .hasSizeGreaterThanOrEqualTo(15)
                    .allMatch(line -> line.equals("r 1 192 0x0"));
        }
    }

    private static void awaitReads(TestProcess client) {
        long before = reads(client);
        Await.until("the client reads on\n" + client.log(), PATIENCE, () -> reads(client) >= before + 5);
    }

    private static long reads(TestProcess client) {
        return client.output().stream().filter(line -> line.startsWith("r ")).count();
    }
}
