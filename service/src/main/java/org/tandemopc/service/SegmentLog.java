package org.tandemopc.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines in numbered files of one folder, bounded: a full file is followed by a new one, and the oldest goes. Lines are
 * handed over by any thread, which never waits; they are written by the {@link DiskWriter}'s thread. Lines that find
 * the queue full (a disk that hangs) or cannot be written (a full disk) are counted, told once, and followed by a line
 * that says how many were lost.
 */
final class SegmentLog {
    /**
     * @param prefix of the file names: {@code prefix-000001.jsonl}
     * @param segmentBytesMax from which on a new file is begun
     * @param segmentsMax files kept
     * @param queuedMax lines that wait for the disk
     */
    record Limits(String prefix, long segmentBytesMax, int segmentsMax, int queuedMax) {}

    private static final String SUFFIX = ".jsonl";

    private final Path folder;
    private final Limits limits;
    private final Consumer<String> onTrouble;
    private final Runnable wake;

    private final Object queueLock = new Object();
    private final ArrayDeque<Supplier<String>> queue = new ArrayDeque<>();
    private boolean urgent;
    private long lostInQueue;
    private volatile long lost;

    // Only the writer's thread touches what follows.
    private @Nullable FileChannel channel;
    private long number;
    private long bytes;
    private boolean dirty;
    private boolean inTrouble;
    private long lostUntold;

    SegmentLog(Path folder, Limits limits, Consumer<String> onTrouble, Runnable wake) {
        this.folder = folder;
        this.limits = limits;
        this.onTrouble = onTrouble;
        this.wake = wake;
    }

    /**
     * Hands over one line.
     *
     * @param line made on the writer's thread; without line end
     * @param isUrgent force it to the disk at once
     */
    void append(Supplier<String> line, boolean isUrgent) {
        synchronized (queueLock) {
            if (queue.size() >= limits.queuedMax()) {
                lostInQueue++;
                lost++;
            } else {
                queue.addLast(line);
            }
            urgent |= isUrgent;
        }
        if (isUrgent) {
            wake.run();
        }
    }

    /** Lines lost since start. */
    long lost() {
        return lost;
    }

    Path folder() {
        return folder;
    }

    /** Writes what waits. The writer's thread only. @param force also when nothing urgent was in it */
    void drain(boolean force) {
        List<Supplier<String>> lines;
        boolean forceNow;
        synchronized (queueLock) {
            lines = List.copyOf(queue);
            queue.clear();
            forceNow = force || urgent;
            urgent = false;
            lostUntold += lostInQueue;
            lostInQueue = 0;
        }
        int written = 0;
        try {
            if (!lines.isEmpty() && lostUntold > 0) {
                write("{\"lost\":" + lostUntold + "}");
                lostUntold = 0;
            }
            for (Supplier<String> line : lines) {
                write(line.get());
                written++;
            }
            if (forceNow && dirty && channel != null) {
                channel.force(false);
                dirty = false;
            }
            if (!lines.isEmpty()) {
                inTrouble = false;
            }
        } catch (IOException e) {
            trouble(lines.size() - written, e);
        }
    }

    void close() {
        drain(true);
        closeChannel();
    }

    private void trouble(int notWritten, IOException e) {
        synchronized (queueLock) {
            lost += notWritten;
        }
        lostUntold += notWritten;
        closeChannel(); // a fresh file at the next attempt: the old one may end in half a line
        if (!inTrouble) {
            inTrouble = true;
            onTrouble.accept("Cannot write to " + folder + ": " + e
                    + ". Records stay in memory; writing is tried again with each record.");
        }
    }

    private void write(String line) throws IOException {
        FileChannel open = channel;
        if (open == null || bytes >= limits.segmentBytesMax()) {
            closeChannel();
            open = nextSegment();
            channel = open;
        }
        ByteBuffer buffer = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
            bytes += open.write(buffer);
        }
        dirty = true;
    }

    private FileChannel nextSegment() throws IOException {
        Files.createDirectories(folder);
        List<Path> existing = segments();
        long highest = existing.isEmpty() ? 0 : numberOf(existing.getLast());
        number = Math.max(number, highest) + 1;
        for (int i = 0; i <= existing.size() - limits.segmentsMax(); i++) {
            Files.deleteIfExists(existing.get(i));
        }
        bytes = 0;
        return FileChannel.open(
                folder.resolve("%s-%06d%s".formatted(limits.prefix(), number, SUFFIX)),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
    }

    /** The files of this log, oldest first. */
    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> numberOf(f) > 0)
                    .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
                    .toList();
        }
    }

    private long numberOf(Path file) {
        String name = String.valueOf(file.getFileName());
        String start = limits.prefix() + "-";
        if (!name.startsWith(start) || !name.endsWith(SUFFIX)) {
            return 0;
        }
        String digits = name.substring(start.length(), name.length() - SUFFIX.length());
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }

    private void closeChannel() {
        FileChannel open = channel;
        channel = null;
        bytes = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // What could be written was forced before; there is nothing left to save.
                inTrouble = true;
            }
        }
    }
}
