package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.history.Story;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.ServerProcess;

/**
 * A server gets another address, and its name leads there: first the active one's, then, when it is the standby, once
 * more. Warm is left out: a link is made, and a name resolved, as in hot.
 */
@ExtendWith(Timelines.class)
@Timeout(240)
class MovedAddressIT {
    private static final String NAME = "plant-a.test";
    private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");

    /** What the name service says. */
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"COLD", "HOT"})
    @Requirement(
            value = {"CON-2", "S25", "I1", "I2", "I3"},
            protocol = Protocol.UA)
    void aMemberIsFoundAgainWhereItsNameLeads(Mode mode) throws Exception {
        nameLeadsTo(ADDRESSES.get(0));
        // The JDK remembers answers, by default for half a minute.
        List<String> flags = List.of("-Djdk.net.hosts.file=" + hosts(), "-Dsun.net.inetaddr.ttl=0");
        ServerProcess a = ServerProcess.start("A");
        ServerProcess b = ServerProcess.start("B");
        PairSpec spec = PairSpec.of(PairUnderTest.NAME, mode, a.url().replace("127.0.0.1", NAME), b.url());
        try (PairUnderTest pair = PairUnderTest.of(spec, flags, a, b)) {
            awaitRedundant(pair, mode);
            Story story = Story.of(pair);
            StreamClient client = pair.connect();
            client.watchCounters(0, 4, StreamClient.Subscribing.NORMAL);
            client.keepReading(Duration.ofMillis(50));
            client.keepWriting("static/0", Duration.ofMillis(50));
            // The standby has to have this client's items too, and for long enough.
            awaitRedundant(pair, mode);

            long fromMs = System.currentTimeMillis();
            a.kill();
            pair.awaitServing(1);
            moveTo(a, ADDRESSES.get(1));
            if (mode != Mode.COLD) {
                // In cold mode nobody asks for it before it is needed.
                assertThat(pair.tandem().status(PairUnderTest.NAME, "ready"))
                        .as("control: the name leads elsewhere")
                        .isEqualTo("01");
            }
            nameLeadsTo(ADDRESSES.get(1));
            awaitRedundant(pair, mode);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            story.struck("active moved", 0, fromMs, LossCause.CONNECTION_CLOSED);

            long epoch = pair.epoch();
            long againMs = System.currentTimeMillis();
            a.kill();
            moveTo(a, ADDRESSES.get(2));
            nameLeadsTo(ADDRESSES.get(2));
            awaitRedundant(pair, mode);
            story.struck("standby moved", 0, againMs);
            assertThat(pair.epoch()).as("a fault of the standby moves nobody").isEqualTo(epoch);

            long killedMs = System.currentTimeMillis();
            b.kill();
            pair.awaitServing(0);
            client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);
            client.stopWorking();
            story.struck("killed", 1, killedMs, LossCause.CONNECTION_CLOSED);
            assertThat(story.findings(client, mode != Mode.COLD)).isEmpty();
        }
    }

    private static void awaitRedundant(PairUnderTest pair, Mode mode) {
        if (mode != Mode.COLD) {
            pair.awaitReady();
        }
    }

    private static void moveTo(ServerProcess server, String host) {
        server.awaitEnd(PairUnderTest.LONG);
        server.restartAt(host);
        assertThat(server.url()).contains(host);
    }

    private void nameLeadsTo(String address) throws IOException {
        // As a whole, for it may be read meanwhile.
        Path next = Files.writeString(folder.resolve("hosts.next"), address + " " + NAME + "\n");
        Files.move(next, hosts(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private Path hosts() {
        return folder.resolve("hosts");
    }
}
