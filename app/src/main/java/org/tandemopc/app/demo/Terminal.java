package org.tandemopc.app.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The terminal, giving single keys without echo until it is closed. */
final class Terminal implements AutoCloseable {
    private static final File TTY = new File("/dev/tty");

    private final String before;
    private final Thread restore;

    private Terminal(String before) {
        this.before = before;
        this.restore = Thread.ofPlatform().unstarted(this::restoreNow);
    }

    /** Whether there is a person in front of this process. */
    static boolean isThere() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal() && TTY.canRead();
    }

    /** @throws IOException there is none, or it cannot be set */
    static Terminal open() throws IOException {
        Terminal terminal = new Terminal(stty("-g"));
        Runtime.getRuntime().addShutdownHook(terminal.restore);
        stty("-icanon", "-echo", "min", "0", "time", "1");
        // What was typed before the screen was there was not meant for it.
        System.in.skip(System.in.available());
        return terminal;
    }

    /** The next key, or -1 when none was pressed for a tenth of a second. */
    static int key() throws IOException {
        return System.in.read();
    }

    @Override
    public void close() {
        restoreNow();
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
        } catch (IllegalStateException e) {
            return; // the JVM is ending; what the hook would do is done
        }
    }

    private void restoreNow() {
        try {
            stty(before);
        } catch (IOException e) {
            System.err.println("The terminal could not be restored (" + e.getMessage() + "); type: stty sane");
        }
    }

    private static String stty(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(TTY)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("stty " + String.join(" ", arguments) + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
