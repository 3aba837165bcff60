package org.tandemopc.app.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A simulated OPC UA server in a process of its own, which can be killed, frozen and revived on the same port. */
final class DemoServer implements AutoCloseable {
    /** What it looks like from outside. */
    enum Health {
        RUNNING,
        FROZEN,
        DEAD
    }

    private static final Pattern READY = Pattern.compile("READY url=(\\S+:(\\d+)\\S*) .*");
    private static final long START_SECONDS_MAX = 60;

    private final String name;
    private final Path folder;
    private @Nullable Process process;
    private boolean frozen;
    private int port;
    private String url = "";

    /** @param folder for its ledger, keys and messages; exists */
    DemoServer(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    String name() {
        return name;
    }

    /** After the first start; the same from then on. */
    synchronized String url() {
        return url;
    }

    synchronized Health health() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return Health.DEAD;
        }
        return frozen ? Health.FROZEN : Health.RUNNING;
    }

    /** Starts it, or starts it anew on its port; returns when it serves. */
    synchronized void start() throws IOException {
        close();
        Process started = new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
        process = started;
        frozen = false;
        Matcher ready = READY.matcher(firstLine(started));
        if (!ready.matches()) {
            throw new IOException(
                    "The simulated server " + name + " did not start; see " + folder.resolve(name + ".log"));
        }
        url = ready.group(1);
        port = Integer.parseInt(ready.group(2));
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
    public synchronized void close() {
        Process running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx192m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                "org.tandemopc.simulator.SimulatorMain",
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
                "--data",
                folder.resolve(name).toString(),
                // The server ends with the demo, however the demo ends.
                "--exit-with-stdin");
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
