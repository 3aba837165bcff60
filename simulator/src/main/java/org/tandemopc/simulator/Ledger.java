package org.tandemopc.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was really applied: one JSON line per write and call, handed to the system before the client gets its answer. A
 * killed process keeps all it applied (the file is not forced: a crash of the machine is not simulated). Any thread.
 */
public final class Ledger implements AutoCloseable {
    private static final int LINES_IN_MEMORY_MAX = 100_000;

    private final @Nullable Writer file;
    private final ArrayDeque<String> lines = new ArrayDeque<>();

    /** @param path appended to; null: the newest 100,000 lines are kept in memory alone */
    public Ledger(@Nullable Path path) throws IOException {
        file = path == null
                ? null
                : Files.newBufferedWriter(
                        path, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** @param kind {@code write} or {@code call} */
    public synchronized void append(String kind, String node, String value, String session) {
        String line = "{\"time\":" + System.currentTimeMillis()
                + ",\"kind\":" + Json.quote(kind)
                + ",\"node\":" + Json.quote(node)
                + ",\"value\":" + Json.quote(value)
                + ",\"session\":" + Json.quote(session) + "}";
        lines.addLast(line);
        if (lines.size() > LINES_IN_MEMORY_MAX) {
            lines.removeFirst();
        }
        if (file == null) {
            return;
        }
        try {
            file.write(line);
            file.write('\n');
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("ledger cannot be written", e);
        }
    }

    /** The newest 100,000, oldest first. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
