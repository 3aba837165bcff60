package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.Unnoticed;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/** The active server gets another address, and its name leads there. */
@Timeout(240)
class MovedAddressIT {
    private static final String HOST = "plant-a.test";

    /** What the name service says. */
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement(
            value = {"CON-2", "S25"},
            protocol = Protocol.UA)
    void aMemberIsFoundAgainWhereItsNameLeads() throws Exception {
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "127.0.0.1 " + HOST + "\n");
        // The JDK remembers answers, by default for half a minute.
        List<String> flags = List.of("-Xmx400m", "-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=0");
        ServerProcess a = ServerProcess.start("A");
        try (a;
                ServerProcess b = ServerProcess.start("B");
                TandemProcess tandem = TandemProcess.startAt(
                        "127.0.0.1",
                        flags,
                        PairSpec.of("plant", Mode.HOT, a.url().replace("127.0.0.1", HOST), b.url()))) {
            tandem.awaitServing("plant", 0, PairUnderTest.LONG);
            awaitReady(tandem, 1);
            try (StreamClient client = StreamClient.connect(tandem.url("plant"))) {
                client.watchCounters(0, 4, StreamClient.Subscribing.NORMAL);
                int port = a.port();
                a.kill();
                tandem.awaitServing("plant", 1, PairUnderTest.LONG);
                try (ServerProcess moved =
                        ServerProcess.start("A", "--host", "127.0.0.2", "--port", String.valueOf(port))) {
                    assertThat(moved.url()).contains("127.0.0.2:" + port);
                    assertThat(tandem.status("plant", "ready"))
                            .as("the name leads elsewhere")
                            .isEqualTo("01");
                    Files.writeString(hosts, "127.0.0.2 " + HOST + "\n");
                    awaitReady(tandem, 0);
                    tandem.command("switch plant 0");
                    tandem.awaitServing("plant", 0, PairUnderTest.LONG);
                    client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
                    Unnoticed.values(client, PairUnderTest.PERIOD_MS);
                }
            }
        }
    }

    private static void awaitReady(TandemProcess tandem, int member) {
        Await.until(
                "member " + member + " is ready",
                PairUnderTest.LONG,
                () -> tandem.status("plant", "ready").charAt(member) == '1');
    }
}
