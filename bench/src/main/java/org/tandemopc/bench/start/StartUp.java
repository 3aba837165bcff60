package org.tandemopc.bench.start;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.tandemopc.bench.MiloClients;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.ServerPair;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * B-U1: from the making of a process to the first answer of a Read. Tandem is that of the image, reading from a server of its
 * pair, with keys that it made at an earlier start; its peer is a server of Milo's that has nothing to read but its own time.
 */
public final class StartUp {
    /** @param runs starts of each subject that count, after one that does not */
    public record Plan(int runs) {
        private static final double RUN_SECONDS = 7;
        private static final double START_SECONDS = 10;

        /** How long it takes, by experience. */
        public double seconds() {
            return START_SECONDS + RUN_SECONDS * (runs + 1);
        }
    }

    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final int CONNECT_MS = 1_000;
    private static final String PAIR = "start";
    private static final String LOOPBACK = "127.0.0.1";
    /** As Java starts by itself: undo what keeps the JVMs of tests small. */
    private static final List<String> PLAIN_JVM =
            List.of("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4");

    private final Plan plan;
    private final Consumer<String> results;
    private final PrintStream progress;

    /** @param results gets a line of JSON for each start */
    public StartUp(Plan plan, Consumer<String> results, PrintStream progress) {
        this.plan = plan;
        this.results = results;
        this.progress = progress;
    }

    /** @throws IOException there is no image of Tandem */
    public void run() throws IOException {
        Path tandem = image().resolve("bin").resolve("tandem");
        try (ServerPair servers = ServerPair.start(List.of("-Xmx256m"));
                TestFolder folder = new TestFolder("start")) {
            for (int run = 0; run <= plan.runs(); run++) {
                progress.println(
                        Start.BENCH + (run == 0 ? " once not counted" : " start " + run + " of " + plan.runs()));
                Starter[] starters = Starter.values();
                for (int i = 0; i < starters.length; i++) {
                    // Each comes first, second and last equally often.
                    Starter starter = starters[(i + run) % starters.length];
                    Start start = start(run, starter, tandem, servers, folder.path());
                    if (run > 0) {
                        results.accept(start.json());
                    }
                }
            }
        }
    }

    private static Start start(int run, Starter starter, Path tandem, ServerPair servers, Path folder)
            throws IOException {
        int port = PortPicker.pick();
        Path errors = folder.resolve("errors.txt");
        boolean isTandem = starter != Starter.MILO;
        String url = "opc.tcp://" + LOOPBACK + ":" + port + (isTandem ? "/" + PAIR : "");
        NodeId node = isTandem ? new NodeId(2, "static/0") : NodeIds.Server_ServerStatus_CurrentTime;
        List<String> command = isTandem ? tandem(starter, tandem, servers, folder, port) : List.of();
        double pressure = Machine.pressure();
        long begin = System.nanoTime();
        try (TestProcess process = isTandem
                ? TestProcess.start(starter.word(), errors, command)
                : TestProcess.startJava(
                        starter.word(),
                        errors,
                        PLAIN_JVM,
                        StockServer.class.getName(),
                        List.of(LOOPBACK, String.valueOf(port)))) {
            OpcUaClient client = firstAnswer(process, url, port, node);
            long end = System.nanoTime();
            double cpu = Machine.cpuMicros(process.pid());
            disconnect(client);
            if (isTandem) {
                process.signal(Posix.Signal.TERM);
                var unused = process.awaitExit(ANSWER_MAX);
            }
            return new Start(
                    run, starter, (end - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1), cpu / 1_000, pressure);
        }
    }

    private static List<String> tandem(Starter starter, Path tandem, ServerPair servers, Path folder, int port)
            throws IOException {
        Path config = Files.writeString(
                folder.resolve("tandem.yaml"), """
                version: 1
                opcua:
                  listen: %s:%d
                  security: [None]
                  trust: all
                pairs:
                  - name: %s
                    mode: hot
                    members:
                      - url: %s
                        security: None
                      - url: %s
                        security: None
                """.formatted(LOOPBACK, port, PAIR, servers.url(0), servers.url(1)));
        List<String> command = new ArrayList<>();
        if (starter == Starter.TANDEM_WITHOUT_CACHE) {
            command.addAll(List.of("env", "TANDEM_OPTS=-XX:AOTMode=off"));
        }
        command.addAll(List.of(
                tandem.toString(),
                "run",
                "--config",
                config.toString(),
                "--data",
                folder.resolve("data").toString(),
                "--enable-all"));
        return command;
    }

    /** Asks, and asks again, as soon as there is somebody to ask. @return the client that got an answer, connected */
    private static OpcUaClient firstAnswer(TestProcess process, String url, int port, NodeId node) {
        List<OpcUaClient> answered = new ArrayList<>();
        try {
            Await.until(url + " answers", ANSWER_MAX, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("it has ended");
                }
                return isOpen(port) && reads(url, node, answered);
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + process.log(), e);
        }
        return answered.getFirst();
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean reads(String url, NodeId node, List<OpcUaClient> answered) {
        OpcUaClient client = null;
        try {
            client = MiloClients.plain(url, config -> {});
            client.connect();
            DataValue value =
                    client.readValues(0, TimestampsToReturn.Both, List.of(node)).getFirst();
            if (value.statusCode().isGood()) {
                answered.add(client);
                return true;
            }
        } catch (UaException e) {
            // Not yet; what it said at last is in the log of the process.
        }
        if (client != null) {
            disconnect(client);
        }
        return false;
    }

    private static void disconnect(OpcUaClient client) {
        try {
            client.disconnect();
        } catch (UaException e) {
            // It has no connection.
        }
    }

    /**
     * The folder that {@code package/build} made.
     *
     * @throws IOException there is none, with a sentence for people
     */
    private static Path image() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String target : List.of("package/target", "../package/target")) {
            if (Files.isDirectory(Path.of(target))) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(
                        Path.of(target), file -> Files.isExecutable(file.resolve("bin/tandem")))) {
                    files.forEach(found::add);
                }
            }
        }
        if (found.size() != 1) {
            throw new IOException("There has to be one image of Tandem in package/target, not " + found
                    + ": package/build makes it.");
        }
        return found.getFirst();
    }
}
