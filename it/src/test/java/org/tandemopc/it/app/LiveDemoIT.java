package org.tandemopc.it.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestProcess;

/**
 * The demo as a person has it: on a pseudo-terminal of {@code script} (util-linux), with keys, and judged by what stands
 * on the screen.
 */
@Timeout(300)
class LiveDemoIT {
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final String FIRST_LINE = "Tandem demo";
    private static final String WHOLE =
            "(?s).*A primary [^\n]* running +active\n.*B secondary [^\n]* running +ready\n.*pair is serving.*";
    private static final String SECONDARY_SERVES =
            "(?s).*A primary [^\n]* %s +not connected\n.*B secondary [^\n]* running +active\n"
                    + ".*pair is serving.*last: %s, longest gap \\d+ ms, decided after \\d+ ms\n.*";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestProcess demo;

    @ParameterizedTest
    @ValueSource(strings = {"demo", "demo --da"})
    void keysKillFreezeReviveAndSwitchAndTheClientLosesNothing(String command) throws Exception {
        try (TestProcess started = start(command)) {
            demo = started;
            awaitScreen("the first screen", "(?s).*pair is serving.*");
            awaitWhole();
            String during = settingsNow();

            demo.send("k");
            awaitScreen(
                    "the secondary serves", SECONDARY_SERVES.formatted("dead", "kill -9 of the active server \\(A\\)"));
            demo.send("r");
            awaitWhole();
            demo.send("f");
            awaitScreen(
                    "the secondary serves",
                    SECONDARY_SERVES.formatted("frozen", "freeze of the active server \\(A\\)"));
            demo.send("f");
            awaitScreen("it goes on", "(?s).*A primary [^\n]* running .*last: thaw \\(A\\).*");
            awaitWhole();
            demo.send("s");
            awaitScreen("switched", "(?s).*B secondary [^\n]* running +active\n.*last: switch by hand.*");
            assertThat(screen())
                    .contains("mode Hot: Both machines, subscribe to items on both machines")
                    .containsPattern("value \\d+ +received \\d+ +lost 0 +doubled 0 +errors 0\n")
                    .contains("Promoted active connection for server 'hot' to secondary machine");

            // The second key comes while there is no pair, and is not for the next one.
            demo.send("mk");
            awaitScreen(
                    "the next mode",
                    "(?s).*mode Cold: .*A primary [^\n]* running +active\n.*B secondary [^\n]* running +not connected\n"
                            + ".*last: none yet in this mode\n.*");
            demo.send("q");

            assertThat(demo.awaitExit(LONG)).as(demo.log()).isZero();
            assertThat(settings("after")).isEqualTo(settings("before"));
            assertThat(during).contains("-icanon", "-echo ").isNotEqualTo(settings("before"));
        }
    }

    /** Settings of the terminal, before and after the demo, and its name stay in files. */
    private TestProcess start(String command) throws IOException {
        Path shell = Files.writeString(folder.resolve("terminal.sh"), """
                cd %s
                exec script -qfec "stty -a >before; tty >name; $*; code=\\$?; stty -a >after; exit \\$code" /dev/null
                """.formatted(folder));
        return TestProcess.startJavaIn(
                "demo",
                List.of("sh", shell.toString()),
                folder.resolve("errors.txt"),
                List.of("-Xmx256m"),
                CommandLine.MAIN,
                List.of((command + " --mode hot").split(" ")));
    }

    private String settings(String when) throws IOException {
        return Files.readString(folder.resolve(when));
    }

    private String settingsNow() throws IOException {
        Path now = folder.resolve("now");
        try (TestProcess stty = TestProcess.start(
                "stty",
                folder.resolve("errors.txt"),
                List.of("sh", "-c", "stty -a <$(cat %s) >%s".formatted(folder.resolve("name"), now)))) {
            assertThat(stty.awaitExit(LONG)).as(stty.log()).isZero();
        }
        return Files.readString(now);
    }

    /** A machine so busy that a server misses its 200 ms counts as flapping: the demo's own key has that forgotten. */
    private void awaitWhole() {
        long[] againNanos = {System.nanoTime() + 3_000_000_000L};
        Await.until("the pair is whole", LONG, () -> {
            if (System.nanoTime() - againNanos[0] >= 0) {
                againNanos[0] = System.nanoTime() + 3_000_000_000L;
                demo.send("r");
            }
            return screen().matches(WHOLE);
        });
    }

    private void awaitScreen(String what, String pattern) {
        try {
            Await.until(what, LONG, () -> screen().matches(pattern));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + screen() + "\n" + demo.log(), e);
        }
    }

    /** The newest whole screen, without colours; empty before the second one. */
    private String screen() {
        List<String> lines = demo.output();
        int end = lastStart(lines, lines.size());
        int start = lastStart(lines, end);
        return lines.subList(Math.max(0, start), Math.max(0, end)).stream()
                .map(line -> line.replaceAll("\u001b\\[[0-9]*[A-Za-z]", "").stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    /** Where the last screen before this line begins; -1 for none. */
    private static int lastStart(List<String> lines, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (lines.get(i).contains(FIRST_LINE)) {
                return i;
            }
        }
        return -1;
    }
}
