package org.tandemopc.app.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A simulated server in a process of its own, which can be killed, frozen and revived on the same port.
 *
 * <p>Any thread may ask how it is or do something to it, and never waits for one that starts or ends it: the screen of the
 * live demo is drawn meanwhile. One thread at a time starts it.
 */
final class DemoServer implements AutoCloseable {
    /** What it looks like from outside. */
    enum Health {
        /** The process runs and does not serve yet. */
        STARTING,
        RUNNING,
        FROZEN,
        DEAD
    }

    private static final Pattern READY = Pattern.compile("READY url=(\\S+:(\\d+)\\S*) .*");
    private static final long START_SECONDS_MAX = 60;

    private final String name;
    private final Path folder;
    private final IntFunction<List<String>> command;
    // Written under the lock, which is never held while a process is waited for.
    private volatile @Nullable Process process;
    private volatile boolean frozen;
    private volatile boolean ready;
    private volatile String url = "";
    private volatile int port;

    /** @param folder for its ledger, keys and messages; exists */
    DemoServer(String name, Path folder, DemoProtocol protocol) {
        this(name, folder, port -> simulator(name, folder, port, protocol));
    }

    /** @param command starts a server on this port, 0 for any, that prints READY as the simulator does */
    DemoServer(String name, Path folder, IntFunction<List<String>> command) {
        this.name = name;
        this.folder = folder;
        this.command = command;
    }

    String name() {
        return name;
    }

    /** After the first start; the same from then on. */
    String url() {
        return url;
    }

    /** Where it listens; after the first start, the same from then on. */
    int port() {
        return port;
    }

    Health health() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return Health.DEAD;
        }
        if (frozen) {
            return Health.FROZEN;
        }
        return ready ? Health.RUNNING : Health.STARTING;
    }

    /** Starts it, or starts it anew on its port; returns when it serves. */
    void start() throws IOException {
        close();
        Process started = new ProcessBuilder(command.apply(port))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
        synchronized (this) {
            process = started;
            frozen = false;
            ready = false;
        }
        Matcher answer = READY.matcher(firstLine(started));
        if (!answer.matches()) {
            close();
            throw new IOException(
                    "The simulated server " + name + " did not start; see " + folder.resolve(name + ".log"));
        }
        url = answer.group(1);
        port = Integer.parseInt(answer.group(2));
        ready = true;
    }

    /** kill -9 */
    synchronized void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** SIGSTOP: connections stay open and nothing answers. */
    synchronized void freeze() {
        Process running = process;
        if (running != null) {
            frozen = true;
            Signals.freeze(running);
        }
    }

    /** SIGCONT. */
    synchronized void thaw() {
        Process running = process;
        if (running != null) {
            Signals.thaw(running);
            frozen = false;
        }
    }

    /** Ends the process at once, frozen or not. */
    @Override
    public void close() {
        Process running;
        synchronized (this) {
            running = process;
            process = null;
        }
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static List<String> simulator(String name, Path folder, int port, DemoProtocol protocol) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx192m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                protocol.simulator(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--name",
                name,
                "--period-ms",
                String.valueOf(DemoClient.PERIOD_MS),
                "--counters",
                String.valueOf(DemoClient.COUNTERS),
                "--control-port",
                "0",
                "--ledger",
                folder.resolve(name + ".ledger").toString(),
                // The server ends with the demo, however the demo ends.
                "--exit-with-stdin"));
        words.addAll(protocol.options(name, folder));
        return words;
    }

    private String firstLine(Process started) throws IOException {
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name + "-output").start(() -> {
            try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8)) {
                for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                    line.complete(next);
                }
            } catch (IOException e) {
                line.complete("");
            }
            line.complete("");
        });
        try {
            return line.get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
