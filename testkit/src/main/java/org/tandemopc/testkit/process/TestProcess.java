package org.tandemopc.testkit.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tandemopc.testkit.Await;

/**
 * A process of a test: a JVM with the class path of this test, or another program. It ends with {@link #close()}, and
 * with this JVM at the latest. Thread-safe.
 */
public final class TestProcess implements AutoCloseable {
    private static final Set<TestProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final Duration LAST_LINES_MAX = Duration.ofSeconds(10);

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(each -> each.process.destroyForcibly())));
    }

    private final String name;
    private final Process process;
    private final Path errors;
    private final Thread reader;
    private final List<String> output = new CopyOnWriteArrayList<>();

    private TestProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        reader = Thread.ofPlatform().daemon().name(name + " output").unstarted(this::readOutput);
    }

    /**
     * Starts a JVM with the class path of this test.
     *
     * @param name for messages
     * @param jvmFlags beside those that every test JVM gets, such as {@code -Xmx256m}
     * @param errors file that standard error is appended to
     */
    public static TestProcess startJava(
            String name, Path errors, List<String> jvmFlags, String mainClass, List<String> arguments) {
        return startJavaIn(name, List.of(), errors, jvmFlags, mainClass, arguments);
    }

    /** @param wrapper a command that runs the rest of the line, such as {@code ip netns exec name} */
    public static TestProcess startJavaIn(
            String name,
            List<String> wrapper,
            Path errors,
            List<String> jvmFlags,
            String mainClass,
            List<String> arguments) {
        List<String> flags = new ArrayList<>(ClassArchive.flags());
        flags.addAll(jvmFlags);
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(java(flags, ClassArchive.classPath()));
        command.add(mainClass);
        command.addAll(arguments);
        return start(name, errors, command);
    }

    /** A JVM that runs no program: its flags say what it does. */
    static TestProcess startJavaWith(String name, Path errors, List<String> flags, String classPath) {
        return start(name, errors, java(flags, classPath));
    }

    /** All but the program. */
    private static List<String> java(List<String> flags, String classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath));
        return command;
    }

    /** Starts any program in the same way; it must be on the path. */
    public static TestProcess start(String name, Path errors, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
            TestProcess started = new TestProcess(name, process, errors);
            RUNNING.add(started);
            started.reader.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("(output ended: " + e.getMessage() + ")");
        }
    }

    /** The first line of output that begins so. */
    public String awaitLine(String prefix, Duration atMost) {
        try {
            Await.until(name + " prints " + prefix, atMost, () -> line(prefix) != null || hasSaidAll());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + log(), e);
        }
        String line = line(prefix);
        if (line == null) {
            throw new AssertionError(name + " ended before it printed " + prefix + "\n" + log());
        }
        return line;
    }

    /** What it printed last may still have to be read when it has ended. */
    private boolean hasSaidAll() {
        return !process.isAlive() && !reader.isAlive();
    }

    private @Nullable String line(String prefix) {
        return output.stream()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElse(null);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a signal; to a process that has ended, nothing. */
    public void signal(Posix.Signal signal) {
        if (process.isAlive()) {
            Posix.kill(process.pid(), signal);
        }
    }

    /**
     * SIGSTOP; returns when no thread of the process runs any more: on a busy machine some go on for a moment after the signal. Where there is
     * no /proc it returns at once.
     */
    public void freeze() {
        signal(Posix.Signal.STOP);
        Await.until(name + " has stopped", STOP_MAX, this::isStopped);
    }

    private boolean isStopped() {
        Path tasks = Path.of("/proc", String.valueOf(process.pid()), "task");
        if (!process.isAlive() || !Files.isDirectory(tasks)) {
            return true;
        }
        try (Stream<Path> all = Files.list(tasks)) {
            return all.allMatch(TestProcess::isStopped);
        } catch (IOException e) {
            // it has ended meanwhile, or is about to
            return false;
        }
    }

    private static boolean isStopped(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            // the name of a thread may have brackets of its own; the state follows the last
            return stat.startsWith(") T", stat.lastIndexOf(')'));
        } catch (IOException e) {
            // it has ended meanwhile
            return true;
        }
    }

    /** Writes a line to the standard input of the process. */
    public void send(String line) {
        try {
            BufferedWriter input = process.outputWriter(StandardCharsets.UTF_8);
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not take input", e);
        }
    }

    /** Ends the standard input of the process. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the lines that begin so out of the output. */
    public List<String> take(String prefix) {
        List<String> taken = new ArrayList<>();
        // In one go: a line that comes meanwhile and equals one of these must not go with it.
        output.removeIf(line -> line.startsWith(prefix) && taken.add(line));
        return taken;
    }

    /** What the process printed to standard output and nobody took. */
    public List<String> output() {
        return List.copyOf(output);
    }

    /** Standard output and standard error, for messages of failed tests. */
    public String log() {
        try {
            String standardError = Files.exists(errors) ? Files.readString(errors) : "";
            return "--- " + name + " output\n" + String.join("\n", output) + "\n--- " + name + " errors\n"
                    + standardError;
        } catch (IOException e) {
            return "log of " + name + " cannot be read: " + e.getMessage();
        }
    }

    /**
     * Exit code of a process that ends by itself. All that it printed is there when this returns, unless a process that it left behind
     * holds on to its output.
     */
    public int awaitExit(Duration atMost) {
        int exit = awaitEnd(atMost);
        try {
            reader.join(LAST_LINES_MAX);
            return exit;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private int awaitEnd(Duration atMost) {
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " did not end within " + atMost + "\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the process at once, frozen or not, and waits for it. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(20));
        RUNNING.remove(this);
    }
}
