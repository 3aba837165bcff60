package org.tandemopc.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tandemopc.relay.OwnerOnly;
import org.tandemopc.service.DataFolder;

/**
 * Starts a service as a process of its own that outlives the terminal, with the same Java and the same class path. One
 * thread; blocks.
 */
public final class BackgroundService {
    private static final String PRINTED = "start.log";
    private static final long READY_SECONDS_MAX = 60;
    private static final long LOOK_MS = 100;
    private static final int PRINTED_BYTES_MAX = 64 << 10;

    private final Path config;
    private final Path data;
    private final boolean enableAll;

    /** @param config and data, fully qualified */
    public BackgroundService(Path config, Path data, boolean enableAll) {
        this.config = config;
        this.data = data;
        this.enableAll = enableAll;
    }

    /** The service ended before it was ready. */
    public static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;

        private final int exitCode;
        private final String printed;

        Ended(int exitCode, String printed) {
            super("ended with exit code " + exitCode);
            this.exitCode = exitCode;
            this.printed = printed;
        }

        public int exitCode() {
            return exitCode;
        }

        /** What it said, whole lines. */
        public String printed() {
            return printed;
        }
    }

    /**
     * Returns when the service is ready.
     *
     * @return its process
     * @throws Ended it said why it cannot serve
     * @throws IOException it could not be started, or is not ready in a minute
     */
    public long start() throws IOException, Ended, InterruptedException {
        DataFolder.refuseOfAnotherUser(data);
        Files.createDirectories(data);
        Path printed = data.resolve(PRINTED);
        Files.deleteIfExists(printed);
        OwnerOnly.create(printed);
        Process process = new ProcessBuilder(commandLine())
                .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(printed.toFile()))
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
        while (System.nanoTime() - end < 0) {
            if (process.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
                throw new Ended(process.exitValue(), text(printed));
            }
            if (text(printed).contains("READY pid=")) {
                return process.pid();
            }
        }
        throw new IOException("process %d is not ready after %d s; what it printed is in %s"
                .formatted(process.pid(), READY_SECONDS_MAX, printed));
    }

    private static java.io.File nothing() {
        boolean isWindows = System.getProperty("os.name", "").startsWith("Windows");
        return new java.io.File(isWindows ? "NUL" : "/dev/null");
    }

    private List<String> commandLine() throws IOException {
        List<String> line = new ArrayList<>(detached());
        line.add(java());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.add("-Dlogback.configurationFile=logback-background.xml");
        line.add("-Dtandem.log=" + data.resolve("log").resolve("service.log"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "run"));
        line.addAll(List.of("--config", config.toString(), "--data", data.toString()));
        if (enableAll) {
            line.add("--enable-all");
        }
        return line;
    }

    /** A process of the terminal's session would end with it, or with the next Ctrl-C there. */
    private static List<String> detached() {
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            return List.of("/usr/bin/setsid");
        }
        return Files.isExecutable(Path.of("/usr/bin/nohup")) ? List.of("/usr/bin/nohup") : List.of();
    }

    private static String java() throws IOException {
        return ProcessHandle.current()
                .info()
                .command()
                .orElseThrow(() -> new IOException("it is not known by which java this program runs"));
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(PRINTED_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }
}
