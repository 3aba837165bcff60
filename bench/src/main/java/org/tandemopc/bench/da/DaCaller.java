package org.tandemopc.bench.da;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.bench.world.Machine;
import org.tandemopc.bench.world.Profiler;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** A client in a process of its own, ours or Utgard's, that makes blocks of calls on command. One thread at a time. */
final class DaCaller implements AutoCloseable {
    /** Counters in the group of a client. */
    static final int ITEMS_MAX = 1_000;

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration BLOCK_MAX = Duration.ofMinutes(5);
    private static final List<String> FLAGS = List.of("-XX:TieredStopAtLevel=4", "-Xmx256m");

    /** Whose client it is. */
    enum Whose {
        OURS("ours"),
        UTGARD("utgard");

        private final String word;

        Whose(String word) {
            this.word = word;
        }

        /** For result lines. */
        String word() {
            return word;
        }
    }

    /** What is called. */
    enum Call {
        READ("read"),
        ADD("add");

        private final String word;

        Call(String word) {
            this.word = word;
        }
    }

    /** Where to: a server, or what stands before it. */
    record Target(String address, Guid clsid) {
        String text() {
            return address + "," + clsid;
        }
    }

    /** One block of calls; times in nanoseconds. */
    record Block(int calls, long p50, long p99, long total, double cpuMicros) {}

    private final TestFolder folder = new TestFolder("da-caller");
    private final TestProcess process;
    private final String name;

    /**
     * Starts it and waits until it has its groups at all targets.
     *
     * @param level of a client of ours; Utgard's is CONNECT
     */
    DaCaller(Whose whose, AuthLevel level, List<Target> targets) {
        Path errors = folder.path().resolve("errors.txt");
        List<String> ways = targets.stream().map(Target::text).toList();
        name = "da-caller-" + whose.word() + "-" + level;
        process = switch (whose) {
            case OURS -> {
                List<String> arguments = new ArrayList<>(List.of(level.name()));
                arguments.addAll(ways);
                yield TestProcess.startJava(
                        "our client at " + level, errors, FLAGS, OurDaCaller.class.getName(), arguments);
            }
            case UTGARD -> TestProcess.start("Utgard", errors, utgard(ways));
        };
        try {
            String unused = process.awaitLine("ready", START_MAX);
            Profiler.begin(process.pid());
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private static List<String> utgard(List<String> ways) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                String.join(File.pathSeparator, jars("j-interop"), jars("utgard")),
                base().resolve("dcom").resolve("UtgardCaller.java").toString(),
                DaLogins.DOMAIN,
                DaLogins.USER,
                DaLogins.PASSWORD,
                String.valueOf(ITEMS_MAX)));
        command.addAll(ways);
        return command;
    }

    /** The folder of this module, from the root of the project or from within. */
    private static Path base() {
        return Files.isDirectory(Path.of("bench", "dcom")) ? Path.of("bench") : Path.of("");
    }

    private static String jars(String folder) {
        try (Stream<Path> jars = Files.list(base().resolve("target").resolve(folder))) {
            return String.join(
                    File.pathSeparator, jars.map(Path::toString).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls of one caller. @param target its place in the list */
    Block block(Call call, int target, int items, int calls) {
        return block(call, target, items, calls, 1);
    }

    /** @param callers who call at once, one connection for all of them; of {@link Call#READ} only */
    Block block(Call call, int target, int items, int calls, int callers) {
        double before = Machine.cpuMicros(process.pid());
        process.take("done");
        process.send(call.word + " " + target + " " + items + " " + calls + " " + callers);
        String[] words = process.awaitLine("done", BLOCK_MAX).split(" ");
        double cpu = Machine.cpuMicros(process.pid()) - before;
        return new Block(calls, Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), cpu);
    }

    @Override
    public void close() {
        Profiler.end(process.pid(), name);
        process.close();
        folder.close();
    }
}
