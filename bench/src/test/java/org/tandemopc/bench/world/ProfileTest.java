package org.tandemopc.bench.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;

@Timeout(60)
class ProfileTest {
    private volatile long product = 1;

    /** Without our method in it a profile says nothing about us. */
    @Test
    void busyMethodOfOursIsNamedWithItsShare(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("own.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.CPUTimeSample").with("throttle", "2ms");
            recording.start();
            Await.until("it was busy", java.time.Duration.ofSeconds(30), this::isBusyEnough);
            recording.stop();
            recording.dump(file);
        }

        String text = Profile.of(file).text();

        assertThat(text).containsPattern("[1-9][0-9]* samples of Java threads");
        assertThat(text.substring(text.indexOf("our frame nearest"))).contains("ProfileTest.multiply");
    }

    private int rounds;

    private boolean isBusyEnough() {
        multiply();
        return ++rounds >= 50;
    }

    private void multiply() {
        long value = product;
        for (int i = 0; i < 10_000_000; i++) {
            value = value * 31 + i;
        }
        product = value;
    }
}
