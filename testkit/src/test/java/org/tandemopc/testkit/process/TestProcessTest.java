package org.tandemopc.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;

class TestProcessTest {
    @TempDir
    Path folder;

    /** A write that is sent next must not be done by a thread that the signal has not reached yet. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFrozenProcessDoesNothingAnyMore() throws Exception {
        try (TestProcess busy =
                TestProcess.start("busy", folder.resolve("errors"), List.of("sh", "-c", "while :; do :; done"))) {
            for (int i = 0; i < 50; i++) {
                busy.freeze();
                assertThat(stat(busy)).contains(") T ");
                busy.signal(Posix.Signal.CONT);
                Await.until(
                        "it goes on", Duration.ofSeconds(20), () -> stat(busy).contains(") R "));
            }
        }
    }

    private static String stat(TestProcess process) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
