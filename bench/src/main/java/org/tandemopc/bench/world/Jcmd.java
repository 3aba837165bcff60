package org.tandemopc.bench.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks another JVM with the {@code jcmd} of our own JDK. */
final class Jcmd {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    private Jcmd() {}

    /**
     * Blocks until it has answered.
     *
     * @throws AssertionError with the answer, when it refuses or does not answer within a minute
     */
    static String ask(long pid, String command, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(String.valueOf(pid));
        line.add(command);
        line.addAll(Arrays.asList(arguments));
        try {
            Process asked = new ProcessBuilder(line).redirectErrorStream(true).start();
            Thread guard = Thread.ofVirtual().start(() -> endAfter(asked));
            String answer = String.join("\n", asked.inputReader().readAllLines());
            int exit = asked.waitFor();
            guard.interrupt();
            if (exit != 0) {
                throw new AssertionError("jcmd " + command + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void endAfter(Process asked) {
        try {
            if (!asked.waitFor(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS)) {
                asked.destroyForcibly();
            }
        } catch (InterruptedException e) {
            // It has answered.
            return;
        }
    }
}
