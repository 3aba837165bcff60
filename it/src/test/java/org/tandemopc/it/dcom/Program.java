package org.tandemopc.it.dcom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tandemopc.testkit.process.TestFolder;

/**
 * A program of another maker that was run to its end.
 *
 * @param output standard output and error together: samba's tools write their results to either
 */
public record Program(String command, int exitCode, String output) {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Fails when the program does not end by itself. */
    public static Program run(List<String> command) {
        return run(command, PATIENCE);
    }

    public static Program run(List<String> command, Duration atMost) {
        try (TestFolder folder = new TestFolder("program")) {
            Path output = folder.path().resolve("output.txt");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            int exitCode = process.waitFor();
            String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            Program run = new Program(String.join(" ", command), exitCode, said);
            if (!ended) {
                throw new AssertionError("did not end within " + atMost + ": " + run);
            }
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public String toString() {
        return "%s%nended with %d and said:%n%s".formatted(command, exitCode, output);
    }
}
