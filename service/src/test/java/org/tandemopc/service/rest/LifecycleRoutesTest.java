package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
class LifecycleRoutesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    @Requirement("MENU-11")
    void aboutSaysWhatRunsAndWhere() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            var about = service.get("/api/v1/about").json();

            assertThat(about.path("version").asString()).isEqualTo("1.2.3");
            assertThat(about.path("build").asString()).isEqualTo("0123abcd");
            assertThat(about.path("java").asString()).startsWith(System.getProperty("java.version"));
            assertThat(about.path("os").asString()).startsWith(System.getProperty("os.name"));
            assertThat(Path.of(about.path("dataFolder").asString())).isEqualTo(folder.toAbsolutePath());
            assertThat(about.path("startedAt").asString()).endsWith("Z");
        }
    }

    /** Whoever asks for the end is told that it comes, and then it does. */
    @Test
    @Requirement("MENU-3")
    void shutdownIsAnsweredAndThenAskedFor() throws Exception {
        try (RunningService service = new RunningService(folder)) {
            CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> {
                try {
                    return service.runtime.awaitStopRequest();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(asked).isNotDone();

            Answer answer = service.post("/api/v1/service/shutdown", "{\"by\":\"ann\"}");

            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.json().path("pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo("ann");
        }
    }
}
