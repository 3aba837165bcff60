package org.tandemopc.bench.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestProcess;

/** {@code tandem run} in a process of its own, with the JVM settings of {@code ./tandem}. */
public final class TandemProcess implements AutoCloseable {
    /**
     * A pair of the configuration.
     *
     * @param mode cold, warm, hot
     * @param security None or Basic256Sha256, of clients and members
     */
    public record Pair(String name, String mode, String security, Duration interval, Duration timeout) {}

    private static final String MAIN = "org.tandemopc.app.Main";
    private static final Duration START_MAX = Duration.ofSeconds(60);
    /** Undo what keeps the JVMs of tests small: the product runs as its command starts it. */
    private static final List<String> PRODUCT_FLAGS =
            List.of("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=4");

    private static final Pattern EVENT_TIME = Pattern.compile("\"atNanos\":(\\d+)");
    private static final String CONNECTED = "Connected to '";

    private final WorkFolder folder = new WorkFolder("tandem");
    private final int port = PortPicker.pick();
    private final ServerPair servers;
    private final TestProcess process;
    private final String name;

    private TandemProcess(ServerPair servers, List<Pair> pairs) {
        this.servers = servers;
        name = pairs.getFirst().name() + "-" + pairs.getFirst().mode();
        Path config = folder.write("tandem.yaml", config(pairs));
        process = TestProcess.startJava(
                "tandem",
                folder.path().resolve("errors.txt"),
                PRODUCT_FLAGS,
                MAIN,
                List.of(
                        "run",
                        "--config",
                        config.toString(),
                        "--data",
                        folder.path().resolve("data").toString(),
                        "--enable-all"));
    }

    /** Starts Tandem before the servers and waits until every pair serves. */
    public static TandemProcess start(ServerPair servers, List<Pair> pairs) {
        TandemProcess tandem = new TandemProcess(servers, pairs);
        try {
            tandem.process.awaitLine("READY ", START_MAX);
            for (Pair pair : pairs) {
                Await.until(pair.name() + " is connected", START_MAX, () -> tandem.isConnected(pair));
            }
            Profiler.begin(tandem.pid());
            return tandem;
        } catch (AssertionError e) {
            tandem.close();
            throw e;
        }
    }

    /** Cold: to one member; else to both. */
    private boolean isConnected(Pair pair) {
        long members = process.log()
                .lines()
                .filter(line -> line.contains(CONNECTED + pair.name() + "'"))
                .map(line -> line.substring(line.indexOf(CONNECTED)))
                .distinct()
                .count();
        return members >= (pair.mode().equals("cold") ? 1 : 2);
    }

    private String config(List<Pair> pairs) {
        StringBuilder yaml = new StringBuilder("version: 1\nopcua:\n  listen: 127.0.0.1:" + port + "\n  security: ["
                + String.join(
                        ", ", pairs.stream().map(Pair::security).distinct().toList()) + "]\n  trust: all\npairs:\n");
        for (Pair pair : pairs) {
            yaml.append("  - name: ").append(pair.name());
            yaml.append("\n    mode: ").append(pair.mode());
            // The pair stays where a fault put it, so that nothing but the fault moves it while one measures.
            yaml.append("\n    failback: false");
            yaml.append("\n    statusInterval: ").append(pair.interval().toMillis());
            yaml.append("ms\n    statusTimeout: ").append(pair.timeout().toMillis());
            yaml.append("ms\n    members:\n");
            for (int member = 0; member < 2; member++) {
                yaml.append("      - url: ").append(servers.url(member));
                yaml.append("\n        security: ").append(pair.security());
                yaml.append("\n        trust: all\n");
            }
        }
        return yaml.toString();
    }

    public String url(String pair) {
        return "opc.tcp://127.0.0.1:" + port + "/" + pair;
    }

    public long pid() {
        return process.pid();
    }

    /** How often a member was lost or a switch failed so far. */
    public int troubles() {
        return (int)
                process.log().lines().filter(line -> line.contains(" ERROR ")).count();
    }

    /** Whether the last that was said of this member is that it is connected; of the only pair. */
    public boolean isConnected(int member) {
        return process.log()
                .lines()
                .filter(line -> line.contains(servers.url(member)))
                .filter(line -> line.contains(" ERROR ") || line.contains(CONNECTED))
                .reduce((_, last) -> last)
                .filter(line -> line.contains(CONNECTED))
                .isPresent();
    }

    /** How often this member was lost so far. */
    public int troubles(int member) {
        return (int) process.log()
                .lines()
                .filter(line -> line.contains(" ERROR ") && line.contains(servers.url(member)))
                .count();
    }

    /**
     * When the only pair decided to leave its active member, the first time after this moment; the file may lag behind
     * by a second.
     *
     * @param nanos of {@link System#nanoTime}, which all processes of a Linux machine share
     */
    public OptionalLong leftActiveAfter(String pair, long nanos) {
        Path logs = folder.path().resolve("data").resolve("log").resolve(pair);
        try (Stream<Path> files = Files.list(logs)) {
            return files.filter(file -> file.getFileName().toString().startsWith("journal"))
                    .flatMap(TandemProcess::lines)
                    .filter(line -> line.contains("HoldRelays"))
                    .map(EVENT_TIME::matcher)
                    .filter(Matcher::find)
                    .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                    .filter(at -> at - nanos >= 0)
                    .min();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Tandem printed, for messages. */
    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        Profiler.end(pid(), name);
        process.close();
        folder.close();
    }
}
