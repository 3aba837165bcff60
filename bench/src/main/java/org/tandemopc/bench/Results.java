package org.tandemopc.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Where lines of results go: a file that has each of them at once, so that a run which is cut leaves what it had; and
 * standard output. One thread at a time.
 */
final class Results implements AutoCloseable {
    static final Path FOLDER = Path.of("target", "bench");
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path file;
    private final BufferedWriter writer;
    private final PrintStream out;
    private final List<String> lines = new ArrayList<>();

    Results(PrintStream out) throws IOException {
        this.out = out;
        Files.createDirectories(FOLDER);
        file = FOLDER.resolve("results-" + LocalDateTime.now(ZoneOffset.UTC).format(NAME) + "-"
                + ProcessHandle.current().pid() + ".jsonl");
        writer = Files.newBufferedWriter(file);
    }

    Path file() {
        return file;
    }

    void add(String line) {
        lines.add(line);
        out.println(line);
        out.flush();
        try {
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("results cannot be written to " + file, e);
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
