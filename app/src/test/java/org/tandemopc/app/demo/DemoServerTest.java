package org.tandemopc.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;

/** With a shell in the place of the server: ready when the test says so. */
@Timeout(20)
class DemoServerTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final String READY = "READY url=opc.tcp://127.0.0.1:4711/sim control=1 pid=1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private DemoServer server(String script) {
        return new DemoServer("A", folder, _ -> List.of("sh", "-c", script));
    }

    /** The screen asks ten times a second, and a server takes seconds to start. */
    @Test
    void whoAsksForItsHealthOrKillsItDoesNotWaitUntilItServes()
            throws IOException, InterruptedException, ExecutionException {
        Path go = folder.resolve("go");
        try (DemoServer server =
                        server("while [ ! -e %s ]; do sleep 0.05; done; echo %s; exec sleep 100".formatted(go, READY));
                ExecutorService starter = Executors.newSingleThreadExecutor()) {
            Future<?> started = starter.submit(() -> {
                server.start();
                return true;
            });
            // The test hangs here when asking waits: nothing else lets the server become ready.
            Await.until("it starts", LONG, () -> server.health() == DemoServer.Health.STARTING);
            assertThat(server.url()).isEmpty();
            server.freeze();
            assertThat(server.health()).isEqualTo(DemoServer.Health.FROZEN);
            server.thaw();

            Files.createFile(go);
            started.get();

            assertThat(server.health()).isEqualTo(DemoServer.Health.RUNNING);
            assertThat(server.url()).isEqualTo("opc.tcp://127.0.0.1:4711/sim");
            server.kill();
            Await.until("it is dead", LONG, () -> server.health() == DemoServer.Health.DEAD);
        }
    }

    @Test
    void oneThatEndsWithoutServingIsDeadAndTheMessageNamesItsLog() {
        try (DemoServer server = server("echo no such thing; exec sleep 100")) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(folder.resolve("A.log").toString());
            assertThat(server.health()).isEqualTo(DemoServer.Health.DEAD);
        }
    }
}
