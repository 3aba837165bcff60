package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** A client in a JVM of its own, ours or j-Interop's, that makes blocks of calls on command. */
final class CallerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration BLOCK_MAX = Duration.ofMinutes(5);
    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xmx256m");

    /** Whose client it is. */
    enum Subject {
        OURS("tandem-dcom"),
        J_INTEROP("j-interop");

        private final String word;

        Subject(String word) {
            this.word = word;
        }

        /** For result lines. */
        String word() {
            return word;
        }
    }

    /** One block of calls; times in nanoseconds. */
    record Block(long p50, long p99, long total, double cpuMicros) {}

    private final TestFolder folder = new TestFolder("caller");
    private final TestProcess process;

    CallerProcess(Subject subject, CallServer server, AuthLevel level) throws IOException {
        Path errors = folder.path().resolve("errors.txt");
        String name = subject.word() + " at " + level;
        process = switch (subject) {
            case OURS ->
                TestProcess.start(
                        name,
                        errors,
                        java(List.of("-cp", classPath(), OurCaller.class.getName(), server.host(), level.name())));
            case J_INTEROP ->
                TestProcess.start(
                        name,
                        errors,
                        java(List.of(
                                "-cp",
                                jInterop(),
                                base().resolve("dcom")
                                        .resolve("JInteropCaller.java")
                                        .toString(),
                                server.host(),
                                CallServer.USER,
                                CallServer.PASSWORD,
                                CallServer.CLSID,
                                Calls.DEF.iid().toString(),
                                level.name())));
        };
        process.awaitLine("ready", START_MAX);
    }

    /** Of this JVM, be it one that runs tests. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(arguments);
        return command;
    }

    /** The folder of this module, from the root of the project or from within. */
    private static Path base() {
        return Files.isDirectory(Path.of("bench", "dcom")) ? Path.of("bench") : Path.of("");
    }

    private static String jInterop() throws IOException {
        Path folder = base().resolve("target").resolve("j-interop");
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.map(Path::toString).sorted().collect(Collectors.joining(java.io.File.pathSeparator));
        }
    }

    /** @param calls of all callers together, which call at once */
    Block block(int values, int calls, int callers) {
        double before = Machine.cpuMicros(process.pid());
        process.take("done");
        process.send(values + " " + calls + " " + callers);
        String[] words = process.awaitLine("done", BLOCK_MAX).split(" ");
        double cpu = Machine.cpuMicros(process.pid()) - before;
        return new Block(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), cpu);
    }

    @Override
    public void close() {
        process.endInput();
        process.close();
        folder.close();
    }
}
