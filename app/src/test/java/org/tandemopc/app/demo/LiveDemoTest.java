package org.tandemopc.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.app.command.TestService;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.PairHandle;
import org.tandemopc.testkit.Await;

/** Keys and screen without a terminal: a pair whose members are always well, and servers that are a sleeping shell. */
@Timeout(60)
class LiveDemoTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestService service;

    @SuppressWarnings("NullAway.Init")
    private FakeStage stage;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @SuppressWarnings("NullAway.Init")
    private LiveDemo demo;

    @BeforeEach
    void start() throws IOException {
        service = TestService.start(folder.resolve("tandem"));
        stage = new FakeStage(service.pair("plant1"), folder);
        demo = new LiveDemo(stage, new PrintStream(screen, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws IOException {
        stage.mayGoOn.release(10);
        stage.servers().forEach(DemoServer::close);
        service.close();
    }

    private String drawn() {
        screen.reset();
        demo.draw();
        return screen.toString(StandardCharsets.UTF_8);
    }

    private List<DemoServer.Health> health() {
        return stage.servers().stream().map(DemoServer::health).toList();
    }

    /** There is the old pair at first, then none: a key then would hit what is being left, or nothing at all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keysAreIgnoredWhileTheModeChangesAndCountAgainAfterIt(boolean oldPairIsThere) {
        stage.showsOldPair = oldPairIsThere;
        demo.press('m');
        Await.until("the mode changes", LONG, () -> stage.isSelecting);

        for (int key : "kKfsrm".chars().toArray()) {
            demo.press(key);
            assertThat(drawn()).contains("changing the mode ...").doesNotContain("pair is");
        }
        assertThat(health()).containsOnly(DemoServer.Health.RUNNING);
        assertThat(service.pair("plant1").snapshot().active()).isZero();
        stage.mayGoOn.release();
        Await.until("the new mode is there", LONG, () -> drawn().contains("pair is serving"));

        assertThat(drawn()).contains("none yet in this mode").doesNotContain("changing the mode");
        demo.press('K');
        Await.until(
                "the standby is dead",
                LONG,
                () -> health().equals(List.of(DemoServer.Health.RUNNING, DemoServer.Health.DEAD)));
        assertThat(drawn()).contains("kill -9 of the standby server (B)");
    }

    @Test
    void modeThatCannotBeSelectedIsToldAndTheNextOneCanBeTried() {
        stage.fails = true;
        demo.press('m');
        stage.mayGoOn.release();
        Await.until("the reason is shown", LONG, () -> drawn().contains("last: planted"));

        demo.press('k');
        assertThat(health()).containsOnly(DemoServer.Health.RUNNING);
        stage.fails = false;
        stage.mayGoOn.release();
        demo.press('m');
        Await.until("the next mode is there", LONG, () -> drawn().contains("pair is serving"));
    }

    /** Selecting waits until the test lets it go on. */
    private static final class FakeStage implements Stage {
        final Semaphore mayGoOn = new Semaphore(0);
        volatile boolean isSelecting;
        volatile boolean showsOldPair;
        volatile boolean fails;
        private final PairHandle only;
        private final List<DemoServer> servers;
        private final Tally tally = new Tally(1);
        private volatile @Nullable PairHandle pair;

        FakeStage(PairHandle only, Path folder) throws IOException {
            this.only = only;
            pair = only;
            servers = List.of(sleeping("A", folder), sleeping("B", folder));
            for (DemoServer server : servers) {
                server.start();
            }
        }

        private static DemoServer sleeping(String name, Path folder) {
            String script = "echo READY url=opc.tcp://127.0.0.1:4711/sim control=1 pid=1; exec sleep 100";
            return new DemoServer(name, folder, _ -> List.of("sh", "-c", script));
        }

        @Override
        public void select(Mode mode) throws InterruptedException {
            pair = showsOldPair ? only : null;
            isSelecting = true;
            mayGoOn.acquire();
            isSelecting = false;
            if (fails) {
                throw new IllegalStateException("planted");
            }
            pair = only;
        }

        @Override
        public Optional<PairHandle> pair() {
            return Optional.ofNullable(pair);
        }

        @Override
        public String endpointUrl(PairHandle of) {
            return "opc.tcp://127.0.0.1:4840/demo";
        }

        @Override
        public Tally tally() {
            return tally;
        }

        @Override
        public List<DemoServer> servers() {
            return servers;
        }
    }
}
