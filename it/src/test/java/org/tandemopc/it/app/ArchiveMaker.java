package org.tandemopc.it.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ClassArchive;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** Makes the archive of the classes of processes, which the build does once for all tests; see {@link ClassArchive}. */
public final class ArchiveMaker {
    private static final String PAIR = "plant";
    private static final Duration END_MAX = Duration.ofSeconds(30);

    private ArchiveMaker() {}

    /** @param args the folder of the archive */
    public static void main(String[] args) throws Exception {
        ClassArchive.make(Path.of(args[0]), ArchiveMaker::example);
    }

    /** What most tests have: servers, a pair, a client, a switch, a command. */
    private static void example() throws Exception {
        try (TwoServers servers = TwoServers.start("--policy", "none,basic256sha256")) {
            switchOnce(servers);
            command(servers);
            for (ServerProcess each : new ServerProcess[] {servers.a(), servers.b()}) {
                each.terminate();
                each.awaitEnd(END_MAX);
            }
        }
    }

    private static void switchOnce(TwoServers servers) throws Exception {
        try (TandemProcess tandem = TandemProcess.start(
                PairSpec.of(PAIR, Mode.HOT, servers.a().url(), servers.b().url()))) {
            tandem.awaitServing(PAIR, 0, CommandLine.LONG);
            tandem.awaitStandby(PAIR, 1, CommandLine.LONG);
            try (StreamClient client = StreamClient.connect(tandem.url(PAIR))) {
                client.watchCounters(0, 3, StreamClient.Subscribing.NORMAL);
                client.keepReading(Duration.ofMillis(50));
                client.keepWriting("static/0", Duration.ofMillis(50));
                Await.until("values", CommandLine.LONG, () -> client.fewestSamples() >= 5);
                tandem.command("switch " + PAIR + " 1");
                tandem.awaitServing(PAIR, 1, CommandLine.LONG);
                client.stopWorking();
            }
            tandem.newestRecords(PAIR, 10);
            tandem.stop();
        }
    }

    private static void command(TwoServers servers) throws Exception {
        try (TestFolder folder = new TestFolder("archive")) {
            CommandLine tandem = new CommandLine(Files.createDirectories(folder.path()));
            tandem.config(servers);
            try (TestProcess service = tandem.serve("--enable-all")) {
                tandem.awaitBothReady();
                tandem.expect(0, "ok    subscription", "check", PAIR + "1");
                tandem.expect(0, "active: primary", "status");
                tandem.expect(0, "has stopped", "stop");
                service.awaitExit(END_MAX);
            }
        }
    }
}
