package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.it.pair.ConfigSaver;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.TestProcess;

/** A process that saves is killed at any moment: the file is a text that was saved whole, and a start finds it. */
@Timeout(900)
class KilledSaveIT {
    private static final int KILLS = Integer.getInteger("kills", 100);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int LONGEST_MICROS = 60_000;
    /** One more than are kept of those that ran and of the others, and what the save that was cut added to each. */
    private static final int TEXTS_MAX = 2 * (Configurations.KEPT + 1 + 1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement("S21")
    void killedAtAnyMomentTheFileIsTheOldTextOrTheNew() throws IOException {
        SplittableRandom random = new SplittableRandom(21);
        Path file = Files.writeString(folder.resolve("tandem.yaml"), ConfigSaver.text(0));
        Set<Integer> found = new HashSet<>();
        int halfDone = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            int first = 1_000_000 * kill / KILLS * 2;
            try (TestProcess saver = TestProcess.startJava(
                    "saver",
                    folder.resolve("errors.txt"),
                    List.of("-Xmx64m", "-Xshare:auto"),
                    ConfigSaver.class.getName(),
                    List.of(file.toString(), folder.resolve("data").toString(), String.valueOf(first)))) {
                saver.awaitLine("READY", LONG);
                // Not a wait for a condition: the moment of the kill is what is varied.
                LockSupport.parkNanos(random.nextInt(LONGEST_MICROS) * 1_000L);
                assertThat(saver.isAlive()).as(saver.log()).isTrue();
                saver.signal(Posix.Signal.KILL);
            }
            String text = Files.readString(file);
            int number = Integer.parseInt(text.substring(2, text.indexOf('\n')));
            assertThat(text).as("kill " + kill).isEqualTo(ConfigSaver.text(number));
            found.add(number);
            halfDone += isHalfWritten(folder) || isHalfWritten(folder.resolve("data/saved")) ? 1 : 0;
            assertThat(startFinds()).as("kill " + kill).isEqualTo(text);
            everySavedTextIsWhole();
        }

        // Controls: saves went on between the kills, and some kills came in the middle of one.
        assertThat(found).hasSizeGreaterThan(KILLS / 2);
        assertThat(halfDone).isPositive();
    }

    private static boolean isHalfWritten(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.anyMatch(f -> f.toString().endsWith(".new"));
        }
    }

    private String startFinds() {
        ConfigStore store = new ConfigStore(folder.resolve("tandem.yaml"), folder.resolve("data"), Map.of());
        ConfigReading reading = store.load();
        assertThat(reading.problems()).isEmpty();
        return store.text();
    }

    private void everySavedTextIsWhole() throws IOException {
        Path saved = folder.resolve("data/saved");
        if (!Files.exists(saved)) {
            return;
        }
        try (Stream<Path> files = Files.list(saved)) {
            List<Path> whole = files.filter(f -> f.toString().endsWith(".json")).toList();
            assertThat(whole).hasSizeLessThanOrEqualTo(TEXTS_MAX);
            for (Path each : whole) {
                assertThat(Files.readString(each)).as(each.toString()).endsWith("}\n");
            }
        }
    }
}
