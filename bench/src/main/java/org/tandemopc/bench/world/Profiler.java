package org.tandemopc.bench.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Records with JFR where each Tandem process spends its time, from when it serves until it is closed, and says it in a
 * summary beside the recording. Off unless asked for: it costs some percent.
 */
public final class Profiler {
    private static final String RECORDING = "bench";
    /** What is in the JDK's profile, and stacks by processor time: those by wall clock leave native calls out. */
    private static final String[] START = {
        "name=" + RECORDING,
        "settings=profile",
        "maxsize=256m",
        "jdk.CPUTimeSample#enabled=true",
        "jdk.CPUTimeSample#throttle=2ms"
    };

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static volatile @Nullable Path folder;

    private Profiler() {}

    /** From now on every Tandem process is recorded; files go to this folder. */
    public static void recordAll(Path into) {
        folder = into.toAbsolutePath();
    }

    /** Does nothing unless all are recorded. */
    public static void begin(long pid) {
        if (folder != null) {
            // Netty's and Milo's handlers stand deeper than the 64 frames that are usual.
            String unused = Jcmd.ask(pid, "JFR.configure", "stackdepth=256");
            String unused2 = Jcmd.ask(pid, "JFR.start", START);
        }
    }

    /** Writes recording and summary. Does nothing unless all are recorded; a process that has ended leaves none. */
    public static void end(long pid, String name) {
        Path into = folder;
        if (into == null) {
            return;
        }
        Path recording = into.resolve("profile-" + name + "-" + COUNT.incrementAndGet() + ".jfr");
        Path summary = Path.of(recording.toString().replaceFirst("\\.jfr$", ".txt"));
        try {
            Files.createDirectories(into);
            String unused = Jcmd.ask(pid, "JFR.stop", "name=" + RECORDING, "filename=" + recording);
            Files.writeString(summary, Profile.of(recording).text());
            System.err.println("profile: " + summary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            System.err.println("no profile of " + name + ": " + e.getMessage());
        }
    }
}
