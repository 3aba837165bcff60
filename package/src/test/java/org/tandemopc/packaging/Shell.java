package org.tandemopc.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs to their end. */
final class Shell {
    private Shell() {}

    /**
     * What a program did.
     *
     * @param output standard output and standard error, as they came
     */
    record Ran(List<String> command, int exit, String output) {
        /** Fails unless it ended with 0. @return its output */
        String good() {
            if (exit != 0) {
                throw new AssertionError(command + " ended with " + exit + ":\n" + output);
            }
            return output;
        }
    }

    static Ran run(Duration atMost, List<String> command) {
        try {
            Path output = Files.createTempFile("tandem-package-", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(
                            command + " did not end within " + atMost + ":\n" + Files.readString(output));
                }
                return new Ran(command, process.exitValue(), Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
